"""What is kept of a reference table so that later windows can be compared without reading it again."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import Counted, ascending, family, finite_part, moments, values_in_order
from mlops_desk.science.counters import Moves, moves_of
from mlops_desk.science.describe import columnar
from mlops_desk.science.lockdown import THREADS, name, one_row
from mlops_desk.science.sources import Source, SourceColumn, open_source

if TYPE_CHECKING:
    import duckdb
    import numpy as np

GRID = 1024
MAX_CATEGORIES = 10_000


class NumericReference(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of ``n`` numbers (infinities count as the greatest doubles).

    ``edges`` cut it into the bins of the PSI (x < edge is left of it), ``shares`` are theirs. ``grid``
    holds up to 1,025 of its values at equal ranks, ``below`` and ``upto`` how many are less, and
    at most, each: a KS from them is at most 1 / 1,024 too small. ``means`` are those of up to
    1,024 equal parts of the sorted finite values; ``blur`` is the mean distance of a value to its
    part's mean, one part of the bound of the error of a Wasserstein distance from them.
    """

    n: int
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    grid: tuple[float, ...]
    below: tuple[int, ...]
    upto: tuple[int, ...]
    finite: int
    means: tuple[float, ...]
    blur: float
    mean: float | None
    std: float | None


class ReferenceColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column: numbers have ``numeric``, few texts ``categories``; of many texts only the missing are known.

    ``moves`` says that it moves on by itself and how (`counters.moves_of`; "date" for dates and instants).
    """

    name: str
    type: str
    missing: int
    numeric: NumericReference | None = None
    categories: tuple[Counted, ...] | None = None
    moves: Moves = ""


class ReferenceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All columns of a reference; it holds values of the source and has its class."""

    sha256: str
    rows: int
    columns: tuple[ReferenceColumn, ...]


class SummaryJob(msgspec.Struct, frozen=True, kw_only=True):
    """The file to keep a summary of."""

    path: str


def summarize_file(job: SummaryJob, progress: Progress) -> ReferenceSummary:
    """Open a file and do :func:`reference_summary`; for a child process."""
    return reference_summary(open_source(job.path, progress), progress)


def reference_summary(source: Source, progress: Progress = silent) -> ReferenceSummary:
    """Return what later windows are compared with; about 60 KiB of JSON for a numeric column.

    Raises:
        DeskError: the file changed since it was opened, or is damaged.
    """

    def one(column: SourceColumn) -> ReferenceColumn:
        progress(_("Summarizing {name}", name=column.name), 0, 0)
        with opened.cursor() as cursor:
            if family(column.type) in ("text", "boolean"):
                return _textual(cursor, table, column, source.rows)
            values = values_in_order(cursor, table, column.name, column.type)
        moves = "date" if family(column.type) in ("date", "time") else moves_of(values)
        values = ascending(values)
        numeric, missing = numeric_reference(values), source.rows - len(values)
        return ReferenceColumn(name=column.name, type=column.type, missing=missing, numeric=numeric, moves=moves)

    with columnar(source, progress) as (opened, table), ThreadPoolExecutor(THREADS) as pool:
        columns = tuple(pool.map(one, source.columns))
    return ReferenceSummary(sha256=source.sha256, rows=source.rows, columns=columns)


def _textual(cursor: duckdb.DuckDBPyConnection, table: str, column: SourceColumn, rows: int) -> ReferenceColumn:
    quoted = f"{name(column.name)}::VARCHAR"
    (present,) = one_row(cursor, f"SELECT count({quoted}) FROM {table}")
    groups = counted(cursor, table, quoted, MAX_CATEGORIES + 1)
    return ReferenceColumn(
        name=column.name, type=column.type, missing=rows - present, categories=None if groups is None else groups
    )


def counted(cursor: duckdb.DuckDBPyConnection, table: str, quoted: str, most: int) -> tuple[Counted, ...] | None:
    """Return every value with its count, the most frequent first; None if there are ``most`` or more."""
    sample = f"SELECT approx_count_distinct(v) FROM (SELECT {quoted} AS v FROM {table} LIMIT 50000)"
    if one_row(cursor, sample)[0] > most:
        return None
    texts = f"(SELECT {quoted} AS v FROM {table})"  # inside, since the table may have a column v of its own
    sql = f"SELECT v, count(*) FROM {texts} WHERE v IS NOT NULL GROUP BY 1 LIMIT {most}"
    rows = cursor.execute(sql).fetchall()
    ranked = sorted(rows, key=lambda row: (-row[1], row[0]))
    return tuple(Counted(value=row[0], count=row[1]) for row in ranked) if len(rows) < most else None


def ordered_floats(values: np.ndarray) -> np.ndarray:
    """Return ascending values as float64, infinities as the greatest doubles."""
    import numpy as np

    floats = values.astype(np.float64, copy=False)
    if not len(floats) or (np.isfinite(floats[0]) and np.isfinite(floats[-1])):
        return floats
    return np.nan_to_num(floats)


def numeric_reference(values: np.ndarray) -> NumericReference | None:
    """Return the summary of ascending values without NaN, or None if there are none."""
    import numpy as np

    if not len(values):
        return None
    floats, finite = ordered_floats(values), finite_part(values.astype(np.float64, copy=False))
    edges = psi_edges(floats)
    grid = np.unique(floats[(np.arange(GRID + 1) * (len(floats) - 1)) // GRID])
    means, blur = _part_means(finite)
    mean, std = moments(finite) if len(finite) else (None, None)
    return NumericReference(
        n=len(floats),
        edges=tuple(edges.tolist()),
        shares=tuple((bin_counts(floats, edges) / len(floats)).tolist()),
        grid=tuple(grid.tolist()),
        below=tuple(np.searchsorted(floats, grid, "left").tolist()),
        upto=tuple(np.searchsorted(floats, grid, "right").tolist()),
        finite=len(finite),
        means=tuple(means.tolist()),
        blur=blur,
        mean=mean,
        std=std,
    )


def psi_edges(floats: np.ndarray) -> np.ndarray:
    """Return the inner edges of ten bins of equal counts; where few values make the table, one bin per value."""
    import numpy as np

    with np.errstate(all="ignore"):
        at = np.arange(11) / 10 * (len(floats) - 1)
        low, part = np.floor(at).astype(np.int64), at - np.floor(at)
        above = floats[np.minimum(low + 1, len(floats) - 1)]
        # As numpy interpolates, to the last bit: a mark beside the value it should equal moves a whole heap of it.
        step = above - floats[low]
        marks = np.unique(np.nan_to_num(np.where(part < 0.5, floats[low] + step * part, above - step * (1 - part))))
        if len(marks) >= 4:
            return marks[1:-1]
        values = np.unique(np.concatenate((floats[low], above)))
        return np.unique(np.nan_to_num(np.concatenate((values, np.nextafter(values, np.inf)))))


def bin_counts(floats: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return how many ascending values lie left of each edge and not of the one before."""
    import numpy as np

    return np.diff(np.searchsorted(floats, edges, "left"), prepend=0, append=len(floats))


def part_starts(length: int, parts: int) -> np.ndarray:
    """Return where ``parts`` equal parts of a sorted array begin."""
    import numpy as np

    return (np.arange(parts) * length) // max(parts, 1)


def _part_means(finite: np.ndarray) -> tuple[np.ndarray, float]:
    import numpy as np

    if not len(finite):
        return finite, 0.0
    starts = part_starts(len(finite), min(GRID, len(finite)))
    sizes = np.diff(starts, append=len(finite))
    with np.errstate(all="ignore"):
        means = np.add.reduceat(finite, starts) / sizes
        blur = float(np.abs(finite - np.repeat(means, sizes)).mean())
    if not np.isfinite(means).all() or not np.isfinite(blur):
        return finite[:0], 0.0
    return means, blur

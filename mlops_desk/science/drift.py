"""How far a window of data has moved from its reference, column by column, judged by effect size."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import family, sorted_values
from mlops_desk.science.describe import columnar
from mlops_desk.science.drift_figures import CategoryDrift, NumericDrift, category_drift, numeric_drift
from mlops_desk.science.lockdown import THREADS, arrays, name, one_row
from mlops_desk.science.reference import MAX_CATEGORIES, ReferenceColumn, ReferenceSummary, counted
from mlops_desk.science.sources import Source, SourceColumn, open_source

if TYPE_CHECKING:
    import duckdb

LOOK, ACT = 0.10, 0.25
MAX_NOISE = 0.05
_ORDER = ("ok", "not known", "look", "act")


class ColumnDrift(msgspec.Struct, frozen=True, kw_only=True):
    """One column's move.

    ``state`` is ok, look (effect >= 0.10), act (>= 0.25) or not known; the effect is the greater of
    the PSI and the change of the missing share. Not known: so few rows that chance alone makes a
    PSI of 0.05, which is (bins - 1)(1/n + 1/m) (Yurdakul 2018), or nothing to compare.
    Shares are of all rows of their table.
    """

    name: str
    state: str
    effect: float | None = None
    reason: str = ""
    missing_reference: float = 0.0
    missing_current: float = 0.0
    numeric: NumericDrift | None = None
    categories: CategoryDrift | None = None


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """All columns of the reference in their order, the worst state of them, and columns that are new."""

    reference_sha256: str
    current_sha256: str
    rows: int
    state: str
    columns: tuple[ColumnDrift, ...]
    new_columns: tuple[str, ...] = ()


class DriftJob(msgspec.Struct, frozen=True, kw_only=True):
    """A stored reference and the file of a window."""

    reference: ReferenceSummary
    path: str


def drift_file(job: DriftJob, progress: Progress) -> Drift:
    """Open a file and do :func:`drift`; for a child process."""
    return drift(job.reference, open_source(job.path, progress), progress)


def drift(reference: ReferenceSummary, current: Source, progress: Progress = silent) -> Drift:
    """Compare a file with a stored reference; only the window is read.

    Raises:
        DeskError: the file changed since it was opened, or is damaged.
    """
    types = {column.name: column.type for column in current.columns}
    done = 0

    def one(column: ReferenceColumn) -> ColumnDrift:
        nonlocal done
        done += 1
        progress(_("Comparing {name}", name=column.name), done, len(reference.columns))
        if column.name not in types:
            return _absent(column, reference.rows)
        with opened.cursor() as cursor:
            now = SourceColumn(name=column.name, type=types[column.name])
            found, present = _window_values(cursor, table, column, now)
        return _compared(column, reference.rows, found, present, current.rows)

    with columnar(current, progress) as (opened, table), ThreadPoolExecutor(THREADS) as pool:
        columns = tuple(pool.map(one, reference.columns))
    return _whole(reference, current.sha256, current.rows, columns, current.names)


def _whole(
    reference: ReferenceSummary, sha256: str, rows: int, columns: tuple[ColumnDrift, ...], names: tuple[str, ...]
) -> Drift:
    known = {column.name for column in reference.columns}
    return Drift(
        reference_sha256=reference.sha256,
        current_sha256=sha256,
        rows=rows,
        state=max((column.state for column in columns), key=_ORDER.index, default="not known"),
        columns=columns,
        new_columns=tuple(each for each in names if each not in known),
    )


def _absent(column: ReferenceColumn, rows: int) -> ColumnDrift:
    reason = _("The window does not have this column.")
    return ColumnDrift(
        name=column.name, state="act", reason=reason, missing_reference=column.missing / rows, missing_current=1.0
    )


def _window_values(
    cursor: duckdb.DuckDBPyConnection, table: str, column: ReferenceColumn, now: SourceColumn
) -> tuple[Any, int]:
    """Return sorted numbers, or counted texts, or None where nothing compares; and how many are not missing."""
    quoted = f"{name(now.name)}::VARCHAR"
    before, after = family(column.type), family(now.type)
    if before in ("text", "boolean"):
        (present,) = one_row(cursor, f"SELECT count({name(now.name)}) FROM {table}")
        if column.categories is None:
            return None, present
        return counted(cursor, table, quoted, 4 * MAX_CATEGORIES) or (), present
    kinship = {"integer": 0, "number": 0, "date": 1, "time": 1, "clock": 2}
    if after == "text" and kinship[before] == 0:
        numbers = f"(SELECT TRY_CAST({quoted} AS DOUBLE) AS v FROM {table})"
        values = arrays(cursor, f"SELECT v FROM {numbers} WHERE v IS NOT NULL AND NOT isnan(v)")["v"]
        values.sort()
    elif kinship.get(after) == kinship[before]:
        values = sorted_values(cursor, table, now.name, now.type)
    else:
        (present,) = one_row(cursor, f"SELECT count({name(now.name)}) FROM {table}")
        return None, present
    return values, len(values)


def _compared(column: ReferenceColumn, reference_rows: int, found: Any, present: int, rows: int) -> ColumnDrift:
    before = column.missing / reference_rows if reference_rows else 0.0
    after = 1 - present / rows if rows else 0.0
    bare = ColumnDrift(name=column.name, state="ok", missing_reference=before, missing_current=after)
    change = abs(after - before)
    numeric = categories = None
    if found is not None and column.numeric is not None and present:
        numeric = numeric_drift(column.numeric, found)
    elif found is not None and column.categories is not None and present and column.missing < reference_rows:
        categories = category_drift(column.categories, found, present)
    figures = numeric or categories
    if figures is None:
        return _without_figures(bare, column, found, change, min(rows, reference_rows))
    effect = max(figures.psi, change)
    is_noise = (figures.bins - 1) * (1 / (reference_rows - column.missing) + 1 / present) > MAX_NOISE
    state = "not known" if is_noise else _state(effect)
    reason = _("There are too few rows to tell drift from chance.") if is_noise else ""
    return msgspec.structs.replace(
        bare, state=state, effect=effect, reason=reason, numeric=numeric, categories=categories
    )


def _without_figures(bare: ColumnDrift, column: ReferenceColumn, found: Any, change: float, rows: int) -> ColumnDrift:
    """Judge by the missing alone: one side has no value, or the values do not compare."""
    is_text = family(column.type) in ("text", "boolean")
    if found is None and not is_text and bare.missing_current < 1:
        return msgspec.structs.replace(bare, state="act", reason=_("The type of the column has changed."))
    if rows * MAX_NOISE < 2:
        return msgspec.structs.replace(
            bare, state="not known", reason=_("There are too few rows to tell drift from chance.")
        )
    reason = _("Only the missing share is compared.")
    return msgspec.structs.replace(bare, state=_state(change), effect=change, reason=reason)


def _state(effect: float) -> str:
    return "act" if effect >= ACT else "look" if effect >= LOOK else "ok"

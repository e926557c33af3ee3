"""What a table holds: one profile of every column."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import ColumnProfile, family, numeric, textual
from mlops_desk.science.lockdown import THREADS, arrays, name
from mlops_desk.science.sources import Source, SourceColumn, connection, relation, to_parquet

if TYPE_CHECKING:
    import duckdb

_ROWS_A_PASS = 20_000_000
_FEW_VALUES = 50
_FEW_ROWS = 20
_LONG_TEXT = 40


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A table's columns and the rows that are excess copies of another row.

    ``duplicate_rows`` compares 64-bit hashes of whole rows: wrong with a chance below rows² / 2^65.
    ``findings`` are sentences about the reading of the file, without values.
    """

    sha256: str
    rows: int
    duplicate_rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[str, ...] = ()

    def column(self, wanted: str) -> ColumnProfile:
        """Return the profile of a column by its name.

        Raises:
            KeyError: there is no such column.
        """
        for each in self.columns:
            if each.name == wanted:
                return each
        raise KeyError(wanted)


def describe(source: Source, progress: Progress = silent) -> Profile:
    """Return the profile of a source; up to 20 million rows every figure is exact.

    Raises:
        DeskError: the file changed since it was opened, or is damaged.
    """
    done = 0

    def one(column: SourceColumn) -> ColumnProfile:
        nonlocal done
        with opened.cursor() as cursor:
            look = textual if family(column.type) in ("text", "boolean") else numeric
            found = look(cursor, table, column.name, column.type, source.rows)
        done += 1
        progress(_("Describing {name}", name=column.name), done, len(source.columns) + 1)
        return msgspec.structs.replace(found, kind=_kind(found, source.rows))

    with columnar(source, progress) as (opened, table):
        with ThreadPoolExecutor(THREADS) as pool:
            columns = tuple(pool.map(one, source.columns))
        duplicates = _duplicate_rows(opened, table, source.rows, columns)
        progress(_("Looking for rows that occur twice"), len(source.columns) + 1, len(source.columns) + 1)
    return Profile(
        sha256=source.sha256,
        rows=source.rows,
        duplicate_rows=duplicates,
        columns=columns,
        findings=tuple(each.sentence for each in source.unclear),
    )


@contextlib.contextmanager
def columnar(source: Source, progress: Progress = silent) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Give a locked connection and SQL for the source as Parquet: text is first copied to a private folder."""
    if source.format == "parquet":
        with connection(source) as opened:
            yield opened, relation(source)
        return
    progress(_("Preparing {name}", name=Path(source.path).name), 0, 0)
    with tempfile.TemporaryDirectory(prefix="mlops-desk-", ignore_cleanup_errors=True) as folder:
        copy = msgspec.structs.replace(
            source,
            path=str(to_parquet(source, Path(folder) / "table.parquet")),
            format="parquet",
            columns=tuple(_as_stored(column) for column in source.columns),
        )
        with connection(copy) as opened:
            yield opened, relation(copy)


def _as_stored(column: SourceColumn) -> SourceColumn:
    is_text = family(column.type) == "text"
    return SourceColumn(name=column.name, type="VARCHAR" if is_text else column.type)


def _kind(column: ColumnProfile, rows: int) -> str:
    present = rows - column.missing
    if present == 0:
        return "empty"
    if column.distinct == 1 and column.infinite == 0:
        return "constant"
    is_unique = column.distinct == rows >= _FEW_ROWS and not column.is_approximate
    if column.kind == "integer":
        return "identifier" if is_unique else "integer"
    if column.kind != "text":
        return column.kind
    if is_unique and (column.mean_length or 0) <= _LONG_TEXT:
        return "identifier"
    is_few = column.distinct <= max(_FEW_VALUES, min(1000, present // 20)) and (
        column.distinct <= present // 2 or present < _FEW_ROWS
    )
    return "category" if is_few else "text"


def _duplicate_rows(
    opened: duckdb.DuckDBPyConnection, table: str, rows: int, columns: tuple[ColumnProfile, ...]
) -> int:
    import numpy as np

    if any(each.distinct == rows and not each.missing and not each.is_approximate for each in columns):
        return 0
    whole = f"(SELECT hash({', '.join(name(each.name) for each in columns)}) AS h FROM {table})"
    passes = -(-rows // _ROWS_A_PASS)
    copies = 0
    for part in range(passes):
        share = f" WHERE h % {passes} = {part}" if passes > 1 else ""
        hashes = np.asarray(arrays(opened, f"SELECT h FROM {whole}{share}")["h"])
        hashes.sort()
        copies += int(np.count_nonzero(hashes[1:] == hashes[:-1]))
    return copies

"""A table as a file: CSV, CSV that is safe to open in a spreadsheet, or Parquet; whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from mlops_desk.areas.reports.destination import checked, put
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.table_text import csv_line, machine_value
from mlops_desk.kernel.words import _, plural

Format = Literal["csv", "excel-csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
_TOLD_EVERY = 1000
_LARGEST_WHOLE = 2**63
_MARK = "\ufeff"  # by which a spreadsheet knows that a text is UTF-8


class Written(msgspec.Struct, frozen=True):
    """A file that was written, and how many rows it holds."""

    path: Path
    rows: int

    @property
    def words(self) -> str:
        """What was done, in words."""
        return plural("Wrote {n} row to {path}.", "Wrote {n} rows to {path}.", self.rows, path=self.path)


def ending(format_: Format) -> str:
    """Return how the name of a file of a format ends."""
    return "parquet" if format_ == "parquet" else "csv"


def write_table(
    where: str, format_: Format, columns: Sequence[Column], rows: Sequence[Any], progress: Progress, stop: Stop
) -> Written:
    """Write rows as a file: a reader sees what stood there before, or all of it.

    CSV and Parquet name columns as ``--json`` does; the spreadsheet's CSV by their titles.

    Raises:
        DeskError: the place cannot be written.
        Cancelled: somebody stopped it; what stood there before stands there still.
    """
    path = checked(where, ending(format_), ("csv", "parquet"))
    with tempfile.TemporaryDirectory(prefix="mlops-desk-") as scratch:
        file = Path(scratch) / "table.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            kinds: list[set[str]] = [set() for _each in columns]
            written = 0
            for line in _lines(format_, columns, rows, kinds, progress, stop):
                written += 1
                text.write(line)
        if format_ == "parquet":
            file = _as_parquet(file, columns, kinds)
        go_on(stop)
        put(path, file)
    return Written(path.resolve(), written - 1)


def _lines(
    format_: Format,
    columns: Sequence[Column],
    rows: Sequence[Any],
    kinds: Sequence[set[str]],
    progress: Progress,
    stop: Stop,
) -> Iterator[str]:
    """Give the title line and a line for each row; note in ``kinds`` of which types the values of each column are."""
    is_safe = format_ == "excel-csv"
    titles = [f"{each.title}, {each.unit}" if each.unit else each.title for each in columns]
    names = [each.name for each in columns]
    yield (_MARK if is_safe else "") + csv_line(titles if is_safe else names, is_safe=is_safe) + "\r\n"
    for number, row in enumerate(rows):
        if number % _TOLD_EVERY == 0:
            go_on(stop)
            progress(_("Writing rows"), number, len(rows))
        values = [getattr(row, name, None) for name in names]
        for value, known in zip(values, kinds, strict=True):
            if value is not None:
                known.add(_kind(value))
        yield csv_line([machine_value(each) for each in values], is_safe=is_safe) + "\r\n"


def _as_parquet(file: Path, columns: Sequence[Column], kinds: Sequence[set[str]]) -> Path:
    from mlops_desk.science.rowfiles import csv_to_parquet

    target = file.with_suffix(".parquet")
    csv_to_parquet(file, target, {each.name: _sql_type(known) for each, known in zip(columns, kinds, strict=True)})
    return target


def _sql_type(kinds: set[str]) -> str:
    """Return the type that all values of a column have, text where they differ."""
    if kinds == {"BIGINT", "DOUBLE"}:
        return "DOUBLE"
    return next(iter(kinds)) if len(kinds) == 1 else "VARCHAR"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "BIGINT" if -_LARGEST_WHOLE <= value < _LARGEST_WHOLE else "VARCHAR"
    if isinstance(value, float):
        return "DOUBLE"
    if isinstance(value, datetime):
        return "TIMESTAMPTZ"
    return "DATE" if isinstance(value, date) else "VARCHAR"

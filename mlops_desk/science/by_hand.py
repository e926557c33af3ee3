"""A text table as Python's own reader sees it, where DuckDB would let something pass without a word."""

from __future__ import annotations

import csv
from pathlib import Path

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _


def refuse_open_quote(path: Path, encoding: str, delimiter: str) -> None:
    """Refuse a text whose last quote never closes: DuckDB would drop the rows after it without a word."""
    with path.open("rb") as file:
        quotes = sum(chunk.count(b'"') for chunk in iter(lambda: file.read(1 << 20), b""))
    if quotes % 2 == 0:
        return
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for _row in reader:
                pass
        except csv.Error as error:
            if "end of data" in str(error) or "limit" in str(error):
                raise ragged(path.name, str(reader.line_num)) from error


def rows_by_hand(path: Path, encoding: str, delimiter: str, width: int) -> int:
    """Return the number of rows; one of another length than the header, as DuckDB may let pass, is refused."""
    rows = -1
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in filter(None, reader):
                rows += 1
                if len(row) != width:
                    raise ragged(path.name, str(reader.line_num))
        except csv.Error as error:
            raise ragged(path.name, str(reader.line_num)) from error
    return rows


def ragged(file_name: str, line: str) -> DeskError:
    """Return the refusal of a row of another length than the header."""
    return DeskError(
        _(
            "Line {line} of {name} has more or fewer values than the header, or an open quote.",
            line=line,
            name=file_name,
        ),
        _("Quote values that hold the separator or a line break, and export again."),
        code="DATA-206",
    )

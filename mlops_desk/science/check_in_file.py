"""Values of KPIs in a CSV or XLSX file: found by its columns, each row read or refused by its number; for a child."""

from __future__ import annotations

import contextlib
import csv
import math
import re
import warnings
import zipfile
from collections.abc import Generator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.limits import limit
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.file_checks import checked_format, checked_path, hashed, text_header

MAX_FILE_BYTES = 20 * 1024**2
MAX_UNPACKED_BYTES = 200 * 1024**2
MAX_PARTS = 1_000
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_NOTE = 500
MEMORY_BYTES = 2 * 1024**3
CPU_S = 60
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_USUAL = {
    "day": ("day", "date", "on"),
    "value": ("value",),
    "kpi": ("kpi", "name"),
    "note": ("note", "comment"),
}


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Which columns hold what, by their titles; empty: none."""

    day: str = ""
    value: str = ""
    kpi: str = ""
    note: str = ""


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """A file, the columns as they were said, and those of earlier files by the digest of their titles."""

    path: str
    said: Columns = Columns()
    remembered: dict[str, Columns] = {}


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One value, with the number of its row as a spreadsheet counts: the titles are row 1."""

    number: int
    on: date
    value: float
    kpi: str = ""
    note: str = ""


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that cannot be taken, and why."""

    number: int
    reason: str


class ImportFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds: its sha256, the digest of its titles, the columns that were read, the rows."""

    sha256: str
    titles: str
    columns: Columns
    rows: tuple[ImportRow, ...]
    bad: tuple[BadRow, ...]


class _Bad(Exception):  # noqa: N818 - the reason why a row is refused, within this module
    """A row cannot be taken."""


def read_check_ins(job: ImportJob, progress: Progress) -> ImportFile:
    """Do :func:`check_ins_of` in a child process, with bounds for its memory and time."""
    limit(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=64, written_bytes=0)
    return check_ins_of(job, progress)


def check_ins_of(job: ImportJob, progress: Progress = silent) -> ImportFile:
    """Read the values of a CSV, TSV or XLSX file; formulas count as the value that was saved with them.

    Raises:
        DeskError: DATA-201 to 212 as for any table; GOAL-160 too large, 161 no workbook that can be read,
            162 columns are missing, 163 too many rows.
    """
    path, size_bytes = checked_path(job.path)
    if size_bytes > MAX_FILE_BYTES:
        raise _too_large(path)
    is_workbook = path.suffix.lower() == ".xlsx"
    kind = "parquet" if is_workbook else checked_format(path)  # the bytes of a workbook are hashed as no text
    if not is_workbook and kind not in ("csv", "tsv"):
        raise _unreadable(path, _("only CSV, TSV and XLSX files are read"))
    digest, encoding = hashed(path, size_bytes, kind, progress)
    found, decimal = _workbook(path) if is_workbook else _text(path, encoding, kind)
    progress(_("Reading {name}", name=path.name), 0, 0)
    with contextlib.closing(found):
        return _read(found, decimal, digest, job, path)


def _read(
    found: Generator[Sequence[Any], None, None], decimal: str, digest: str, job: ImportJob, path: Path
) -> ImportFile:
    titles = [_plain(each) for each in next(found, ())]
    key = sha256("\x1f".join(titles).encode()).hexdigest()
    columns = _columns(titles, job.said, job.remembered.get(key), path)
    places = {name: titles.index(title) for name, title in msgspec.structs.asdict(columns).items() if title}
    rows: list[ImportRow] = []
    bad: list[BadRow] = []
    for number, cells in enumerate(found, start=2):
        if number > MAX_ROWS + 1:
            raise DeskError(
                _("{name} has more than {n} rows.", name=path.name, n=f"{MAX_ROWS:,}"),
                _("Part the file, or read it with SQL: `dataset add`."),
                code="GOAL-163",
            )
        if not any(_plain(each) for each in cells):
            continue
        try:
            rows.append(_row(number, cells, places, decimal))
        except _Bad as reason:
            bad.append(BadRow(number=number, reason=str(reason)))
    return ImportFile(sha256=digest, titles=key, columns=columns, rows=tuple(rows), bad=tuple(bad))


def _columns(titles: Sequence[str], said: Columns, remembered: Columns | None, path: Path) -> Columns:
    """Return which columns to read: those said, else those of the last file with the same titles, else the usual."""
    lower = {each.lower(): each for each in reversed(titles)}
    chosen: dict[str, str] = {}
    for name, usual in _USUAL.items():
        wished = getattr(said, name)
        if wished and wished.lower() not in lower:
            raise _no_column(path, wished, titles)
        before = getattr(remembered, name) if remembered else ""
        known = [lower[each] for each in (wished.lower(), before.lower(), *usual) if each and each in lower]
        chosen[name] = known[0] if known else ""
    for name in ("day", "value"):
        if not chosen[name]:
            raise _no_column(path, _USUAL[name][0], titles)
    return Columns(**chosen)


def _no_column(path: Path, wanted: str, titles: Sequence[str]) -> DeskError:
    return DeskError(
        _("{name} has no column “{column}”.", name=path.name, column=wanted),
        _("It has: {titles}. Say which to read: --day-column, --value-column.", titles=", ".join(titles[:20]) or "–"),
        code="GOAL-162",
    )


def _row(number: int, cells: Sequence[Any], places: Mapping[str, int], decimal: str) -> ImportRow:
    def cell(name: str) -> Any:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else None

    note = _plain(cell("note"))
    if len(note) > MAX_NOTE:
        raise _Bad(_("the note is longer than {n} letters", n=MAX_NOTE))
    return ImportRow(
        number=number, on=_day(cell("day")), value=_value(cell("value"), decimal), kpi=_plain(cell("kpi")), note=note
    )


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _plain(cell)
    if not text:
        raise _Bad(_("there is no day"))
    turned = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    with contextlib.suppress(ValueError):
        if turned:
            return date(int(turned[3]), int(turned[2]), int(turned[1]))
        if text[:1].isdigit() and "-" in text:
            return datetime.fromisoformat(text).date()
    raise _Bad(_("“{text}” is not a day such as 2026-11-23", text=text[:40]))


def _value(cell: Any, decimal: str) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
        if math.isfinite(value):
            return value
    text = _plain(cell).removesuffix("%").strip()
    if not text:
        raise _Bad(_("there is no value"))
    number = text.replace(",", ".") if decimal == "," and "." not in text else text
    if not _NUMBER.fullmatch(number) or not math.isfinite(float(number)):
        raise _Bad(_("“{text}” is not a number", text=text[:40]))
    return float(number)


# --- the two kinds of file ------------------------------------------------------------------------


def _text(path: Path, encoding: str, kind: str) -> tuple[Generator[Sequence[Any], None, None], str]:
    """Return the rows of a text, and its decimal sign: a comma only where semicolons part the columns."""
    delimiter, _header = text_header(path, encoding, "\t" if kind == "tsv" else ",;\t|")

    def rows() -> Generator[Sequence[Any], None, None]:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                yield from reader
            except csv.Error as error:
                raise _unreadable(path, _("line {n} is damaged", n=reader.line_num)) from error

    return rows(), "," if delimiter == ";" else "."


def _workbook(path: Path) -> tuple[Generator[Sequence[Any], None, None], str]:
    """Return the rows of the first sheet of a workbook; what it would unpack to is looked at first."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable(path, _("it is no XLSX workbook")) from error
    if len(parts) > MAX_PARTS or sum(each.file_size for each in parts) > MAX_UNPACKED_BYTES:
        raise _too_large(path)

    def rows() -> Generator[Sequence[Any], None, None]:
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and features that are not read
                book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
                with contextlib.closing(book):
                    sheet = book.worksheets[0]
                    sheet.reset_dimensions()
                    yield from sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS + 2, values_only=True)
        except (DeskError, GeneratorExit):
            raise
        except Exception as error:  # whatever a damaged or hostile workbook makes the reader stumble over
            raise _unreadable(path, _("it is no XLSX workbook")) from error

    return rows(), "."


def _too_large(path: Path) -> DeskError:
    return DeskError(
        _("{name} is too large for an import.", name=path.name),
        _("The desk reads up to 20 MB, and 200 MB unpacked. Part the file."),
        code="GOAL-160",
    )


def _unreadable(path: Path, reason: str) -> DeskError:
    return DeskError(
        _("{name} cannot be read: {reason}.", name=path.name, reason=reason),
        _("Save it again as CSV in UTF-8 or as XLSX."),
        code="GOAL-161",
    )

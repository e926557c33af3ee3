"""A table in a file, opened once: checked, hashed, counted, and then read by SQL or as numpy arrays."""

from __future__ import annotations

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text
import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.by_hand import ragged, refuse_open_quote, rows_by_hand
from mlops_desk.science.file_checks import (
    checked_format,
    checked_path,
    has_mixed_lines,
    hashed,
    headerless,
    looks_like_values,
    text_header,
)
from mlops_desk.science.lockdown import locked, name, one_row, path_text, text, without_folders
from mlops_desk.science.text_types import UnclearDates, reconsider

if TYPE_CHECKING:
    import duckdb

MAX_COLUMNS = 10_000
_SNIFFED_ROWS = (20_480, -1)


class SourceColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column's name and its DuckDB type."""

    name: str
    type: str


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How a text table is written; quotes are always ``"``, doubled inside."""

    delimiter: str = ","
    date_format: str = ""
    timestamp_format: str = ""
    is_parallel: bool = True
    is_strict: bool = True  # DuckDB reads lines that end in two ways only where it is not


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was checked from its first byte to its last; ``sha256`` names the bytes that were seen.

    Of a text table, words for true and false stay text unless they are just these two, and ``unclear``
    names dates whose days and months cannot be told apart.
    """

    path: str
    format: str
    encoding: str
    size_bytes: int
    sha256: str
    rows: int
    columns: tuple[SourceColumn, ...]
    dialect: Dialect = Dialect()
    unclear: tuple[UnclearDates, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names in their order."""
        return tuple(column.name for column in self.columns)


class OpenJob(msgspec.Struct, frozen=True, kw_only=True):
    """The file to open."""

    path: str


class Hashed(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a file, by their name."""

    sha256: str


def hash_file(job: OpenJob, progress: Progress) -> Hashed:
    """Hash a file of any kind and size in a child process.

    Raises:
        DeskError: DATA-201 missing, 202 folder, 203 unreadable, 204 empty.
    """
    whole, size_bytes = checked_path(job.path)
    return Hashed(sha256=hashed(whole, size_bytes, "parquet", progress)[0])


def open_file(job: OpenJob, progress: Progress) -> Source:
    """Do :func:`open_source` in a child process."""
    return open_source(job.path, progress)


def open_source(path: str | Path, progress: Progress = silent) -> Source:
    """Check a CSV, TSV, Parquet or JSON file, hash it, and find its columns and number of rows.

    Every row is parsed once, and never more than a part of the file is in memory.

    Raises:
        DeskError: DATA-201 missing, 202 folder, 203 unreadable, 204 empty, 205 no rows, 206 ragged,
            207 undecodable, 208 UTF-16, 209 compressed, 210 mislabelled, 211 the same column name twice,
            212 unknown extension, 213 not readable as what it is, 215 too many columns, 217 no header.
    """
    whole, size_bytes = checked_path(path)
    file_format = checked_format(whole)
    sha256, encoding = hashed(whole, size_bytes, file_format, progress)
    progress(_("Counting rows"), 0, 0)
    bare = Source(
        path=str(whole), format=file_format, encoding=encoding, size_bytes=size_bytes, sha256=sha256, rows=0, columns=()
    )
    found = {"csv": _opened_text, "tsv": _opened_text, "parquet": _opened_parquet, "json": _opened_json}[file_format](
        bare
    )
    if found.rows == 0:
        raise DeskError(
            _("{name} has column names and no rows.", name=whole.name), _("Export the data again."), code="DATA-205"
        )
    return found


def relation(source: Source) -> str:
    """Return SQL that stands for the source after FROM; nested values come as text.

    It works only on a connection from :func:`connection` of the same source.
    """
    raw = _scan(source)
    parts = [_plain(column) for column in source.columns]
    if all(part == name(column.name) for part, column in zip(parts, source.columns, strict=True)):
        return raw
    return f"(SELECT {', '.join(parts)} FROM {raw})"


def connection(source: Source, *more_paths: str | Path, memory_mb: int = 400) -> Any:
    """Return a context manager: a locked connection that may read the source (and more paths)."""
    return locked(source.path, *more_paths, memory_mb=memory_mb)


def to_parquet(source: Source, dest: str | Path) -> Path:
    """Write the source as Parquet, row order kept, and return the absolute path.

    Raises:
        DeskError: DATA-213 the file changed or is damaged, or ``dest`` cannot be written.
    """
    written = Path(dest).absolute()
    with connection(source, written) as opened:
        opened.execute(f"COPY (FROM {relation(source)}) TO {text(str(written))} (FORMAT parquet, COMPRESSION zstd)")
    return written


def _plain(column: SourceColumn) -> str:
    quoted, kind = name(column.name), column.type
    if kind == "JSON":
        return f"{quoted}->>'$' AS {quoted}"
    if kind.endswith("]") or kind.partition("(")[0] in ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "UUID", "INTERVAL"):
        return f"{quoted}::VARCHAR AS {quoted}"
    return quoted


def _scan(source: Source) -> str:
    path = path_text(source.path)
    if source.format == "parquet":
        return f"read_parquet({path}, hive_partitioning=false)"
    if source.format == "json":
        return f"read_json({path}, sample_size=-1, records='true', map_inference_threshold=-1, hive_partitioning=false)"
    dialect = source.dialect
    columns = ", ".join(f"{text(column.name)}: {text(column.type)}" for column in source.columns)
    options = [f"auto_detect=false, columns={{{columns}}}", _text_options(source)]
    options += [f"dateformat={text(dialect.date_format)}"] if dialect.date_format else []
    options += [f"timestampformat={text(dialect.timestamp_format)}"] if dialect.timestamp_format else []
    options += [] if dialect.is_parallel else ["parallel=false"]
    return f"read_csv({path}, {', '.join(options)})"


def _text_options(source: Source) -> str:
    strict = "true" if source.dialect.is_strict else "false"
    return (
        f"delim={text(source.dialect.delimiter)}, quote='\"', escape='\"', header=true, skip=0, "
        f"strict_mode={strict}, null_padding=false, comment='', encoding='utf-8', hive_partitioning=false"
    )


def _opened_parquet(bare: Source) -> Source:
    with connection(bare) as opened:
        described = opened.execute(f"DESCRIBE FROM {_scan(bare)}").fetchall()
        real = {row[0] for row in opened.execute(f"SELECT name FROM parquet_schema({path_text(bare.path)})").fetchall()}
        # DuckDB renames the second of two equal names, so a name that the file does not hold was one.
        _refuse_twice([row[0] for row in described if row[0] not in real for _again in "12"], bare)
        (rows,) = one_row(opened, f"SELECT count(*) FROM {_scan(bare)}")
    return _with_columns(bare, described, rows)


def _opened_json(bare: Source) -> Source:
    import duckdb

    with connection(bare) as opened:
        try:
            described = opened.execute(f"DESCRIBE FROM {_scan(bare)}").fetchall()
        except duckdb.BinderException as error:
            raise DeskError(
                _("{name} holds no JSON objects.", name=Path(bare.path).name),
                _("Write one object per line, or one list of objects, in UTF-8 without a byte order mark."),
                code="DATA-213",
            ) from error
        except duckdb.Error as error:
            raise _broken_json(bare, error) from error
        found = _with_columns(bare, described, 0)
        try:
            return msgspec.structs.replace(found, rows=_counted(opened, found))
        except duckdb.Error as error:
            raise _broken_json(bare, error) from error


def _broken_json(source: Source, error: duckdb.Error) -> DeskError:
    """Return what is wrong with JSON in our own words; a lack of memory is said by the lock."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        raise error
    place = re.search(r"in (?:line|record/value) (\d+)", str(error))
    name_ = Path(source.path).name
    return DeskError(
        _("{name} is not valid JSON near object {number}.", name=name_, number=place[1])
        if place
        else _("{name} is not valid JSON.", name=name_),
        _("Write one object per line, or one list of objects, in UTF-8 without a byte order mark."),
        code="DATA-213",
    )


def _with_columns(source: Source, described: Sequence[Sequence[str]], rows: int) -> Source:
    _refuse_many(len(described), source)
    columns = tuple(SourceColumn(name=row[0], type=str(row[1])) for row in described)
    return msgspec.structs.replace(source, columns=columns, rows=rows)


def _counted(opened: duckdb.DuckDBPyConnection, source: Source) -> int:
    """Return the number of rows, having parsed every value of them."""
    return int(one_row(opened, f"SELECT count(*), count(COLUMNS(*)) FROM {relation(source)}")[0])


def _opened_text(bare: Source) -> Source:
    import duckdb

    delimiter, header = text_header(Path(bare.path), bare.encoding, "\t" if bare.format == "tsv" else ",;\t|")
    named = [each or f"column_{at}" for at, each in enumerate(header, start=1)]
    _refuse_many(len(header), bare)
    _refuse_twice([each.lower() for each in named], bare)
    dialect = Dialect(delimiter=delimiter)
    untyped = tuple(SourceColumn(name=each, type="VARCHAR") for each in named)
    plain = msgspec.structs.replace(bare, dialect=dialect, columns=untyped)
    refuse_open_quote(Path(bare.path), bare.encoding, delimiter)
    with connection(plain) as opened:
        _refuse_headerless(opened, plain, header)
        try:
            return _read_through(opened, plain)
        except duckdb.Error as error:
            if not has_mixed_lines(Path(bare.path)):
                raise _not_a_table(bare, error) from error
        return _read_mixed(opened, plain, header)


def _read_through(opened: duckdb.DuckDBPyConnection, plain: Source) -> Source:
    """Return the source with its types and rows once every row of it was parsed."""
    import duckdb

    for sampled in _SNIFFED_ROWS:
        try:
            typed = _typed(opened, plain, sampled)
            return msgspec.structs.replace(typed, rows=_counted(opened, typed))
        except duckdb.Error:
            continue  # types that a sample promised and a later row broke, or a row of another length
    serial = msgspec.structs.replace(plain, dialect=msgspec.structs.replace(plain.dialect, is_parallel=False))
    return msgspec.structs.replace(serial, rows=_counted(opened, serial))


def _read_mixed(opened: duckdb.DuckDBPyConnection, plain: Source, header: Sequence[str]) -> Source:
    """Return the source of a text whose lines end in two ways, if DuckDB sees the rows that Python sees in it."""
    import duckdb

    rows = rows_by_hand(Path(plain.path), plain.encoding, plain.dialect.delimiter, len(plain.columns))
    loose = msgspec.structs.replace(plain, dialect=msgspec.structs.replace(plain.dialect, is_strict=False))
    _refuse_headerless(opened, loose, header)
    with contextlib.suppress(duckdb.Error):
        found = _read_through(opened, loose)
        if found.rows == rows:
            return found
    raise DeskError(
        _("The lines of {name} end in two ways, LF and CR LF.", name=Path(plain.path).name),
        _("Save it again with one of them."),
        code="DATA-213",
    )


def _refuse_headerless(opened: duckdb.DuckDBPyConnection, plain: Source, header: Sequence[str]) -> None:
    """Refuse a first row that looks like values if DuckDB does not take it for a header either."""
    import duckdb

    if not looks_like_values(header):
        return
    options = _text_options(plain).replace("header=true, ", "")
    try:
        (has_header,) = one_row(opened, f"SELECT HasHeader FROM sniff_csv({path_text(plain.path)}, {options})")
    except duckdb.Error:
        return  # what is wrong with the file is said by the reading of it
    if not has_header:
        raise headerless(Path(plain.path).name)


def _typed(opened: duckdb.DuckDBPyConnection, plain: Source, sampled: int) -> Source:
    import duckdb

    row = one_row(
        opened,
        "SELECT [c.type FOR c IN Columns], DateFormat, TimestampFormat FROM "
        f"sniff_csv({path_text(plain.path)}, {_text_options(plain)}, sample_size={sampled})",
    )
    if len(row[0]) != len(plain.columns):
        raise duckdb.InvalidInputException("the sniffer sees other columns than the header names")
    guessed = dict(zip(plain.names, row[0], strict=True))
    found = reconsider(opened, _scan(plain), guessed, row[1] or "", row[2] or "")
    columns = tuple(SourceColumn(name=each, type=kind) for each, kind in found.types.items())
    dialect = msgspec.structs.replace(plain.dialect, date_format=found.date_format, timestamp_format=row[2] or "")
    return msgspec.structs.replace(plain, columns=columns, dialect=dialect, unclear=found.unclear)


def _refuse_many(columns: int, source: Source) -> None:
    if columns > MAX_COLUMNS:
        raise DeskError(
            _("{name} has {n} columns.", name=Path(source.path).name, n=columns),
            _("The desk takes up to {most}.", most=MAX_COLUMNS),
            code="DATA-215",
        )


def _refuse_twice(names: Sequence[str], source: Source) -> None:
    twice = sorted({each for each in names if names.count(each) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DeskError(
            _("{name} has the column {column} twice.", name=Path(source.path).name, column=twice[0]),
            _("Rename one of them; capital and small letters count as the same."),
            code="DATA-211",
        )


def _not_a_table(source: Source, error: duckdb.Error) -> DeskError:
    said = [line.strip() for line in str(error).splitlines() if line.strip() and "Original Line" not in line]
    file_name = Path(source.path).name
    if any("Expected Number of Columns" in line or "quote" in line.lower() for line in said[1:3]):
        line = next((part.rpartition("Line:")[2].strip(" .") for part in said if "Line:" in part), "?")
        return ragged(file_name, line)
    reason = without_folders(" ".join(said[:2]), [source.path])[:300]
    return DeskError(
        _("{name} cannot be read as a table: {reason}", name=file_name, reason=reason),
        _("Export it again, as CSV in UTF-8 or as Parquet."),
        code="DATA-213",
    )

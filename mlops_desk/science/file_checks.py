"""What a file is before anything parses it: path, size, first bytes, hash and encoding, in one streaming read."""

from __future__ import annotations

import codecs
import contextlib
import csv
import hashlib
import io
import itertools
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_HEADER_CHARS = 1 << 18
_HEADER_ROWS = 200
_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_WINDOWS_ALONE = bytes(range(0x80, 0xA0))  # Latin-1 gives them no letter
_NO_LETTER = b"\0\x81\x8d\x8f\x90\x9d"  # nor does Windows-1252
_NUMBER_OR_DATE = re.compile(
    r"[-+]?(\d+([.,]\d*)*|[.,]\d+)([eE][-+]?\d+)?\s?%?|\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{2,4}.*"
)


def checked_path(path: str | Path) -> tuple[Path, int]:
    """Return the absolute path and the size in bytes of a regular file that may be read and is not empty.

    Raises:
        DeskError: DATA-201 missing, 202 no file, 203 unreadable, 204 empty.
    """
    try:
        whole = Path(path).expanduser().absolute()
        found = whole.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _said("201", _("There is no file {name}.", name=Path(path).name), _("Check the path.")) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise _said("202", _("{name} is a folder.", name=whole.name), _("Name one file inside it."))
    if not stat.S_ISREG(found.st_mode):
        raise _said("202", _("{name} is not a file.", name=whole.name), _("Save the data to a file and name that."))
    if not os.access(whole, os.R_OK):
        raise unreadable(path, PermissionError("permission denied"))
    if found.st_size == 0:
        raise _said("204", _("{name} is empty.", name=whole.name), _("Export the data again."))
    return whole, found.st_size


def unreadable(path: str | Path, error: BaseException) -> DeskError:
    """Return the refusal of a path that the system does not let us read; folders may hold names of people."""
    reason = getattr(error, "strerror", None) or str(error)
    return _said(
        "203", _("{name} cannot be read: {reason}.", name=Path(path).name, reason=reason), _("Check who may read it.")
    )


def checked_format(path: Path) -> str:
    """Return csv, tsv, parquet or json, from the extension, once the first bytes agree with it.

    Raises:
        DeskError: DATA-208 UTF-16, 209 compressed, 210 mislabelled, 212 unknown extension.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    label = path.suffix.lower()
    _refuse_containers(head, path.name, label)
    wanted = FORMATS.get(label)
    if wanted is None:
        raise _said(
            "212",
            _("The desk does not know what kind of file {name} is.", name=path.name),
            _("It reads .csv, .tsv, .parquet, .json and .jsonl."),
        )
    is_parquet = head[:4] in (b"PAR1", b"PARE")
    if is_parquet and wanted != "parquet":
        raise _mislabelled(path.name, "Parquet", _("Rename it to end in .parquet."))
    if wanted == "parquet" and not is_parquet:
        raise _mislabelled(path.name, _("not Parquet"), _("Name it after what it is, or export it again."))
    if wanted != "parquet":
        _refuse_other_text(head, path.name)
        _refuse_json_or_not(head, path.name, is_json=wanted == "json")
    return wanted


def hashed(path: Path, size_bytes: int, file_format: str, progress: Progress) -> tuple[str, str]:
    """Return the sha256 (hex) and the encoding (utf-8, utf-8-sig, or binary) in one read of 1 MiB pieces.

    Raises:
        DeskError: DATA-203 unreadable; DATA-207 not UTF-8: any other encoding would be a guess, and letters be lost.
    """
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_text, has_bom, done = file_format != "parquet", False, 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                has_bom = has_bom or (done == 0 and chunk.startswith(codecs.BOM_UTF8))
                done += len(chunk)
                digest.update(chunk)
                if is_text and (b"\0" in chunk or not _decodes(decoder, chunk, is_last=done >= size_bytes)):
                    raise _undecodable(path.name, chunk)
                progress(_("Reading {name}", name=path.name), done, size_bytes)
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_text:
        return digest.hexdigest(), "binary"
    return digest.hexdigest(), "utf-8-sig" if has_bom else "utf-8"


def has_mixed_lines(path: Path) -> bool:
    """Tell whether some lines of a text end in LF and others in CR LF, as in a file that two systems wrote."""
    windows = all_ends = 0
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            all_ends += chunk.count(b"\n")
            windows += (before + chunk).count(b"\r\n")
            before = chunk[-1:] if chunk.endswith(b"\r") else b""
    return 0 < windows < all_ends


def text_header(path: Path, encoding: str, delimiters: str) -> tuple[str, list[str]]:
    """Return the delimiter that gives most rows the header's width, and the first row; blanks around names go.

    Raises:
        DeskError: DATA-203 unreadable, 205 the first row is blank.
    """
    try:
        with path.open(encoding=encoding, newline="") as file:
            head = file.read(_HEADER_CHARS)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(head) == _HEADER_CHARS and "\n" in head:
        head = head[: head.rindex("\n") + 1]
    best, delimiter, header = (-1.0, 0), ",", list[str]()
    for each in delimiters:
        rows = _first_rows(head, each)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows[1:]) / max(len(rows) - 1, 1)
        if width and (fit := (alike if width > 1 else -0.5, width)) > best:
            best, delimiter, header = fit, each, rows[0]
    if not any(each.strip() for each in header):
        hint = _("Write the columns' names into the first line.")
        raise _said("205", _("The first line of {name} names no column.", name=path.name), hint)
    return delimiter, [each.strip() for each in header]


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        for row in itertools.islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), _HEADER_ROWS):
            if row or not rows:
                rows.append(row)
    return rows


def looks_like_values(first_row: Sequence[str]) -> bool:
    """Tell whether a first row may be data: a cell is a number, a date or empty.

    An empty first cell alone stands over an index, and numbers that count up in equal steps (2019, 2020) are names.
    """
    cells = [each.strip() for each in first_row]
    odd = [each for each in cells if not each or _NUMBER_OR_DATE.fullmatch(each)]
    if odd and not cells[0]:
        odd = odd[1:]
    if len(odd) > 1 and all(re.fullmatch(r"\d{1,9}", each) for each in odd):
        steps = {int(after) - int(before) for before, after in itertools.pairwise(odd)}
        return not (len(steps) == 1 and min(steps) > 0 and (len(odd) > 2 or (steps == {1} and int(odd[0]) >= 1000)))
    return bool(odd)


def headerless(file_name: str) -> DeskError:
    """Return the refusal of a table whose first line holds values: they would travel as its columns' names."""
    return _said(
        "217",
        _("The first line of {name} holds values, not the columns' names.", name=file_name),
        _("Put a line with the columns' names first."),
    )


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_last: bool) -> bool:
    try:
        decoder.decode(chunk, final=is_last)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_containers(head: bytes, file_name: str, label: str) -> None:
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in head or b"[Content_Types].xml" in head or label in (".xlsx", ".xlsm"):
            raise _mislabelled(file_name, _("an Excel workbook"), _("Save its sheet as CSV in UTF-8."))
        raise _compressed(file_name, "zip")
    for magic, kind in _COMPRESSED.items():
        if head.startswith(magic):
            raise _compressed(file_name, kind)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _mislabelled(file_name, _("an old Excel workbook"), _("Save its sheet as CSV in UTF-8."))
    if label in (".pkl", ".pickle", ".joblib") or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05"):
        # Never opened: a pickle runs whatever code its author put in.
        hint = _("A pickle can run code when opened, so the desk never opens one. Export the data as Parquet or CSV.")
        raise _mislabelled(file_name, _("a Python pickle"), hint)


def _refuse_other_text(head: bytes, file_name: str) -> None:
    is_wide = head.startswith(_WIDE) or (len(head) >= 4 and head[1::2].count(0) * 2 > len(head[1::2]))
    if is_wide or (len(head) >= 4 and head[::2].count(0) * 2 > len(head[::2])):
        raise _said("208", _("{name} is written in UTF-16 or UTF-32.", name=file_name), _("Save it again in UTF-8."))
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        hint = _("It is often the page that asks to sign in. Download the file itself.")
        raise _mislabelled(file_name, _("a web page or XML"), hint)


def _refuse_json_or_not(head: bytes, file_name: str, *, is_json: bool) -> None:
    """Refuse a text table that is called JSON, and JSON that is called a text table."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if is_json and start and start[:1] not in b"{[":
        looks_like_table = any(sign in start.splitlines()[0] for sign in (b",", b";", b"\t", b"|"))
        what = _("a text table such as CSV, not JSON") if looks_like_table else _("not JSON")
        raise _mislabelled(file_name, what, _("Name it after what it is, such as .csv, or export it again as JSON."))
    if not is_json and re.match(rb'\{\s*"[^"]*"\s*:|\[\s*\{\s*"', start):
        raise _mislabelled(file_name, _("JSON"), _("Rename it to end in .json."))


def _undecodable(file_name: str, chunk: bytes) -> DeskError:
    """Return the refusal of bytes that are not UTF-8, with the encoding they are most likely in."""
    if any(each in _NO_LETTER for each in chunk):
        sentence = _("{name} holds bytes that are no text in UTF-8.", name=file_name)
        return _said("207", sentence, _("Save it again in UTF-8, or name it after what it is."))
    encoding = "WINDOWS-1252" if any(each in _WINDOWS_ALONE for each in chunk) else "ISO-8859-1"
    likely = "Windows-1252" if encoding == "WINDOWS-1252" else "Latin-1 (ISO-8859-1)"
    return _said(
        "207",
        _("{name} is not written in UTF-8; it seems to be {encoding}.", name=file_name, encoding=likely),
        _(
            "Save it as “CSV UTF-8”, or convert it: `iconv -f {encoding} -t UTF-8 {name} > utf8-{name}`; "
            "then look whether its letters are right.",
            encoding=encoding,
            name=file_name,
        ),
    )


def _compressed(file_name: str, kind: str) -> DeskError:
    return _said("209", _("{name} is compressed with {kind}.", name=file_name, kind=kind), _("Unpack it first."))


def _mislabelled(file_name: str, what: str, hint: str) -> DeskError:
    return _said("210", _("{name} is {what}, whatever its name says.", name=file_name, what=what), hint)


def _said(number: str, sentence: str, hint: str) -> DeskError:
    return DeskError(sentence, hint, code=f"DATA-{number}")

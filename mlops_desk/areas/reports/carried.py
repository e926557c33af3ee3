"""What a report's file carries beside what people read: its content as JSON, put in by each form, read out again here.

Files that come back were in other hands: nothing of them is run, and no more is unpacked than a report may hold.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, iterparse

import msgspec

from mlops_desk.areas.reports.content import Report
from mlops_desk.areas.reports.document import document
from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

MARK = "report.json"
TEMPLATE = "report-json"
MOST_BYTES = 256 << 20
_PIECE_LETTERS = 30_000
_SIGNS = re.compile(r"[^\w\s\\\"{}\[\]:,.+-]|_")  # within JSON they stand in texts alone
_EMBEDDED = re.compile(rb"<<([^<>]*?/Type\s*/EmbeddedFile\b(?:[^<>]|<<[^<>]*>>)*?)>>\s*stream\r?\n")
_COMMENT = re.compile(rf"<!-- {re.escape(MARK)}\n(.*?)\n-->\s*\Z", re.DOTALL)
_TEXT, _PIECE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t", re.compile(r"\[(\d+)\](.*)", re.DOTALL)


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The format of a file and the content it carries; a CSV carries only the day and the heads of its lines."""

    format: str
    content: dict[str, Any]


class CarriedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be read."""

    path: str


# --- put in ----------------------------------------------------------------------------------------


def json_of(report: Report) -> str:
    """Return the content as JSON in one line of plain letters, which mean nothing to the document around it."""
    plain = json.dumps(msgspec.json.decode(document(report)), separators=(",", ":"))
    return _SIGNS.sub(lambda sign: f"\\u{ord(sign.group()):04x}", plain)


def comment_of(report: Report) -> str:
    """Return the content as a comment of Markdown."""
    return f"<!-- {MARK}\n{json_of(report)}\n-->"


def pieces_of(report: Report) -> list[str]:
    """Return the content as numbered texts that fit into cells of a sheet."""
    whole = json_of(report)
    cuts = range(0, len(whole), _PIECE_LETTERS)
    return [f"[{number}]{whole[first : first + _PIECE_LETTERS]}" for number, first in enumerate(cuts)]


# --- read out --------------------------------------------------------------------------------------


def read(job: CarriedJob, _progress: Progress) -> Carried:
    """Return what a report's file carries; runs in a child process.

    Raises:
        DeskError: it is no file, or carries no report.
    """
    try:
        with Path(job.path).open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DeskError(
            _("{path} could not be read: {reason}.", path=job.path, reason=error.strerror or error), code="REPORT-121"
        ) from None
    if len(raw) > MOST_BYTES:
        raise DeskError(_("The file is larger than any report."), code="REPORT-122")
    try:
        format_, text = _found(raw)
        content = _csv(raw) if format_ == "csv" else msgspec.json.decode(text)
    except (ValueError, KeyError, zipfile.BadZipFile, zlib.error, ParseError, csv.Error, msgspec.MsgspecError):
        raise _nothing() from None
    if not isinstance(content, dict) or not {"as_of", "heads"} <= content.keys():
        raise _nothing()
    return Carried(format=format_, content=content)


def _nothing() -> DeskError:
    return DeskError(
        _("This file carries no report of MLOps Desk that could be checked."),
        _("Give a file that `report kpi` wrote, as it wrote it: printing or saving it anew may take its content away."),
        code="REPORT-123",
    )


def _found(raw: bytes) -> tuple[str, str]:
    """Return the format of a file by its bytes, and the text it carries."""
    if raw.startswith(b"%PDF-"):
        return "pdf", _attached(raw)
    if raw.startswith(b"PK"):
        return "xlsx", _in_sheet(raw)
    text = raw.decode("utf-8")
    if text.lstrip().startswith("{"):
        return "json", text
    if text.lstrip()[:9].lower() == "<!doctype":
        return "html", _in_page(text)
    if found := _COMMENT.search(text):
        return "md", found.group(1)
    return "csv", ""


def _attached(raw: bytes) -> str:
    """Return the file that is attached to a PDF."""
    found = _EMBEDDED.search(raw)
    if found is None:
        raise ValueError(MARK)
    about = found.group(1)
    length = re.search(rb"/Length\s+(\d+)(?!\s+\d+\s+R)", about)
    stream = raw[found.end() : found.end() + int(length.group(1))] if length else raw[found.end() :]
    if b"/FlateDecode" in about:
        stream = zlib.decompressobj().decompress(stream, MOST_BYTES)
    return stream.decode("utf-8")


def _in_sheet(raw: bytes) -> str:
    """Return the numbered texts among the strings of a workbook, put together."""
    pieces: dict[int, str] = {}
    with zipfile.ZipFile(io.BytesIO(raw)) as packed, packed.open("xl/sharedStrings.xml") as strings:
        if packed.getinfo("xl/sharedStrings.xml").file_size > MOST_BYTES:
            raise ValueError(MARK)
        for _event, element in iterparse(strings):  # noqa: S314 - expat stops what grows, and the child has bounds
            if element.tag == _TEXT and (found := _PIECE.fullmatch(element.text or "")):
                pieces[int(found.group(1))] = found.group(2)
            element.clear()
    return "".join(pieces[number] for number in range(len(pieces)))


def _in_page(text: str) -> str:
    reader = _Page()
    reader.feed(text)
    return "".join(reader.texts)


class _Page(HTMLParser):
    """Finds the template of a page that holds its content."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._is_within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to listen at the template."""
        self._is_within = tag == "template" and ("id", TEMPLATE) in attrs

    def handle_endtag(self, tag: str) -> None:
        """Stop listening at its end."""
        self._is_within = self._is_within and tag != "template"

    def handle_data(self, data: str) -> None:
        """Take what stands in it."""
        if self._is_within:
            self.texts.append(data)


def _csv(raw: bytes) -> dict[str, Any]:
    """Return the day and heads that every line of the readings names, and what the first says of their making."""
    lines = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))
    first = next(lines, {})
    heads = [each.split(":") for each in str(first["heads"]).removeprefix("'").split(", ") if each]
    made_from = wire.fitted(msgspec.json.decode(first["made_from"]), dict[str, Any])
    return {
        **made_from,
        "report": "kpi",
        "as_of": first["as_of"],
        "heads": [{"device": device, "seq": int(seq), "line": line} for device, seq, line in heads],
    }

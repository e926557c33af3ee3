"""Answers: plain text for people, one JSON document for scripts; never a control character of somebody else's."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from mlops_desk.areas.team.discussion import Said
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column, Detail
from mlops_desk.kernel.literal import literal
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.record import Declared
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

SHAPES = {"ok": "●", "warn": "◆", "bad": "▲", "info": "ⓘ", "unknown": "?"}
SHORT_ID = 8


def clean(text: str) -> str:
    """Return a text that cannot steer a terminal: control and direction characters are shown as codes."""
    return literal(text)


def say(text: str) -> None:
    """Print a line for a person."""
    print(clean(text))  # noqa: T201 - this is where the command line speaks


def complain(error: DeskError) -> None:
    """Print what was refused and what to do, to the error stream."""
    print(clean(_("error: {sentence}", sentence=error.sentence)), file=sys.stderr)  # noqa: T201
    if error.hint:
        print(clean(error.hint), file=sys.stderr)  # noqa: T201


def notice(text: str) -> None:
    """Print a line that is no part of the answer."""
    print(clean(text), file=sys.stderr)  # noqa: T201


def document(value: Any) -> None:
    """Print one JSON document."""
    print(msgspec.json.format(msgspec.json.encode(plain(value)), indent=2).decode())  # noqa: T201


def plain(value: Any) -> Any:
    """Return a value as JSON has it: snake_case keys, full ids, instants with Z, states as objects."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Declared):
        return {name: plain(getattr(value, name)) for name in value.declared}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Masked):
        return str(value)
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.structs.asdict(value))
    if isinstance(value, Sequence | frozenset | set) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def cell_text(value: Any, cell: str = "text", unit: str = "") -> str:
    """Return a value as people read it in a table."""
    if value is None or value == "":
        return "–" if cell in ("number", "whole", "day", "instant") else ""
    if isinstance(value, State):
        reason = f" ({value.reason})" if value.reason else ""
        return f"{SHAPES[value.level]} {value.word}{reason}"
    if cell == "number":
        return f"{value:,.6g}" + (f" {unit}" if unit else "")
    if cell == "id":
        return str(value)[:SHORT_ID]
    if cell == "role":
        return ", ".join(role_name(each) for each in ((value,) if isinstance(value, str) else value))
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value)
    return str(value)


def table(columns: Sequence[Column], rows: Sequence[Any], empty: str) -> None:
    """Print a table as wide as the terminal; numbers stand at the right."""
    if not rows:
        say(empty or _("Nothing yet."))
        return
    texts = [
        [clean(cell_text(getattr(row, each.name), each.cell, each.unit)).replace("\n", " ") for each in columns]
        for row in rows
    ]
    widths = [max(len(each.title), *(len(line[place]) for line in texts)) for place, each in enumerate(columns)]
    room = shutil.get_terminal_size((160, 24)).columns
    while sum(widths) + 2 * len(widths) > room and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    for line in [[each.title for each in columns], *texts]:
        say(
            "  ".join(
                _fit(text, width, each.cell) for text, width, each in zip(line, widths, columns, strict=True)
            ).rstrip()
        )


def _fit(text: str, width: int, cell: str) -> str:
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.rjust(width) if cell in ("number", "whole") else text.ljust(width)


def details(lines: Sequence[Detail]) -> None:
    """Print labelled lines."""
    width = max((len(each.label) for each in lines), default=0)
    for each in lines:
        first, *rest = cell_text(each.value, each.cell).split("\n")
        if first or rest:
            say(f"{each.label.ljust(width)}  {first}")
            for line in rest:
                say(f"{'':{width}}  {line}")


def said(text: str) -> None:
    """Print somebody's words as they are, line by line beneath what was printed before."""
    for line in text.split("\n"):
        say(f"        {line}")


def discussion(found: Sequence[Said]) -> None:
    """Print what was said about a thing, the newest last."""
    for each in found:
        say(f"· {each.id[:SHORT_ID]}  {each.heading}, {cell_text(each.at)}")
        for line in each.shown.split("\n"):
            say(f"    {line}")


class Stages:
    """A line for each new step of a long story, with the time it began."""

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._step = ""
        self._start = time.monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say a step when it begins."""
        if self._is_wanted and step != self._step:
            notice(f"{time.monotonic() - self._start:5.1f} s  {step}" + (f"  ({done} of {total})" if total else ""))
            self._step = step


class Progress:
    """One line on the error stream that says how far long work is; silent where nobody looks."""

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_wanted = is_wanted and sys.stderr.isatty()
        self._width = 0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say the step in words; ``done`` of ``total`` units."""
        if self._is_wanted:
            text = clean(f"{step} {done * 100 // total} %" if total else f"{step} …")
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def end(self) -> None:
        """Clear the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")

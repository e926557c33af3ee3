"""Checking a report that somebody holds: what it was made from is here, and it says what the records say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, get_args

import msgspec

from mlops_desk.areas.reports.carried import Carried, CarriedJob, read
from mlops_desk.areas.reports.content import Head, Report
from mlops_desk.areas.reports.document import document
from mlops_desk.areas.reports.kpi import Known, kpi_report
from mlops_desk.areas.reports.make import ON_PAPER, Format, ReportJob, make
from mlops_desk.areas.reports.recipe import Recipe
from mlops_desk.areas.reports.report import ReportMade
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Bench, Rows
from mlops_desk.kernel.words import _, plural

SHOWN = 5
_LETTERS = 60
_FREE = frozenset({"made_at", "heads"})  # when it was made is nobody's figure, and the heads are looked up one by one


class Checked(msgspec.Struct, frozen=True):
    """What was found of a report that holds: how many figures, whether to the byte, and who noted the file."""

    figures: int
    is_same_file: bool
    noted: str

    @property
    def words(self) -> str:
        """The same in words."""
        figures = plural(
            "{n} figure was made again from its entries and is the same.",
            "{n} figures were made again from their entries and are the same.",
            self.figures,
        )
        lines = _("Every line was made again and is the same.")
        same = _("The file is the same to the byte.")
        other = _("The file itself was made by another version, or somebody changed how it looks.")
        told = (figures if self.figures else lines, same if self.is_same_file else other, self.noted)
        return " ".join(each for each in told if each)


def check(bench: Bench, file: str) -> Checked:
    """Read a report's file, make the report again from what was known then, and compare.

    Raises:
        DeskError: it is no report, was made from entries that are not here, or says something else than they do.
    """
    path = Path(file).expanduser()
    carried: Carried = bench.work(read, CarriedJob(path=str(path)))
    if carried.content.get("report") != "kpi":
        raise DeskError(
            _("This is another kind of report: {name}.", name=carried.content.get("report")),
            _("This version checks KPI reports."),
            code="REPORT-124",
        )
    heads = _heads(carried)
    _check_heads(bench, heads)
    bench.progress(_("Make it again"), 0, 0)
    again = _made_again(bench, carried, heads)
    raw, made = path.read_bytes(), _rendered(bench, again, carried.format)
    differing = list(_lines_unlike(raw, made) if carried.format == "csv" else _differing(carried, again))
    if differing:
        raise _differs(differing)
    return Checked(_figures(carried.content), made == raw, _noted(bench, raw))


# --- what it was made from -----------------------------------------------------------------------


def _heads(carried: Carried) -> tuple[Head, ...]:
    try:
        return wire.fitted(carried.content["heads"], tuple[Head, ...])
    except msgspec.ValidationError:
        raise _damaged() from None


def _check_heads(rows: Rows, heads: Iterable[Head]) -> None:
    """Refuse a report that was made from entries that are not here, or do not count here."""
    query = "SELECT verdict FROM line WHERE starts_with(id, ?) AND starts_with(device, ?) AND seq = ?"
    for head in heads:
        found = rows.sql(query, head.line, head.device, head.seq)
        if not head.line or not head.device or [verdict for (verdict,) in found] != ["ok"]:
            raise DeskError(
                _(
                    "Entry {number} of machine {device}… is not here as the report names it.",
                    number=head.seq,
                    device=head.device,
                ),
                _("Receive what the others sent and try again. If it stays so, the report speaks of another history."),
                code="REPORT-125",
            )


def _damaged() -> DeskError:
    return DeskError(
        _("What this file carries is no report as the desk writes it."), _("Ask for the file again."), code="REPORT-126"
    )


# --- made again ----------------------------------------------------------------------------------


def _made_again(bench: Bench, carried: Carried, heads: tuple[Head, ...]) -> Report:
    content = carried.content
    try:
        day = date.fromisoformat(str(content["as_of"]))
        made_at = datetime.fromisoformat(str(content.get("made_at", "1970-01-01T00:00:00Z")))
        recipe = wire.fitted(content.get("recipe"), Recipe)
        unread = wire.fitted(content.get("unread"), int)
        silent = wire.fitted(content.get("silent"), dict[str, str])
    except (ValueError, msgspec.ValidationError):
        raise _damaged() from None
    recipe.check(day)
    known = Known(_whole(bench, heads), unread, silent)
    return kpi_report(bench, day, made_at, known, recipe, is_for_paper=carried.format in ON_PAPER)


def _whole(rows: Rows, heads: Iterable[Head]) -> tuple[Head, ...]:
    """Return the heads with the whole ids of their entries: a CSV has but their beginnings."""
    query = "SELECT id FROM line WHERE starts_with(id, ?) AND seq = ?"
    return tuple(Head(each.device, each.seq, rows.sql(query, each.line, each.seq)[0][0]) for each in heads)


def _rendered(bench: Bench, report: Report, format_: str) -> bytes:
    known: Format = next(each for each in get_args(Format) if each == format_)
    scratch = bench.scratch / f"again.{known}"
    bench.work(make, ReportJob(report=report, format=known, path=str(scratch)))
    return scratch.read_bytes()


def _noted(rows: Rows, raw: bytes) -> str:
    """Return who noted this very file in the trail, and when; empty if nobody did."""
    found = rows.find(ReportMade, "sha256 = ?", sha256(raw).hexdigest(), order="recorded_at, id", most=1)
    if not found or found[0].recorded_at is None:
        return ""
    who = names(rows).get(found[0].recorded_by, "")
    return _("{name} noted this file in the trail on {day}.", name=who, day=found[0].recorded_at.date())


# --- compared ------------------------------------------------------------------------------------


def _differing(carried: Carried, again: Report) -> Iterator[str]:
    """Give what the file says otherwise than the records, one sentence each."""
    here = msgspec.json.decode(document(again))
    for name in sorted((carried.content.keys() | here.keys()) - _FREE):
        yield from _unlike(name, carried.content.get(name), here.get(name))


def _lines_unlike(raw: bytes, made: bytes) -> Iterator[str]:
    """Give the lines of a CSV that differ."""
    for number, (there, here) in enumerate(zip_longest(raw.splitlines(), made.splitlines(), fillvalue=b""), 1):
        if there != here:
            told = (_shown(each.decode("utf-8", "replace")) for each in (there, here))
            yield _("line {number}: {there} in the file, {here} here", number=number, there=next(told), here=next(told))


def _unlike(name: str, there: Any, here: Any) -> Iterator[str]:
    if there == here:
        return
    if isinstance(there, list) and isinstance(here, list):
        if len(there) != len(here):
            yield _("{name}: {there} lines in the file, {here} here", name=name, there=len(there), here=len(here))
        for number, (one, other) in enumerate(zip(there, here, strict=False), 1):
            yield from _unlike(f"{name} {number}", one, other)
    elif isinstance(there, dict) and isinstance(here, dict):
        for key in sorted(there.keys() | here.keys()):
            yield from _unlike(f"{name}, {key}", there.get(key), here.get(key))
    else:
        yield _("{name}: {there} in the file, {here} here", name=name, there=_shown(there), here=_shown(here))


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _differs(differing: list[str]) -> DeskError:
    told = "; ".join(differing[:SHOWN])
    rest = len(differing) - SHOWN
    more = plural("{told}; and {n} more", "{told}; and {n} more", rest, told=told) if rest > 0 else told
    return DeskError(
        _("The report does not say what the records say: {what}.", what=more),
        _("Make it again from this project, and ask who gave it to you where it came from."),
        code="REPORT-127",
    )


def _figures(content: dict[str, Any]) -> int:
    """Return how many numbers the tables of a report hold."""
    tables = (each for name, each in content.items() if isinstance(each, list) and name != "heads")
    cells = (cell for table in tables for row in table if isinstance(row, dict) for cell in row.values())
    return sum(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)

"""What happened before a KPI moved: releases, data, alerts, decisions and check-ins, told as coincidence in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from mlops_desk.areas.goals.chain import graph, reached
from mlops_desk.areas.goals.kpi import DEFAULT_RHYTHM_DAYS, NEWEST_CHECK_IN, CheckIn, Kpi
from mlops_desk.areas.goals.outlook import readings_of
from mlops_desk.areas.goals.queries import marks as check_in_marks
from mlops_desk.kernel.area import Mark, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _, plural

MOST_SHOWN = 5
LATEST = 20  # check-ins of each KPI that are looked at where all are asked about
LONGEST_LEAD_DAYS = 30
_LEFT_OUT = frozenset({"member", "report"})
_ORDER = ("deployment", "dataset-version", "model-version", "alert", "alert-decision", "gate-request", "disagreement")
_LAST = ("run", "kpi")


class Move(NamedTuple):
    """The last change of a KPI: from a value of a day to one of a later day."""

    from_value: float
    from_day: date
    to_value: float
    to_day: date


class Mover(msgspec.Struct, frozen=True):
    """Something that happened before a KPI moved. ``is_on_chain``: it happened to what the KPI stands above."""

    id: str
    noun: str
    kpi: str
    move: str
    at: datetime
    days_before: int
    sentence: str
    is_on_chain: bool

    @property
    def words(self) -> str:
        """What happened and how long before, in words that name no cause."""
        when = (
            plural("{n} day before", "{n} days before", self.days_before) if self.days_before > 0 else _("the same day")
        )
        told = _("{when}: {what}", when=when, what=self.sentence)
        return _("{told} (on its chain)", told=told) if self.is_on_chain else told


def last_move(check_ins: Sequence[CheckIn]) -> Move | None:
    """Return the last change between two days that have a value, or None where the value never changed."""
    from mlops_desk.science.series import cleaned

    known = cleaned(readings_of(check_ins))
    for before, after in zip(known[-2::-1], known[:0:-1], strict=False):
        if before.value != after.value:
            return Move(before.value, before.on, after.value, after.on)
    return None


def window_of(kpi: Kpi, move: Move) -> Span:
    """Return the time in which something may have come before a move: a rhythm before its first day, to its last day.

    A rhythm counts as 30 days at most. Days are those of UTC.
    """
    lead = min(kpi.rhythm or DEFAULT_RHYTHM_DAYS, LONGEST_LEAD_DAYS)
    first = datetime.combine(move.from_day - timedelta(days=lead), time.min, UTC)
    return Span(first, datetime.combine(move.to_day, time.max, UTC))


def happened(rows: Rows, window: Span, *, with_check_ins: bool = True) -> list[Mark]:
    """Return all that happened in a span and may matter to a KPI, each once; check-ins of KPIs may be many."""
    makers = [make for make in rows.registry.marks if with_check_ins or make is not check_in_marks]
    marks = [_in_utc(mark) for make in makers for mark in make(rows, window)]
    return [mark for mark in dict.fromkeys(marks) if mark.noun not in _LEFT_OUT]


def movers(rows: Rows, kpi: Kpi, move: Move, marks: Sequence[Mark]) -> list[Mover]:
    """Return what happened before a KPI moved, ranked: what its chain touches first, then the nearest in days.

    On one day releases and data come before alerts, gates and decisions, and those before runs and check-ins. The
    KPI's own check-ins are left out. That something came before says nothing about why: it is coincidence in time.
    """
    chain = reached(graph(rows).below, (Kpi.noun, kpi.id))
    window, words = window_of(kpi, move), move_words(kpi, move)
    found = [
        Mover(
            mark.id,
            mark.noun,
            kpi.name,
            words,
            mark.at,
            (move.to_day - mark.at.date()).days,
            mark.sentence,
            (mark.noun, mark.id) in chain,
        )
        for mark in marks
        if window.first <= mark.at <= window.last and mark.id != kpi.id
    ]
    return sorted(found, key=_rank)


def _in_utc(mark: Mark) -> Mark:
    return mark if mark.at.tzinfo else msgspec.structs.replace(mark, at=mark.at.replace(tzinfo=UTC))


def _rank(mover: Mover) -> tuple[bool, int, int, float, str]:
    late = len(_ORDER) + (1 + _LAST.index(mover.noun) if mover.noun in _LAST else 0)
    kind = _ORDER.index(mover.noun) if mover.noun in _ORDER else late
    return not mover.is_on_chain, mover.days_before, kind, -mover.at.timestamp(), mover.id


def move_words(kpi: Kpi, move: Move) -> str:
    """Return a change in words."""
    return _(
        "{before} to {after} {unit}, {first} to {last}",
        before=f"{move.from_value:.4g}",
        after=f"{move.to_value:.4g}",
        unit=kpi.unit,
        first=move.from_day,
        last=move.to_day,
    ).replace(" ,", ",")


def why(rows: Rows, about: str = "") -> list[Mover]:
    """Return what came before the last move of a KPI; without one, the first few of every KPI that moved.

    Check-ins of other KPIs come last, so that where all KPIs are asked about they are left out.

    Raises:
        NotKnownHere: the text means no KPI.
    """
    if about:
        kpi = rows.get(Kpi, rows.resolve(Kpi.noun, about))
        moved = {kpi.id: (kpi, last_move(rows.find(CheckIn, "kpi = ?", kpi.id)))}
    else:
        latest: dict[str, list[CheckIn]] = defaultdict(list)
        for each in rows.find(CheckIn, order=NEWEST_CHECK_IN, most=LATEST, of_each="kpi"):
            latest[each.kpi].append(each)
        kpis = sorted(rows.find(Kpi, "NOT archived"), key=lambda each: (each.name, each.id))
        moved = {kpi.id: (kpi, last_move(latest[kpi.id])) for kpi in kpis}
    changed = [(kpi, move) for kpi, move in moved.values() if move is not None]
    if not changed:
        return []
    windows = [window_of(kpi, move) for kpi, move in changed]
    span = Span(min(each.first for each in windows), max(each.last for each in windows))
    marks = happened(rows, span, with_check_ins=bool(about))
    most = None if about else MOST_SHOWN
    return [mover for kpi, move in changed for mover in movers(rows, kpi, move, marks)[:most]]


def why_details(rows: Rows, kpi: Kpi, check_ins: Sequence[CheckIn]) -> list[Detail]:
    """Return what the page of a KPI says of its last move: the change, what came before, and that it is no cause."""
    move = last_move(check_ins)
    if move is None:
        return [Detail(_("Last change"), _("none yet"))]
    found = movers(rows, kpi, move, happened(rows, window_of(kpi, move)))
    lines = [Detail(_("Last change"), move_words(kpi, move))]
    if not found:
        return [*lines, Detail(_("In the time before"), _("nothing is recorded"))]
    lines += [Detail(_("In the time before"), each.words) for each in found[:MOST_SHOWN]]
    more = len(found) - MOST_SHOWN
    if more > 0:
        lines.append(Detail(_("In the time before"), plural("{n} more", "{n} more", more)))
    return [*lines, Detail(_("What this means"), _("It came before; that is coincidence in time, not a cause."))]

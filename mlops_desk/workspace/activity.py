"""The activity feed: everything that counts, newest first, in words, and what is new since the person looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from mlops_desk.catalogue import AREAS, RULES
from mlops_desk.kernel.area import Mark, Span
from mlops_desk.kernel.rows import Rows
from mlops_desk.workspace.act_words import entry_words
from mlops_desk.workspace.trail import TrailRow, Wanted, trail


class Happened(msgspec.Struct, frozen=True):
    """One line of the feed; ``is_new`` tells that it came here since the person last looked, and is not their own.

    ``noun`` and ``id`` are the record that it wrote first, empty where that is no row.
    """

    at: datetime
    who: str
    acting: str
    sentence: str
    about: str
    kind: str
    line: str
    is_new: bool
    noun: str = ""
    id: str = ""


def activity(rows: Rows, wanted: Wanted, *, is_new_only: bool = False) -> list[Happened]:
    """Return what happened, newest first; entries that do not count are left to the trail.

    Raises:
        DeskError: there is no such member or thing.
    """
    fresh = frozenset(fresh_lines(rows))
    among = tuple(sorted(fresh)) if is_new_only else wanted.lines
    found = trail(rows, msgspec.structs.replace(wanted, verdict="ok", lines=among))
    marked, things = _marked(rows, found), _things(rows, [each.line for each in found])
    return [
        _happened(each, marked.get(each.line, ""), things.get(each.line, ("", "")), is_new=each.line in fresh)
        for each in found
    ]


class News(msgspec.Struct, frozen=True):
    """What came since the person looked: the newest of it, and how many more; ``is_first`` if they never looked."""

    is_first: bool
    newest: tuple[Happened, ...]
    more: int


def news(rows: Rows, most: int) -> News:
    """Return what is new to the person at this machine."""
    if never_looked(rows):
        return News(is_first=True, newest=(), more=0)
    newest = activity(rows, Wanted(most=most), is_new_only=True)
    return News(is_first=False, newest=tuple(newest), more=len(fresh_lines(rows)) - len(newest))


def since_day(day: date) -> datetime:
    """Return the instant at which a day begins where the person is."""
    return datetime(day.year, day.month, day.day).astimezone().astimezone(UTC)


def looked(rows: Rows) -> None:
    """Note on this machine up to which entry of every journal the person has looked."""
    ends = dict(rows.sql("SELECT device, max(seq) FROM line GROUP BY device"))
    rows.here.note(looked=ends)


def begin_to_look(rows: Rows) -> None:
    """Note on a first visit up to where everything stood, so that what comes from now on is new."""
    if never_looked(rows):
        looked(rows)


def never_looked(rows: Rows) -> bool:
    """Tell whether the person has never looked at what happened, on this machine."""
    return not rows.here.seat.looked


def fresh_lines(rows: Rows) -> list[str]:
    """Return the entries of others that came since the person looked; nothing is new to who looks for the first time.

    By the place in its journal, not by time: what was written offline last week came today.
    """
    known = rows.here.seat.looked
    if not known:
        return []
    query = """
        SELECT id FROM line LEFT JOIN (SELECT unnest(?) AS device, unnest(?) AS upto) USING (device)
        WHERE member <> ? AND verdict = 'ok' AND seq > coalesce(upto, 0)"""
    return [id_ for (id_,) in rows.sql(query, list(known), list(known.values()), rows.here.member)]


def _happened(row: TrailRow, mark: str, thing: tuple[str, str], *, is_new: bool) -> Happened:
    words = entry_words(row.kind)
    sentence = mark or (f"{words}: {row.about}" if row.about else words)
    return Happened(row.at, row.who, row.acting, sentence, row.about, row.kind, row.line, is_new, *thing)


def _things(rows: Rows, lines: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return by entry the record that it wrote first, where that is one."""
    query = 'SELECT line, noun, id FROM op WHERE "index" = 0 AND line IN (SELECT unnest(?))'
    found = rows.sql(query, list(lines)) if lines else ()
    return {line: (noun, id_) for line, noun, id_ in found if noun in RULES.nouns}


def _marked(rows: Rows, found: Sequence[TrailRow]) -> dict[str, str]:
    """Return what areas say of entries, by entry: a mark belongs to the one entry of its instant."""
    by_instant: dict[datetime, list[str]] = defaultdict(list)
    if not found:
        return {}
    for each in found:
        by_instant[each.at].append(each.line)
    said: dict[str, list[str]] = defaultdict(list)
    for mark in _marks(rows, Span(min(by_instant), max(by_instant))):
        lines = by_instant.get(mark.at, [])
        if len(lines) == 1:
            said[lines[0]].append(mark.sentence)
    return {line: "; ".join(dict.fromkeys(sentences)) for line, sentences in said.items()}


def _marks(rows: Rows, span: Span) -> list[Mark]:
    return [mark for area in AREAS for make in area.marks for mark in make(rows, span)]

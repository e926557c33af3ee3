"""The activity feed: everything that counts, newest first, in words, and what is new since the person looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from mlops_desk.catalogue import AREAS
from mlops_desk.kernel.area import Mark
from mlops_desk.kernel.rows import Rows
from mlops_desk.workspace.act_words import entry_words
from mlops_desk.workspace.trail import TrailRow, Wanted, trail

ROWS_SEARCHED = 100_000


class Happened(msgspec.Struct, frozen=True):
    """One line of the feed; ``is_new`` tells that it came here since the person last looked, and is not their own."""

    at: datetime
    who: str
    acting: str
    sentence: str
    about: str
    kind: str
    line: str
    is_new: bool


def activity(rows: Rows, wanted: Wanted, *, is_new_only: bool = False) -> list[Happened]:
    """Return what happened, newest first; entries that do not count are left to the trail.

    Raises:
        DeskError: there is no such member or thing.
    """
    fresh = _fresh_lines(rows)
    most = ROWS_SEARCHED if is_new_only else wanted.most  # what is new may be old by the clock of its author
    found = trail(rows, msgspec.structs.replace(wanted, verdict="ok", most=most))
    found = [each for each in found if each.line in fresh or not is_new_only][: wanted.most]
    marked = _marked(rows, found)
    return [_happened(each, marked.get(each.line, ""), is_new=each.line in fresh) for each in found]


def since_day(day: date) -> datetime:
    """Return the instant at which a day begins where the person is."""
    return datetime(day.year, day.month, day.day).astimezone().astimezone(UTC)


def looked(rows: Rows) -> None:
    """Note on this machine up to which entry of every journal the person has looked."""
    ends = dict(rows.sql("SELECT device, max(seq) FROM line GROUP BY device"))
    rows.here.note(looked=ends)


def _fresh_lines(rows: Rows) -> set[str]:
    """Return the entries of others that came since the person looked; nothing is new to who looks for the first time.

    By the place in its journal, not by time: what was written offline last week came today.
    """
    known = rows.here.seat.looked
    if not known:
        return set()
    found = rows.sql("SELECT id, device, seq FROM line WHERE member <> ?", rows.here.member)
    return {id_ for id_, device, seq in found if seq > known.get(device, 0)}


def _happened(row: TrailRow, mark: str, *, is_new: bool) -> Happened:
    words = entry_words(row.kind)
    sentence = mark or (f"{words}: {row.about}" if row.about else words)
    return Happened(row.at, row.who, row.acting, sentence, row.about, row.kind, row.line, is_new)


def _marked(rows: Rows, found: Sequence[TrailRow]) -> dict[str, str]:
    """Return what areas say of entries, by entry: a mark belongs to the one entry of its instant."""
    by_instant: dict[datetime, list[str]] = defaultdict(list)
    for each in found:
        by_instant[each.at].append(each.line)
    said: dict[str, list[str]] = defaultdict(list)
    for mark in _marks(rows):
        lines = by_instant.get(mark.at, [])
        if len(lines) == 1:
            said[lines[0]].append(mark.sentence)
    return {line: "; ".join(dict.fromkeys(sentences)) for line, sentences in said.items()}


def _marks(rows: Rows) -> list[Mark]:
    return [mark for area in AREAS for make in area.marks for mark in make(rows)]

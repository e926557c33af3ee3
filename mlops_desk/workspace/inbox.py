"""The inbox: what waits for one person, why for them, since when, and what settles it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec

from mlops_desk.areas.team.discussion import Said
from mlops_desk.areas.team.member import Member
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _
from mlops_desk.workspace.status import standing

MAX_SEEN = 10_000
ROLES_NAMED = 2
ALL = "all"
_LATEST = datetime.max.replace(tzinfo=UTC)


class Waiting(msgspec.Struct, frozen=True):
    """One line of the inbox; ``mention`` is the id by which a mention is marked as seen, else empty.

    ``why`` says why it waits for the person or, where it waits for others, for whom; ``people`` are those others by
    name. ``roles`` are those in which it can be settled, ``due`` the day by which it is wanted.
    """

    sentence: str
    state: State
    why: str
    since: datetime | None
    settle: str
    noun: str
    id: str
    mention: str
    roles: tuple[str, ...] = ()
    due: date | None = None
    people: tuple[str, ...] = ()


def waits_for(need: Need, roles: Iterable[str], member: str) -> bool:
    """Tell whether something waits for a member who holds some roles."""
    if need.needs_another and member == need.asked_by:
        return False
    return any(role in need.roles for role in roles) or bool(member and member in need.members)


def unseen(rows: Rows, needs: Sequence[Need]) -> list[Need]:
    """Return the needs without the mentions that were looked at on this machine."""
    seen = set(rows.here.seat.seen) if any(each.seen_as for each in needs) else set[str]()
    return [each for each in needs if not each.seen_as or each.seen_as not in seen]


def inbox(rows: Rows, roles: Sequence[str]) -> list[Waiting]:
    """Return what waits for the person at this machine, who holds some roles: the worst first, then the oldest."""
    me = rows.here.member
    mine = [each for each in rows.ask(standing).needs if waits_for(each, roles, me)]
    return _ordered(_waiting(each, _why(each, roles, me)) for each in unseen(rows, mine))


def everything(rows: Rows) -> list[Waiting]:
    """Return what waits for anybody, with whom it waits for."""
    who = names(rows)

    def whom(need: Need) -> str:
        return ", ".join([*map(role_name, need.roles), *(who.get(each, each[:8]) for each in need.members)])

    return _ordered(_waiting(each, whom(each)) for each in rows.ask(standing).needs)


def on_others(rows: Rows) -> list[Waiting]:
    """Return what the person at this machine asked for and others have to settle: the worst first, then the oldest."""
    me = rows.here.member
    people = rows.find(Member, "active", order="name, id")
    asked = [each for each in rows.ask(standing).needs if me and each.asked_by == me]
    return _ordered(each for need in asked for each in _on_others(need, people, me))


def _on_others(need: Need, people: Sequence[Member], me: str) -> list[Waiting]:
    """Return the line of a need that others have to settle; none if it waits for the person alone."""
    fitting = [each for each in people if waits_for(need, each.roles, each.id)]
    others = tuple(each.name for each in fitting if each.id != me)
    roles = ", ".join(map(role_name, need.roles))
    if others:
        called = ", ".join(others)
        whom = f"{called} ({roles})" if 0 < len(need.roles) <= ROLES_NAMED else called
    elif fitting:
        return []
    else:
        whom = _("nobody else holds {roles}", roles=roles)
    return [msgspec.structs.replace(_waiting(need, whom), people=others, mention="")]


def _why(need: Need, roles: Sequence[str], member: str) -> str:
    held = ", ".join(role_name(role) for role in roles if role in need.roles)
    return need.reason if member in need.members and need.reason else _("as {roles}", roles=held)


def _waiting(need: Need, why: str) -> Waiting:
    settle = f"mlops-desk {need.settle}" if need.settle else ""
    return Waiting(
        need.sentence,
        need.state,
        why,
        need.since,
        settle,
        need.noun,
        need.id,
        need.seen_as,
        need.roles,
        need.due,
    )


def _ordered(found: Iterable[Waiting]) -> list[Waiting]:
    return sorted(found, key=lambda each: (-badness(each.state), each.since or _LATEST, each.sentence))


def done(rows: Rows, text: str) -> int:
    """Mark mentions of the person as seen on this machine, one by its id or all; returns how many.

    Raises:
        DeskError: the id is no mention of theirs, or more than one.
    """
    me = rows.here.member
    mine = [each for each in rows.ask(standing).needs if each.seen_as and me in each.members]
    open_ids = [each.seen_as for each in unseen(rows, mine)]
    found = open_ids if text == ALL else [each for each in open_ids if text and each.startswith(text)]
    if text != ALL and len(found) != 1:
        raise DeskError(
            _("“{text}” is no mention in your inbox, or more than one.", text=text),
            _("`mlops-desk inbox` shows their ids. Everything else leaves the inbox once it is done."),
            code="INBOX-101",
        )
    _note(rows.here, found)
    return len(found)


def look_at(here: Here, found: Sequence[Said]) -> bool:
    """Note the mentions of the person that they have before them; tells whether one of them was new."""
    return _note(here, [each.newest for each in found if here.member and here.member in each.mentions])


def _note(here: Here, ids: Sequence[str]) -> bool:
    """Remember ids as seen; the oldest are forgotten once there are very many."""
    known = here.seat.seen
    fresh = [each for each in ids if each not in known]
    if fresh:
        here.note(seen=[*known, *fresh][-MAX_SEEN:])
    return bool(fresh)

"""The inbox: what waits for one person, why for them, since when, and what settles it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec

from mlops_desk.areas.team.discussion import Said
from mlops_desk.areas.team.member import Member
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.settings import Seat
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _
from mlops_desk.workspace.aside import bring_back, is_aside, key_of, put_aside, until_words
from mlops_desk.workspace.status import standing

MAX_SEEN = 10_000
ROLES_NAMED = 2
ALL = "all"
_LATEST = datetime.max.replace(tzinfo=UTC)


class Waiting(msgspec.Struct, frozen=True):
    """One line of the inbox; ``mention`` is the id by which a mention is marked as seen, else empty.

    ``why`` says why it waits for the person or, where it waits for others, for whom; ``people`` are those others by
    name. ``roles`` are those in which it can be settled, ``due`` the day by which it is wanted. ``key`` names the line
    when it is put aside, and ``until`` is when one that rests comes back.
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
    key: str = ""
    until: datetime | None = None


def waits_for(need: Need, roles: Iterable[str], member: str) -> bool:
    """Tell whether something waits for a member who holds some roles."""
    if need.needs_another and member == need.asked_by:
        return False
    return any(role in need.roles for role in roles) or bool(member and member in need.members)


def open_here(rows: Rows, needs: Sequence[Need]) -> list[Need]:
    """Return the needs without the mentions that were looked at, and without what was put aside, on this machine."""
    seat, now_ms = rows.here.seat if needs else Seat(), clock.now_ms()
    unseen = [each for each in needs if not each.seen_as or each.seen_as not in seat.seen]
    return [each for each in unseen if not is_aside(seat.aside, key_of(each), now_ms)] if seat.aside else unseen


def inbox(rows: Rows, roles: Sequence[str]) -> list[Waiting]:
    """Return what waits for the person at this machine, who holds some roles: the worst first, then the oldest."""
    me = rows.here.member
    return _ordered(_waiting(each, _why(each, roles, me)) for each in open_here(rows, _mine(rows, roles)))


def _mine(rows: Rows, roles: Sequence[str]) -> list[Need]:
    return [each for each in rows.ask(standing).needs if waits_for(each, roles, rows.here.member)]


def resting(rows: Rows, roles: Sequence[str]) -> list[Waiting]:
    """Return what the person snoozed: what comes back first."""
    found = [each for each in _aside(rows, roles) if each.until is not None]
    return sorted(found, key=lambda each: (each.until or _LATEST, each.sentence))


def finished(rows: Rows, roles: Sequence[str]) -> list[Waiting]:
    """Return what the person is done with although it still waits, mentions among them: the newest first."""
    seen = rows.here.seat.seen
    looked_at = [each for each in _mine(rows, roles) if each.seen_as and each.seen_as in seen]
    said = [_waiting(each, _why(each, roles, rows.here.member)) for each in looked_at]
    found = [*said, *(each for each in _aside(rows, roles) if each.until is None)]
    return sorted(found, key=lambda each: str(each.since), reverse=True)


def _aside(rows: Rows, roles: Sequence[str]) -> list[Waiting]:
    kept, now_ms = rows.here.seat.aside, clock.now_ms()
    found = []
    for need in _mine(rows, roles):
        key = key_of(need)
        if is_aside(kept, key, now_ms):
            until = clock.instant(kept[key]) if kept[key] else None
            line = _waiting(need, _why(need, roles, rows.here.member))
            found.append(msgspec.structs.replace(line, until=until))
    return found


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
        key=key_of(need),
    )


def _ordered(found: Iterable[Waiting]) -> list[Waiting]:
    return sorted(found, key=lambda each: (-badness(each.state), each.since or _LATEST, each.sentence))


def done(rows: Rows, roles: Sequence[str], text: str) -> int:
    """Put lines of the person's inbox aside until they change: one by its key or mention, or all mentions.

    A mention counts as seen. Returns how many lines went.

    Raises:
        DeskError: nothing in the inbox is called so, or more than one line.
    """
    waiting = inbox(rows, roles)
    found = [each for each in waiting if each.mention] if text == ALL else [_named(waiting, text)]
    _note(rows.here, [each.mention for each in found if each.mention])
    if keys := [each.key for each in found if not each.mention]:
        put_aside(rows.here, keys, None, _living(rows, roles))
    return len(found)


def snooze(rows: Rows, roles: Sequence[str], text: str, until: str) -> Waiting:
    """Let one line of the person's inbox rest, for seven days at most, and return it with when it comes back.

    Raises:
        DeskError: nothing in the inbox is called so, or that is no such time.
    """
    line, at = _named(inbox(rows, roles), text), until_words(until, clock.now())
    put_aside(rows.here, [line.key], at, _living(rows, roles))
    return msgspec.structs.replace(line, until=at)


def take_back(rows: Rows, roles: Sequence[str], text: str) -> Waiting:
    """Let one line that was put aside wait again, and return it.

    Raises:
        DeskError: nothing that was put aside is called so, or more than one line.
    """
    line = _named([*resting(rows, roles), *finished(rows, roles)], text)
    bring_back(rows.here, line.key)
    if line.mention:
        rows.here.note(seen=[each for each in rows.here.seat.seen if each != line.mention])
    return msgspec.structs.replace(line, until=None)


def _living(rows: Rows, roles: Sequence[str]) -> set[str]:
    return {key_of(each) for each in _mine(rows, roles)}


def _named(lines: Sequence[Waiting], text: str) -> Waiting:
    found = [each for each in lines if text and (each.key.startswith(text) or each.mention.startswith(text))]
    if len(found) == 1:
        return found[0]
    raise DeskError(
        _("“{text}” names no line here, or more than one.", text=text),
        _("`mlops-desk inbox` shows their keys, and `mlops-desk inbox --aside` those of what you put aside."),
        code="INBOX-101",
    )


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

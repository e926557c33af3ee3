"""Who belongs to the team and may do what: one pass over the roster entries, by seniority, without clocks.

The rules are sections 4 to 6 of the format (docs/journal-format.md). Everything here is a
pure function of the set of roster entries; arrival order, clocks and settings play no part.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from mlops_desk.journal.entry import Entry
from mlops_desk.kernel.roles import OWNER

GENESIS = "project.create"
REQUEST = "join.request"
ADMIT, DEVICE_ADMIT, ROLES = "roster.admit", "roster.device_admit", "roster.roles"
REVOKE, DEVICE_REVOKE = "roster.revoke", "roster.device_revoke"
KNOWN = frozenset({GENESIS, ADMIT, DEVICE_ADMIT, ROLES, REVOKE, DEVICE_REVOKE})


def is_roster(kind: str) -> bool:
    """Tell whether entries of this kind belong to the roster."""
    return kind == GENESIS or kind.startswith(("roster.", "policy."))


class Rank(NamedTuple):
    """How senior an owner is: less is more senior."""

    depth: int
    id: str


class Cut(NamedTuple):
    """Where a device's counted entries end: sequence number and line id; (0, "") ends all of them."""

    seq: int
    id: str


class Event(msgspec.Struct, frozen=True):
    """One roster entry: its line id, author's device, the heads it cites, and its one op."""

    id: str
    device: str
    kind: str
    heads: tuple[str, ...]
    value: Mapping[str, Any]

    @classmethod
    def of(cls, line: str, entry: Entry) -> Event:
        """Return the event of a roster entry."""
        value = entry.ops[0].value if len(entry.ops) == 1 and isinstance(entry.ops[0].value, dict) else {}
        return cls(line, entry.device, entry.kind, entry.roster, value)

    def text(self, name: str) -> str:
        """Return a text of the op; empty if it is missing or no text."""
        value = self.value.get(name)
        return value if isinstance(value, str) else ""

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the op names; the founder is an owner beside what the op says."""
        named = self.value.get("roles")
        roles = frozenset(each for each in named if isinstance(each, str)) if isinstance(named, list) else frozenset()
        return roles | {OWNER.slug} if self.kind == GENESIS else roles

    @property
    def cut(self) -> Mapping[str, Cut]:
        """The last counted entry of each device, as the op says."""
        named = self.value.get("cut")
        found: dict[str, Cut] = {}
        for device, place in named.items() if isinstance(named, dict) else ():
            if isinstance(place, list) and len(place) == 2 and type(place[0]) is int and type(place[1]) is str:
                found[device] = Cut(*place)
        return found


class Member(msgspec.Struct, frozen=True):
    """A member as one view sees them: name, address, roles; ``active`` ends with a revocation."""

    id: str
    name: str
    roles: frozenset[str]
    active: bool = True
    devices: tuple[str, ...] = ()


class _Fold(msgspec.Struct):
    """The state of the one pass."""

    events: Mapping[str, Event]
    past: Mapping[str, frozenset[str]]
    depth: Mapping[str, int]
    accepted: dict[str, Event] = msgspec.field(default_factory=dict)
    rejected: dict[str, str] = msgspec.field(default_factory=dict)

    def rank(self, device: str, seen: frozenset[str]) -> Rank | None:
        """Return the rank a device has among the accepted events of a past, or None if it is no owner's."""
        member = self.member_of(device, seen)
        bindings = [
            e for e in self._seen(seen) if e.text("device") == device and e.kind in (GENESIS, ADMIT, DEVICE_ADMIT)
        ]
        grants = [e for e in self._seen(seen) if e.text("member") == member and OWNER.slug in e.roles]
        pairs = [max(self._key(b), self._key(g)) for b in bindings for g in grants]
        return min(pairs) if member and pairs else None

    def member_of(self, device: str, seen: frozenset[str]) -> str:
        """Return the member that a device was bound to first, or an empty text."""
        found = [e for e in self._seen(seen) if e.text("device") == device and e.kind in (GENESIS, ADMIT, DEVICE_ADMIT)]
        return min(found, key=self._key).text("member") if found else ""

    def _seen(self, seen: frozenset[str]) -> Iterable[Event]:
        return (event for id_, event in self.accepted.items() if id_ in seen)

    def _key(self, event: Event) -> Rank:
        return Rank(self.depth[event.id], event.id)

    def run(self) -> None:
        """Accept or reject every event, seniors first."""
        waiting = set(self.events)
        queue: list[tuple[Rank, int, str]] = []
        self._enqueue(queue, waiting)
        while queue:
            _rank, _depth, id_ = heapq.heappop(queue)
            event = self.events[id_]
            reason = self._refusal(event)
            if reason:
                self.rejected[id_] = reason
                continue
            self.accepted[id_] = event
            self._enqueue(queue, waiting)
        self.rejected.update(dict.fromkeys(waiting, "no-authority"))

    def _enqueue(self, queue: list[tuple[Rank, int, str]], waiting: set[str]) -> None:
        for id_ in sorted(waiting):
            event = self.events[id_]
            genesis = event.kind == GENESIS and not event.heads
            rank = Rank(-1, "") if genesis else self.rank(event.device, self.past[id_])
            if rank is None and event.kind == DEVICE_REVOKE and event.text("device") == event.device:
                rank = Rank(len(self.events), event.device)  # a device may always retire itself
            if rank is not None:
                heapq.heappush(queue, (rank, self.depth[id_], id_))
                waiting.discard(id_)

    def _refusal(self, event: Event) -> str:
        if event.kind == GENESIS:
            return "" if not event.heads and not self.accepted else "a second beginning"
        past = self.past[event.id]
        mine = self.rank(event.device, past)
        for cut in [each for each in self.accepted.values() if self._cuts(each, event.device, past)]:
            if cut.id in past:
                return "revoked-before"
            theirs = self.rank(cut.device, self.past[cut.id])
            if event.id not in self.past[cut.id] and theirs and (mine is None or theirs < mine):
                return "revoked-concurrently"
        return self._target_refusal(event, mine, past) or self._binding_refusal(event, past)

    def _target_refusal(self, event: Event, mine: Rank | None, past: frozenset[str]) -> str:
        if event.kind not in (REVOKE, DEVICE_REVOKE, ROLES) or event.text("device") == event.device:
            return ""
        targets = (
            [event.text("device")] if event.kind == DEVICE_REVOKE else self._devices_of(event.text("member"), past)
        )
        ranks = [rank for rank in (self.rank(device, past) for device in targets) if rank]
        own = self.member_of(event.device, past) == event.text("member")
        if mine is None or any(rank < mine or (rank == mine and not own) for rank in ranks):
            return "target-is-senior"
        return ""

    def _binding_refusal(self, event: Event, past: frozenset[str]) -> str:
        if event.kind not in (ADMIT, DEVICE_ADMIT):
            return ""
        bound = self.member_of(event.text("device"), past)
        if bound and bound != event.text("member"):
            return "the device belongs to another member"
        gone = any(e.kind == REVOKE and e.text("member") == event.text("member") for e in self._seen(past))
        return "a removed member never returns" if gone else ""

    def _devices_of(self, member: str, seen: frozenset[str]) -> list[str]:
        named = {e.text("device") for e in self._seen(seen) if e.kind in (GENESIS, ADMIT, DEVICE_ADMIT)}
        return [device for device in sorted(named) if self.member_of(device, seen) == member]

    def _cuts(self, event: Event, device: str, past: frozenset[str]) -> bool:
        """Tell whether an accepted event ends the authority of a device as an owner."""
        if event.kind == DEVICE_REVOKE:
            return event.text("device") == device
        hits = event.kind == REVOKE or (event.kind == ROLES and OWNER.slug not in event.roles)
        return hits and event.text("member") == self.member_of(device, past | self.past[event.id])


class Roster(msgspec.Struct, frozen=True, dict=True):
    """The folded roster: what was accepted, why the rest was not, and the views that entries cite."""

    events: Mapping[str, Event]
    past: Mapping[str, frozenset[str]]
    accepted: Mapping[str, Event]
    rejected: Mapping[str, str]
    _depth: Mapping[str, int]

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The accepted events that no other accepted event has in its past."""
        inner = frozenset().union(*(self.past[id_] for id_ in self.accepted)) if self.accepted else frozenset()
        return tuple(sorted(id_ for id_ in self.accepted if id_ not in inner))

    @cached_property
    def now(self) -> View:
        """The view of everything accepted here."""
        return self.view(self.heads)

    @cached_property
    def _views(self) -> dict[tuple[str, ...], View]:
        return {}

    def knows(self, heads: Iterable[str]) -> bool:
        """Tell whether all cited roster entries are here, with all that they cite."""
        return all(head in self.past for head in heads)

    def closure(self, heads: Iterable[str]) -> frozenset[str]:
        """Return the events that a set of heads stands for, themselves included."""
        found: set[str] = set()
        for head in heads:
            found |= self.past[head] | {head}
        return frozenset(found)

    def view(self, heads: tuple[str, ...]) -> View:
        """Return the team as the author saw it who cites these heads."""
        found = self._views.get(heads)
        if found is None:
            found = self._views[heads] = _view(self, self.closure(heads))
        return found


class View(msgspec.Struct, frozen=True):
    """The team as seen from one set of accepted roster events."""

    seen: frozenset[str]
    members: Mapping[str, Member]
    devices: Mapping[str, str]
    unseen_cuts: tuple[Event, ...]

    def author(self, device: str) -> Member | None:
        """Return the member a device belongs to, or None for a stranger."""
        return self.members.get(self.devices.get(device, ""))


def fold(events: Iterable[Event]) -> Roster:
    """Fold the roster events whose cited heads are all present.

    Events that cite something absent are left out; they wait.
    """
    given = {event.id: event for event in events}
    past = _pasts(given)
    known = {id_: given[id_] for id_ in past}
    depth: dict[str, int] = {}
    for id_ in sorted(past, key=lambda each: len(past[each])):
        depth[id_] = 1 + max((depth[head] for head in known[id_].heads), default=0)
    state = _Fold(known, past, depth)
    state.run()
    return Roster(known, past, state.accepted, state.rejected, depth)


def _pasts(events: Mapping[str, Event]) -> dict[str, frozenset[str]]:
    past: dict[str, frozenset[str]] = {}
    waiting: dict[str, list[str]] = {}
    missing = {id_: {head for head in event.heads if head in events} for id_, event in events.items()}
    ready = [id_ for id_, event in events.items() if not event.heads]
    for id_, event in events.items():
        for head in event.heads:
            waiting.setdefault(head, []).append(id_)
        if any(head not in events for head in event.heads):
            missing[id_].add("")  # never ready
    while ready:
        id_ = ready.pop()
        heads = events[id_].heads
        past[id_] = frozenset(heads).union(*(past[head] for head in heads))
        for follower in waiting.get(id_, ()):
            missing[follower].discard(id_)
            if not missing[follower] and follower not in past:
                ready.append(follower)
    return past


def _view(roster: Roster, closure: frozenset[str]) -> View:
    seen = frozenset(id_ for id_ in closure if id_ in roster.accepted)
    state = _Fold(roster.events, roster.past, roster._depth, dict(roster.accepted))  # noqa: SLF001 - the same pure module
    events = sorted((roster.accepted[id_] for id_ in seen), key=state._key)  # noqa: SLF001
    devices: dict[str, str] = {}
    names: dict[str, str] = {}
    retired: set[str] = set()
    removed: set[str] = set()
    for event in events:
        member = event.text("member")
        if event.kind in (GENESIS, ADMIT, DEVICE_ADMIT):
            devices.setdefault(event.text("device"), member)
            if event.text("name") or event.text("member_name"):
                names.setdefault(member, event.text("member_name") or event.text("name"))
        elif event.kind == DEVICE_REVOKE:
            retired.add(event.text("device"))
        elif event.kind == REVOKE:
            removed.add(member)
    members = {
        member: Member(
            member,
            names.get(member, ""),
            frozenset() if member in removed else _roles(roster, state, events, member),
            member not in removed,
            tuple(device for device, owner in devices.items() if owner == member and device not in retired),
        )
        for member in names
    }
    bound = {device: member for device, member in devices.items() if device not in retired}
    cuts = (REVOKE, DEVICE_REVOKE, ROLES)
    unseen = tuple(event for id_, event in roster.accepted.items() if id_ not in seen and event.kind in cuts)
    return View(seen, members, bound, unseen)


def _roles(roster: Roster, state: _Fold, events: list[Event], member: str) -> frozenset[str]:
    """Return the roles in force: the last grant in roster order; of concurrent ones the more senior author's."""
    grants = [e for e in events if e.text("member") == member and e.kind in (GENESIS, ADMIT, ROLES)]
    last = [e for e in grants if not any(e.id in roster.past[other.id] for other in grants)]

    def seniority(event: Event) -> tuple[Rank, str]:
        rank = state.rank(event.device, roster.past[event.id] | {event.id})
        return (rank or Rank(len(roster.events), ""), event.id)

    return min(last, key=seniority).roles if last else frozenset()

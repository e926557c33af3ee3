"""Which entries about the team count: one pass over them, the most senior author first, without clocks.

The rules are section "The team" of docs/journal-format.md. Whoever could affect an entry - who granted its
author's rights, who ended them, whom it hits - is more senior than it, so that all of this is settled before the
entry is looked at. Sets of entries are whole numbers, one bit for each.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mlops_desk.journal.events import (
    ADMIT,
    BINDING,
    DEVICE_REVOKE,
    FORK_CONFIRM,
    FOUNDING,
    GENESIS,
    RECOVERY,
    REVOKE,
    ROLES,
    ROTATE,
    ROTATION,
    Event,
    Rank,
)
from mlops_desk.kernel.words import declared

_HITS = (REVOKE, DEVICE_REVOKE, ROLES, ADMIT, FORK_CONFIRM)


class Fold:
    """The state of the one pass, and what it found.

    ``past`` are the events that an event relies on, itself left out; ``ranks`` how senior the authors of accepted
    events were then; ``bound`` the member of each device, one for ever.
    """

    def __init__(self, events: Mapping[str, Event], past: Mapping[str, int], bit: Mapping[str, int]) -> None:
        self.events = events
        self.past = past
        self.bit = bit
        self.depth = _depths(events, past)
        self.accepted: dict[str, Event] = {}
        self.rejected: dict[str, str] = {}
        self.ranks: dict[str, Rank] = {}
        self.bound: dict[str, str] = {}
        self.mask = 0
        self._bindings: dict[str, list[str]] = defaultdict(list)
        self._grants: dict[str, list[str]] = defaultdict(list)
        self._arrivals: dict[str, list[str]] = defaultdict(list)
        self._changes: dict[str, list[str]] = defaultdict(list)
        self._device_ends: dict[str, list[str]] = defaultdict(list)  # for ever
        self._member_ends: dict[str, list[str]] = defaultdict(list)  # apart: anybody may name a member like a device
        self._keys: dict[str, list[str]] = defaultdict(list)  # what made a device the recovery key
        self._rotations: dict[str, list[str]] = defaultdict(list)  # by the key that was replaced
        self._retired: dict[str, int] = defaultdict(int)
        self._undecided: dict[str, set[str]] = defaultdict(set)
        self._queue: list[tuple[Rank, int, str]] = []
        for id_, event in events.items():
            if event.is_retiring_itself:
                self._retired[event.device] |= bit[id_]
            else:
                self._undecided[event.device].add(id_)

    # --- the pass ------------------------------------------------------------------------

    def run(self) -> None:
        """Accept or reject every event, seniors first."""
        self._begin()
        while self._queue:
            rank, _depth, id_ = heapq.heappop(self._queue)
            event = self.events[id_]
            if id_ not in self._undecided[event.device]:
                continue
            now = self._rank_of(event)
            if now is None:  # ended since; a later grant may bring it back
                self.rejected[id_] = "revoked-before"
            elif now > rank:
                self._push(id_, now)
            else:
                self._decide(event, now)
        for left in self._undecided.values():
            for id_ in left:
                self.rejected.setdefault(id_, "no-authority")
        self._let_retire()

    def _begin(self) -> None:
        beginnings = sorted(id_ for id_, event in self.events.items() if event.kind == GENESIS)
        first = [id_ for id_ in beginnings if not self.events[id_].heads][:1]
        for id_ in beginnings:
            self._undecided[self.events[id_].device].discard(id_)
            if id_ in first:
                self._accept(self.events[id_], FOUNDING)
            else:
                self.rejected[id_] = declared("a second beginning")

    def _decide(self, event: Event, rank: Rank) -> None:
        self._undecided[event.device].discard(event.id)
        reason = self._refusal(event, rank)
        if reason:
            self.rejected[event.id] = reason
        else:
            self.rejected.pop(event.id, None)
            self._accept(event, rank)

    def _accept(self, event: Event, rank: Rank) -> None:
        id_ = event.id
        self.accepted[id_] = event
        self.ranks[id_] = rank
        self.mask |= self.bit[id_]
        if event.kind in BINDING:
            self.bound[event.target] = event.member
            self._bindings[event.target].append(id_)
        if event.kind in (GENESIS, ADMIT):
            self._arrivals[event.member].append(id_)
        if event.kind in (GENESIS, ADMIT, ROLES) and event.makes_owner:
            self._grants[event.member].append(id_)
        if event.kind == ROLES:
            self._changes[event.member].append(id_)
        if event.kind == REVOKE:
            self._member_ends[event.member].append(id_)
        if event.kind == DEVICE_REVOKE:
            self._device_ends[event.target].append(id_)
        if event.kind == ROTATE:
            self._rotations[event.device].append(id_)
        new_key = event.text("pub" if event.kind == ROTATE else "recovery")
        if new_key and event.kind in (ROTATE, GENESIS):
            self._keys[new_key].append(id_)
            self._look_again(new_key)
        for device in self._devices_of(event):
            self._look_again(device)

    def _devices_of(self, event: Event) -> list[str]:
        """Return the devices that an accepted event may have given rights."""
        if event.kind == ROLES and event.makes_owner:
            return [device for device, member in self.bound.items() if member == event.member]
        if event.kind == ADMIT and event.makes_owner:
            return [device for device, member in self.bound.items() if member == event.member]
        return [event.target] if event.kind in BINDING else []

    def _look_again(self, device: str) -> None:
        for id_ in self._undecided[device]:
            rank = self._rank_of(self.events[id_])
            if rank is not None:
                self._push(id_, rank)

    def _push(self, id_: str, rank: Rank) -> None:
        heapq.heappush(self._queue, (rank, self.depth[id_], id_))

    def _let_retire(self) -> None:
        """Accept of each device its first own retirement: it harms nobody else, whatever the order."""
        own = sorted((each for each in self.events.values() if each.is_retiring_itself), key=self.key)
        for event in own:
            past = self.past[event.id]
            is_bound = self.is_bound(event.device, past)
            if not is_bound or self._is_ended(event.device, self._seen(past), 0):
                self.rejected[event.id] = "revoked-before" if is_bound else "no-authority"
            elif any(self.accepted[id_].device == event.device for id_ in self._device_ends[event.device]):
                self.rejected[event.id] = "retired already"
            else:
                self._accept(event, Rank(len(self.events), event.device))

    # --- how senior ----------------------------------------------------------------------

    def key(self, event: Event) -> Rank:
        """Return the place of an event in the order of the roster."""
        return Rank(self.depth[event.id], event.id)

    def _seen(self, past: int) -> int:
        return past & self.mask

    def _rank_of(self, event: Event) -> Rank | None:
        """Return how senior the author of an event is in its own past; None for somebody without rights."""
        past = self.past[event.id]
        seen = self._seen(past)
        if any(self.bit[id_] & seen for id_ in self._keys[event.device]):
            return ROTATION if event.kind == ROTATE else RECOVERY
        if event.kind == ROTATE:
            return None
        member = self.bound.get(event.device, "")
        if not member or not any(self.events[id_].makes_owner for id_ in self.in_force(member, seen)):
            return None
        return min(self._pairs(event.device, seen, seen, past), default=None)

    def _pairs(self, device: str, among: int, seen: int, past: int) -> Iterator[Rank]:
        """Yield when a device became an owner's, by every way that is open among some accepted events.

        What ended such a way counts only if it was ``seen``.
        """
        member = self.bound.get(device, "")
        if self._is_ended(device, seen, past):
            return
        demotions = [id_ for id_ in self._changes[member] if self.bit[id_] & seen and not self.events[id_].makes_owner]
        living = [
            self.key(self.events[id_])
            for id_ in self._grants[member]
            if self.bit[id_] & among and not any(self.past[other] & self.bit[id_] for other in demotions)
        ]
        for id_ in self._bindings[device]:
            if self.bit[id_] & among:
                yield from (max(self.key(self.events[id_]), each) for each in living)

    def _is_ended(self, device: str, seen: int, past: int) -> bool:
        member = self.bound.get(device, "")
        return bool(self._retired[device] & past) or self.is_retired(device, seen) or self.is_removed(member, seen)

    def is_retired(self, device: str, seen: int) -> bool:
        """Tell whether some accepted events end the rights of a device."""
        return any(self.bit[id_] & seen for id_ in self._device_ends.get(device, ()))

    def is_removed(self, member: str, seen: int) -> bool:
        """Tell whether some accepted events end the rights of a member."""
        return any(self.bit[id_] & seen for id_ in self._member_ends.get(member, ()))

    def is_bound(self, device: str, seen: int) -> bool:
        """Tell whether some accepted events bind a device to its member."""
        return any(self.bit[id_] & seen for id_ in self._bindings.get(device, ()))

    def in_force(self, member: str, seen: int) -> list[str]:
        """Return the event that says which roles a member holds among some accepted events, as a list of at most one.

        The last change of roles says so; of those made apart, and of admissions, the one by the more senior author.
        """
        changes = [id_ for id_ in self._changes.get(member, ()) if self.bit[id_] & seen]
        last = [id_ for id_ in changes if not any(self.past[other] & self.bit[id_] for other in changes)]
        told = last or [id_ for id_ in self._arrivals.get(member, ()) if self.bit[id_] & seen]
        return sorted(told, key=lambda id_: (self.ranks[id_], self.depth[id_], id_))[:1]

    def arrival(self, member: str, seen: int) -> Event | None:
        """Return the event by which a member came, among some accepted events."""
        told = [id_ for id_ in self._arrivals.get(member, ()) if self.bit[id_] & seen]
        return self.events[min(told, key=lambda id_: (self.ranks[id_], self.depth[id_], id_))] if told else None

    def recovery_keys(self) -> list[str]:
        """Return the recovery keys that were named and not replaced."""
        return sorted(device for device, named in self._keys.items() if named and not self._rotations[device])

    def since(self, device: str) -> Rank:
        """Return when a device was bound to its member, in the order of the roster."""
        return min((self.key(self.events[id_]) for id_ in self._bindings[device]), default=Rank(len(self.events), ""))

    # --- why not -------------------------------------------------------------------------

    def _refusal(self, event: Event, rank: Rank) -> str:
        past = self.past[event.id]
        for id_ in self._against(event, rank):
            if self.bit[id_] & past and rank in (ROTATION, RECOVERY):
                return "revoked-before"
            if not self.bit[id_] & past and not self.past[id_] & self.bit[event.id]:
                return "revoked-concurrently"
        return self._target_refusal(event, rank) or self._binding_refusal(event)

    def _against(self, event: Event, rank: Rank) -> list[str]:
        """Return the accepted events by which somebody more senior ended the rights of an author."""
        if rank in (ROTATION, RECOVERY):
            return self._rotations[event.device]
        member = self.bound.get(event.device, "")
        demotions = [id_ for id_ in self._changes[member] if not self.events[id_].makes_owner]
        cuts = self._device_ends[event.device] + self._member_ends[member] + demotions
        return [id_ for id_ in cuts if self.ranks[id_] < rank]

    def _target_refusal(self, event: Event, rank: Rank) -> str:
        """Refuse to hit whom the author is not senior to, wherever they became an owner.

        An owner may hit their own member and machines, if none of these is older than the one that acts.
        """
        if event.kind not in _HITS:
            return ""
        by_device = event.kind in (DEVICE_REVOKE, FORK_CONFIRM)
        targets = [event.target] if by_device else [each for each, who in self.bound.items() if who == event.member]
        if by_device and self._keys[event.target]:
            return "target-is-senior"
        past = self.past[event.id]
        member = self.bound.get(event.target, "") if by_device else event.member
        is_own = event.kind != FORK_CONFIRM and member == self.bound.get(event.device)
        for device in targets:
            theirs = min(self._pairs(device, self.mask, self._seen(past), past), default=None)
            if theirs is not None and (theirs < rank or (theirs == rank and not is_own)):
                return "target-is-senior"
        return "target-is-senior" if event.kind == FORK_CONFIRM and event.target == event.device else ""

    def _binding_refusal(self, event: Event) -> str:
        if event.kind not in BINDING:
            return ""
        if self._keys[event.target]:
            return declared("the recovery key is no machine")
        bound = self.bound.get(event.target, event.member)
        return "the device belongs to another member" if bound != event.member else ""


def _depths(events: Mapping[str, Event], past: Mapping[str, int]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for id_ in sorted(past, key=lambda each: past[each].bit_count()):
        depth[id_] = 1 + max((depth[head] for head in events[id_].heads), default=0)
    return depth


def pasts(events: Mapping[str, Event]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the past of every event whose cited heads are all present, and the bit of each such event."""
    past: dict[str, int] = {}
    bit: dict[str, int] = {}
    waiting: dict[str, list[str]] = defaultdict(list)
    missing = {id_: set(event.heads) for id_, event in events.items()}
    for id_, event in events.items():
        for head in event.heads:
            waiting[head].append(id_)
    ready = [id_ for id_, heads in missing.items() if not heads]
    while ready:
        id_ = ready.pop()
        bit[id_] = 1 << len(bit)
        past[id_] = union(past[head] | bit[head] for head in events[id_].heads)
        for follower in waiting[id_]:
            missing[follower].discard(id_)
            if not missing[follower] and follower not in past:
                ready.append(follower)
    return past, bit


def union(masks: Iterable[int]) -> int:
    """Return the bits that any of some whole numbers has."""
    found = 0
    for each in masks:
        found |= each
    return found

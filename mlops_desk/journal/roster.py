"""Who belongs to the team and may do what, as each entry saw it: views of the folded roster.

Everything here is a pure function of the set of roster entries; arrival order, clocks and settings play no part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from mlops_desk.journal.events import ACCEPT_LATE, CUTS, DEVICE_REVOKE, FORK_CONFIRM, Event, Rank
from mlops_desk.journal.fold import Fold, pasts, union

MAX_HEADS = 16


class Member(msgspec.Struct, frozen=True):
    """A member as one view sees them: name, address, roles; ``active`` ends with a revocation."""

    id: str
    name: str
    roles: frozenset[str]
    active: bool = True
    devices: tuple[str, ...] = ()


class Roster(msgspec.Struct, frozen=True, dict=True):
    """The folded roster: what was accepted, why the rest was not, and the views that entries cite."""

    fold: Fold

    @property
    def events(self) -> Mapping[str, Event]:
        """All events whose cited heads are here, by line id."""
        return self.fold.events

    @property
    def accepted(self) -> Mapping[str, Event]:
        """The events that count."""
        return self.fold.accepted

    @property
    def rejected(self) -> Mapping[str, str]:
        """Why the others do not."""
        return self.fold.rejected

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The accepted events that no other accepted event has in its past."""
        inner = union(self.fold.past[id_] for id_ in self.accepted)
        return tuple(sorted(id_ for id_ in self.accepted if not self.fold.bit[id_] & inner))

    @cached_property
    def now(self) -> View:
        """The view of everything accepted here."""
        return self.view(self.heads)

    @cached_property
    def _views(self) -> dict[tuple[str, ...], View]:
        return {}

    @cached_property
    def _closures(self) -> dict[tuple[str, ...], int]:
        return {}

    def knows(self, heads: Iterable[str]) -> bool:
        """Tell whether all cited roster entries are here, with all that they cite."""
        return all(head in self.fold.past for head in heads)

    def closure(self, heads: tuple[str, ...]) -> int:
        """Return the events that some known heads stand for, themselves included, as bits."""
        found = self._closures.get(heads)
        if found is None:
            found = union(self.fold.past[head] | self.fold.bit[head] for head in heads)
            self._closures[heads] = found
        return found

    def covers(self, heads: tuple[str, ...], others: Iterable[str]) -> bool:
        """Tell whether known heads stand for all of some others, which may be unknown."""
        seen = self.closure(heads)
        return all(self.fold.bit.get(each, 0) & seen for each in others)

    def view(self, heads: tuple[str, ...]) -> View:
        """Return the team as the author saw it who cites these known heads."""
        found = self._views.get(heads)
        if found is None:
            closure = self.closure(heads)
            found = self._views[heads] = View(self.fold, closure, closure & self.fold.mask)
        return found

    def ends_of(self, view: View, device: str, member: str) -> tuple[Event, ...]:
        """Return the cuts of a device or its member that a view does not know."""
        found = view.ends.get(device)
        if found is None:
            cuts = self._cuts.get(("device", device), []) + self._cuts.get(("member", member), [])
            found = tuple(cut for cut in cuts if not self.fold.bit[cut.id] & view.closure)
            view.ends[device] = found
        return found

    @cached_property
    def _cuts(self) -> dict[tuple[str, str], list[Event]]:
        """The accepted cuts by the device or member that they name."""
        cuts: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in self.accepted.values():
            if event.kind in CUTS:
                by_device = event.kind == DEVICE_REVOKE
                cuts["device" if by_device else "member", event.target if by_device else event.member].append(event)
        return cuts

    def accepts_late(self, device: str, cut: Event) -> list[Event]:
        """Return the accepted events that let entries of a device count which came after a cut."""
        found = (each for each in self._told.get((ACCEPT_LATE, device), ()) if each.upto)
        return [each for each in found if self.fold.past[each.id] & self.fold.bit[cut.id]]

    def confirms(self, device: str) -> list[Event]:
        """Return the accepted events that confirm branches of a device."""
        return self._told.get((FORK_CONFIRM, device), [])

    @cached_property
    def _told(self) -> dict[tuple[str, str], list[Event]]:
        told: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in self.accepted.values():
            if event.kind in (ACCEPT_LATE, FORK_CONFIRM):
                told[event.kind, event.target].append(event)
        return told

    @cached_property
    def limited(self) -> Mapping[str, int]:
        """The devices of which an accepted event names lines, with the highest number that is named.

        Where the number is not named it is higher than any. If an older line of these arrives, verdicts may change.
        """
        highest: dict[str, int] = defaultdict(int)
        for event in self.accepted.values():
            for device, place in event.cut.items():
                highest[device] = max(highest[device], place.seq)
            if event.kind == ACCEPT_LATE and event.upto:
                highest[event.target] = max(highest[event.target], event.upto.seq)
            if event.kind == FORK_CONFIRM:
                highest[event.target] = 2**53
        return highest

    def since(self, device: str) -> Rank:
        """Return when a device was admitted, in the order of the roster; strangers come last."""
        return self.fold.since(device)

    def member_of(self, device: str) -> str:
        """Return the member a device was ever bound to; empty for a stranger."""
        return self.fold.bound.get(device, "")

    def devices_of(self, member: str) -> list[str]:
        """Return the devices that were ever bound to a member."""
        return sorted(device for device, who in self.fold.bound.items() if who == member)

    @property
    def recovery_keys(self) -> list[str]:
        """The recovery key in force; several if it was replaced in several ways apart."""
        return self.fold.recovery_keys()

    def arrival(self, member: str) -> Event | None:
        """Return the event by which a member came."""
        return self.fold.arrival(member, self.now.closure)


class View(msgspec.Struct, frozen=True, dict=True):
    """The team as seen from one set of roster events, as bits; what nobody asks for is never made."""

    fold: Fold
    closure: int
    seen: int  # those of them that count
    ends: dict[str, tuple[Event, ...]] = msgspec.field(default_factory=dict)

    @cached_property
    def devices(self) -> dict[str, str]:
        """The member of each device whose rights have not ended."""
        return {device: member for device, member in self.fold.bound.items() if self._is_in_use(device)}

    @cached_property
    def members(self) -> dict[str, Member]:
        """All who were ever members."""
        devices: dict[str, list[str]] = defaultdict(list)
        for device, member in self.devices.items():
            devices[member].append(device)
        came = {member for device, member in self.fold.bound.items() if self.fold.is_bound(device, self.seen)}
        return {member: self._member(member, devices[member]) for member in sorted(came)}

    @cached_property
    def _authors(self) -> dict[str, Member | None]:
        return {}

    def author(self, device: str) -> Member | None:
        """Return the member a device belongs to, or None for a stranger; of their devices only this one is named."""
        if device not in self._authors:
            member = self.fold.bound.get(device, "")
            self._authors[device] = self._member(member, [device]) if self._is_in_use(device) else None
        return self._authors[device]

    def has_retired(self, device: str) -> bool:
        """Tell whether the rights of a device have ended."""
        return self.fold.is_retired(device, self.seen)

    def _is_in_use(self, device: str) -> bool:
        return self.fold.is_bound(device, self.seen) and not self.has_retired(device)

    def _member(self, member: str, devices: list[str]) -> Member:
        arrival = self.fold.arrival(member, self.seen)
        name = (arrival.text("member_name") or arrival.text("name")) if arrival else ""
        is_active = not self.fold.is_removed(member, self.seen)
        in_force = self.fold.in_force(member, self.seen) if is_active else []
        roles = frozenset().union(*(self.fold.events[id_].roles for id_ in in_force))
        return Member(member, name, roles, is_active, tuple(sorted(devices)))


def fold(events: Iterable[Event]) -> Roster:
    """Fold the roster events whose cited heads are all present.

    Events that cite something absent are left out; they wait.
    """
    given = {event.id: event for event in events}
    past, bit = pasts(given)
    state = Fold({id_: given[id_] for id_ in past}, past, bit)
    state.run()
    return Roster(state)

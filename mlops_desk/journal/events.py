"""Entries about the team as events: their kinds, what one says, and how senior its author is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from mlops_desk.journal.entry import Entry
from mlops_desk.kernel.roles import OWNER

GENESIS = "project.create"
REQUEST, REQUEST_NOUN = "join.request", "join-request"
ADMIT, DEVICE_ADMIT, ROLES = "roster.admit", "roster.device_admit", "roster.roles"
REVOKE, DEVICE_REVOKE = "roster.revoke", "roster.device_revoke"
ACCEPT_LATE, FORK_CONFIRM = "roster.accept_late", "roster.fork_confirm"
ROTATE = "recovery.rotate"
TEAM_PREFIXES = ("roster.", "policy.", "recovery.")
BINDING = (GENESIS, ADMIT, DEVICE_ADMIT)
CUTS = (REVOKE, DEVICE_REVOKE, ROLES)


def is_roster(kind: str) -> bool:
    """Tell whether entries of this kind belong to the roster."""
    return kind == GENESIS or kind.startswith(TEAM_PREFIXES)


class Rank(NamedTuple):
    """How senior an owner is: less is more senior."""

    depth: int
    id: str


FOUNDING = Rank(-3, "")
ROTATION = Rank(-2, "")
RECOVERY = Rank(-1, "")


class Cut(NamedTuple):
    """Where a device's counted entries end: sequence number and line id; (0, "") ends all of them."""

    seq: int
    id: str


def _place(found: Any) -> Cut | None:
    is_place = isinstance(found, list) and len(found) == 2 and type(found[0]) is int and type(found[1]) is str
    return Cut(*found) if is_place else None


class Event(msgspec.Struct, frozen=True, dict=True):
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
    def target(self) -> str:
        """The device that the op names."""
        return self.text("device")

    @property
    def member(self) -> str:
        """The member that the op names."""
        return self.text("member")

    @property
    def is_retiring_itself(self) -> bool:
        """Tell whether a device ends its own rights here; it always may."""
        return self.kind == DEVICE_REVOKE and self.target == self.device

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the op names; the founder is an owner beside what the op says."""
        named = self.value.get("roles")
        roles = frozenset(each for each in named if isinstance(each, str)) if isinstance(named, list) else frozenset()
        return roles | {OWNER.slug} if self.kind == GENESIS else roles

    @property
    def makes_owner(self) -> bool:
        """Tell whether the roles that the op grants make an owner."""
        return OWNER.slug in self.roles

    @cached_property
    def cut(self) -> Mapping[str, Cut]:
        """The last counted entry of each device, as the op says."""
        named = self.value.get("cut")
        places = ((device, _place(found)) for device, found in named.items()) if isinstance(named, dict) else ()
        return {device: place for device, place in places if place is not None}

    @cached_property
    def upto(self) -> Cut | None:
        """The last entry that is accepted although it came late."""
        return _place(self.value.get("upto"))

    @cached_property
    def keep(self) -> tuple[str, ...]:
        """The last entries of the branches that are confirmed after a fork."""
        named = self.value.get("keep")
        return tuple(each for each in named if isinstance(each, str)) if isinstance(named, list) else ()

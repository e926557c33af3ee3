"""The checklists and gates as shipped: items with their questions, roles, severity and the check that computes them."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.errors import NotKnownHere
from mlops_desk.kernel.roles import slug_of
from mlops_desk.kernel.words import _

Severity = Literal["B", "W", "S"]


class Check(msgspec.Struct, frozen=True):
    """The computation of an item: one of K01 to K22, with its arguments."""

    id: str
    args: dict[str, Any] = {}


class Item(msgspec.Struct, frozen=True):
    """One question of a checklist. ``auto`` A is computed, P prepared and confirmed by people, M by people only."""

    id: str
    question: str
    answers: str
    signs: str
    evidence: str
    auto: Literal["A", "P", "M"]
    how: str
    severity: Severity
    applies: str
    ref: str
    gates: tuple[str, ...]
    check_ids: tuple[str, ...] = ()
    check: Check | None = None
    not_computed: str = ""  # where there is no check: which record does not exist yet

    @property
    def answering_role(self) -> str:
        """Slug of the role that answers."""
        return slug_of(self.answers)

    @property
    def confirming_role(self) -> str:
        """Slug of the role that signs the answer."""
        return slug_of(self.signs)


class Checklist(msgspec.Struct, frozen=True):
    """A checklist with its items."""

    id: str
    title: str
    purpose: str
    items: tuple[Item, ...]


class Gate(msgspec.Struct, frozen=True):
    """A door between two stages, and who signs it."""

    id: str
    name: str
    door: str
    checklists: tuple[str, ...]
    signers: tuple[str, ...]
    signers_high: tuple[str, ...]
    valid: str
    signers_when_people_are_sorted: tuple[str, ...] = ()
    signers_when_people_see_it: tuple[str, ...] = ()


class _Content(msgspec.Struct, frozen=True):
    checklists: tuple[Checklist, ...]
    gates: tuple[Gate, ...]


@cache
def _content() -> _Content:
    return wire.read(resource("governance.json").read_bytes(), _Content)


def checklists() -> tuple[Checklist, ...]:
    """Return the six checklists."""
    return _content().checklists


def gates() -> tuple[Gate, ...]:
    """Return the five gates."""
    return _content().gates


def gate(name: str) -> Gate:
    """Return a gate by its id, such as G3.

    Raises:
        NotKnownHere: there is none.
    """
    found = [each for each in gates() if each.id == name.upper()]
    if not found:
        raise NotKnownHere(_("There is no gate “{name}”.", name=name), _("Gates: G1, G2, G3, G4, G5."), code="GATE-101")
    return found[0]


@cache
def items() -> dict[str, Item]:
    """Return every item by its id."""
    return {item.id: item for checklist in checklists() for item in checklist.items}


def item(name: str) -> Item:
    """Return an item by its id, such as BIA-07.

    Raises:
        NotKnownHere: there is none.
    """
    found = items().get(name.upper())
    if found is None:
        raise NotKnownHere(
            _("There is no item “{name}”.", name=name),
            _("`mlops-desk gate items` lists all of them."),
            code="GATE-102",
        )
    return found


def items_of(gate_id: str) -> list[Item]:
    """Return the items of a gate in the order of the checklists."""
    return [each for each in items().values() if gate_id in each.gates]

"""From changes to rows: a pure function of the set of changes of one row, whatever their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import msgspec

from mlops_desk.kernel.changes import Op
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.ids import is_minted
from mlops_desk.kernel.record import Fact, Field, Noun, own_fields
from mlops_desk.kernel.roles import OWNER

Since = Callable[[str], tuple[int, str]]


def _never(_device: str) -> tuple[int, str]:
    return (0, "")


class Counted(msgspec.Struct, frozen=True):
    """One change that counts, with where it stands, when, by whom and in which role."""

    line: str
    index: int
    ms: int
    counter: int
    device: str
    member: str
    acting: str
    op: Op
    field: str
    value: Any
    pred: frozenset[tuple[str, int]]
    seq: int = 0

    @property
    def place(self) -> tuple[str, int]:
        """The name by which later changes refer to this one."""
        return (self.line, self.index)

    @property
    def order(self) -> tuple[int, int, str, str, int]:
        """The total order that settles every tie: clock, device, line, index."""
        return (self.ms, self.counter, self.device, self.line, self.index)


def merge(noun: type[Noun], id_: str, changes: Sequence[Counted], since: Since = _never) -> dict[str, Any] | None:
    """Return the row of a noun in wire form, or None if the changes make none.

    ``since`` tells when a device came to the team, in the order of the roster.
    """
    if issubclass(noun, Fact):
        return _fact(noun, id_, changes, since)
    return _record(noun, id_, changes)


def _iso(ms: int) -> str:
    return instant(ms).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _fact(noun: type[Fact], id_: str, changes: Iterable[Counted], since: Since) -> dict[str, Any] | None:
    told = [each for each in changes if each.op == "fact"]
    if not told:
        return None
    first = told[0] if len(told) == 1 else min(told, key=lambda each: (_claim_to(id_, each, since), each.index))
    withdrawals = sorted((each for each in changes if _withdraws(each, first)), key=lambda each: each.order)
    kind: Any = noun
    plain = _plain(kind)
    row = {**plain, **{name: value for name, value in first.value.items() if name in plain}}
    if withdrawals:
        row |= {each.name: "" for each in own_fields(noun) if each.about.is_redacted}
    return row | {
        "id": id_,
        "recorded_at": _iso(first.ms),
        "recorded_by": first.member,
        "recorded_as": first.acting,
        "line": first.line,
        "withdrawn": (withdrawals[0].value or "withdrawn") if withdrawals else "",
    }


@cache
def _plain(noun: Any) -> dict[str, Any]:
    """Return what the fields of a fact hold that says nothing of them."""
    return {each.name: _plain_default(each) for each in own_fields(noun)}


def _claim_to(id_: str, change: Counted, since: Since) -> tuple[bool, tuple[int, str], int, str]:
    """Return how good a claim to an id is, less is better; no clock plays a part, since anybody can date back.

    An id belongs to the device that minted it; one that nobody minted to the device that came first to the team, and
    there to the earlier entry.
    """
    return (not is_minted(id_, change.device), since(change.device), change.seq, change.line)


def told_again(id_: str, changes: Iterable[Counted], since: Since = _never) -> list[tuple[Counted, Counted]]:
    """Return the tellings of a fact that do not count, each with the one that does, in the order of :func:`merge`.

    A device that says the same thing once more harms nobody and is left out.
    """
    told = [each for each in changes if each.op == "fact"]
    if len(told) < 2:
        return []
    first, *others = sorted(told, key=lambda each: (_claim_to(id_, each, since), each.index))
    return [(each, first) for each in others if (each.device, each.value) != (first.device, first.value)]


def _withdraws(change: Counted, fact: Counted) -> bool:
    """Tell whether a change withdraws a fact: only its author may, or an owner acting as one."""
    return change.op == "withdraw" and (change.member == fact.member or change.acting == OWNER.slug)


def _record(noun: type[Noun], id_: str, changes: Sequence[Counted]) -> dict[str, Any] | None:
    by_field: dict[str, list[Counted]] = defaultdict(list)
    for change in changes:
        if change.op in ("set", "add", "remove"):
            by_field[change.field].append(change)
    if not any(each.op in ("set", "add") for each in changes):
        return None
    row: dict[str, Any] = {"id": id_}
    contested: list[str] = []
    for each in own_fields(noun):
        row[each.name], is_contested = _field(each, by_field.get(each.name, []))
        if each.required and row[each.name] is None:
            return None  # a part of a record that has not arrived, or was never whole
        if is_contested:
            contested.append(each.name)
    first = min(changes, key=lambda each: each.order)
    last = max(changes, key=lambda each: each.order)
    return row | {
        "created_at": _iso(first.ms),
        "created_by": first.member,
        "changed_at": _iso(last.ms),
        "contested": contested,
    }


def _field(field: Field, told: list[Counted]) -> tuple[Any, bool]:
    if field.about.merge == "set":
        gone = {place for each in told if each.op == "remove" for place in each.pred}
        return sorted({each.value for each in told if each.op == "add" and each.place not in gone}), False
    living = survivors(field, told)
    if not living:
        return _plain_default(field), False
    winner = max(living, key=lambda each: (_strictness(field, each.value), each.order))
    return winner.value, len({repr(each.value) for each in living}) > 1


def survivors(field: Field, told: Iterable[Counted]) -> list[Counted]:
    """Return the versions of a field that no other change replaces, oldest first.

    Where a field fails safe, only those who may lower it can replace a stricter value.
    """
    sets = [each for each in told if each.op == "set"]
    values = {each.place: each.value for each in sets}
    replaced = {place for each in sets for place in each.pred if _may_replace(field, each, values.get(place))}
    return sorted((each for each in sets if each.place not in replaced), key=lambda each: each.order)


def _may_replace(field: Field, change: Counted, older: Any) -> bool:
    if field.about.merge != "strictest":
        return True
    return _strictness(field, change.value) >= _strictness(field, older) or change.acting in field.about.lowered_by


def _strictness(field: Field, value: Any) -> int:
    return field.about.order.index(value) if value in field.about.order else -1


def _plain_default(field: Field) -> Any:
    return None if field.required else _wire_default(field.default)


def _wire_default(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

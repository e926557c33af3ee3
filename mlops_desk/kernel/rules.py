"""Who may write what, and what a well-formed op is: declared beside the nouns, gathered here as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.record import Fact, Field, Noun, Record, from_wire, item_type, own_fields
from mlops_desk.kernel.roles import WRITING_SLUGS
from mlops_desk.kernel.words import _

_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Rules(msgspec.Struct, frozen=True, dict=True):
    """The nouns and acts that this version knows, asked by the merge on every machine alike."""

    nouns: Mapping[str, type[Noun]]
    acts: Mapping[str, type[Act]]

    @classmethod
    def of(cls, nouns: Iterable[type[Noun]], acts: Iterable[type[Act]]) -> Rules:
        """Gather the rules of some nouns and acts."""
        return cls({noun.noun: noun for noun in nouns}, {act.entry_kind(): act for act in acts})

    @cached_property
    def approvals(self) -> frozenset[str]:
        """Kinds of entry that are held while their device's identity was used in two places."""
        return frozenset(kind for kind, act in self.acts.items() if act.approval)

    @cached_property
    def _fields(self) -> Mapping[tuple[str, str], Field]:
        return {(name, each.name): each for name, noun in self.nouns.items() for each in own_fields(noun)}

    def act(self, kind: str, /, **values: Any) -> Act:
        """Return an act by its kind; for acts that are made from their record and have no name in code."""
        return self.acts[kind](**values)

    def field(self, noun: str, name: str) -> Field | None:
        """Return the declaration of a field, or None if this version does not know it."""
        return self._fields.get((noun, name))

    def written(self, change: Change) -> str:
        """Return what a change writes: a noun, or ``noun.field`` where that field has writers of its own."""
        known = self.field(change.noun, change.field)
        return f"{change.noun}.{change.field}" if known and known.about.writers else change.noun

    def may(self, acting: str, written: str) -> bool:
        """Tell whether a role may write a noun or a field of it; for unknown nouns any writing role may."""
        noun, _dot, name = written.partition(".")
        known, field = self.nouns.get(noun), self.field(noun, name)
        return acting in ((field and field.about.writers) or (known.writers if known else WRITING_SLUGS))

    def flaw(self, change: Change) -> str:
        """Return what is wrong with an op of a known noun, or an empty text.

        Unknown nouns and fields are not flaws: a newer version may have written them.
        """
        noun = self.nouns.get(change.noun)
        if noun is None or not issubclass(noun, Record | Fact):
            return ""
        try:
            return self._flaw(noun, change)
        except ValueError as error:
            return str(error)

    def _flaw(self, noun: type[Noun], change: Change) -> str:
        is_fact = issubclass(noun, Fact)
        if is_fact != (change.op in ("fact", "withdraw")):
            return _("{op} does not fit {noun}", op=change.op, noun=change.noun)
        if noun.is_kept and change.op == "withdraw":
            return _("what was said in a {noun} stays", noun=noun.title)
        if change.op == "fact":
            return self._fact_flaw(noun, change.value)
        known = self.field(change.noun, change.field) if issubclass(noun, Record) else None
        if known is None or change.op == "remove":
            return ""
        _check(known, change.value, item=change.op == "add")
        return ""

    def _fact_flaw(self, noun: type[Noun], value: Any) -> str:
        if not isinstance(value, dict):
            return _("a fact holds an object")
        for each in own_fields(noun):
            if each.name in value:
                _check(each, value[each.name])
            elif each.required:
                return _("{name} is missing", name=each.name)
        return ""

    def table(self) -> dict[str, Any]:
        """Return the capability table as plain data: frozen as a golden file for each format version."""
        return {
            name: {
                "writers": sorted(noun.writers),
                "writers_of": {
                    each.name: sorted(each.about.writers) for each in own_fields(noun) if each.about.writers
                },
                "lowered_by": {
                    each.name: sorted(each.about.lowered_by) for each in own_fields(noun) if each.about.lowered_by
                },
            }
            | ({"is_kept": True} if noun.is_kept else {})
            for name, noun in sorted(self.nouns.items())
        }


def _check(field: Field, wire: Any, *, item: bool = False) -> None:
    if wire is None and field.optional:
        return
    kind = item_type(field.type) if item else field.type
    if isinstance(wire, str):
        if not field.about.long and not wire.isascii() and _DIRECTION.search(wire):
            raise ValueError(_("{name} holds characters that change the direction of text", name=field.name))
        if kind is str:
            return
    from_wire(wire, kind)

"""Versions of a field that were made apart: what each says, who wrote it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mlops_desk.areas.team.queries import names
from mlops_desk.catalogue import REGISTRY as OF_AREAS
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.record import Noun, Record, from_wire, own_fields, table_of
from mlops_desk.kernel.rows import Registry, Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.projection.lines import told_in
from mlops_desk.projection.merge import survivors


class Version(msgspec.Struct, frozen=True):
    """One of several values that a field has since people wrote it without knowing of each other."""

    field: str
    title: str
    value: Any
    who: str
    at: datetime
    member: str


def versions(rows: Rows, noun: type[Noun], id_: str, contested: Sequence[str]) -> tuple[Version, ...]:
    """Return the versions of the contested fields of a row, the newest of each first."""
    told = told_in(rows.sql, noun.noun, [id_]).get(id_, [])
    who = names(rows)
    found: list[Version] = []
    for field in (each for each in own_fields(noun) if each.name in contested):
        living = survivors(field, [each for each in told if each.field == field.name])
        for each in reversed(living):
            value = None if each.value is None else from_wire(each.value, field.type)
            found.append(
                Version(field.name, field.title, value, who.get(each.member, ""), instant(each.ms), each.member)
            )
    return tuple(found)


def choices(rows: Rows) -> list[Need]:
    """Return the records of which a field has two versions made apart: whoever wrote one of them may settle it."""
    records = [each for each in RULES.nouns.values() if issubclass(each, Record)]
    found = []
    for noun in records:
        query = f"SELECT id, contested FROM \"{table_of(noun.noun)}\" WHERE contested::VARCHAR <> '[]' AND NOT archived"  # noqa: S608
        for id_, contested in rows.sql(query):
            found += _choice(rows, noun, id_, versions(rows, noun, id_, msgspec.json.decode(contested)))
    return found


def _choice(rows: Rows, noun: type[Noun], id_: str, found: Sequence[Version]) -> list[Need]:
    if not found:
        return []
    fields = ", ".join(dict.fromkeys(each.title for each in found))
    name = rows.called(noun.noun, id_)
    return [
        Need(
            _("{name} was changed apart: {fields}.", name=name, fields=fields),
            noun.noun,
            id_,
            State("warn", _("Two versions")),
            members=tuple(dict.fromkeys(each.member for each in found)),
            reason=_("you wrote one of the versions"),
            since=max(each.at for each in found),
            settle=f"{noun.command} edit {id_[:8]} …",
        )
    ]


REGISTRY: Registry = msgspec.structs.replace(OF_AREAS, needs=(*OF_AREAS.needs, choices))

"""Versions of a field that were made apart: what each says, who wrote it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.record import Noun, from_wire, own_fields
from mlops_desk.kernel.rows import Rows
from mlops_desk.projection.merge import Counted, survivors

_NAMES = Counted.__struct_fields__


class Version(msgspec.Struct, frozen=True):
    """One of several values that a field has since people wrote it without knowing of each other."""

    field: str
    title: str
    value: Any
    who: str
    at: datetime


def versions(rows: Rows, noun: type[Noun], id_: str, contested: Sequence[str]) -> tuple[Version, ...]:
    """Return the versions of the contested fields of a row, the newest of each first."""
    told = _told(rows, noun.noun, id_, contested)
    who = names(rows)
    found: list[Version] = []
    for field in own_fields(noun):
        living = survivors(field, [each for each in told if each.field == field.name])
        for each in reversed(living):
            value = None if each.value is None else from_wire(each.value, field.type)
            found.append(Version(field.name, field.title, value, who.get(each.member, ""), instant(each.ms)))
    return tuple(found)


def _told(rows: Rows, noun: str, id_: str, fields: Sequence[str]) -> list[Counted]:
    """Return the changes of some fields that count; the columns stand in the order of :class:`Counted`."""
    query = """
        SELECT op.line, op."index", line.ms, line.counter, line.device, line.member, line.acting,
               op.op, op.field, op.value, op.pred, line.seq
        FROM op JOIN line ON line.id = op.line
        WHERE op.noun = ? AND op.id = ? AND op.field IN (SELECT unnest(?)) AND line.verdict = 'ok'"""
    found: list[Counted] = []
    for row in rows.sql(query, noun, id_, list(fields)):
        told = dict(zip(_NAMES, row, strict=True))
        told["value"] = msgspec.json.decode(told["value"])
        told["pred"] = frozenset((line, index) for line, index in msgspec.json.decode(told["pred"]))
        found.append(Counted(**told))
    return found

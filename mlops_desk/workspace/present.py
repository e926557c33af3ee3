"""What an act is given: the rows as they are now, the person who acts, and the makers of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.record import Fact, Record, own_fields, to_wire
from mlops_desk.projection.answers import Answers
from mlops_desk.projection.database import Database
from mlops_desk.projection.lines import Ledger
from mlops_desk.projection.merge import survivors
from mlops_desk.projection.rows import Reader


class Actor(NamedTuple):
    """Who acts, in which role, and when (UTC)."""

    member: str
    acting: str
    now: datetime


class PresentRows(Reader):
    """The present of one act; it lives as long as the lock is held."""

    def __init__(self, database: Database, ledger: Ledger, who: Actor, here: Here, answers: Answers) -> None:
        super().__init__(database.connection, database.nouns, database.registry, here, answers)
        self._ledger = ledger
        self.member = who.member
        self.acting = who.acting
        self.now = who.now
        self.today = clock.today()

    def add(self, record: Record) -> list[Change]:
        """Return the changes that bring a new record into being."""
        id_ = record.id or new_id()
        found: list[Change] = []
        for each in own_fields(type(record)):
            value = getattr(record, each.name)
            if each.about.merge == "set":
                found += [Change("add", record.noun, id_, each.name, to_wire(item)) for item in value]
            elif value is not None and each.name != "archived":
                found.append(Change("set", record.noun, id_, each.name, to_wire(value)))
        return found

    def fact(self, fact: Fact) -> Change:
        """Return the change that records a fact."""
        value = {each.name: getattr(fact, each.name) for each in own_fields(type(fact))}
        told = {name: to_wire(item) for name, item in value.items() if item is not None}
        return Change("fact", fact.noun, fact.id or self.here.new_id(), value=told)

    def set(self, record: Record, **values: Any) -> list[Change]:
        """Return the changes that give fields new values, replacing the versions seen now."""
        told = self._ledger.told(record.noun, [record.id]).get(record.id, [])
        fields = {each.name: each for each in own_fields(type(record))}
        found: list[Change] = []
        for name, value in values.items():
            here = [each for each in told if each.field == name]
            if fields[name].about.merge == "set":
                living = [each for each in here if each.op == "add"]
                gone = tuple(each.place for each in living if each.value not in value)
                found += [Change("remove", record.noun, record.id, name, pred=gone)] if gone else []
                fresh = [item for item in value if item not in {each.value for each in living}]
                found += [Change("add", record.noun, record.id, name, to_wire(item)) for item in fresh]
            else:
                pred = tuple(each.place for each in survivors(fields[name], here))
                found.append(Change("set", record.noun, record.id, name, to_wire(value), pred))
        return found

    def withdraw(self, fact: Fact, reason: str) -> Change:
        """Return the change that withdraws a fact."""
        return Change("withdraw", fact.noun, fact.id, value=reason)

"""The rows as they stood at an earlier instant: what was recorded later, changed later or withdrawn later is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec

from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.record import Fact, Noun, Record, own_fields, table_of
from mlops_desk.kernel.rows import Registry, Rows, order_clause
from mlops_desk.kernel.wire import fitted

N = TypeVar("N", bound=Noun)


class _Told(NamedTuple):
    """One value given to a field, ordered as the merge orders versions."""

    ms: int
    counter: int
    device: str
    line: str
    place: int
    field: str
    value: str
    pred: str


def end_of(day: date) -> datetime:
    """Return the instant at which a day ends where the person is."""
    return datetime.combine(day + timedelta(days=1), time()).astimezone(UTC)


class Past:
    """The rows by an instant (UTC, exclusive), by the clocks of those who wrote.

    Facts recorded later are left out, later withdrawals do not count yet, and fields of records
    have the values they had. Members and the security classes of columns stand as they are now.
    ``heads`` says how far each machine's journal was known, by the beginning of its key: what it wrote after
    that is later, too, and so is all that a machine wrote which is not among them.
    """

    def __init__(self, rows: Rows, until: datetime, heads: Mapping[str, int] | None = None) -> None:
        self._rows = rows
        self.registry: Registry = rows.registry
        self.here = rows.here
        self.memo: dict[Any, Any] = {}
        self.until = until
        self._until_ms = int(self.until.timestamp() * 1000)
        self._known: dict[type[Noun], dict[str, Any]] = {}
        self._beyond = self._lines_beyond(heads) if heads is not None else []

    def _lines_beyond(self, heads: Mapping[str, int]) -> list[str]:
        query = """
            SELECT line.id FROM line LEFT JOIN (SELECT unnest(?) AS device, unnest(?) AS seq) AS head
            ON starts_with(line.device, head.device)
            WHERE line.verdict = 'ok' AND line.ms < ? AND line.seq > coalesce(head.seq, 0)"""
        found = self._rows.sql(query, list(heads), list(heads.values()), self._until_ms)
        return [line for (line,) in found]

    def ask(self, query: Callable[..., Any], *values: Any) -> Any:
        """Return what another query function answers about these rows."""
        return query(self, *values)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT, over the tables as they are now."""
        return self._rows.sql(query, *values)

    def remembered(self, key: tuple[str, ...], make: Callable[[], Any], size: Callable[[Any], int]) -> Any:  # noqa: ARG002 - it lives for one report
        """Return what was made of these rows before under a key, else make it."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def places(self, query: str, *values: Any) -> Sequence[int]:
        """Return the one column of whole numbers that a SELECT gives, over the tables as they are now."""
        return self._rows.places(query, *values)

    def get(self, noun: type[N], id: str) -> N:  # noqa: A002 - the field's name
        """Return one row by its full id."""
        found: N | None = self._all(noun).get(id)
        return self._rows.get(noun, id) if found is None else found

    def find(
        self,
        noun: type[N],
        where: str = "true",
        *values: Any,
        order: str = "created",
        most: int | None = None,
        of_each: str = "",
    ) -> list[N]:
        """Return the rows that fit a condition, the first ones where not all are wanted."""
        known = self._all(noun)
        if where == "true" and order == "created" and most is None:
            return list(known.values())
        if not issubclass(noun, Fact | Record):
            return self._rows.find(noun, where, *values, order=order, most=most, of_each=of_each)
        tail = order_clause(noun, order, most, of_each)
        return [known[id_] for id_ in self._fitting(noun, list(known.values()), where, values, tail)]

    def _fitting(
        self, noun: type[Noun], known: Sequence[Noun], where: str, values: Sequence[Any], tail: str
    ) -> list[str]:
        """Return the ids that fit, in order: DuckDB judges the earlier values as it judges the present ones."""
        table = table_of(noun.noun)
        columns = {name: kind for name, kind, *_rest in self._rows.sql(f'DESCRIBE "{table}"')}
        plain = [{name: _column(getattr(each, name)) for name in columns} for each in known]
        shape = msgspec.json.encode([columns]).decode()
        query = f'SELECT id FROM (SELECT unnest(from_json(?, ?), max_depth => 2)) AS "{table}" WHERE {where} {tail}'  # noqa: S608 - names and conditions are our own
        return [row[0] for row in self._rows.sql(query, msgspec.json.encode(plain).decode(), shape, *values)]

    def resolve(self, noun: str, text: str) -> str:
        """Return the id that a person's text means."""
        return self._rows.resolve(noun, text)

    def meant(self, text: str) -> tuple[str, str]:
        """Return noun and id of the one row of any kind that a text means."""
        return self._rows.meant(text)

    def called(self, noun: str, id: str) -> str:  # noqa: A002
        """Return what people call a row of any kind."""
        return self._rows.called(noun, id)

    def short(self, id: str) -> str:  # noqa: A002
        """Return the shortest unique prefix of an id."""
        return self._rows.short(id)

    def bytes_here(self, digest: str) -> bytes | None:
        """Return the bytes of an object if they are on this machine."""
        return self._rows.bytes_here(digest)

    def _all(self, noun: type[N]) -> dict[str, N]:
        if noun not in self._known:
            if issubclass(noun, Fact):
                self._known[noun] = {each.id: each for each in self._facts(noun)}
            elif issubclass(noun, Record):
                self._known[noun] = {each.id: each for each in self._records(noun)}
            else:
                self._known[noun] = {each.id: each for each in self._rows.find(noun, order="id")}
        return self._known[noun]

    def _facts(self, noun: Any) -> list[Any]:
        until, beyond = self.until.replace(tzinfo=None), set(self._beyond)
        found = self._rows.find(noun, "recorded_at < ?", until)
        query = f"""
            SELECT fact.id FROM "{table_of(noun.noun)}" AS fact
            WHERE fact.withdrawn <> '' AND fact.recorded_at < ? AND fact.id NOT IN (
              SELECT op.id FROM op JOIN line ON line.id = op.line
              WHERE op.noun = ? AND op.op = 'withdraw' AND line.verdict = 'ok' AND line.ms < ?
                AND line.id NOT IN (SELECT unnest(?)))"""  # noqa: S608 - our own names
        later = self._rows.sql(query, until, noun.noun, self._until_ms, self._beyond)
        found += [self._rows.get(noun, id_).but(withdrawn="") for (id_,) in later]
        known = [each for each in found if each.line not in beyond]
        return sorted(known, key=lambda each: (each.recorded_at, each.id))

    def _records(self, noun: Any) -> list[Any]:
        found = [each for each in self._rows.find(noun) if each.created_at and each.created_at < self.until]
        after = self._written_beyond(noun)
        rewound = [each.id for each in found if each.id in after or (each.changed_at and each.changed_at >= self.until)]
        told = self._told(noun, rewound)
        known = [each for each in found if each.id in told or each.id not in rewound]
        return [_rewound(each, told[each.id]) if each.id in told else each for each in known]

    def _written_beyond(self, noun: type[Noun]) -> set[str]:
        """Return the ids of records that lines beyond the heads wrote."""
        if not self._beyond:
            return set()
        query = "SELECT DISTINCT id FROM op WHERE noun = ? AND line IN (SELECT unnest(?))"
        return {id_ for (id_,) in self._rows.sql(query, noun.noun, self._beyond)}

    def _told(self, noun: type[Noun], ids: list[str]) -> dict[str, list[_Told]]:
        """Return the values given by then, by id of the record."""
        if not ids:
            return {}
        query = """
            SELECT op.id, line.ms, line.counter, line.device, line.id, op."index", op.field, op.value, op.pred
            FROM op JOIN line ON line.id = op.line
            WHERE op.noun = ? AND op.op = 'set' AND line.verdict = 'ok' AND line.ms < ?
              AND line.id NOT IN (SELECT unnest(?)) AND op.id IN (SELECT unnest(?))"""
        told: dict[str, list[_Told]] = defaultdict(list)
        for id_, *rest in self._rows.sql(query, noun.noun, self._until_ms, self._beyond, ids):
            told[id_].append(_Told(*rest))
        return told


def _column(value: Any) -> Any:
    """Return a value as the column of a table holds it: structures are JSON texts, instants without a zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, tuple | dict | msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return value


def _rewound(record: Any, told: list[_Told]) -> Any:
    """Return a record with the fields it had: the merge of docs/journal-format.md, over the lines of then."""
    values: dict[str, Any] = {}
    contested: list[str] = []
    for each in own_fields(type(record)):
        if each.about.merge != "register":
            continue
        mine = [one for one in told if one.field == each.name]
        replaced = {(line, index) for one in mine for line, index in msgspec.json.decode(one.pred)}
        living = sorted(one for one in mine if (one.line, one.place) not in replaced)
        if not living:
            values[each.name] = getattr(record, each.name) if each.required else each.default
            continue
        wire = msgspec.json.decode(living[-1].value)
        values[each.name] = None if wire is None else fitted(wire, each.type, is_strict=False)
        if len({one.value for one in living}) > 1:
            contested.append(each.name)
    changed_at = instant(max(one.ms for one in told))
    return record.but(**values, contested=tuple(contested), changed_at=changed_at)

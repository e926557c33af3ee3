"""The lines known here and their changes, and keeping rows in step: only what a new line touches is merged again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.record import Fact, Noun, Record, table_of
from mlops_desk.projection.database import Database
from mlops_desk.projection.merge import Counted, Since, merge, told_again

Key = tuple[str, str]


class Line(NamedTuple):
    """A line as the projection keeps it; the fields are those of the entry, and its verdict."""

    id: str
    device: str
    seq: int
    prev: str
    ms: int
    counter: int
    roster: list[str]
    seen: list[str]
    acting: str
    kind: str
    written: list[str]
    flaw: str
    verdict: str
    reason: str
    member: str
    place: str


class Seen(NamedTuple):
    """How far a file of lines has been read."""

    path: str
    size: int
    digest: str
    disk_size: int
    mtime_ns: int
    inode: int


class Noted(NamedTuple):
    """A finding about a piece of a file."""

    path: str
    code: str
    place: str
    sentence: str
    author: str


_LINE_COLUMNS = ", ".join(f'"{name}"' for name in Line._fields)


class Ledger:
    """The tables of lines, changes, cursors and findings of one database."""

    def __init__(self, database: Database, nouns: Mapping[str, type[Noun]]) -> None:
        self._database = database
        self.nouns = nouns
        self.since: Since = lambda _device: (0, "")

    def cursors(self) -> dict[str, Seen]:
        """Return how far each file was read."""
        rows = self._database.sql("SELECT path, size, digest, disk_size, mtime_ns, inode FROM cursor")
        return {row[0]: Seen(*row) for row in rows}

    def extent(self, trusted_ms: int) -> tuple[int, int, int]:
        """Return the latest time that can be trusted, in ms, the number of lines, and a digest of the findings."""
        query = """
            SELECT coalesce(max(ms) FILTER (ms <= ?), 0), count(*),
                   (SELECT coalesce(bit_xor(hash(finding)), 0) FROM finding)
            FROM line"""
        latest, lines, findings = self._database.sql(query, trusted_ms)[0]
        return int(latest), int(lines), int(findings)

    def known(self, ids: Sequence[str]) -> set[tuple[str, str]]:
        """Return device and id of those lines, of the ids given, that are here already."""
        return set(self._database.sql("SELECT device, id FROM line WHERE id IN (SELECT unnest(?))", list(ids)))

    def lines(self, where: str = "true", *values: Any) -> list[Line]:
        """Return lines that fit a condition."""
        query = f"SELECT {_LINE_COLUMNS} FROM line WHERE {where}"  # noqa: S608 - conditions are our own
        return [Line(*row) for row in self._database.sql(query, *values)]

    def values_of(self, lines: Sequence[str]) -> dict[str, Any]:
        """Return the value of the first change of some lines, by line id."""
        if not lines:
            return {}
        query = 'SELECT line, value FROM op WHERE "index" = 0 AND line IN (SELECT unnest(?))'
        return {id_: msgspec.json.decode(value) for id_, value in self._database.sql(query, list(lines))}

    def forks(self) -> dict[str, int]:
        """Return for each device the first number that two of its lines share."""
        query = """
            SELECT device, min(seq) FROM
                (SELECT device, seq FROM line GROUP BY device, seq HAVING count(*) > 1)
            GROUP BY device"""
        return dict(self._database.sql(query))

    def tips(self) -> dict[str, Line]:
        """Return the last line of each device that is reachable from its first."""
        reachable = "verdict <> 'waiting-chain'"
        ends = f"SELECT device, max(seq) FROM line WHERE {reachable} GROUP BY device"  # noqa: S608 - our own words
        return {line.device: line for line in self.lines(f"(device, seq) IN ({ends}) AND {reachable}")}

    def announced(self, device: str) -> set[str]:
        """Return the heads of other journals that a device has already named as seen."""
        return {row[0] for row in self._database.sql("SELECT DISTINCT unnest(seen) FROM line WHERE device = ?", device)}

    def forget_findings(self, paths: Sequence[str]) -> None:
        """Drop what was found in files that are read again from their start."""
        if paths:
            self._database.sql("DELETE FROM finding WHERE path IN (SELECT unnest(?))", list(paths))

    def forget_cursors(self, paths: Sequence[str]) -> None:
        """Drop how far files were read that are no longer there."""
        if paths:
            self._database.sql("DELETE FROM cursor WHERE path IN (SELECT unnest(?))", list(paths))

    def short_devices(self) -> set[str]:
        """Return the devices of which the shared folder lost something."""
        return {row[0] for row in self._database.sql("SELECT author FROM finding WHERE code = 'rollback'")}

    def store(
        self,
        new: Sequence[Line],
        changes: Mapping[str, Sequence[Change]],
        verdicts: Mapping[str, tuple[str, str, str]],
        again: set[Key],
    ) -> set[Key]:
        """Keep new lines with their changes, settle changed verdicts, and merge the rows they touch.

        ``verdicts`` maps the id of a line already here to its new code, reason and member; ``again`` are keys of
        rows to be merged whatever happened to their lines.
        Returns the keys of the rows that were merged again. Call it within a transaction.
        """
        settled = self._settle(verdicts) | again
        fresh = _counting(new, changes)
        dirty = settled | fresh.keys()
        by_noun: dict[str, list[str]] = defaultdict(list)
        for noun, id_ in dirty:
            if noun in self.nouns and issubclass(self.nouns[noun], Record | Fact):
                by_noun[noun].append(id_)
        older = {noun: self.told(noun, ids) for noun, ids in by_noun.items()}
        self._database.insert("line", [line._asdict() for line in new])
        ops = [_op_row(line.id, index, op) for line in new for index, op in enumerate(changes[line.id])]
        self._database.insert("op", ops)
        for noun, ids in by_noun.items():
            was = [id_ for id_ in ids if (noun, id_) in settled or id_ in older[noun]]
            self._merge(noun, was, {id_: [*older[noun].get(id_, ()), *fresh.get((noun, id_), ())] for id_ in ids})
        return dirty

    def doubled(self) -> set[Key]:
        """Return the keys of facts that were told more than once."""
        query = "SELECT noun, id FROM op WHERE op = 'fact' GROUP BY noun, id HAVING count(*) > 1"
        return set(self._database.sql(query))

    def note_cursors(self, seen: Sequence[Seen]) -> None:
        """Remember how far files were read."""
        if seen:
            paths = [each.path for each in seen]
            self._database.sql("DELETE FROM cursor WHERE path IN (SELECT unnest(?))", paths)
            self._database.insert("cursor", [each._asdict() for each in seen])

    def _settle(self, verdicts: Mapping[str, tuple[str, str, str]]) -> set[Key]:
        if not verdicts:
            return set()
        ids = list(verdicts)
        was = dict(self._database.sql("SELECT id, verdict FROM line WHERE id IN (SELECT unnest(?))", ids))
        update = "UPDATE line SET verdict = ?, reason = ?, member = ? WHERE id = ?"
        self._database.connection.executemany(update, [[*verdicts[id_], id_] for id_ in ids])
        turned = [id_ for id_ in ids if (was[id_] == "ok") != (verdicts[id_][0] == "ok")]
        query = "SELECT DISTINCT noun, id FROM op WHERE line IN (SELECT unnest(?))"
        return set(self._database.sql(query, turned)) if turned else set()

    def _merge(self, noun: str, was: Sequence[str], told: Mapping[str, Sequence[Counted]]) -> None:
        """Make rows of a noun again from what counts; those that ``was`` names may have been there before."""
        table = table_of(noun)
        rows = [merge(self.nouns[noun], id_, changes, self.since) for id_, changes in told.items() if changes]
        if was:
            condition, value = among("id", was)
            self._database.sql(f'DELETE FROM "{table}" WHERE {condition}', value)  # noqa: S608
        self._database.insert(table, [_stored(row) for row in rows if row is not None])
        if issubclass(self.nouns[noun], Fact):
            self._note_told_again(noun, was, told)

    def _note_told_again(self, noun: str, was: Sequence[str], told: Mapping[str, Sequence[Counted]]) -> None:
        """Note which entries tell a fact that another one had told under the same id."""
        if was:
            condition, value = among("id", was)
            self._database.sql(f"DELETE FROM told_again WHERE noun = ? AND {condition}", noun, value)  # noqa: S608
        pairs = {(id_, *pair) for id_, changes in told.items() for pair in self._pairs(id_, changes)}
        noted = [dict(zip(("noun", "id", "line", "first"), (noun, *pair), strict=True)) for pair in sorted(pairs)]
        self._database.insert("told_again", noted)

    def _pairs(self, id_: str, changes: Sequence[Counted]) -> list[tuple[str, str]]:
        if len(changes) < 2:
            return []
        return [(each.line, first.line) for each, first in told_again(id_, changes, self.since)]

    def replace(self, noun: type[Noun], rows: Sequence[Mapping[str, Any]]) -> None:
        """Give a noun that is derived from the team's entries its rows, all of them."""
        table = table_of(noun.noun)
        self._database.sql(f'DELETE FROM "{table}"')  # noqa: S608
        self._database.insert(table, [_stored(dict(row)) for row in rows])

    def told(self, noun: str, ids: Sequence[str]) -> dict[str, list[Counted]]:
        """Return the changes kept here that count for some rows of a noun, by id."""
        return told_in(self._database.sql, noun, ids)


def told_in(ask: Callable[..., list[tuple[Any, ...]]], noun: str, ids: Sequence[str]) -> dict[str, list[Counted]]:
    """Return the changes that count for some rows of a noun, by id, as a way to ask SQL of a store gives them."""
    condition, wanted = among("id", ids)
    ops = ask(f'SELECT id, line, "index", op, field, value, pred FROM op WHERE noun = ? AND {condition}', noun, wanted)  # noqa: S608 - conditions are our own
    if not ops:
        return {}
    condition, wanted = among("id", list({op[1] for op in ops}))
    lines = {row[0]: Line(*row) for row in ask(f"SELECT {_LINE_COLUMNS} FROM line WHERE {condition}", wanted)}  # noqa: S608
    found: dict[str, list[Counted]] = defaultdict(list)
    for id_, line, index, op, field, value, pred in ops:
        told = lines[line]
        if told.verdict == "ok":
            places = tuple((each[0], each[1]) for each in msgspec.json.decode(pred))
            change = Change(op, noun, id_, field, msgspec.json.decode(value), places)
            found[id_].append(_counted(told, index, change))
    return found


def among(column: str, values: Sequence[str]) -> tuple[str, Any]:
    """Return a condition and its value; the equality for a single value is twice as fast."""
    if len(values) == 1:
        return f"{column} = ?", values[0]
    return f"{column} IN (SELECT unnest(?))", list(values)


def _counting(new: Sequence[Line], changes: Mapping[str, Sequence[Change]]) -> dict[Key, list[Counted]]:
    """Return what counts of new lines, by the row it is about."""
    found: dict[Key, list[Counted]] = defaultdict(list)
    for line in new:
        if line.verdict == "ok":
            for index, change in enumerate(changes[line.id]):
                found[change.noun, change.id].append(_counted(line, index, change))
    return found


def _counted(line: Line, index: int, change: Change) -> Counted:
    who = (line.ms, line.counter, line.device, line.member, line.acting)
    return Counted(line.id, index, *who, change.op, change.field, change.value, frozenset(change.pred), line.seq)


def _op_row(line: str, index: int, change: Change) -> dict[str, Any]:
    return {
        "line": line,
        "index": index,
        "op": change.op,
        "noun": change.noun,
        "id": change.id,
        "field": change.field,
        "value": msgspec.json.encode(change.value).decode(),
        "pred": msgspec.json.encode(change.pred).decode(),
    }


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    """Write lists and structures as JSON texts, which the tables keep."""
    return {
        name: msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value
        for name, value in row.items()
    }

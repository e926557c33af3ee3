"""Reading rows back: one noun by id or condition, plain SQL, and what a person's text means."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import duckdb
import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.ids import SHORTEST_PREFIX, is_id
from mlops_desk.kernel.record import Fact, Noun, fields_of, item_type, sql_type, table_of
from mlops_desk.kernel.rows import Registry, Store, order_clause
from mlops_desk.kernel.words import _
from mlops_desk.projection.answers import Answers

N = TypeVar("N", bound=Noun)
P = ParamSpec("P")
T = TypeVar("T")
_CANDIDATES_SHOWN = 5
_SHORT_ID = 8
_PIECE_ROWS = 1000
# Longer lists, and the pages of long tables, are kept for one question only: they would fill the memory.
_REMEMBERED_ROWS, _REMEMBERED_LETTERS = 1000, 500


class Reader:
    """The rows of one connection at one moment; a page that asks from another thread has a reader of its own.

    What was found once is not looked up again while ``answers`` lasts, or, without it, while the reader lives.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        nouns: Mapping[str, type[Noun]],
        registry: Registry,
        here: Here,
        answers: Answers | None = None,
        objects: Store | None = None,
    ) -> None:
        self.connection = connection
        self._nouns = nouns
        self.registry = registry
        self.here = here
        self._answers = answers
        self._own_memo: dict[Any, Any] = {}
        self.memo = answers.memo if answers else self._own_memo
        self._objects = objects

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def ask(self, query: Callable[Concatenate[Self, P], T], *values: P.args, **named: P.kwargs) -> T:
        """Return what a query function answers; one that lasts is computed only where it is not known."""
        if self._answers is None or not getattr(query, "is_lasting", False):
            return query(self, *values, **named)
        found: T = self._answers.find(self, query, values, named)
        return found

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT with ``?`` in place of the values."""
        return list(self._rows(query, list(values)))

    def _rows(self, query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a SELECT piece by piece: nobody else runs Python while a piece is made."""
        found = self.connection.execute(query, values)
        while piece := found.fetchmany(_PIECE_ROWS):
            yield from piece
            if len(piece) < _PIECE_ROWS:
                return

    def places(self, query: str, *values: Any) -> array[int]:
        """Return the one column of whole numbers that a SELECT gives."""
        columns = self.connection.execute(query, list(values)).fetchnumpy()
        return array("q", next(iter(columns.values())).tobytes())

    def get(self, noun: type[N], id: str) -> N:  # noqa: A002
        """Return one row by its full id."""
        key = ("get", noun.noun, id)
        if key not in self.memo:
            self.memo[key] = self._select(noun, "id = ?", [id])
        if not self.memo[key]:
            raise _nothing(noun, id)
        found: N = self.memo[key][0]
        return found

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
        tail = order_clause(noun, order, most, of_each)
        condition = f"({where}) AND withdrawn = ''" if issubclass(noun, Fact) else where
        key = ("find", noun.noun, where, repr(values), tail)
        return list(self.remembered(key, lambda: self._select(noun, condition, list(values), tail), len))

    def remembered(self, key: tuple[str, ...], make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return what was made before under a key, else make it; what is long is known to this reader alone."""
        memo = self._own_memo if key in self._own_memo else self.memo
        if key not in memo:
            found = make()
            is_kept = size(found) <= _REMEMBERED_ROWS and max(map(len, key)) <= _REMEMBERED_LETTERS
            memo = self.memo if is_kept else self._own_memo
            memo[key] = found
        return memo[key]

    def _select(self, noun: type[N], where: str, values: list[Any], tail: str = "") -> list[N]:
        names = [each.name for each in fields_of(noun)]
        columns = ", ".join(f'"{name}"' for name in names)
        query = f'SELECT {columns} FROM "{table_of(noun.noun)}" WHERE {where} {tail}'  # noqa: S608
        readers = [_reader(each.type) for each in fields_of(noun)]
        return [
            noun(
                **{
                    name: read(value)
                    for name, read, value in zip(names, readers, row, strict=True)
                    if value is not None
                }
            )
            for row in self._rows(query, values)
        ]

    def resolve(self, noun: str, text: str) -> str:
        """Return the id that a person's text means."""
        cls = self._nouns[noun]
        if is_id(text) and self._has(cls, text):
            return text
        found = cls.named(self, text)
        if not found and len(text) >= SHORTEST_PREFIX:
            found = self._beginning(cls, text)
        if len(found) == 1:
            return str(found[0])
        if found:
            raise NotKnownHere(
                _("“{text}” means more than one {noun}.", text=text, noun=cls.title),
                _("Give more of the id: {ids}.", ids=", ".join(each[:12] for each in found[:_CANDIDATES_SHOWN])),
                code="NAME-102",
            )
        raise _nothing(cls, text)

    def meant(self, text: str) -> tuple[str, str]:
        """Return noun and id of the one row of any kind that a text means."""
        noun, slash, rest = text.partition("/")
        if slash and noun in self._nouns:
            return noun, self.resolve(noun, rest)
        kinds = self._nouns.values()
        found = [(each.noun, text) for each in kinds if is_id(text) and self._has(each, text)]
        found = found or [(each.noun, str(id_)) for each in kinds for id_ in each.named(self, text)]
        if not found and len(text) >= SHORTEST_PREFIX:
            found = [(each.noun, id_) for each in kinds for id_ in self._beginning(each, text)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotKnownHere(
                _("“{text}” means more than one thing.", text=text),
                _("Say which: {names}.", names=", ".join(f"{kind}/{id_}" for kind, id_ in found[:_CANDIDATES_SHOWN])),
                code="NAME-103",
            )
        raise NotKnownHere(
            _("Nothing here is called “{text}”.", text=text),
            _("Give an id, or kind and name, such as kpi/Time; `mlops-desk trail` shows what was written."),
            code="NAME-104",
        )

    def called(self, noun: str, id: str) -> str:  # noqa: A002
        """Return what people call a row of any kind; its kind and the beginning of its id where it has no name."""
        kind = self._nouns.get(noun)
        if kind is not None and kind.known_by in {each.name for each in fields_of(kind)} - {"id"}:
            query = f'SELECT "{kind.known_by}" FROM "{table_of(noun)}" WHERE id = ?'  # noqa: S608 - our own names
            for (name,) in self.sql(query, id):
                return str(name)
        return f"{kind.title if kind else noun} {id[:_SHORT_ID]}"

    def _beginning(self, noun: type[Noun], prefix: str) -> list[str]:
        query = f'SELECT id FROM "{table_of(noun.noun)}" WHERE starts_with(id, ?)'  # noqa: S608
        return [row[0] for row in self.sql(query, prefix.lower())]

    def _has(self, noun: type[Noun], id_: str) -> bool:
        try:
            self.get(noun, id_)
        except NotKnownHere:
            return False
        return True

    def short(self, id: str) -> str:  # noqa: A002
        """Return the shortest unique prefix of an id, at least four characters."""
        others = [
            row[0]
            for name in self._nouns
            for row in self.sql(
                f'SELECT id FROM "{table_of(name)}" WHERE starts_with(id, ?) AND id <> ?',  # noqa: S608
                id[:SHORTEST_PREFIX],
                id,
            )
        ]
        length = SHORTEST_PREFIX
        while any(other[:length] == id[:length] for other in others):
            length += 1
        return id[:length]

    def bytes_here(self, digest: str) -> bytes | None:
        """Return the bytes of an object if they are on this machine and sound."""
        try:
            return self._objects.path(digest).read_bytes() if self._objects else None
        except (DeskError, OSError):
            return None

    def digest(self) -> str:
        """Return the hash of all rows: equal wherever the same lines count."""
        whole = sha256()
        full = self._nouns_with_rows()
        for name, noun in sorted(self._nouns.items()):
            columns = ", ".join(f'"{each.name}"' for each in fields_of(noun))
            rows = self.sql(f'SELECT {columns} FROM "{table_of(name)}" ORDER BY id') if name in full else []  # noqa: S608
            whole.update(msgspec.json.encode([name, rows]))
        return whole.hexdigest()

    def _nouns_with_rows(self) -> set[str]:
        """Return the nouns of which there is a row, in one question: most have none, and each question takes time."""
        one = (f"(SELECT '{name}' FROM \"{table_of(name)}\" LIMIT 1)" for name in self._nouns)  # noqa: S608
        return {row[0] for row in self.sql(" UNION ALL ".join(one))}


def _nothing(noun: type[Noun], text: str) -> NotKnownHere:
    return NotKnownHere(
        _("There is no {noun} “{text}”.", noun=noun.title, text=text),
        _("`mlops-desk {command} list` shows what there is.", command=noun.command),
        code="NAME-101",
    )


def _reader(kind: Any) -> Any:
    """Return the function that makes a typed value of what a column holds."""
    if kind is datetime:
        return lambda value: value.replace(tzinfo=UTC)
    if item_type(kind) is not None or sql_type(kind) == "JSON":
        return lambda text: wire.fitted(msgspec.json.decode(text), kind, is_strict=False)
    return lambda value: value

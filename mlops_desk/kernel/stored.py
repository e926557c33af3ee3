"""A table of the store as people wish it: filtered, sorted and counted by its columns' SQL, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.paged import Ordered, Paged
from mlops_desk.kernel.record import Fact, table_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.wish import Wish
from mlops_desk.kernel.wish_sql import Clause, SqlColumn, named, order_by, where

Related = tuple[Clause, Mapping[str, SqlColumn]]


class Stored(msgspec.Struct, frozen=True):
    """What of the store a table shows, and which of its rows a scope wants.

    ``related`` returns the relation with its values, and the columns that are spoken of, so that nothing is joined in
    vain; ``names`` are those that a word without a column is looked for in. ``place`` and ``id`` are the expressions
    of a row's place and id; ``last`` is the order of what is equal, and of everything without a wish.
    """

    names: Sequence[str]
    related: Callable[[Rows, set[str]], Related]
    chosen: Callable[[Rows, Any], Clause]
    place: str
    id: str
    last: str

    def paged(self, at: Callable[..., Sequence[Any]]) -> Paged:
        """Return the table with the function that makes the rows at some places."""
        return Paged(self.ordered, at, self.counts, self.places_of)

    def ordered(self, rows: Rows, scope: Any, wish: Wish, keys: Sequence[str] = (), most: int = 0) -> Ordered:
        """Return the rows that are wanted and fit, in the order wished; the first ``most`` only, if that is given.

        Raises:
            DeskError: the scope names something that is not here.
        """
        (relation, joined), columns = self.related(rows, named(wish.conditions, wish.order, self.names))
        chosen, values = self.chosen(rows, scope)
        fit, fit_values = where(wish.conditions, columns)
        order, order_values = order_by(wish.order, columns, self.last)
        limit = f" LIMIT {int(most)}" if most else ""
        query = f"SELECT {self.place} FROM {relation} WHERE ({chosen}) AND {fit} ORDER BY {order}{limit}"  # noqa: S608
        places = rows.places(query, *joined, *values, *fit_values, *order_values)
        (plain, nothing), _columns = self.related(rows, set())
        total = rows.sql(f"SELECT count(*) FROM {plain} WHERE {chosen}", *nothing, *values)[0][0]  # noqa: S608
        return Ordered(places, total, self._found(rows, places, keys))

    def counts(self, rows: Rows, scope: Any, name: str) -> list[tuple[Any, int]]:
        """Return the different values of a column in their order, each with how many of the wanted rows have it."""
        (relation, joined), columns = self.related(rows, {name})
        column = columns[name]
        chosen, values = self.chosen(rows, scope)
        query = f"SELECT {column.sql}, count(*) FROM {relation} WHERE {chosen} GROUP BY 1 ORDER BY 1 NULLS LAST"  # noqa: S608
        found = rows.sql(query, *joined, *values)
        if column.kind == "instant":
            return _by_day(found)
        return found if column.kind != "text" else _by_text(found, column)

    def places_of(self, rows: Rows, ids: Sequence[str]) -> list[int]:
        """Return where the rows of some ids lie, in no order."""
        return list(self._ids_by_place(rows, ids))

    def _found(self, rows: Rows, places: Sequence[int], keys: Sequence[str]) -> dict[str, int]:
        """Return where in an order the rows of some ids stand."""
        wanted = [each for each in keys if each]
        here = self._ids_by_place(rows, wanted) if wanted else {}
        return {here[place]: number for number, place in enumerate(places) if place in here} if here else {}

    def _ids_by_place(self, rows: Rows, ids: Sequence[str]) -> dict[int, str]:
        (relation, joined), _columns = self.related(rows, set())
        query = f"SELECT {self.place}, {self.id} FROM {relation} WHERE {self.id} IN (SELECT unnest(?))"  # noqa: S608
        return dict(rows.sql(query, *joined, list(ids)))


# How a column is said as SQL, perhaps with words that are in the rows; None where only the code of its rows knows it.
Said = SqlColumn | Callable[[Rows], SqlColumn] | None


def of_facts(
    noun: type[Fact],
    told: Callable[[Rows, Sequence[Any]], Sequence[Any]],
    columns: Mapping[str, Said],
    last: str,
) -> Paged:
    """Return the table of all facts of a noun that were not withdrawn; ``told`` makes its rows of facts."""
    table = f'"{table_of(noun.noun)}"'

    def at(rows: Rows, places: Sequence[int]) -> list[Any]:
        here = "rowid IN (SELECT unnest(?))"
        place_of = dict(rows.sql(f"SELECT id, rowid FROM {table} WHERE {here}", list(places)))  # noqa: S608 - ours
        facts = rows.find(noun, here, list(places), order="id")
        by_place = {place_of[each.id]: row for each, row in zip(facts, told(rows, facts), strict=True)}
        return [by_place.get(each) for each in places]

    def related(rows: Rows, spoken: set[str]) -> Related:
        relation, values, found = table, list[Any](), dict[str, SqlColumn]()
        for name in sorted(spoken):
            said = columns[name]
            if said is None:
                made = _computed(rows, noun, told, name)
                relation += f" LEFT JOIN ({made.sql}) ON of_{name} = id"
                values += [made.ids, made.values]
                found[name] = made.column
            else:
                found[name] = said if isinstance(said, SqlColumn) else said(rows)
        return (relation, values), found

    return Stored(tuple(columns), related, lambda *_of: ("withdrawn = ''", []), "rowid", "id", last).paged(at)


class Computed(msgspec.Struct, frozen=True):
    """A column that code computed: the ids of the rows, their values, a SELECT of both, and what the column is."""

    ids: list[str]
    values: list[Any]
    sql: str
    column: SqlColumn


def _computed(rows: Rows, noun: type[Fact], told: Callable[..., Sequence[Any]], name: str) -> Computed:
    """Return a column of all facts as code makes it; kept while nothing changes."""
    key = ("computed", noun.noun, name)
    if key not in rows.memo:
        made = told(rows, rows.find(noun, order="id"))
        values = [getattr(each, name) for each in made]
        rows.memo[key] = _column([each.id for each in made], values, name)
    found: Computed = rows.memo[key]
    return found


def _column(ids: list[str], values: Sequence[Any], name: str) -> Computed:
    states = {each for each in values if isinstance(each, State)}
    ranked = sorted(states, key=lambda each: (-badness(each), each.word))
    is_number = any(isinstance(each, int | float) for each in values)
    made = f"SELECT unnest(?) AS of_{name}, CAST(unnest(?) AS {'DOUBLE' if is_number else 'VARCHAR'}) AS made_{name}"
    return Computed(
        ids,
        [each.word if isinstance(each, State) else each for each in values],
        made,
        SqlColumn(
            f"made_{name}",
            {each.word: each.word for each in ranked} if ranked else None,
            "number" if is_number else "text",
        ),
    )


def _by_text(found: Sequence[tuple[Any, int]], column: SqlColumn) -> list[tuple[Any, int]]:
    """Return the counts of what is shown, in the order of the column; different values may have the same words."""
    by_text: dict[str, int] = {}
    for value, count in found:
        text = str(value or "") if column.words is None else column.words.get(value, "")
        by_text[text] = by_text.get(text, 0) + count
    places = {word: place for place, word in enumerate(column.words.values())} if column.words is not None else {}
    return sorted(by_text.items(), key=lambda each: (not each[0], places.get(each[0], 0), each[0].casefold()))


def _by_day(found: Sequence[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Return the counts of instants by the day where the person is: its first instant stands for each."""
    by_day: dict[Any, tuple[Any, int]] = {}
    for ms, count in found:
        at = None if ms is None else instant(ms)
        first, before = by_day.get(at and at.astimezone().date(), (at, 0))
        by_day[at and at.astimezone().date()] = first, before + count
    return list(by_day.values())

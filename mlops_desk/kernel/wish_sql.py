"""A wish about a table that lies in the store, as SQL: the same rows in the same order as in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal

import msgspec

from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import Condition, Span

Clause = tuple[str, list[Any]]
Kind = Literal["text", "number", "day", "instant"]
_NEVER: Clause = ("false", [])
# A number as people read it in a cell: whole, of a thousand and more with one decimal, else four digits that count.
_READ = """CASE WHEN {0} = trunc({0}) THEN format('{{:,}}', CAST({0} AS HUGEINT))
 WHEN abs({0}) >= 1000 THEN format('{{:,}}', CAST(split_part(printf('%.1f', {0}), '.', 1) AS HUGEINT))
 || '.' || split_part(printf('%.1f', {0}), '.', 2) ELSE replace(printf('%.4g', {0}), '1000', '1,000') END"""


class SqlColumn(msgspec.Struct, frozen=True):
    """A column of a relation: the expression of its value, a text where nothing else is said; NULL is nothing.

    ``words`` are what is shown of each value where that is not the value itself, in the order in which they are
    sorted. An instant is a number of milliseconds since 1970, UTC.
    """

    sql: str
    words: Mapping[str, str] | None = None
    kind: Kind = "text"


def where(conditions: Sequence[Condition], columns: Mapping[str, SqlColumn]) -> Clause:
    """Return what rows must fit, with its values. Words are not looked for in days and instants."""
    clauses = [_condition(each, columns) for each in conditions]
    text = " AND ".join(f"({clause})" for clause, _values in clauses) or "true"
    return text, [value for _clause, values in clauses for value in values]


def order_by(orders: Sequence[Order], columns: Mapping[str, SqlColumn], last: str) -> Clause:
    """Return the order with its values: what is empty stands last either way, ``last`` parts what is equal."""
    parts, values = list[str](), list[Any]()
    for each in orders:
        column, way = columns[each.column], "DESC" if each.is_down else "ASC"
        if column.words is not None:
            parts.append(f"list_position(?, {column.sql}) {way} NULLS LAST")
            values.append([value for value, word in column.words.items() if word])
        elif column.kind != "text":
            parts.append(f"{column.sql} {way} NULLS LAST")
        else:
            parts.append(f"lower(nullif({column.sql}, '')) {way} NULLS LAST")
    return ", ".join([*parts, last]), values


def named(conditions: Sequence[Condition], orders: Sequence[Order], names: Iterable[str]) -> set[str]:
    """Return which columns of some a wish speaks of."""
    spoken = {each.column for each in conditions} | {each.column for each in orders}
    return set(names) if "" in spoken else spoken


def in_order(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words of values in the order of the alphabet, in which such a column is sorted."""
    return dict(sorted(words.items(), key=lambda each: each[1].casefold()))


def _condition(condition: Condition, columns: Mapping[str, SqlColumn]) -> Clause:
    wanted = [columns[condition.column]] if condition.column else list(columns.values())
    clauses = [_of_column(condition, each) for each in wanted]
    text = " OR ".join(f"({clause})" for clause, _values in clauses)
    values = [value for _clause, values in clauses for value in values]
    return (f"NOT coalesce({text}, false)" if condition.is_not else text), values


def _of_column(condition: Condition, column: SqlColumn) -> Clause:
    if column.words is not None:
        fits = _fits(condition)
        known = [value for value, word in column.words.items() if word]
        if condition.operator == "empty" or (condition.operator == "is" and "" in condition.values):
            others = [each for each in known if not fits(column.words[each].casefold())]
            clause = f"coalesce(NOT list_contains(?, {column.sql}), true)"
            return clause, [known if condition.operator == "empty" else others]
        return f"list_contains(?, {column.sql})", [[each for each in known if fits(column.words[each].casefold())]]
    if column.kind == "text":
        return _of_text(condition, f"coalesce({column.sql}, '')")
    if condition.operator == "empty":
        return f"{column.sql} IS NULL", []
    return _OF_KIND[column.kind](condition, column.sql)


def _fits(condition: Condition) -> Callable[[str], bool]:
    if condition.operator == "has":
        return lambda word: any(each in word for each in condition.values)
    if condition.operator == "is":
        return lambda word: word in condition.values
    return condition.span.holds if condition.operator == "span" else lambda _word: False


def _of_text(condition: Condition, sql: str) -> Clause:
    if condition.operator == "empty":
        return f"{sql} = ''", []
    if condition.operator == "is":
        return f"list_contains(?, lower({sql}))", [list(condition.values)]
    if condition.operator == "has":
        return " OR ".join(f"contains(lower({sql}), ?)" for _each in condition.values), list(condition.values)
    clause, values = _within(condition.span, f"lower({sql})")
    return f"{sql} <> '' AND {clause}", values


def _of_number(condition: Condition, sql: str) -> Clause:
    if condition.operator == "span":
        return _within(condition.span, sql)
    if condition.operator == "has":
        shown = _READ.format(sql)
        return " OR ".join(f"contains({shown}, ?)" for _each in condition.values), list(condition.values)
    numbers = [float(each) for each in condition.values if each]
    return f"list_contains(CAST(? AS DOUBLE[]), {sql}){_or_nothing(condition, sql)}", [numbers]


def _of_day(condition: Condition, sql: str) -> Clause:
    if condition.operator == "span":
        return _within(Span(condition.span.low, condition.span.high, has_high=False), sql)
    if condition.operator == "has":
        return _NEVER
    days = [date.fromisoformat(each) for each in condition.values if _is_day(each)]
    return f"list_contains(CAST(? AS DATE[]), {sql}){_or_nothing(condition, sql)}", [days]


def _of_instant(condition: Condition, sql: str) -> Clause:
    if condition.operator == "span":
        low, high = (None if each is None else _ms(each) for each in (condition.span.low, condition.span.high))
        return _within(Span(low, high, has_high=False), sql)
    if condition.operator == "has":
        return _NEVER
    days = [date.fromisoformat(each) for each in condition.values if _is_day(each)]
    spans = [_within(Span(_ms(day), _ms(date.fromordinal(day.toordinal() + 1)), has_high=False), sql) for day in days]
    text = " OR ".join(clause for clause, _values in spans) or "false"
    return text + _or_nothing(condition, sql), [value for _clause, values in spans for value in values]


_OF_KIND: Mapping[Kind, Callable[[Condition, str], Clause]] = {
    "number": _of_number,
    "day": _of_day,
    "instant": _of_instant,
}


def _or_nothing(condition: Condition, sql: str) -> str:
    return f" OR {sql} IS NULL" if "" in condition.values else ""


def _within(span: Span, sql: str) -> Clause:
    parts, values = ["true"], list[Any]()
    if span.low is not None:
        parts.append(f"{sql} {'>=' if span.has_low else '>'} ?")
        values.append(span.low)
    if span.high is not None:
        parts.append(f"{sql} {'<=' if span.has_high else '<'} ?")
        values.append(span.high)
    return " AND ".join(parts), values


def _ms(day: date) -> int:
    """Return when a day begins where the person is."""
    return int(datetime.combine(day, time()).astimezone().timestamp() * 1000)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

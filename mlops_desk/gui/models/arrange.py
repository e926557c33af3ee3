"""Rows as a person wishes them: which ones fit, and in which order; plain functions, at once or on a worker."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from operator import itemgetter
from typing import Any

from mlops_desk.gui.models.cells import cell_text, is_missing, sort_key
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.state import State
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import DAYS, NUMBERS, Condition, Span, Wish

Fits = Callable[[Any], bool]
PIECE_ROWS = 10_000  # a sort cannot be interrupted: of pieces this small nobody notices that the window waits


def shown_text(value: Any, column: Column) -> str:
    """Return a value as a cell shows it, in one line."""
    return cell_text(value, column.cell).replace("\n", " ")


def value_text(value: Any, column: Column) -> str:
    """Return what a cell is, for filters: a number as Python writes it, a day as ISO does, else what it shows."""
    if is_missing(value):
        return ""
    if isinstance(value, State):
        return value.word
    if column.cell in NUMBERS and isinstance(value, int | float):
        return repr(float(value))
    if column.cell in DAYS and isinstance(value, date):
        return _day(value).isoformat()
    return shown_text(value, column)


def arranged(rows: Sequence[Any], columns: Sequence[Column], wish: Wish, stop: Stop | None = None) -> list[Any]:
    """Return the rows that fit, in the order wished; rows that are equal in it keep their places.

    Raises:
        Cancelled: somebody asked to stop.
    """
    found = list(rows)
    if wish.conditions:
        fits = _fits_all([_fitting(each, columns) for each in wish.conditions])
        found = [row for piece in _pieces(found, stop) for row in piece if fits(row)]
    for order in reversed(wish.order):
        column = next((each for each in columns if each.name == order.column), None)
        found = _sorted(found, column.name, order, stop) if column is not None else found
    return found


def counted(rows: Iterable[Any], column: Column) -> list[tuple[Any, int]]:
    """Return the different values of a column, each once with how many rows have it, in their order."""
    first: dict[str, Any] = {}
    counts = Counter[str]()
    for row in rows:
        value = getattr(row, column.name, None)
        text = value_text(value, column)
        first.setdefault(text, value)
        counts[text] += 1
    order = sorted(first, key=lambda text: (not text, sort_key(first[text]) if text else (0, "")))
    return [(first[text], counts[text]) for text in order]


# --- order ----------------------------------------------------------------------------------------


def _sorted(rows: list[Any], name: str, order: Order, stop: Stop | None) -> list[Any]:
    known = [row for piece in _pieces(rows, stop) for row in piece if not is_missing(getattr(row, name, None))]
    missing = [row for piece in _pieces(rows, stop) for row in piece if is_missing(getattr(row, name, None))]
    by = partial(_key, name)
    if len(known) <= PIECE_ROWS:
        return sorted(known, key=by, reverse=order.is_down) + missing
    keyed = [
        sorted(((by(row), row) for row in piece), key=itemgetter(0), reverse=order.is_down)
        for piece in _pieces(known, stop)
    ]
    merged = heapq.merge(*keyed, key=itemgetter(0), reverse=order.is_down)
    return [row for _key, row in merged] + missing


def _key(name: str, row: Any) -> tuple[int, Any]:
    return sort_key(getattr(row, name))


def _pieces(rows: list[Any], stop: Stop | None) -> Iterable[list[Any]]:
    for first in range(0, len(rows), PIECE_ROWS):
        go_on(stop)
        yield rows[first : first + PIECE_ROWS]


# --- conditions -------------------------------------------------------------------------------------


def _fits_all(all_fit: Sequence[Fits]) -> Fits:
    return lambda row: all(fits(row) for fits in all_fit)


def _fitting(condition: Condition, columns: Sequence[Column]) -> Fits:
    named = [each for each in columns if not condition.column or each.name == condition.column]
    fits = partial(_holds, condition, named)
    return (lambda row: not fits(row)) if condition.is_not else fits


def _holds(condition: Condition, columns: Sequence[Column], row: Any) -> bool:
    return any(_cell_holds(condition, column, getattr(row, column.name, None)) for column in columns)


def _cell_holds(condition: Condition, column: Column, value: Any) -> bool:
    if condition.operator == "empty":
        return is_missing(value)
    if condition.operator == "is":
        return value_text(value, column).casefold() in condition.values
    if condition.operator == "has":
        text = shown_text(value, column).casefold()
        return any(each in text for each in condition.values)
    return not is_missing(value) and _is_within(condition.span, column, value)


def _is_within(span: Span, column: Column, value: Any) -> bool:
    if column.cell in DAYS:
        return isinstance(value, date) and span.holds(_day(value))
    if column.cell in NUMBERS:
        return isinstance(value, int | float) and span.holds(float(value))
    return span.holds(value_text(value, column).casefold())


def _day(value: date) -> date:
    """Return the day of an instant where the person is."""
    return value.astimezone().date() if isinstance(value, datetime) else value

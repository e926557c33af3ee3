"""Rows as a person wishes them: stable, empty last, the same at once and in pieces; filters let through what fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.gui.models import arrange
from mlops_desk.gui.models.arrange import arranged, counted
from mlops_desk.gui.models.cells import is_missing, sort_key
from mlops_desk.gui.models.listed import with_order
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.state import State
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import Wish, parse

ON_TRACK = State("ok", "On track")


@dataclass(frozen=True)
class Row:
    id: str
    name: str = ""
    value: float | None = None
    due: date | None = None
    at: datetime | None = None
    state: State = ON_TRACK
    roles: tuple[str, ...] = ()


COLUMNS = (
    Column("name", "Name"),
    Column("value", "Value", "number"),
    Column("due", "Due", "day"),
    Column("at", "At", "instant"),
    Column("state", "State", "state"),
    Column("roles", "Roles", "role"),
)
ROWS = [
    Row("a", "Time to decision", 62.97, date(2026, 3, 31), datetime(2026, 11, 22, 12, tzinfo=UTC)),
    Row("b", "Drift", -3.0, date(2026, 4, 1), state=State("bad", "Off track", "no value")),
    Row("c", "drift of income", None, None, roles=("ml-engineer", "owner")),
]
few = st.builds(
    Row,
    id=st.uuids().map(str),
    name=st.sampled_from(["", "a", "B", "c"]),
    value=st.one_of(st.none(), st.sampled_from([0.0, -1.0, 2.5, 1e9])),
    due=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 4))),
)
orders = st.lists(st.builds(Order, st.sampled_from(["name", "value", "due"]), st.booleans()), max_size=3)
calm = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def _fitting(text: str) -> list[str]:
    return [row.id for row in arranged(ROWS, COLUMNS, Wish(parse(text, COLUMNS).conditions))]


def _key(name: str, numbered: tuple[int, Row]) -> tuple[int, Any]:
    return sort_key(getattr(numbered[1], name))


@calm
@given(st.lists(few, max_size=30), orders)
def test_that_a_sort_is_stable_and_puts_what_is_empty_last(rows: list[Row], order: list[Order]):
    found = arranged(rows, COLUMNS, Wish(order=tuple(order)))
    assert sorted(each.id for each in found) == sorted(each.id for each in rows)
    expected = list(enumerate(rows))
    for each in reversed(order):
        known = [row for row in expected if not is_missing(getattr(row[1], each.column))]
        empty = [row for row in expected if is_missing(getattr(row[1], each.column))]
        known.sort(key=partial(_key, each.column), reverse=each.is_down)
        expected = known + empty
    assert found == [row for _place, row in expected]


@calm
@given(st.lists(few, max_size=40), orders)
def test_that_a_large_table_sorted_in_pieces_comes_out_the_same(rows: list[Row], order: list[Order]):
    wish = Wish(order=tuple(order))
    whole = arranged(rows, COLUMNS, wish)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrange, "PIECE_ROWS", 3)
        assert arranged(rows, COLUMNS, wish) == whole


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("drift", "bc"),
        ("-drift", "a"),
        ("name:=drift", "b"),
        ('name:="drift of income"|"time to decision"', "ac"),
        ("value:>0", "a"),
        ("value:<=-3", "b"),
        ("-value:>0", "bc"),
        ("value:?", "c"),
        ("-value:?", "ab"),
        ("value:-10..0", "b"),
        ("value:=62.97", "a"),
        ("due:2026-01..2026-03", "a"),
        ("due:>2026-03", "b"),
        ("due:=2026-04-01", "b"),
        ("at:2026-11", "a"),
        ("state:off", "b"),
        ('state:="off track"', "b"),
        ("roles:ml", "c"),
        ("name:d..m", "bc"),
    ],
)
def test_that_a_filter_lets_through_what_fits(text: str, ids: str):
    assert _fitting(text) == list(ids)


def test_that_each_value_of_a_column_is_counted_once_and_empty_last():
    again = [*ROWS, replace(ROWS[0], id="d")]
    assert counted(again, COLUMNS[1]) == [(-3.0, 1), (62.97, 2), (None, 1)]
    assert [(str(value.word), n) for value, n in counted(again, COLUMNS[4])] == [("Off track", 1), ("On track", 3)]


def test_that_a_long_sort_stops_when_somebody_asks():
    stop = Stop()
    stop.set()
    with pytest.raises(Cancelled):
        arranged(ROWS, COLUMNS, Wish(order=(Order("name"),)), stop)


def test_that_a_press_goes_up_down_and_away_and_ctrl_keeps_the_others():
    up = with_order((), "name", is_added=False)
    down = with_order(up, "name", is_added=False)
    assert (up, down) == ((Order("name"),), (Order("name", is_down=True),))
    assert with_order(down, "name", is_added=False) == ()
    two = with_order(down, "value", is_added=True)
    assert two == (Order("name", is_down=True), Order("value"))
    assert with_order(two, "name", is_added=True) == (Order("value"),)
    assert with_order(two, "value", is_added=False) == (Order("value", is_down=True),)

"""A table that lies in the store: the same rows as in memory, read a page at a time, and the view keeps its place."""

from __future__ import annotations

import random
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from mlops_desk.catalogue import RULES
from mlops_desk.gui.models import paged as paged_model
from mlops_desk.gui.models.arrange import arranged
from mlops_desk.gui.models.paged import PagedModel, Sheaf
from mlops_desk.gui.pages import records, trail
from mlops_desk.gui.pages.governance import GovernancePage
from mlops_desk.gui.table import table as table_module
from mlops_desk.gui.table.table import Table
from mlops_desk.kernel import clock
from mlops_desk.kernel import paged as kernel_paged
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.paged import Ordered
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import Wish, parse
from mlops_desk.kernel.wish_sql import SqlColumn, order_by, where
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.trail import Wanted
from mlops_desk.workspace.trail_table import TABLE
from tests.gui.steps import ADD_KPI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow

COLUMNS = (
    Column("name", "Name"),
    Column("kind", "Kind"),
    Column("at", "At", "instant"),
    Column("number", "Number", "number"),
    Column("day", "Day", "day"),
)
STORE = duckdb.connect()
WORDS = {"b": "Alpha two", "a": "beta", "c": ""}
SQL = {
    "name": SqlColumn("t.name"),
    "kind": SqlColumn("t.kind", WORDS),
    "at": SqlColumn("t.ms", kind="instant"),
    "number": SqlColumn("t.number", kind="number"),
    "day": SqlColumn("t.day", kind="day"),
}
FILTERS = (
    "name:a",
    "-name:a",
    "name:=a|b",
    'name:=""|b',
    "name:?",
    "-name:?",
    "name:a..b",
    "name:>a",
    "kind:al",
    'kind:="alpha two"',
    "-kind:=beta",
    "kind:?",
    'kind:=""|beta',
    "kind:>b",
    "at:2026-01-02",
    "at:>2026-01-01",
    "at:=2026-01-02",
    "at:?",
    "-at:2026-01",
    "number:1",
    "number:=12.5|1234567",
    "-number:=-0.25",
    "number:1..2000",
    "number:>12.5",
    "number:?",
    "number:e-05",
    "number:1,234,567",
    "number:1,000",
    "number:.4",
    "day:2026-01-02",
    "day:=2026-01-02",
    "day:>2026-01-01",
    "day:2026",
    "-day:?",
    "b",  # words are not looked for in instants: “a” is in January
    "-b",
)


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    kind: str
    at: datetime | None
    code: str = ""
    number: float | None = None
    day: date | None = None


def _row(place: int, name: str, code: str, hour: int | None, number: float | None = None, day: int = 0) -> Row:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) if hour is not None else None
    return Row(f"{place:03}", name, WORDS[code], at, code, number, date(2026, 1, day) if day else None)


hours = st.one_of(st.none(), st.integers(0, 60))
numbers = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 12.5, -0.25, 999.96, 1234.56, 1999.95, 1234567.0, 1.2345e-5]))
some_rows = st.lists(
    st.tuples(st.sampled_from(["", "a", "B", "ab", "c"]), st.sampled_from("abc"), hours, numbers, st.integers(0, 3)),
    min_size=1,
    max_size=12,
)
orders = st.lists(
    st.builds(Order, st.sampled_from([each.name for each in COLUMNS]), st.booleans()),
    max_size=3,
    unique_by=lambda each: each.column,
)


@settings(deadline=None, max_examples=80)
@given(some_rows, st.lists(st.sampled_from(FILTERS), max_size=2), orders)
def test_that_the_store_gives_the_same_rows_in_the_same_order_as_memory(
    made: list[tuple[str, str, int | None, float | None, int]], filters: list[str], order: list[Order]
):
    rows = [_row(number, *each) for number, each in enumerate(made)]
    conditions = parse(" ".join(filters), COLUMNS).conditions
    clause, values = where(conditions, SQL)
    way, more = order_by(order, SQL, "t.id")
    with STORE.cursor() as store:
        ms = [int(each.at.timestamp() * 1000) if each.at else None for each in rows]
        store.execute(
            "CREATE OR REPLACE TABLE t AS SELECT unnest(?) AS id, unnest(?) AS name, unnest(?) AS kind, "
            "unnest(CAST(? AS BIGINT[])) AS ms, "
            "unnest(CAST(? AS DOUBLE[])) AS number, unnest(CAST(? AS DATE[])) AS day",
            [[getattr(row, name) for row in rows] for name in ("id", "name", "code")]
            + [ms, [each.number for each in rows], [each.day for each in rows]],
        )
        found = store.execute(f"SELECT id FROM t WHERE {clause} ORDER BY {way}", [*values, *more]).fetchall()
    expected = arranged(rows, COLUMNS, Wish(conditions, tuple(order)))
    assert [id_ for (id_,) in found] == [each.id for each in expected]


# --- the model ----------------------------------------------------------------------------------


def _sheaf(places: list[int], pages: dict[int, list[Any]] | None = None, found: dict[str, int] | None = None) -> Sheaf:
    return Sheaf(Ordered(array("q", places), len(places), found or {}), pages or {}, None, clock.now())


def _rows(places: range) -> list[Row]:
    return [_row(each, f"row {each}", "a", None) for each in places]


@pytest.fixture
def model(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> PagedModel:
    monkeypatch.setattr(paged_model, "PAGE_ROWS", 10)
    made = PagedModel(COLUMNS)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)  # type: ignore[attr-defined]
    return made


def test_that_a_page_is_asked_for_when_it_is_looked_at_and_those_passed_by_are_not(model: PagedModel):
    asked: list[tuple[int, Any]] = []
    model.page_wanted.connect(lambda page, of: asked.append((page, of)))
    model.show(_sheaf(list(range(1000)), {0: _rows(range(10))}))
    asked.clear()
    assert model.row(3).id == "003"
    assert [model.row(number) for number in (995, 15, 25, 35, 45, 55, 65)] == [None] * 7
    assert [page for page, _of in asked] == [99, 1], "two at once; who scrolls on is served where they stop"
    (number, places) = asked[1][1]
    assert list(places) == list(range(10, 20))
    model.take_page((number, 1, _rows(range(10, 20))))
    assert model.row(15).id == "015"
    assert asked[-1][0] == 6, "the newest first"
    model.show(_sheaf(list(range(500)), {0: _rows(range(10))}))
    model.take_page((number, 3, _rows(range(30, 40))))
    assert model.row(35) is None, "a page of an order before comes too late"


def test_that_only_some_pages_are_kept(model: PagedModel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paged_model, "PAGES_KEPT", 2)
    model.show(_sheaf(list(range(100)), {0: _rows(range(10))}))
    for page in (1, 2):
        assert model.row(page * 10) is None
        model.take_page((1, page, _rows(range(page * 10, page * 10 + 10))))
    assert model.row(0) is None
    assert [row.id for row in model.here()][:2] == ["010", "011"]
    assert model.place_of("025") == 25
    assert model.loaded([11, 25]) is not None
    assert model.loaded([1, 11]) is None


def test_that_an_order_that_brings_news_waits_and_the_same_one_moves_nothing(model: PagedModel):
    resets: list[int] = []
    model.show(_sheaf(list(range(20)), {0: _rows(range(10))}))
    model.modelReset.connect(lambda: resets.append(1))
    model.show(_sheaf(list(range(20)), {0: _rows(range(10))}), keeps_view=True)
    assert resets == []
    model.show(_sheaf([*range(100, 105), *range(20)]), keeps_view=True)
    assert (model.held, model.rowCount(), resets) == (5, 20, [])
    model.let_in()
    assert (model.held, model.rowCount(), resets) == (0, 25, [1])


# --- the trail ----------------------------------------------------------------------------------


@pytest.fixture
def page(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> GovernancePage:
    """Return the trail of 12 entries, in pages of 4."""
    for module in (paged_model, kernel_paged, records, table_module):
        monkeypatch.setattr(module, "PAGE_ROWS", 4)
    elsewhere(*(ADD_KPI(name=f"KPI {number}") for number in range(10)), RULES.acts["use-case.add"](name="Fair credit"))
    window.desk.refresh()
    settled()
    window.go("governance", trail.TRAIL.noun)
    settled()
    assert isinstance(window.stack.page, GovernancePage)
    return window.stack.page


def _abouts(table: Table, settled: Callable[[], None]) -> list[str]:
    found = []
    for number in range(table.model.rowCount()):
        if table.model.row(number) is None:
            settled()
        found.append(table.model.row(number).about)
    return found


def test_that_the_trail_is_read_by_pages_sorted_filtered_chosen_and_written(
    page: GovernancePage, settled: Callable[[], None], tmp_path: Path
):
    table = page.table
    assert table is not None
    total = table.model.total
    assert _abouts(table, settled)[:3] == ["Fair credit", "KPI 9", "KPI 8"]
    assert len(_abouts(table, settled)) == total == 12
    assert table.choose(next(row.id for row in table.model.here() if row.about == "KPI 4"))
    table.model.sort_by((Order("about"),))
    settled()
    assert _abouts(table, settled)[:3] == ["Fair credit", "KPI 0", "KPI 1"]
    assert table.chosen.about == "KPI 4", "found again in the new order"
    QTest.keyClicks(table.filter, "what:kpi -about:9")
    settled()
    assert _abouts(table, settled) == [f"KPI {number}" for number in range(9)]
    assert table.foot.text().startswith("9 of 12 rows")
    table.grid.selectAll()
    table.grid.copy()
    settled()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 9
    table.show_values(3)
    settled()
    assert table.values is not None
    assert "Add KPI   10" in [table.values.list.item(each).text() for each in range(table.values.list.count())]
    table.values.close()
    table.export()
    assert table.export_sheet is not None
    table.export_sheet.file.setText(str(tmp_path / "trail.csv"))
    table.export_sheet.submit()
    settled()
    assert len((tmp_path / "trail.csv").read_text().splitlines()) == 10
    table.export()
    table.export_sheet.rows.setCurrentIndex(1)
    table.export_sheet.file.setText(str(tmp_path / "all.csv"))
    table.export_sheet.submit()
    settled()
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 13


def test_that_news_of_the_trail_wait_while_somebody_reads(
    page: GovernancePage, window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    table = page.table
    assert table is not None
    table.grid.selectRow(1)
    elsewhere(ADD_KPI(name="New"))
    window.desk.refresh()
    settled()
    assert table.news.isVisible()
    assert table.model.rowCount() == 12
    QTest.mouseClick(table.news, Qt.MouseButton.LeftButton)
    settled()
    assert _abouts(table, settled)[:2] == ["New", "Fair credit"]
    assert table.chosen.about == "KPI 9"


def test_that_each_column_of_the_trail_is_sorted_filtered_and_counted_as_its_words_say(
    project: Path, elsewhere: Callable[..., None]
):
    elsewhere(*(ADD_KPI(name=f"KPI {number}") for number in random.Random(3).sample(range(8), 8)))
    with ThreadPoolExecutor(1) as worker:  # as in the window, where the UI thread asks nothing
        worker.submit(_check_columns, project).result()


def _check_columns(project: Path) -> None:
    with Workspace(project) as workspace:
        lines = workspace.ask(trail.lines)
        names = [each.name for each in trail.TRAIL.columns]
        for name in names:
            for is_down in (False, True):
                wish = Wish(order=(Order(name, is_down),))
                found = workspace.ask(TABLE.ordered, Wanted(), wish)
                shown = workspace.ask(trail.lines_at, found.places)
                assert [row.id for row in shown if row] == [
                    row.id for row in arranged(lines, trail.TRAIL.columns, wish)
                ]
        for text in ('who:="Ana Lima"', "kpi", "-kpi", 'verdict:="Counts"', "as:owner", "when:2026", "reason:?"):
            wish = Wish(parse(text, trail.TRAIL.columns).conditions)
            found = workspace.ask(TABLE.ordered, Wanted(), wish)
            assert len(found.places) == len(arranged(lines, trail.TRAIL.columns, wish)), text
        assert workspace.ask(TABLE.counts, Wanted(), "who") == [("Ana Lima", len(lines))]

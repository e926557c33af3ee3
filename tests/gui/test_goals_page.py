"""The Goals page: a tree that opens by keys, periods, bullet bars and sparklines, and a check-in in place."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.pages.goals import ALL, GoalsPage
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.gauge import paint_gauge
from mlops_desk.gui.widgets.spark import _stretches, paint_trace
from mlops_desk.gui.widgets.twig import arrow_box
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.figures import Gauge, Trace
from tests.gui.steps import goals, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table

KPI: dict[str, Any] = {"unit": "min", "better": "down", "baseline": 95.0, "target": 40.0, "rhythm": 14}


@pytest.fixture
def page(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> GoalsPage:
    """Return the page on two objectives, one above the other, and one in three years."""
    act, begin, end = RULES.act, today() - timedelta(days=30), today() + timedelta(days=1)
    later = {"start": today() + timedelta(days=1100), "due": today() + timedelta(days=1200)}
    elsewhere(
        act("kpi.add", name="Time to decision", start=begin, due=today() + timedelta(days=30), **KPI),
        act("objective.add", name="Trust", start=begin, due=end),
        act("objective.add", name="In one hour", parent="Trust", start=begin, due=end),
        act("objective.add", name="Later", **later),
        act("key-result.add", name="From 95 to 40", objective="In one hour", kpi="Time to decision"),
        RecordCheckIn(kpi="Time to decision", value=60.0, on=today() - timedelta(days=2)),
    )
    window.desk.refresh()
    settled()
    found = goals(window, settled, "objective")
    assert isinstance(found, GoalsPage)
    return found


def steps(page: GoalsPage) -> list[str]:
    model = table(page).model
    return [str(model.row(number).twig) for number in range(model.rowCount())]


def heard(shown: Table, row: int, name: str) -> str:
    place = next(number for number, each in enumerate(shown.model.columns) if each.name == name)
    return str(shown.model.index(row, place).data(Qt.ItemDataRole.AccessibleTextRole))


def test_that_the_tree_opens_and_closes_by_keys_and_by_its_arrow(
    page: GoalsPage, qtbot: QtBot, settled: Callable[[], None], tmp_path: Path
):
    shown = table(page)
    grid = shown.grid
    assert steps(page) == ["Trust", "In one hour", "From 95 to 40"]
    grid.setFocus()
    grid.setCurrentIndex(shown.model.index(2, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().row() == 1, "from a leaf to what it stands under"
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert steps(page) == ["Trust", "In one hour"]
    assert heard(shown, 1, "twig") == "Objective or key result: In one hour, level 2, closed"
    shown.bar.line.setText("95")
    settled()
    assert steps(page) == ["From 95 to 40"], "a filter looks into what is closed"
    shown.bar.line.setText("")
    settled()
    grid.setCurrentIndex(shown.model.index(1, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert steps(page) == ["Trust", "In one hour", "From 95 to 40"]
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().column() == 1, "what is open already lets the key go on"
    cell = grid.visualRect(shown.model.index(0, 0)).adjusted(10, 0, -10, 0)
    place: QPoint = arrow_box(cell, shown.model.row(0).twig).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert steps(page) == ["Trust"]
    file = tmp_path / "all.csv"
    shown.source.write_all(str(file), "csv", lambda _written: None, page.desk.refuse)
    settled()
    assert "From 95 to 40" in file.read_text(), "everything is also what is closed"


def test_that_the_rows_say_what_they_draw_and_each_is_its_own_record(
    page: GoalsPage, window: MainWindow, settled: Callable[[], None]
):
    shown = table(page)
    assert heard(shown, 2, "gauge").startswith("Value on its way: 60 min, target 40, expected today ")
    assert page.sentence.text().startswith("1 of 1 key results on track. Where it ends is not known")
    shown.grid.selectRow(2)
    settled()
    assert window.inspector.shown is not None
    assert (window.inspector.shown.noun, window.inspector.shown.title) == ("key-result", "From 95 to 40")
    shown.editing.begin()
    settled()
    assert isinstance(window.form, Form)
    assert window.form.act is RULES.acts["key-result.edit"]
    window.form.close()


def test_that_the_period_is_switched_said_and_kept_for_the_window(
    page: GoalsPage, window: MainWindow, settled: Callable[[], None]
):
    assert "Later" not in steps(page)
    page.periods.setCurrentIndex(page.periods.findData(ALL))
    settled()
    assert "Later" in steps(page)
    assert window.desk.left.goals_period == ALL
    again = GoalsPage(window.desk, page.place, window)
    assert again.period == ""
    again.deleteLater()


def test_that_an_empty_period_says_so_and_leads_to_all(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    begin = today() + timedelta(days=1100)
    elsewhere(RULES.act("objective.add", name="Later", start=begin, due=begin + timedelta(days=9)))
    window.desk.refresh()
    settled()
    page = goals(window, settled, "objective")
    assert isinstance(page, GoalsPage)
    assert table(page).empty.sentence == f"No objective touches {page.period}."
    table(page).act_wanted.emit(ALL)
    settled()
    assert steps(page) == ["Later"]


def test_that_a_record_that_is_looked_for_is_found_under_what_is_closed(page: GoalsPage, settled: Callable[[], None]):
    shown = table(page)
    result = shown.model.row(2).id
    shown.grid.setCurrentIndex(shown.model.index(0, 0))
    assert page.tree is not None
    page.tree.turn(shown.model.row(0), is_open=False)
    assert steps(page) == ["Trust"]
    page.choose(result)
    settled()
    assert shown.chosen.id == result


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_bars_and_lines_differ_in_shape_for_what_differs(look: str, qapp: object) -> None:
    theme().choose(look)
    value: dict[str, Any] = {"begin": 0.0, "target": 10.0, "expected": 6.0}
    drawn = {
        name: picture(partial(_bar, each))
        for name, each in {
            "fine": Gauge(value=7.0, level="ok", **value),
            "at risk": Gauge(value=7.0, level="warn", **value),
            "off track": Gauge(value=7.0, level="bad", **value),
            "not known": Gauge(value=None, **value),
            "no aim": Gauge(value=7.0),
            "band": Gauge(value=7.0, low=2.0, high=9.0, level="ok"),
        }.items()
    }
    assert len(set(drawn.values())) == len(drawn), "each state has its own shape, in grey too"
    whole = Trace((1, 2, 3, 4), (1.0, 2.0, 3.0, 4.0), 2, 5.0)
    torn = Trace((1, 2, 8, 9), (1.0, 2.0, 3.0, 4.0), 2, 5.0)
    assert _stretches(torn) == [(0, 1), (2, 3)]
    lines = {picture(partial(_line, each)) for each in (whole, torn, Trace((), (), 2))}
    assert len(lines) == 3


def _bar(gauge: Gauge, painter: QPainter, box: QRect) -> None:
    paint_gauge(painter, box, gauge)


def _line(trace: Trace, painter: QPainter, box: QRect) -> None:
    paint_trace(painter, box, trace)


def picture(paint: Callable[[QPainter, QRect], None]) -> bytes:
    """Return what is painted, without colours."""
    image = QImage(230, 30, QImage.Format.Format_RGB32)
    image.fill(theme().colour("bg.surface"))
    painter = QPainter(image)
    paint(painter, image.rect())
    painter.end()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(grey.constBits())


def test_that_kpis_show_their_last_values_and_changes(page: GoalsPage, window: MainWindow, settled: Callable[[], None]):
    shown = table(goals(window, settled))
    assert heard(shown, 0, "trace") == "Last values: one value, 60"
    assert {"trace", "change", "expected", "target"} <= {each.name for each in shown.model.columns}
    assert [each.noun for _area, each in page.tabs][:3] == ["objective", "kpi", "use-case"]
    page.turn_to("alignment")
    assert page.tab == "objective", "the tree by its name on the command line"

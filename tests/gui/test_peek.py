"""Peek: Space shows a row, arrows move it along, Enter goes there, Esc closes; narrow, it lies over the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from mlops_desk.gui.theme import theme
from tests.gui.access_walk import faults
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.grid import Grid

SPACE, ENTER, ESCAPE, DOWN = Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down


@pytest.fixture
def grid(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> Grid:
    elsewhere(ADD_KPI(**KPI), ADD_KPI(name="Overrule rate"))
    window.desk.refresh()
    settled()
    found = table(goals(window, settled)).grid
    found.setFocus()
    return found


def narrow(window: MainWindow, qtbot: QtBot, settled: Callable[[], None]) -> None:
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: window.beside.is_over, timeout=2000)
    settled()


def test_that_space_shows_and_the_focus_stays_while_the_arrows_move_it_along(
    window: MainWindow, grid: Grid, qtbot: QtBot, settled: Callable[[], None]
):
    narrow(window, qtbot, settled)
    grid.selectRow(0)
    settled()
    assert not window.beside.is_open, "where it would cover the table, choosing a row alone does not open it"
    qtbot.keyClick(grid, SPACE)
    settled()
    assert window.inspector.isVisible()
    assert grid.hasFocus()
    first = window.inspector.shown
    assert first is not None
    qtbot.keyClick(grid, DOWN)
    settled()
    assert window.inspector.shown is not None
    assert window.inspector.shown.title != first.title
    assert grid.hasFocus()
    qtbot.keyClick(grid, ESCAPE)
    assert not window.beside.is_open
    assert grid.hasFocus()
    assert grid.selectionModel().hasSelection()


def test_that_enter_opens_and_goes_there_and_esc_leads_back(
    window: MainWindow, grid: Grid, qtbot: QtBot, settled: Callable[[], None]
):
    grid.selectRow(0)
    settled()
    qtbot.keyClick(grid, ENTER)
    settled()
    focused = window.focusWidget()
    assert focused is not None
    assert focused is window.inspector.check_in.value, "of a KPI that is the value to check in"
    qtbot.keyClick(focused, ESCAPE)
    assert not window.beside.is_open
    assert grid.hasFocus()
    qtbot.keyClick(grid, DOWN)
    settled()
    assert not window.beside.is_open, "whoever closed it asks for it again"
    qtbot.keyClick(grid, SPACE)
    settled()
    assert window.beside.is_open


def test_that_esc_takes_the_filter_away_once_nothing_is_open(
    window: MainWindow, grid: Grid, qtbot: QtBot, settled: Callable[[], None]
):
    shown = window.stack.page.table if window.stack.page is not None else None
    assert shown is not None
    shown.filter.setText("rate")
    grid.selectRow(0)
    settled()
    qtbot.keyClick(grid, ESCAPE)
    assert shown.filter.text() == "rate"
    qtbot.keyClick(grid, ESCAPE)
    assert shown.filter.text() == ""


def test_that_it_lies_over_a_narrow_page_and_stands_beside_a_wide_one(
    window: MainWindow, grid: Grid, qtbot: QtBot, settled: Callable[[], None]
):
    window.show_inspector()
    settled()
    assert window.stack.width() + window.inspector.width() <= window.split.width()
    narrow(window, qtbot, settled)
    assert window.inspector.isVisible()
    assert window.stack.width() == window.split.width(), "the page keeps its width"
    assert window.inspector.geometry().right() == window.split.geometry().right()
    assert faults(window.inspector) == []
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: not window.beside.is_over, timeout=2000)
    settled()
    assert window.inspector.isVisible()
    assert window.stack.width() + window.inspector.width() <= window.split.width()


def test_that_its_width_can_be_changed_without_a_mouse(window: MainWindow, grid: Grid, settled: Callable[[], None]):
    window.show_inspector()
    settled()
    before = window.inspector.width()
    window.commands.look()
    window.commands.run("inspector-wider")
    settled()
    assert window.inspector.width() > before
    for _time in range(20):
        window.commands.run("inspector-narrower")
    settled()
    assert window.inspector.width() >= theme().px(270)

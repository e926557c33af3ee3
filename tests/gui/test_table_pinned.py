"""The first column stays while the others are scrolled: one table for mouse, keys and those who hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest

from mlops_desk.gui.table import pinned
from mlops_desk.gui.theme import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.table.table import Table


@pytest.fixture
def scrolled(kpis: Table) -> Table:
    """Return the table so narrow that it must be scrolled, at its right end."""
    kpis.resize(420, 400)
    for column in range(kpis.model.columnCount()):
        kpis.grid.setColumnWidth(column, 150)
    kpis.grid.horizontalScrollBar().setValue(kpis.grid.horizontalScrollBar().maximum())
    assert kpis.grid.head.offset() > 150
    return kpis


def first_cell(table: Table, row: int = 0) -> QPoint:
    return QPoint(30, table.grid.rowViewportPosition(row) + 8)


def strip_of(table: Table) -> QImage:
    box = pinned.strip(table.grid.head, table.grid.viewport().height())
    return table.grid.viewport().grab(box.adjusted(0, 0, -1, 0)).toImage()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_it_is_drawn_as_it_is_where_nothing_is_scrolled(scrolled: Table, name: str):
    theme().choose(name)
    beside = strip_of(scrolled)
    title = scrolled.grid.head.grab(scrolled.grid.head.rect().adjusted(0, 0, -300, 0)).toImage()
    bar = scrolled.grid.horizontalScrollBar()
    for value in (7, bar.maximum() // 2, 3, bar.maximum()):
        bar.setValue(value)
        assert strip_of(scrolled) == beside, "scrolling leaves nothing of others there"
    bar.setValue(0)
    assert pinned.strip(scrolled.grid.head, 100).isEmpty()
    at_home = scrolled.grid.viewport().grab(scrolled.grid.visualRect(scrolled.model.index(0, 0))).toImage()
    assert at_home.copy(0, 0, 140, at_home.height()) == beside.copy(0, 0, 140, at_home.height())
    home = scrolled.grid.head.grab(scrolled.grid.head.rect().adjusted(0, 0, -300, 0)).toImage()
    assert home.copy(0, 0, 100, home.height()) == title.copy(0, 0, 100, title.height())


def test_that_a_press_on_it_chooses_its_cell_and_a_press_beside_it_the_others(scrolled: Table):
    grid = scrolled.grid
    assert grid.indexAt(first_cell(scrolled, 1)).column() == 0
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=first_cell(scrolled, 1))
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (1, 0)
    assert grid.head.offset() > 150, "what is seen already is not scrolled to"
    beside = QPoint(300, first_cell(scrolled).y())
    assert grid.indexAt(beside).column() == grid.columnAt(300) > 0


def test_that_keys_bring_a_cell_out_from_under_it(scrolled: Table):
    grid = scrolled.grid
    last = grid.shown_columns()[-1]
    grid.setCurrentIndex(scrolled.model.index(0, last))
    for column in reversed(grid.shown_columns()[1:-1]):
        QTest.keyClick(grid, Qt.Key.Key_Left)
        assert grid.currentIndex().column() == column
        assert not grid.visualRect(grid.currentIndex()).intersects(pinned.strip(grid.head, 400))
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().column() == 0
    assert grid.visualRect(grid.currentIndex()).left() == 0


def test_that_its_title_sorts_and_is_drawn_wider_where_it_is_seen(scrolled: Table):
    head = scrolled.grid.head
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert [each.column for each in scrolled.model.wish.order] == [scrolled.model.columns[0].name]
    QTest.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(148, 10))
    QTest.mouseMove(head.viewport(), QPoint(170, 10))
    QTest.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(170, 10))
    assert head.sectionSize(0) > 160
    wanted: list[int] = []
    head.menu_wanted.connect(wanted.append)
    head.customContextMenuRequested.emit(QPoint(40, 10))
    assert wanted == [0]


def test_that_the_first_one_is_the_first_that_is_shown(scrolled: Table):
    grid = scrolled.grid
    grid.move_column(2, 0)
    assert pinned.first_shown(grid.head) == 2
    assert grid.indexAt(first_cell(scrolled)).column() == 2
    grid.setColumnHidden(2, True)
    assert pinned.first_shown(grid.head) == 0


def test_that_a_column_wider_than_half_of_the_view_is_scrolled_with_the_others(scrolled: Table):
    scrolled.grid.setColumnWidth(0, 300)
    scrolled.grid.horizontalScrollBar().setValue(200)
    assert pinned.strip(scrolled.grid.head, 100).isEmpty()
    assert scrolled.grid.visualRect(scrolled.model.index(0, 0)).left() == -scrolled.grid.head.offset() < 0


def test_that_who_hears_it_finds_one_table_with_the_cell_where_it_is_seen(scrolled: Table):
    found = QAccessible.queryAccessibleInterface(scrolled.grid)
    cells = [found.child(at) for at in range(found.childCount())]
    assert found.childCount() == (scrolled.model.rowCount() + 1) * (scrolled.model.columnCount() + 1)
    named = [each for each in cells if "Drift" in each.text(QAccessible.Text.Name)]
    [cell] = [each for each in named if each.role() == QAccessible.Role.Cell]
    assert cell.rect().left() == scrolled.grid.viewport().mapToGlobal(QPoint(0, 0)).x()


def test_that_it_stays_at_the_right_where_people_read_from_there(scrolled: Table, qtbot: QtBot):
    scrolled.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    grid = scrolled.grid
    grid.horizontalScrollBar().setValue(grid.horizontalScrollBar().maximum())
    qtbot.waitUntil(lambda: grid.head.offset() > 0)
    box = pinned.strip(grid.head, 100)
    assert box.right() == grid.head.viewport().width() - 1
    assert grid.indexAt(QPoint(box.center().x(), first_cell(scrolled).y())).column() == 0

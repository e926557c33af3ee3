"""Sort and filter on a page: titles, keys, values with ticks, chips, what was used before, and what is said aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest

from mlops_desk.gui.models import rows as rows_model
from mlops_desk.gui.table import table as table_module
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel import settings
from mlops_desk.kernel.view import Order
from tests.gui.steps import ADD_KPI, EDIT_KPI, goals, shown_menu, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table


def _shown(kpis: Table) -> list[str]:
    return [kpis.model.row(number).name for number in range(kpis.model.rowCount())]


def _place(kpis: Table, name: str) -> int:
    return next(number for number, each in enumerate(kpis.model.columns) if each.name == name)


def _press_title(kpis: Table, name: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    head, place = kpis.grid.head, _place(kpis, name)
    at = QPoint(head.sectionViewportPosition(place) + 12, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, keys, at)


def _chips(kpis: Table) -> list[Button]:
    return [each for each in kpis.bar.chips.findChildren(Button) if each.isVisible()]


def test_that_titles_sort_by_one_column_and_with_ctrl_by_more(kpis: Table):
    _press_title(kpis, "target")
    assert kpis.model.wish.order == (Order("target"),)
    QTest.keyPress(kpis, Qt.Key.Key_Control)
    _press_title(kpis, "name", Qt.KeyboardModifier.ControlModifier)
    QTest.keyRelease(kpis, Qt.Key.Key_Control)
    kpis.sort(kpis.model.columns[_place(kpis, "name")], is_down=True, is_added=True)
    assert _shown(kpis) == ["Drift", "Cost", "Approval"]
    across, role = Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
    assert kpis.model.headerData(_place(kpis, "name"), across, role) == "KPI (sorted down, 2)"
    _press_title(kpis, "target")
    _press_title(kpis, "target")
    assert not kpis.model.wish.order


def test_that_enter_makes_chips_and_a_chip_takes_its_filter_away(kpis: Table, settled: Callable[[], None]):
    QTest.keyClicks(kpis.filter, "unit:% -drift")
    assert _shown(kpis) == ["Approval"]
    QTest.keyClick(kpis.filter, Qt.Key.Key_Return)
    assert kpis.filter.text() == ""
    assert [each.text().strip() for each in _chips(kpis)] == ["Unit: %", "not drift"]
    assert _shown(kpis) == ["Approval"]
    QTest.mouseClick(_chips(kpis)[1], Qt.MouseButton.LeftButton)
    assert sorted(_shown(kpis)) == ["Approval", "Drift"]
    settled()
    assert settings.load().tables["kpi list"].filters == ["unit:% -drift"]


def test_that_twenty_filters_are_offered_again_the_newest_first(kpis: Table, settled: Callable[[], None]):
    for number in [*range(21), 5]:
        kpis.bar.clear()
        kpis.filter.setText(f"-nothing{number}")
        kpis.bar.keep()
    settled()
    kept = settings.load().tables["kpi list"].filters
    assert kept[:3] == ["-nothing5", "-nothing20", "-nothing19"]
    assert len(kept) == 20
    kpis.bar.clear()
    QTest.keyClick(kpis.filter, Qt.Key.Key_Down)
    menu = shown_menu(kpis)
    assert menu.actions()[0].text() == "not nothing5"
    menu.actions()[1].trigger()
    menu.close()
    assert kpis.bar.text == "-nothing20"


def test_that_a_word_that_cannot_be_read_is_said_beside_the_line(kpis: Table):
    kpis.filter.setText("target:>ten unit:EUR")
    assert kpis.bar.fault.isVisible()
    assert kpis.bar.fault.text() == "“ten” is not a number."
    assert _shown(kpis) == ["Cost"]


def test_that_alt_down_shows_values_with_counts_and_what_is_ticked_is_shown(kpis: Table, settled: Callable[[], None]):
    kpis.grid.setCurrentIndex(kpis.model.index(0, _place(kpis, "owner")))
    QTest.keyClick(kpis.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settled()
    shown = kpis.values
    assert shown is not None
    assert [shown.list.item(each).text() for each in range(3)] == [
        "ML Engineer   1",
        "Product Designer   1",
        "empty   1",
    ]
    shown.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    QTest.keyClick(shown.list, Qt.Key.Key_Return)
    assert sorted(_shown(kpis)) == ["Approval", "Cost"]
    assert [each.text().strip() for each in _chips(kpis)] == ["Owner: Product Designer or empty"]
    kpis.show_values(_place(kpis, "owner"))
    settled()
    assert kpis.values is not None
    assert kpis.values.texts() == ["Product Designer", ""]
    kpis.values._tick_all(is_on=True)
    kpis.values._choose()
    assert kpis.bar.text == ""


def test_that_the_values_also_sort_without_a_mouse(kpis: Table, settled: Callable[[], None]):
    kpis.show_values(_place(kpis, "name"))
    settled()
    assert kpis.values is not None
    button = next(each for each in kpis.values.findChildren(Button) if each.stands_for is True)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert _shown(kpis) == ["Drift", "Cost", "Approval"]


def test_that_the_menu_of_a_cell_shows_only_this_value_or_the_others(kpis: Table):
    place = kpis.model.place_of(kpis.model.row(0).id)
    first = kpis.model.row(place).name
    kpis.grid.selectRow(place)
    menu = kpis.cell_menu.made(kpis.model.index(place, 0))
    assert [each.text() for each in menu.actions()][:2] == [f"Only “{first}”", f"Not “{first}”"]
    menu.actions()[1].trigger()
    assert first not in _shown(kpis)
    assert len(_shown(kpis)) == 2
    kpis.bar.clear()
    menu.actions()[0].trigger()
    assert _shown(kpis) == [first]
    menu.close()


def test_that_the_menu_of_a_row_also_holds_its_acts_and_begins_them(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(name="Drift"))
    window.desk.refresh()
    settled()
    kpis = table(goals(window, settled))
    kpis.grid.selectRow(0)
    kpis.grid.customContextMenuRequested.emit(QPoint(10, 10))
    menu = shown_menu(kpis)
    edit = next(each for each in menu.actions() if each.data() is EDIT_KPI)
    edit.trigger()
    menu.close()
    settled()
    assert window.form is not None
    window.form.close()


def test_that_the_count_is_said_once_the_typing_has_paused(kpis: Table, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []
    monkeypatch.setattr(table_module, "announce", lambda _widget, text: told.append(text))
    QTest.keyClicks(kpis.filter, "drift")
    qtbot.waitUntil(lambda: bool(told), timeout=3000)
    assert len(told) == 1
    assert told[0].startswith("1 of 3 rows")


def test_that_an_announcement_reaches_those_who_listen(kpis: Table, monkeypatch: pytest.MonkeyPatch):
    events: list[QAccessibleAnnouncementEvent] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", events.append)
    announce(kpis, "1 of 3 rows")
    assert [each.message() for each in events] == ["1 of 3 rows"]
    assert events[0].politeness() == QAccessible.AnnouncementPoliteness.Polite


def test_that_a_large_table_is_sorted_on_a_worker_and_keeps_what_was_chosen(
    kpis: Table, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rows_model, "LARGE_ROWS", 1)
    kpis.choose(next(row.id for row in kpis.model.here() if row.name == "Cost"))
    before = _shown(kpis)
    kpis.model.sort_by((Order("name", is_down=True),))
    assert _shown(kpis) == before
    assert kpis.foot.text() == "Sorting…"
    settled()
    assert _shown(kpis) == ["Drift", "Cost", "Approval"]
    assert kpis.chosen.name == "Cost"
    assert kpis.foot.text().startswith("3 rows")


def test_that_a_later_wish_wins_over_one_that_is_still_worked_on(
    kpis: Table, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rows_model, "LARGE_ROWS", 1)
    kpis.model.sort_by((Order("name", is_down=True),))
    kpis.model.sort_by((Order("name"),))
    settled()
    assert _shown(kpis) == ["Approval", "Cost", "Drift"]

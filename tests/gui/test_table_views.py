"""Columns and views: what is shown, in which order, kept on this machine or shared with the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from mlops_desk.gui.table.columns import ColumnsDialog
from mlops_desk.gui.table.views import ViewSheet
from mlops_desk.kernel import settings
from mlops_desk.kernel.view import Order, View
from tests.gui.steps import ADD_KPI, goals, shown_menu, table
from tests.gui.table_of_kpis import LISTING, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table


def _titles(kpis: Table) -> list[str]:
    return [kpis.model.columns[each].title for each in kpis.grid.shown_columns()]


def _dialog(kpis: Table) -> ColumnsDialog:
    kpis.choose_columns()
    assert kpis.column_sheet is not None
    return kpis.column_sheet


def _entry(menu: QMenu, text: str) -> QAction:
    return next(each for each in menu.actions() if each.text() == text)


def test_that_columns_are_hidden_moved_and_brought_back_by_buttons(kpis: Table):
    dialog = _dialog(kpis)
    dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert _titles(kpis) == ["KPI", "Unit", "Owner"]
    dialog.list.setCurrentRow(3)
    QTest.mouseClick(dialog.up, Qt.MouseButton.LeftButton)
    assert _titles(kpis) == ["KPI", "Owner", "Unit"]
    QTest.keyClicks(dialog.search, "own")
    assert [dialog.list.isRowHidden(each) for each in range(4)] == [True, True, False, True]
    kpis.grid.selectRow(0)
    kpis.grid.copy("titled")
    assert QGuiApplication.clipboard().text() == "KPI\tOwner\tUnit\nDrift\tML Engineer\t%"
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert _titles(kpis) == ["KPI", "Target", "Unit", "Owner"]
    dialog.close()


def test_that_the_last_column_stays(kpis: Table):
    dialog = _dialog(kpis)
    for place in range(4):
        dialog.list.item(place).setCheckState(Qt.CheckState.Unchecked)
    assert _titles(kpis) == ["Owner"]
    assert dialog.list.item(3).checkState() == Qt.CheckState.Checked
    dialog.close()


def test_that_empty_columns_are_hidden_at_a_press(kpis: Table):
    kpis.bar.show_text("unit:EUR")
    dialog = _dialog(kpis)
    QTest.mouseClick(dialog.hide_empty, Qt.MouseButton.LeftButton)
    assert _titles(kpis) == ["KPI", "Target", "Unit"]
    dialog.close()


def test_that_a_view_of_mine_brings_filter_order_and_columns_back(kpis: Table, settled: Callable[[], None]):
    kpis.bar.show_text("unit:%")
    kpis.model.sort_by((Order("target", is_down=True),))
    kpis.grid.show_columns([0, 2])
    kpis.views.ask_name()
    sheet = kpis.views.sheet
    assert isinstance(sheet, ViewSheet)
    sheet.submit()
    assert sheet.banner.sentence == "Give the view a name."
    sheet.name.setText("Percent")
    sheet.submit()
    settled()
    assert settings.load().tables["kpi list"].views == [View("Percent", "unit:%", ("-target",), ("name", "unit"))]
    kpis.views.use(View())
    assert (kpis.bar.text, kpis.model.wish.order, len(_titles(kpis))) == ("", (), 4)
    kpis.views.show()
    menu = shown_menu(kpis)
    _entry(menu, "Percent").trigger()
    menu.close()
    assert _titles(kpis) == ["KPI", "Unit"]
    assert [kpis.model.row(each).name for each in range(2)] == ["Approval", "Drift"]
    kpis.views._forget("Percent")
    settled()
    assert settings.load().tables["kpi list"].views == []


def test_that_a_view_that_names_a_column_that_is_no_more_is_shown_without_it(kpis: Table):
    kpis.views.use(View("Old", "gone:x", ("gone", "-name"), ("gone", "unit", "name")))
    assert _titles(kpis) == ["Unit", "KPI"]
    assert kpis.model.wish.order == (Order("name", is_down=True),)
    assert len(ROWS) == kpis.model.total
    assert LISTING.words == ("kpi", "list")


def test_that_a_view_for_the_team_is_found_in_the_menu_by_everybody_and_can_be_put_away(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(name="Drift", target=1.0), ADD_KPI(name="Approval", target=2.0))
    window.desk.refresh()
    settled()
    kpis = table(goals(window, settled))
    kpis.bar.show_text("target:>1")
    kpis.views.ask_name()
    sheet = kpis.views.sheet
    assert sheet is not None
    sheet.name.setText("High targets")
    sheet.is_shared.setChecked(True)
    sheet.submit()
    settled()
    kpis.bar.clear()
    kpis.views.show()
    settled()
    menu = shown_menu(kpis)
    _entry(menu, "High targets").trigger()
    assert [kpis.model.row(each).name for each in range(kpis.model.rowCount())] == ["Approval"]
    gone = next(each for each in menu.findChildren(QMenu) if each.title() == "Remove")
    assert [each.text() for each in gone.actions()] == ["High targets, for the whole team"]
    gone.actions()[0].trigger()
    menu.close()
    settled()
    assert window.toast.text == "Done."
    window.desk.deeds.undo()
    settled()
    kpis.views.show()
    settled()
    menu = shown_menu(kpis)
    assert _entry(menu, "High targets").isEnabled()
    menu.close()

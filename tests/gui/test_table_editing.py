"""Editing in place, one cell or many rows, and news that come while somebody reads: the view never moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from mlops_desk.gui.forms.fields import ChoiceEditor, Editor
from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.view import Order
from tests.gui.steps import ACTS, ADD_KPI, EDIT_KPI, goals, table
from tests.gui.table_of_kpis import ROWS, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table


@pytest.fixture
def edited(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> Table:
    """Return the page's table of two KPIs, with Approval before Drift."""
    drift = {"unit": "%", "better": "down", "baseline": 50.0, "target": 10.0}
    elsewhere(ADD_KPI(name="Drift", **drift), ADD_KPI(name="Approval", target=90.0))
    window.desk.refresh()
    settled()
    kpis = table(goals(window, settled))
    kpis.model.sort_by((Order("name"),))
    return kpis


def _place(kpis: Table, name: str) -> int:
    return next(number for number, each in enumerate(kpis.model.columns) if each.name == name)


def _begin(kpis: Table, row: int, name: str, key: Qt.Key = Qt.Key.Key_F2) -> Editor:
    kpis.grid.setCurrentIndex(kpis.model.index(row, _place(kpis, name)))
    kpis.grid.setFocus()
    QTest.keyClick(kpis.grid, key)
    return _editor(kpis)


def _editor(kpis: Table) -> Editor:
    (editor,) = [each for each in kpis.grid.findChildren(Editor) if each.isVisible()]
    return editor


def _is_editing(kpis: Table) -> bool:
    return any(each.isVisible() for each in kpis.grid.findChildren(Editor))


def test_that_a_cell_is_edited_done_as_an_act_and_taken_back(
    edited: Table, window: MainWindow, settled: Callable[[], None]
):
    editor = _begin(edited, 0, "target", Qt.Key.Key_Return)
    editor.fill(95.0)
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)
    settled()
    assert [row.target for row in edited.model.here()] == [95.0, 10.0]
    window.desk.deeds.undo()
    settled()
    assert [row.target for row in edited.model.here()] == [90.0, 10.0]
    editor = _begin(edited, 0, "owner")
    assert isinstance(editor, ChoiceEditor)
    editor.fill("ml-engineer")
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)
    settled()
    assert edited.model.row(0).owner == "ml-engineer"


def test_that_esc_gives_back_and_tab_goes_on_to_the_next_cell(edited: Table, settled: Callable[[], None]):
    editor = _begin(edited, 1, "target")
    editor.fill(20.0)
    QTest.keyClick(editor.entry, Qt.Key.Key_Escape)
    settled()
    assert not _is_editing(edited)
    assert edited.model.row(1).target == 10.0
    editor = _begin(edited, 0, "owner")
    QTest.keyClick(editor.entry, Qt.Key.Key_Tab)
    settled()
    assert _editor(edited).field.name == "name"
    assert edited.grid.currentIndex().row() == 1
    QTest.keyClick(_editor(edited).entry, Qt.Key.Key_Backtab)
    assert _editor(edited).field.name == "owner"
    QTest.keyClick(_editor(edited).entry, Qt.Key.Key_Escape)


def test_that_what_is_refused_or_cannot_be_read_is_said_under_the_table(edited: Table, settled: Callable[[], None]):
    editor = _begin(edited, 1, "target")
    editor.entry.setText("ten")  # type: ignore[attr-defined]
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)
    assert edited.fault.text() == "“ten” is not a number."
    assert _is_editing(edited), "nothing typed is lost"
    editor.fill(60.0)
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)
    settled()
    assert edited.fault.isVisible()
    assert edited.fault.text().startswith("The target 60 is worse than the baseline 50")
    assert edited.model.row(1).target == 10.0
    editor = _begin(edited, 1, "target")
    assert edited.fault.isHidden()
    QTest.keyClick(editor.entry, Qt.Key.Key_Escape)


def test_that_the_first_column_opens_with_enter_and_a_cell_that_is_no_field_edits_in_the_form(
    edited: Table, window: MainWindow, settled: Callable[[], None]
):
    edited.grid.setCurrentIndex(edited.model.index(0, 0))
    QTest.keyClick(edited.grid, Qt.Key.Key_Return)
    assert not _is_editing(edited)
    edited.grid.setCurrentIndex(edited.model.index(0, _place(edited, "state")))
    QTest.keyClick(edited.grid, Qt.Key.Key_F2)
    settled()
    assert window.form is not None
    assert window.form.isVisible()
    window.form.close()


def test_that_a_record_is_chosen_by_its_name_in_a_cell(
    edited: Table, window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    result = {"name": "Faster", "objective": "Fair", "kpi": "Drift", "start_value": 50.0, "end_value": 10.0}
    act = ACTS["key-result.add"]
    known = {each: value for each, value in result.items() if each in act.declared}
    elsewhere(ACTS["objective.add"](name="Fair"), act(**known))
    window.desk.refresh()
    settled()
    results = table(goals(window, settled, "key-result"))
    results.grid.setCurrentIndex(results.model.index(0, _place(results, "kpi")))
    QTest.keyClick(results.grid, Qt.Key.Key_F2)
    settled()
    editor = _editor(results)
    assert editor.text() == "Drift"
    editor.fill("Approval")
    QTest.keyClick(editor.entry, Qt.Key.Key_Return)
    settled()
    assert results.model.row(0).kpi == "Approval"


def test_that_many_rows_get_one_value_and_refusals_are_counted(edited: Table, settled: Callable[[], None]):
    edited.grid.selectAll()
    menu = edited.cell_menu.made(edited.model.index(0, _place(edited, "target")))
    next(each for each in menu.actions() if each.text() == "Set for 2 rows…").trigger()
    menu.close()
    sheet = edited.editing.sheet
    assert sheet is not None
    sheet.editor.fill(60.0)
    sheet.submit()
    settled()
    assert [row.target for row in edited.model.here()] == [60.0, 10.0]
    assert sheet.banner.sentence == "1 of 2 were refused."
    sheet.editor.fill(30.0)
    sheet.submit()
    settled()
    assert [row.target for row in edited.model.here()] == [30.0, 30.0]


def targets(table: Table) -> dict[str, float]:
    return {row.name: row.target for row in table.model.here()}


def test_that_one_value_for_many_rows_is_one_step_back_and_spares_what_others_changed(
    edited: Table, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    before, deeds = targets(edited), edited.desk.deeds
    edited.grid.selectAll()
    edited.editing.set_many(_place(edited, "target"))
    assert edited.editing.sheet is not None
    edited.editing.sheet.editor.fill(30.0)
    edited.editing.sheet.submit()
    settled()
    assert set(targets(edited).values()) == {30.0}
    assert [each.words for each in deeds.steps.back[-1:]] == ["Set “Target” of 2 rows"]
    deeds.undo()
    settled()
    assert targets(edited) == before, "both at once"
    deeds.redo()
    settled()
    assert set(targets(edited).values()) == {30.0}
    mine = edited.model.row(0)
    elsewhere(EDIT_KPI(id=mine.id, target=35.0))
    edited.desk.refresh()
    settled()
    deeds.undo()
    settled()
    assert targets(edited) == before | {mine.name: 35.0}, "what somebody changed since stays"
    deeds.redo()
    settled()
    assert targets(edited) == dict.fromkeys(before, 30.0) | {mine.name: 35.0}


# --- news -------------------------------------------------------------------------------------


def _shown(kpis: Table) -> list[str]:
    return [row.name for row in kpis.model.here()]


def test_that_news_wait_while_something_is_chosen_and_come_at_a_press(kpis: Table):
    tester = QAbstractItemModelTester(kpis.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    kpis.model.sort_by((Order("name"),))
    kpis.choose("c")
    changed = replace(ROWS[1], name="Zero", target=91.0)
    kpis.desk.changed.emit(Changes())
    kpis.show_rows((Row("n", "Accuracy", "", 1.0, ""), changed, ROWS[2]), clock.now())
    assert _shown(kpis) == ["Zero", "Cost"], "changed in place, gone is gone, new waits"
    assert kpis.news.text().strip() == "1 new row - show"
    assert kpis.news.isVisible()
    assert kpis.chosen.id == "c"
    QTest.mouseClick(kpis.news, Qt.MouseButton.LeftButton)
    assert _shown(kpis) == ["Accuracy", "Cost", "Zero"]
    assert kpis.news.isHidden()
    assert kpis.chosen.id == "c"
    tester.deleteLater()


@pytest.mark.parametrize("is_own", [False, True])
def test_that_news_come_at_once_where_nobody_reads_and_what_one_does_oneself_always(kpis: Table, *, is_own: bool):
    if is_own:
        kpis.choose("c")
        kpis.desk.changed.emit(Changes())
        kpis.desk.changed.emit(Changes(line="mine"))
    else:
        kpis.desk.changed.emit(Changes())
    kpis.show_rows((*ROWS, Row("n", "Accuracy", "", 1.0, "")), clock.now())
    assert _shown(kpis)[-1] == "Accuracy"
    assert kpis.news.isHidden()


def test_that_a_new_filter_lets_in_what_waits(kpis: Table):
    kpis.choose("c")
    kpis.desk.changed.emit(Changes())
    kpis.show_rows((*ROWS, Row("n", "Accuracy", "%", 1.0, "")), clock.now())
    assert kpis.news.isVisible()
    kpis.filter.setText("unit:%")
    assert _shown(kpis) == ["Drift", "Approval", "Accuracy"]
    assert kpis.news.isHidden()

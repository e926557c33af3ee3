"""What is chosen in a table: its figures, what is copied of it, and files with all or what is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from mlops_desk.gui.table import sources
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled
from mlops_desk.kernel.view import Order
from mlops_desk.workspace.table_file import write_table
from tests.gui.table_of_kpis import LISTING, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.table.export import ExportSheet
    from mlops_desk.gui.table.table import Table


def _sheet(kpis: Table, file: Path, form: str, *, is_whole: bool) -> ExportSheet:
    kpis.export()
    sheet = kpis.export_sheet
    assert sheet is not None
    sheet.rows.setCurrentIndex(sheet.rows.findData(is_whole))
    sheet.form.setCurrentIndex(sheet.form.findData(form))
    sheet.file.setText(str(file))
    return sheet


def test_that_ctrl_space_ticks_rows_and_the_bar_below_adds_up_their_numbers(kpis: Table):
    kpis.grid.setCurrentIndex(kpis.model.index(0, 0))
    assert kpis.figures.isHidden()
    QTest.keyClick(kpis.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(kpis.grid, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert list(kpis.grid.chosen_rows()) == [0, 1]
    assert kpis.figures.text() == "2 rows chosen · Target: sum 100, mean 50, min 10, max 90"
    QTest.keyClick(kpis.grid, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert list(kpis.grid.chosen_rows()) == [0]
    assert kpis.figures.isHidden()
    QTest.keyClick(kpis.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(kpis.grid.chosen_rows()) > 1


def test_that_the_figures_of_many_rows_are_added_up_on_a_worker(
    kpis: Table, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sources, "LARGE_ROWS", 1)
    kpis.grid.selectAll()
    assert kpis.figures.isHidden()
    settled()
    assert kpis.figures.text() == "3 rows chosen · Target: sum 110, mean 36.67, min 10, max 90"


def test_that_rows_are_copied_in_every_form(kpis: Table):
    kpis.model.sort_by((Order("name"),))
    kpis.grid.show_columns([1, 0])
    kpis.grid.selectAll()
    told = {}
    for form in ("plain", "titled", "markdown", "csv", "json"):
        kpis.grid.copy(form)
        told[form] = QGuiApplication.clipboard().text()
    assert told["plain"] == "90\tApproval\n10\tCost\n10\tDrift"
    assert told["titled"] == f"Target\tKPI\n{told['plain']}"
    assert told["markdown"].splitlines()[:3] == ["| Target | KPI |", "| ---: | --- |", "| 90 | Approval |"]
    assert told["csv"].splitlines()[:2] == ["Target,KPI", "90.0,Approval"]
    assert json.loads(told["json"])[0] == {"target": 90.0, "name": "Approval"}


def test_that_a_file_holds_what_is_shown_or_everything(kpis: Table, settled: Callable[[], None], tmp_path: Path):
    kpis.bar.show_text("unit:%")
    kpis.grid.show_columns([2, 0])
    shown, everything = tmp_path / "shown.csv", tmp_path / "all.csv"
    _sheet(kpis, shown, "excel-csv", is_whole=False).submit()
    settled()
    assert shown.read_text("utf-8-sig") == "Unit,KPI\n%,Drift\n%,Approval\n"
    _sheet(kpis, everything, "csv", is_whole=True).submit()
    settled()
    assert everything.read_text().splitlines()[0] == "name,target,unit,owner"
    assert len(everything.read_text().splitlines()) == 4


def test_that_a_place_that_cannot_be_written_is_said_in_the_sheet(
    kpis: Table, settled: Callable[[], None], tmp_path: Path
):
    sheet = _sheet(kpis, tmp_path / "nowhere" / "x.parquet", "parquet", is_whole=True)
    sheet.submit()
    settled()
    assert sheet.banner.sentence == f"There is no folder {tmp_path / 'nowhere'}."
    sheet.close()


def test_that_an_export_that_is_stopped_leaves_what_stood_there(
    kpis: Table, settled: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "kept.csv"
    file.write_text("kept")
    stop = Stop()
    stop.set()
    with pytest.raises(Cancelled):
        write_table(str(file), "csv", LISTING.columns, ROWS, lambda *_told: None, stop)
    begun: list[Stop] = []

    def waits(*values: object) -> None:
        begun.append(values[-1])  # type: ignore[arg-type]
        values[-1].wait(10)  # type: ignore[attr-defined]
        raise Cancelled("Stopped.")

    monkeypatch.setattr(sources, "written", waits)
    sheet = _sheet(kpis, file, "csv", is_whole=True)
    sheet.submit()
    sheet.close()
    settled()
    assert begun[0].wished
    assert file.read_text() == "kept"

"""The check-in in place: a KPI is checked in by keys alone, and nothing half typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from mlops_desk.areas.goals.kpi import CheckIn, RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.gui.widgets.scale import Scale
from mlops_desk.kernel.clock import today
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table
    from tests.gui.keyboard import Keyboard


@pytest.fixture
def kpi(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> Table:
    """Return the table of KPIs, with one that was checked in two days ago."""
    before = RecordCheckIn(kpi=KPI["name"], value=60.0, on=today() - timedelta(days=2))  # type: ignore[arg-type]
    elsewhere(ADD_KPI(**KPI), before)
    window.desk.refresh()
    settled()
    return table(goals(window, settled))


def test_that_a_check_in_takes_a_dozen_keys_and_a_wrong_number_is_said(
    window: MainWindow, kpi: Table, keyboard: Keyboard, settled: Callable[[], None]
):
    shown = kpi
    shown.grid.setFocus()
    shown.grid.setCurrentIndex(shown.model.index(0, 0))
    keyboard.press("Return")
    box = window.inspector.check_in
    assert box.value.hasFocus()
    assert box.value.accessibleName() == "Value of Time to decision, min"
    keyboard.type("sixty")
    keyboard.press("Ctrl+Return")
    assert "is not a number" in box.fault.text()
    box.value.clear()
    keyboard.pressed = 0
    keyboard.type("52")
    keyboard.press("Tab", "6", "Tab")
    keyboard.type("bureau delay")
    keyboard.press("Ctrl+Return")
    assert keyboard.pressed == 4
    assert (box.value.text(), box.scale.choice, box.note.text()) == ("", None, "")
    [newest, _before] = check_ins(window, settled)
    assert (newest.value, newest.confidence, newest.note) == (52.0, 6, "bureau delay")
    told = [each.value for each in window.inspector.shown.details if each.label == "Checked in"]  # type: ignore[union-attr]
    assert told[0] == f"{today()}: 52 min · Ana Lima · typed · confidence 6 · bureau delay"


def check_ins(window: MainWindow, settled: Callable[[], None]) -> list[CheckIn]:
    found: list[CheckIn] = []
    window.desk.ask(lambda rows: rows.find(CheckIn, order='"on" DESC'), then=found.extend)
    settled()
    return found


def test_that_what_is_half_typed_about_one_kpi_waits_for_it(
    window: MainWindow, kpi: Table, elsewhere: Callable[..., None], settled: Callable[[], None]
):
    elsewhere(RULES.act("kpi.add", name="Adoption", target=70.0))
    window.desk.refresh()
    settled()
    shown, box = kpi, window.inspector.check_in
    first, second = (shown.model.row(place).id for place in (0, 1))
    for id_, typed in ((first, "7"), (second, "")):
        window.desk.inspect("kpi", id_)
        settled()
        assert box.value.text() == ""
        box.value.setText(typed)
    window.desk.inspect("kpi", first)
    settled()
    assert box.value.text() == "7"


def test_that_a_scale_is_chosen_by_figures_arrows_and_taken_back(qtbot: QtBot):
    scale = Scale("Confidence")
    qtbot.addWidget(scale)
    assert scale.accessibleName() == "Confidence: not said"
    for keys, chosen in (("7", 7), ("1", 1), ("0", 10), ("0", 0)):
        qtbot.keyClicks(scale, keys)
        assert scale.choice == chosen
    qtbot.keyClick(scale, Qt.Key.Key_Right)
    found = [scale.choice]
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Home):
        qtbot.keyClick(scale, key)
        found.append(scale.choice)
    assert found == [1, None, 0], "an arrow that moves nothing is a choice too"
    scale.resize(330, 26)
    qtbot.mouseClick(scale, Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    assert scale.choice == 6

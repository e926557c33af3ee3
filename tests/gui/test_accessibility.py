"""Every control of every page has a name and is large enough, in both themes; colours come from the tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget

from mlops_desk.catalogue import RULES
from mlops_desk.gui.forms.admit import AdmitForm
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.team_sheets import SHEETS
from mlops_desk.gui.places import places
from mlops_desk.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlops_desk.gui.main_window import MainWindow

ADD_KPI: Any = RULES.acts["kpi.add"]
SMALLEST_PX = 24
PARTS = ("QScrollBar", "QMenuBar")


def faults(window: QWidget) -> list[str]:
    """Return every visible control that takes the focus and has no name, or is too small to hit."""
    QAccessible.setActive(True)
    found = []
    for widget in _controls(window):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{_path(widget)} has no name")
        if min(widget.width(), widget.height()) < SMALLEST_PX:
            found.append(f"{_path(widget)} is {widget.width()} x {widget.height()}")
    return found


def _controls(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        takes_focus = widget.focusPolicy().value & 1
        is_ours = widget.focusProxy() is None and not widget.objectName().startswith("qt_")
        if takes_focus and is_ours and widget.isVisible() and widget.isEnabled() and type(widget).__name__ not in PARTS:
            yield widget


def _path(widget: QWidget) -> str:
    parts: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 4:
        parts.append(type(at).__name__)
        at = at.parentWidget()
    return " < ".join(parts)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("zoom", [100, 200])
def test_that_every_control_of_every_page_has_a_name_and_can_be_hit(
    window: MainWindow, settled: Callable[[], None], look: str, zoom: int
):
    theme().choose(look, "compact", zoom)
    window.desk.do(ADD_KPI(name="Time to decision"))
    settled()
    found = []
    for place in places():
        window.go(place.name)
        settled()
        tabs = getattr(window.stack.page, "tabs", ())
        for number in range(max(1, len(tabs))):
            if isinstance(window.stack.page, AreaPage) and tabs:
                window.stack.page._bar.setCurrentIndex(number)
                settled()
            found += [f"{place.name}: {each}" for each in faults(window)]
    window.go("goals", "kpi")
    settled()
    page = window.stack.page
    assert isinstance(page, AreaPage)
    assert page.table is not None
    page.table.grid.selectRow(0)
    window.show_inspector()  # with large text it lies over the page and waits to be asked for
    settled()
    assert window.inspector.isVisible()
    found += [f"inspector: {each}" for each in faults(window)]
    assert sorted(set(found)) == []


@pytest.mark.parametrize("kind", ["kpi.add", "key-result.add", "roster.roles", "use-case.add", "kpi.check-in"])
def test_that_every_field_of_a_form_has_a_name(window: MainWindow, settled: Callable[[], None], kind: str):
    window.desk.fill_in(RULES.acts[kind])
    settled()
    assert isinstance(window.form, Form)
    assert faults(window.form) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_every_control_about_the_team_copy_has_a_name_and_can_be_hit(
    window: MainWindow, settled: Callable[[], None], look: str
):
    theme().choose(look, "compact", 100)
    found = []
    for name in SHEETS:
        window.open_team_sheet(name)
        settled()
        assert window.sheet is not None
        found += [f"{name}: {each}" for each in faults(window.sheet)]
        window.sheet.close()
    panel = window.status.show_team_copy()
    found += [f"panel: {each}" for each in faults(panel)]
    panel.close()
    window.desk.fill_in(RULES.acts["roster.admit"])
    settled()
    assert isinstance(window.form, AdmitForm)
    found += [f"admit: {each}" for each in faults(window.form)]
    assert found == []


def test_that_the_start_has_a_name_on_everything(window: MainWindow, settled: Callable[[], None]):
    window.desk.leave()
    settled()
    assert faults(window) == []


def test_that_no_label_reads_markup(window: MainWindow, settled: Callable[[], None]):
    for place in places():
        window.go(place.name)
        settled()
    rich = [each for each in window.findChildren(QLabel) if each.textFormat() != Qt.TextFormat.PlainText]
    assert [_path(each) for each in rich if not each.objectName().startswith("qt_")] == []

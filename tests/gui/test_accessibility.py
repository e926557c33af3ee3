"""Every control of every view has a name, can be hit, reached and seen, in both themes; Tab goes as ux.md 11 says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget

from mlops_desk.catalogue import RULES
from mlops_desk.gui import acts, shots
from mlops_desk.gui.failures import CrashDialog
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.pages.joining import GotSheet
from mlops_desk.gui.pages.team_sheets import SHEETS
from mlops_desk.gui.places import places
from mlops_desk.gui.tab_order import stops
from mlops_desk.gui.theme import theme
from tests.gui.access_walk import (
    dialog_order_faults,
    faint,
    faults,
    order_faults,
    path,
    region,
    unseen_focus,
    walked,
)
from tests.gui.steps import goals, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

WORDS = " ".join(f"word{number}" for number in range(8))


@pytest.fixture
def project(lived: Path) -> Path:
    return lived


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return the window on a project with something of everything, in front, and walk it without pauses."""
    monkeypatch.setattr(shots, "_REST_MS", 0)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def every_view(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show every page with its tabs, every home, form, dialog and panel, one after the other."""
    yield from shots._everything(window)
    yield from _of_tables(window)
    yield from _others(window)


def _of_tables(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show what belongs to a table: columns, export, the values of a column, chips of a filter."""
    page = goals(window, lambda: shots._rest(window.desk))
    front = table(page)
    for name, show in (("columns", front.choose_columns), ("export", front.export)):
        show()
        shots._rest(window.desk)
        [dialog] = [each for each in window.findChildren(QDialog) if each.isVisible()]
        yield f"table-{name}", dialog
        dialog.close()
    front.show_values(0)
    shots._rest(window.desk)
    assert front.values is not None
    yield "table-values", front.values
    front.values.close()
    front.bar.show_text("time name:time")
    shots._rest(window.desk)
    yield "table-filtered", window
    front.bar.show_text("no such thing")
    shots._rest(window.desk)
    yield "table-nothing-fits", window
    front.bar.clear()


def _others(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show the rest: the sheets about the team copy, who got a project, a bug, the cards of a home."""
    for name in SHEETS:
        window.open_team_sheet(name)
        shots._rest(window.desk)
        assert window.sheet is not None
        yield f"sheet-{name}", window.sheet
        window.sheet.close()
    for made in (GotSheet(window.desk, window, WORDS, WORDS), CrashDialog("a trace", window)):
        made.open()
        shots._rest(window.desk)
        yield type(made).__name__, made
        made.close()
    window.commands.run("arrange")
    shots._rest(window.desk)
    assert isinstance(window.stack.page, HomePage)
    for dialog in window.stack.page.findChildren(QDialog):
        yield "arrange", dialog
        dialog.close()
    window.banner.say("The disk is full.", "Make room and try again.", act="Try again")
    window.toast.say("Put away.", "Undo")
    shots._rest(window.desk)
    yield "banner", window
    window.banner.hide()
    window.toast.hide()


def seen(window: MainWindow, *, goes_by_keys: bool) -> Iterator[str]:
    """Return every fault of every view; the way of Tab is the same at every size and in every theme."""
    known: set[str] = set()
    for name, view in every_view(window):
        told = [*faults(view), *faint(view)]
        view.activateWindow()
        shots._wait(view.isActiveWindow)
        told += unseen_focus(view, known)
        if goes_by_keys and not name.startswith("box-") and not _is_followed_by_more(window, name):
            told += order_faults(window) if view is window else dialog_order_faults(view)
        yield from (f"{name}: {each}" for each in told)


def _is_followed_by_more(window: MainWindow, name: str) -> bool:
    """Tell whether the next view is this one with a record chosen: Tab goes the same way there, and further."""
    page = window.stack.page
    has_rows = isinstance(page, AreaPage) and page.table is not None and page.table.model.rowCount() > 0
    return has_rows and window.inspector.isHidden() and not name.startswith("table-")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("look", "zoom"), [("light", 100), ("dark", 200)])
def test_that_every_control_has_a_name_and_can_be_hit_reached_and_seen(
    window: MainWindow, look: str, zoom: int, monkeypatch: pytest.MonkeyPatch
):
    theme().choose(look, "compact", zoom)
    half = acts.all_acts()[1 if zoom == 200 else 0 :: 2]  # every form is walked, in one look or in the other
    monkeypatch.setattr(acts, "all_acts", half.copy)
    found = sorted(set(seen(window, goes_by_keys=zoom == 100)))
    assert not found, "\n".join(found)


def test_that_a_page_takes_the_focus_with_its_title_and_tab_goes_on_from_it(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot
):
    settled()
    window.rail.view.setFocus()
    qtbot.keyClick(window.rail.view, Qt.Key.Key_Down)
    settled()
    assert window.stack.place == "inbox"
    assert window.rail.view.hasFocus(), "whoever goes through the rail stays in it"
    window.stack.focus_page()
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    settled()
    title = QApplication.focusWidget()
    assert isinstance(title, QLabel)
    assert title.text() == "Goals"
    plain, told = title.grab().toImage(), title.hasFocus()
    qtbot.keyClick(title, Qt.Key.Key_Tab)
    assert told
    assert title.grab().toImage() != plain, "the title shows that it has the focus"
    first = QApplication.focusWidget()
    assert first is not None
    assert region(window, first) == "header"
    qtbot.keyClick(first, Qt.Key.Key_Backtab)
    assert window.rail.view.hasFocus()
    window.show_inspector()
    window.enter_inspector()
    assert window.inspector.isAncestorOf(QApplication.focusWidget() or window)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    settled()
    title = QApplication.focusWidget()
    assert isinstance(title, QLabel), "the inspector went, and the focus with it"
    assert title.text().startswith("Home")


def test_that_shift_tab_goes_the_same_way_back(window: MainWindow, settled: Callable[[], None], qtbot: QtBot):
    goals(window, settled)
    there = walked(window, window.rail.project)
    back = [there[0]]
    for _step in there:
        at = QApplication.focusWidget()
        assert at is not None
        qtbot.keyClick(at, Qt.Key.Key_Backtab)
        now = QApplication.focusWidget()
        assert now is not None
        back.append(now)
    assert back[1:] == [*reversed(there[1:]), there[0]]


def test_that_every_dialog_gives_the_focus_back(window: MainWindow, settled: Callable[[], None], qtbot: QtBot):
    page = goals(window, settled)
    grid = table(page).grid
    grid.selectRow(0)
    for name in ("act-kpi.check-in", "act-use-case.add", "table-columns", "table-export", "team-copy", "gate", "keys"):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.go("goals", "kpi")
        settled()
        grid.setFocus()
        window.commands.run(name)
        settled()
        [dialog] = [each for each in window.findChildren(QDialog) if each.isVisible()]
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
        settled()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        back = QApplication.focusWidget()
        assert back is grid or (name == "gate" and isinstance(back, QLabel)), name  # the gate turned the page


def test_that_everything_can_be_read_in_high_contrast(window: MainWindow, settled: Callable[[], None]):
    theme().choose("contrast", "compact", 100)
    known: set[str] = set()
    found = []
    for name in ("home", "goals", "settings"):
        window.go(name)
        settled()
        found += [f"{name}: {each}" for each in [*faint(window), *unseen_focus(window, known)]]
    window.desk.fill_in(RULES.acts["kpi.check-in"])
    settled()
    assert isinstance(window.form, Form)
    window.form.activateWindow()
    found += [f"form: {each}" for each in [*faint(window.form), *unseen_focus(window.form, known)]]
    assert not found, "\n".join(found)


def test_that_the_start_has_a_name_on_everything(window: MainWindow, settled: Callable[[], None]):
    window.desk.leave()
    settled()
    start = window.stack.currentWidget()
    assert start is not None
    wanted = list(stops(start))
    assert faults(window) + faint(window) == []
    assert walked(window, wanted[0])[: len(wanted)] == wanted


def test_that_no_label_reads_markup(window: MainWindow, settled: Callable[[], None]):
    for place in places():
        window.go(place.name)
        settled()
    rich = [each for each in window.findChildren(QLabel) if each.textFormat() != Qt.TextFormat.PlainText]
    assert [path(each) for each in rich if not each.objectName().startswith("qt_")] == []


def test_that_a_fault_of_each_kind_is_found(window: MainWindow, settled: Callable[[], None]):
    page = goals(window, settled)
    link = page.header.link
    QAccessible.setActive(True)
    link.setAccessibleName("")
    link.setToolTip("")
    assert [each for each in faults(window) if "has no name" in each]
    small = QWidget(page.header)
    small.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    small.setGeometry(200, 0, 40, 20)
    small.show()
    assert [each for each in faults(window) if " x 20" in each]
    small.hide()
    bad = QLabel("hardly seen", page.header)
    bad.setStyleSheet(f"color: {theme().colour('bg.hover').name()}")
    bad.setGeometry(0, 0, 120, 20)
    bad.show()
    bad.raise_()
    settled()
    assert [each for each in faint(window) if "hardly seen" in each]
    lost = QLineEdit(page.header)
    lost.setGeometry(-300, 0, 100, 30)
    lost.show()
    assert [each for each in faults(window) if "out of sight" in each]
    assert [each for each in order_faults(window) if "never comes" in each]

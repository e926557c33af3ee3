"""The window as it was left, the menu of the chosen record, and the looks: kept on this machine, project by project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt

from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.theme import theme
from mlops_desk.gui.window_commands import RECORD
from mlops_desk.gui.window_state import fitted
from mlops_desk.kernel import settings
from mlops_desk.kernel.settings import WindowState
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SMALLEST = (1024, 640)
PLACE, SIZE = st.integers(-5000, 9000), st.integers(0, 9000)


@given(st.tuples(PLACE, PLACE, SIZE, SIZE), st.tuples(PLACE, PLACE, st.integers(1024, 4000), st.integers(640, 3000)))
def test_that_a_frame_always_fits_the_screen(frame: tuple[int, int, int, int], room: tuple[int, int, int, int]):
    left, top, width, height = frame
    found = fitted(WindowState(left=left, top=top, width=width, height=height), QRect(*room), SMALLEST)
    assert QRect(*room).contains(found)
    assert (found.width(), found.height()) >= SMALLEST


def test_that_a_project_opens_where_it_was_left(
    window: MainWindow, settled: Callable[[], None], project: Path, qtbot: QtBot
):
    window.resize(1300, 780)
    window.go("governance", "line")
    settled()
    window.show_inspector()
    window.commands.run("inspector-wider")
    wide = window.beside.width_px
    window.close_inspector()
    window.desk.leave()
    settled()
    [kept] = [each.window for each in settings.load().projects.values()]
    assert (kept.place, kept.tab, kept.width, kept.height) == ("governance", "line", 1300, 780)
    with qtbot.waitSignal(window.desk.opened, timeout=15_000):
        window.desk.open(project)
    settled()
    assert (window.stack.place, window.where.spot.tab) == ("governance", "line")
    assert window.beside.width_px == wide
    assert not window.beside.opens_by_itself
    assert "act-kpi.add" in window.commands.actions, "whichever page was first, the rest is loaded after it"


def test_that_the_frame_is_restored_before_the_window_is_shown(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    other = MainWindow(window.desk)
    qtbot.addWidget(other)
    other.keeper.restore_frame(WindowState(left=5000, top=5000, width=9000, height=700))
    room = other.screen().availableGeometry()
    assert other.width() <= max(room.width(), SMALLEST[0])
    other.keeper.restore_frame(WindowState())
    assert other.width() >= SMALLEST[0]


def test_that_a_page_that_is_no_more_leads_home(
    window: MainWindow, settled: Callable[[], None], project: Path, qtbot: QtBot
):
    for place in ("nowhere", "help"):
        window.desk.leave()
        settled()
        project_id = next(iter(settings.load().projects))
        settings.remember(project_id, window=WindowState(width=1200, height=700, place=place, tab="nothing"))
        with qtbot.waitSignal(window.desk.opened, timeout=15_000):
            window.desk.open(project)
        settled()
        assert window.stack.place == "home"


def test_that_the_menu_of_the_record_holds_what_fits_it(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    menu = window.commands.menus[RECORD]
    menu.aboutToShow.emit()
    bare = [each.text() for each in menu.actions()]
    assert "Check in…" not in bare
    assert not window.commands.actions["comment"].isEnabled()
    shown = table(goals(window, settled))
    shown.grid.selectRow(0)
    settled()
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions()][: len(bare)] == bare
    act = next(each for each in menu.actions() if each.text() == "Check in…")
    act.trigger()
    settled()
    assert isinstance(window.form, Form)
    assert window.form.rows["kpi"].editor.value() == shown.model.row(0).id
    window.form.close()
    window.commands.look()
    window.commands.run("comment")
    settled()
    assert window.focusWidget() is window.inspector.comment.text
    window.go("data")
    settled()
    menu.aboutToShow.emit()
    assert "Check in…" not in [each.text() for each in menu.actions()], "what was chosen elsewhere is left behind"


def test_that_density_and_contrast_are_chosen_in_the_menu_and_kept(window: MainWindow, settled: Callable[[], None]):
    window.commands.run("density-roomy")
    window.commands.run("theme-contrast")
    settled()
    assert theme().density == "roomy"
    assert theme().is_contrast
    kept = settings.load()
    assert (kept.density, kept.theme) == ("roomy", "contrast")
    window.commands.look()
    assert window.commands.actions["density-roomy"].isChecked()
    theme().choose("light")


def test_that_another_project_is_chosen_from_those_opened_before(
    window: MainWindow, settled: Callable[[], None], tmp_path: Path, qtbot: QtBot
):
    other = tmp_path / "other"
    other.mkdir()
    (other / "desk.toml").write_text("")
    settings.note_opened("o" * 43, other)
    settings.note_opened("g" * 43, tmp_path / "gone")
    window.commands.run("switch")
    settled()
    assert window.box is not None
    assert [each.title for each in window.box.list.lines] == ["other", "Open a project…"]
    qtbot.keyClick(window.box.field, Qt.Key.Key_Return)
    settled()
    assert window.banner.sentence, "what is no project is refused with a sentence"

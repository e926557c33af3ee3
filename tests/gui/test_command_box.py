"""The command box: what it finds, what its keys do, and that late answers and closed columns never show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mlops_desk.gui.box_lines import split
from mlops_desk.gui.command_box import CommandBox
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.turns import turns
from mlops_desk.kernel import settings
from mlops_desk.kernel.ids import SHORTEST_PREFIX
from mlops_desk.workspace.search import Found
from mlops_desk.workspace.search_words import BEGINS, HOLDS, IN_ORDER
from tests.gui.access_walk import faults
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow

ENTER, ESCAPE, CONTROL = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def box(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> CommandBox:
    elsewhere(ADD_KPI(**KPI), ADD_KPI(name="Overrule rate"))
    window.desk.refresh()
    settled()
    assert "act-kpi.add" in window.commands.actions, "acts are commands once the rest is loaded"
    window.commands.run("box")
    assert window.box is not None
    return window.box


@pytest.fixture
def type_in(box: CommandBox, qtbot: QtBot, settled: Callable[[], None]) -> Callable[[str], list[str]]:
    """Return what types a text in place of the one before and returns the titles of the lines once all is answered."""

    def do(text: str) -> list[str]:
        if box.isHidden():
            box.open_with()
        box.field.selectAll()
        qtbot.keyClick(box.field, Qt.Key.Key_Delete)
        qtbot.keyClicks(box.field, text)
        qtbot.waitUntil(lambda: not box._pause.isActive() and not box._is_asking, timeout=5000)
        settled()
        return [each.title for each in box.list.lines]

    return do


def test_that_it_opens_over_the_window_and_gives_the_focus_back(
    window: MainWindow, box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    assert box.isVisible()
    assert not box.isWindow()
    assert box.field.hasFocus()
    assert faults(box) == []
    qtbot.keyClick(box.field, ESCAPE)
    assert box.isHidden()
    grid = table(goals(window, settled)).grid
    grid.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert box.field.hasFocus()
    qtbot.keyClick(box.field, ESCAPE)
    assert QApplication.focusWidget() is grid
    box.open_with()
    qtbot.mouseClick(window.rail.view.viewport(), Qt.MouseButton.LeftButton)
    assert box.isHidden(), "whoever presses elsewhere is done with it"
    box.open_with()
    for key, row in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Tab, 2), (Qt.Key.Key_Backtab, 1), (Qt.Key.Key_Up, 0)):
        qtbot.keyClick(box.field, key)
        assert box.list.currentIndex().row() == row
    qtbot.keyClick(box.field, Qt.Key.Key_Up)
    assert box.list.currentIndex().row() == 0
    assert box.field.hasFocus(), "Tab goes through the lines and does not leave"


def test_that_pages_commands_records_and_people_are_found_together(type_in: Callable[[str], list[str]]):
    found = type_in("time")
    assert "Time to decision" in found
    assert type_in("goals")[0] == "Goals"
    assert "Goals › Check-ins" in type_in("check-in")
    assert "Add KPI…" in type_in("add kpi")
    assert "Ana Lima" in type_in("ana")
    assert type_in("no such thing at all") == ["Nothing fits."]


def test_that_a_prefix_narrows_it_and_help_types_it(type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot):
    assert {each.does for each in box.list.lines} == {"page"}, "nothing was run yet"
    type_in(">sync")
    assert {each.does for each in box.list.lines} == {"command"}
    assert type_in("#rate")[0] == "Overrule rate"  # the machine is called by any two words, which may hold the letters
    assert type_in("@") == ["Ana Lima"]
    assert type_in("# type:kpi time") == ["Time to decision"]
    assert type_in("# before:soon") == ["“soon” is not a day."]
    assert type_in("#type:nothing x") == ["No kind of record is called “nothing”."]
    assert "type:run  Only one kind of record" in type_in("?")
    assert split(" >sync") == (">", "sync")
    type_in("?people")
    qtbot.keyClick(box.field, ENTER)
    assert box.field.text() == "@"
    assert box.isVisible()


def test_that_enter_opens_and_ctrl_enter_shows_beside_the_page(
    window: MainWindow, type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    type_in("overrule")
    qtbot.keyClick(box.field, ENTER, CONTROL)
    settled()
    assert window.stack.place == "home"
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == "Overrule rate"
    type_in("time to")
    qtbot.keyClick(box.field, ENTER)
    settled()
    assert window.stack.place == "goals"
    assert window.inspector.shown.title == "Time to decision"
    type_in("governance")
    qtbot.keyClick(box.field, ENTER)
    settled()
    assert window.stack.place == "governance"


def test_that_enter_waits_for_rows_where_nothing_better_is_there(
    window: MainWindow, type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    type_in("")
    qtbot.keyClicks(box.field, "overrule rate")
    qtbot.keyClick(box.field, ENTER)
    assert box.isVisible()
    qtbot.waitUntil(box.isHidden, timeout=5000)
    settled()
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == "Overrule rate"


def test_that_keys_and_reasons_stand_beside_commands(
    window: MainWindow, type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot
):
    type_in(">keys")
    assert box.list.lines[0].key == "Ctrl+/"
    type_in(">copy the rows")
    line = box.list.lines[0]
    assert line.reason == "There is no table on this page."
    assert line.reason in box.field.accessibleDescription()
    qtbot.keyClick(box.field, ENTER)
    assert box.isVisible(), "what cannot be done is not begun"


def test_that_the_last_five_commands_come_first_and_are_remembered(
    window: MainWindow, type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    for wish in ("larger text", "smaller text", "inspector", "theme: dark", "theme: light", "larger text"):
        type_in(f">{wish}")
        qtbot.keyClick(box.field, ENTER)
    settled()
    first = ["Larger text", "Theme: light", "Theme: dark", "Inspector", "Smaller text"]
    assert type_in("")[:6] == [*first, "Home"]
    assert settings.load().last_commands == ["zoom-in", "theme-light", "theme-dark", "inspector", "zoom-out"]


def test_that_a_filter_is_tried_while_one_types(
    window: MainWindow, type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    assert type_in("/rate") == ["There is no table on this page."]
    qtbot.keyClick(box.field, ESCAPE)
    shown = table(goals(window, settled))
    type_in("/rate")
    assert shown.model.rowCount() == 1
    qtbot.keyClick(box.field, ESCAPE)
    assert shown.model.rowCount() == 2, "a filter that was only tried goes"
    type_in("/rate")
    qtbot.keyClick(box.field, ENTER)
    assert shown.filter.text() == "rate"
    assert shown.grid.hasFocus()


def test_that_an_answer_to_an_older_text_never_shows(
    box: CommandBox, qtbot: QtBot, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def hold(*values: object, **_named: object) -> int:
        asked.append(str(values[3][0]))  # type: ignore[index]
        return 0

    monkeypatch.setattr(box._desk, "ask", hold)
    qtbot.keyClicks(box.field, "old")
    qtbot.waitUntil(lambda: asked == ["old"], timeout=2000)
    qtbot.keyClicks(box.field, "er")
    qtbot.waitUntil(lambda: not box._pause.isActive(), timeout=2000)
    assert asked == ["old"], "one question at a time"
    box._take((1, [Found("kpi", "a" * 26, "old thing", "", None, 0)]))
    assert asked == ["old", "older"]
    assert "old thing" not in [each.title for each in box.list.lines]
    box._take((2, [Found("kpi", "b" * 26, "older thing", "", None, 0)]))
    assert box.list.lines[0].title == "older thing"
    box.close_box()
    box._take((3, [Found("kpi", "c" * 26, "too late", "", None, 0)]))
    assert turns().is_idle


@pytest.mark.parametrize("text", ["o", "ti", "rate", "overrule", "dec"])
def test_that_no_line_moves_when_the_rows_answer_and_records_stand_above_what_merely_holds_the_letters(
    type_in: Callable[[str], list[str]], box: CommandBox, qtbot: QtBot, text: str
):
    type_in("")
    qtbot.keyClicks(box.field, text[0])
    before = list(box.list.lines)
    assert before.pop().title == "Looking…"
    assert all(each.rank <= BEGINS for each in before)
    qtbot.waitUntil(lambda: not box._is_waiting, timeout=5000)
    assert list(box.list.lines[: len(before)]) == before
    for number in range(2, len(text) + 1):  # all records are here: more letters need nobody's answer
        qtbot.keyClicks(box.field, text[number - 1])
        at_once = box.list.lines
        assert "Looking…" not in [each.title for each in at_once] or number == SHORTEST_PREFIX, text[:number]
        qtbot.waitUntil(lambda: not box._is_waiting, timeout=5000)
        if at_once[-1].title != "Looking…":
            assert box.list.lines == at_once
    ranks = [(each.rank, each.does == "record") for each in box.list.lines]
    assert [rank for rank, _is_record in ranks] == sorted(rank for rank, _is_record in ranks)
    for fuzzy in (HOLDS, IN_ORDER):
        kinds = [is_record for rank, is_record in ranks if rank == fuzzy]
        assert kinds == sorted(kinds, reverse=True)


def test_that_a_new_thing_is_chosen_by_its_kind(
    window: MainWindow, box: CommandBox, qtbot: QtBot, settled: Callable[[], None]
):
    qtbot.keyClick(box.field, ESCAPE)
    window.commands.run("new-kind")
    qtbot.keyClicks(box.field, "add kpi")
    assert [each.title for each in box.list.lines] == ["Add KPI…"]
    qtbot.keyClick(box.field, ENTER)
    settled()
    assert isinstance(window.form, Form)
    window.form.close()


def test_that_the_box_waits_for_a_worker_to_load_what_it_needs(
    window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delitem(sys.modules, "mlops_desk.gui.act_commands")
    window.commands.run("box")
    assert window.findChild(CommandBox) is None
    settled()
    found = window.findChild(CommandBox)
    assert isinstance(found, CommandBox)
    assert found is window.box
    assert found.isVisible()

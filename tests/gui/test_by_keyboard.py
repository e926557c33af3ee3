"""A day without a mouse: keys alone go to the widget that has the focus, as a person's keyboard sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.disagreement import Disagreement
from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.team.comment import Comment
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.turns import turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.kernel.record import Noun


class Keyboard:
    """Types at whatever has the focus."""

    def __init__(self, window: MainWindow, settled: Callable[[], None], qtbot: QtBot) -> None:
        self._window, self._settled, self._qtbot = window, settled, qtbot

    @property
    def at(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def press(self, *keys: str) -> None:
        for each in keys:
            if QApplication.activeWindow() is None:  # what a desktop does when a dialog has closed
                self._window.activateWindow()
                self._qtbot.waitUntil(self._window.isActiveWindow)
            combination = QKeySequence(each)[0]  # type: ignore[index]
            QTest.keyClick(self.at, combination.key(), combination.keyboardModifiers())
            self._settled()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.at, text)

    def choose(self, text: str, title: str, *last: str) -> None:
        """Type into the command box, go down to the line with a title, and press the last keys."""
        self.press("Ctrl+K")
        box = self._window.box
        assert box is not None
        self.type(text)
        self._qtbot.waitUntil(lambda: not box._pause.isActive() and not box._is_asking, timeout=5000)
        self._settled()
        titles = [each.title for each in box.list.lines]
        for _step in range(titles.index(title)):
            self.press("Down")
        self.press(*last)

    def run(self, name: str) -> None:
        """Choose a command in the box by its words."""
        title = self._window.commands.actions[name].command.text
        self.choose("> " + title.rstrip("…"), title, "Return")

    def fill(self, **values: str) -> None:
        """Go from field to field with Tab, and type where a value is wanted."""
        form = self._window.form
        assert isinstance(form, Form)
        form.activateWindow()  # as a desktop does with a dialog that opens
        self._qtbot.waitUntil(form.isActiveWindow)
        left = dict(values)
        for _step in range(60):
            if not left:
                return
            for name, row in form.rows.items():
                if name in left and (row.editor is self.at or row.editor.isAncestorOf(self.at)):
                    self.type(left.pop(name))
            self.press("Tab")
        raise AssertionError(f"Tab never came to {', '.join(left)}")


@pytest.fixture
def keyboard(window: MainWindow, settled: Callable[[], None], qtbot: QtBot) -> Keyboard:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert "act-kpi.add" in window.commands.actions
    return Keyboard(window, settled, qtbot)


def found(window: MainWindow, noun: type[Noun]) -> list[Noun]:
    answers: list[list[Noun]] = []

    def take(answer: list[Noun]) -> None:
        answers.append(answer)

    window.desk.ask(lambda rows: rows.find(noun, order="id"), then=take)
    for _turn in range(200):
        QTest.qWait(10)
        if answers and turns().is_idle:
            break
    return answers[0]


def test_that_a_use_case_is_described_and_its_gate_asked_for_and_signed(window: MainWindow, keyboard: Keyboard) -> None:
    keyboard.run("act-use-case.add")
    keyboard.fill(name="Fair credit", problem="It takes four days")
    keyboard.press("Ctrl+Return")
    [case] = found(window, UseCase)
    assert (case.name, case.problem) == ("Fair credit", "It takes four days")  # type: ignore[attr-defined]
    keyboard.run("act-gate.ask")
    keyboard.fill(gate="G1", subject="Fair")
    keyboard.press("Ctrl+Return")
    assert len(found(window, GateRequest)) == 1
    keyboard.press("Ctrl+9")  # the governance page
    assert window.stack.place == "governance"


def test_that_a_kpi_is_added_checked_in_and_taken_back(window: MainWindow, keyboard: Keyboard) -> None:
    keyboard.run("act-kpi.add")
    keyboard.fill(name="Time to decision", unit="min", target="40")
    keyboard.press("Ctrl+Return")
    assert [each.name for each in found(window, Kpi)] == ["Time to decision"]  # type: ignore[attr-defined]
    keyboard.run("act-kpi.check-in")
    keyboard.fill(kpi="Time", value="62")
    keyboard.press("Ctrl+Return")
    assert [each.value for each in found(window, CheckIn)] == [62.0]  # type: ignore[attr-defined]
    keyboard.press("Ctrl+Z")
    assert found(window, CheckIn) == []
    keyboard.press("Ctrl+Shift+Z")
    assert len(found(window, CheckIn)) == 1


def test_that_a_row_is_peeked_commented_and_disputed(window: MainWindow, keyboard: Keyboard) -> None:
    keyboard.run("act-kpi.add")
    keyboard.fill(name="Overrule rate")
    keyboard.press("Ctrl+Return")
    keyboard.press("Ctrl+3")
    keyboard.choose("# Overrule", "Overrule rate", "Ctrl+Return")
    assert window.inspector.isVisible()
    assert not window.inspector.isAncestorOf(keyboard.at), "a peek leaves the focus where it was"
    keyboard.run("comment")
    keyboard.type("Why so high?")
    keyboard.press("Ctrl+Return")
    assert [each.text for each in found(window, Comment)] == ["Why so high?"]  # type: ignore[attr-defined]
    keyboard.press("Ctrl+Shift+D")
    keyboard.fill(question="Is ten too much?")
    assert isinstance(window.form, Form)
    keyboard.press("Escape")
    assert found(window, Disagreement) == []


def test_that_f6_goes_round_the_parts_and_back(window: MainWindow, keyboard: Keyboard) -> None:
    parts = (window.rail, window.stack, window.status)
    seen: set[QWidget] = set()
    for _step in range(12):
        keyboard.press("F6")
        seen |= {part for part in parts if part is keyboard.at or part.isAncestorOf(keyboard.at)}
    assert seen == set(parts)


def test_that_what_is_said_unasked_is_said_to_those_who_hear(
    window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    QAccessible.setActive(True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    window.desk.said.emit("Checked in.", False)
    window.banner.say("The disk is full.", "Make room and try again.")
    settled()
    assert told == ["Checked in.", "The disk is full. Make room and try again."]

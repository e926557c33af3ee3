"""A day without a mouse: keys alone go to the widget that has the focus, as a person's keyboard sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.disagreement import Disagreement
from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.team.comment import Comment
from mlops_desk.catalogue import RULES
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.turns import turns
from tests.gui.steps import goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.kernel.record import Noun
    from tests.gui.keyboard import Keyboard


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
    keyboard.press("Ctrl+0")  # the governance page
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


def test_that_what_others_see_change_is_said_to_those_who_hear(
    window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            told.append((event.message(), event.politeness()))

    def heard(text: str) -> bool:
        found = [politeness for said, politeness in told if said.startswith(text)]
        told.clear()
        return found[:1] == [QAccessible.AnnouncementPoliteness.Polite]

    QAccessible.setActive(True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    window.desk.said.emit("Checked in.", False)
    assert heard("Checked in.")
    window.banner.say("The disk is full.", "Make room and try again.")
    assert heard("The disk is full. Make room and try again.")
    window.desk.fill_in(RULES.acts["kpi.add"])
    settled()
    assert isinstance(window.form, Form)
    window.form.submit()
    assert heard("Name must be given.")
    window.form.close()
    window.open_box("goa")
    assert heard("Goals")
    assert window.box is not None
    window.box.close_box()
    table(goals(window, settled, "objective")).say_fault("That is no number.")
    assert heard("That is no number.")

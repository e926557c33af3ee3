"""Comments in the inspector: read and written beside the record, shown literally, never lost half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from mlops_desk.areas.team.comment import AddComment
from mlops_desk.areas.team.discussion import comments
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import Markable
from mlops_desk.workspace import Workspace
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow


def chosen(window: MainWindow, settled: Callable[[], None], row: int = 0) -> None:
    """Let the inspector show a KPI."""
    window.desk.inspect("kpi", table(goals(window, settled)).model.row(row).id)
    settled()


def said(window: MainWindow) -> list[str]:
    return [each.text() for each in window.inspector.findChildren(QLabel) if each.isVisible()]


def test_that_a_comment_is_written_beside_the_record_with_ctrl_enter(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], qtbot: QtBot
):
    elsewhere(ADD_KPI(**KPI), AddComment(subject="kpi/Time to decision", text="<b>first</b> \u202e"))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    assert "<b>first</b> \\u202e" in said(window)
    comment = window.inspector.comment
    assert comment.isVisible()
    assert not comment.send.isEnabled()
    comment.text.setFocus()
    qtbot.keyClicks(comment.text, "Looks right")
    qtbot.keyClick(comment.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled()
    assert "Looks right" in said(window)
    assert comment.text.toPlainText() == ""
    assert window.banner.isHidden()


def test_that_what_is_half_written_stays_with_its_record(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(**KPI), ADD_KPI(**{**KPI, "name": "Unfair refusals"}))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    comment = window.inspector.comment
    comment.text.setPlainText("half")
    elsewhere(AddComment(subject="kpi/Time to decision", text="news"))
    window.desk.refresh()
    settled()
    assert comment.text.toPlainText() == "half"
    chosen(window, settled, 1)
    assert comment.text.toPlainText() == ""
    chosen(window, settled, 0)
    assert comment.text.toPlainText() == "half"


def test_that_a_comment_that_is_refused_stays_in_its_field_with_the_reason(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    comment = window.inspector.comment
    comment.text.setPlainText("x" * 5000)
    comment.submit()
    settled()
    assert comment.text.toPlainText() == "x" * 5000
    assert "too long" in comment.note.text()
    assert comment.send.isEnabled()


def test_that_a_comment_is_answered_and_the_answer_leads_back_to_it(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], qtbot: QtBot
):
    elsewhere(ADD_KPI(**KPI), AddComment(subject="kpi/Time to decision", text="Is 40 right?"))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    [reply] = [each for each in buttons(window) if each.text() == "Reply"]
    assert reply.accessibleName() == "Reply to Ana Lima: Is 40 right?"
    reply.setFocus()
    qtbot.keyClick(reply, Qt.Key.Key_Space)
    comment = window.inspector.comment
    assert comment.text.hasFocus()
    assert comment.answers.text() == "Answers Ana Lima: Is 40 right?"
    comment.text.setPlainText("Yes")
    comment.submit()
    settled()
    assert any(each.startswith("Ana Lima, answers Ana Lima") for each in said(window))
    assert comment.answers.isHidden()
    assert comment.send.text() == "Comment"
    [back] = [each for each in buttons(window) if each.text() == "What it answers"]
    back.click()
    [answered] = [each for each in window.inspector.findChildren(Markable) if each.text() == "Is 40 right?"]
    assert answered.selectedText() == "Is 40 right?"


def test_that_an_answer_half_written_stays_an_answer_and_can_stand_alone(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    second = ADD_KPI(**{**KPI, "name": "Unfair refusals"})
    elsewhere(ADD_KPI(**KPI), second, AddComment(subject="kpi/Time to decision", text="Is 40 right?"))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    next(each for each in buttons(window) if each.text() == "Reply").click()
    comment = window.inspector.comment
    comment.text.setPlainText("half")
    chosen(window, settled, 1)
    assert comment.answers.isHidden()
    chosen(window, settled, 0)
    assert (comment.answers.isHidden(), comment.text.toPlainText()) == (False, "half")
    comment.alone.click()
    comment.submit()
    settled()
    assert not any("answers" in each for each in said(window))


def buttons(window: MainWindow) -> list[Button]:
    return [each for each in window.inspector.findChildren(Button) if each.isVisible()]


def test_that_a_long_discussion_is_shown_piece_by_piece_and_an_answer_finds_its_comment(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], project: Path
):
    elsewhere(ADD_KPI(**KPI), *(AddComment(subject="kpi/Time to decision", text=f"No {n}") for n in range(1, 13)))
    with Workspace(project) as ana:
        first = ana.ask(comments)[0].id
    elsewhere(AddComment(subject="kpi/Time to decision", text="Late answer", reply_to=first))
    window.desk.refresh()
    settled()
    chosen(window, settled)
    assert "No 4" in said(window)
    assert "No 3" not in said(window)
    assert [each.text() for each in buttons(window) if "older" in each.text()] == ["Show 3 older"]
    next(each for each in buttons(window) if each.text() == "What it answers").click()
    settled()
    high = {each.text(): each.mapTo(window, QPoint()).y() for each in window.inspector.findChildren(Markable)}
    assert high["No 1"] < high["No 3"] < high["No 4"] < high["Late answer"]
    assert not [each for each in buttons(window) if "older" in each.text()]

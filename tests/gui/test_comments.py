"""Comments in the inspector: read and written beside the record, shown literally, never lost half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mlops_desk.areas.team.comment import AddComment
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

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

"""Turns: pieces come one by one, in order, with the loop's own work between them."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from mlops_desk.gui.turns import turns


class Worker(QObject):
    """Does pieces and hears what is posted meanwhile."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def first(self) -> None:
        self.said.append("first")
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    def second(self) -> None:
        self.said.append("second")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self.said.append("posted")
        return super().event(event)


def test_that_pieces_come_in_order_and_what_was_posted_meanwhile_comes_between(qtbot: QtBot):
    said: list[str] = []
    worker = Worker(said)
    turns().soon(worker.first)
    turns().soon(worker.second)
    assert not said, "nothing is done while somebody asks for it"
    qtbot.waitUntil(lambda: turns().is_idle)
    assert said == ["first", "posted", "second"]


def test_that_what_waits_already_is_done_once(qtbot: QtBot):
    said: list[str] = []
    worker = Worker(said)
    for piece in (worker.second, worker.second, worker.second):
        turns().soon(piece)
    qtbot.waitUntil(lambda: turns().is_idle)
    assert said == ["second"]


def test_that_a_piece_of_what_was_closed_is_forgotten_and_the_next_one_comes(qtbot: QtBot):
    said: list[str] = []
    closed, gone, worker = Worker(said), Worker(said), Worker(said)
    for each in (closed, gone, worker):
        turns().soon(each.second)
    shiboken6.delete(closed)
    del gone
    qtbot.waitUntil(lambda: turns().is_idle)
    assert said == ["second"]


def test_that_a_piece_that_fails_does_not_keep_the_others_back(qtbot: QtBot):
    said: list[str] = []
    worker = Worker(said)
    turns().soon(lambda: 1 // 0)
    turns().soon(worker.second)
    with qtbot.captureExceptions() as failures:
        qtbot.waitUntil(lambda: turns().is_idle)
    assert said == ["second"]
    assert [kind for kind, _error, _trace in failures] == [ZeroDivisionError]

"""The Qt binding itself: faults of a release that would abort the program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CALLS = 1000


def test_that_calls_which_return_nothing_keep_the_references_of_none(qtbot: QtBot):
    # PySide6 6.12.0 on Python 3.11 loses one per call and aborts after some 5,000 (none_dealloc).
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        widget.update()
        widget.setWindowTitle("x")
        QCoreApplication.processEvents()
    lost = before - sys.getrefcount(None)
    assert lost < CALLS / 10

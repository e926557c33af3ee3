"""The end of the window: at once, or after the person said what becomes of work under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox

from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow


class Ending(QObject):
    """Asks before work under way is stopped."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = window.desk.tasks

    def may_close(self) -> bool:
        """Tell whether nothing is under way; else ask whether it shall stop, and close once it has."""
        if self._tasks.running:
            self._ask()
            return False
        return True

    def _ask(self) -> None:
        names = "\n".join(f"· {task.title}" for task in self._tasks.running)
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            _("Work is under way"),
            _("Still running:\n{names}", names=names),
            parent=self._window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.addButton(_("Stay"), QMessageBox.ButtonRole.RejectRole)
        wait = box.addButton(_("Wait, then close"), QMessageBox.ButtonRole.AcceptRole)
        wait.clicked.connect(self._wait_and_close)
        stop = box.addButton(_("Stop them and close"), QMessageBox.ButtonRole.AcceptRole)
        stop.clicked.connect(self._stop_and_close)
        box.open()

    @Slot()
    def _wait_and_close(self) -> None:
        self._tasks.changed.connect(self._close_when_idle)
        self._close_when_idle()

    @Slot()
    def _stop_and_close(self) -> None:
        for task in self._tasks.running:
            self._tasks.stop(task.number)
        self._wait_and_close()

    @Slot()
    def _close_when_idle(self) -> None:
        if not self._tasks.running:
            self._window.close()

"""A bug as people meet it: one dialog, details to copy, nothing lost."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from mlops_desk import __version__
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _

log = logging.getLogger(__name__)


class Failures(QObject):
    """Shows the first bug of a run; the others are written to the error stream."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: CrashDialog | None = None

    def watch(self) -> None:
        """Take over what Python would only print."""
        sys.excepthook = self._raised

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.show_failure(error)

    @Slot(object)
    def show_failure(self, error: BaseException) -> None:
        """Show a bug."""
        details = "".join(traceback.format_exception(error))
        log.error("a bug: %s", details)
        if self.dialog is None:
            self.dialog = CrashDialog(details, self._window)
            self.dialog.finished.connect(self._seen)
            self.dialog.open()

    @Slot()
    def _seen(self) -> None:
        self.dialog = None


class CrashDialog(QDialog):
    """Says that something failed that should not, and what is safe."""

    def __init__(self, details: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("This should not have happened"))
        self._details = f"MLOps Desk {__version__}\n{details}"
        text = QPlainTextEdit(self._details)
        text.setReadOnly(True)
        text.setAccessibleName(_("Details"))
        copy = Button(_("Copy details"), "", "copy")
        close = Button(_("Go on"), "main")
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(_("A fault in MLOps Desk stopped this step."), "section", wraps=True))
        column.addWidget(
            label(
                _("What was recorded before is safe. Send the details to whoever looks after your desk."),
                wraps=True,
            )
        )
        column.addWidget(text, 1)
        column.addLayout(buttons)
        self.resize(620, 420)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)

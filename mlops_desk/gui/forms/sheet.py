"""A small form that no act describes: its lines, what is said about them, and two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mlops_desk.gui.command_words import for_window
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import Line as TextLine
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _

Line = tuple[str, QWidget | QLayout]
_WIDTH_PX = 540


class Sheet(QDialog):
    """Stays open until what it asks for is done or the person closes it; a refusal is said at the top."""

    def __init__(self, desk: Desk, title: str, send: str, parent: QWidget, leave: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.desk = desk
        self._number = 0
        self._step = TextLine("", "muted")
        self._leave = Button(leave or _("Cancel"))
        self.banner = Banner()
        self.send = Button(send, "main")
        self.send.setToolTip("Ctrl+Enter")
        self.send.clicked.connect(self.submit)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.submit)
        desk.closed.connect(self.close)
        desk.tasks.stepped.connect(self._stepped)
        self.finished.connect(self._stop)

    def lay_out(self, lines: Sequence[Line], said: str = "", note: str = "", below: QLayout | None = None) -> None:
        """Put the lines below each other; ``said`` stands above them, ``below`` and ``note`` below."""
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, editor in lines:
            if isinstance(editor, QWidget):
                editor.setAccessibleName(title)
            form.addRow(label("" if isinstance(editor, QCheckBox) else title), editor)
        column = QVBoxLayout()
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(14)
        column.addWidget(label(self.windowTitle(), "section"))
        if said:
            column.addWidget(label(said, "secondary", wraps=True))
        column.addWidget(self.banner)
        if lines:
            column.addLayout(form)
        if below is not None:
            column.addLayout(below)
        if note:
            column.addWidget(label(note, "muted", wraps=True))
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(column, 1)
        outer.addWidget(self._foot())
        self.fit()

    def fit(self) -> None:
        """Take the usual width, and the height that what is shown needs."""
        width = theme().px(_WIDTH_PX)
        self.resize(width, max(self.sizeHint().height(), self.heightForWidth(width)))

    def _foot(self) -> QFrame:
        foot = QFrame()
        kind(foot, "foot")
        self._leave.setAutoDefault(False)
        self._leave.clicked.connect(self.close)
        row = QHBoxLayout(foot)
        row.setContentsMargins(20, 12, 20, 12)
        row.addWidget(self._step, 1)
        row.addWidget(self._leave)
        row.addWidget(self.send)
        return foot

    def wait_for(self, number: int) -> None:
        """Say how a task goes on until it is done or refused, and stop it when the sheet is closed before."""
        self._number = number
        self.send.setEnabled(False)
        self.banner.hide()

    @Slot(int)
    def _stepped(self, number: int) -> None:
        if number == self._number:
            step, _done = self.desk.tasks.step_of(number)
            self._step.say(f"{step}…")

    @Slot()
    def _stop(self) -> None:
        self.desk.tasks.stop(self._number)

    @Slot()
    def submit(self) -> None:
        """Do what the sheet is for."""
        raise NotImplementedError

    @Slot(object)
    def refused(self, error: BaseException) -> None:
        """Say what was refused; nothing typed is lost."""
        self.send.setEnabled(True)
        self._step.say("")
        if isinstance(error, DeskError) and not isinstance(error, Cancelled):
            self.banner.say(for_window(error.sentence), for_window(error.hint))
        else:
            self.desk.refuse(error)


def is_missing(wanted: Sequence[tuple[QLineEdit, str]], banner: Banner) -> bool:
    """Tell whether a field that must be filled in is empty; it is said at the top, and the first one gets the focus."""
    for editor, sentence in wanted:
        if not editor.text().strip():
            banner.say(sentence)
            editor.setFocus()
            return True
    return False

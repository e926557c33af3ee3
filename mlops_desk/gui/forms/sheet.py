"""A small form that no act describes: its lines, what is said about them, and two buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _

Line = tuple[str, QWidget | QLayout]
_WIDTH_PX = 540


class Sheet(QDialog):
    """Stays open until what it asks for is done or the person closes it; a refusal is said at the top."""

    def __init__(self, desk: Desk, title: str, send: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.desk = desk
        self.banner = Banner()
        self.send = Button(send, "main")
        self.send.setToolTip("Ctrl+Enter")
        self.send.clicked.connect(self.submit)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.submit)
        desk.closed.connect(self.close)

    def lay_out(self, lines: Sequence[Line], said: str = "", note: str = "") -> None:
        """Put the lines below each other; ``said`` stands above them, ``note`` below."""
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
        column.addLayout(form)
        if note:
            column.addWidget(label(note, "muted", wraps=True))
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(column, 1)
        outer.addWidget(self._foot())
        self.resize(theme().px(_WIDTH_PX), self.sizeHint().height())

    def _foot(self) -> QFrame:
        foot = QFrame()
        kind(foot, "foot")
        cancel = Button(_("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.close)
        row = QHBoxLayout(foot)
        row.setContentsMargins(20, 12, 20, 12)
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.send)
        return foot

    @Slot()
    def submit(self) -> None:
        """Do what the sheet is for."""
        raise NotImplementedError

    @Slot(object)
    def refused(self, error: BaseException) -> None:
        """Say what was refused; nothing typed is lost."""
        self.send.setEnabled(True)
        if isinstance(error, DeskError) and not isinstance(error, Cancelled):
            self.banner.say(error.sentence, error.hint)
        else:
            self.desk.refuse(error)

"""The button that looks like a field and opens the command box."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel.words import _

_FIELD_PX = 300


class BoxButton(Button):
    """Looks like a field, opens the command box, and shows its key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Search or run a command"), "field", "search", parent=parent)
        self._key = ""
        self.restyle()

    def say_key(self, key: str) -> None:
        """Show the key that does the same, as people of this system write it."""
        self._key = key
        self.setAccessibleDescription(key)
        self.update()

    def restyle(self) -> None:
        """Be as wide as the text size asks for."""
        self.setFixedWidth(theme().px(_FIELD_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then the key at its right."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().colour("text.muted"))
        painter.drawText(
            self.rect().adjusted(0, 0, -10, 0),
            int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
            self._key,
        )
        painter.end()


class TopBar(QFrame):
    """Holds the button of the command box: in the corner of the menu bar, above the page where the system has that."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "top")
        self.setAccessibleName(_("Search"))
        self.search = BoxButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 20, 2)
        row.addStretch(1)
        row.addWidget(self.search)
        theme().changed.connect(self.search.restyle)

"""Buttons with an icon and a name, a choice box in the house's look, and a button that remembers what it is for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.text import unmarked

_ARROW_PX = 14


class Button(QPushButton):
    """A button; ``chosen`` carries what it stands for, so that one slot can serve many."""

    chosen = Signal(object)

    def __init__(
        self,
        text: str,
        look: str = "",
        icon: str = "",
        *,
        stands_for: Any = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._has_icon = bool(icon)
        self.stands_for = stands_for
        if look:
            kind(self, look)
        if icon:
            icons.put(
                self,
                icon,
                "accent.on" if look in ("main", "grave") else "accent.text" if look == "link" else "text.secondary",
            )
        self.say(text)
        self.setAccessibleName(name or text)
        if not text:
            self.setToolTip(name)
        self.clicked.connect(self._tell)

    def say(self, text: str) -> None:
        """Show another text."""
        self.setText(f" {unmarked(text)}" if text and self._has_icon else unmarked(text))
        self.setAccessibleName(text)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.stands_for)


class Choice(QComboBox):
    """A choice box with the house's arrow, that does not change under a passing wheel."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, then the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        token = "text.secondary" if self.isEnabled() else "text.disabled"
        arrow = icons.pixmap("chevron-down", token, _ARROW_PX)
        painter.drawPixmap(QPoint(self.width() - _ARROW_PX - 8, (self.height() - _ARROW_PX) // 2), arrow)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the page instead of the choice, unless the box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

"""Labels that show anybody's text as it is: never as markup, cut with dots where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from mlops_desk.gui.theme import kind

LONGEST_TIP = 500


def label(text: str = "", look: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Return a label for plain text; ``look`` is a kind of the style sheet."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wraps)
    if wraps:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if look:
        kind(made, look)
    return made


def tip(text: str) -> str:
    """Return a text as a tool tip that shows it literally, even where it looks like markup."""
    cut = text if len(text) <= LONGEST_TIP else text[: LONGEST_TIP - 1] + "…"
    escaped = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p>{escaped}</p>".replace("\n", "<br>") if "<" in cut else cut


def unmarked(text: str) -> str:
    """Return a text for buttons and menus, where a single & would mark a key."""
    return text.replace("&", "&&")


def ask_for(line: QLineEdit, words: str) -> None:
    """Say in an empty line what belongs there; whole as a tool tip too, for lines that are narrower than the words."""
    line.setPlaceholderText(words)
    line.setToolTip(tip(words))


class Markable(QLabel):
    """Plain text that wraps and can be marked and copied once the pointer is over it.

    A text that can be marked costs twice as much to lay out as one that cannot, and most are only read.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let the text be marked from now on."""
        self._let_mark()
        super().enterEvent(event)

    def mark(self) -> None:
        """Mark the whole text."""
        self._let_mark()
        self.setSelection(0, len(self.text()))

    def _let_mark(self) -> None:
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


class Line(QLabel):
    """One line of plain text that is cut with dots rather than making its neighbours narrow."""

    def __init__(self, text: str = "", look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if look:
            kind(self, look)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        self.setText(text.replace("\n", " "))
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        """Return a size that leaves room to the others."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the text, cut at the right."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), cut)
        painter.end()

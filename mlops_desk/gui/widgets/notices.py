"""What the window says unasked: a banner for a condition of the page, a toast for what was done, an empty state."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _

TOAST_MS = 10_000


class Banner(QWidget):
    """A sentence with a hint and at most one act, until it is closed; or, where nobody may, until it is over."""

    acted = Signal(object)

    def __init__(self, edge: int = 0, parent: QWidget | None = None, *, closes: bool = True) -> None:
        super().__init__(parent)
        self._sentence = label("", "strong", wraps=True)
        self._hint = label("", wraps=True)
        self._act = Button("", "link")
        self._close = Button("", "quiet", "x", name=_("Close this message"))
        if not closes:
            self._close.hide()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._sentence)
        texts.addWidget(self._hint)
        self._frame = QFrame()
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(texts, 1)
        row.addWidget(self._act)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(edge, edge // 2, edge, 0)
        column.addWidget(self._frame)
        self._act.chosen.connect(self.acted)
        self._close.clicked.connect(self.hide)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said, empty if nothing is."""
        return "" if self.isHidden() else self._sentence.text()

    def say(self, sentence: str, hint: str = "", *, level: str = "bad", act: str = "", stands_for: Any = None) -> None:
        """Show a sentence and a hint."""
        kind(self._frame, f"banner-{level}")
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._act.say(act)
        self._act.stands_for = stands_for
        self._act.setVisible(bool(act))
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(hint)
        announce(self, f"{sentence} {hint}".strip())
        self.show()


class Toast(QFrame):
    """A short word about what was just done, with a way back where there is one; it leaves by itself."""

    acted = Signal(object)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        kind(self, "toast")
        self._icon = label()
        self._text = label()
        self._act = Button("", "link")
        self._close = Button("", "quiet", "x", name=_("Close this message"))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(8)
        for part in (self._icon, self._text, self._act, self._close):
            row.addWidget(part)
        self._leaves = QTimer(self, interval=TOAST_MS, singleShot=True)
        self._leaves.timeout.connect(self.hide)
        self._act.chosen.connect(self._acted)
        self._close.clicked.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, empty if nothing is."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, act: str = "", stands_for: Any = None) -> None:
        """Show a text for ten seconds."""
        self._icon.setPixmap(icons.pixmap("check", "ok.solid"))
        self._text.setText(text)
        self._act.say(act)
        self._act.stands_for = stands_for
        self._act.setVisible(bool(act))
        self.setAccessibleName(text)
        announce(self, text)
        self._place()
        self.show()
        self.raise_()
        self._leaves.start()

    @Slot(object)
    def _acted(self, stands_for: Any) -> None:
        self.hide()
        self.acted.emit(stands_for)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle below when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        over = self._over
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - theme().px(52))


class EmptyState(QWidget):
    """What stands where nothing is: an icon, one sentence, one act that helps."""

    acted = Signal(object)

    def __init__(self, icon: str = "sparkles", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._icon = label()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = label("", "empty", wraps=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setMaximumWidth(520)
        self._hint = label("", "secondary", wraps=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setMaximumWidth(520)
        self._act = Button("", "main")
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._icon)
        for text in (self._sentence, self._hint):
            line = QHBoxLayout()
            line.addStretch()
            line.addWidget(text, 10)
            line.addStretch()
            column.addLayout(line)
        column.addWidget(self._act, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        self._act.chosen.connect(self.acted)
        self._tint()

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._sentence.text()

    def say(self, sentence: str, act: str = "", stands_for: Any = None, hint: str = "") -> None:
        """Show a sentence and, where there is one, the act."""
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._act.say(act)
        self._act.stands_for = stands_for
        self._act.setVisible(bool(act))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self._icon.setPixmap(icons.pixmap(self._icon_name, "text.muted", 36))

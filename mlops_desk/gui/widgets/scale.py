"""A scale from 0 to 10 to choose from: by its figures, the arrows, or a press; nothing chosen is an answer too."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from mlops_desk.gui.theme import theme
from mlops_desk.kernel.words import _

MOST = 10
_LEAST_PX, _WANTED_PX = 24, 26
_EMPTYING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Scale(QSlider):
    """Eleven fields, of which one is chosen or none. ``chosen`` comes with each choice.

    A figure chooses it, 1 and then 0 choose 10, Delete takes the choice back; a screen reader meets a slider.
    """

    chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._name = name
        self._is_said = False
        self.setRange(0, MOST)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._note)
        self.choose(None)

    @property
    def choice(self) -> int | None:
        """What is chosen, None if nothing is."""
        return self.value() if self._is_said else None

    def choose(self, value: int | None) -> None:
        """Choose a value, or none."""
        self._is_said = value is not None
        if value is not None:
            self.setValue(value)
        self._tell()

    @Slot()
    def _note(self) -> None:
        self._is_said = True
        self._tell()

    def _tell(self) -> None:
        said = _("{name}: {value}", name=self._name, value=self.value() if self._is_said else _("not said"))
        self.setAccessibleName(said)
        self.update()
        self.chosen.emit()

    def sizeHint(self) -> QSize:
        """Return room for eleven fields."""
        return QSize(theme().px(_WANTED_PX) * (MOST + 1), theme().px(_WANTED_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the least room that fields to press need."""
        return QSize(_LEAST_PX * (MOST + 1), theme().px(_WANTED_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by a figure, take the choice back with Delete; arrows, Home and End as sliders have them."""
        figure = event.text()
        if event.key() in _EMPTYING:
            self.choose(None)
        elif figure.isdecimal() and figure.isascii() and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.choose(MOST if figure == "0" and self.choice == 1 else int(figure))
        else:
            before = self.value()
            super().keyPressEvent(event)
            if event.isAccepted() and self.value() == before:
                self.choose(before)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the field under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(min(MOST, max(0, int(event.position().x() * (MOST + 1) / max(1, self.width())))))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Leave the choice where it was pressed."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the fields; the chosen one is filled and strong, with the focus there is a ring around all."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ring = look.colour("focus.ring" if self.hasFocus() else "border.control")
        painter.setPen(QPen(ring, 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour("bg.surface"))
        painter.drawRoundedRect(box, 6, 6)
        wide = box.width() / (MOST + 1)
        for figure in range(MOST + 1):
            field, is_chosen = QRectF(box.left() + figure * wide, box.top(), wide, box.height()), figure == self.choice
            if is_chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("accent.solid"))
                painter.drawRoundedRect(field.adjusted(1.5, 2, -1.5, -2), 5, 5)
            painter.setFont(look.font("body", is_strong=is_chosen))
            painter.setPen(look.colour("accent.on" if is_chosen else "text.secondary"))
            painter.drawText(field, int(Qt.AlignmentFlag.AlignCenter), str(figure))
        painter.end()

"""The five stages of the cycle as a strip: each a button with shape, word and colour, joined by a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.state_chip import paint_shape
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.workspace.status import Stage

_SHAPE_PX, _EDGE_PX = 14, 12


class StageButton(QAbstractButton):
    """One stage: its title, and under it its state."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_state(stage.state)

    def show_state(self, state: State) -> None:
        """Show how the stage stands."""
        self.stage = Stage(self.stage.name, self.stage.title, state)
        self.setText(self.stage.title)
        self.setAccessibleName(f"{self.stage.title}: {state.word}")
        self.setToolTip(tip(f"{state.word}. {state.reason}".rstrip(". ")))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for title and state."""
        return QSize(150, theme().px(52))

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(96, theme().px(52))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint shape, title and word; a tint under the pointer and a ring with the focus."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(look.colour("focus.ring"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("bg.hover") if self.underMouse() or self.isDown() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        paint_shape(
            painter, QRectF(_EDGE_PX, self.height() / 2 - _SHAPE_PX / 2, _SHAPE_PX, _SHAPE_PX), self.stage.state.level
        )
        left = _EDGE_PX + _SHAPE_PX + 10
        room = QRect(left, 0, self.width() - left - 6, self.height())
        first, second = theme().px(18), theme().px(17)
        top = (room.height() - first - second - 2) // 2
        self._line(painter, QRect(room.left(), top, room.width(), first), self.stage.title, is_strong=True)
        self._line(
            painter, QRect(room.left(), top + first + 2, room.width(), second), self.stage.state.word, is_strong=False
        )
        painter.end()

    def _line(self, painter: QPainter, box: QRect, text: str, *, is_strong: bool) -> None:
        font = theme().font("body" if is_strong else "caption", is_strong=is_strong)
        painter.setFont(font)
        painter.setPen(theme().colour("text.primary" if is_strong else "text.secondary"))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)


class _Joint(QWidget):
    """The line between two stages, with the arrow of the cycle's way."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(22)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("border.control"), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        middle, right = self.height() / 2, self.width() - 4
        painter.drawLine(2, round(middle), right, round(middle))
        painter.drawLine(right - 4, round(middle - 4), right, round(middle))
        painter.drawLine(right - 4, round(middle + 4), right, round(middle))
        painter.end()


class StageStrip(QFrame):
    """The spine of the desk; ``wanted`` carries the name of the stage that was pressed."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.setAccessibleName(_("The five stages"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 5, 6, 5)
        self._row.setSpacing(0)
        self.buttons: dict[str, StageButton] = {}

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Show how the stages stand."""
        for stage in stages:
            if stage.name in self.buttons:
                self.buttons[stage.name].show_state(stage.state)
                continue
            if self.buttons:
                self._row.addWidget(_Joint())
            button = StageButton(stage)
            button.clicked.connect(self._pressed)
            self.buttons[stage.name] = button
            self._row.addWidget(button, 1)
        self.setAccessibleDescription(", ".join(f"{each.title}: {each.state.word}" for each in stages))

    @Slot()
    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, StageButton):
            self.wanted.emit(button.stage.name)

"""The five stages of the cycle as a strip: each a button with shape, word and colour, joined by a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.state_chip import paint_shape
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.workspace.status import Stage

_SHAPE_PX, _EDGE_PX = 14, 12
_TITLE_PX, _LINE_PX, _AROUND_PX = 18, 17, 17


class StageButton(QAbstractButton):
    """One stage: its title, and under it its state."""

    resized = Signal()

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self._lines = 1
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

    def lines_wanted(self) -> int:
        """Return on how many lines the state is read whole, two at most."""
        return len(two_lines(self.stage.state.word, QFontMetrics(theme().font("caption")), self._room()))

    def take_lines(self, lines: int) -> None:
        """Be as high as this many lines of state."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return room for title and state."""
        return QSize(150, theme().px(_TITLE_PX + self._lines * _LINE_PX + _AROUND_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(96, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the strip look how many lines the states need now."""
        super().resizeEvent(event)
        self.resized.emit()

    def _room(self) -> int:
        return self.width() - 2 * _EDGE_PX - _SHAPE_PX - 4

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
        said = two_lines(self.stage.state.word, QFontMetrics(look.font("caption")), self._room())
        left, first, line = _EDGE_PX + _SHAPE_PX + 10, look.px(_TITLE_PX), look.px(_LINE_PX)
        top = (self.height() - first - self._lines * line - 2) // 2
        self._line(painter, QRect(left, top, self._room(), first), self.stage.title, is_strong=True)
        for number, text in enumerate(said):
            below = QRect(left, top + first + 2 + number * line, self._room(), line)
            self._line(painter, below, text, is_strong=False)
        painter.end()

    def _line(self, painter: QPainter, box: QRect, text: str, *, is_strong: bool) -> None:
        font = theme().font("body" if is_strong else "caption", is_strong=is_strong)
        painter.setFont(font)
        painter.setPen(theme().colour("text.primary" if is_strong else "text.secondary"))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)


def two_lines(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Return a text broken between words into at most two lines; the second may still be too long."""
    words = text.split()
    for count in range(len(words), 0, -1):
        first = " ".join(words[:count])
        if count == 1 or metrics.horizontalAdvance(first) <= width:
            rest = " ".join(words[count:])
            return [first, rest] if rest else [first]
    return [text]


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
            button.resized.connect(self._fit)
            self.buttons[stage.name] = button
            self._row.addWidget(button, 1)
        self._fit()
        self.setAccessibleDescription(", ".join(f"{each.title}: {each.state.word}" for each in stages))

    @Slot()
    def _fit(self) -> None:
        """Give all stages the same height: that of the longest state."""
        lines = max((each.lines_wanted() for each in self.buttons.values()), default=1)
        for each in self.buttons.values():
            each.take_lines(lines)

    @Slot()
    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, StageButton):
            self.wanted.emit(button.stage.name)

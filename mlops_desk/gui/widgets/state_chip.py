"""A state as shape, word and colour: painted the same way in chips, tables and cards."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.state import Level, State

SHAPE_PX = 10
_GAP_PX, _EDGE_PX, _HEIGHT_PX = 6, 8, 22


def paint_shape(painter: QPainter, box: QRectF, level: Level) -> None:
    """Paint the shape of a level: circle, diamond, triangle, i in a circle, dashed circle with ?."""
    look = theme()
    solid = look.colour(f"{level}.solid")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(solid)
    middle = box.center()
    if level == "ok":
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif level == "warn":
        corners = [QPointF(middle.x(), box.top()), QPointF(box.right(), middle.y())]
        corners += [QPointF(middle.x(), box.bottom()), QPointF(box.left(), middle.y())]
        painter.drawPolygon(QPolygonF(corners))
    elif level == "bad":
        painter.drawPolygon(QPolygonF([QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()]))
    else:
        _paint_letter(painter, box.adjusted(-0.5, -0.5, 0.5, 0.5), level)
    painter.restore()


def _paint_letter(painter: QPainter, box: QRectF, level: Level) -> None:
    pen = QPen(theme().colour(f"{level}.solid"), 1.3)
    if level == "unknown":
        pen.setDashPattern([1.6, 1.6])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box)
    font = theme().font("caption", is_strong=True)
    font.setPixelSize(max(6, round(box.height() * 0.72)))
    painter.setFont(font)
    painter.setPen(theme().colour(f"{level}.text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?" if level == "unknown" else "i")


def chip_width(word: str) -> int:
    """Return how wide a chip with this word wants to be."""
    return (
        QFontMetrics(theme().font("caption", is_strong=True)).horizontalAdvance(word)
        + SHAPE_PX
        + _GAP_PX
        + 2 * _EDGE_PX
        + 2
    )


def chip_height() -> int:
    """Return how high a chip is."""
    return theme().px(_HEIGHT_PX)


def paint_chip(painter: QPainter, box: QRect, state: State) -> None:
    """Paint shape and word on the tint of the level, cut with dots where there is no room."""
    look = theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tint = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
    pen = QPen(Qt.PenStyle.NoPen)
    if state.level == "unknown":
        pen = QPen(look.colour("unknown.solid"), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(look.colour(f"{state.level}.bg"))
    painter.drawRoundedRect(tint, tint.height() / 2, tint.height() / 2)
    top = tint.center().y() - SHAPE_PX / 2
    paint_shape(painter, QRectF(tint.left() + _EDGE_PX, top, SHAPE_PX, SHAPE_PX), state.level)
    font = look.font("caption", is_strong=True)
    painter.setFont(font)
    painter.setPen(look.colour(f"{state.level}.text"))
    room = box.adjusted(_EDGE_PX + SHAPE_PX + _GAP_PX, 0, -_EDGE_PX + 2, 0)
    word = QFontMetrics(font).elidedText(state.word, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), word)
    painter.restore()


class StateChip(QWidget):
    """A chip that shows one state."""

    def __init__(self, state: State | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State("unknown", "")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if state is None:
            self.hide()
        else:
            self._take(state)

    @property
    def state(self) -> State:
        """The state that is shown."""
        return self._state

    def show_state(self, state: State | None) -> None:
        """Show a state; None hides the chip."""
        self.setVisible(state is not None)
        if state is not None:
            self._take(state)

    def _take(self, state: State) -> None:
        self._state = state
        self.setAccessibleName(state.word)
        self.setToolTip(tip(state.reason))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that the word wants."""
        return QSize(chip_width(self._state.word), chip_height())

    def minimumSizeHint(self) -> QSize:
        """Return the size below which only the shape is left."""
        return QSize(min(chip_width(self._state.word), 72), chip_height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the chip."""
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._state)
        painter.end()

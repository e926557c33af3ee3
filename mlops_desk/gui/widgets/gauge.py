"""A bullet bar: the way to a target or a band, the value on it, and what is expected today; painted in cells."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from mlops_desk.gui.models.cells import number_text
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.state_chip import SHAPE_PX, paint_shape
from mlops_desk.kernel.figures import Gauge
from mlops_desk.kernel.words import _

WIDTH_PX = 230
_NUMBER_PX, _TRACK_PX, _TICK_PX = 78, 6, 14
_WHOLE_FROM = 100
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def paint_gauge(painter: QPainter, box: QRect, gauge: Gauge) -> None:
    """Paint a gauge into a box: at the left the bar, at the right the value in figures.

    The value is the shape of its state; the target a tall line, what is expected today a short one, the band a tint.
    What is not known is a dashed way without a value. Nothing is said by colour alone.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    figures = box.adjusted(max(0, box.width() - theme().px(_NUMBER_PX)), 0, 0, 0)
    _figure(painter, figures, gauge)
    edge = SHAPE_PX / 2 + 1
    room = QRectF(box).adjusted(edge, 0, -figures.width() - edge - 6, 0)
    if room.width() > 4 * edge:
        track = QRectF(room.left(), room.center().y() - _TRACK_PX / 2 + 0.5, room.width(), _TRACK_PX)
        _bar(painter, track, gauge)
    painter.restore()


def _figure(painter: QPainter, box: QRect, gauge: Gauge) -> None:
    look, is_known = theme(), gauge.value is not None
    painter.setFont(look.font("body" if is_known else "caption"))
    painter.setPen(look.colour("text.primary" if is_known else "unknown.text"))
    text = f"{number_text(_short(gauge.value))} {gauge.unit}".rstrip() if gauge.value is not None else _("not known")
    cut = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _RIGHT, cut)


def _short(value: float) -> float:
    """Return a value with the three digits that there is room for; the words have it all."""
    return float(f"{value:.3g}") if abs(value) < _WHOLE_FROM else round(value)


def _bar(painter: QPainter, track: QRectF, gauge: Gauge) -> None:
    look = theme()
    is_known = gauge.value is not None and gauge.ends is not None
    pen = Qt.PenStyle.NoPen if is_known else QPen(look.colour("unknown.solid"), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(look.colour("border.subtle") if is_known else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(track, _TRACK_PX / 2, _TRACK_PX / 2)
    if gauge.ends is None:
        return
    if gauge.low is not None and gauge.high is not None:
        _band(painter, track, (_x(track, gauge, gauge.low), _x(track, gauge, gauge.high)))
    elif gauge.value is not None:
        _way(painter, track, _x(track, gauge, gauge.value))
    if gauge.expected is not None and gauge.low is None:
        _tick(painter, track, _x(track, gauge, gauge.expected), 2, _TICK_PX, "text.secondary")
    if gauge.target is not None and gauge.low is None:
        _tick(painter, track, _x(track, gauge, gauge.target), 2.5, _TICK_PX + 4, "text.primary")
    if gauge.value is not None:
        _dot(painter, QPointF(_x(track, gauge, gauge.value), track.center().y()), gauge)


def _x(track: QRectF, gauge: Gauge, value: float) -> float:
    return track.left() + track.width() * min(1.0, max(0.0, gauge.at(value)))


def _band(painter: QPainter, track: QRectF, edges: tuple[float, float]) -> None:
    """Paint the band as a tint between two tall edges."""
    look, (left, right) = theme(), edges
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("border.control"))
    painter.drawRect(QRectF(left, track.top(), right - left, track.height()))
    for place in edges:
        _tick(painter, track, place, 2, _TICK_PX, "text.primary")


def _way(painter: QPainter, track: QRectF, until: float) -> None:
    """Paint the part of the way that lies behind."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("text.muted"))
    painter.drawRoundedRect(
        QRectF(track.left(), track.top(), until - track.left(), track.height()), _TRACK_PX / 2, _TRACK_PX / 2
    )


def _tick(painter: QPainter, track: QRectF, place: float, width: float, height: float, token: str) -> None:
    painter.setPen(QPen(theme().colour(token), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    middle = track.center().y()
    painter.drawLine(QPointF(place, middle - height / 2), QPointF(place, middle + height / 2))


def _dot(painter: QPainter, middle: QPointF, gauge: Gauge) -> None:
    """Paint the shape of the state where the value is, on a ground that parts it from the bar."""
    half = SHAPE_PX / 2 + 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("bg.surface"))
    painter.drawEllipse(middle, half, half)
    paint_shape(painter, QRectF(middle.x() - SHAPE_PX / 2, middle.y() - SHAPE_PX / 2, SHAPE_PX, SHAPE_PX), gauge.level)

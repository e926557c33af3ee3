"""A sparkline: the last values of a series in a cell, with its target; gaps stay gaps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from mlops_desk.gui.theme import theme
from mlops_desk.kernel.figures import Trace

WIDTH_PX = 150
_EDGE_PX, _DOT_PX = 5, 2.6


def paint_trace(painter: QPainter, box: QRect, trace: Trace) -> None:
    """Paint a trace into a box: a line for each stretch without a gap, the last value as a dot, the target dashed."""
    if not trace.values:
        return
    look, room = theme(), QRectF(box).adjusted(_DOT_PX, _EDGE_PX, -_DOT_PX - 1, -_EDGE_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if trace.target is not None:
        painter.setPen(QPen(look.colour("border.strong"), 1, Qt.PenStyle.DashLine))
        across = _points(trace, room, (trace.days[0],), (trace.target,))[0].y()
        painter.drawLine(QPointF(room.left(), across), QPointF(room.right(), across))
    points = _points(trace, room, trace.days, trace.values)
    line = look.colours("chart")[0]
    painter.setPen(QPen(line, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for first, last in _stretches(trace):
        if last > first:
            painter.drawPolyline(QPolygonF(points[first : last + 1]))
        else:
            painter.drawPoint(points[first])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line)
    painter.drawEllipse(points[-1], _DOT_PX, _DOT_PX)
    painter.restore()


def _points(trace: Trace, room: QRectF, days: tuple[int, ...], values: tuple[float, ...]) -> list[QPointF]:
    """Return where values stand; the target is always in sight."""
    seen = trace.values if trace.target is None else (*trace.values, trace.target)
    least, most = min(seen), max(seen)
    height, length = most - least or 1.0, trace.days[-1] - trace.days[0] or 1
    return [
        QPointF(
            room.right() if len(trace.days) == 1 else room.left() + room.width() * (day - trace.days[0]) / length,
            room.bottom() - room.height() * ((value - least) / height if most > least else 0.5),
        )
        for day, value in zip(days, values, strict=True)
    ]


def _stretches(trace: Trace) -> list[tuple[int, int]]:
    """Return first and last place of each run of values without a gap between them."""
    starts = [
        place
        for place in range(len(trace.days))
        if place == 0 or trace.days[place] - trace.days[place - 1] > trace.gap_days
    ]
    ends = [*(each - 1 for each in starts[1:]), len(trace.days) - 1]
    return list(zip(starts, ends, strict=True))

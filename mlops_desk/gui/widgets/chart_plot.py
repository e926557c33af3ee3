"""The drawing surface of a chart: axes in the theme's look, arrow keys that read points, pan and zoom of long lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen

from mlops_desk.gui.theme import theme

_BEHIND = -1000  # the grid belongs to the axis, which lies over the bars otherwise
_LONGEST_PLACE = 20
_PAN_SHARE, _ZOOM = 0.1, 0.5
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ZOOMS = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot without menus; ``read`` is called with the steps of the arrow keys.

    A long line can be dragged, and its part in view moved with Shift and the arrow keys, made smaller and larger with
    + and - or Ctrl and the wheel; Home shows all of it.
    """

    def __init__(self, read: Callable[[int], object]) -> None:
        super().__init__()
        self._read = read
        self._span: tuple[float, float] | None = None
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.getPlotItem().setContentsMargins(0, 4, 6, 0)

    def let_pan(self, span: tuple[float, float] | None) -> None:
        """Let the part in view move within a span of the horizontal axis; None shows everything, fixed."""
        self._span = span
        self.setMouseEnabled(x=span is not None, y=False)
        low, high = span if span is not None else (None, None)
        self.getPlotItem().getViewBox().setLimits(xMin=low, xMax=high)

    def dress(self, places: Sequence[Any], ink: QColor, line: QColor) -> None:
        """Give the axes their look, and days or words where the places are such."""
        item = self.getPlotItem()
        first = places[0] if places else None
        bottom = pg.DateAxisItem(utcOffset=0) if isinstance(first, date) else pg.AxisItem("bottom")
        left = pg.AxisItem("left")
        item.setAxisItems({"bottom": bottom, "left": left})
        is_sideways = isinstance(first, str)
        item.getViewBox().invertY(is_sideways)
        if is_sideways:
            left.setStyle(hideOverlappingLabels=False)
            item.setYRange(-0.6, len(places) - 0.4, padding=0)
            left.setTicks([[(number, short_place(text)) for number, text in enumerate(places)]])
        for axis in (bottom, left):
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(ink))
            axis.setTickFont(theme().font("caption"))
            axis.setStyle(tickLength=4, tickTextOffset=6)
            axis.setZValue(_BEHIND)
        item.showGrid(x=is_sideways, y=not is_sideways, alpha=0.18)

    @property
    def in_view(self) -> tuple[float, float]:
        """The part of the horizontal axis that is shown."""
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        return float(low), float(high)

    def pan(self, share: float) -> None:
        """Move the part in view by a share of its width."""
        if self._span is not None:
            (low, high), (first, last) = self.in_view, self._span
            step = max(first - low, min(last - high, (high - low) * share))
            self.setXRange(low + step, high + step, padding=0)

    def zoom(self, factor: float) -> None:
        """Make the part in view smaller or larger around its middle."""
        if self._span is not None:
            (low, high), (first, last) = self.in_view, self._span
            middle, half = (low + high) / 2, (high - low) / 2 * factor
            self.setXRange(max(first, middle - half), min(last, middle + half), padding=0)

    def show_all(self) -> None:
        """Show the whole line again."""
        if self._span is not None:
            self.setXRange(*self._span, padding=0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read the points with the arrow keys; with Shift move what is in view."""
        key, is_pan = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _STEPS and is_pan:
            self.pan(_STEPS[key] * _PAN_SHARE)
        elif key in _STEPS:
            self._read(_STEPS[key])
        elif key in _ZOOMS:
            self.zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_Home:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart, and a ring around it while the keys read it."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(theme().colour("focus.ring"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys read it now."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the page, but with Ctrl let it zoom."""
        if self._span is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM)
            event.accept()
        else:
            event.ignore()


def short_place(text: str) -> str:
    """Return a place on the axis, cut where it is long."""
    return text if len(text) <= _LONGEST_PLACE else f"{text[: _LONGEST_PLACE - 1]}…"


def number_of(place: Any) -> float:
    """Return where a place stands on the axis: seconds since 1970 of days and times, else the number itself."""
    if isinstance(place, datetime):
        return place.timestamp()
    if isinstance(place, date):
        return datetime.combine(place, time(12)).astimezone().timestamp()
    return float(place)

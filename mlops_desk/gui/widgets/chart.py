"""A chart drawn by pyqtgraph from a Chart: the theme's colours, target, bands, gaps, and a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import theme
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.chart_table import ChartTable
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.words import _

HEIGHT_PX = 190
MAX_SERIES = 8
_DAY_S = 86_400
_BEHIND = -1000  # the grid belongs to the axis, which lies over the bars otherwise
_PLACE_PX, _HIGHEST_PX, _LONGEST_PLACE, _MARKED_POINTS = 26, 420, 20, 60
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.DashLine,
)
_MARKS = ("o", "s", "t1", "d", "x", "+", "star", "h")


class ChartView(QWidget):
    """One chart with its sentence above, its count below, and its table behind Ctrl+T."""

    def __init__(self, chart: Chart, parent: QWidget | None = None, *, draws_later: bool = False) -> None:
        """Make the view; ``draws_later`` makes the surface, draws on it and shows it in later turns of the loop."""
        super().__init__(parent)
        self._places: list[Any] = []
        self._surface: _Plot | None = None
        self._table: ChartTable | None = None
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(theme().px(HEIGHT_PX))
        self._sentence = label("", "strong", wraps=True)
        self._reading = label("", "muted", wraps=True)
        table = Button("", "quiet", "table", name=_("Chart as table"))
        copy = Button("", "quiet", "image", name=_("Copy as picture"))
        table.clicked.connect(self.toggle)
        copy.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._sentence, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(table, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._stack)
        column.addWidget(self._reading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_chart(chart, draws_later=draws_later)

    def show_chart(self, chart: Chart, *, draws_later: bool = False) -> None:
        """Show a chart in place of the one before; a surface is dear to make, and is used again."""
        self.chart = chart
        self._point = -1
        self._sentence.setText(chart.sentence)
        if self._table is not None:
            self._stack.removeWidget(self._table)
            self._table.deleteLater()
            self._table = None
        if draws_later:
            turns().soon(self._go_on)
        else:
            self._draw()

    # --- what it says -----------------------------------------------------------------------

    def summary(self) -> str:
        """Return the chart in words: its sentence, its target, what it rests on."""
        parts = [self.chart.sentence]
        if self.chart.target is not None:
            parts.append(_("Target {target}", target=_amount(self.chart.target, self.chart.unit)))
        parts += [
            _("{name} {low} to {high}", name=band.name, low=f"{band.low:g}", high=f"{band.high:g}")
            for band in self.chart.bands
        ]
        return ". ".join([*parts, self._rests_on()])

    def _rests_on(self) -> str:
        parts = []
        if self.chart.n is not None:
            parts.append(_("n = {n}", n=f"{self.chart.n:,}"))
        if self.chart.as_of is not None:
            parts.append(_("as of {time}", time=cell_text(self.chart.as_of, "instant")))
        return " · ".join(parts)

    @property
    def is_sideways(self) -> bool:
        """Tell whether the places are words, which then stand at the left, one on each line."""
        return bool(self._places) and isinstance(self._places[0], str)

    @property
    def shows_table(self) -> bool:
        """Tell whether the table is in front."""
        return self._stack.currentIndex() == 1

    # --- drawing ----------------------------------------------------------------------------

    @property
    def _plot(self) -> _Plot:
        if self._surface is None:
            self._surface = _Plot(self)
            self._surface.setAccessibleName(self.chart.sentence)
            self._stack.insertWidget(0, self._surface)
        return self._surface

    @Slot()
    def _go_on(self) -> None:
        is_new = self._surface is None
        self._plot.setUpdatesEnabled(False)
        if is_new:
            self._stack.setCurrentWidget(self._plot)
            turns().soon(self._go_on)
        else:
            self._draw()
            turns().soon(self._reveal)

    @Slot()
    def _reveal(self) -> None:
        self._plot.setUpdatesEnabled(True)

    @Slot()
    def _draw(self) -> None:
        look = theme()
        plot: Any = self._plot
        plot.clear()
        plot.enableAutoRange()
        plot.setBackground(look.colour("bg.surface"))
        plot.setAccessibleName(self.chart.sentence)
        plot.setAccessibleDescription(self.summary())
        self._places = _places(self.chart)
        plot.dress(self._places, look.colour("text.muted"), look.colour("border.subtle"))
        places_px = max(HEIGHT_PX // 2, min(_HIGHEST_PX, _PLACE_PX * len(self._places) + 40))
        self._stack.setFixedHeight(look.px(places_px if self.is_sideways else HEIGHT_PX))
        if len(self._places) == 1 and isinstance(self._places[0], date):
            middle = _number(self._places[0])
            plot.getPlotItem().setXRange(middle - _DAY_S, middle + _DAY_S, padding=0)
        self._bands(plot)
        self._target(plot)
        for place, series in enumerate(self.chart.series[:MAX_SERIES]):
            self._series(plot, place, series)
        self._marks(plot)
        self._reading.setText(self._legend())

    def _bands(self, plot: Any) -> None:
        tint = QColor(theme().colour("ok.solid"))
        tint.setAlpha(36)
        across = "vertical" if self.is_sideways else "horizontal"
        for band in self.chart.bands:
            item = pg.LinearRegionItem((band.low, band.high), across, brush=tint, pen=pg.mkPen(None), movable=False)
            plot.addItem(item)

    def _target(self, plot: Any) -> None:
        if self.chart.target is not None:
            pen = pg.mkPen(theme().colour("text.secondary"), width=1, style=Qt.PenStyle.DashLine)
            plot.addItem(pg.InfiniteLine(self.chart.target, angle=90 if self.is_sideways else 0, pen=pen))

    def _series(self, plot: Any, place: int, series: Series) -> None:
        look = theme()
        colour = look.colour("text.muted") if series.is_reference else look.colours("chart")[place % MAX_SERIES]
        x = np.array([self._x(each) for each, _value in series.points], dtype=float)
        y = np.array([np.nan if value is None else value for _place, value in series.points], dtype=float)
        if not len(x):
            return
        if self.chart.kind == "bars":
            self._bars(plot, place, x, y, colour)
        else:
            self._points(plot, place, series, x, y, colour)
        if series.low and series.high:
            self._interval(plot, x, series, colour)

    def _bars(self, plot: Any, place: int, x: Any, y: Any, colour: QColor) -> None:
        width = 0.7 / max(1, len(self.chart.series)) * _step(x)
        at = x + (place - (len(self.chart.series) - 1) / 2) * width
        values, pen = np.nan_to_num(y), pg.mkPen(None)
        if self.is_sideways:
            plot.addItem(pg.BarGraphItem(x0=0, y=at, width=values, height=width, brush=colour, pen=pen))
        else:
            plot.addItem(pg.BarGraphItem(x=at, height=values, width=width, brush=colour, pen=pen))

    def _points(self, plot: Any, place: int, series: Series, x: Any, y: Any, colour: QColor) -> None:
        dash = Qt.PenStyle.DotLine if series.is_reference else _DASHES[place % MAX_SERIES]
        is_line = self.chart.kind == "line" and not self.is_sideways
        pen = pg.mkPen(colour, width=1.4 if series.is_reference else 2, style=dash) if is_line else None
        has_marks = not is_line or (not series.is_reference and len(x) <= _MARKED_POINTS)
        mark = {"symbol": _MARKS[place % MAX_SERIES], "symbolSize": 8, "symbolBrush": colour, "symbolPen": colour}
        across, up = (y, x) if self.is_sideways else (x, y)
        plot.plot(across, up, pen=pen, connect="finite", **(mark if has_marks else {}))

    def _interval(self, plot: Any, x: Any, series: Series, colour: QColor) -> None:
        low = np.array([np.nan if each is None else each for each in series.low], dtype=float)
        high = np.array([np.nan if each is None else each for each in series.high], dtype=float)
        middle, half = (low + high) / 2, (high - low) / 2
        pen = pg.mkPen(colour, width=1.4)
        if self.is_sideways:
            plot.addItem(pg.ErrorBarItem(x=middle, y=x, left=half, right=half, pen=pen))
        else:
            plot.addItem(pg.ErrorBarItem(x=x, y=middle, top=half, bottom=half, pen=pen))

    def _marks(self, plot: Any) -> None:
        pen = pg.mkPen(theme().colour("info.solid"), width=1, style=Qt.PenStyle.DotLine)
        for at, text in self.chart.marks:
            plot.addItem(
                pg.InfiniteLine(
                    _number(at),
                    angle=90,
                    pen=pen,
                    label=text[:24],
                    labelOpts={"color": theme().colour("info.text"), "position": 0.92},
                )
            )

    def _x(self, place: Any) -> float:
        return float(self._places.index(place)) if isinstance(place, str) else _number(place)

    def _legend(self) -> str:
        names = [each.name for each in self.chart.series[:MAX_SERIES]]
        more = len(self.chart.series) - len(names)
        said = names + ([_("{n} others in the table", n=more)] if more > 0 else [])
        target = (
            [_("target {target}", target=_amount(self.chart.target, self.chart.unit))]
            if self.chart.target is not None
            else []
        )
        return " · ".join([*(said if len(said) > 1 else []), *target, self._rests_on()])

    # --- what people do ---------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Show the table in place of the drawing, or the drawing again."""
        front: QWidget = self._plot if self.shows_table else self.table()
        self._stack.setCurrentWidget(front)
        front.setFocus()

    def table(self) -> ChartTable:
        """Return the table twin, made when it is first wanted."""
        if self._table is None:
            self._table = ChartTable(self.chart)
            self._stack.addWidget(self._table)
        return self._table

    @Slot()
    def copy(self) -> None:
        """Put the chart into the clipboard as a picture."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    def read(self, step: int) -> str:
        """Move the reading point and say what stands there."""
        _titles, rows = self.chart.table()
        if not rows:
            return ""
        self._point = max(0, min(len(rows) - 1, self._point + step if self._point >= 0 else len(rows) - 1))
        place, *values = rows[self._point]
        said = [
            f"{each.name} {_amount(value, self.chart.unit)}"
            for each, value in zip(self.chart.series, values, strict=True)
            if isinstance(value, int | float)
        ]
        text = f"{cell_text(place)}: {', '.join(said) or _('no value')}"
        self._reading.setText(text)
        self._plot.setAccessibleDescription(text)
        return text

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """The drawing surface: no menus, no wheel, arrow keys read the points."""

    def __init__(self, view: ChartView) -> None:
        super().__init__()
        self._view = view
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.getPlotItem().setContentsMargins(0, 4, 6, 0)

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
            left.setTicks([[(number, _short(text)) for number, text in enumerate(places)]])
        for axis in (bottom, left):
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(ink))
            axis.setTickFont(theme().font("caption"))
            axis.setStyle(tickLength=4, tickTextOffset=6)
            axis.setZValue(_BEHIND)
        item.showGrid(x=is_sideways, y=not is_sideways, alpha=0.18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read the points with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._view.read(step)

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the page."""
        event.ignore()


def _places(chart: Chart) -> list[Any]:
    found = dict.fromkeys(place for series in chart.series for place, _value in series.points)
    return list(found) if any(isinstance(each, str) for each in found) else sorted(found)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_PLACE else f"{text[: _LONGEST_PLACE - 1]}…"


def _number(place: Any) -> float:
    if isinstance(place, datetime):
        return place.timestamp()
    if isinstance(place, date):
        return datetime.combine(place, time(12)).astimezone().timestamp()
    return float(place)


def _step(x: Any) -> float:
    places = sorted(set(x.tolist()))
    return min((after - before for before, after in pairwise(places)), default=1.0)


def _amount(value: Any, unit: str) -> str:
    return f"{value:,.6g} {unit}".strip()

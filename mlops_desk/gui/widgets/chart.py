"""A chart drawn by pyqtgraph from a Chart: the theme's colours, target, bands, gaps, and a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import theme
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets import chart_export
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.chart_numbers import PIECE_POINTS, Numbers
from mlops_desk.gui.widgets.chart_plot import Plot, number_of
from mlops_desk.gui.widgets.chart_table import ChartTable
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.words import _

HEIGHT_PX = 190
MAX_SERIES = 8
_DAY_S = 86_400
_PLACE_PX, _HIGHEST_PX, _MARKED_POINTS = 26, 420, 60
_LONG_POINTS = 500  # a longer line is looked at part by part
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

    def __init__(self, chart: Chart, *, draws_later: bool = False, save: chart_export.Save | None = None) -> None:
        """Make the view; ``draws_later`` makes the surface, draws on it and shows it in later turns of the loop.

        ``save`` writes bytes to a place that the person chose; without it the chart can only be copied.
        """
        super().__init__()
        self._save = save
        self._places: list[Any] = []
        self._numbers: Numbers | None = None
        self._rows: list[Sequence[object]] | None = None
        self._surface: Plot | None = None
        self._table: ChartTable | None = None
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(theme().px(HEIGHT_PX))
        self._sentence = label("", "strong", wraps=True)
        self._reading = label("", "muted", wraps=True)
        table = Button("", "quiet", "table", name=_("Chart as table"))
        copy = self._copy = Button("", "quiet", "image", name=_("Copy or save the chart"))
        table.clicked.connect(self.toggle)
        copy.clicked.connect(self._offer_copies)
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
        self._numbers, self._rows = None, None
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
    def _plot(self) -> Plot:
        if self._surface is None:
            self._surface = Plot(self.read)
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

    @Slot()
    def _reveal(self) -> None:
        self._plot.setUpdatesEnabled(True)

    @property
    def _is_large(self) -> bool:
        return sum(len(each.points) for each in self.chart.series) > PIECE_POINTS

    @Slot()
    def _draw(self) -> None:
        """Draw the chart; the points of a large one are counted out first, piece by piece."""
        self._places = _places(self.chart, is_large=self._is_large)
        if self._numbers is None:
            self._numbers = Numbers(self.chart.series[:MAX_SERIES], self._x)
        self._count_on()

    @Slot()
    def _count_on(self) -> None:
        assert self._numbers is not None
        self._numbers.go_on()
        while not self._is_large and not self._numbers.is_done:
            self._numbers.go_on()
        if self._numbers.is_done:
            self._paint()
            turns().soon(self._reveal)
        else:
            turns().soon(self._count_on)

    def _paint(self) -> None:
        look = theme()
        plot: Any = self._plot
        plot.clear()
        plot.enableAutoRange()
        plot.setBackground(look.colour("bg.surface"))
        plot.setAccessibleName(self.chart.sentence)
        plot.setAccessibleDescription(self.summary())
        plot.dress(self._places, look.colour("text.muted"), look.colour("border.subtle"))
        places_px = max(HEIGHT_PX // 2, min(_HIGHEST_PX, _PLACE_PX * len(self._places) + 40))
        self._stack.setFixedHeight(look.px(places_px if self.is_sideways else HEIGHT_PX))
        if len(self._places) == 1 and isinstance(self._places[0], date):
            middle = number_of(self._places[0])
            plot.getPlotItem().setXRange(middle - _DAY_S, middle + _DAY_S, padding=0)
        self._bands(plot)
        self._target(plot)
        for place, series in enumerate(self.chart.series[:MAX_SERIES]):
            self._series(plot, place, series)
        self._marks(plot)
        plot.let_pan(self._long_span())
        self._reading.setText(self._legend())

    def _long_span(self) -> tuple[float, float] | None:
        """Return from where to where a line goes that is too long to be read at once."""
        assert self._numbers is not None
        longest = max((len(x) for x, _y in self._numbers.arrays), default=0)
        if self.chart.kind != "line" or self.is_sideways or longest <= _LONG_POINTS:
            return None
        found = [x for x, _y in self._numbers.arrays if len(x)]
        return min(float(x.min()) for x in found), max(float(x.max()) for x in found)

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
        assert self._numbers is not None
        x, y = self._numbers.arrays[place]
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
        width = 1.0 if len(x) > PIECE_POINTS else 1.4 if series.is_reference else 2  # thick long lines are slow to draw
        pen = pg.mkPen(colour, width=width, style=dash) if is_line else None
        has_marks = not is_line or (not series.is_reference and len(x) <= _MARKED_POINTS)
        mark = {"symbol": _MARKS[place % MAX_SERIES], "symbolSize": 8, "symbolBrush": colour, "symbolPen": colour}
        across, up = (y, x) if self.is_sideways else (x, y)
        item = plot.plot(across, up, pen=pen, connect="finite", **(mark if has_marks else {}))
        if is_line and len(x) > _LONG_POINTS:
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)

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
                    number_of(at),
                    angle=90,
                    pen=pen,
                    label=text[:24],
                    labelOpts={"color": theme().colour("info.text"), "position": 0.92},
                )
            )

    def _x(self, place: Any) -> float:
        return float(self._places.index(place)) if isinstance(place, str) else number_of(place)

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
    def _offer_copies(self) -> None:
        self.copies().popup(self._copy.mapToGlobal(QPoint(0, self._copy.height())))

    def copies(self) -> QMenu:
        """Return the menu of what the chart can be copied and saved as."""
        return chart_export.menu(self, self._plot, self.chart, self._save)

    def read(self, step: int) -> str:
        """Move the reading point and say what stands there."""
        if self._rows is None:
            self._rows = self.chart.table()[1]
        rows = self._rows
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


def _places(chart: Chart, *, is_large: bool) -> list[Any]:
    """Return the places on the axis in order; of a large chart only where it begins and ends."""
    if is_large:
        return [each for series in chart.series for each, _value in (*series.points[:1], *series.points[-1:])]
    found = dict.fromkeys(place for series in chart.series for place, _value in series.points)
    return list(found) if any(isinstance(each, str) for each in found) else sorted(found)


def _step(x: Any) -> float:
    places = sorted(set(x.tolist()))
    return min((after - before for before, after in pairwise(places)), default=1.0)


def _amount(value: Any, unit: str) -> str:
    return f"{value:,.6g} {unit}".strip()

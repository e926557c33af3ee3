"""Charts on paper: a Chart becomes SVG through matplotlib, the same bytes for the same chart."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape  # escaping alone; nothing is parsed here

import msgspec

from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.words import _
from mlops_desk.science.scales import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Side,
    figure_text,
    last_of,
    names_of,
    place_labels,
    plane_of,
    position,
    short,
    ticks,
)

WIDTH_PT, HEIGHT_PT = 250.0, 118.0
FONT_PT = 6.6
LABEL_GAP = 8.2
ROOM_BESIDE = 24.0  # points that a figure needs beside the last value
MAX_SERIES = 8
MANY_POINTS = 45
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5, 1.5, 1, 1.5),
    (6, 2),
    (1, 1.5),
    (),
    (3, 2),
    (5, 1, 1, 1, 1, 1),
    (2, 1.5),
)
SETTINGS: Any = {
    "svg.hashsalt": "mlops-desk",
    "path.simplify": False,
}


class Ink(msgspec.Struct, frozen=True):
    """The colours of a figure; they are tokens, so a page may exchange them for its own."""

    text: str
    muted: str
    grid: str
    band: str
    surface: str
    accent: str
    series: tuple[str, ...]


@cache
def ink(theme: str = "light") -> Ink:
    """Return the colours of a theme; paper is light."""
    tokens = msgspec.json.decode(resource("tokens.json").read_bytes())[theme]
    return Ink(
        tokens["text.secondary"],
        tokens["text.muted"],
        tokens["border.subtle"],
        tokens["bg.sunken"],
        tokens["bg.surface"],
        tokens["accent.solid"],
        tuple(tokens["chart"]),
    )


def svg(chart: Chart, width: float = WIDTH_PT, height: float = HEIGHT_PT) -> str:
    """Return the chart as an SVG element of this size in points; its text stays text."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawing = _Drawing(chart, width, height)
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        figure.patch.set_visible(False)
        FigureCanvasSVG(figure)
        for artist in drawing.artists():
            figure.add_artist(artist)
        out = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", metadata=nothing, transparent=True)
    return _element(out.getvalue(), drawing.texts)


_LEFT_OUT = re.compile(
    r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>"
    r"| id=\"(?:figure|line2d|patch)_\d+\"| xmlns:xlink=\"[^\"]*\"",
    re.DOTALL,
)


def _element(document: str, texts: Sequence[str]) -> str:
    """Return the svg element alone, fit to stand within a page: no prolog, style sheet, metadata or common ids."""
    element = _LEFT_OUT.sub("", document[document.index("<svg") :])
    element = re.sub(r"\s+(?=[LMz\"<])", " ", element).replace("xlink:href", "href")
    element = element.replace("<svg ", '<svg stroke-linejoin="round" ', 1).strip()
    return element.removesuffix("</svg>") + "".join(texts) + "</svg>"


class _Drawing:
    """One chart being drawn: artists in points, from the back to the front."""

    def __init__(self, chart: Chart, width: float, height: float) -> None:
        self.chart = chart
        self.ink = ink()
        self.shown = _few(chart.series)
        self.names = names_of(self.shown)
        self.frame = plane_of(chart, self.shown, self.names, width, height)
        self.labels: list[tuple[float, str, str]] = []  # y, text, colour: placed at the right edge
        self.texts: list[str] = []  # elements; matplotlib would measure each text, which takes half of all time

    def artists(self) -> Iterator[Any]:
        yield from self._bands()
        yield from self._grid()
        yield from self._target()
        yield from self._marks()
        measured = [each for each in self.shown if not each.is_reference]
        for each in self.shown:
            if each.is_reference:
                yield from self._reference(each)
        for index, each in enumerate(measured):
            colour = self.ink.series[index] if index < MAX_SERIES else self.ink.muted
            yield from self._series(each, index, len(measured), colour)
        if not any(value is not None for each in measured for _place, value in each.points):
            yield from self._nothing()
        self._right_labels()

    # --- what stands behind ------------------------------------------------------------------

    def _bands(self) -> Iterator[Any]:
        from matplotlib.patches import Rectangle

        for band in self.chart.bands:
            low = self.frame.y(max(band.low, self.frame.y_low))
            high = self.frame.y(min(band.high, self.frame.y_high))
            size = self.frame.width - LEFT - RIGHT
            yield Rectangle((LEFT, low), size, high - low, color=self.ink.band, linewidth=0, **_plain())
            if self.chart.target is None:
                self.labels.append(((low + high) / 2, band.name, self.ink.muted))

    def _grid(self) -> Iterator[Any]:
        for value in ticks(self.frame.y_low, self.frame.y_high):
            y = self.frame.y(value)
            yield self._line([LEFT, self.frame.width - RIGHT], [y, y], self.ink.grid, 0.5)
            self._text(LEFT - 3, y, figure_text(value), "right")
        for at, words, side in place_labels(self.chart, self.names, self.frame):
            self._text(self.frame.x(at), 3.0, words, side, is_on_line=True)

    def _target(self) -> Iterator[Any]:
        if self.chart.target is not None:
            y = self.frame.y(self.chart.target)
            yield self._line([LEFT, self.frame.width - RIGHT], [y, y], self.ink.accent, 0.9, (4, 2))
            self.labels.append((y, _("Target {value}", value=figure_text(self.chart.target)), self.ink.accent))

    def _marks(self) -> Iterator[Any]:
        for at, words in self.chart.marks:
            x = self.frame.x(position(at, self.names))
            yield self._line([x, x], [BOTTOM, self.frame.height - TOP], self.ink.muted, 0.6, (1, 1.5))
            self._text(x + 2, self.frame.height - TOP - 3, words, "left")

    def _reference(self, series: Series) -> Iterator[Any]:
        for xs, ys in self._pieces(series):
            yield self._line(xs, ys, self.ink.muted, 0.8, (1.5, 1.5))
        last = last_of(series)
        if last is not None:
            self.labels.append((self.frame.y(last[1]), series.name, self.ink.muted))

    # --- what was measured -------------------------------------------------------------------

    def _series(self, series: Series, index: int, of: int, colour: str) -> Iterator[Any]:
        if self.chart.kind == "bars":
            yield from self._bars(series, index, of, colour)
            return
        yield from self._interval(series, colour)
        if self.chart.kind == "line":
            for xs, ys in self._pieces(series):
                yield self._line(xs, ys, colour, 1.3, DASHES[index % MAX_SERIES])
        known = [(place, value) for place, value in series.points if value is not None]
        if self.chart.kind == "dots" or len(known) <= MANY_POINTS:
            xs = [self.frame.x(position(place, self.names)) for place, _value in known]
            yield self._line(xs, [self.frame.y(value) for _place, value in known], colour, 0, marker=3.2)
        last = last_of(series)
        if last is None:
            return
        x, y = self.frame.x(position(last[0], self.names)), self.frame.y(last[1])
        yield self._line([x], [y], colour, 0, marker=4.6)
        if of > 1 or x > self.frame.width - RIGHT - ROOM_BESIDE:
            self.labels.append((y, series.name if of > 1 else figure_text(last[1]), colour))
        else:
            yield from self._beside(x, y, figure_text(last[1]), colour)

    def _nothing(self) -> Iterator[Any]:
        words = _("No value yet")
        middle = (self.frame.width + LEFT - RIGHT) / 2
        yield from self._beside(middle - 3 * len(words) / 2 - 4, self.frame.height / 2, words, self.ink.text)

    def _beside(self, x: float, y: float, words: str, colour: str) -> Iterator[Any]:
        """Write words to the right of a point, on a ground that keeps lines off them."""
        from matplotlib.patches import Rectangle

        size = (0.62 * FONT_PT * len(words), FONT_PT + 1)
        ground = {"facecolor": self.ink.surface, "edgecolor": "none", "alpha": 0.85, **_plain()}
        yield Rectangle((x + 4, y - size[1] / 2), *size, **ground)
        self._text(x + 5, y, words, "left", colour)

    def _bars(self, series: Series, index: int, of: int, colour: str) -> Iterator[Any]:
        from matplotlib.patches import Rectangle

        step = (self.frame.width - LEFT - RIGHT) / max(1.0, self.frame.x_high - self.frame.x_low)
        width = min(26.0, 0.7 * step) / of
        zero = self.frame.y(max(0.0, self.frame.y_low))
        for place, value in series.points:
            if value is not None:
                x = self.frame.x(position(place, self.names)) + (index - of / 2) * width
                yield Rectangle((x, zero), width, self.frame.y(value) - zero, color=colour, linewidth=0, **_plain())
        if of > 1:
            self.labels.append((self.frame.height - TOP - 4 - LABEL_GAP * index, series.name, colour))

    def _interval(self, series: Series, colour: str) -> Iterator[Any]:
        for (place, value), low, high in zip(series.points, series.low, series.high, strict=False):
            if value is not None and low is not None and high is not None:
                x = self.frame.x(position(place, self.names))
                yield self._line([x, x], [self.frame.y(low), self.frame.y(high)], colour, 0.8)

    def _pieces(self, series: Series) -> Iterator[tuple[list[float], list[float]]]:
        """Give the unbroken stretches of a line: a gap stays a gap."""
        xs: list[float] = []
        ys: list[float] = []
        for place, value in (*series.points, (0.0, None)):
            if value is not None:
                xs.append(self.frame.x(position(place, self.names)))
                ys.append(self.frame.y(value))
            elif xs:
                yield xs, ys
                xs, ys = [], []

    # --- ink ---------------------------------------------------------------------------------

    def _right_labels(self) -> None:
        """Place the labels beside the ends of their lines, moved apart where they would touch."""
        lowest, placed = BOTTOM, []
        for y, words, colour in sorted(self.labels):
            at = max(y, lowest)
            lowest = at + LABEL_GAP
            placed.append((at, words, colour))
        for index, (y, words, colour) in enumerate(placed):
            highest = self.frame.height - 4 - LABEL_GAP * (len(placed) - 1 - index)
            self._text(self.frame.width - RIGHT + 5, min(y, highest), short(words), "left", colour)

    def _line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str,
        width: float,
        dashes: tuple[float, ...] = (),
        marker: float = 0.0,
    ) -> Any:
        from matplotlib.lines import Line2D

        line = Line2D(list(xs), list(ys), color=colour, linewidth=width, solid_capstyle="round", **_plain())
        if dashes:
            line.set_dashes(dashes)
        if marker:
            line.set(marker="o", markersize=marker, markeredgecolor=self.ink.surface, markeredgewidth=0.6)
            line.set_linestyle("none")
        return line

    def _text(self, x: float, y: float, words: str, side: Side, colour: str = "", *, is_on_line: bool = False) -> None:
        """Write a text: in the middle of a height, or standing on it."""
        down = self.frame.height - y + (0.0 if is_on_line else 0.36 * FONT_PT)
        anchor = {"left": "start", "center": "middle", "right": "end"}[side]
        paint = (colour or self.ink.text).lower()
        style = f"font-size: {FONT_PT}px; font-family: 'Inter'; text-anchor: {anchor}; fill: {paint}"
        self.texts.append(f'<text style="{style}" x="{x:.3f}" y="{down:.3f}">{escape(printable(words))}</text>')


_NOT_XML = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(words: str) -> str:
    """Return a text without letters that no XML may hold."""
    return _NOT_XML.sub(" ", words)


def _plain() -> dict[str, Any]:
    from matplotlib.transforms import IdentityTransform

    return {"transform": IdentityTransform(), "zorder": 1}  # in the order they are made


def _few(series: Sequence[Series]) -> list[Series]:
    measured = [each for each in series if not each.is_reference]
    others = measured[MAX_SERIES:]
    kept = [each for each in series if each not in others]
    return kept + [Series(_("others"), each.points) for each in others]

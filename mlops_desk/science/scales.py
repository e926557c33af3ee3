"""Where places and values of a chart stand on paper: the plane, its ticks, and the words along its edges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from mlops_desk.kernel.chart import Chart, Series

LEFT, RIGHT, TOP, BOTTOM = 30.0, 62.0, 8.0, 16.0
Side = Literal["left", "center", "right"]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
DAY_S = 86400
LARGEST = 1e150  # what can be drawn; beyond it differences overflow
EPOCH = date(1970, 1, 1)
MINUS = "\N{MINUS SIGN}"


class Plane(msgspec.Struct, frozen=True):
    """The plane of a figure: what places and values mean in points."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    width: float
    height: float

    def x(self, place: float) -> float:
        """Return the points from the left edge."""
        share = (place - self.x_low) / (self.x_high - self.x_low)
        return LEFT + share * (self.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return the points from the lower edge."""
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return BOTTOM + min(1.05, max(-0.05, share)) * (self.height - TOP - BOTTOM)


def names_of(series: Sequence[Series]) -> dict[str, int]:
    """Return where named places stand on the horizontal axis, in the order they come."""
    found: dict[str, int] = {}
    for each in series:
        for place, _value in each.points:
            if isinstance(place, str):
                found.setdefault(place, len(found))
    return found


def position(place: Any, names: Mapping[str, int]) -> float:
    """Return a place of a chart as a number: days, days since 1970, or the rank of a name."""
    if isinstance(place, datetime):
        return place.timestamp() / DAY_S
    if isinstance(place, date):
        return float(place.toordinal())
    return float(names[place]) if isinstance(place, str) else float(place)


def plane_of(chart: Chart, series: Sequence[Series], names: Mapping[str, int], width: float, height: float) -> Plane:
    """Return the plane that holds all values, the target and the bands, with a little room."""
    places = [position(place, names) for each in series for place, _value in each.points] or [0.0, 1.0]
    values = [value for each in series for _place, value in each.points if value is not None]
    values += [value for each in series for value in (*each.low, *each.high) if value is not None]
    values += [] if chart.target is None else [chart.target]
    values += [edge for band in chart.bands for edge in (band.low, band.high)] or []
    if chart.kind == "bars" or not values:
        values.append(0.0)
    x_room = 0.5 if names else 0.0
    x_low, x_high = min(places) - x_room, max(places) + x_room
    low, high = max(min(values), -LARGEST), min(max(values), LARGEST)
    if x_low == x_high:
        x_low, x_high = x_low - 1, x_high + 1
    if low == high:
        low, high = low - (abs(low) or 1) * 0.1, high + (abs(high) or 1) * 0.1
    room = 0.07 * (high - low)
    bottom = low if chart.kind == "bars" and low >= 0 else low - room
    return Plane(x_low, x_high, bottom, high + room, width, height)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values between two edges, about as many as wanted."""
    rough = (high - low) / wanted
    if not (math.isfinite(rough) and rough > 0):
        return []
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * each for each in STEPS if size * each >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * index, 12) for index in range(first, first + 12) if step * index <= high + step * 1e-9]


def place_labels(chart: Chart, names: Mapping[str, int], frame: Plane) -> Iterator[tuple[float, str, Side]]:
    """Give the words under a plane: where, what, and which side of them stands there."""
    if names:
        step = math.ceil(len(names) / 6)
        for name, at in names.items():
            if at % step == 0:
                yield float(at), short(name), "center"
        return
    is_day = any(isinstance(place, date) for each in chart.series for place, _value in each.points)
    if not is_day:
        found = ticks(frame.x_low, frame.x_high, 4) if any(each.points for each in chart.series) else []
        for tick in found:
            yield tick, figure_text(tick), "center"
        return
    is_instant = any(isinstance(place, datetime) for each in chart.series for place, _value in each.points)
    edges: tuple[tuple[float, Side], ...] = (
        (frame.x_low, "left"),
        ((frame.x_low + frame.x_high) / 2, "center"),
        (frame.x_high, "right"),
    )
    for edge, side in edges:
        ordinal = round(edge) + (EPOCH.toordinal() if is_instant else 0)
        day = date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
        yield edge, day.isoformat(), side


def last_of(series: Series) -> tuple[Any, float] | None:
    """Return the last point that has a value, if any."""
    return next(((place, value) for place, value in reversed(series.points) if value is not None), None)


def figure_text(value: float) -> str:
    """Return a number short enough for an axis."""
    return f"{value:,.4g}".replace("-", MINUS) if 1e-3 <= abs(value) < 1e6 or value == 0 else f"{value:.2g}"


def short(words: str, limit: int = 15) -> str:
    """Return words cut to fit beside a plane."""
    return words if len(words) <= limit else words[: limit - 1] + "…"

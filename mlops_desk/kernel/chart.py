"""A chart is data: what it says, its series, bands and target; window, report and voice are made from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

ChartKind = Literal["line", "bars", "dots"]
Point = tuple[float | date | datetime | str, float | None]


class Series(msgspec.Struct, frozen=True):
    """Named points; a value of None is a gap and stays one. ``low`` and ``high`` bound each value."""

    name: str
    points: tuple[Point, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    is_reference: bool = False


class Band(msgspec.Struct, frozen=True):
    """A range of values with a meaning, such as the tolerance around a target."""

    name: str
    low: float
    high: float


class Chart(msgspec.Struct, frozen=True):
    """One chart. ``sentence`` is its title as a statement; ``n`` counts what the values rest on."""

    sentence: str
    series: tuple[Series, ...]
    kind: ChartKind = "line"
    unit: str = ""
    x_title: str = ""
    target: float | None = None
    bands: tuple[Band, ...] = ()
    marks: tuple[tuple[date | datetime, str], ...] = ()
    n: int | None = None
    as_of: datetime | None = None

    def table(self) -> tuple[Sequence[str], list[Sequence[object]]]:
        """Return the table twin: titles, and one row for each place on the horizontal axis."""
        places: dict[object, list[object]] = {}
        for index, series in enumerate(self.series):
            for place, value in series.points:
                places.setdefault(place, [None] * len(self.series))[index] = value
        titles = [self.x_title or "", *(each.name for each in self.series)]
        return titles, [[place, *values] for place, values in places.items()]

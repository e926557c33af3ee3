"""Values of a series that those before them did not lead to expect."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec
import numpy as np

from mlops_desk.kernel.words import _
from mlops_desk.science.series import (
    Array,
    Reading,
    arrays,
    cleaned,
    robust_line,
    robust_lines,
    season_of,
    spread,
    wear,
)

MAX_POINTS = 400  # of a longer series the newest are judged
WINDOW = 14  # values that say what is expected of those after them; with fewer all of them, but never under FEWEST
FEWEST = 8
TOGETHER = 4  # so many values in a row are judged by their median as well
RARE = 0.001  # of values that follow the rule of those before, so many are marked at either side
_STILL = 1e-9  # of the size of the values: what differs by less does not differ

Side = Literal["above", "below"]


class Anomaly(msgspec.Struct, frozen=True):
    """A value beyond what was expected of its day; ``count`` values in a row are beyond on the same side.

    Where it ``is_together``, it is the median of four values, the last of them on ``on``, that lies beyond, while no
    single one does: a slow move.
    """

    on: date
    value: float
    low: float
    high: float
    side: Side
    count: int = 1
    is_together: bool = False


class Anomalies(msgspec.Struct, frozen=True):
    """The anomalies of a series, oldest first; ``reason`` says why they are not known."""

    found: tuple[Anomaly, ...] = ()
    n: int = 0
    reason: str = ""


def anomalies(readings: Iterable[Reading]) -> Anomalies:
    """Return the values that lie beyond the band which the up to 14 values before each led to expect.

    What recurs with weekday or month is taken out first, where two full seasons show it. The band of a value is the
    prediction interval of the Theil-Sen line through the values before it, with a robust deviation, wide enough that 2
    of 1,000 normal values lie outside; the median of four values in a row is held against the line before them too,
    which shows slow moves. A spike does not carry the line away, and after a lasting shift the line follows within a
    few values. Not known with fewer than nine days: eight must lead to the first that is judged.
    """
    known = cleaned(readings, MAX_POINTS)
    if len(known) <= FEWEST:
        return Anomalies(n=len(known), reason=_("fewer than {n} values", n=FEWEST + 1))
    days, values = arrays(known)
    season = season_of(days, values, robust_line(days, values))
    recurring = season.at(int(each) for each in days) if season else np.zeros(len(days))
    plain = values - recurring
    alone = _judged(days, plain, 1)
    together = _judged(days, plain, TOGETHER)
    found: list[Anomaly] = []
    before: Side | None = None
    for place, reading in enumerate(known):
        side = _side(alone, place) or _side(together, place)
        if side is not None and side == before:
            found[-1] = msgspec.structs.replace(found[-1], count=found[-1].count + 1)
        elif side is not None:
            is_together = _side(alone, place) is None
            _middles, low, high = together if is_together else alone
            edges = float(low[place] + recurring[place]), float(high[place] + recurring[place])
            found.append(Anomaly(reading.on, reading.value, *edges, side, is_together=is_together))
        before = side
    return Anomalies(tuple(found), len(known))


def _side(judged: tuple[Array, Array, Array], place: int) -> Side | None:
    value, low, high = (each[place] for each in judged)
    return "above" if value > high else "below" if value < low else None


def _judged(days: Array, values: Array, many: int) -> tuple[Array, Array, Array]:
    """Return the medians of ``many`` values up to each one, and the edges of what was expected of them.

    The edges come from the window of values before those; where there are too few, nothing is beyond them.
    """
    low, high = np.full(len(days), -np.inf), np.full(len(days), np.inf)
    middles, on = values.copy(), days.copy()
    if many > 1 and len(days) >= many:
        middles[many - 1 :] = np.median(np.lib.stride_tricks.sliding_window_view(values, many), axis=1)
        on[many - 1 :] = np.mean(np.lib.stride_tricks.sliding_window_view(days, many), axis=1)
    first = WINDOW + many - 1  # the first place with a whole window before it
    for place in range(FEWEST + many - 1, min(first, len(days))):
        one, led = slice(place, place + 1), slice(0, place - many + 1)
        low[one], high[one] = _edges(days[None, led], values[None, led], on[one], many)
    if len(days) > first:
        before = np.lib.stride_tricks.sliding_window_view(days, WINDOW)[:-many]
        led_by = np.lib.stride_tricks.sliding_window_view(values, WINDOW)[:-many]
        low[first:], high[first:] = _edges(before, led_by, on[first:], many)
    return middles, low, high


def _edges(days: Array, values: Array, on: Array, many: int) -> tuple[Array, Array]:
    """Return the edges of what windows, a row each, lead to expect of the median of ``many`` values around a day each.

    The variance of a median of so many independent normal values is pi / 2 of that of their mean.
    """
    from scipy.special import stdtrit

    n = days.shape[1]
    middles, heights, slopes = robust_lines(days, values)
    residuals = values - heights[:, None] - slopes[:, None] * (days - middles[:, None])
    means = days.mean(axis=1)
    alike = wear(residuals)
    own = 1.0 if many == 1 else np.minimum(1.0, math.pi / 2 / many * alike)
    lever = np.sqrt(own + alike * (1 / n + (on - means) ** 2 / np.sum((days - means[:, None]) ** 2, axis=1)))
    half = stdtrit(n - 2, 1 - RARE) * spread(residuals, n - 2) * lever
    half = np.maximum(half, _STILL * np.abs(values).max(axis=1))
    value = heights + slopes * (on - middles)
    return value - half, value + half

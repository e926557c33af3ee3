"""A series of readings: one a day, its robust line, and its season if it has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
MAX_POINTS = 120  # of a longer series the newest say where it leads
NORMAL = 1.4826  # makes the median absolute deviation the standard deviation of normal values
CLIP = 3.5  # residuals beyond so many robust deviations count as this many
FEWEST_CLIPPED = 8  # with fewer values a line goes through so many of them that the rest would look far away
SEASON_STRENGTH = 0.4
SEASONS_NEEDED = 2


class Reading(NamedTuple):
    """A value of a day; ``told`` is when it was told, in seconds: of several on one day the last told counts."""

    on: date
    value: float
    told: float = 0.0


class Line(NamedTuple):
    """A straight line: a day (as ordinal), the value there, and the change a day."""

    middle: float
    height: float
    slope: float

    def at(self, days: Array) -> Array:
        """Return the values on days."""
        found: Array = self.height + self.slope * (days - self.middle)
        return found


class Season(NamedTuple):
    """What recurs: its name and length in days, and by how much each phase differs from the line."""

    name: str
    days: int
    phase_of: Callable[[int], int]
    differences: dict[int, float]

    def at(self, days: Iterable[int]) -> Array:
        """Return by how much values of days differ from the line; 0 in a phase that was never seen."""
        return np.array([self.differences.get(self.phase_of(int(each)), 0.0) for each in days])


def cleaned(readings: Iterable[Reading], most: int = MAX_POINTS) -> list[Reading]:
    """Return one reading a day, oldest first, whatever their order was; the newest ``most`` of them."""
    by_day: dict[date, Reading] = {}
    for each in readings:
        known = by_day.get(each.on)
        if known is None or (each.told, each.value) > (known.told, known.value):
            by_day[each.on] = each
    return sorted(by_day.values())[-most:]


def arrays(readings: Sequence[Reading]) -> tuple[Array, Array]:
    """Return days as ordinals and values, as floats of equal length."""
    days = np.array([each.on.toordinal() for each in readings], dtype=np.float64)
    return days, np.array([each.value for each in readings], dtype=np.float64)


def robust_line(days: Array, values: Array) -> Line:
    """Return the Theil-Sen line: the median slope of all pairs, through the median of what is left.

    Up to 29 % of the values may lie anywhere without carrying it away. Source: Theil (1950); Sen (1968), JASA 63.
    ``days`` are distinct and at least two.
    """
    return Line(*(float(each[0]) for each in robust_lines(days[None], values[None])))


def robust_lines(days: Array, values: Array) -> tuple[Array, Array, Array]:
    """Return the Theil-Sen lines of many windows, a row each: middle day, value there, and change a day."""
    first, second = np.triu_indices(days.shape[1], 1)
    rises = (values[:, second] - values[:, first]) / (days[:, second] - days[:, first])
    slopes = np.median(rises, axis=1)
    middles = np.median(days, axis=1)
    heights = np.median(values - slopes[:, None] * (days - middles[:, None]), axis=1)
    return middles, heights, slopes


def spread(residuals: Array, free: int) -> Array:
    """Return the robust standard deviation of residuals along the last axis, with ``free`` degrees of freedom.

    Residuals beyond 3.5 robust deviations count as 3.5 (Winsor); of fewer than eight, or where half of them are 0, all
    count as they are. 0 where all are 0.
    """
    kept = residuals
    if residuals.shape[-1] >= FEWEST_CLIPPED:
        size = NORMAL * np.median(np.abs(residuals), axis=-1, keepdims=True)
        limits = np.where(size > 0, CLIP * size, np.inf)
        kept = np.clip(residuals, -limits, limits)
    found: Array = np.sqrt(np.sum(kept**2, axis=-1) / free)
    return found


def wear(residuals: Array) -> Array:
    """Return how many values tell as much as one of independent values would, along the last axis: 1 to 19.

    It is (1 + r) / (1 - r) with r the lag-1 autocorrelation, 0 to 0.9 (Bayley and Hammersley 1946). Residuals of a
    fitted line show less of it than there is, so r is made greater by 5 / n of itself (Kendall 1954 has (1 + 4 r) / n).
    """
    n, total = residuals.shape[-1], np.sum(residuals**2, axis=-1)
    along = np.sum(residuals[..., 1:] * residuals[..., :-1], axis=-1)
    found = along / np.where(total > 0, total, 1.0)
    likely = np.clip(found * (1 + 5 / n), 0.0, 0.9)
    found_wear: Array = (1 + likely) / (1 - likely)
    return found_wear


def season_of(days: Array, values: Array, line: Line) -> Season | None:
    """Return the season of a series, or None: a week, or a year by its months.

    It counts only over two full seasons, with at least two values in every phase that was seen, and where it takes
    away 40 % of the variance around the line, each value held against the *others* of its phase
    (leave-one-out, so that noise explains nothing). The measure is that of Wang, Smith and Hyndman (2006).
    """
    residuals = values - line.at(days)
    for name, length, phase_of in (("week", 7, _weekday), ("year", 365, _month)):
        if days[-1] - days[0] + 1 < SEASONS_NEEDED * length:
            continue
        phases = np.array([phase_of(int(each)) for each in days])
        seen, counts = np.unique(phases, return_counts=True)
        if len(seen) < 2 or counts.min() < SEASONS_NEEDED:
            continue
        if _strength(residuals, phases) >= SEASON_STRENGTH:
            differences = {int(each): float(np.median(residuals[phases == each])) for each in seen}
            return Season(name, length, phase_of, differences)
    return None


def _strength(residuals: Array, phases: Array) -> float:
    """Return the share of the robust variance that the median of the others of a phase takes away; 0 or more."""
    left = residuals.copy()
    for phase in np.unique(phases):
        own = np.flatnonzero(phases == phase)
        others = np.broadcast_to(residuals[own], (len(own), len(own)))[~np.eye(len(own), dtype=bool)]
        left[own] -= np.median(others.reshape(len(own), len(own) - 1), axis=1)
    before, after = (float(spread(each - np.median(each), len(each))) for each in (residuals, left))
    return max(0.0, 1.0 - (after / before) ** 2) if before > 0 else 0.0


def _weekday(day: int) -> int:
    return day % 7


def _month(day: int) -> int:
    return date.fromordinal(day).month

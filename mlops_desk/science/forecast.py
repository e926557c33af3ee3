"""Where a series leads: a forecast with its interval and the name of its method, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from mlops_desk.kernel.words import _
from mlops_desk.science.series import Line, Reading, Season, arrays, cleaned, robust_line, season_of, spread, wear

FEWEST = 3
LEVEL = 0.95


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a day to come with its 95 % interval; ``value`` is None where it is not known, with the reason."""

    on: date
    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    n: int = 0
    reason: str = ""


class Bounds(msgspec.Struct, frozen=True):
    """Values beyond which a unit has none, such as 0 and 100 of a share in %."""

    low: float | None = None
    high: float | None = None

    def within(self, value: float) -> float:
        """Return the value, or the bound that it lies beyond."""
        above = value if self.low is None else max(value, self.low)
        return above if self.high is None else min(above, self.high)


UNBOUNDED = Bounds()


class _Fit(msgspec.Struct, frozen=True):
    """A line through a series with its season, and what is needed to say how sure it is."""

    line: Line
    season: Season | None
    deviation: float
    middle: float
    across: float
    n: int
    free: int
    wear: float

    def at(self, day: date) -> tuple[float, float]:
        """Return the value of a day and half of its 95 % prediction interval.

        The interval is that of a straight line with ``free`` degrees of freedom (Draper and Smith, *Applied Regression
        Analysis*, 3rd edition, 1.4): t * s * sqrt(1 + w (1/n + (x - mean x)^2 / sum (x - mean x)^2)), s robust; w says
        how far values take after each other.
        """
        from scipy.special import stdtrit

        place = float(day.toordinal())
        value = self.line.height + self.line.slope * (place - self.line.middle)
        if self.season is not None:
            value += float(self.season.at([day.toordinal()])[0])
        lever = math.sqrt(1 + self.wear * (1 / self.n + (place - self.middle) ** 2 / self.across))
        return value, float(stdtrit(self.free, (1 + LEVEL) / 2)) * self.deviation * lever

    @property
    def words(self) -> str:
        """The name of the method."""
        names = {"week": _("weekday"), "year": _("month")}
        if self.season is None:
            return _("Theil-Sen trend of {n} values, 95 % prediction interval", n=self.n)
        return _(
            "Theil-Sen trend and {season} of {n} values, 95 % prediction interval",
            season=names[self.season.name],
            n=self.n,
        )


def forecast(
    readings: Iterable[Reading], on: date, *, today: date, stale_after_days: int, bounds: Bounds = UNBOUNDED
) -> Forecast:
    """Return what a series leads to on a day, in the unit of the series.

    The trend is the Theil-Sen line of one value a day; a season is added only where two full ones show it. Not known
    with under three days, where the newest is older than ``stale_after_days``, and for days that are no future of the
    series. Values are kept within ``bounds``; the interval always holds the value.
    """
    return predictive_band(readings, [on], today=today, stale_after_days=stale_after_days, bounds=bounds)[0]


def predictive_band(
    readings: Iterable[Reading],
    days: Sequence[date],
    *,
    today: date,
    stale_after_days: int,
    bounds: Bounds = UNBOUNDED,
) -> tuple[Forecast, ...]:
    """Return where the next values are expected to lie, for each day; one fit serves all of them."""
    known = cleaned(each for each in readings if each.on <= today)
    reason = _why_not(known, today, stale_after_days)
    fit = None if reason else _fitted(known)
    return tuple(_forecast(each, known, fit, reason, bounds) for each in days)


def _why_not(known: Sequence[Reading], today: date, stale_after_days: int) -> str:
    if len(known) < FEWEST:
        return _("fewer than {n} values", n=FEWEST)
    if today - known[-1].on > timedelta(days=stale_after_days):
        return _("no value since {day}", day=known[-1].on)
    return ""


def _forecast(day: date, known: Sequence[Reading], fit: _Fit | None, reason: str, bounds: Bounds) -> Forecast:
    if fit is None:
        return Forecast(on=day, n=len(known), reason=reason)
    if day <= known[-1].on:
        return Forecast(on=day, n=len(known), reason=_("{day} is not ahead of the last value", day=day))
    value, half = fit.at(day)
    return Forecast(
        on=day,
        value=bounds.within(value),
        low=bounds.within(value - half),
        high=bounds.within(value + half),
        method=fit.words,
        n=fit.n,
    )


def _fitted(known: Sequence[Reading]) -> _Fit:
    days, values = arrays(known)
    line = robust_line(days, values)
    season = season_of(days, values, line)
    if season is not None:
        values = values - season.at(int(each) for each in days)
        line = robust_line(days, values)
    taken = 2 + (len(season.differences) - 1 if season else 0)
    free = max(1, len(days) - taken)
    middle = float(days.mean())
    residuals = values - line.at(days)
    return _Fit(
        line=line,
        season=season,
        deviation=float(spread(residuals, free)),
        middle=middle,
        across=float(np.sum((days - middle) ** 2)),
        n=len(days),
        free=free,
        wear=float(wear(residuals)),
    )

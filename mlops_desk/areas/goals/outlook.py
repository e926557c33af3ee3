"""Where KPIs and key results lead: their forecasts, in the KPI's unit and as scores, and when they are not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.progress import Part, Standing, score, stale_after_days
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.forecast import Bounds, Forecast
    from mlops_desk.science.series import Reading

_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "%": (0.0, 100.0),
    "0 to 1": (0.0, 1.0),
    "0 to 7": (0.0, 7.0),
    **dict.fromkeys(("ratio", "count", "days", "hours", "minutes", "seconds"), (0.0, None)),
}


def readings_of(check_ins: Iterable[CheckIn]) -> list[Reading]:
    """Return check-ins as a series; of several for one day the last told counts."""
    from mlops_desk.science.series import Reading

    return [
        Reading(each.on, each.value, each.recorded_at.timestamp() if each.recorded_at else 0.0) for each in check_ins
    ]


def bounds_of(kpi: Kpi, readings: Iterable[Reading]) -> Bounds:
    """Return what values a KPI can have by its unit; a bound that one of its values or aims breaks is none."""
    from mlops_desk.science.forecast import Bounds

    low, high = _BOUNDS.get(kpi.unit.strip().lower(), (None, None))
    aims = [each for each in (kpi.baseline, kpi.target, kpi.low, kpi.high) if each is not None]
    values = [*aims, *(each.value for each in readings)]
    if low is not None and min(values, default=low) < low:
        low = None
    if high is not None and max(values, default=high) > high:
        high = None
    return Bounds(low, high)


def kpi_forecast(kpi: Kpi, readings: Sequence[Reading], on: date | None, day: date) -> Forecast:
    """Return where a KPI leads, seen from a day; not known without a day to look at, or while it has two versions."""
    from mlops_desk.science.forecast import Forecast, forecast

    if on is None:
        return Forecast(on=day, reason=_("no day at which it is due"))
    if on <= day:
        return Forecast(on=on, reason=_("the period ended on {day}", day=on))
    if kpi.contested:
        return Forecast(on=on, reason=_("{fields} has two versions", fields=", ".join(kpi.contested)))
    return forecast(readings, on, today=day, stale_after_days=stale_after_days(kpi), bounds=bounds_of(kpi, readings))


def period_end(result: KeyResult, objective: Objective | None, kpi: Kpi | None) -> date | None:
    """Return the last day of a key result: its own, else that of its objective's period, else that of its KPI."""
    of_objective = objective.due if objective else None
    return result.due or of_objective or (kpi.due if kpi else None)


def result_part(result: KeyResult, kpi: Kpi, how: Standing, forecast: Forecast | None, confidence: int | None) -> Part:
    """Return how a key result stands, with its forecast as a score."""
    reached = score(result, kpi, how.value if how.state.known else None)
    if forecast is None or forecast.value is None or forecast.low is None or forecast.high is None:
        return Part(how.state, reached, confidence=confidence, reason=forecast.reason if forecast else "")
    value = score(result, kpi, forecast.value)
    ends = [score(result, kpi, each) for each in (forecast.low, forecast.high)]
    if kpi.low is not None and kpi.high is not None:  # an interval may hold the whole band between its ends
        touches = forecast.low <= kpi.high and forecast.high >= kpi.low
        ends.append(1.0 if touches else 0.0)
    known = [each for each in ends if each is not None]
    if value is None or not known:
        return Part(how.state, reached, confidence=confidence, reason=_("no way to go from a first value to an aim"))
    return Part(how.state, reached, value, min(known), max(known), confidence)

"""How a KPI stands on a day, and how far an objective is: pure functions of readings and an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import DEFAULT_RHYTHM_DAYS, CheckIn, Kpi
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

DEFAULT_TOLERANCE = 0.1  # of the way from baseline to target
RHYTHMS_UNTIL_NOT_KNOWN = 2


class Standing(msgspec.Struct, frozen=True):
    """How a KPI stands: state, last value with its day, and the value expected on the day asked for."""

    state: State
    value: float | None = None
    on: date | None = None
    expected: float | None = None
    change: float | None = None


def expected_on(kpi: Kpi, day: date) -> float | None:
    """Return the value on the straight line from baseline to target, or None where there is no line."""
    if kpi.target is None:
        return None
    if kpi.baseline is None or kpi.due is None or kpi.start is None or day >= kpi.due:
        return kpi.target
    if day <= kpi.start:
        return kpi.baseline
    share = (day - kpi.start).days / (kpi.due - kpi.start).days
    return kpi.baseline + share * (kpi.target - kpi.baseline)


def tolerance_of(kpi: Kpi) -> float:
    """Return how far off still counts as at risk, in the KPI's unit."""
    if kpi.tolerance is not None:
        return kpi.tolerance
    if kpi.low is not None and kpi.high is not None:
        return DEFAULT_TOLERANCE * (kpi.high - kpi.low)
    if kpi.target is not None and kpi.baseline is not None:
        return DEFAULT_TOLERANCE * abs(kpi.target - kpi.baseline)
    return 0.0


def standing(kpi: Kpi, readings: Sequence[CheckIn], day: date) -> Standing:
    """Return how a KPI stands on a day, from its check-ins up to then.

    *Not known* without a value, without an aim, with two versions of the definition made
    apart, or when the last value is older than two rhythms: never the last value as if it were news.
    """
    known = sorted((each for each in readings if each.on <= day), key=_recency)
    expected = expected_on(kpi, day)
    if not known:
        return Standing(_not_known(_("no value yet")), expected=expected)
    last = known[-1]
    change = last.value - known[-2].value if len(known) > 1 else None
    reason = _why_not_known(kpi, last, day)
    state = _not_known(reason) if reason else _judged(kpi, last.value, expected)
    return Standing(state, last.value, last.on, expected, change)


def _recency(reading: CheckIn) -> tuple[date, float]:
    return reading.on, reading.recorded_at.timestamp() if reading.recorded_at else 0.0


def _not_known(reason: str) -> State:
    return State("unknown", _("Not known"), reason)


def _why_not_known(kpi: Kpi, last: CheckIn, day: date) -> str:
    if kpi.contested:
        return _("{fields} has two versions", fields=", ".join(kpi.contested))
    if kpi.target is None and kpi.low is None:
        return _("no target")
    rhythm = kpi.rhythm or DEFAULT_RHYTHM_DAYS
    if day - last.on > timedelta(days=RHYTHMS_UNTIL_NOT_KNOWN * rhythm):
        return _("no value since {day}, due every {rhythm} days", day=last.on, rhythm=rhythm)
    return ""


def _judged(kpi: Kpi, value: float, expected: float | None) -> State:
    shortfall = _shortfall(kpi, value, expected)
    if shortfall <= 0:
        return State("ok", _("On track"))
    if shortfall <= tolerance_of(kpi):
        return State("warn", _("At risk"))
    return State("bad", _("Off track"))


def _shortfall(kpi: Kpi, value: float, expected: float | None) -> float:
    """Return by how much the value misses what is expected; zero or less is good."""
    if kpi.better == "band":
        low = kpi.low if kpi.low is not None else value
        high = kpi.high if kpi.high is not None else value
        return max(low - value, value - high)
    if expected is None:
        return 0.0
    return expected - value if kpi.better == "up" else value - expected


def score(result: KeyResult, kpi: Kpi, value: float | None) -> float | None:
    """Return how far a key result is, 0.0 to 1.0; None when it is not known.

    Source: the usual OKR grading, the share of the way from begin to goal, clamped.
    """
    begin = result.begin if result.begin is not None else kpi.baseline
    goal = result.goal if result.goal is not None else kpi.target
    if value is None:
        return None
    if kpi.better == "band" and kpi.low is not None and kpi.high is not None:
        return 1.0 if kpi.low <= value <= kpi.high else 0.0
    if begin is None or goal is None or begin == goal:
        return None
    return min(1.0, max(0.0, (value - begin) / (goal - begin)))


def objective_score(scores: Sequence[float | None]) -> float | None:
    """Return the mean of the key results; None as long as one of them is not known."""
    known = [each for each in scores if each is not None]
    return sum(known) / len(known) if known and len(known) == len(scores) else None

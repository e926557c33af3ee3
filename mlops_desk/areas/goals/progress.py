"""How a KPI stands on a day, and how far an objective is: pure functions of readings and an instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import DEFAULT_RHYTHM_DAYS, CheckIn, Kpi
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _, plural

DEFAULT_TOLERANCE = 0.1  # of the way from baseline to target
RHYTHMS_UNTIL_NOT_KNOWN = 2
FEWEST_KEY_RESULTS, MOST_KEY_RESULTS = 2, 5


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
    known = sorted((each for each in readings if each.on <= day), key=recency)
    expected = expected_on(kpi, day)
    if not known:
        return Standing(_not_known(_("no value yet")), expected=expected)
    last = known[-1]
    change = last.value - known[-2].value if len(known) > 1 else None
    reason = _why_not_known(kpi, last, day)
    state = _not_known(reason) if reason else _judged(kpi, last.value, expected)
    return Standing(state, last.value, last.on, expected, change)


def recency(reading: CheckIn) -> tuple[date, float]:
    """Return what orders check-ins: the day, and of one day when it was told."""
    return reading.on, reading.recorded_at.timestamp() if reading.recorded_at else 0.0


def _not_known(reason: str) -> State:
    return State("unknown", _("Not known"), reason)


def _why_not_known(kpi: Kpi, last: CheckIn, day: date) -> str:
    if kpi.contested:
        return _("{fields} has two versions", fields=", ".join(kpi.contested))
    if kpi.target is None and kpi.low is None:
        return _("no target")
    if day - last.on > timedelta(days=stale_after_days(kpi)):
        rhythm = kpi.rhythm or DEFAULT_RHYTHM_DAYS
        return _("no value since {day}, due every {rhythm} days", day=last.on, rhythm=rhythm)
    return ""


def stale_after_days(kpi: Kpi) -> int:
    """Return for how many days a value says anything: two rhythms."""
    return RHYTHMS_UNTIL_NOT_KNOWN * (kpi.rhythm or DEFAULT_RHYTHM_DAYS)


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


class Part(NamedTuple):
    """How a key result or an objective stands: state, score, forecast of the score with its interval, confidence.

    Scores run from 0.0 to 1.0, confidence from 0 to 10; None is *not known*. ``reason`` says why there is no forecast.
    """

    state: State
    score: float | None = None
    forecast: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    reason: str = ""

    @property
    def figures(self) -> tuple[float | None, ...]:
        """Score, forecast with its ends, and confidence."""
        return (self.score, self.forecast, self.low, self.high, self.confidence)


def joined(parts: Sequence[Part]) -> Part:
    """Return how an objective stands by its parts: the worst state, and the mean of each figure.

    A figure that is not known of one part is not known of the whole: there is no average over what is not known.
    The interval is the mean of the intervals' ends, as if all parts moved together; that is never too narrow.
    """
    if not parts:
        return Part(_not_known(_("no key result")))
    worst = max((each.state for each in parts), key=badness)
    score, ahead, low, high, sure = (_mean(each) for each in zip(*(part.figures for part in parts), strict=True))
    silent = sum(each.forecast is None for each in parts)
    reason = plural("{n} part has no forecast", "{n} parts have no forecast", silent) if silent else ""
    return Part(worst, score, ahead, low, high, sure, reason)


def rolled_up(parents: Mapping[str, str | None], own: Mapping[str, Sequence[Part]]) -> dict[str, Part]:
    """Return how objectives stand by their key results and the objectives that serve them, each counting once.

    ``parents`` names the objective that each one serves; those that nobody knows here do not count. Objectives that
    serve each other in a circle, as two people can write apart, are not known, and so is what they serve.
    """
    below: dict[str, list[str]] = {each: [] for each in parents}
    for each, parent in parents.items():
        if parent in below:
            below[parent].append(each)
    found: dict[str, Part] = {}
    waiting = {each: len(served_by) for each, served_by in below.items()}
    ready = [each for each, count in waiting.items() if count == 0]
    while ready:
        each = ready.pop()
        found[each] = joined([*own.get(each, ()), *(found[one] for one in below[each])])
        parent = parents[each]
        if parent in waiting:
            waiting[parent] -= 1
            ready += [parent] if waiting[parent] == 0 else []
    circle = Part(_not_known(_("objectives serve each other in a circle")))
    return {each: found.get(each, circle) for each in parents}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def number_of_results(key_results: int, serving: int) -> str:
    """Return what is wrong with how many key results an objective has; empty for two to five.

    One that others serve may have none of its own.
    """
    if key_results > MOST_KEY_RESULTS:
        return plural("{n} key result", "{n} key results", key_results) + ", " + _("where five are the most to look at")
    if key_results >= FEWEST_KEY_RESULTS or serving:
        return ""
    return (
        plural("{n} key result", "{n} key results", key_results) + ", " + _("where two to five say when it is reached")
    )

"""Service levels: share of good and of fast answers against their targets, the error budget, and how fast it burns.

Source: *The Site Reliability Workbook* (Beyer and others, 2018), chapters 2 and 5: a burn rate of 1 spends the budget
of the window in just that window; an alarm needs a long and a short window beyond the same rate, so that it is neither
raised by a blip nor kept after the trouble is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Literal, NamedTuple

import msgspec

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import live_release
from mlops_desk.areas.monitoring.monitor import NEWEST_READING, START_FAST, START_LIMITS, Monitor, Reading, WindowCount
from mlops_desk.kernel import clock
from mlops_desk.kernel.endpoint import ServiceReading
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured, measured
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

Level = Literal["availability", "fast"]
LEVELS: tuple[Level, ...] = ("availability", "fast")
MINUTE, HOUR, DAY = 60, 3600, 86_400
WHOLE = 28 * DAY
WINDOWS = (5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 3 * DAY, WHOLE)
FEWEST = 30  # valid requests in the long window: of fewer, one failure would look like a fire
FRESH = timedelta(days=7)


class Rule(NamedTuple):
    """An alarm: beyond a burn rate over a long and a short window, in seconds; ``is_urgent`` ones wake somebody."""

    rate: float
    long: int
    short: int
    is_urgent: bool


RULES = (
    Rule(14.4, HOUR, 5 * MINUTE, True),
    Rule(6.0, 6 * HOUR, 30 * MINUTE, True),
    Rule(1.0, 3 * DAY, 6 * HOUR, False),
)


class LevelRow(msgspec.Struct, frozen=True):
    """One service level of an environment: its value and target over 28 days, budget left (%), alarms that ring."""

    id: str
    environment: str
    level: str
    state: State
    value: float | None
    target: float
    valid: int | None
    budget: float | None
    burn: str
    monitor: str


def windows_of(stretches: Iterable[ServiceReading], now_ms: int) -> tuple[WindowCount, ...]:
    """Return how many valid, bad and slow requests ended in each window up to an instant.

    Valid are all but those that were wrong themselves (4xx); bad are ours (5xx); slow took 300 ms or longer, or were
    bad. A stretch counts where it ends.
    """
    known = [*stretches]
    return tuple(_count(known, seconds, now_ms) for seconds in WINDOWS)


def _count(stretches: Sequence[ServiceReading], seconds: int, now_ms: int) -> WindowCount:
    valid = bad = slow = 0
    for each in stretches:
        if now_ms - seconds * 1000 < each.to_ms <= now_ms:
            answered = each.requests - each.refused
            valid += answered
            bad += each.failed
            fast = round((each.share_fast or 0.0) * each.requests)
            slow += max(each.failed, min(answered, each.requests - fast))
    return WindowCount(seconds=seconds, valid=valid, bad=bad, slow=slow)


def missed(count: WindowCount, level: Level) -> int:
    """Return how many requests of a window missed a level."""
    return count.bad if level == "availability" else count.slow


def share_of(count: WindowCount, level: Level) -> float | None:
    """Return the share of valid requests that met a level; None where there was none."""
    return 1 - missed(count, level) / count.valid if count.valid else None


def burn_rate(count: WindowCount, level: Level, target: float) -> float | None:
    """Return how many times faster than allowed a window spent the budget; None where nothing was asked or allowed."""
    if not count.valid or target >= 1:
        return None
    return missed(count, level) / count.valid / (1 - target)


def budget_left(count: WindowCount, level: Level, target: float) -> float | None:
    """Return the share of the error budget that is left, 1 - missed / ((1 - target) valid); below 0 it is overspent."""
    rate = burn_rate(count, level, target)
    return None if rate is None else 1 - rate


def alarms(counts: Sequence[WindowCount], level: Level, target: float) -> list[Rule]:
    """Return the rules whose both windows burn at their rate or faster, the most urgent first."""
    by_length = {each.seconds: each for each in counts}
    return [rule for rule in RULES if _rings(by_length, rule, level, target)]


def _rings(counts: dict[int, WindowCount], rule: Rule, level: Level, target: float) -> bool:
    if not {rule.long, rule.short} <= counts.keys() or counts[rule.long].valid < FEWEST:
        return False
    rates = [burn_rate(counts[each], level, target) for each in (rule.long, rule.short)]
    return all(each is not None and each >= rule.rate for each in rates)


def target_of(monitor: Monitor, level: Level) -> float:
    """Return the share of requests that is to meet a level."""
    if level == "fast":
        return monitor.fast if monitor.fast is not None else START_FAST
    return monitor.limit if monitor.limit is not None else START_LIMITS["service"]


def burn_words(rules: Sequence[Rule]) -> str:
    """Return alarms in words."""
    return ", ".join(
        _(
            "burns {rate} times too fast over {long} and {short}",
            rate=f"{rule.rate:g}",
            long=_length(rule.long),
            short=_length(rule.short),
        )
        for rule in rules
    )


def _length(seconds: int) -> str:
    if seconds >= 3 * DAY:
        return _("{n} d", n=seconds // DAY)
    return _("{n} h", n=seconds // HOUR) if seconds >= HOUR else _("{n} min", n=seconds // MINUTE)


# --- what the desk shows -------------------------------------------------------------------------


def levels(rows: Rows) -> list[LevelRow]:
    """Return the service levels of all environments, worst first; as of their newest reading."""
    environments = {each.id: each.name for each in rows.find(Environment)}
    found = [
        _level_row(rows, monitor, environments.get(monitor.environment, ""), level)
        for monitor in rows.find(Monitor, "kind = 'service' AND NOT archived")
        for level in LEVELS
    ]
    return sorted(found, key=lambda each: (-badness(each.state), each.environment, each.level))


def _level_row(rows: Rows, monitor: Monitor, environment: str, level: Level) -> LevelRow:
    target, words = target_of(monitor, level), {"availability": _("good answers"), "fast": _("within 300 ms")}
    reading, reason = newest(rows, monitor)
    whole = _whole(reading)
    value = share_of(whole, level) if whole and not reason else None
    if reading is None or whole is None or value is None:
        state = State("unknown", _("Not known"), reason or _("no valid request in 28 days"))
        return LevelRow(monitor.id, environment, words[level], state, None, target, None, None, "", monitor.name)
    left = budget_left(whole, level, target)
    ringing = alarms(reading.windows, level, target)
    state = _state(ringing, left)
    percent = None if left is None else 100 * left
    burn = burn_words(ringing)
    return LevelRow(
        monitor.id, environment, words[level], state, value, target, whole.valid, percent, burn, monitor.name
    )


def _state(ringing: Sequence[Rule], left: float | None) -> State:
    if any(rule.is_urgent for rule in ringing):
        return State("bad", _("Burning"))
    if left is not None and left < 0:
        return State("bad", _("Overspent"))
    return State("warn", _("Burning slowly")) if ringing else State("ok", _("Within budget"))


def newest(rows: Rows, monitor: Monitor) -> tuple[Reading | None, str]:
    """Return the newest reading of a service monitor, and why it says nothing now if it does not."""
    found = rows.find(Reading, "monitor = ?", monitor.id, order=NEWEST_READING, most=1)
    if not found or not found[0].windows or found[0].recorded_at is None:
        return None, _("the service was not read yet")
    release = live_release(rows, monitor.environment)
    if release is None:
        return found[0], _("nothing is live")
    if clock.now() - found[0].recorded_at > FRESH:
        return found[0], _("read last on {day}", day=found[0].recorded_at.date())
    return found[0], ""


def _whole(reading: Reading | None) -> WindowCount | None:
    return next((each for each in reading.windows if each.seconds == WHOLE), None) if reading else None


def slo_source(rows: Rows, name: str, use_case: str = "") -> Measured:  # noqa: ARG001 - environments serve all
    """Return ``availability``, ``fast`` or ``budget`` in %, over 28 days: ``slo:fast``, ``slo:fast:staging``.

    The budget is that of availability. Where more than one environment has a service monitor, one is to be named.

    Raises:
        DeskError: there is no such level or monitor, or no fresh reading that gives the value.
    """
    level, _colon, environment = name.partition(":")
    if level not in _FIGURES:
        raise DeskError(
            _("There is no service level “{name}”.", name=level),
            _("Levels: {names}.", names=", ".join(f"slo:{each}" for each in _FIGURES)),
            code="MON-140",
        )
    monitor = _monitor(rows, environment)
    reading, reason = newest(rows, monitor)
    whole = _whole(reading)
    value = _FIGURES[level](monitor, whole) if whole and not reason else None
    if reading is None or value is None:
        raise _nothing(reason or _("no valid request in 28 days"))
    return measured(100 * value, [reading])


def _monitor(rows: Rows, environment: str) -> Monitor:
    named = {each.id for each in rows.find(Environment) if environment in ("", each.name)}
    found = [each for each in rows.find(Monitor, "kind = 'service' AND NOT archived") if each.environment in named]
    if len(found) != 1:
        raise _nothing(_("more than one monitor watches a service") if found else _("no monitor watches the service"))
    return found[0]


def _nothing(reason: str) -> DeskError:
    return DeskError(
        _("There is no value: {reason}.", reason=reason),
        _("Nothing is guessed. Read it: `mlops-desk monitor check`; another environment: `--metric slo:LEVEL:ENV`."),
        code="MON-141",
    )


_FIGURES: dict[str, Callable[[Monitor, WindowCount], float | None]] = {
    "availability": lambda _monitor, whole: share_of(whole, "availability"),
    "fast": lambda _monitor, whole: share_of(whole, "fast"),
    "budget": lambda monitor, whole: budget_left(whole, "availability", target_of(monitor, "availability")),
}

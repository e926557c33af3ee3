"""Service levels: budgets and burn rates by formula, alarms that need both windows, and what is not known."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release
from mlops_desk.areas.monitoring.check import CheckMonitors
from mlops_desk.areas.monitoring.monitor import Alert, Monitor, Reading, WindowCount
from mlops_desk.areas.monitoring.slo import (
    FEWEST,
    LEVELS,
    RULES,
    WHOLE,
    WINDOWS,
    Level,
    alarms,
    budget_left,
    burn_rate,
    levels,
    share_of,
    windows_of,
)
from mlops_desk.kernel import clock
from mlops_desk.kernel.endpoint import ServiceReading
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import source_value
from mlops_desk.workspace import Workspace
from tests.areas.facts import Made, do, tell

NOW = 1_800_000_000_000
counts = st.builds(
    lambda valid, bad, slow: WindowCount(3600, valid, min(valid, bad), max(min(valid, bad), min(valid, slow))),
    st.integers(0, 10_000),
    st.integers(0, 500),
    st.integers(0, 500),
)
targets = st.floats(0.5, 0.9999)


def stretch(ago_s: int, requests: int, failed: int = 0, refused: int = 0, fast: float = 1.0, now: int = NOW):
    return ServiceReading(
        release_id="r",
        model="m",
        environment="e",
        from_ms=now - (ago_s + 60) * 1000,
        to_ms=now - ago_s * 1000,
        requests=requests,
        refused=refused,
        failed=failed,
        rows=requests,
        share_answered=None,
        share_fast=fast,
        fast_below_ms=300.0,
        p50_ms=None,
        p99_ms=None,
        max_ms=None,
    )


# --- by formula ----------------------------------------------------------------------------------


@given(counts, st.sampled_from(LEVELS), targets)
def test_that_share_burn_and_budget_belong_together(count: WindowCount, level: Level, target: float) -> None:
    share, rate, left = share_of(count, level), burn_rate(count, level, target), budget_left(count, level, target)
    if not count.valid:
        assert share is rate is left is None
        return
    assert share is not None
    assert rate is not None
    assert left is not None
    assert 0 <= share <= 1
    assert left == pytest.approx(1 - rate)
    assert rate == pytest.approx((1 - share) / (1 - target), abs=1e-6)
    assert (left >= -1e-9) == (share >= target - 1e-9)


@given(st.lists(st.tuples(st.integers(0, 2 * WHOLE), st.integers(0, 99), st.integers(0, 9)), max_size=20))
def test_that_a_longer_window_never_counts_less(told: list[tuple[int, int, int]]) -> None:
    found = windows_of([stretch(ago, 20 + n, failed, failed, 0.9) for ago, n, failed in told], NOW)
    assert tuple(each.seconds for each in found) == WINDOWS
    for shorter, longer in pairwise(found):
        assert shorter.valid <= longer.valid
        assert shorter.bad <= longer.bad
        assert shorter.slow <= longer.slow
    assert all(each.bad <= each.slow <= each.valid for each in found)


def test_that_requests_that_were_wrong_themselves_do_not_count() -> None:
    whole = windows_of([stretch(100, 100, failed=5, refused=20, fast=0.9)], NOW)[-1]
    assert (whole.valid, whole.bad, whole.slow) == (80, 5, 10)
    assert windows_of([stretch(-100, 100), stretch(WHOLE, 100)], NOW)[-1].valid == 0, "to come, and gone"


def test_that_an_alarm_needs_both_windows_and_enough_requests() -> None:
    def rates(*told: ServiceReading) -> list[float]:
        return [rule.rate for rule in alarms(windows_of(told, NOW), "availability", 0.99)]

    assert rates(stretch(60, 1000, failed=200)) == [14.4, 6.0, 1.0], "20 of 1 %: all of them"
    assert rates(stretch(60, FEWEST - 1, failed=9)) == [], "too few to tell a fire from a spark"
    assert 14.4 not in rates(stretch(3000, 1000, failed=300), stretch(60, 1000)), (
        "it is over: the short window is clean"
    )
    assert rates(stretch(3 * 3600, 1000, failed=20)) == [1.0], "slow: 2 of 1 % over three days and six hours"
    assert rates(stretch(60, 1000, failed=5)) == []


def test_that_the_rules_are_those_of_the_library() -> None:
    assert [(rule.rate, rule.long, rule.short) for rule in RULES] == [
        (14.4, 3600, 300),
        (6.0, 6 * 3600, 1800),
        (1.0, 3 * 86_400, 6 * 3600),
    ]


# --- through the desk ----------------------------------------------------------------------------


@pytest.fixture
def served(desk: Workspace) -> Workspace:
    """A release that is live in staging, with a monitor of its service."""
    made = Made(desk)
    [place] = tell(desk, Environment(name="staging"))
    [release] = tell(desk, Release(label="s-1", environment=place, model_version=made.model_version))
    tell(desk, Deployment(environment=place, action="go-live", release=release))
    do(desk, "monitor.add", name="Service", environment="staging", kind="service", limit=0.99, owner="ml-engineer")
    return desk


def capture(desk: Workspace, *stretches: ServiceReading) -> None:
    """Lay down what an endpoint would have, as of now."""
    [monitor] = desk.ask(lambda rows: rows.find(Monitor))
    [release] = desk.ask(lambda rows: rows.find(Release))
    folder = desk.project.captures / monitor.environment
    folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(stretches):
        told = msgspec.structs.replace(each, release_id=release.id)
        (folder / f"service-{number}.json").write_bytes(msgspec.json.encode(told))


def refused(desk: Workspace, name: str) -> str:
    with pytest.raises(DeskError) as found:
        desk.ask(lambda rows: source_value(rows, name))
    return found.value.sentence


def test_that_a_level_is_not_known_until_the_service_was_read(served: Workspace) -> None:
    found = served.ask(levels)
    assert [(each.level, each.state.level, each.state.reason) for each in found] == [
        ("good answers", "unknown", "the service was not read yet"),
        ("within 300 ms", "unknown", "the service was not read yet"),
    ]
    assert refused(served, "slo:availability") == "There is no value: the service was not read yet."
    assert refused(served, "slo:availability:moon") == "There is no value: no monitor watches the service."
    assert refused(served, "slo:nonsense") == "There is no service level “nonsense”."


def test_that_a_burning_budget_raises_an_alert_with_its_windows(served: Workspace) -> None:
    now = clock.now_ms()
    capture(served, stretch(86_400 * 20, 50_000, now=now), stretch(60, 1000, failed=200, fast=0.7, now=now))
    do(served, CheckMonitors(environment="staging"))
    [reading] = served.ask(lambda rows: rows.find(Reading))
    [alert] = served.ask(lambda rows: rows.find(Alert))
    assert reading.value == pytest.approx(50_800 / 51_000), "of the whole release the share is still good"
    assert reading.state == "act"
    assert alert.sentence.endswith(
        "The error budget burns 14.4 times too fast over 1 h and 5 min, burns 6 times too fast over 6 h and 30 min, "
        "burns 1 times too fast over 3 d and 6 h."
    )
    by_level = {each.level: each for each in served.ask(levels)}
    good = by_level["good answers"]
    assert (good.state.word, good.valid) == ("Burning", 51_000)
    assert good.budget == pytest.approx(100 * (1 - 200 / 510))
    assert served.ask(lambda rows: source_value(rows, "slo:availability")).value == pytest.approx(100 * 50_800 / 51_000)
    assert served.ask(lambda rows: source_value(rows, "slo:budget")).value == good.budget
    assert served.ask(lambda rows: source_value(rows, "slo:fast:staging")).value == pytest.approx(100 * 50_700 / 51_000)


def test_that_a_calm_service_is_within_its_budget_and_an_old_reading_says_nothing(
    served: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(served, stretch(60, 1000, now=clock.now_ms()))
    do(served, CheckMonitors(environment="staging"))
    assert {each.state.word for each in served.ask(levels)} == {"Within budget"}
    assert served.ask(lambda rows: rows.find(Alert)) == []
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert {each.state.level for each in served.ask(levels)} == {"unknown"}
    assert "read last on" in refused(served, "slo:budget")


def test_that_the_targets_of_a_service_are_shares(desk: Workspace) -> None:
    do(desk, "environment.add", name="staging")
    wrong: list[dict[str, Any]] = [{"limit": 1.0}, {"fast": 99.5}, {"limit": 0.0}]
    for values in wrong:
        with pytest.raises(DeskError, match="is no share of answers"):
            do(desk, "monitor.add", name="x", environment="staging", kind="service", **values)


def test_that_a_second_service_asks_for_a_name(served: Workspace) -> None:
    do(served, "environment.add", name="production", role="data-scientist")
    do(served, "monitor.add", name="Other", environment="production", kind="service")
    assert refused(served, "slo:budget") == "There is no value: more than one monitor watches a service."
    assert refused(served, "slo:budget:production") == "There is no value: the service was not read yet."

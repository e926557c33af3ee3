"""How KPIs stand: never a last value sold as news, never an average over what is not known."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.progress import Part, expected_on, joined, score, standing

START, DUE = date(2026, 1, 1), date(2026, 12, 31)
DOWN = Kpi(name="Time", better="down", baseline=95.0, target=40.0, start=START, due=DUE)


def reading(value: float, on: date) -> CheckIn:
    return CheckIn(kpi="k", value=value, on=on)


def level(kpi: Kpi, value: float, on: date, day: date | None = None) -> str:
    return standing(kpi, [reading(value, on)], day or on).state.level


def test_that_expected_is_the_straight_line_from_start_to_due() -> None:
    assert expected_on(DOWN, START) == 95.0
    assert expected_on(DOWN, DUE) == 40.0
    assert expected_on(DOWN, DUE + timedelta(days=90)) == 40.0
    half = expected_on(DOWN, START + timedelta(days=182))
    assert half
    assert abs(half - 67.5) < 0.01


def test_that_states_follow_from_expected_value_and_tolerance() -> None:
    assert level(DOWN, 40.0, DUE) == "ok"
    assert level(DOWN, 45.0, DUE) == "warn"
    assert level(DOWN, 46.0, DUE) == "bad"
    up = Kpi(name="Use", better="up", baseline=0.0, target=60.0, start=START, due=DUE, tolerance=3.0)
    assert (level(up, 60.0, DUE), level(up, 57.0, DUE), level(up, 56.9, DUE)) == ("ok", "warn", "bad")
    band = Kpi(name="Overrule", better="band", low=2.0, high=15.0)
    assert [level(band, value, DUE) for value in (1.9, 2.0, 15.0, 16.0, 17.0, 0.0)] == [
        "warn",
        "ok",
        "ok",
        "warn",
        "bad",
        "bad",
    ]


def test_that_nothing_is_known_without_value_target_or_after_two_rhythms() -> None:
    assert standing(DOWN, [], DUE).state.level == "unknown"
    assert level(Kpi(name="x"), 1.0, DUE) == "unknown"
    weekly = Kpi(name="x", target=1.0, rhythm=7)
    assert level(weekly, 1.0, DUE, DUE + timedelta(days=14)) == "ok"
    assert level(weekly, 1.0, DUE, DUE + timedelta(days=15)) == "unknown"
    assert level(Kpi(name="x", target=1.0, contested=("target",)), 1.0, DUE) == "unknown"


def test_that_a_reading_of_later_is_not_known_before() -> None:
    assert standing(DOWN, [reading(50.0, DUE)], START).state.level == "unknown"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_that_a_better_value_never_has_a_worse_state(one: float, other: float) -> None:
    order = {"ok": 0, "warn": 1, "bad": 2}
    low, high = sorted((one, other))
    assert order[level(DOWN, low, DUE)] <= order[level(DOWN, high, DUE)]


@given(st.floats(-1e6, 1e6))
def test_that_a_score_lies_between_zero_and_one(value: float) -> None:
    reached = score(KeyResult(name="r", objective="o", kpi="k"), DOWN, value)
    assert reached is not None
    assert 0.0 <= reached <= 1.0


def test_that_an_objective_is_never_averaged_over_what_is_not_known() -> None:
    half, whole = (Part(standing(DOWN, [], DUE).state, each) for each in (0.5, 1.0))
    assert joined([half, whole]).score == 0.75
    assert joined([half, whole._replace(score=None)]).score is None
    assert joined([]).score is None

"""Forecasts: laws that hold for any series, rules for what is not known, and intervals as wide as they say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.forecast import UNBOUNDED, Bounds, Forecast, forecast, predictive_band
from mlops_desk.science.series import Reading
from tests.science.series_given import FIRST, made, series

TODAY = FIRST + timedelta(days=400)
AHEAD = FIRST + timedelta(days=460)


def led_to(readings: list[Reading], on: date = AHEAD, bounds: Bounds = UNBOUNDED) -> Forecast:
    return forecast(readings, on, today=TODAY, stale_after_days=1000, bounds=bounds)


def figures(found: Forecast) -> tuple[float, float, float]:
    """Return low, value and high of a forecast that is known."""
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    return found.low, found.value, found.high


@given(series(3), st.sampled_from([0.25, 2.0, 1024.0, -1.0]))
def test_that_another_unit_gives_the_same_forecast_in_that_unit(readings: list[Reading], factor: float):
    one = sorted(each * factor for each in figures(led_to(readings)))
    other = led_to([each._replace(value=each.value * factor) for each in readings])
    assert [*figures(other)] == pytest.approx(one, rel=1e-9, abs=1e-9)


@given(series(3), st.integers(-500, 500))
def test_that_values_moved_by_a_constant_move_the_forecast_by_it(readings: list[Reading], more: int):
    one = [each + more for each in figures(led_to(readings))]
    other = led_to([each._replace(value=each.value + more) for each in readings])
    assert [*figures(other)] == pytest.approx(one, rel=1e-6, abs=1e-6)


@given(series(3), st.integers(1, 300))
def test_that_days_moved_together_change_nothing_but_the_days(readings: list[Reading], later: int):
    days = timedelta(days=7 * later)
    moved = [each._replace(on=each.on + days) for each in readings]
    one = led_to(readings)
    other = forecast(moved, AHEAD + days, today=TODAY + days, stale_after_days=1000)
    if "month" not in one.method + other.method:
        assert figures(other) == pytest.approx(figures(one), rel=1e-6, abs=1e-4)


@given(series(3))
def test_that_the_interval_holds_the_value_and_widens_with_time(readings: list[Reading]):
    near, far = (figures(led_to(readings, AHEAD + timedelta(days=each))) for each in (0, 70))
    assert near[0] <= near[1] <= near[2]
    assert far[2] - far[0] >= (near[2] - near[0]) * (1 - 1e-9)


@given(series(3))
def test_that_values_stay_within_what_the_unit_has(readings: list[Reading]):
    low, value, high = figures(led_to(readings, bounds=Bounds(0.0, 100.0)))
    assert 0.0 <= low <= value <= high <= 100.0


@given(series(0, 2))
def test_that_nothing_is_known_with_under_three_values(readings: list[Reading]):
    found = led_to(readings)
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, "fewer than 3 values")


def test_that_three_readings_on_one_day_are_one():
    assert led_to([Reading(FIRST, float(each), each) for each in range(3)]).value is None


def test_that_a_series_that_ended_leads_nowhere():
    readings = made([1, 2, 3, 4])
    last = readings[-1].on
    told = {
        days: forecast(readings, AHEAD, today=last + timedelta(days=days), stale_after_days=14) for days in (14, 15)
    }
    assert told[14].value is not None
    assert (told[15].value, told[15].reason) == (None, f"no value since {last}")


def test_that_no_forecast_is_made_of_a_day_that_has_a_value():
    readings = made([1, 2, 3])
    assert led_to(readings, readings[-1].on).reason.endswith("is not ahead of the last value")


def test_that_what_was_not_yet_read_on_a_day_is_not_used():
    readings = made([1, 2, 3, 100])
    then = forecast(readings, AHEAD, today=readings[2].on, stale_after_days=30)
    assert then.value == pytest.approx(1 + (AHEAD - FIRST).days)


def test_that_a_series_that_never_moved_stays_where_it_is():
    found = led_to(made([5.0] * 10))
    assert (found.value, found.low, found.high) == (5.0, 5.0, 5.0)
    assert found.method == "Theil-Sen trend of 10 values, 95 % prediction interval"


def test_that_a_week_goes_on_in_the_forecast():
    chance = np.random.default_rng(0)
    readings = made(50 + chance.normal(size=42) + 8.0 * (np.arange(42) % 7 >= 5))
    last = readings[-1].on  # a Sunday
    monday, saturday = (
        forecast(readings, last + timedelta(days=each), today=last, stale_after_days=9) for each in (1, 6)
    )
    assert "weekday" in monday.method
    assert figures(saturday)[1] - figures(monday)[1] == pytest.approx(8, abs=1.5)


def test_that_a_band_is_the_forecast_of_each_of_its_days():
    readings, days = made([3, 5, 4, 7, 6]), [AHEAD, AHEAD + timedelta(days=9)]
    band = predictive_band(readings, days, today=TODAY, stale_after_days=1000)
    assert band == tuple(led_to(readings, each) for each in days)


@pytest.mark.parametrize(("values", "ahead", "least"), [(3, 1, 0.9), (12, 4, 0.9), (26, 6, 0.9)])
def test_that_of_plain_noise_nine_in_ten_intervals_and_more_hold_what_comes(values: int, ahead: int, least: float):
    chance = np.random.default_rng(0)
    held = 0
    for _each in range(150):
        readings = made(50 + 0.3 * np.arange(values + ahead) + chance.normal(size=values + ahead), 7)
        known, to_come = readings[:values], readings[-1]
        found = forecast(known, to_come.on, today=known[-1].on, stale_after_days=99)
        low, _value, high = figures(found)
        held += low <= to_come.value <= high
    assert held / 150 >= least

"""Series: one value a day, a line that outliers do not carry away, seasons only where two of them show."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.series import (
    MAX_POINTS,
    Reading,
    arrays,
    cleaned,
    robust_line,
    season_of,
    spread,
    wear,
)
from tests.science.series_given import FIRST, made, series


@given(series(), st.randoms(use_true_random=False))
def test_that_the_order_of_readings_never_matters(readings: list[Reading], chance: random.Random):
    mixed = [*readings]
    chance.shuffle(mixed)
    assert cleaned(mixed) == cleaned(readings)


def test_that_of_several_readings_on_a_day_the_last_told_counts():
    told = [Reading(FIRST, 7.0, 20.0), Reading(FIRST, 9.0, 30.0), Reading(FIRST, 99.0, 10.0)]
    assert cleaned(told) == [Reading(FIRST, 9.0, 30.0)]


def test_that_only_the_newest_of_a_very_long_series_are_looked_at():
    found = cleaned(made(range(MAX_POINTS + 5)))
    assert (len(found), found[0].value) == (MAX_POINTS, 5.0)


def test_that_a_quarter_of_wild_values_does_not_carry_the_line_away():
    values = 10 + 2.0 * np.arange(20)
    values[[3, 8, 12, 17, 19]] = 1e6
    line = robust_line(np.arange(20.0), values)
    assert [line.slope, *line.at(np.zeros(1))] == pytest.approx([2.0, 10.0])


@given(series(8, 20))
def test_that_the_line_has_the_slope_and_height_of_the_textbook(readings: list[Reading]):
    from scipy.stats import theilslopes

    days, values = arrays(cleaned(readings))
    line = robust_line(days, values)
    slope, height, _low, _high = theilslopes(values, days - np.median(days), method="joint")
    assert (line.slope, line.height) == pytest.approx((slope, height), abs=1e-6)


def test_that_a_single_wild_residual_hardly_widens_the_spread():
    residuals = np.array([-1.0, 1.0] * 10)
    wild = np.append(residuals, 1000.0)
    assert float(spread(wild, 19)) < 1.5 * float(spread(residuals, 18))
    assert float(spread(np.zeros(9), 7)) == 0.0


def test_that_values_that_take_after_each_other_tell_less():
    chance = np.random.default_rng(0)
    apart = chance.normal(size=200)
    assert 1.0 <= float(wear(apart)) < 1.5
    assert float(wear(np.cumsum(apart))) > 5
    assert float(wear(np.zeros(5))) == 1.0


def test_that_a_week_is_found_once_two_of_them_show_it_and_noise_is_no_season():
    chance = np.random.default_rng(1)
    noise = chance.normal(size=42)
    week = 8.0 * (np.arange(42) % 7 >= 5)
    for many, name in ((13, None), (14, "week"), (42, "week")):
        days, values = arrays(made((week + noise)[:many]))
        found = season_of(days, values, robust_line(days, values))
        assert (found.name if found else None) == name
    days, values = arrays(made(noise))
    assert season_of(days, values, robust_line(days, values)) is None


def test_that_a_year_is_found_by_its_months():
    chance = np.random.default_rng(2)
    days = [FIRST + timedelta(days=30 * place) for place in range(30)]
    values = [(20.0 if day.month in (6, 7, 8) else 0.0) + chance.normal() for day in days]
    found, told = arrays([Reading(day, value) for day, value in zip(days, values, strict=True)])
    season = season_of(found, told, robust_line(found, told))
    assert season is not None
    assert season.name == "year"
    assert season.at([days[0].replace(month=7).toordinal()])[0] > season.at([days[0].toordinal()])[0] + 10

"""Anomalies: what was planted is found, what was not planted hardly ever, and laws that hold for any series."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_desk.science.anomalies import FEWEST, anomalies
from mlops_desk.science.series import Reading
from tests.science.series_given import FIRST, line_of, made, series

LONG, PLANTED, TRIES = 60, 40, 120
Plant = Callable[[np.ndarray], None]


def spike(values: np.ndarray) -> None:
    values[PLANTED] += 8


def shift(values: np.ndarray) -> None:
    values[PLANTED:] += 6


def slow_move(values: np.ndarray) -> None:
    values[PLANTED:] += 2 * np.arange(1, LONG - PLANTED + 1)


def nothing(values: np.ndarray) -> None:
    """Plant nothing."""


def rates(plant: Plant, within: int, *, week: float = 0.0) -> tuple[float, float]:
    """Return how often what was planted is marked, and how often other values are; deviations are 1."""
    chance = np.random.default_rng(1)
    hits = false = judged = 0
    for _try in range(TRIES):
        values = line_of(chance.normal(size=LONG)) + week * (np.arange(LONG) % 7 >= 5)
        plant(values)
        found = anomalies(made(values)).found
        places = {(each.on - FIRST).days + more for each in found for more in range(each.count)}
        near = set(range(PLANTED, PLANTED + 12))
        hits += bool(places & set(range(PLANTED, PLANTED + within)))
        false += len(places - near)
        judged += LONG - FEWEST - len(near)
    return hits / TRIES, false / judged


@pytest.mark.parametrize(
    ("plant", "within", "has_week", "least"),
    [
        (spike, 1, 0, 0.95),
        (spike, 1, 1, 0.9),
        (shift, 5, 0, 0.9),
        (slow_move, 7, 0, 0.9),
    ],
)
def test_that_what_was_planted_is_found_and_little_else(plant: Plant, within: int, has_week: int, least: float):
    hit, false = rates(plant, within, week=5.0 * has_week)
    assert hit >= least
    assert false <= 0.01


def test_that_fewer_than_one_plain_value_in_a_hundred_is_marked():
    assert rates(nothing, 1)[1] <= 0.01


def test_that_a_lasting_shift_is_told_once_with_how_many_values_it_lasted():
    chance = np.random.default_rng(3)
    values = line_of(chance.normal(size=LONG))
    values[PLANTED:] += 15
    [found] = [each for each in anomalies(made(values)).found if each.on >= made(values)[PLANTED].on]
    assert (found.on, found.side, found.is_together) == (made(values)[PLANTED].on, "above", False)
    assert found.count > 1
    assert found.low < found.high < found.value


def test_that_a_slow_move_is_told_as_of_values_together():
    values = 50 + np.tile([0.0, 1.0, -1.0, 0.5, -0.5], 6)[:28]
    values[20:] -= 1.1 * np.arange(1, 9)
    assert any(each.is_together and each.side == "below" for each in anomalies(made(values)).found)


@given(series(0, FEWEST))
def test_that_nothing_is_known_with_too_few_values(readings: list[Reading]):
    found = anomalies(readings)
    assert (found.found, found.reason) == ((), "fewer than 9 values")


@settings(max_examples=40)
@given(series(9, 40), st.sampled_from([0.25, 2.0, 1024.0]))
def test_that_another_unit_marks_the_same_days(readings: list[Reading], factor: float):
    other = anomalies([each._replace(value=each.value * factor) for each in readings])
    assert [each.on for each in other.found] == [each.on for each in anomalies(readings).found]


@settings(max_examples=40)
@given(series(9, 40), st.randoms(use_true_random=False))
def test_that_the_order_of_telling_marks_the_same_days(readings: list[Reading], chance: random.Random):
    mixed = [*readings]
    chance.shuffle(mixed)
    assert anomalies(mixed) == anomalies(readings)


@settings(max_examples=40)
@given(series(9, 40))
def test_that_turned_upside_down_the_sides_change_places(readings: list[Reading]):
    turned = anomalies([each._replace(value=-each.value) for each in readings]).found
    other = {"above": "below", "below": "above"}
    assert [(each.on, other[each.side]) for each in turned] == [
        (each.on, each.side) for each in anomalies(readings).found
    ]


def test_that_a_constant_series_has_none_until_it_moves():
    still = made([5.0] * 20)
    assert anomalies(still).found == ()
    moved = anomalies([*still, Reading(still[-1].on + timedelta(days=1), 5.5)]).found
    assert [(each.value, each.side) for each in moved] == [(5.5, "above")]

"""Columns that move on by themselves are told from those that only look so."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.counters import FEWEST, moves_of
from mlops_desk.science.reference import reference_summary
from mlops_desk.science.sources import open_source

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.arange(100), "order"),
        (np.arange(100)[::-1], "order"),
        (np.cumsum(RNG.integers(1, 9, 100)), "order"),
        (np.cumsum(RNG.random(100) + 0.1), "order"),
        (np.array([*range(50), np.nan, *range(50, 100)]), "order"),
        (RNG.permutation(1000), "unique"),
        (RNG.permutation(1000).astype(float), "unique"),
        (RNG.permutation(1000).astype(np.uint64), "unique"),
        (RNG.normal(0, 1, 1000), ""),  # measured: no two are equal, and still it can drift
        (np.sort(RNG.integers(18, 90, 1000)), ""),  # a sorted file is no counter
        (np.repeat(np.arange(12), 100), ""),  # months of one year, one after the other
        (np.append(RNG.permutation(1000), 7), ""),
        (np.full(100, np.nan), ""),
        (np.arange(FEWEST - 1), ""),
        (np.array([1e308, -1e308] * 20), ""),
        (np.array([np.inf, *range(60)], dtype=float), ""),
    ],
)
def test_that_counters_and_numbers_of_rows_are_found(values, expected):
    assert moves_of(values) == expected


@given(st.lists(st.integers(-(10**6), 10**6), min_size=FEWEST, max_size=60))
def test_that_an_order_is_strict_and_unique_means_no_two_are_equal(values):
    found = moves_of(np.array(values))
    steps = np.diff(values)
    assert (found == "order") == bool((steps > 0).all() or (steps < 0).all())
    assert (found == "") == (len(set(values)) < len(values))


def test_that_a_reference_says_of_each_column_how_it_moves(tmp_path):
    rows = "\n".join(f"2024-01-{1 + n % 28:02},{n * 3},{n * 7 % 40},{n % 5},town {n % 3}" for n in range(40))
    (tmp_path / "t.csv").write_text(f"day,counter,name,kind,town\n{rows}\n")
    summary = reference_summary(open_source(tmp_path / "t.csv"))
    assert [each.moves for each in summary.columns] == ["date", "order", "unique", "", ""]


@pytest.mark.skipif("MLOPS_DESK_REAL_DATA" not in os.environ, reason="the real files are not here")
def test_that_the_bicycles_have_a_counter_and_a_date():
    path = Path(os.environ["MLOPS_DESK_REAL_DATA"]) / "bike_hour_official.csv"
    moving = {each.name: each.moves for each in reference_summary(open_source(path)).columns if each.moves}
    assert moving == {"instant": "order", "dteday": "date"}

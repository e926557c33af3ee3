"""Exact linear identities of up to three columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.identities import find_identities

NAMES = ("a", "b", "c", "d", "e")


def _columns(seed=0, rows=200):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=rows) * 10 for name in NAMES}


@given(
    st.integers(0, 10_000),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    st.sampled_from([0.0, 5.0, -3.0]),
    st.sampled_from([1.0, -1.0, 2.5]),
)
def test_that_a_planted_sum_is_always_found_and_named(seed, chosen, constant, factor):
    columns = _columns(seed)
    target = constant + sum(factor * columns[name] for name in chosen)
    (found,) = find_identities(target, columns)
    assert set(found.columns) == set(chosen)
    assert np.allclose(found.coefficients, factor)
    assert abs(found.constant - constant) < 1e-6


def test_that_noise_is_no_identity():
    columns = _columns()
    target = columns["a"] + columns["b"] + np.random.default_rng(9).normal(size=200) * 1e-3
    assert find_identities(target, columns) == []


def test_that_one_wrong_row_breaks_an_identity():
    columns = _columns(rows=5000)
    target = columns["a"] + columns["b"]
    target[4321] += 1
    assert find_identities(target, columns) == []


def test_that_the_formula_reads_as_people_write_it():
    rng = np.random.default_rng(0)
    columns = {"casual": rng.integers(0, 90, 300).astype(float), "registered": rng.integers(0, 500, 300).astype(float)}
    (found,) = find_identities(columns["casual"] + columns["registered"], columns)
    assert found.formula("cnt") == "cnt = casual + registered"
    (found,) = find_identities(3 - 2 * columns["casual"], columns)
    assert found.formula("y") == "y = - 2 x casual + 3"


def test_that_missing_cells_are_left_aside():
    columns = _columns()
    target = columns["a"] - columns["b"]
    columns["a"] = columns["a"].copy()
    columns["a"][::7] = np.nan
    (found,) = find_identities(target, columns)
    assert set(found.columns) == {"a", "b"}


def test_that_a_set_that_contains_a_found_one_is_not_named_again():
    columns = _columns()
    found = find_identities(columns["a"] * 2, columns)
    assert [one.columns for one in found] == [("a",)]


def test_that_two_ways_to_the_same_target_are_both_named():
    columns = _columns()
    target = columns["a"] + columns["b"]
    columns["copy"] = target * 4
    assert {frozenset(one.columns) for one in find_identities(target, columns)} == {
        frozenset({"copy"}),
        frozenset({"a", "b"}),
    }


def test_that_no_columns_and_few_rows_find_nothing():
    assert find_identities(np.arange(50.0), {}) == []
    assert find_identities(np.arange(5.0), {"a": np.arange(5.0)}) == []

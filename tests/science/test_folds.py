"""Folds are made as the test part was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.folds import make_folds


@given(st.integers(20, 300), st.integers(2, 8), st.integers(0, 99), st.sampled_from(["random", "group"]))
def test_that_every_row_is_checked_once_and_never_fitted_on_then(rows, k, seed, kind):
    rng = np.random.default_rng(seed)
    target, by = rng.integers(0, 3, rows), rng.integers(0, 12, rows).astype(float)
    folds = make_folds(kind, target, by, k, seed)
    assert sorted(np.concatenate([fold.check for fold in folds]).tolist()) == list(range(rows))
    for fold in folds:
        assert len(np.intersect1d(fold.fit, fold.check)) == 0
        assert len(fold.fit) + len(fold.check) == rows
        if kind == "group":
            assert len(np.intersect1d(by[fold.fit], by[fold.check])) == 0


def test_that_classes_are_kept_in_proportion():
    target = np.array([0] * 90 + [1] * 10)
    for fold in make_folds("random", target, None, 5, 0):
        assert target[fold.check].sum() == 2


@given(st.integers(0, 500), st.integers(2, 6))
def test_that_nothing_of_the_future_is_fitted_on(seed, k):
    by = np.random.default_rng(seed).integers(0, 40, 200).astype(float)
    folds = make_folds("time", np.zeros(200), by, k, 0)
    assert 1 <= len(folds) <= k
    for fold in folds:
        assert by[fold.fit].max() < by[fold.check].min()


@pytest.mark.parametrize("kind", ["time", "group"])
def test_that_too_few_times_or_groups_make_random_folds(kind):
    assert len(make_folds(kind, np.arange(50.0), np.zeros(50), 5, 0)) == 5

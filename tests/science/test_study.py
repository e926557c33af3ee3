"""Where a model is weak and what it leans on."""

# mypy: disable-error-code="operator"

from __future__ import annotations

import numpy as np
import pytest
from sklearn.inspection import permutation_importance

from mlops_desk.science.candidates import outcome_of
from mlops_desk.science.features import encode
from mlops_desk.science.measures import Outcome
from mlops_desk.science.study import importance, slices
from tests.science.models import small_model


def test_that_the_group_that_is_served_worst_comes_first_and_small_ones_last():
    rng = np.random.default_rng(0)
    town = np.array(["A"] * 500 + ["B"] * 400 + ["C"] * 99, dtype=object)
    truth = rng.integers(0, 2, 999)
    wrong = rng.random(999) < np.where(town == "B", 0.4, np.where(town == "C", 0.9, 0.1))
    called = np.where(wrong, 1 - truth, truth)
    found = slices(Outcome("classification", truth, called, np.eye(2)[called], 1), {"town": town}, "accuracy")
    assert [(one.group, one.is_too_few) for one in found] == [("B", False), ("A", False), ("C", True)]
    assert found[0].value == pytest.approx(0.6, abs=0.06)
    assert found[-1].value is None
    error = Outcome("regression", np.zeros(999), np.where(town == "A", 2.0, 1.0))
    assert [one.group for one in slices(error, {"town": town}, "mae")][:2] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "task", "metric"), [("linear", "regression", "r2"), ("forest", "classification", "accuracy")]
)
def test_that_importance_is_about_that_of_scikit_learn(name, task, metric):
    pipeline, schema, table = small_model(name, task)
    matrix = encode(table, schema.features)
    truth = outcome_of(pipeline, matrix, np.zeros(len(matrix)), schema).predicted

    def ask(matrix, truth):
        return outcome_of(pipeline, matrix, truth, schema)

    def run(work, places):
        return [work(place) for place in places]

    found = importance(ask, matrix, truth, schema.features, metric, seed=0, run=run)
    expected = permutation_importance(pipeline, matrix, truth, scoring=metric, n_repeats=20, random_state=0)
    for one in found:
        place = [feature.name for feature in schema.features].index(one.column)
        assert one.loss == pytest.approx(expected.importances_mean[place], abs=0.08)
    assert found == importance(ask, matrix, truth, schema.features, metric, seed=0, run=run)

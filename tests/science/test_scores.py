"""Figures against scikit-learn, intervals against theory, and their speed."""

# mypy: disable-error-code="operator"

from __future__ import annotations

import time

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from mlops_desk.science.measures import CLASS_METRICS, Outcome, confusion_of, point
from mlops_desk.science.scores import bootstrap_weights, calibration, confusion, scores


def _classes(n=300, k=2, seed=0, *, ties=False):
    rng = np.random.default_rng(seed)
    raw = rng.random((n, k)) + 0.05
    if ties:
        raw = np.ceil(raw * 4)
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    truth = np.array([rng.choice(k, p=row) for row in probabilities])
    truth[:k] = np.arange(k)
    return Outcome("classification", truth, probabilities.argmax(axis=1), probabilities, 1 if k == 2 else None)


def _amounts(n=300, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 10, n)
    return Outcome("regression", truth, truth + rng.normal(0, 3, n))


@settings(max_examples=25)
@given(st.integers(0, 1000), st.booleans())
def test_that_two_class_figures_equal_those_of_scikit_learn(seed, ties):
    out = _classes(seed=seed, ties=ties)
    y, p, score = out.truth, out.predicted, out.scores[:, 1]
    expected = {
        "accuracy": oracle.accuracy_score(y, p),
        "balanced_accuracy": oracle.balanced_accuracy_score(y, p),
        "auc": oracle.roc_auc_score(y, score),
        "pr_auc": oracle.average_precision_score(y, score),
        "log_loss": oracle.log_loss(y, out.scores),
        "brier": oracle.brier_score_loss(y, score),
        "f1": oracle.f1_score(y, p),
        "precision": oracle.precision_score(y, p),
        "recall": oracle.recall_score(y, p),
    }
    assert {name: point(out, name) for name in CLASS_METRICS} == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.booleans(), st.integers(3, 6))
def test_that_many_class_figures_equal_those_of_scikit_learn(seed, ties, k):
    out = _classes(seed=seed, ties=ties, k=k)
    y, p = out.truth, out.predicted
    each = [oracle.average_precision_score(y == c, out.scores[:, c]) for c in range(k)]
    expected = {
        "accuracy": oracle.accuracy_score(y, p),
        "balanced_accuracy": oracle.balanced_accuracy_score(y, p),
        "auc": oracle.roc_auc_score(y, out.scores, multi_class="ovr"),
        "pr_auc": np.mean(each),
        "log_loss": oracle.log_loss(y, out.scores),
        "brier": ((np.eye(k)[y] - out.scores) ** 2).sum(axis=1).mean(),
        "f1": oracle.f1_score(y, p, average="macro", zero_division=0),
        "precision": oracle.precision_score(y, p, average="macro", zero_division=0),
        "recall": oracle.recall_score(y, p, average="macro", zero_division=0),
    }
    assert {name: point(out, name) for name in CLASS_METRICS} == pytest.approx(expected, abs=1e-12)
    assert confusion_of(out).tolist() == oracle.confusion_matrix(y, p, labels=range(k)).tolist()


@given(st.integers(0, 1000))
def test_that_regression_figures_equal_those_of_scikit_learn(seed):
    out = _amounts(seed=seed)
    assert point(out, "r2") == pytest.approx(oracle.r2_score(out.truth, out.predicted), abs=1e-12)
    assert point(out, "mae") == pytest.approx(oracle.mean_absolute_error(out.truth, out.predicted))
    assert point(out, "rmse") == pytest.approx(oracle.root_mean_squared_error(out.truth, out.predicted))


def test_that_weighting_rows_is_the_same_as_repeating_them():
    from mlops_desk.science.measures import measure

    for out, names in ((_classes(60, ties=True), CLASS_METRICS), (_amounts(60), ("r2", "mae", "rmse"))):
        weights = next(iter(bootstrap_weights(60, 3, seed=5)))
        figures = measure(out, names)(weights)
        for number, row in enumerate(weights):
            repeated = out.take(np.repeat(np.arange(60), row.astype(int)))
            for name in names:
                assert figures[name][number] == pytest.approx(point(repeated, name), abs=1e-12)


def test_that_the_interval_of_accuracy_is_that_of_theory():
    rng = np.random.default_rng(0)
    n, p = 4000, 0.8
    truth = rng.integers(0, 2, n)
    predicted = np.where(rng.random(n) < p, truth, 1 - truth)
    out = Outcome("classification", truth, predicted, np.eye(2)[predicted], 1)
    (accuracy,) = scores(out, ("accuracy",), resamples=2000)
    half = 1.96 * np.sqrt(accuracy.value * (1 - accuracy.value) / n)
    assert accuracy.low == pytest.approx(accuracy.value - half, abs=half * 0.12)
    assert accuracy.high == pytest.approx(accuracy.value + half, abs=half * 0.12)


@pytest.mark.slow
def test_that_the_interval_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        error = rng.exponential(1.0, 400)
        (mae,) = scores(Outcome("regression", error, np.zeros(400)), ("mae",), seed=seed)
        hits += mae.low <= 1.0 <= mae.high
    assert 0.90 <= hits / 200 <= 0.99


def test_that_the_same_seed_gives_the_same_bits_and_another_does_not():
    out = _classes()
    assert scores(out, seed=1) == scores(out, seed=1)
    assert scores(out, seed=1) != scores(out, seed=2)


def test_that_all_figures_with_intervals_take_under_two_seconds_on_ten_thousand_rows():
    out = _classes(10_000)
    start = time.process_time()
    found = scores(out)
    assert time.process_time() - start < 2
    assert all(one.low < one.value < one.high for one in found)


def test_that_what_is_not_defined_is_none_and_still_json():
    truth = np.zeros(20, dtype=int)
    out = Outcome("classification", truth, truth, np.tile([0.9, 0.1], (20, 1)), 1)
    found = {one.metric: one for one in scores(out)}
    assert found["auc"].value is None
    assert found["auc"].low is None
    assert found["precision"].value is None
    assert found["accuracy"].value == 1.0
    msgspec.json.decode(msgspec.json.encode(list(found.values())))
    flat = Outcome("regression", np.ones(20), np.zeros(20))
    assert point(flat, "r2") != point(flat, "r2")
    assert scores(flat.take(np.array([], dtype=int)))[0].n == 0


def test_that_perfect_scores_are_calibrated_and_boasting_ones_are_not():
    rng = np.random.default_rng(1)
    p = rng.random(50_000)
    truth = (rng.random(50_000) < p).astype(int)
    honest = Outcome("classification", truth, (p > 0.5).astype(int), np.column_stack([1 - p, p]), 1)
    found = calibration(honest)
    assert found.ece < 0.01
    assert sum(one.n for one in found.bins) == 50_000
    assert all(one.low <= one.mean_score < one.high for one in found.bins)
    boast = np.where(p > 0.5, 0.99, 0.01)
    assert calibration(honest._replace(scores=np.column_stack([1 - boast, boast]))).ece > 0.2


def test_that_the_confusion_counts_say_truth_first():
    out = Outcome("classification", np.array([0, 0, 1]), np.array([0, 1, 1]), np.eye(2)[[0, 1, 1]], 1)
    assert confusion(out, ("no", "yes")).counts == ((1, 1), (0, 1))

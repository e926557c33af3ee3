"""Metrics as functions of row weights: one pass gives a figure, five hundred weightings give its spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from mlops_desk.science.features import Task
from mlops_desk.science.table import Array, Floats, Ints

ClassMetric = Literal[
    "accuracy", "balanced_accuracy", "auc", "pr_auc", "log_loss", "brier", "f1", "precision", "recall"
]
AmountMetric = Literal["r2", "mae", "rmse"]
Metric = ClassMetric | AmountMetric
CLASS_METRICS: tuple[Metric, ...] = get_args(ClassMetric)
AMOUNT_METRICS: tuple[Metric, ...] = get_args(AmountMetric)
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse"})
CONFUSED = frozenset({"accuracy", "balanced_accuracy", "f1", "precision", "recall"})

Weighted = Callable[[Floats], Floats]  # weights (resamples x rows) -> figures (resamples), NaN where undefined


class Outcome(NamedTuple):
    """What was true and what a model said, row by row.

    Classification: ``truth`` and ``predicted`` are class numbers 0..k-1, ``scores`` is rows x k and
    each row sums to 1; ``positive`` is the number of the positive class where there are two.
    Regression: ``truth`` and ``predicted`` are amounts, ``scores`` is None.
    """

    task: Task
    truth: Array
    predicted: Array
    scores: Floats | None = None
    positive: int | None = None

    def take(self, rows: Ints) -> Outcome:
        """Return the outcome on these rows."""
        scores = None if self.scores is None else self.scores[rows]
        return self._replace(truth=self.truth[rows], predicted=self.predicted[rows], scores=scores)


def metrics_of(task: Task) -> tuple[Metric, ...]:
    """Return the metrics a task has, in the order they are shown."""
    return CLASS_METRICS if task == "classification" else AMOUNT_METRICS


def measure(outcome: Outcome, metrics: Sequence[Metric]) -> Callable[[Floats], dict[Metric, Floats]]:
    """Prepare metrics: the function returned takes weights (resamples x rows) and gives every metric's figures.

    Sorting and class counts are done once; a weighting then costs a few passes over the rows.
    """
    single = {metric: _prepared(outcome, metric) for metric in metrics if metric not in CONFUSED}

    def figures(weights: Floats) -> dict[Metric, Floats]:
        counts = _confusion(outcome, weights) if CONFUSED & set(metrics) else np.empty((0, 0, 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                metric: single[metric](weights)
                if metric in single
                else _from_confusion(metric, counts, outcome.positive)
                for metric in metrics
            }

    return figures


def point(outcome: Outcome, metric: Metric) -> float:
    """Return one metric with every row counted once; NaN where it is not defined."""
    if not len(outcome.truth):
        return float("nan")
    return float(measure(outcome, (metric,))(np.ones((1, len(outcome.truth))))[metric][0])


def confusion_of(outcome: Outcome) -> Ints:
    """Count rows by class: k x k, rows are the truth, columns what was predicted."""
    counts: Ints = np.rint(_confusion(outcome, np.ones((1, len(outcome.truth))))[0]).astype(np.int64)
    return counts


def _prepared(outcome: Outcome, metric: Metric) -> Weighted:
    if outcome.task == "regression":
        return _amounts(outcome, metric)
    assert outcome.scores is not None
    scores = outcome.scores
    truth = outcome.truth.astype(np.int64)
    hit = scores[np.arange(len(truth)), truth]
    if metric == "log_loss":
        tiny = np.finfo(np.float64).eps
        return _mean_of(-np.log(np.clip(hit, tiny, 1 - tiny)))
    if metric == "brier":  # two classes: (score - truth)**2; more: summed over the classes (Brier 1950)
        squares = (scores**2).sum(axis=1) - 2 * hit + 1
        return _mean_of(squares / 2 if outcome.positive is not None else squares)
    rank = _auc if metric == "auc" else _average_precision
    if outcome.positive is not None:
        return rank(truth == outcome.positive, scores[:, outcome.positive])
    return _mean_over_classes([rank(truth == k, scores[:, k]) for k in range(scores.shape[1])])


def _mean_over_classes(each: Sequence[Weighted]) -> Weighted:
    """Average each class against the rest, over the classes where that is defined."""

    def mean(weights: Floats) -> Floats:
        values = np.stack([one(weights) for one in each])
        known = ~np.isnan(values)
        average: Floats = np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)
        return average

    return mean


def _mean_of(values: Floats) -> Weighted:
    return lambda weights: (weights * values).sum(axis=1) / weights.sum(axis=1)


def _amounts(outcome: Outcome, metric: Metric) -> Weighted:
    error = outcome.truth - outcome.predicted
    if metric == "mae":
        return _mean_of(np.abs(error))
    squared = _mean_of(error**2)
    if metric == "rmse":
        return lambda weights: np.sqrt(squared(weights))
    centred = outcome.truth - outcome.truth.mean()
    middle, square = _mean_of(centred), _mean_of(centred**2)

    def r2(weights: Floats) -> Floats:
        spread = square(weights) - middle(weights) ** 2
        flat = spread <= 1e-15 * np.maximum(square(weights), np.finfo(np.float64).tiny)
        result: Floats = np.where(flat, np.nan, 1 - squared(weights) / spread)
        return result

    return r2


class _Ranked(NamedTuple):
    """Rows in order of score, equal scores in one group."""

    order: Ints
    is_positive: Floats
    starts: Ints | None  # first place of each group; None where no two scores are equal

    @classmethod
    def of(cls, is_positive: Array, score: Floats) -> _Ranked:
        order = np.argsort(score, kind="stable")
        ordered = score[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        return cls(order, is_positive[order].astype(np.float64), None if len(starts) == len(order) else starts)

    def weighed(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return the weight of positives and of negatives in each group, in ascending order of score."""
        ordered = weights[:, self.order]
        positive = ordered * self.is_positive
        negative = ordered - positive
        if self.starts is None:
            return positive, negative
        return np.add.reduceat(positive, self.starts, axis=1), np.add.reduceat(negative, self.starts, axis=1)


def _auc(is_positive: Array, score: Floats) -> Weighted:
    """Area under ROC by ranks: the share of pairs in the right order, ties half (Mann and Whitney 1947)."""
    ranked = _Ranked.of(is_positive, score)

    def auc(weights: Floats) -> Floats:
        positive, negative = ranked.weighed(weights)
        below = np.cumsum(negative, axis=1) - negative / 2
        area: Floats = (positive * below).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1))
        return area

    return auc


def _average_precision(is_positive: Array, score: Floats) -> Weighted:
    """Average precision: the sum over thresholds of precision times the gain in recall."""
    ranked = _Ranked.of(is_positive, -score)

    def average(weights: Floats) -> Floats:
        positive, negative = ranked.weighed(weights)
        found = np.cumsum(positive, axis=1)
        called = found + np.cumsum(negative, axis=1)
        precision = found / np.where(called > 0, called, 1.0)
        total: Floats = (positive * precision).sum(axis=1) / positive.sum(axis=1)
        return total

    return average


def _confusion(outcome: Outcome, weights: Floats) -> Floats:
    """Return resamples x k x k: weight of the rows by class, truth first."""
    assert outcome.scores is not None
    k = outcome.scores.shape[1]
    cells = outcome.truth.astype(np.int64) * k + outcome.predicted.astype(np.int64)
    each = [np.bincount(cells, weights=row, minlength=k * k).astype(np.float64) for row in weights]
    return np.stack(each).reshape(-1, k, k)


def _from_confusion(metric: Metric, counts: Floats, positive: int | None) -> Floats:
    right = np.diagonal(counts, axis1=1, axis2=2)
    true, called = counts.sum(axis=2), counts.sum(axis=1)
    if metric == "accuracy":
        accuracy: Floats = right.sum(axis=1) / true.sum(axis=1)
        return accuracy
    if metric == "balanced_accuracy":
        return _macro(right, true, true > 0)
    below = {"recall": true, "precision": called, "f1": (true + called) / 2}[metric]
    if positive is not None:
        value: Floats = right[:, positive] / below[:, positive]
        return value
    return _macro(right, below, (true > 0) | (called > 0))


def _macro(above: Floats, below: Floats, counted: Array) -> Floats:
    """Average a share over the classes that are counted; a class that was never called has 0."""
    share = np.where(counted & (below > 0), above / np.where(below > 0, below, 1.0), 0.0)
    macro: Floats = share.sum(axis=1) / counted.sum(axis=1)
    return macro

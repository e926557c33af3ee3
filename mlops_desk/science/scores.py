"""How good a model is on rows it never saw: every figure with a 95 % interval, calibration, confusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from mlops_desk.science.measures import Metric, Outcome, confusion_of, measure, metrics_of
from mlops_desk.science.table import Floats

RESAMPLES = 500
BINS = 10
_CELLS = 2_000_000  # weights held at a time: 16 MB


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One metric: its figure, its 95 % bootstrap interval, and on how many rows. None where not defined."""

    metric: Metric
    value: float | None
    low: float | None
    high: float | None
    n: int


class CalibrationBin(msgspec.Struct, frozen=True, kw_only=True):
    """Rows whose score lies in [low, high): how many, their mean score, the share that was true."""

    low: float
    high: float
    n: int
    mean_score: float | None
    share_true: float | None


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Expected calibration error over ten bins of equal width (KPI M3), 0 is best.

    With two classes the score is that of the positive class; with more it is the
    highest score, and true means that its class was right.
    """

    ece: float | None
    bins: tuple[CalibrationBin, ...]


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of rows: ``counts[i][j]`` were class ``labels[i]`` and were called ``labels[j]``."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def scores(
    outcome: Outcome, metrics: Sequence[Metric] | None = None, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Score, ...]:
    """Return each metric of the task (or those given) with its percentile bootstrap interval (Efron 1979).

    The same seed and number of rows give the same resamples, so intervals are repeatable bit for bit.
    """
    names = tuple(metrics or metrics_of(outcome.task))
    n = len(outcome.truth)
    if n == 0:
        return tuple(Score(metric=name, value=None, low=None, high=None, n=0) for name in names)
    figures = measure(outcome, names)
    points = figures(np.ones((1, n)))
    drawn = [figures(weights) for weights in bootstrap_weights(n, resamples, seed)]
    spread = {name: np.concatenate([one[name] for one in drawn]) for name in names}
    return tuple(_score(name, float(points[name][0]), spread[name], n) for name in names)


def bootstrap_weights(n: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each of ``n`` rows is drawn, resamples x n in batches of bounded size."""
    rng = np.random.default_rng(seed)
    batch = max(1, _CELLS // n)
    for start in range(0, resamples, batch):
        size = min(batch, resamples - start)
        drawn = rng.integers(0, n, size=(size, n))
        yield np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(np.float64)


def interval(drawn: Floats) -> tuple[float | None, float | None]:
    """Return the 2.5 and 97.5 % quantiles; None where fewer than half of the resamples are defined."""
    known = drawn[np.isfinite(drawn)]
    if len(known) < max(2, len(drawn) / 2):
        return None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def calibration(outcome: Outcome) -> Calibration:
    """Compare scores with what came true, in ten bins of equal width from 0 to 1."""
    assert outcome.scores is not None
    if outcome.positive is None:
        score, true = outcome.scores.max(axis=1), outcome.scores.argmax(axis=1) == outcome.truth
    else:
        score, true = outcome.scores[:, outcome.positive], outcome.truth == outcome.positive
    place = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    sums = np.bincount(place, weights=score, minlength=BINS)
    hits = np.bincount(place, weights=true.astype(np.float64), minlength=BINS)
    bins = tuple(_bin(k, int(counts[k]), float(sums[k]), float(hits[k])) for k in range(BINS))
    return Calibration(ece=float(np.abs(hits - sums).sum() / len(score)) if len(score) else None, bins=bins)


def confusion(outcome: Outcome, labels: Sequence[str]) -> Confusion:
    """Count the rows by what they were and what they were called."""
    counts = tuple(tuple(row) for row in confusion_of(outcome).tolist())
    return Confusion(labels=tuple(labels), counts=counts)


def finite(value: float) -> float | None:
    """Return the figure, or None where it is not defined."""
    return float(value) if np.isfinite(value) else None


def _score(name: Metric, value: float, drawn: Floats, n: int) -> Score:
    low, high = interval(drawn) if n > 1 and np.isfinite(value) else (None, None)
    return Score(metric=name, value=finite(value), low=low, high=high, n=n)


def _bin(k: int, n: int, total: float, hits: float) -> CalibrationBin:
    return CalibrationBin(
        low=k / BINS,
        high=(k + 1) / BINS,
        n=n,
        mean_score=total / n if n else None,
        share_true=hits / n if n else None,
    )

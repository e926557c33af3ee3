"""What a model leans on and where it is weakest: importance of its inputs, slices of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from mlops_desk.science.features import Feature
from mlops_desk.science.groups import codes_of, groups_of
from mlops_desk.science.measures import LOWER_IS_BETTER, Metric, Outcome, point
from mlops_desk.science.scores import finite
from mlops_desk.science.table import Array, Floats

MIN_SLICE = 100
SAMPLE_ROWS = 2000
REPEATS = 5
Ask = Callable[[Floats, Array], Outcome]  # matrix, truth -> outcome
Map = Callable[[Callable[[int], "Importance"], Sequence[int]], Sequence["Importance"]]


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """One metric on the test rows of one group of a column; None where too few (under 100) or not defined."""

    column: str
    group: str
    n: int
    value: float | None
    is_too_few: bool


class Importance(msgspec.Struct, frozen=True, kw_only=True):
    """How much worse the metric gets when a column is shuffled: mean and standard deviation over five times.

    Above 0 the model needs the column; near 0 it does not, or another column tells the same (Breiman 2001).
    """

    column: str
    loss: float
    spread: float


def slices(outcome: Outcome, columns: Mapping[str, Array], metric: Metric) -> tuple[Slice, ...]:
    """Return every group of every column, the worst first; those that cannot be judged last."""
    found = [one for name, column in columns.items() for one in _of_column(outcome, name, column, metric)]
    sign = -1 if metric in LOWER_IS_BETTER else 1
    return tuple(sorted(found, key=lambda one: (one.value is None, sign * (one.value or 0.0), one.column, one.group)))


def importance(
    ask: Ask, matrix: Floats, truth: Array, features: Sequence[Feature], metric: Metric, *, seed: int, run: Map
) -> tuple[Importance, ...]:
    """Return the permutation importance of each feature on at most 2,000 test rows drawn with the seed, largest first.

    ``run`` maps a function over the features; each draws from a seed of its own, so the order of work is no matter.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(truth))[:SAMPLE_ROWS])
    matrix, truth = matrix[rows], truth[rows]
    sign = -1 if metric in LOWER_IS_BETTER else 1
    base = point(ask(matrix, truth), metric)

    def of_feature(place: int) -> Importance:
        rng = np.random.default_rng((seed, place))
        losses = []
        for _time in range(REPEATS):
            shuffled = matrix.copy()
            shuffled[:, place] = rng.permutation(shuffled[:, place])
            losses.append(sign * (base - point(ask(shuffled, truth), metric)))
        loss, spread = finite(float(np.mean(losses))), finite(float(np.std(losses)))
        return Importance(column=features[place].name, loss=loss or 0.0, spread=spread or 0.0)

    found = run(of_feature, range(len(features)))
    return tuple(sorted(found, key=lambda one: (-one.loss, one.column)))


def _of_column(outcome: Outcome, name: str, column: Array, metric: Metric) -> list[Slice]:
    groups, codes = codes_of(groups_of(column))
    found = []
    for number, group in enumerate(groups):
        rows = np.flatnonzero(codes == number)
        is_too_few = len(rows) < MIN_SLICE
        value = None if is_too_few else finite(point(outcome.take(rows), metric))
        found.append(Slice(column=name, group=group, n=len(rows), value=value, is_too_few=is_too_few))
    return found

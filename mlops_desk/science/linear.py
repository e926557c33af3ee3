"""A fitted linear pipeline folded into a bias, a weight for each number and a weight for each category."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mlops_desk.science.candidates import MISSING
from mlops_desk.science.features import Feature
from mlops_desk.science.table import Floats


class _Number(NamedTuple):
    fill: float
    weights: Floats  # outputs


class _Category(NamedTuple):
    """Rows of weights (outputs): each category in order, then no value, then one never seen."""

    weights: Floats


class Linear(NamedTuple):
    """The same function as the pipeline: sums are equal to within rounding."""

    bias: Floats  # outputs
    parts: tuple[_Number | _Category, ...]

    def sums(self, matrix: Floats) -> Floats:
        """Return rows x outputs for a matrix of `features.encode`."""
        total = np.tile(self.bias, (len(matrix), 1))
        for values, part in zip(matrix.T, self.parts, strict=True):
            if isinstance(part, _Number):
                total += np.where(np.isnan(values), part.fill, values)[:, None] * part.weights
            else:
                unseen = len(part.weights) - 1
                place = np.where(np.isnan(values), unseen - 1, np.where(values < 0, unseen, values))
                total += part.weights[place.astype(np.int64)]
        return total


def fold(pipeline: Any, features: Sequence[Feature]) -> Linear | None:
    """Fold imputing, scaling, coding and coefficients together; None if the model is not linear."""
    model, columns = pipeline.named_steps["model"], pipeline.named_steps["columns"]
    if not hasattr(model, "coef_"):
        return None
    coefficients = np.atleast_2d(model.coef_)  # outputs x encoded columns
    bias = np.array(np.broadcast_to(model.intercept_, len(coefficients)), dtype=np.float64)
    parts: dict[int, _Number | _Category] = {}
    for name, steps, places in columns.transformers_:
        mine = coefficients[:, columns.output_indices_[name]]
        if name == "number":
            bias = bias - mine @ (steps["scale"].mean_ / steps["scale"].scale_)
            weights = (mine / steps["scale"].scale_).T
            parts |= {
                place: _Number(float(fill), weight)
                for place, fill, weight in zip(places, steps["fill"].statistics_, weights, strict=True)
            }
        elif name == "category":
            parts |= _categories(steps["code"].categories_, places, mine)
    return Linear(bias, tuple(parts[place] for place in range(len(features))))


def _categories(known: Sequence[Floats], places: Sequence[int], coefficients: Floats) -> dict[int, _Category]:
    parts: dict[int, _Category] = {}
    start = 0
    for place, codes in zip(places, known, strict=True):
        weights = coefficients[:, start : start + len(codes)].T
        start += len(codes)
        nothing = np.zeros((1, weights.shape[1]))
        had_missing = len(codes) > 0 and codes[0] == MISSING
        seen = weights[1:] if had_missing else weights
        parts[place] = _Category(np.concatenate([seen, weights[:1] if had_missing else nothing, nothing]))
    return parts


class OneRow:
    """The sum for one row given as a mapping, in plain Python: a few microseconds, for a single output."""

    def __init__(self, linear: Linear, features: Sequence[Feature]) -> None:
        self._bias = float(linear.bias[0])
        self._numbers: list[tuple[str, float, float]] = []
        self._categories: list[tuple[str, dict[str | None, float], float]] = []
        for feature, part in zip(features, linear.parts, strict=True):
            if isinstance(part, _Number):
                self._numbers.append((feature.name, float(part.weights[0]), part.fill))
            else:
                *seen, missing, unseen = part.weights[:, 0].tolist()
                table: dict[str | None, float] = dict(zip(feature.categories, seen, strict=True))
                table[None] = missing
                self._categories.append((feature.name, table, unseen))
        self._width = len(features)

    def total(self, row: Mapping[str, Any]) -> float | None:
        """Return the sum, or None where the row needs a closer look (wrong columns or types, not finite)."""
        if len(row) != self._width:
            return None
        total = self._bias
        try:
            for name, weight, fill in self._numbers:
                value = row[name]
                if value is None:
                    value = fill
                elif type(value) is not float and type(value) is not int:
                    return None
                total += weight * value
            for name, table, unseen in self._categories:
                value = row[name]
                if value is not None and type(value) is not str:
                    return None
                total += table.get(value, unseen)
        except (KeyError, OverflowError):
            return None
        return total if math.isfinite(total) else None

"""Rows in groups that people can read: the categories of a column, or ranges of a number."""

from __future__ import annotations

import numpy as np

from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array, Floats, labels_of, present

MAX_VALUES = 10  # a number with at most so many values is grouped by value
MAX_GROUPS = 30


def groups_of(column: Array, *, bins: int = 4) -> Array:
    """Return the name of each row's group; rows without a value are "not stated".

    A number (or time) with many values becomes ``bins`` ranges with about as many rows each,
    named by the lowest and highest value in them; of a text with many values the ``MAX_GROUPS`` most
    frequent keep their name and the rest are "other".
    """
    known = present(column)
    names = np.full(len(column), _("not stated"), dtype=object)
    if column.dtype == object or len(np.unique(column[known])) <= MAX_VALUES:
        names[known] = _frequent(labels_of(column)[known])
    else:
        names[known] = _ranges(column[known], bins)
    return names


def codes_of(names: Array) -> tuple[list[str], Array]:
    """Return the distinct names, sorted, and for each row the number of its name."""
    distinct, codes = np.unique(names.astype(str), return_inverse=True)
    return distinct.tolist(), codes


def crossed(first: Array, second: Array) -> Array:
    """Return the name of each row's pair of groups."""
    return np.array([f"{one}, {two}" for one, two in zip(first, second, strict=True)], dtype=object)


def _frequent(labels: Array) -> Array:
    distinct, codes, counts = np.unique(labels.astype(str), return_inverse=True, return_counts=True)
    kept = distinct.astype(object)
    if len(distinct) > MAX_GROUPS:
        kept[np.argsort(-counts, kind="stable")[MAX_GROUPS - 1 :]] = _("other")
    named: Array = kept[codes]
    return named


def _ranges(values: Array, bins: int) -> Array:
    edges = np.unique(np.quantile(values.astype("int64") if values.dtype.kind == "M" else values, _inner(bins)))
    order = values.astype("int64") if values.dtype.kind == "M" else values
    place = np.searchsorted(edges, order, side="left")
    names = np.empty(len(values), dtype=object)
    for k in np.unique(place):
        mine = place == k
        names[mine] = _("{low} to {high}", low=_short(values[mine].min()), high=_short(values[mine].max()))
    return names


def _inner(bins: int) -> Floats:
    return np.linspace(0, 1, bins + 1)[1:-1]


def _short(value: object) -> str:
    return str(value)[:16] if isinstance(value, np.datetime64) else f"{value:.6g}"

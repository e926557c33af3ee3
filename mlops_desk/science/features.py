"""What a model is fed: which columns, in which order, and how a category becomes a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array, Floats, Table, labels_of, present

Task = Literal["classification", "regression"]
FeatureKind = Literal["number", "category"]

MAX_CATEGORIES = 1000
UNKNOWN = -1.0  # the code of a category that training never saw


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One input column as training saw it.

    A category's code is its position in ``categories`` (ascending); a value outside has the code
    ``UNKNOWN``, no value has NaN. ``low`` and ``high`` are the range seen in a number.
    """

    name: str
    kind: FeatureKind
    categories: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    missing: int = 0


class ModelSchema(msgspec.Struct, frozen=True, kw_only=True):
    """What a model needs beside its numbers: inputs in order, classes in order, and the threshold.

    With two classes a row is called ``positive`` when its score is at least ``threshold``.
    """

    task: Task
    target: str
    features: tuple[Feature, ...]
    classes: tuple[str, ...] = ()
    positive: str | None = None
    threshold: float = 0.5


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """The features chosen, and a sentence for every column left out."""

    features: tuple[Feature, ...]
    notes: tuple[str, ...]


def guess_task(target: Array) -> Task:
    """Tell the task from the target: text and two-valued numbers are classes, other numbers are amounts."""
    if target.dtype == object or len(np.unique(target[present(target)])) <= 2:
        return "classification"
    return "regression"


def choose_inputs(table: Table, names: Sequence[str]) -> Inputs:
    """Describe the columns a model can use; times, texts, constants and empty columns are left out."""
    features: list[Feature] = []
    notes: list[str] = []
    for name in names:
        reason = _unfit(table, name)
        if reason:
            notes.append(reason)
        else:
            features.append(_feature(table, name))
    return Inputs(features=tuple(features), notes=tuple(notes))


def encode(table: Table, features: Sequence[Feature]) -> Floats:
    """Return the matrix (rows x features) a model is fed; a column that is missing raises DATA-404."""
    matrix = np.empty((table.rows, len(features)), dtype=np.float64)
    for place, feature in enumerate(features):
        matrix[:, place] = encode_column(table.column(feature.name), feature)
    return matrix


def encode_column(column: Array, feature: Feature) -> Floats:
    """Return one column as numbers: itself, or the codes of its categories."""
    if feature.kind == "number":
        return column.astype(np.float64) if column.dtype != object else np.full(len(column), np.nan)
    codes: dict[str | None, float] = {name: float(code) for code, name in enumerate(feature.categories)}
    codes[None] = np.nan
    return np.array([codes.get(value, UNKNOWN) for value in labels_of(column)], dtype=np.float64)


def _unfit(table: Table, name: str) -> str:
    """Say why a column is no input; empty if it is one."""
    column = table.column(name)
    known = column[present(column)]
    if not len(known):
        return _("Column {column} is empty and was left out.", column=name)
    distinct = len(np.unique(known))
    if distinct == 1 and len(known) == len(column):
        return _("Column {column} holds one value only and was left out.", column=name)
    if table.kinds[name] == "time":
        return _("Column {column} is a time and was left out; an hour or a weekday would be an input.", column=name)
    if table.kinds[name] == "category" and distinct > max(50, len(known) // 2):
        return _("Column {column} is text with {n} different values and was left out.", column=name, n=distinct)
    return ""


def _feature(table: Table, name: str) -> Feature:
    column = table.column(name)
    known = column[present(column)]
    missing = table.rows - len(known)
    if table.kinds[name] == "number":
        return Feature(name=name, kind="number", low=float(known.min()), high=float(known.max()), missing=missing)
    labels, counts = np.unique(known, return_counts=True)
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MAX_CATEGORIES])
    return Feature(name=name, kind="category", categories=tuple(labels[frequent].tolist()), missing=missing)

"""Ask a model: rows are checked against what training saw, then answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.candidates import call, class_scores, place_of_positive
from mlops_desk.science.features import Feature, ModelSchema, encode
from mlops_desk.science.linear import OneRow, fold
from mlops_desk.science.table import Array, Floats, Table, label_of

MOST_NAMED = 20


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """Classification: the label called and every class's score (0 to 1). Regression: the value."""

    label: str | None = None
    scores: dict[str, float] | None = None
    value: float | None = None


class Predictor:
    """Answers for rows given as mappings; one row of a linear model takes a few microseconds."""

    def __init__(self, pipeline: Any, schema: ModelSchema) -> None:
        self.schema = schema
        self._pipeline = pipeline
        self._positive = place_of_positive(schema)
        self._linear = fold(pipeline, schema.features)
        has_one_output = self._linear is not None and len(self._linear.bias) == 1
        self._one = OneRow(self._linear, schema.features) if self._linear and has_one_output else None

    def predict(self, rows: Sequence[Mapping[str, Any]]) -> list[Prediction]:
        """Answer each row. Every feature must be there (None for no value) and nothing else.

        Raises:
            DeskError: PRED-101 names missing, extra and wrong-typed columns.
        """
        if len(rows) == 1 and self._one is not None:
            total = self._one.total(rows[0])
            if total is not None:
                return [self._from_total(total)]
        matrix = matrix_of(rows, self.schema.features)
        if self.schema.task == "regression":
            return [Prediction(value=value) for value in self.values(matrix).tolist()]
        scores = self.scores(matrix)
        called = call(scores, self.schema).tolist()
        names = self.schema.classes
        return [
            Prediction(label=names[place], scores=dict(zip(names, row, strict=True)))
            for place, row in zip(called, scores.tolist(), strict=True)
        ]

    def scores(self, matrix: Floats) -> Floats:
        """Return rows x classes for an encoded matrix."""
        if self._linear is None:
            return class_scores(self._pipeline, matrix, len(self.schema.classes))
        classes = np.asarray(self._pipeline.classes_, dtype=np.int64)
        sums = self._linear.sums(matrix)
        sums = np.column_stack([np.zeros(len(sums)), sums]) if sums.shape[1] == 1 else sums
        raised = np.exp(sums - sums.max(axis=1, keepdims=True))
        scores = np.zeros((len(matrix), len(self.schema.classes)))
        scores[:, classes] = raised / raised.sum(axis=1, keepdims=True)
        return scores

    def values(self, matrix: Floats) -> Floats:
        """Return the amount for each row of an encoded matrix."""
        if self._linear is not None:
            return self._linear.sums(matrix)[:, 0]
        return np.asarray(self._pipeline.predict(matrix), dtype=np.float64) if len(matrix) else np.empty(0)

    def _from_total(self, total: float) -> Prediction:
        if self.schema.task == "regression":
            return Prediction(value=total)
        small = math.exp(-abs(total))  # never overflows
        second = 1 / (1 + small) if total >= 0 else small / (1 + small)
        first_name, second_name = self.schema.classes
        scores = {first_name: 1 - second, second_name: second}
        place = self._positive if self._positive is not None else 1
        positive = second if place == 1 else 1 - second
        called = place if positive >= self.schema.threshold else 1 - place
        return Prediction(label=self.schema.classes[called], scores=scores)


def matrix_of(rows: Sequence[Mapping[str, Any]], features: Sequence[Feature]) -> Floats:
    """Check rows given as mappings and encode them; PRED-101 names all that does not fit."""
    names = [feature.name for feature in features]
    missing = [name for name in names if any(name not in row for row in rows)]
    extra = sorted({str(name) for row in rows for name in row} - set(names))
    wrong = [
        _wrong(feature)
        for feature in features
        if any(not _fits(row[feature.name], feature) for row in rows if feature.name in row)
    ]
    if missing or extra or wrong:
        raise _misfit(missing, extra, wrong)
    columns = {feature.name: _column([row[feature.name] for row in rows], feature) for feature in features}
    return encode(_table(columns, len(rows)), features)


def score_columns(scores: Floats, called: Array, schema: ModelSchema) -> dict[str, Array]:
    """Name what was called, and the scores (rows x classes)."""
    named = np.array(schema.classes, dtype=object)[called.astype(np.int64)]
    return {"prediction": named} | {f"score_{name}": scores[:, k] for k, name in enumerate(schema.classes)}


def facts_of(schema: ModelSchema) -> dict[str, str]:
    """Return what a reader of a predictions file must know: task, target, positive class."""
    return {"task": schema.task, "target": schema.target, "positive": schema.positive or ""}


def check_columns(table: Table, features: Sequence[Feature]) -> None:
    """Refuse a table that lacks a feature or holds text for a number; PRED-101 names all that does not fit."""
    missing = [feature.name for feature in features if feature.name not in table.columns]
    wrong = [
        _wrong(feature)
        for feature in features
        if feature.kind == "number"
        and feature.name in table.columns
        and table.kinds[feature.name] != "number"
        and table.present(feature.name).any()
    ]
    if missing or wrong:
        raise _misfit(missing, [], wrong)


def _fits(value: object, feature: Feature) -> bool:
    if value is None:
        return True
    if feature.kind == "category":
        return isinstance(value, str | bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return not math.isinf(float(value))
    except OverflowError:
        return False


def _wrong(feature: Feature) -> str:
    if feature.kind == "number":
        return _("{column} must be a number", column=feature.name)
    return _("{column} must be a text", column=feature.name)


def _misfit(missing: Sequence[str], extra: Sequence[str], wrong: Sequence[str]) -> DeskError:
    said = []
    if missing:
        said.append(_("missing: {names}", names=_listed(missing)))
    if extra:
        said.append(_("not known: {names}", names=_listed(extra)))
    said += wrong[:MOST_NAMED]
    return DeskError(
        _("The rows do not fit the model: {what}.", what="; ".join(said)),
        _("Give every input of the model and nothing else; null stands for no value."),
        code="PRED-101",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:MOST_NAMED])
    return shown + (", …" if len(names) > MOST_NAMED else "")


def _column(values: list[Any], feature: Feature) -> Array:
    if feature.kind == "number":
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    return np.array([None if value is None else label_of(value) for value in values], dtype=object)


def _table(columns: dict[str, Array], rows: int) -> Table:
    kinds = {name: "category" if array.dtype == object else "number" for name, array in columns.items()}
    return Table(columns=columns, kinds=kinds, rows=rows)  # type: ignore[arg-type]

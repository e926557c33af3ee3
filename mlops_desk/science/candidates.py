"""The models that are tried: how each is built from the features, and its small grid of settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, get_args

import numpy as np

from mlops_desk.science.features import Feature, ModelSchema, Task
from mlops_desk.science.measures import Outcome
from mlops_desk.science.table import Array, Floats

CandidateName = Literal["dummy", "linear", "forest", "boosting"]
CANDIDATES: tuple[CandidateName, ...] = get_args(CandidateName)
Settings = dict[str, float]
MISSING = -2.0  # stands for "no value" where one-hot codes are made; UNKNOWN is -1
MOST_BINNED = 254  # categories that histogram boosting can keep apart


def grid(name: CandidateName, task: Task) -> list[Settings]:
    """Return the settings of a candidate that are compared by cross-validation."""
    if name == "dummy":
        return [{}]
    if name == "linear":
        return (
            [{"C": value} for value in (0.1, 1.0, 10.0)]
            if task == "classification"
            else [{"alpha": value} for value in (0.1, 1.0, 10.0)]
        )
    if name == "forest":
        return [{"min_samples_leaf": value} for value in (3, 15)]
    return [{"learning_rate": rate, "max_leaf_nodes": leaves} for rate, leaves in ((0.1, 31), (0.05, 15))]


def build(name: CandidateName, settings: Settings, task: Task, features: Sequence[Feature], seed: int) -> Any:
    """Return an unfitted pipeline: a ColumnTransformer over the matrix of `features.encode`, then the model."""
    from sklearn.pipeline import Pipeline

    columns = _one_hot(features) if name == "linear" else _as_is(features)
    whole = {
        key: int(value) if float(value).is_integer() and key not in _REAL else value for key, value in settings.items()
    }
    return Pipeline([("columns", columns), ("model", _model(name, task, features, seed).set_params(**whole))])


def outcome_of(pipeline: Any, matrix: Floats, truth: Array, schema: ModelSchema) -> Outcome:
    """Return what a fitted pipeline says of a matrix (rows x features), beside the truth."""
    if schema.task == "regression":
        return Outcome("regression", truth, np.asarray(pipeline.predict(matrix), dtype=np.float64))
    scores = class_scores(pipeline, matrix, len(schema.classes))
    return Outcome("classification", truth, call(scores, schema), scores, place_of_positive(schema))


def class_scores(pipeline: Any, matrix: Floats, k: int) -> Floats:
    """Return rows x k scores that sum to 1; a class that a fold of training did not hold has 0."""
    scores = np.zeros((len(matrix), k))
    if len(matrix):
        scores[:, np.asarray(pipeline.classes_, dtype=np.int64)] = pipeline.predict_proba(matrix)
    return scores


def call(scores: Floats, schema: ModelSchema) -> Array:
    """Return the class number each row is called: by the threshold where two, by the highest score where more."""
    positive = place_of_positive(schema)
    if positive is None:
        best: Array = scores.argmax(axis=1)
        return best
    return np.where(scores[:, positive] >= schema.threshold, positive, 1 - positive)


def place_of_positive(schema: ModelSchema) -> int | None:
    """Return the number of the positive class where there are two classes."""
    if len(schema.classes) != 2 or schema.positive is None:
        return None
    return schema.classes.index(schema.positive)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS and OpenMP use one thread here: the order of sums, and so the bits, never depend on the machine's load.

    OpenMP's limit is that of the calling thread, BLAS' is the process's: enter it once around all work
    and again in each worker.
    """
    from sklearn.utils.parallel import _get_threadpool_controller

    with _get_threadpool_controller().limit(limits=1):
        yield


_REAL = frozenset({"C", "alpha", "learning_rate"})


def _one_hot(features: Sequence[Feature]) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [place for place, feature in enumerate(features) if feature.kind == "number"]
    categories = [place for place, feature in enumerate(features) if feature.kind == "category"]
    known = [_codes(features[place]) for place in categories]
    fill = SimpleImputer(strategy="constant", fill_value=MISSING, keep_empty_features=True)
    steps = [
        (
            "number",
            Pipeline(
                [("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())]
            ),
            numbers,
        ),
        (
            "category",
            Pipeline([("fill", fill), ("code", OneHotEncoder(categories=known, handle_unknown="ignore"))]),
            categories,
        ),
    ]
    return ColumnTransformer([step for step in steps if step[2]])


def _codes(feature: Feature) -> Floats:
    codes = np.arange(len(feature.categories), dtype=np.float64)
    return np.concatenate([[MISSING], codes]) if feature.missing else codes


def _as_is(features: Sequence[Feature]) -> Any:
    from sklearn.compose import ColumnTransformer

    return ColumnTransformer([("all", "passthrough", list(range(len(features))))])


def _model(name: CandidateName, task: Task, features: Sequence[Feature], seed: int) -> Any:
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.linear_model import LogisticRegression, Ridge

    classes = task == "classification"
    if name == "dummy":
        return DummyClassifier(strategy="prior") if classes else DummyRegressor(strategy="mean")
    if name == "linear":
        return LogisticRegression(max_iter=2000) if classes else Ridge(solver="lsqr", tol=1e-8, max_iter=10_000)
    if name == "forest":
        forest = RandomForestClassifier if classes else RandomForestRegressor
        return forest(n_estimators=100, max_features="sqrt" if classes else 1 / 3, random_state=seed)
    boosting = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    binned = [
        place
        for place, feature in enumerate(features)
        if feature.kind == "category" and len(feature.categories) <= MOST_BINNED
    ]
    return boosting(max_iter=150, early_stopping=False, categorical_features=binned or None, random_state=seed)

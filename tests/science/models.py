"""Small fitted models and the tables they were made of, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mlops_desk.science.candidates import build, grid
from mlops_desk.science.features import ModelSchema, choose_inputs, encode
from mlops_desk.science.persist import load_model
from mlops_desk.science.predict import Predictor
from mlops_desk.science.table import Table

TOWNS = ("Ahlen", "Bonn", "Emden", "Ähre")


def small_table(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, rows).astype(float)
    age[rng.random(rows) < 0.05] = np.nan
    town = rng.choice(TOWNS, rows).astype(object)
    town[rng.random(rows) < 0.05] = None
    return Table.of({"age": age, "income": rng.normal(3, 1, rows), "town": town, "ok": rng.random(rows) < 0.5})


def small_model(name, task="classification", k=2, seed=0, rows=400):
    """Return a fitted pipeline, its schema and the table."""
    table = small_table(rows, seed)
    rng = np.random.default_rng(seed + 1)
    features = choose_inputs(table, list(table.columns)).features
    matrix = encode(table, features)
    drift = np.nan_to_num(matrix[:, 0], nan=50) / 20 + 2 * (matrix[:, 2] == 1) + rng.normal(0, 0.7, rows)
    if task == "regression":
        schema = ModelSchema(task=task, target="y", features=features)
        y = drift
    else:
        y = np.digitize(drift, np.quantile(drift, np.linspace(0, 1, k + 1)[1:-1]))
        classes = tuple("abcdefg"[:k])
        schema = ModelSchema(
            task=task, target="y", features=features, classes=classes, positive=classes[-1] if k == 2 else None
        )
    settings = grid(name, task)[0]
    pipeline = build(name, settings, task, features, seed)
    if name == "forest":
        pipeline.set_params(model__n_estimators=5)
    if name == "boosting":
        pipeline.set_params(model__max_iter=5)
    return pipeline.fit(matrix, y), schema, table


def predictor_of(path: Path) -> Predictor:
    """Return what answers with the model of a file."""
    model = load_model(path)
    return Predictor(model.pipeline, model.schema)

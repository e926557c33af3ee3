"""Candidates and their settings against each other, by cross-validation on all cores."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np

from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.candidates import CANDIDATES, CandidateName, Settings, build, grid, one_thread, outcome_of
from mlops_desk.science.features import ModelSchema
from mlops_desk.science.folds import Fold
from mlops_desk.science.measures import LOWER_IS_BETTER, Metric, point
from mlops_desk.science.scores import finite
from mlops_desk.science.table import Array, Floats

In = TypeVar("In")
Out = TypeVar("Out")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate with one choice of settings: its metric in each fold, mean and standard deviation."""

    name: CandidateName
    settings: Settings
    folds: tuple[float | None, ...]
    mean: float | None
    spread: float | None


class Material(NamedTuple):
    """What all candidates are fitted on: training rows x features, their targets, the schema, the seed."""

    matrix: Floats
    target: Array
    schema: ModelSchema
    seed: int


def contest(
    names: Sequence[CandidateName], material: Material, folds: Sequence[Fold], metric: Metric, progress: Progress
) -> tuple[Entry, ...]:
    """Return every entry in the fixed order of candidates; the dummy always takes part.

    Each fit has one thread and a seed of its own, so the figures are the same bits on one core or on many.
    """
    entries = [
        (name, one) for name in CANDIDATES if name in {"dummy", *names} for one in grid(name, material.schema.task)
    ]
    jobs = [(entry, fold) for entry in range(len(entries)) for fold in range(len(folds))]

    def fit(job: tuple[int, int]) -> float:
        name, settings = entries[job[0]]
        return _fold_score(name, settings, material, folds[job[1]], metric)

    step = _("Try the candidates")
    figures = np.array(_in_threads(fit, jobs, lambda done: progress(step, done, len(jobs)))).reshape(len(entries), -1)
    return tuple(
        Entry(
            name=name,
            settings=settings,
            folds=tuple(finite(value) for value in row),
            mean=finite(float(row.mean())),
            spread=finite(float(row.std(ddof=1))) if len(row) > 1 else None,
        )
        for (name, settings), row in zip(entries, figures, strict=True)
    )


def best(entries: Sequence[Entry], metric: Metric) -> Entry:
    """Return the entry with the best mean; of equal ones the first, which is the simpler."""
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    return max(entries, key=lambda one: -np.inf if one.mean is None else sign * one.mean)


def refit(entry: Entry, material: Material) -> Any:
    """Fit an entry on all training rows."""
    pipeline = build(entry.name, entry.settings, material.schema.task, material.schema.features, material.seed)
    with one_thread():
        return pipeline.fit(material.matrix, material.target)


def in_threads(work: Callable[[In], Out], things: Sequence[In]) -> list[Out]:
    """Map a function over things on all cores; answers are in the order of the things."""
    return _in_threads(work, things, lambda _done: None)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep libraries from warning of what is looked at afterwards, such as slow convergence."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def _in_threads(work: Callable[[In], Out], things: Sequence[In], say: Callable[[int], None]) -> list[Out]:
    def alone(thing: In) -> Out:
        with one_thread():
            return work(thing)

    with one_thread(), quiet(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(alone, thing) for thing in things]
        for done, future in enumerate(as_completed(waiting), start=1):
            future.result()
            say(done)
        return [future.result() for future in waiting]


def _fold_score(name: CandidateName, settings: Settings, material: Material, fold: Fold, metric: Metric) -> float:
    target = material.target
    if material.schema.task == "classification" and name != "dummy" and len(np.unique(target[fold.fit])) < 2:
        return float("nan")
    pipeline = build(name, settings, material.schema.task, material.schema.features, material.seed)
    pipeline.fit(material.matrix[fold.fit], target[fold.fit])
    return point(outcome_of(pipeline, material.matrix[fold.check], target[fold.check], material.schema), metric)

"""A recipe for training, and what it makes of a table: rows, classes and columns, or why it cannot be done."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec
import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _, plural
from mlops_desk.science.candidates import CANDIDATES, CandidateName
from mlops_desk.science.features import Task, guess_task
from mlops_desk.science.measures import Metric, metrics_of
from mlops_desk.science.split import SplitKind, SplitPlan
from mlops_desk.science.table import Array, Ints, Table, labels_of

MIN_ROWS = 50
MOST_CLASSES = 50


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that decides the result of a training, beside the data and the versions of libraries.

    ``protect``: columns kept for the audit; they are no inputs unless ``keep_protected``. ``split`` with
    ``split_column`` and ``cut`` as in `split.SplitPlan` (a stratified split without a column keeps the
    target in proportion; amounts are parted at random). ``metric`` chooses the best candidate; None is AUC
    for two classes, balanced accuracy for more, R2 for amounts. ``positive`` None is the last class in order.
    """

    target: str
    task: Literal["auto", "classification", "regression"] = "auto"
    drop: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    keep_protected: bool = False
    split: SplitKind = "random"
    split_column: str | None = None
    cut: str | None = None
    test_share: float = 0.25
    seed: int = 0
    candidates: tuple[CandidateName, ...] = CANDIDATES
    metric: Metric | None = None
    positive: str | None = None
    folds: int = 5


class Prepared(NamedTuple):
    """A recipe applied: rows with a target (positions), the target as codes or amounts, columns to look at."""

    task: Task
    rows: Ints
    target: Array  # one value for each row of the table; codes are -1 where missing
    classes: tuple[str, ...]
    positive: str | None
    metric: Metric
    names: tuple[str, ...]
    notes: tuple[str, ...]


def prepare(table: Table, recipe: Recipe) -> Prepared:
    """Check a recipe against a table; the TRAIN codes are told by `train.train_model`."""
    _check_numbers(recipe)
    _check_names(table, recipe)
    rows = np.flatnonzero(table.present(recipe.target))
    task = _task(table, recipe, rows)
    target, classes = _target(table, recipe, rows, task)
    kept_out = {recipe.target, *recipe.drop, *(() if recipe.keep_protected else recipe.protect)}
    if recipe.split in {"time", "group"} and recipe.split_column is not None:
        kept_out.add(recipe.split_column)
    return Prepared(
        task=task,
        rows=rows,
        target=target,
        classes=classes,
        positive=_positive(recipe, classes) if classes else None,
        metric=_metric(recipe, task, len(classes)),
        names=tuple(name for name in table.columns if name not in kept_out),
        notes=_notes(table, recipe, rows),
    )


def split_plan(recipe: Recipe, task: Task) -> SplitPlan:
    """Return the split that a recipe asks for."""
    column = recipe.split_column
    if recipe.split == "stratified" and column is None and task == "classification":
        column = recipe.target
    shares = {"train": 1 - recipe.test_share, "test": recipe.test_share}
    kind: SplitKind = "random" if recipe.split == "stratified" and column is None else recipe.split
    return SplitPlan(
        kind=kind,
        column=None if kind == "random" else column,
        shares=shares,
        seed=recipe.seed,
        cut=recipe.cut,
    )


def impossible(code: str, sentence: str, hint: str) -> DeskError:
    """Make the refusal of a recipe."""
    return DeskError(sentence, hint, code=code)


def _check_numbers(recipe: Recipe) -> None:
    if not 0.01 <= recipe.test_share <= 0.9 or not 2 <= recipe.folds <= 20:
        raise impossible(
            "TRAIN-113",
            _("The share of the test part or the number of folds is out of bounds."),
            _("The share lies from 0.01 to 0.9, the folds from 2 to 20."),
        )
    if not recipe.candidates:
        raise impossible(
            "TRAIN-111", _("No candidate is chosen."), _("Choose some of: {names}.", names=", ".join(CANDIDATES))
        )


def _check_names(table: Table, recipe: Recipe) -> None:
    there = _("The columns are: {names}.", names=", ".join(table.columns))
    if recipe.target not in table.columns:
        raise impossible("TRAIN-101", _("There is no target column {name}.", name=recipe.target), there)
    named = [*recipe.drop, *recipe.protect, *([recipe.split_column] if recipe.split_column else [])]
    unknown = [name for name in named if name not in table.columns]
    if unknown:
        raise impossible("TRAIN-102", _("There is no column {names}.", names=", ".join(unknown)), there)
    if recipe.target in {*recipe.drop, *recipe.protect}:
        raise impossible(
            "TRAIN-114",
            _("The target {name} cannot be left out or protected.", name=recipe.target),
            _("Choose another target, or take it out of the list."),
        )


def _task(table: Table, recipe: Recipe, rows: Ints) -> Task:
    if not len(rows):
        raise impossible(
            "TRAIN-103",
            _("The target {name} has no value in any row.", name=recipe.target),
            _("Choose another target, or bring rows with outcomes."),
        )
    if len(rows) < MIN_ROWS:
        raise impossible(
            "TRAIN-105",
            _("Only {n} rows have a target, too few to train and test.", n=len(rows)),
            _("At least {n} are needed; a few hundred tell something.", n=MIN_ROWS),
        )
    if table.kinds[recipe.target] == "time":
        raise impossible(
            "TRAIN-112", _("The target {name} is a time.", name=recipe.target), _("Choose a class or an amount.")
        )
    task = guess_task(table.column(recipe.target)) if recipe.task == "auto" else recipe.task
    if task == "regression" and table.kinds[recipe.target] != "number":
        raise impossible(
            "TRAIN-106",
            _("The target {name} is text; a regression needs numbers.", name=recipe.target),
            _("Train a classification, or name the tokens that stand for no value."),
        )
    return task


def _target(table: Table, recipe: Recipe, rows: Ints, task: Task) -> tuple[Array, tuple[str, ...]]:
    column = table.column(recipe.target)
    if task == "regression":
        if len(np.unique(column[rows])) < 2:
            raise _one_value(recipe)
        return column, ()
    labels = labels_of(column)[rows]
    classes, codes = np.unique(labels.astype(str), return_inverse=True)
    if len(classes) < 2:
        raise _one_value(recipe)
    if len(classes) > MOST_CLASSES:
        raise impossible(
            "TRAIN-107",
            _(
                "The target {name} has {n} classes, more than {most}.",
                name=recipe.target,
                n=len(classes),
                most=MOST_CLASSES,
            ),
            _("Choose regression for an amount, or join rare classes."),
        )
    target = np.full(table.rows, -1, dtype=np.int64)
    target[rows] = codes
    return target, tuple(classes.tolist())


def _one_value(recipe: Recipe) -> DeskError:
    return impossible(
        "TRAIN-104",
        _("The target {name} has one value only; there is nothing to learn.", name=recipe.target),
        _("Choose another target, or bring rows with other outcomes."),
    )


def _positive(recipe: Recipe, classes: tuple[str, ...]) -> str | None:
    if recipe.positive is None:
        return classes[-1] if len(classes) == 2 else None
    if recipe.positive not in classes:
        raise impossible(
            "TRAIN-108",
            _("The positive class {name} does not occur.", name=recipe.positive),
            _("The classes are: {names}.", names=", ".join(classes)),
        )
    return recipe.positive


def _metric(recipe: Recipe, task: Task, classes: int) -> Metric:
    if recipe.metric is None:
        return "r2" if task == "regression" else "auc" if classes == 2 else "balanced_accuracy"
    if recipe.metric not in metrics_of(task):
        raise impossible(
            "TRAIN-110",
            _("{metric} is no figure for this task.", metric=recipe.metric),
            _("Choose one of: {names}.", names=", ".join(metrics_of(task))),
        )
    return recipe.metric


def _notes(table: Table, recipe: Recipe, rows: Ints) -> tuple[str, ...]:
    notes: list[str] = []
    if left_out := table.rows - len(rows):
        notes.append(
            plural("{n} row without a target was left out.", "{n} rows without a target were left out.", left_out)
        )
    hidden = sum(table.disguised.values())
    if hidden:
        notes.append(
            plural(
                "{n} cell held a token that stands for no value.",
                "{n} cells held a token that stands for no value.",
                hidden,
            )
        )
    if recipe.protect and not recipe.keep_protected:
        notes.append(_("Protected columns are no inputs: {names}.", names=", ".join(recipe.protect)))
    if recipe.split in {"time", "group"} and recipe.split_column is not None:
        notes.append(_("Column {name} parts the rows and is no input.", name=recipe.split_column))
    return tuple(notes)

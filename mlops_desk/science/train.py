"""Train from a recipe: leaks named, candidates compared, the best one tested, explained, audited and written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.candidates import CandidateName, Settings, outcome_of
from mlops_desk.science.compare import Difference, differences_of
from mlops_desk.science.contest import Entry, Material, best, contest, in_threads, quiet, refit
from mlops_desk.science.counters import moves_of
from mlops_desk.science.fairness import Attribute, Proxy, audit, find_proxies
from mlops_desk.science.features import ModelSchema, Task, choose_inputs, encode
from mlops_desk.science.folds import make_folds
from mlops_desk.science.leaks import Leak, find_leaks
from mlops_desk.science.measures import Metric, Outcome, metrics_of
from mlops_desk.science.persist import MadeFile, environment, made_file, save_model
from mlops_desk.science.predict import facts_of, score_columns
from mlops_desk.science.recipe import Prepared, Recipe, impossible, prepare, split_plan
from mlops_desk.science.rowfiles import FileFormat, read_table, write_rows
from mlops_desk.science.scores import Calibration, Confusion, Score, calibration, confusion, scores
from mlops_desk.science.split import Disjoint, Split, SplitManifest, disjoint, split
from mlops_desk.science.study import Importance, Slice, importance, slices
from mlops_desk.science.table import Array, Floats, Table

MIN_TEST_ROWS = 10


class TrainJob(msgspec.Struct, frozen=True, kw_only=True):
    """Train on one file; model.skops and predictions.parquet go into ``folder``, which is there."""

    path: str
    format: FileFormat
    recipe: Recipe
    folder: str
    missing: tuple[str, ...] = ()
    allow_leaks: bool = True


class TrainResult(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a training. Same recipe, data, machine and versions: the same but for ``seconds``.

    ``test`` and ``baseline`` are figures of the chosen model and of the dummy on the test rows, ``gain`` the
    chosen minus the dummy, paired. ``slices`` begin with the worst. ``predictions`` holds the test rows: row
    (position in the file, from 0), truth, prediction, score_… for each class, protected_… for each protected column.
    """

    task: Task
    target: str
    metric: Metric
    rows: int
    train_rows: int
    test_rows: int
    leaks: tuple[Leak, ...]
    split: SplitManifest
    disjoint: Disjoint
    entries: tuple[Entry, ...]
    chosen: CandidateName
    settings: Settings
    test: tuple[Score, ...]
    baseline: tuple[Score, ...]
    gain: tuple[Difference, ...]
    calibration: Calibration | None
    confusion: Confusion | None
    slices: tuple[Slice, ...]
    importance: tuple[Importance, ...]
    fairness: tuple[Attribute, ...]
    proxies: tuple[Proxy, ...]
    schema: ModelSchema
    environment: dict[str, str]
    seconds: float
    notes: tuple[str, ...]
    model: MadeFile
    predictions: MadeFile


class _Case(NamedTuple):
    """A recipe, its table and its parts, ready to be worked on."""

    recipe: Recipe
    table: Table
    prepared: Prepared
    parts: Split
    schema: ModelSchema
    train: Material
    test_matrix: Floats
    notes: tuple[str, ...]

    @property
    def test_rows(self) -> Array:
        return self.parts.parts["test"]

    @property
    def test_truth(self) -> Array:
        return self.prepared.target[self.test_rows]

    def ask(self, pipeline: Any) -> Outcome:
        return outcome_of(pipeline, self.test_matrix, self.test_truth, self.schema)


def train_model(job: TrainJob, progress: Progress) -> TrainResult:
    """Train, test and write a model.

    Raises:
        DeskError: TRAIN-101 no such target, 102 no such column, 103 target all missing, 104 one value only, 105 too few
            rows, 106 text target for a regression, 107 too many classes, 108 no such positive class, 109 no inputs
            left, 110 metric of the other task, 111 no candidates, 112 target is a time, 113 share or folds out of
            bounds, 114 target left out or protected, 120 leaks (unless allowed); SPLIT-1xx; DATA-410 unreadable.
    """
    started = time.monotonic()
    progress(_("Read the rows"), 0, 0)
    table = read_table(job.path, job.format, job.missing)
    prepared = prepare(table, job.recipe)
    leaks = find_leaks(
        table,
        job.recipe.target,
        columns=prepared.names,
        task=prepared.task,
        seed=job.recipe.seed,
        progress=progress,
    )
    _refuse_leaks(leaks, job)
    case = _case(table, job.recipe, _without_counters(table, prepared, leaks))
    with quiet():
        return _result(job, case, leaks, progress, started)


def _without_counters(table: Table, prepared: Prepared, leaks: tuple[Leak, ...]) -> Prepared:
    """Leave out numbers that count the rows: a model learns their order by heart and meets new ones later."""
    ids = [leak.columns[0] for leak in leaks if leak.kind == "id" and table.kinds[leak.columns[0]] == "number"]
    counters = [name for name in ids if np.ptp(known := table.columns[name][table.present(name)]) == len(known) - 1]
    notes = tuple(_("Column {name} counts the rows and was left out.", name=name) for name in counters)
    names = tuple(name for name in prepared.names if name not in counters)
    return prepared._replace(names=names, notes=prepared.notes + notes)


def _refuse_leaks(leaks: tuple[Leak, ...], job: TrainJob) -> None:
    telling = [leak for leak in leaks if leak.gives_away]
    if telling and not job.allow_leaks:
        columns = dict.fromkeys(column for leak in telling for column in leak.columns)
        options = " ".join(f"--drop {each}" for each in columns)
        raise impossible(
            "TRAIN-120",
            " ".join(leak.sentence for leak in telling),
            _("Leave them out ({options}), or train all the same.", options=options),
        )


def _case(table: Table, recipe: Recipe, prepared: Prepared) -> _Case:
    parts = split(table, split_plan(recipe, prepared.task), rows=prepared.rows)
    train_rows, test_rows = parts.parts["train"], parts.parts["test"]
    if len(test_rows) < MIN_TEST_ROWS or len(np.unique(prepared.target[train_rows])) < 2:
        raise impossible(
            "TRAIN-105",
            _(
                "The parts are too small: {train} rows to train, {test} to test.",
                train=len(train_rows),
                test=len(test_rows),
            ),
            _("Both parts need rows of more than one outcome. Choose another share, cut or split."),
        )
    train = table.take(train_rows)
    inputs = choose_inputs(train, prepared.names)
    if not inputs.features:
        hint = " ".join(inputs.notes) or _("Leave out or protect fewer columns.")
        raise impossible("TRAIN-109", _("No column is left to learn from."), hint)
    schema = ModelSchema(
        task=prepared.task,
        target=recipe.target,
        features=inputs.features,
        classes=prepared.classes,
        positive=prepared.positive,
    )
    material = Material(encode(train, inputs.features), prepared.target[train_rows], schema, recipe.seed)
    test_matrix = encode(table.take(test_rows), inputs.features)
    notes = prepared.notes + inputs.notes + _moving(table, schema)
    return _Case(recipe, table, prepared, parts, schema, material, test_matrix, notes)


def _moving(table: Table, schema: ModelSchema) -> tuple[str, ...]:
    """Warn of inputs that move on by themselves: what comes later lies outside of what was learned."""
    words = {
        "order": _("rises or falls with every row"),
        "unique": _("is another number on every row"),
    }
    numbers = [each.name for each in schema.features if each.kind == "number"]
    found = [(name, moves_of(table.column(name))) for name in numbers]
    return tuple(
        _(
            "Column {name} {moves} and is an input: later rows are unlike all that was learned.",
            name=name,
            moves=words[how],
        )
        for name, how in found
        if how in words
    )


def _result(job: TrainJob, case: _Case, leaks: tuple[Leak, ...], progress: Progress, started: float) -> TrainResult:
    metric, recipe = case.prepared.metric, case.recipe
    entries = contest(recipe.candidates, case.train, _folds(case), metric, progress)
    winner = best([one for one in entries if one.name in recipe.candidates], metric)
    progress(_("Test the best"), 0, 0)
    pipeline = refit(winner, case.train)
    outcome, dummy = case.ask(pipeline), case.ask(refit(entries[0], case.train))
    progress(_("Look where it is weak"), 0, 0)
    model = save_model(pipeline, case.schema, Path(job.folder) / "model.skops")
    is_class = case.schema.task == "classification"
    manifest = case.parts.manifest
    return TrainResult(
        task=case.schema.task,
        target=recipe.target,
        metric=metric,
        rows=len(case.prepared.rows),
        train_rows=len(case.train.target),
        test_rows=len(case.test_rows),
        leaks=leaks,
        split=manifest,
        disjoint=_disjoint(case),
        entries=entries,
        chosen=winner.name,
        settings=winner.settings,
        test=scores(outcome, seed=recipe.seed),
        baseline=scores(dummy, seed=recipe.seed),
        gain=differences_of(outcome, dummy, metrics_of(case.schema.task), seed=recipe.seed),
        calibration=calibration(outcome) if is_class else None,
        confusion=confusion(outcome, case.schema.classes) if is_class else None,
        slices=slices(outcome, _sliced(case), metric),
        importance=_importance(case, pipeline),
        fairness=_fairness(case, outcome),
        proxies=find_proxies(case.table, recipe.protect, [feature.name for feature in case.schema.features]),
        schema=case.schema,
        environment=environment(),
        notes=case.notes + _more_notes(case, pipeline, leaks),
        model=model,
        predictions=_write_predictions(Path(job.folder) / "predictions.parquet", case, outcome),
        seconds=round(time.monotonic() - started, 3),
    )


def _folds(case: _Case) -> list[Any]:
    recipe = case.recipe
    by = case.table.column(recipe.split_column)[case.parts.parts["train"]] if recipe.split_column else None
    return list(make_folds(recipe.split, case.train.target, by, recipe.folds, recipe.seed))


def _disjoint(case: _Case) -> Disjoint:
    column = case.table.column(case.recipe.split_column) if case.recipe.split_column else None
    keys = {case.recipe.split_column or "": column} if case.recipe.split == "group" and column is not None else None
    return disjoint(case.parts.parts, keys=keys, time=column if case.recipe.split == "time" else None)


def _sliced(case: _Case) -> dict[str, Array]:
    names = dict.fromkeys([*case.recipe.protect, *(feature.name for feature in case.schema.features)])
    return {name: case.table.column(name)[case.test_rows] for name in names}


def _importance(case: _Case, pipeline: Any) -> tuple[Importance, ...]:
    def ask(matrix: Floats, truth: Array) -> Outcome:
        return outcome_of(pipeline, matrix, truth, case.schema)

    features, seed = case.schema.features, case.recipe.seed
    return importance(ask, case.test_matrix, case.test_truth, features, case.prepared.metric, seed=seed, run=in_threads)


def _fairness(case: _Case, outcome: Outcome) -> tuple[Attribute, ...]:
    if not case.recipe.protect or case.schema.positive is None:
        return ()
    place = case.schema.classes.index(case.schema.positive)
    columns = {name: case.table.column(name)[case.test_rows] for name in case.recipe.protect}
    return audit(columns, outcome.predicted == place, outcome.truth == place)


def _more_notes(case: _Case, pipeline: Any, leaks: tuple[Leak, ...]) -> tuple[str, ...]:
    notes = [leak.sentence for leak in leaks if leak.gives_away]
    if case.recipe.protect and case.schema.positive is None:
        notes.append(_("Groups were not compared by choice: that needs classes and a positive one; see the slices."))
    model = pipeline.named_steps["model"]
    if np.max(getattr(model, "n_iter_", 0) if hasattr(model, "coef_") else 0) >= getattr(model, "max_iter", np.inf):
        notes.append(_("The linear model had not settled when its rounds were used up."))
    return tuple(notes)


def _write_predictions(path: Path, case: _Case, outcome: Outcome) -> MadeFile:
    columns: dict[str, Array] = {"row": case.test_rows}
    if outcome.scores is None:
        columns |= {"truth": outcome.truth, "prediction": outcome.predicted}
    else:
        columns["truth"] = np.array(case.schema.classes, dtype=object)[outcome.truth]
        columns |= score_columns(outcome.scores, outcome.predicted, case.schema)
    columns |= {f"protected_{name}": case.table.column(name)[case.test_rows] for name in case.recipe.protect}
    write_rows(path, columns, facts_of(case.schema))
    return made_file(path)

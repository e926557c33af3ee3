"""Two models on the same rows: whether one is better, or whether it is noise."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.measures import LOWER_IS_BETTER, Metric, Outcome, measure, metrics_of
from mlops_desk.science.rowfiles import read_facts, read_table
from mlops_desk.science.scores import bootstrap_weights, finite, interval
from mlops_desk.science.table import Array, Floats, Table, labels_of

Verdict = Literal["better", "worse", "noise", "not known"]
RESAMPLES = 1000
MIN_ROWS = 30
_SCORE = "score_"


class CompareJob(msgspec.Struct, frozen=True, kw_only=True):
    """Two predictions.parquet files of training jobs; ``metric`` None compares all of the task."""

    new: str
    old: str
    metric: Metric | None = None
    seed: int = 0
    resamples: int = RESAMPLES


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One metric, new minus old, with its 95 % interval. Figures are None where not defined.

    The verdict says of the new model that it is *better* or *worse* (the interval leaves out 0), that the difference
    is *noise* (it holds 0), or that it is *not known* (too few rows, or not defined).
    """

    metric: Metric
    new: float | None
    old: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    sentence: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The differences on the rows that both files hold; rows that only one holds are counted."""

    rows: int
    only_new: int
    only_old: int
    differences: tuple[Difference, ...]


class _Answers(msgspec.Struct, frozen=True, kw_only=True):
    table: Table
    facts: dict[str, str]


def compare(job: CompareJob, progress: Progress) -> Comparison:
    """Compare two models' answers, joined by row number.

    Raises:
        DeskError: CMP-101 not two files of predictions with truths, CMP-102 not of the same task, target and classes,
            CMP-103 no row in both, CMP-104 a row has two truths, CMP-105 the metric is of the other task.
    """
    progress(_("Read the answers"), 0, 2)
    new, old = _read(job.new), _read(job.old)
    _check_same(new, old)
    rows, in_new, in_old = _joined(new.table, old.table)
    first, second = _outcome(new, in_new), _outcome(old, in_old)
    if not _same_truth(first, second):
        raise DeskError(
            _("The two files tell different truths of the same rows."),
            _("They were made from different data. Train both models on one version of the data."),
            code="CMP-104",
        )
    metrics = _metrics(job.metric, first)
    progress(_("Weigh the difference"), 1, 2)
    differences = differences_of(first, second, metrics, seed=job.seed, resamples=job.resamples)
    progress(_("Done"), 2, 2)
    return Comparison(
        rows=rows, only_new=new.table.rows - rows, only_old=old.table.rows - rows, differences=differences
    )


def differences_of(
    new: Outcome, old: Outcome, metrics: tuple[Metric, ...], *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Difference, ...]:
    """Return new minus old for each metric with a paired percentile bootstrap: both models on the same resamples."""
    n = len(new.truth)
    figures_new, figures_old = measure(new, metrics), measure(old, metrics)
    ones = np.ones((1, n))
    points_new, points_old = figures_new(ones), figures_old(ones)
    drawn: dict[Metric, list[Floats]] = {metric: [] for metric in metrics}
    for weights in bootstrap_weights(n, resamples, seed):
        here, there = figures_new(weights), figures_old(weights)
        for metric in metrics:
            drawn[metric].append(here[metric] - there[metric])
    return tuple(
        _difference(
            metric, float(points_new[metric][0]), float(points_old[metric][0]), np.concatenate(drawn[metric]), n
        )
        for metric in metrics
    )


def _difference(metric: Metric, new: float, old: float, drawn: Floats, n: int) -> Difference:
    difference = new - old
    low, high = interval(drawn) if np.isfinite(difference) else (None, None)
    verdict = _verdict(metric, low, high, n)
    made = Difference(
        metric=metric,
        new=finite(new),
        old=finite(old),
        difference=finite(difference),
        low=low,
        high=high,
        verdict=verdict,
        sentence="",
    )
    return msgspec.structs.replace(made, sentence=_sentence(made, n))


def _verdict(metric: Metric, low: float | None, high: float | None, n: int) -> Verdict:
    if low is None or high is None or n < MIN_ROWS:
        return "not known"
    if low <= 0 <= high:
        return "noise"
    return "better" if (low > 0) != (metric in LOWER_IS_BETTER) else "worse"


def _sentence(made: Difference, n: int) -> str:
    if made.verdict == "not known":
        return _("Whether the new model is better in {metric} is not known from {n} rows.", metric=made.metric, n=n)
    figures = _(
        "{metric} {old:.4g} to {new:.4g}, difference {difference:+.3g} ({low:+.3g} to {high:+.3g})",
        **{name: getattr(made, name) for name in ("metric", "old", "new", "difference", "low", "high")},
    )
    if made.verdict == "noise":
        return _("No difference that could be told from noise: {figures}.", figures=figures)
    if made.verdict == "better":
        return _("The new model is better: {figures}.", figures=figures)
    return _("The new model is worse: {figures}.", figures=figures)


def _read(path: str) -> _Answers:
    answers = _Answers(table=read_table(path, "parquet"), facts=read_facts(path))
    if not {"row", "truth", "prediction"} <= set(answers.table.columns) or "task" not in answers.facts:
        raise DeskError(
            _("This is no file of predictions with truths."),
            _("Choose two trained models; each keeps its answers on the test rows."),
            code="CMP-101",
        )
    return answers


def _classes(answers: _Answers) -> list[str]:
    return [name.removeprefix(_SCORE) for name in answers.table.columns if name.startswith(_SCORE)]


def _check_same(new: _Answers, old: _Answers) -> None:
    if new.facts != old.facts or _classes(new) != _classes(old):
        raise DeskError(
            _("The two models do not answer the same question."),
            _("Task, target, classes and the positive class must be the same."),
            code="CMP-102",
        )


def _joined(new: Table, old: Table) -> tuple[int, Array, Array]:
    rows, in_new, in_old = np.intersect1d(
        new.columns["row"], old.columns["row"], assume_unique=True, return_indices=True
    )
    if not len(rows):
        raise DeskError(
            _("No row was tested with both models."),
            _("Train them with the same split and seed."),
            code="CMP-103",
        )
    return len(rows), in_new, in_old


def _outcome(answers: _Answers, rows: Array) -> Outcome:
    table = answers.table.take(rows)
    truth, predicted = table.columns["truth"], table.columns["prediction"]
    if answers.facts["task"] == "regression":
        return Outcome("regression", truth, predicted)
    classes = _classes(answers)
    codes = {name: place for place, name in enumerate(classes)}
    positive = codes.get(answers.facts["positive"]) if len(classes) == 2 else None
    return Outcome(
        "classification",
        np.array([codes[name] for name in labels_of(truth)], dtype=np.int64),
        np.array([codes[name] for name in labels_of(predicted)], dtype=np.int64),
        np.column_stack([table.columns[_SCORE + name] for name in classes]),
        positive,
    )


def _same_truth(first: Outcome, second: Outcome) -> bool:
    return bool(np.array_equal(first.truth, second.truth))


def _metrics(wanted: Metric | None, outcome: Outcome) -> tuple[Metric, ...]:
    metrics = metrics_of(outcome.task)
    if wanted is None:
        return metrics
    if wanted not in metrics:
        raise DeskError(
            _("{metric} is no figure for this task.", metric=wanted),
            _("Choose one of: {names}.", names=", ".join(metrics)),
            code="CMP-105",
        )
    return (wanted,)

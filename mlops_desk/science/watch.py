"""Watching a model: its figures on rows with true outcomes, and a champion against a challenger on the same rows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.candidates import outcome_of
from mlops_desk.science.compare import Difference, differences_of
from mlops_desk.science.features import ModelSchema, encode
from mlops_desk.science.measures import Metric, Outcome
from mlops_desk.science.persist import Model, load_model
from mlops_desk.science.predict import check_columns, score_columns
from mlops_desk.science.rowfiles import FileFormat, read_table, write_rows
from mlops_desk.science.scores import Score, scores
from mlops_desk.science.table import Array, Table, labels_of


class QualityJob(msgspec.Struct, frozen=True, kw_only=True):
    """A model and rows whose outcomes are known."""

    model: str
    path: str
    format: FileFormat
    metric: Metric
    missing: tuple[str, ...] = ()
    seed: int = 0


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """The metric on those rows, with its 95 % interval."""

    score: Score


class ChallengeJob(msgspec.Struct, frozen=True, kw_only=True):
    """Two models of one task, and rows that neither was trained on: positions ``rows`` of a file."""

    champion: str
    challenger: str
    path: str
    format: FileFormat
    rows: str
    metric: Metric
    missing: tuple[str, ...] = ()
    seed: int = 0


class Challenged(msgspec.Struct, frozen=True, kw_only=True):
    """The challenger minus the champion."""

    difference: Difference
    rows: int


class AnswersJob(msgspec.Struct, frozen=True, kw_only=True):
    """A model and rows to answer; the answers go into ``target`` as Parquet."""

    model: str
    path: str
    format: FileFormat
    target: str
    missing: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows were answered."""

    rows: int


def quality_of(job: QualityJob, progress: Progress) -> Quality:
    """Return the metric of a model on rows whose outcomes are known; rows without one are left out.

    Raises:
        DeskError: the outcome column is missing, or holds classes the model does not know.
    """
    progress(_("Ask the model"), 0, 0)
    model = load_model(Path(job.model))
    table = read_table(job.path, job.format, job.missing)
    outcome = _outcome(model, table, np.flatnonzero(_present(table, model.schema)))
    found = scores(outcome, [job.metric], seed=job.seed)
    return Quality(score=found[0])


def challenge(job: ChallengeJob, progress: Progress) -> Challenged:
    """Compare a challenger with the champion on the same rows, paired."""
    table = read_table(job.path, job.format, job.missing)
    wanted = read_table(job.rows, "parquet").column("row").astype(np.int64)
    progress(_("Ask the champion"), 0, 2)
    old = _outcome(load_model(Path(job.champion)), table, wanted)
    progress(_("Ask the challenger"), 1, 2)
    new = _outcome(load_model(Path(job.challenger)), table, wanted)
    return Challenged(difference=differences_of(new, old, (job.metric,), seed=job.seed)[0], rows=len(wanted))


def answer_rows(job: AnswersJob, progress: Progress) -> Answered:
    """Write what a model answers to rows, in the columns of a run's predictions."""
    progress(_("Ask the model"), 0, 0)
    model = load_model(Path(job.model))
    table = read_table(job.path, job.format, job.missing)
    matrix = encode(table, model.schema.features)
    outcome = outcome_of(model.pipeline, matrix, np.zeros(table.rows, dtype=np.int64), model.schema)
    columns: dict[str, Array] = {"prediction": outcome.predicted}
    if outcome.scores is not None:
        columns = score_columns(outcome.scores, outcome.predicted, model.schema)
    write_rows(Path(job.target), columns, {})
    return Answered(rows=table.rows)


def _present(table: Table, schema: ModelSchema) -> Array:
    if schema.target not in table.columns:
        raise DeskError(
            _("The rows have no column {name}, so the outcomes are not known.", name=schema.target),
            _("Give a file that has it, or watch inputs and answers instead."),
            code="MON-210",
        )
    return table.present(schema.target)


def _outcome(model: Model, table: Table, rows: Array) -> Outcome:
    schema = model.schema
    _present(table, schema)
    check_columns(table, schema.features)
    part = table.take(rows)
    truth = part.column(schema.target)
    if schema.task == "classification":
        codes = {name: place for place, name in enumerate(schema.classes)}
        labels = labels_of(truth).astype(str).tolist()
        unknown = sorted({each for each in labels if each not in codes})
        if unknown:
            raise DeskError(
                _("The outcome {name} is none that the model knows.", name=unknown[0]),
                _("Its classes: {names}.", names=", ".join(schema.classes)),
                code="MON-211",
            )
        truth = np.array([codes[each] for each in labels], dtype=np.int64)
    return outcome_of(model.pipeline, encode(part, schema.features), truth, schema)

"""A model as it is served: checked against its digest, loaded, and tried once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from mlops_desk.kernel.endpoint import ServeJob
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.features import ModelSchema
from mlops_desk.science.persist import load_model
from mlops_desk.science.predict import Prediction, Predictor

QUICK_S = 0.0003
_TRIES = 5


class Served(msgspec.Struct, frozen=True):
    """A model, the release it is served for, and whether one row is answered at once.

    A model that is not ``quick`` is asked in a thread, so that the loop stays free.
    """

    label: str
    release_id: str
    environment: str
    sha256: str
    predictor: Predictor
    quick: bool
    notes: tuple[str, ...]

    @property
    def schema(self) -> ModelSchema:
        """What the model is fed and answers."""
        return self.predictor.schema

    def ask(self, rows: Sequence[Mapping[str, Any]]) -> list[Prediction]:
        """Answer rows; a DeskError names what does not fit."""
        return self.predictor.predict(rows) if rows else []


def load(job: ServeJob) -> Served:
    """Load the model of a job.

    Raises:
        DeskError: SERVE-101 another file than the one released, SERVE-103 it cannot answer, MODEL-1xx no model of ours.
    """
    path = Path(job.model)
    _check_digest(path, job)
    model = load_model(path)
    predictor = Predictor(model.pipeline, model.schema)
    return Served(
        label=job.label,
        release_id=job.release_id,
        environment=job.environment,
        sha256=job.sha256,
        predictor=predictor,
        quick=_fastest(predictor) < QUICK_S,
        notes=model.notes,
    )


def _check_digest(path: Path, job: ServeJob) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DeskError(
            _("The file of {model} cannot be read: {reason}", model=job.label, reason=error.strerror or str(error)),
            _("Fetch the model to this machine again."),
            code="SERVE-101",
        ) from error
    if found != job.sha256:
        raise DeskError(
            _("The file of {model} is damaged or another one: it is not what was released.", model=job.label),
            _("Nothing of it was loaded. Fetch the model to this machine again."),
            code="SERVE-101",
        )


def _fastest(predictor: Predictor) -> float:
    """Return the seconds one row takes at best; no value is a value that every input takes."""
    row = {feature.name: None for feature in predictor.schema.features}
    best = float("inf")
    try:
        for _try in range(_TRIES):
            start = time.perf_counter()
            predictor.predict([row])
            best = min(best, time.perf_counter() - start)
    except Exception as error:  # whatever a damaged model makes a library raise
        raise DeskError(
            _("The model was loaded but cannot answer: {reason}", reason=str(error)[:200]),
            _("Train it anew, or serve an earlier version."),
            code="SERVE-103",
        ) from error
    return best

"""The objects that runs name: models, test predictions and all figures, with what people call each of them."""

from __future__ import annotations

from collections import defaultdict

from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.kernel.area import ObjectUse
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def objects(rows: Rows) -> list[ObjectUse]:
    """Return the objects that runs name; the model of a version is that of its run."""
    called = _called(rows)
    return [
        ObjectUse(
            part.sha256,
            what,
            Run.noun,
            run.id,
            _sources(run),
            run.recorded_by,
            names=(run.label, run.id, *sorted(called[run.id])),
            size_bytes=part.size_bytes,
        )
        for run in rows.find(Run)
        for part, what in (
            (run.model, _("the model of {run}", run=run.label)),
            (run.predictions, _("the test predictions of {run}", run=run.label)),
            (run.result, _("all figures of {run}", run=run.label)),
        )
    ]


def _called(rows: Rows) -> dict[str, set[str]]:
    """Return by run what the models and versions made of it are called."""
    models = {each.id: each.name for each in rows.find(Model)}
    called: dict[str, set[str]] = defaultdict(set)
    for each in rows.find(ModelVersion):
        called[each.run] |= {each.label, each.id, each.model, models.get(each.model, "")}
    return called


def _sources(run: Run) -> tuple[str, ...]:
    return (run.version, run.test_version) if run.test_version else (run.version,)

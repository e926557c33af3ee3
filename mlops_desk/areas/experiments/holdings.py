"""The objects that runs name: model, predictions of the test rows, and all figures."""

from __future__ import annotations

from collections import defaultdict

from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.kernel.holding import Holding
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def holdings(rows: Rows) -> list[Holding]:
    """Return the objects of runs; people may call them by the run, or by a model or a version made from it."""
    models = {each.id: each.name for each in rows.find(Model)}
    called: dict[str, set[str]] = defaultdict(set)
    for version in rows.find(ModelVersion):
        called[version.run] |= {version.label, version.id, version.model, models.get(version.model, "")}
    return [each for run in rows.find(Run) for each in _of_run(run, tuple(sorted(called[run.id])))]


def _of_run(run: Run, called: tuple[str, ...]) -> list[Holding]:
    parts = {
        _("{label}: model", label=run.label): run.model,
        _("{label}: predictions of the test rows", label=run.label): run.predictions,
        _("{label}: all figures", label=run.label): run.result,
    }
    return [
        Holding(part.sha256, title, (run.label, run.id, *called), run.version, run.recorded_by, part.size_bytes)
        for title, part in parts.items()
    ]

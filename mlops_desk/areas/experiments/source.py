"""A run as the source of a KPI: the newest figure of a metric, where it is plain which question is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlops_desk.areas.experiments.run import LOWER_IS_BETTER, Experiment, Run, score_of
from mlops_desk.areas.goals.kpi import Kpi, use_case_of
from mlops_desk.kernel.area import Link
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured, measured
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def metric_source(rows: Rows, name: str, use_case: str = "") -> Measured:
    """Return a metric of the newest run: ``EXPERIMENT:auc``, or ``auc`` where the use case leaves one question.

    Beside its metrics a run gives ``gain`` (over the baseline), ``calibration``, ``worst-slice``, ``choice-ratio``
    (the lowest of the audited attributes) and ``error-gap`` (the widest of them, in TPR or FPR).

    Raises:
        DeskError: there is no such run or figure, or the runs answer more than one question.
    """
    wanted, _colon, metric = name.rpartition(":")
    names = {each.id: each.name for each in rows.find(Experiment) if not use_case or each.use_case == use_case}
    if wanted:
        names = {each.id: each.name for each in rows.find(Experiment, "name = ?", wanted)}
    runs = [each for each in rows.find(Run, order="recorded_at DESC, id") if each.experiment in names]
    given = [(each, value) for each in runs if (value := _figure(each, metric)) is not None]
    if not given:
        raise DeskError(
            _("No run gives {name}.", name=name),
            _("The value stays not known. Metrics: those of `run show`; experiments: --metric run:EXPERIMENT:METRIC."),
            code="RUN-120",
        )
    questions = sorted({(names[each.experiment], each.target) for each, _value in given})
    if len(questions) > 1:
        raise _ambiguous(metric, questions)
    run, value = given[0]
    return measured(value, [run])


def _figure(run: Run, metric: str) -> float | None:
    value = score_of(run, metric)
    if value is None and metric in _FIGURES:
        return _FIGURES[metric](run)
    return value.value if value else None


def _worst_slice(run: Run) -> float | None:
    """Return the main metric on the worst part of the test rows that is large enough to judge."""
    known = [each.value for each in run.slices if each.value is not None and not each.is_too_few]
    worst = max if run.metric in LOWER_IS_BETTER else min
    return worst(known, default=None)


def _choice_ratio(run: Run) -> float | None:
    known = [each.selection_ratio.value for each in run.fairness if each.selection_ratio.value is not None]
    return min(known, default=None)


def _error_gap(run: Run) -> float | None:
    gaps = [gap.value for each in run.fairness for gap in (each.tpr_gap, each.fpr_gap) if gap.value is not None]
    return max(gaps, default=None)


_FIGURES: dict[str, Callable[[Run], float | None]] = {
    "gain": lambda run: run.gain.value,
    "calibration": lambda run: run.calibration_error,
    "worst-slice": _worst_slice,
    "choice-ratio": _choice_ratio,
    "error-gap": _error_gap,
}


def _ambiguous(metric: str, questions: Sequence[tuple[str, str]]) -> DeskError:
    told = ", ".join(_("{target} in {experiment}", target=target, experiment=name) for name, target in questions)
    names = list(dict.fromkeys(name for name, _target in questions))
    hint = (
        _("Name the experiment, such as --metric run:{name}:{metric}.", name=names[0], metric=metric)
        if len(names) > 1
        else _("Train each target in an experiment of its own: `train … --experiment NAME`.")
    )
    return DeskError(
        _("Runs of more than one question give {metric}: {told}.", metric=metric, told=told), hint, code="RUN-121"
    )


def links(rows: Rows) -> list[Link]:
    """Return the links of experiments: a KPI to the model versions it speaks of, and those to the data of their run.

    A KPI speaks of the versions of its use case, or of the experiment that its metric names.
    """
    made = rows.sql(_VERSIONS)
    found = [Link(("model-version", each), ("dataset-version", data)) for each, data, _experiment, _case in made]
    for kpi in rows.find(Kpi, "NOT archived"):
        kind, _colon, rest = kpi.metric.partition(":")
        wanted = rest.rpartition(":")[0] if kind == "run" else ""
        case = use_case_of(rows, kpi)
        found += [
            Link((Kpi.noun, kpi.id), ("model-version", each))
            for each, _data, experiment, serves in made
            if (experiment == wanted if wanted else case and serves == case)
        ]
    return found


_VERSIONS = """
    SELECT made.id, run.version, experiment.name, coalesce(card.use_case, experiment.use_case)
    FROM model_version AS made JOIN run ON run.id = made.run JOIN experiment ON experiment.id = run.experiment
    LEFT JOIN model_card AS card ON card.id = made.model
    WHERE made.withdrawn = '' AND run.withdrawn = '' ORDER BY made.recorded_at DESC, made.id"""

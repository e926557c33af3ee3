"""Checking monitors: over what was captured, or over a file dropped in; readings, and alerts beyond the limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.datasets.queries import profile_of
from mlops_desk.areas.deployments.release import Environment, Release, live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import LOWER_IS_BETTER, Run, score_of
from mlops_desk.areas.monitoring.monitor import START_LIMITS, Alert, ColumnReading, Monitor, Reading
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.endpoint import captured, service_readings
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.science.drift import Drift
    from mlops_desk.science.measures import Metric
    from mlops_desk.science.reference import ReferenceSummary
    from mlops_desk.science.train import TrainResult

NO_OUTCOMES = {  # in words that may be recorded: without values of the rows
    "MON-210": "the rows have no column {name}, so the outcomes are not known",
    "MON-211": "{name} holds outcomes that the model does not know",
}
MOST_COLUMNS = 8
LOOK_SHARE = 0.4  # a drift beyond this share of the limit is worth a look: 0.10 of 0.25


@dataclass(frozen=True)
class Window:
    """The rows to look at and the model that answered them; ``is_captured`` rows hold the answers too."""

    environment: Environment
    release: Release
    run: Run
    version: DatasetVersion
    path: Path | None
    rows: int
    is_captured: bool
    source: str


@dataclass(frozen=True)
class Found:
    """What a monitor read, before it becomes a fact."""

    monitor: Monitor
    release: str
    value: float | None
    limit: float
    state: Literal["ok", "look", "act", "not known"]
    sentence: str
    rows: int
    source: str
    columns: tuple[ColumnReading, ...] = ()


class CheckMonitors(Act, noun="monitor", verb="check", done="Checked."):
    """Read the monitors of an environment over what was captured, or over a file; beyond limits alerts are raised."""

    environment: Annotated[
        str | None,
        About("The environment; else all of them.", of="environment", positional=True, metavar="ENV"),
    ] = None
    data: Annotated[
        str | None,
        About("A file of rows instead of what was captured; with outcomes, quality is read too.", metavar="FILE"),
    ] = None

    def prepare(self, bench: Bench) -> list[Found]:
        """Compute every reading in child processes."""
        monitors = bench.find(
            Monitor, "NOT archived AND (? IS NULL OR environment = ?)", self.environment, self.environment
        )
        if not monitors:
            raise DeskError(
                _("No monitors. A live model without monitors is not known."),
                _("Add one: `mlops-desk monitor add --name Inputs --environment ENV --kind input-drift`."),
                code="MON-101",
            )
        found: list[Found] = []
        for environment in self._environments(bench, monitors):
            window = _window(bench, environment, self.data)
            found += [_read(bench, each, window) for each in monitors if each.environment == environment]
        return found

    def _environments(self, bench: Bench, monitors: list[Monitor]) -> list[str]:
        """Return where to look: what was named, else wherever something is live."""
        every = list(dict.fromkeys(each.environment for each in monitors))
        answering = [each for each in every if live_release(bench, each) is not None]
        return every if self.environment else (answering or every)

    def changes(self, present: Present, prepared: list[Found]) -> Iterable[Change]:
        """Return the readings, and an alert for each beyond its limit."""
        changes: list[Change] = []
        for each in prepared:
            reading = Reading(
                id=new_id(),
                monitor=each.monitor.id,
                release=each.release,
                value=each.value,
                limit=each.limit,
                state=each.state,
                sentence=each.sentence,
                rows=each.rows,
                source=each.source,
                columns=each.columns,
            )
            changes.append(present.fact(reading))
            if each.state == "act":
                alert = Alert(
                    monitor=each.monitor.id, reading=reading.id, sentence=each.sentence, owner=each.monitor.owner or ""
                )
                changes.append(present.fact(alert))
        return changes


def _window(bench: Bench, environment_id: str, file: str | None) -> Window:
    from mlops_desk.science.survey import ConvertJob, convert_file
    from mlops_desk.science.watch import JoinJob, join_files

    environment = bench.get(Environment, environment_id)
    release = live_release(bench, environment_id)
    if release is None:
        raise DeskError(
            _("Nothing is live in {name}.", name=environment.name), _("Monitors watch what is live."), code="MON-102"
        )
    run = bench.get(Run, bench.get(ModelVersion, release.model_version).run)
    version = bench.get(DatasetVersion, run.version)
    target = bench.scratch / f"window-{environment.name}.parquet"
    if file:
        source = bench.work(convert_file, ConvertJob(path=str(Path(file).expanduser().resolve()), target=str(target)))
        return Window(
            environment, release, run, version, target, source.rows, is_captured=False, source=Path(file).name
        )
    files = captured(bench.captures / environment.id, release.id)
    if not files:
        return Window(environment, release, run, version, None, 0, is_captured=True, source="captured")
    joined = bench.work(join_files, JoinJob(paths=tuple(str(each) for each in files), target=str(target)))
    return Window(environment, release, run, version, target, joined.rows, is_captured=True, source="captured")


def _read(bench: Bench, monitor: Monitor, window: Window) -> Found:
    limit = monitor.limit if monitor.limit is not None else START_LIMITS[monitor.kind]
    if monitor.kind == "service":
        return _service(bench, monitor, window, limit)
    if window.path is None:
        return _unknown(monitor, window, limit, _("nothing was captured of {label}", label=window.release.label))
    readers = {"input-drift": _inputs, "output-drift": _outputs, "quality": _quality}
    return readers[monitor.kind](bench, monitor, window, limit)


def _unknown(monitor: Monitor, window: Window, limit: float, reason: str) -> Found:
    sentence = _("{name} is not known: {reason}.", name=monitor.name, reason=reason)
    return Found(monitor, window.release.id, None, limit, "not known", sentence, window.rows, window.source)


def _inputs(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    from mlops_desk.science.drift import DriftJob, drift_file
    from mlops_desk.science.reference import ReferenceSummary

    profile = profile_of(bench, window.version.id)
    if profile is None or not bench.store.has(profile.reference):
        reason = _("{label} has no profile on this machine", label=window.version.label)
        return _unknown(monitor, window, limit, reason)
    reference = msgspec.json.decode(bench.store.path(profile.reference).read_bytes(), type=ReferenceSummary)
    used = {each.name for each in _result(bench, window.run).schema.features}
    known = tuple(each for each in reference.columns if each.name in used)
    found: Drift = bench.work(
        drift_file, DriftJob(reference=msgspec.structs.replace(reference, columns=known), path=str(window.path))
    )
    return _drifted(monitor, window, limit, found, _("input"))


def _outputs(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    from mlops_desk.science.drift import DriftJob, drift_file
    from mlops_desk.science.reference import SummaryJob, summarize_file
    from mlops_desk.science.watch import AnswersJob, answer_rows

    answers = window.path
    if not window.is_captured:
        answers = bench.scratch / f"answers-{window.environment.name}.parquet"
        model = bench.store.path(window.run.model.sha256)
        bench.work(
            answer_rows, AnswersJob(model=str(model), path=str(window.path), format="parquet", target=str(answers))
        )
    expected = bench.scratch / "expected.parquet"
    expected.unlink(missing_ok=True)
    expected.symlink_to(bench.store.path(window.run.predictions.sha256))
    reference: ReferenceSummary = bench.work(summarize_file, SummaryJob(path=str(expected)))
    shown = tuple(each for each in reference.columns if each.name == "prediction" or each.name.startswith("score_"))
    found: Drift = bench.work(
        drift_file, DriftJob(reference=msgspec.structs.replace(reference, columns=shown), path=str(answers))
    )
    return _drifted(monitor, window, limit, found, _("answer"))


def _drifted(monitor: Monitor, window: Window, limit: float, found: Drift, what: str) -> Found:
    columns = sorted(found.columns, key=lambda each: -(each.effect or 0.0))
    shown = tuple(
        ColumnReading(each.name, each.effect, each.state, _new_words(each))
        for each in columns[:MOST_COLUMNS]
        if each.effect
    )
    known = [each for each in columns if each.state != "not known" and each.effect is not None]
    if not known:
        return _unknown(monitor, window, limit, _("too few rows ({n})", n=found.rows))
    worst = known[0]
    value = float(worst.effect or 0.0)
    state: Literal["ok", "look", "act"] = "act" if value >= limit else "look" if value >= LOOK_SHARE * limit else "ok"
    sentence = _(
        "The {what} {column} moved most: {value} against a limit of {limit}, over {n} rows.",
        what=what,
        column=worst.name,
        value=f"{value:.3f}",
        limit=f"{limit:g}",
        n=f"{found.rows:,}",
    )
    return Found(monitor, window.release.id, value, limit, state, sentence, found.rows, window.source, shown)


def _mean(value: float) -> str:
    """Return a mean as people read it: thousands whole, smaller ones to four digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _new_words(column: Any) -> str:
    if column.categories is not None and column.categories.new:
        return plural("{n} new category", "{n} new categories", len(column.categories.new))
    numeric = column.numeric
    if numeric is not None and numeric.mean_reference is not None and numeric.mean_current is not None:
        return _("mean {old} to {new}", old=_mean(numeric.mean_reference), new=_mean(numeric.mean_current))
    return str(column.reason)


def _quality(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    from mlops_desk.science.watch import QualityJob, quality_of

    if window.is_captured:
        return _unknown(monitor, window, limit, _("no true outcomes are given"))
    job = QualityJob(
        model=str(bench.store.path(window.run.model.sha256)),
        path=str(window.path),
        format="parquet",
        metric=cast("Metric", window.run.metric),
        seed=window.run.seed,
    )
    try:
        now = bench.work(quality_of, job).score
    except DeskError as refused:
        if refused.code not in NO_OUTCOMES:
            raise
        return _unknown(monitor, window, limit, _(NO_OUTCOMES[refused.code]).format(name=window.run.target))
    before = score_of(window.run, window.run.metric)
    if now.value is None or before is None or before.value is None:
        return _unknown(monitor, window, limit, _("{metric} has no value on these rows", metric=window.run.metric))
    drop = now.value - before.value if window.run.metric in LOWER_IS_BETTER else before.value - now.value
    state: Literal["ok", "look", "act"] = "act" if drop > limit else "look" if drop > LOOK_SHARE * limit else "ok"
    sentence = _(
        "{metric} is {now} ({low} to {high}) on {n} rows; it was {before} when tested.",
        metric=window.run.metric,
        now=f"{now.value:.3f}",
        low=_or_dash(now.low),
        high=_or_dash(now.high),
        n=f"{now.n:,}",
        before=f"{before.value:.3f}",
    )
    return Found(monitor, window.release.id, drop, limit, state, sentence, now.n, window.source)


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _service(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    readings = service_readings(bench.captures / window.environment.id, window.release.id)
    requests = sum(each.requests - each.refused for each in readings)
    if not requests:
        return _unknown(monitor, window, limit, _("no request was answered yet"))
    good = requests - sum(each.failed for each in readings)
    fast = round(sum((each.share_fast or 0.0) * each.requests for each in readings))
    share = good / requests
    state: Literal["ok", "act"] = "ok" if share >= limit else "act"
    sentence = _(
        "{good} of {all} answers were good, {fast} of them within 300 ms.",
        good=f"{good:,}",
        all=f"{requests:,}",
        fast=f"{fast:,}",
    )
    return Found(monitor, window.release.id, share, limit, state, sentence, requests, "captured")


def _result(bench: Bench, run: Run) -> TrainResult:
    from mlops_desk.science.train import TrainResult

    return msgspec.json.decode(bench.store.path(run.result.sha256).read_bytes(), type=TrainResult)


ACTS = (CheckMonitors,)

"""Checking monitors: over what was captured, or over a file dropped in; readings, and alerts beyond the limit."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.datasets.queries import open_columns, profile_of
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Release, live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import LOWER_IS_BETTER, Run, score_of
from mlops_desk.areas.monitoring.monitor import (
    START_LIMITS,
    Alert,
    ColumnReading,
    Monitor,
    Reading,
    WindowCount,
    watched,
)
from mlops_desk.areas.monitoring.slo import LEVELS, alarms, burn_words, target_of, windows_of
from mlops_desk.kernel import clock, wire
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.endpoint import service_readings
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.science.drift import ColumnDrift, Drift
    from mlops_desk.science.measures import Metric
    from mlops_desk.science.reference import ReferenceColumn, ReferenceSummary
    from mlops_desk.science.train import TrainResult

NO_OUTCOMES = {  # in words that may be recorded: without values of the rows
    "MON-210": _("the rows have no column {name}, so the outcomes are not known"),
    "MON-211": _("{name} holds outcomes that the model does not know"),
}
MOST_COLUMNS = 8
LOOK_SHARE = 0.4  # a drift beyond this share of the limit is worth a look: 0.10 of 0.25


class Window(msgspec.Struct, frozen=True):
    """The rows to look at and the model that answered them; ``is_captured`` rows hold the answers too."""

    environment: Environment
    release: Release
    run: Run
    version: DatasetVersion
    path: Path | None
    rows: int
    is_captured: bool
    source: str


class Found(msgspec.Struct, frozen=True):
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
    windows: tuple[WindowCount, ...] = ()


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
            _tidy(bench, environment)
            window = _window(bench, environment, self.data)
            found += [_read(bench, each, window) for each in monitors if each.environment == environment]
        return found

    def _environments(self, bench: Bench, monitors: list[Monitor]) -> list[str]:
        """Return where to look: what was named, else wherever something is live."""
        every = list(dict.fromkeys(each.environment for each in monitors))
        answering = [each for each in every if live_release(bench, each) is not None]
        return every if self.environment else (answering or every)

    def changes(self, present: Present, prepared: list[Found]) -> Iterable[Change]:
        """Return the readings, and an alert for each beyond its limit that no open one stands for."""
        changes: list[Change] = []
        is_open = {(each.alert.monitor, each.release) for each in watched(present) if each.decision is None}
        for each in prepared:
            reading = Reading(
                id=present.here.new_id(),
                monitor=each.monitor.id,
                release=each.release,
                value=each.value,
                limit=each.limit,
                state=each.state,
                sentence=each.sentence,
                rows=each.rows,
                source=each.source,
                columns=each.columns,
                windows=each.windows,
            )
            changes.append(present.fact(reading))
            if each.state == "act" and (each.monitor.id, each.release) not in is_open:
                alert = Alert(
                    monitor=each.monitor.id, reading=reading.id, sentence=each.sentence, owner=each.monitor.owner or ""
                )
                changes.append(present.fact(alert))
        return changes


def _tidy(bench: Bench, environment_id: str) -> None:
    """Delete captured predictions past their time, and merge the small files of full days."""
    from mlops_desk.science.captures import TidyJob, tidy

    folder = bench.captures / environment_id
    if folder.is_dir():
        bench.work(tidy, TidyJob(folder=str(folder), keep_days=bench.get(Environment, environment_id).keep_days))


def _window(bench: Bench, environment_id: str, file: str | None) -> Window:
    from mlops_desk.science.captures import GatherJob, gather
    from mlops_desk.science.survey import ConvertJob, convert_file

    environment = bench.get(Environment, environment_id)
    release = live_release(bench, environment_id)
    if release is None:
        raise DeskError(
            _("Nothing is live in {name}.", name=environment.name), _("Monitors watch what is live."), code="MON-102"
        )
    run = bench.get(Run, bench.get(ModelVersion, release.model_version).run)
    version = bench.get(DatasetVersion, run.version)
    target = bench.scratch / f"window-{environment.id}.parquet"
    if file:
        source = bench.work(convert_file, ConvertJob(path=str(Path(file).expanduser().resolve()), target=str(target)))
        return Window(
            environment, release, run, version, target, source.rows, is_captured=False, source=Path(file).name
        )
    job = GatherJob(folder=str(bench.captures / environment.id), release=release.id, target=str(target))
    rows = bench.work(gather, job).rows
    path = target if rows else None
    return Window(environment, release, run, version, path, rows, is_captured=True, source="captured")


def _read(bench: Bench, monitor: Monitor, window: Window) -> Found:
    limit = monitor.limit if monitor.limit is not None else START_LIMITS[monitor.kind]
    if monitor.kind == "service":
        return _service(bench, monitor, window, limit)
    if window.path is None:
        return _unknown(monitor, window, limit, _("nothing was captured of {label}", label=window.release.label))
    readers = {"input-drift": _inputs, "output-drift": _outputs, "quality": _quality}
    return readers[monitor.kind](bench, monitor, window, limit)


def _unknown(
    monitor: Monitor, window: Window, limit: float, reason: str, columns: tuple[ColumnReading, ...] = ()
) -> Found:
    sentence = _("{name} is not known: {reason}.", name=monitor.name, reason=reason)
    return Found(monitor, window.release.id, None, limit, "not known", sentence, window.rows, window.source, columns)


def _inputs(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    from mlops_desk.science.drift import DriftJob, drift_file
    from mlops_desk.science.reference import ReferenceSummary

    profile = profile_of(bench, window.version.id)
    if profile is None or not bench.store.bring(profile.reference):
        reason = _("{label} has no profile on this machine", label=window.version.label)
        return _unknown(monitor, window, limit, reason)
    reference = wire.read(bench.store.path(profile.reference).read_bytes(), ReferenceSummary)
    used = {each.name for each in _result(bench, window.run).schema.features}
    inputs = [each for each in reference.columns if each.name in used]
    known = tuple(each for each in inputs if not each.moves or each.name in monitor.watch_also)
    left_out = tuple(ColumnReading(each.name, None, "left out", _why(each)) for each in inputs if each not in known)
    if not known:
        return _unknown(monitor, window, limit, _("every input moves on by itself"), left_out)
    found: Drift = bench.work(
        drift_file, DriftJob(reference=msgspec.structs.replace(reference, columns=known), path=str(window.path))
    )
    reading = _drifted(monitor, window, limit, found, _("input"), open_columns(bench, window.version))
    if not left_out:
        return reading
    names = ", ".join(each.name for each in left_out)
    sentence = f"{reading.sentence} {_('Not watched, as they move on by themselves: {names}.', names=names)}"
    return msgspec.structs.replace(reading, sentence=sentence, columns=(*reading.columns, *left_out))


def _why(column: "ReferenceColumn") -> str:
    return {
        "date": _("a date moves on by itself"),
        "order": _("rises or falls with every row"),
        "unique": _("is another number on every row"),
    }[column.moves]


def _outputs(bench: Bench, monitor: Monitor, window: Window, limit: float) -> Found:
    from mlops_desk.science.drift import DriftJob, drift_file
    from mlops_desk.science.reference import SummaryJob, summarize_file
    from mlops_desk.science.watch import AnswersJob, answer_rows

    answers = window.path
    if not window.is_captured:
        answers = bench.scratch / f"answers-{window.environment.id}.parquet"
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
    if window.run.target not in open_columns(bench, window.version):
        found = _without_classes(found, shown)
    return _drifted(monitor, window, limit, found, _("answer"), frozenset({"prediction"}))


def _without_classes(found: "Drift", reference: "Iterable[ReferenceColumn]") -> "Drift":
    """Return a drift of answers that names no class: each is a value of the target, so it has a number by its rows."""
    columns = {each.name: each for each in reference}
    counts = {f"score_{each.value}": each.count for each in columns["prediction"].categories or ()}
    scores = sorted((each for each in columns if each != "prediction"), key=lambda name: -counts.get(name, 0))
    names = {name: _("score of answer {n}", n=at) for at, name in enumerate(scores, start=1)}
    told = (msgspec.structs.replace(each, name=names.get(each.name, each.name)) for each in found.columns)
    return msgspec.structs.replace(found, columns=tuple(told))


def _drifted(
    monitor: Monitor, window: Window, limit: float, found: "Drift", what: str, shown_columns: Collection[str]
) -> Found:
    columns = sorted(found.columns, key=lambda each: -(each.effect or 0.0))
    shown = tuple(
        ColumnReading(each.name, each.effect, each.state, _new_words(each, is_open=each.name in shown_columns))
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


def _new_words(column: "ColumnDrift", *, is_open: bool) -> str:
    """Return what is new in a column; of one whose values stay here no figure in its own unit."""
    if column.categories is not None and column.categories.new:
        return plural("{n} new category", "{n} new categories", len(column.categories.new))
    numeric = column.numeric
    if numeric is not None and not is_open:
        return "" if numeric.mean_shift is None else _("mean moved by {n} deviations", n=f"{numeric.mean_shift:+.2f}")
    if numeric is not None and numeric.mean_reference is not None and numeric.mean_current is not None:
        return _("mean {old} to {new}", old=_mean(numeric.mean_reference), new=_mean(numeric.mean_current))
    return column.reason


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
        return _unknown(monitor, window, limit, NO_OUTCOMES[refused.code].format(name=window.run.target))
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
    """Read the service of a release; its windows are those of the environment, whatever release answered."""
    every = service_readings(bench.captures / window.environment.id)
    readings = [each for each in every if each.release_id == window.release.id]
    counts = windows_of(every, clock.now_ms())
    requests = sum(each.requests - each.refused for each in readings)
    if not requests:
        return _unknown(monitor, window, limit, _("no request was answered yet"))
    good = requests - sum(each.failed for each in readings)
    fast = round(sum((each.share_fast or 0.0) * each.requests for each in readings))
    share = good / requests
    sentence = _(
        "{good} of {all} answers were good, {fast} of them within 300 ms.",
        good=f"{good:,}",
        all=f"{requests:,}",
        fast=f"{fast:,}",
    )
    ringing = [*dict.fromkeys(rule for level in LEVELS for rule in alarms(counts, level, target_of(monitor, level)))]
    if ringing:
        sentence += " " + _("The error budget {what}.", what=burn_words(ringing))
    is_urgent = share < limit or any(rule.is_urgent for rule in ringing)
    state: Literal["ok", "look", "act"] = "act" if is_urgent else "look" if ringing else "ok"
    return Found(monitor, window.release.id, share, limit, state, sentence, requests, "captured", windows=counts)


def _result(bench: Bench, run: Run) -> "TrainResult":
    from mlops_desk.science.train import TrainResult

    return wire.read(bench.store.path(run.result.sha256).read_bytes(), TrainResult)


ACTS = (CheckMonitors,)

"""Questions about experiments: runs against their baseline, models and their versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from mlops_desk.areas.datasets.column import OPEN
from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.datasets.queries import confirmed_classes
from mlops_desk.areas.experiments.comparison import RunComparison
from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.parts import audits, numbered, ratio_words, renumbered, slice_words, weakest
from mlops_desk.areas.experiments.run import (
    LOWER_IS_BETTER,
    Experiment,
    FairnessFigure,
    Run,
    SliceFigure,
    Value,
    metric_words,
    score_of,
)
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel import wire
from mlops_desk.kernel.area import Mark, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.stored import Said
from mlops_desk.kernel.wish_sql import SqlColumn, in_order
from mlops_desk.kernel.words import _

NEWEST = "recorded_at DESC, id"


class RunRow(msgspec.Struct, frozen=True):
    """A run with its main metric against the baseline."""

    id: str
    label: str
    experiment: str
    state: State
    marked: str
    chosen: str
    metric: str
    value: float | None
    interval: str
    gain: float | None
    data: str
    fairness: str
    leaks: int
    who: str
    ended: datetime | None


class VersionRow(msgspec.Struct, frozen=True):
    """A model version with the figures of its run."""

    id: str
    label: str
    state: State
    run: str
    chosen: str
    metric: str
    value: float | None
    data: str
    note: str
    who: str
    made: datetime | None


class ComparisonRow(msgspec.Struct, frozen=True):
    """A comparison of two runs in words."""

    id: str
    new: str
    old: str
    state: State
    metric: str
    difference: float | None
    interval: str
    rows: int
    sentence: str


def runs(rows: Rows, most: int | None = None) -> list[RunRow]:
    """Return the runs, newest first; so many at most where that is wanted."""
    return run_rows(rows, rows.find(Run, order=NEWEST, most=most))


def run_rows(rows: Rows, found: Sequence[Run]) -> list[RunRow]:
    """Return runs as the table shows them."""
    who = names(rows)
    labels = {each.id: each.label for each in rows.find(DatasetVersion)}
    experiments, marks = {each.id: each.name for each in rows.find(Experiment)}, _baselines(rows)
    return [
        _run_row(
            each,
            experiments.get(each.experiment, ""),
            marks.get(each.id, ""),
            labels.get(each.version, ""),
            who.get(each.recorded_by, ""),
        )
        for each in found
    ]


RUN_COLUMNS: Mapping[str, Said] = {
    "label": SqlColumn("label"),
    "state": None,
    "metric": SqlColumn("metric"),
    "value": None,
    "interval": None,
    "gain": None,
    "marked": lambda rows: SqlColumn("id", in_order(_baselines(rows))),
    "chosen": SqlColumn("chosen"),
    "data": lambda rows: SqlColumn("version", in_order({each.id: each.label for each in rows.find(DatasetVersion)})),
    "fairness": None,
    "leaks": None,
    "who": lambda rows: SqlColumn("recorded_by", in_order(names(rows))),
    "ended": SqlColumn("epoch_ms(recorded_at)", kind="instant"),
}


def _run_row(run: Run, experiment: str, marked: str, data: str, who: str) -> RunRow:
    main = score_of(run, run.metric)
    return RunRow(
        id=run.id,
        label=run.label,
        experiment=experiment,
        state=run_state(run),
        marked=marked,
        chosen=run.chosen,
        metric=run.metric,
        value=main.value if main else None,
        interval=interval(main),
        gain=run.gain.value,
        data=data,
        fairness=_fairness_words(run.fairness),
        leaks=sum(each.gives_away for each in run.leaks),
        who=who,
        ended=run.recorded_at,
    )


def _baselines(rows: Rows) -> dict[str, str]:
    """Return by run the words that mark the baseline of its experiment."""
    found = (each for each in rows.find(Experiment) if each.baseline)
    return {str(each.baseline): _("★ baseline of {name}", name=each.name) for each in found}


def interval(value: Value | None) -> str:
    """Return an interval in words, or an empty text where it is not known."""
    if value is None or value.low is None or value.high is None:
        return ""
    return _("{low} to {high}", low=f"{value.low:.3f}", high=f"{value.high:.3f}")


def run_state(run: Run) -> State:
    """Return whether the run beats its baseline beyond noise."""
    if run.gain.low is None or run.gain.high is None:
        return State("unknown", _("Not known"))
    low, high = (-run.gain.high, -run.gain.low) if run.metric in LOWER_IS_BETTER else (run.gain.low, run.gain.high)
    if low > 0:
        return State("ok", _("Better than baseline"))
    if high < 0:
        return State("bad", _("Worse than baseline"))
    return State("warn", _("Not better than noise"))


def _fairness_words(audits: Sequence[FairnessFigure]) -> str:
    known = [each for each in audits if each.selection_ratio.value is not None]
    if not known:
        return ""
    worst = min(known, key=lambda each: each.selection_ratio.value or 0.0)
    return f"{worst.attribute} {worst.selection_ratio.value:.2f}"


def versions(rows: Rows) -> list[VersionRow]:
    """Return the model versions, newest first."""
    who = names(rows)
    runs_by_id = {each.id: each for each in rows.find(Run, "id IN (SELECT run FROM model_version)")}
    labels = {each.id: each.label for each in rows.find(DatasetVersion)}
    found = []
    for each in rows.find(ModelVersion, order=NEWEST):
        run = runs_by_id.get(each.run)
        main = score_of(run, run.metric) if run else None
        found.append(
            VersionRow(
                each.id,
                each.label,
                run_state(run) if run else State("unknown", _("Its run is not here")),
                run.label if run else "",
                run.chosen if run else "",
                run.metric if run else "",
                main.value if main else None,
                labels.get(run.version, "") if run else "",
                each.note,
                who.get(each.recorded_by, ""),
                each.recorded_at,
            )
        )
    return found


_VERDICTS: dict[str, State] = {
    "better": State("ok", _("Better")),
    "worse": State("bad", _("Worse")),
    "noise": State("warn", _("Noise")),
    "not known": State("unknown", _("Not known")),
}


def comparisons(rows: Rows) -> list[ComparisonRow]:
    """Return the comparisons, newest first."""
    compared = "id IN (SELECT new FROM comparison UNION SELECT old FROM comparison)"
    labels = {each.id: each.label for each in rows.find(Run, compared)}
    return [
        ComparisonRow(
            each.id,
            labels.get(each.new, ""),
            labels.get(each.old, ""),
            _VERDICTS.get(each.verdict, _VERDICTS["not known"]),
            each.metric,
            each.difference,
            interval(Value(name=each.metric, value=each.difference, low=each.low, high=each.high)),
            each.rows,
            each.sentence,
        )
        for each in rows.find(RunComparison, order=NEWEST)
    ]


def run_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a run shows; names of groups are values, and masked where their column is not open."""
    run = rows.get(Run, id_)
    data = rows.find(DatasetVersion, "id = ?", run.version)
    lines = [
        Detail(_("State"), run_state(run), "state"),
        Detail(_("Model"), run.chosen),
        Detail(_("Target"), run.target),
        Detail(_("Data"), data[0].label if data else ""),
        Detail(_("Split"), run.split),
        Detail(_("Rows trained, tested"), f"{run.train_rows:,} · {run.test_rows:,}"),
    ]
    baseline = {each.name: each for each in run.baseline}
    for each in run.scores:
        before = baseline.get(each.name)
        lines.append(Detail(metric_words(each.name), _score_words(each, before)))
    lines += [Detail(_("Leak") if each.gives_away else _("No use"), each.sentence) for each in run.leaks]
    lines += _part_details(rows, run)
    lines += [Detail(_("Note"), each) for each in run.notes]
    lines += [
        Detail(_("Seed"), run.seed, "whole"),
        Detail(_("Seconds"), run.seconds, "number"),
        Detail(_("Code"), run.code),
    ]
    return lines


def _part_details(rows: Rows, run: Run) -> list[Detail]:
    """Return audits and the weakest parts: by name where their column is open, else by number, to be revealed.

    Names come from all figures of the run where they are on this machine, else from what was recorded.
    """
    classes, here = _classes(rows, run), parts_here(rows, run)
    found: list[Detail] = []
    for at, audit in enumerate(audits_for_all(rows, run)):
        named = here.fairness[at] if here is not None and at < len(here.fairness) else None
        words = (_audit_words(audit), _audit_words(named) if named is not None else "")
        asked = partial(_by_name, run=run.id, at=at, is_audit=True)
        found.append(_part(_("Audit: {name}", name=audit.attribute), words, classes.get(audit.attribute), asked))
    for at, part in enumerate(slices_for_all(rows, run)[:3]):
        weak = here.slices[at] if here is not None and at < len(here.slices) else None
        words = (slice_words(part), slice_words(weak) if weak is not None else "")
        found.append(
            _part(
                _("Weak slice"), words, classes.get(part.column), partial(_by_name, run=run.id, at=at, is_audit=False)
            )
        )
    return found


def _part(title: str, words: tuple[str, str], security: str | None, asked: Callable[..., str]) -> Detail:
    """Return the line of a part, given its words by number and by name; the latter empty where names are not here."""
    for_all, by_name = words
    if security in OPEN:
        return Detail(title, by_name or for_all)
    return Detail(title, Masked(security or "", for_all), reveal=asked) if by_name else Detail(title, for_all)


def _by_name(rows: Rows, *, run: str, at: int, is_audit: bool) -> str:
    here = parts_here(rows, rows.get(Run, run))
    if here is None:
        return ""
    return _audit_words(here.fairness[at]) if is_audit else slice_words(here.slices[at])


class Parts(NamedTuple):
    """Audits and weak parts by the names of their groups, in the order in which a run tells them."""

    fairness: Sequence[FairnessFigure]
    slices: Sequence[SliceFigure]


def parts_here(rows: Rows, run: Run) -> Parts | None:
    """Return audits and weak parts by name if all figures of the run are on this machine."""
    from mlops_desk.science.train import TrainResult

    whole = rows.bytes_here(run.result.sha256)
    if whole is None:
        return None
    try:
        result = wire.read(whole, TrainResult)
    except msgspec.DecodeError:  # of another version of this program
        return None
    return Parts(audits(result.fairness, lambda _column: True), weakest(result.slices, lambda _column: True))


def audits_for_all(rows: Rows, run: Run) -> Sequence[FairnessFigure]:
    """Return the audits of a run as anybody may read them: no name of a group whose column is not open now."""
    classes = _classes(rows, run)
    return tuple(each if classes.get(each.attribute) in OPEN else numbered(each) for each in run.fairness)


def slices_for_all(rows: Rows, run: Run) -> Sequence[SliceFigure]:
    """Return the weak parts of a run as anybody may read them, under the same rule."""
    classes = _classes(rows, run)
    return renumbered(run.slices, lambda column: classes.get(column) in OPEN)


def _classes(rows: Rows, run: Run) -> Mapping[str, str | None]:
    """Return the class of each column of the data of a run, as it is now; empty where the data is not known."""
    data = rows.find(DatasetVersion, "id = ?", run.version)
    return confirmed_classes(rows, data[0]) if data else {}


def _score_words(value: Value, before: Value | None) -> str:
    if value.value is None:
        return _("not known")
    text = f"{value.value:.3f} ({interval(value)})" if interval(value) else f"{value.value:.3f}"
    return text if before is None or before.value is None else text + " · " + _("baseline {v}", v=f"{before.value:.3f}")


def _audit_words(audit: FairnessFigure) -> str:
    shares = ", ".join(
        f"{group.name} {'–' if group.selection is None else f'{group.selection:.3f}'}"
        + (_(" (too few: {n})", n=group.n) if group.is_too_few else f" (n {group.n:,})")
        for group in audit.groups[:8]
    )
    ratio = audit.selection_ratio
    words = ratio_words(audit)
    if interval(ratio):
        words += f" ({interval(ratio)})"
    return f"{words}{' · ' + _('look closer') if audit.look_closer else ''} · {shares}"


def version_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a model version shows: its card and its run."""
    version = rows.get(ModelVersion, id_)
    model = rows.get(Model, version.model)
    return (
        Detail(_("Model"), model.name),
        Detail(_("File"), version.sha256, "id"),
        Detail(_("Intended use"), model.intended_use),
        Detail(_("Not for"), model.not_for),
        Detail(_("Threshold"), model.threshold_reason),
        Detail(_("Unsure cases"), model.unsure_rule),
        Detail(_("Caveats"), model.caveats),
        *run_details(rows, version.run),
    )


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, runs ended and versions were made."""
    ended = [
        Mark(each.recorded_at, _("{label} ended", label=each.label), "run", each.id)
        for each in rows.find(Run, *span.within)
        if each.recorded_at
    ]
    made = [
        Mark(each.recorded_at, _("model {label} registered", label=each.label), "model-version", each.id)
        for each in rows.find(ModelVersion, *span.within)
        if each.recorded_at
    ]
    return ended + made

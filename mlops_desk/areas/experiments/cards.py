"""What the homes show of experiments: the last idea against its baseline, runs, data that moved on, weak parts."""

from __future__ import annotations

from collections.abc import Mapping

from mlops_desk.areas.datasets.dataset import ColumnType, DatasetVersion, versions_of
from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.parts import ratio_words, slice_words
from mlops_desk.areas.experiments.queries import NEWEST, interval, run_state, runs, slices_for_all
from mlops_desk.areas.experiments.run import FairnessFigure, Run, metric_words
from mlops_desk.kernel.card import MAX_ROWS, Card, CardAct, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

WORST_SLICES = 3
_UNDER_MODELS = "id IN (SELECT version FROM run WHERE id IN (SELECT run FROM model_version))"
_TRAIN = CardAct(_("Train"), "experiments", act="run.train")


def _newest(rows: Rows) -> list[Run]:
    return rows.find(Run, order=NEWEST, most=1)


def stage(rows: Rows) -> State:
    """Return how training stands."""
    found = _newest(rows)
    if not found:
        return State("unknown", _("No runs yet"))
    state = run_state(found[0])
    return State(state.level, f"{found[0].label}: {state.word.lower()}")


def go_on_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the last experiment: its best run against the baseline, with the interval."""
    title, found = _("Go on"), _newest(rows)
    if not found:
        return nothing_yet(title, _("No runs yet. Add two lines to your code, or train here."), _TRAIN)
    last = found[0]
    same = rows.find(Run, "experiment = ?", last.experiment, order=NEWEST, most=MAX_ROWS)
    said = []
    for each in same:
        gain = each.gain
        words = (
            _("{label}: no interval, so nothing can be said", label=each.label)
            if gain.value is None or gain.low is None
            else _(
                "{label}: {metric} {gain} ({interval})",
                label=each.label,
                gain=f"{gain.value:+.3f}",
                metric=metric_words(each.metric),
                interval=interval(gain),
            )
        )
        said.append((words, run_state(each)))
    act = CardAct(_("Compare"), "experiments", act="run.compare", values={"new": last.id})
    return Card(title, run_state(last), first_rows(said), act, as_of=last.recorded_at)


def runs_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the newest runs."""
    title, found = _("Runs"), runs(rows, MAX_ROWS)
    if not found:
        return nothing_yet(title, _("No runs yet."), _TRAIN)
    said = [(f"{each.label}: {_measured(each.metric, each.value)}", each.state) for each in found]
    act = CardAct(_("Open"), noun=Run.noun, id=found[0].id)
    count = rows.sql("SELECT count(*) FROM run WHERE withdrawn = ''")[0][0]
    return Card(title, stage(rows), first_rows(said), act, f"{count:,}", found[0].ended)


def _measured(metric: str, value: float | None) -> str:
    return f"{metric_words(metric)} {'–' if value is None else f'{value:.3f}'}"


def slices_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the three worst slices of the newest run."""
    title, found = _("Weak slices"), _newest(rows)
    if not found or not found[0].slices:
        return nothing_yet(title, _("No run has slices yet."), _TRAIN)
    last = found[0]
    said = [(slice_words(each), None) for each in slices_for_all(rows, last)[:WORST_SLICES]]
    act = CardAct(_("Open slices"), noun=Run.noun, id=last.id)
    return Card(title, State("info", last.label), first_rows(said), act, as_of=last.recorded_at)


def data_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what came to the data that the models rest on, since they were trained."""
    title, models = _("Data under my models"), _newest_of_models(rows)
    if not models:
        return nothing_yet(title, _("No model rests on data yet."), _TRAIN)
    trained_on = {each.id: each for each in rows.find(DatasetVersion, _UNDER_MODELS)}
    newest_of = {each.dataset: each for each in rows.find(DatasetVersion, order=NEWEST, most=1, of_each="dataset")}
    said = [_data_words(version, trained_on.get(run.version), newest_of) for version, run in models]
    level = next((state for _words, state in said if state and state.level != "ok"), State("ok", _("Newest")))
    act = CardAct(_("Look at change"), "datasets", "dataset-version")
    return Card(title, level, first_rows(said), act, as_of=newest(run.recorded_at for _version, run in models))


def _data_words(
    version: ModelVersion, used: DatasetVersion | None, newest_of: Mapping[str, DatasetVersion]
) -> tuple[str, State | None]:
    if used is None:
        return _("{model}: its data is not here", model=version.label), State("unknown", _("Not known"))
    latest = newest_of.get(used.dataset, used)
    labels = {"model": version.label, "data": used.label, "latest": latest.label}
    if latest.id == used.id:
        return _("{model} rests on {data}, the newest", **labels), State("ok", _("Newest"))
    return _("{model} rests on {data}; {latest} came", **labels), State("warn", _("Newer data"))


def _newest_of_models(rows: Rows) -> list[tuple[ModelVersion, Run]]:
    """Return the newest version of each model with its run, where that is here."""
    runs_by_id = {each.id: each for each in rows.find(Run, "id IN (SELECT run FROM model_version)")}
    found: dict[str, tuple[ModelVersion, Run]] = {}
    for each in rows.find(ModelVersion, order="recorded_at DESC, id"):
        if each.model not in found and each.run in runs_by_id:
            found[each.model] = (each, runs_by_id[each.run])
    return list(found.values())


def shape_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of columns that are new, gone or of another type since the version before, and who is hit."""
    title, newest_first = _("Changes of shape"), rows.find(DatasetVersion, order="recorded_at DESC, id")
    act = CardAct(_("Open versions"), "datasets", "dataset-version")
    if not newest_first:
        return nothing_yet(title, _("No data yet."), act)
    hit = _models_by_dataset(rows)
    said: list[tuple[str, State | None]] = []
    for dataset in dict.fromkeys(each.dataset for each in newest_first):
        versions = versions_of(rows, dataset)
        words = shape_words(versions[1].columns, versions[0].columns) if len(versions) > 1 else ""
        if words:
            who = ", ".join(hit.get(dataset, ())) or _("no model")
            said.append((_("{label}: {words}; read by {who}", label=versions[0].label, words=words, who=who), None))
            act = CardAct(_("Tell consumers"), noun=DatasetVersion.noun, id=versions[0].id, talks=True)
    if not said:
        calm = first_rows([(_("No column is new, gone or of another type."), None)])
        return Card(title, State("ok", _("Same shape")), calm, act, as_of=newest_first[0].recorded_at)
    state = State("warn", plural("{n} changed", "{n} changed", len(said)))
    return Card(title, state, first_rows(said), act, str(len(said)), newest_first[0].recorded_at)


def shape_words(before: tuple[ColumnType, ...], after: tuple[ColumnType, ...]) -> str:
    """Return in words how columns changed from one version to the next; empty where they did not."""
    old, new = ({each.name: each.type for each in columns} for columns in (before, after))
    retyped = [name for name, kind in new.items() if name in old and old[name] != kind]
    parts = []
    if came := [name for name in new if name not in old]:
        parts.append(_("new {names}", names=", ".join(came)))
    if gone := [name for name in old if name not in new]:
        parts.append(_("gone {names}", names=", ".join(gone)))
    if retyped:
        parts.append(_("other type {names}", names=", ".join(retyped)))
    return ", ".join(parts)


def _models_by_dataset(rows: Rows) -> dict[str, list[str]]:
    versions = {each.id: each.dataset for each in rows.find(DatasetVersion)}
    found: dict[str, list[str]] = {}
    for version, run in _newest_of_models(rows):
        found.setdefault(versions.get(run.version, ""), []).append(version.label)
    return found


def sense_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what a domain expert may find odd: leaks and inputs that stand in for something protected."""
    title, found = _("Does it make sense?"), _newest(rows)
    if not found:
        return nothing_yet(title, _("No model yet whose reasons could be read."), _TRAIN)
    last = found[0]
    odd = [
        *((each.sentence, State("warn", _("Odd"))) for each in last.leaks if each.gives_away),
        *((each, State("warn", _("Odd"))) for each in last.proxies),
    ]
    fed = _("{label} is fed {inputs}", label=last.label, inputs=", ".join(each.name for each in last.inputs[:8]))
    state = State("warn", plural("{n} odd", "{n} odd", len(odd))) if odd else State("info", _("Your view is asked"))
    act = CardAct(_("Give your view"), noun=Run.noun, id=last.id, talks=True)
    return Card(title, state, first_rows([*odd, (fed, None)]), act, as_of=last.recorded_at)


def unsure_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what happens where a model is unsure, as its card says."""
    title, found = _("Unsure cases"), rows.find(Model, "NOT archived", order="name")
    if not found:
        return nothing_yet(title, _("No model yet."), CardAct(_("Open models"), "experiments", "model-version"))
    said = [
        (f"{each.name}: {each.unsure_rule}", None)
        if each.unsure_rule
        else (_("{name}: nobody said what happens", name=each.name), State("unknown", _("Not known")))
        for each in found
    ]
    silent = [each for each in found if not each.unsure_rule]
    state = State("unknown", _("Not known")) if silent else State("info", _("Described"))
    return Card(title, state, first_rows(said), CardAct(_("Open card"), noun=Model.noun, id=(silent or found)[0].id))


def fairness_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the lowest ratio and the largest error gap of each audited attribute of the newest run."""
    title = _("Fairness")
    found = rows.find(Run, "fairness <> '[]'", order=NEWEST, most=1)
    if not found:
        return nothing_yet(title, _("No audit yet."), _TRAIN)
    audits = found[0].fairness
    said = [(_fair_words(each), State("warn", _("Look closer")) if each.look_closer else None) for each in audits]
    closer = sum(each.look_closer for each in audits)
    state = (
        State("warn", plural("{n} to look at closer", "{n} to look at closer", closer))
        if closer
        else State("ok", _("No question"))
    )
    act = CardAct(_("Open audit"), noun=Run.noun, id=found[0].id)
    return Card(title, state, first_rows(said), act, as_of=found[0].recorded_at)


def _fair_words(audit: FairnessFigure) -> str:
    parts = [f"{audit.attribute}: {ratio_words(audit)}"]
    if audit.tpr_gap.value is not None:
        parts.append(_("gap {v}", v=f"{audit.tpr_gap.value:.2f}"))
    few = sum(each.is_too_few for each in audit.groups)
    if few:
        parts.append(plural("{n} group too few", "{n} groups too few", few))
    return " · ".join(parts)

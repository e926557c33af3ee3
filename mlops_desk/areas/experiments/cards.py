"""What the home shows of experiments: how training stands, the newest runs and models, weak slices, fairness."""

from __future__ import annotations

from mlops_desk.areas.experiments.queries import ratio_words, run_state, runs, slice_words, versions
from mlops_desk.areas.experiments.run import Run, metric_words
from mlops_desk.kernel.area import Card
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

MAX_LINES = 5


def stage(rows: Rows) -> State:
    """Return how training stands."""
    found = rows.find(Run, order="recorded_at DESC, id")
    if not found:
        return State("unknown", _("No runs yet"))
    state = run_state(found[0])
    return State(state.level, f"{found[0].label}: {state.word.lower()}")


def _measured(metric: str, value: float | None) -> str:
    return f"{metric_words(metric)} {'–' if value is None else f'{value:.3f}'}"


def runs_card(rows: Rows) -> Card:
    """Return the card of the newest runs against their baseline."""
    found = runs(rows)[:MAX_LINES]
    lines = tuple(f"{each.label}: {_measured(each.metric, each.value)} · {each.state.word}" for each in found)
    return Card(_("Runs"), lines or (_("No runs yet."),), stage(rows), "experiments", _("Compare"), str(len(found)))


def models_card(rows: Rows) -> Card:
    """Return the card of the newest model versions."""
    found = versions(rows)[:MAX_LINES]
    lines = tuple(f"{each.label}: {_measured(each.metric, each.value)}" for each in found)
    state = found[0].state if found else State("unknown", _("Not known"))
    return Card(_("Models"), lines or (_("No model version yet."),), state, "experiments", _("Open"), str(len(found)))


def slices_card(rows: Rows) -> Card:
    """Return the card of the three worst slices of the newest run."""
    found = rows.find(Run, order="recorded_at DESC, id")
    slices = found[0].slices[:3] if found else ()
    lines = tuple(slice_words(each.column, each.group, each.value, each.n) for each in slices)
    state = State("info", found[0].label) if found else State("unknown", _("Not known"))
    return Card(_("Weak slices"), lines or (_("No run has slices yet."),), state, "experiments", _("Open slice"))


def fairness_card(rows: Rows) -> Card:
    """Return the card of the lowest ratio for each audited attribute of the newest run."""
    found = [each for each in rows.find(Run, order="recorded_at DESC, id") if each.fairness]
    if not found:
        return Card(_("Fairness"), (_("No audit yet."),), State("unknown", _("Not known")), "experiments", _("Audit"))
    audits = found[0].fairness
    lines = tuple(f"{each.attribute}: {ratio_words(each)}" for each in audits[:MAX_LINES])
    closer = sum(each.look_closer for each in audits)
    state = (
        State("warn", plural("{n} to look at closer", "{n} to look at closer", closer))
        if closer
        else State("ok", _("No question"))
    )
    return Card(_("Fairness"), lines, state, "experiments", _("Open audit"))

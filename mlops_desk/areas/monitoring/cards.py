"""What the homes show of monitoring: alerts, the live model against its test, drift in plain words, the service."""

from __future__ import annotations

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.monitoring.monitor import Monitor
from mlops_desk.areas.monitoring.queries import MonitorRow, alerts, monitors
from mlops_desk.kernel import clock
from mlops_desk.kernel.card import Card, CardAct, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

MODEL_AGE_DAYS = 90
_ADD = CardAct(_("Add a monitor"), act="monitor.add")


def alerts_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of open alerts."""
    title, found = _("Alerts"), [each for each in alerts(rows) if each.state.level == "bad"]
    if not monitors(rows):
        return nothing_yet(title, _("No monitor watches yet, so no alert can come."), _ADD)
    if not found:
        calm = first_rows([(_("No alert is open."), None)])
        return Card(title, State("info", _("None open")), calm, CardAct(_("Open"), "monitoring", "alert"))
    act = CardAct(_("Handle"), act="alert.decide", values={"alert": found[0].id})
    state = State("bad", plural("{n} open", "{n} open", len(found)))
    said = ((each.sentence, each.state) for each in found)
    return Card(title, state, first_rows(said), act, str(len(found)), newest(each.raised for each in found))


def live_offline_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of how live models do against their own test."""
    return _watched(rows, _("Live against offline"), ("quality",), _("No monitor holds a live model against its test."))


def service_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the service targets."""
    return _watched(rows, _("Service targets"), ("service",), _("No monitor watches the service."))


def skew_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of how far inputs moved from training, and how old the live models are."""
    title, drift = _("Skew and age"), ("input-drift",)
    aged = _ages(rows)
    card = _watched(rows, title, drift, _("No monitor compares live inputs with those of training."))
    if not aged:
        return card
    worst = State("warn", _("Old")) if any(state for _words, state in aged) else card.state
    state = card.state if card.state.level in ("bad", "warn") else worst
    told = [(each.text, each.state) for each in card.rows]
    return Card(title, state, first_rows([*aged, *told]), card.act, as_of=card.as_of)


def _ages(rows: Rows) -> list[tuple[str, State | None]]:
    versions = {each.id: each for each in rows.find(ModelVersion)}
    found: list[tuple[str, State | None]] = []
    for place in rows.find(Environment):
        release = live_release(rows, place.id)
        version = versions.get(release.model_version) if release else None
        if version is not None and version.recorded_at is not None:
            days = (clock.now() - version.recorded_at).days
            words = plural("{name}: {n} day old", "{name}: {n} days old", days, name=version.label)
            found.append((words, State("warn", _("Old")) if days > MODEL_AGE_DAYS else None))
    return found


def world_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of drift as sentences."""
    nothing = _("Nobody watches yet whether the world moves away from the data.")
    return _watched(rows, _("What changed in the world"), ("input-drift", "output-drift"), nothing)


def _watched(rows: Rows, title: str, kinds: tuple[str, ...], nothing: str) -> Card:
    """Return the card of some kinds of monitors, the worst first; silent ones are not known."""
    found = [each for each in monitors(rows) if each.kind in kinds]
    if not found:
        return nothing_yet(title, nothing, _ADD)
    worst = found[0]
    act = (
        CardAct(_("Check now"), act="monitor.check")
        if not worst.state.known
        else CardAct(_("Investigate"), noun=Monitor.noun, id=worst.id)
    )
    said = ((_words(each), each.state) for each in found)
    return Card(title, worst.state, first_rows(said), act, as_of=newest(each.read for each in found))


def _words(row: MonitorRow) -> str:
    return row.sentence if row.sentence and row.state.known else f"{row.name}: {row.state.reason or row.state.word}"

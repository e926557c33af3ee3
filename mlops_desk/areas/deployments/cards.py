"""What the homes show of deployments: what is live and with which right, what comes next, how delivery goes."""

from __future__ import annotations

from datetime import timedelta
from statistics import median_low

from mlops_desk.areas.deployments.delivery import WINDOW_DAYS, delivered_since, lead_time
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.queries import live, releases
from mlops_desk.areas.deployments.release import Release, live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import ModelInput, Run
from mlops_desk.kernel import clock
from mlops_desk.kernel.card import Card, CardAct, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _, plural

_PLAN = CardAct(_("Plan a release"), act="release.plan")


def live_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what is live, with its way back."""
    title, found = _("Live now"), live(rows)
    running = [each for each in found if each.release]
    if not running:
        return nothing_yet(title, _("Nothing is live."), _PLAN)
    said = [
        (_("{name}: {model}, back to {back}", name=each.environment, model=each.model, back=each.way_back), each.state)
        if each.release
        else (f"{each.environment}: {each.state.word}", each.state)
        for each in found
    ]
    worst = max(running, key=lambda each: badness(each.state))
    act = CardAct(_("Roll back"), act="release.roll-back", values={"environment": worst.id})
    return Card(title, worst.state, first_rows(said), act, as_of=newest(each.since for each in running))


def next_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the releases that are planned, and what is still missing."""
    title = _("Next release")
    found = [each for each in releases(rows) if each.state.level == "warn"]
    if not found:
        return nothing_yet(title, _("No release is planned."), _PLAN, State("info", _("None planned")))
    said = [(f"{each.label}: {each.model} · {each.gates}", each.state) for each in found]
    state = State("warn", plural("{n} planned", "{n} planned", len(found)))
    act = CardAct(_("Release"), act="release.go-live", values={"release": found[0].id})
    return Card(title, state, first_rows(said), act, as_of=newest(each.planned for each in found))


def coming_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what planned releases change for people."""
    title = _("Coming to the screen")
    found = [each for each in releases(rows) if each.state.level == "warn"]
    if not found:
        return nothing_yet(
            title,
            _("No release is planned."),
            CardAct(_("Open releases"), "deployments", "release"),
            State("info", _("None planned")),
        )
    said = [
        (f"{each.label}: {each.note}", None)
        if each.note
        else (_("{label}: nobody wrote what changes for people", label=each.label), State("unknown", _("Not known")))
        for each in found
    ]
    state = State("warn", plural("{n} planned", "{n} planned", len(found)))
    act = CardAct(_("Review"), noun=Release.noun, id=found[0].id)
    return Card(title, state, first_rows(said), act, as_of=newest(each.planned for each in found))


def unapproved_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what is live without a gate it needs: it must be empty."""
    title, found = _("Running without valid gate"), [each for each in live(rows) if each.release]
    if not found:
        return nothing_yet(
            title,
            _("Nothing is live."),
            CardAct(_("Open deployments"), "deployments"),
            State("info", _("Nothing live")),
        )
    bare = [each for each in found if each.state.level != "ok"]
    since = newest(each.since for each in found)
    if not bare:
        fine = first_rows([(_("All that is live has its gates closed."), None)])
        return Card(title, State("ok", _("None")), fine, CardAct(_("Open deployments"), "deployments"), as_of=since)
    said = [(f"{each.model}, {each.environment}: {each.state.reason}", State("bad", _("Open gates"))) for each in bare]
    state = State("bad", plural("{n} running", "{n} running", len(bare)))
    act = CardAct(_("Say it aloud"), noun=Environment.noun, id=bare[0].id, talks=True)
    return Card(title, state, first_rows(said), act, str(len(bare)), since)


def delivery_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the four delivery keys over 90 days, as far as deployments tell them.

    Source of the keys: DORA, *software delivery performance metrics*. A deployment failed if what followed it in its
    environment was a roll-back or a stop; recovery is the time from a go-live to that.
    """
    title = _("Delivery keys")
    act = CardAct(_("Open"), "deployments", "release")
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    recent = delivered_since(rows, rows.find(Environment), since)
    if not recent:
        return nothing_yet(title, _("Nothing went live in {n} days.", n=WINDOW_DAYS), act)
    ended = [
        each.ended.recorded_at - each.live.recorded_at
        for each in recent
        if each.was_taken_back and each.ended and each.ended.recorded_at and each.live.recorded_at
    ]
    lead = [found[0] for each in recent if (found := lead_time(rows, each.live)) is not None]
    said = [
        (plural("Frequency: {n} release in 90 days", "Frequency: {n} releases in 90 days", len(recent)), None),
        (_("Lead time: {time} from change to live", time=lasting_words(median_low(lead))), None)
        if lead
        else (_("Lead time: not known"), State("unknown", _("Not known"))),
        (_("Fail rate: {n} of {all}", n=len(ended), all=len(recent)), None),
        (_("Recovery: {time}", time=lasting_words(median_low(ended))), None)
        if ended
        else (_("Recovery: nothing had to be taken back"), None),
    ]
    state = State("warn", plural("{n} taken back", "{n} taken back", len(ended))) if ended else State("ok", _("Steady"))
    return Card(title, state, first_rows(said), act, as_of=newest(each.live.recorded_at for each in recent))


def lasting_words(time: timedelta) -> str:
    """Return a time that passed as people say it: in days, hours or minutes."""
    minutes = time.total_seconds() / 60
    if minutes < 1:
        return _("under a minute")
    if minutes < 120:
        return plural("{n} minute", "{n} minutes", round(minutes))
    if minutes < 48 * 60:
        return plural("{n} hour", "{n} hours", round(minutes / 60))
    return plural("{n} day", "{n} days", round(minutes / 1440))


def contract_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of how what the next model is fed and answers differs from the one that is live."""
    title = _("Contract")
    now = next((each for place in rows.find(Environment) if (each := live_release(rows, place.id))), None)
    newest_version = rows.find(ModelVersion, order="recorded_at DESC, id")
    live_run = _run_of(rows, now.model_version) if now else None
    if now is None or live_run is None:
        return nothing_yet(title, _("Nothing is live to compare with."), _PLAN)
    version = newest_version[0]
    if version.id == now.model_version:
        fine = first_rows([(_("{model} is live and the newest", model=version.label), None)])
        return Card(title, State("ok", _("Same")), fine, CardAct(_("Open"), noun=ModelVersion.noun, id=version.id))
    run = _run_of(rows, version.id)
    if run is None:
        act = CardAct(_("Open"), noun=ModelVersion.noun, id=version.id)
        return nothing_yet(title, _("The run of {model} is not here.", model=version.label), act)
    said = [(words, State("warn", _("Differs"))) for words in contract_words(live_run, run)]
    act = CardAct(_("Agree or object"), noun=ModelVersion.noun, id=version.id, talks=True)
    if not said:
        fine = first_rows([(_("{model} takes and answers what the live one does", model=version.label), None)])
        return Card(title, State("ok", _("Same")), fine, act, as_of=version.recorded_at)
    state = State("warn", plural("{n} difference", "{n} differences", len(said)))
    return Card(title, state, first_rows(said), act, str(len(said)), version.recorded_at)


def _run_of(rows: Rows, model_version: str) -> Run | None:
    version = rows.find(ModelVersion, "id = ?", model_version)
    found = rows.find(Run, "id = ?", version[0].run) if version else []
    return found[0] if found else None


def contract_words(before: Run, after: Run) -> list[str]:
    """Return in words what a caller has to change when one run's model follows another's."""
    found = []
    if came := _apart(after.inputs, before.inputs):
        found.append(_("asks also for {names}", names=came))
    if gone := _apart(before.inputs, after.inputs):
        found.append(_("no longer asks for {names}", names=gone))
    kinds = {each.name: each.kind for each in before.inputs}
    if turned := [each.name for each in after.inputs if kinds.get(each.name, each.kind) != each.kind]:
        found.append(_("of another kind: {names}", names=", ".join(turned)))
    if before.task != after.task or sorted(before.answers) != sorted(after.answers):
        found.append(_("answers otherwise"))
    return found


def _apart(some: tuple[ModelInput, ...], others: tuple[ModelInput, ...]) -> str:
    known = {each.name for each in others}
    return ", ".join(each.name for each in some if each.name not in known)

"""Questions about releases: what is live where, on which model and data, and what it would go back to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.deployments.environment import Environment, policy_of
from mlops_desk.areas.deployments.release import (
    Deployment,
    Release,
    blocks,
    deployments_of,
    gates_of,
    live_deployment,
    live_release,
    open_gates,
    release_before,
)
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Link, Mark, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Level, State, badness
from mlops_desk.kernel.words import _


class LiveRow(msgspec.Struct, frozen=True):
    """An environment with what is live in it."""

    id: str
    environment: str
    state: State
    release: str
    model: str
    data: str
    way_back: str
    policy: str
    since: datetime | None
    who: str


class ReleaseRow(msgspec.Struct, frozen=True):
    """A release for tables."""

    id: str
    label: str
    state: State
    environment: str
    model: str
    gates: str
    note: str
    who: str
    planned: datetime | None


def live(rows: Rows) -> list[LiveRow]:
    """Return the environments with what is live in them; one put away only while something still is."""
    who = names(rows)
    return [
        _live_row(rows, each, who)
        for each in rows.find(Environment)
        if not each.archived or live_release(rows, each.id)
    ]


def _live_row(rows: Rows, environment: Environment, who: dict[str, str]) -> LiveRow:
    deployment = live_deployment(deployments_of(rows, environment.id))
    release = live_release(rows, environment.id)
    policy = policy_of(rows, environment)
    if deployment is None or release is None:
        word = _("Stopped") if deployment else _("Nothing live")
        if deployment and deployment.release:
            word = _("Not known: the release is not here yet")
        return LiveRow(
            environment.id,
            environment.name,
            State("unknown", word),
            "",
            "",
            "",
            "",
            policy,
            deployment.recorded_at if deployment else None,
            who.get(deployment.recorded_by, "") if deployment else "",
        )
    version = rows.find(ModelVersion, "id = ?", release.model_version)
    run = rows.find(Run, "id = ?", version[0].run) if version else []
    data = rows.find(DatasetVersion, "id = ?", run[0].version) if run else []
    back = rows.find(Release, "id = ?", release_before(deployments_of(rows, environment.id)))
    warnings = open_gates(rows, release)
    level: Level = "bad" if blocks(rows, release) else "warn"
    state = State(level, _("Live with open gates"), "; ".join(warnings)) if warnings else State("ok", _("Live"))
    return LiveRow(
        environment.id,
        environment.name,
        state,
        release.label,
        version[0].label if version else "",
        data[0].label if data else "",
        back[0].label if back else _("stop"),
        policy,
        deployment.recorded_at,
        who.get(deployment.recorded_by, ""),
    )


def releases(rows: Rows) -> list[ReleaseRow]:
    """Return the releases, newest first."""
    who = names(rows)
    environments = {each.id: each for each in rows.find(Environment)}
    versions = {each.id: each.label for each in rows.find(ModelVersion)}
    current = {each: release.id for each in environments if (release := live_release(rows, each))}
    were_live = {each.release for each in rows.find(Deployment)}
    found = []
    for each in rows.find(Release, order="recorded_at DESC, id"):
        if current.get(each.environment) == each.id:
            state = State("ok", _("Live"))
        elif each.id in were_live:
            state = State("info", _("Was live"))
        else:
            state = State("warn", _("Planned"))
        found.append(
            ReleaseRow(
                each.id,
                each.label,
                state,
                environments[each.environment].name if each.environment in environments else "",
                versions.get(each.model_version, ""),
                "; ".join(open_gates(rows, each)) or _("closed"),
                each.note,
                who.get(each.recorded_by, ""),
                each.recorded_at,
            )
        )
    return found


def release_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a release shows."""
    release = rows.get(Release, id_)
    version = rows.get(ModelVersion, release.model_version)
    back = rows.find(Release, "id = ?", release.way_back) if release.way_back else []
    return (
        Detail(_("Environment"), rows.get(Environment, release.environment).name),
        Detail(_("Model"), version.label),
        Detail(_("Way back"), back[0].label if back else _("stop")),
        Detail(_("Stop limits"), release.stop_limits),
        Detail(_("Gates"), "; ".join(open_gates(rows, release)) or _("closed")),
        Detail(_("Note"), release.note),
    )


def stage(rows: Rows) -> State:
    """Return how deployment stands."""
    found = [each for each in live(rows) if each.release]
    if not found:
        return State("unknown", _("Nothing is live"))
    warned = sorted((each for each in found if each.state.level != "ok"), key=lambda each: -badness(each.state))
    if warned:
        text = _("{model} is live in {name} with open gates", model=warned[0].model, name=warned[0].environment)
        return State(warned[0].state.level, text, warned[0].state.reason)
    text = _("{model} is live in {name}", model=found[0].model, name=found[0].environment)
    return State("ok", text)


def gated(rows: Rows) -> list[tuple[str, str, str]]:
    """Return the gates that what is live needs."""
    found = [live_release(rows, each.id) for each in rows.find(Environment)]
    return [each for release in found if release is not None for each in gates_of(release)]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, environments changed."""
    labels = {each.id: each.label for each in rows.find(Release)}
    words = {"go-live": _("{label} went live"), "roll-back": _("rolled back to {label}"), "stop": _("stopped")}
    return [
        Mark(each.recorded_at, words[each.action].format(label=labels.get(each.release, "")), "deployment", each.id)
        for each in rows.find(Deployment, *span.within)
        if each.recorded_at
    ]


def links(rows: Rows) -> list[Link]:
    """Return the links of deployments: a model version to its releases, a release to what was done with it."""
    every = {each.id: each for each in rows.find(Deployment)}
    found = [Link((ModelVersion.noun, each.model_version), (Release.noun, each.id)) for each in rows.find(Release)]
    for each in every.values():
        followed = [every[id_].release for id_ in each.after if id_ in every]
        told = [release for release in (each.release, *followed) if release]
        found += [Link((Release.noun, release), (Deployment.noun, each.id)) for release in told]
    return found

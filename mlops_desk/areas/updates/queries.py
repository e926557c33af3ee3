"""Questions about updates: challengers against champions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.queries import interval, run_details
from mlops_desk.areas.experiments.run import Run, Value
from mlops_desk.areas.updates.retrain import Proposal
from mlops_desk.kernel.area import Mark, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

_STATES = {
    "better": State("ok", _("Challenger is better")),
    "worse": State("bad", _("Challenger is worse")),
    "noise": State("warn", _("Noise")),
    "not known": State("unknown", _("Not known")),
}


class ProposalRow(msgspec.Struct, frozen=True):
    """A retraining with its comparison and how far it came."""

    id: str
    champion: str
    challenger: str
    state: State
    metric: str
    difference: float | None
    interval: str
    rows: int
    data: str
    step: str
    made: datetime | None


def proposals(rows: Rows) -> list[ProposalRow]:
    """Return the retrainings, newest first."""
    versions = {each.id: each for each in rows.find(ModelVersion)}
    runs = {each.id: each.label for each in rows.find(Run, "id IN (SELECT challenger FROM proposal)")}
    data = {each.id: each.label for each in rows.find(DatasetVersion)}
    made_of = {each.run: each for each in versions.values()}
    live = {
        release.model_version for each in rows.find(Environment) if (release := live_release(rows, each.id)) is not None
    }
    found = []
    for each in rows.find(Proposal, order="recorded_at DESC, id"):
        version = made_of.get(each.challenger)
        if version is None:
            step = _("to register")
        elif version.id in live:
            step = _("{label} is live", label=version.label)
        else:
            step = _("{label} is registered", label=version.label)
        found.append(
            ProposalRow(
                each.id,
                versions[each.champion].label if each.champion in versions else "",
                runs.get(each.challenger, ""),
                _STATES.get(each.verdict, _STATES["not known"]),
                each.metric,
                each.difference,
                interval(Value(name=each.metric, value=each.difference, low=each.low, high=each.high)),
                each.rows,
                data.get(each.version, ""),
                step,
                each.recorded_at,
            )
        )
    return found


def proposal_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a retraining shows."""
    proposal = rows.get(Proposal, id_)
    return (
        Detail(_("Comparison"), proposal.sentence),
        Detail(_("Rows compared"), proposal.rows, "whole"),
        *run_details(rows, proposal.challenger),
    )


def stage(rows: Rows) -> State:
    """Return how updates stand."""
    found = proposals(rows)
    if not found:
        return State("info", _("No update proposed"))
    state = found[0].state
    return State(state.level, f"{found[0].challenger}: {state.word.lower()}")


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, challengers were made."""
    return [
        Mark(each.recorded_at, each.sentence, "proposal", each.id)
        for each in rows.find(Proposal, *span.within)
        if each.recorded_at
    ]

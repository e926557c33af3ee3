"""The areas of the desk in the order of the life of a model, and what they declare together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlops_desk.areas import datasets, deployments, experiments, goals, governance, monitoring, reports, team, updates
from mlops_desk.kernel.rows import Registry, Rows
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

AREAS = (
    team.AREA,
    goals.AREA,
    datasets.AREA,
    experiments.AREA,
    governance.AREA,
    deployments.AREA,
    monitoring.AREA,
    updates.AREA,
    reports.AREA,
)

RULES = Rules.of(
    (noun for area in AREAS for noun in area.nouns),
    (act for area in AREAS for act in area.acts),
)
REGISTRY = Registry(
    checks={name: check for area in AREAS for name, check in area.checks.items()},
    subjects={noun: subject for area in AREAS for noun, subject in area.subjects.items()},
    sources={name: source for area in AREAS for name, source in area.sources.items()},
)
LISTINGS = tuple(listing for area in AREAS for listing in area.listings)
DETAILS = {noun: detail for area in AREAS for noun, detail in area.details.items()}
CARDS = {name: card for area in AREAS for name, card in area.cards.items()}
CHARTS = {noun: chart for area in AREAS for noun, chart in area.charts.items()}


@dataclass(frozen=True)
class Stage:
    """A stage of the cycle: its name, its title, and how it stands."""

    name: str
    title: str
    state: Callable[[Rows], State]


def _nothing_yet(rows: Rows) -> State:  # noqa: ARG001 - a stage is asked with rows
    return State("unknown", _("Not known"))


def _stage(name: str, title: str, area: str) -> Stage:
    state = next((each.stage for each in AREAS if each.name == area and each.stage), _nothing_yet)
    return Stage(name, title, state)


STAGES = (
    _stage("collect", _("Collect"), "datasets"),
    _stage("train", _("Train"), "experiments"),
    _stage("deploy", _("Deploy"), "deployments"),
    _stage("monitor", _("Monitor"), "monitoring"),
    _stage("improve", _("Improve"), "updates"),
)

"""The areas of the desk in the order of the life of a model, and what they declare together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from mlops_desk.areas import datasets, deployments, experiments, goals, governance, monitoring, reports, team, updates
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.record import Record, own_fields
from mlops_desk.kernel.rows import Registry, Rows
from mlops_desk.kernel.rules import Rules
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


def _told(noun: str, rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the areas tell of a record, in their order: the one that has it first, then those to its right."""
    return [line for area in AREAS if noun in area.details for line in area.details[noun](rows, id_)]


RULES = Rules.of(
    (noun for area in AREAS for noun in area.nouns),
    (act for area in AREAS for act in area.acts),
)
REGISTRY = Registry(
    checks={name: check for area in AREAS for name, check in area.checks.items()},
    subjects={noun: subject for area in AREAS for noun, subject in area.subjects.items()},
    sources={name: source for area in AREAS for name, source in area.sources.items()},
    gated=tuple(gated for area in AREAS for gated in area.gated),
    needs=tuple(make for area in AREAS for make in area.needs),
    marks=tuple(make for area in AREAS for make in area.marks),
    links=tuple(make for area in AREAS for make in area.links),
    raci={noun.noun: area.raci for area in AREAS for noun in area.nouns},
    owned=tuple(
        noun
        for noun in RULES.nouns.values()
        if issubclass(noun, Record) and any(each.name == "owner" for each in own_fields(noun))
    ),
)
LISTINGS = tuple(listing for area in AREAS for listing in area.listings)
DETAILS = {noun: partial(_told, noun) for area in AREAS for noun in area.details}
CARDS = {name: card for area in AREAS for name, card in area.cards.items()}
OBJECTS = tuple(named for area in AREAS for named in area.objects)
CHARTS = {noun: chart for area in AREAS for noun, chart in area.charts.items()}


class Stage(NamedTuple):
    """A stage of the cycle: its name, its title, and the area whose state it shows."""

    name: str
    title: str
    area: str


STAGES = (
    Stage("collect", _("Collect"), "datasets"),
    Stage("train", _("Train"), "experiments"),
    Stage("deploy", _("Deploy"), "deployments"),
    Stage("monitor", _("Monitor"), "monitoring"),
    Stage("improve", _("Improve"), "updates"),
)

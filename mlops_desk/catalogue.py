"""The areas of the desk in the order of the life of a model, and what they declare together."""

from __future__ import annotations

from mlops_desk.areas import goals, team
from mlops_desk.kernel.rules import Rules

AREAS = (team.AREA, goals.AREA)

RULES = Rules.of(
    (noun for area in AREAS for noun in area.nouns),
    (act for area in AREAS for act in area.acts),
)
SOURCES = {name: source for area in AREAS for name, source in area.sources.items()}
CHECKS = {name: check for area in AREAS for name, check in area.checks.items()}
LISTINGS = tuple(listing for area in AREAS for listing in area.listings)
DETAILS = {noun: detail for area in AREAS for noun, detail in area.details.items()}
CARDS = {name: card for area in AREAS for name, card in area.cards.items()}
CHARTS = {noun: chart for area in AREAS for noun, chart in area.charts.items()}

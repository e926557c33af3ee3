"""The places of the rail, in their order: what each is called, what it shows, what it says while nothing is there.

The catalogue is imported in the functions that need it: the window is shown before all areas are loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.kernel.area import Area


@dataclass(frozen=True)
class Place:
    """One page of the rail; ``areas`` are the areas of the catalogue that it shows."""

    name: str
    title: str
    icon: str
    group: str
    areas: tuple[str, ...] = ()
    empty: str = ""
    hint: str = ""


_ALL = (
    Place("home", _("Home"), "house", _("Me")),
    Place("inbox", _("Inbox"), "inbox", _("Me")),
    Place(
        "goals",
        _("Goals"),
        "target",
        _("Work"),
        ("goals",),
        _("No goal yet. A model without a goal cannot fail - or succeed."),
    ),
    Place(
        "data",
        _("Data"),
        "database",
        _("Work"),
        ("datasets",),
        _("No data yet."),
        _("A dataset has versions, an owner, and a class for every column."),
    ),
    Place(
        "experiments",
        _("Experiments"),
        "flask-conical",
        _("Work"),
        ("experiments",),
        _("No runs yet."),
        _("Runs come from the desk's own recipes, from your code, or from an import."),
    ),
    Place(
        "pipelines",
        _("Pipelines"),
        "workflow",
        _("Work"),
        ("pipelines",),
        _("No pipeline runs seen."),
        _("This version of the desk does not read the results of CI yet, so it says nothing about them."),
    ),
    Place(
        "deployments",
        _("Deployments"),
        "rocket",
        _("Work"),
        ("deployments",),
        _("Nothing is live."),
        _("A release needs a model version and the gates that its risk asks for."),
    ),
    Place(
        "monitoring",
        _("Monitoring"),
        "activity",
        _("Work"),
        ("monitoring",),
        _("No monitors. A live model without monitors is state not known."),
    ),
    Place(
        "updates",
        _("Updates"),
        "refresh-cw",
        _("Work"),
        ("updates",),
        _("No update is proposed."),
        _("A proposal names its cause: drift, new data, or a better idea."),
    ),
    Place(
        "governance",
        _("Governance"),
        "shield-check",
        _("Trust"),
        ("governance",),
        _("No gate asked for."),
        _("Five gates stand between the stages; each is closed by signatures of the roles that answer for it."),
    ),
    Place("reports", _("Reports"), "file-text", _("Trust"), ("reports",), _("No report yet.")),
    Place("team", _("Team"), "users", "", ("team",)),
    Place("settings", _("Settings"), "settings", ""),
    Place("help", _("Help"), "circle-question-mark", ""),
)
STAGE_PLACES = {
    "collect": "data",
    "train": "experiments",
    "deploy": "deployments",
    "monitor": "monitoring",
    "improve": "updates",
}


def areas_of(place: Place) -> list[Area]:
    """Return the areas of a place that the catalogue has."""
    from mlops_desk import catalogue

    return [area for name in place.areas for area in catalogue.AREAS if area.name == name]


def places() -> list[Place]:
    """Return the places of the rail in their order, which never changes."""
    return list(_ALL)


def place_of_area(name: str) -> str:
    """Return the place that shows an area; a place's own name is one too."""
    return next((place.name for place in _ALL if name in place.areas or name == place.name), "home")


def place_of_noun(noun: str) -> str:
    """Return the place that lists a noun."""
    from mlops_desk import catalogue

    for area in catalogue.AREAS:
        if any(each.noun == noun for each in area.listings) or any(each.noun == noun for each in area.nouns):
            return place_of_area(area.name)
    return "home"

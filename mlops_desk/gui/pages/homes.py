"""The eight homes as data: which cards stand on each, in which order, and what a card says before its area does."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from mlops_desk import catalogue
from mlops_desk.areas.team.queries import open_requests, unfilled_roles
from mlops_desk.gui.places import areas_of, places
from mlops_desk.kernel.area import Card, Need
from mlops_desk.kernel.roles import WORKING
from mlops_desk.kernel.rows import Rows, lasting
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace.activity import News, news
from mlops_desk.workspace.inbox import unseen, waits_for
from mlops_desk.workspace.status import Standing, standing

NEWS_SHOWN = 5
CARDS_SHOWN = 6
_BEGUN_BY = ("use-case", "kpi", "objective", "dataset")

# In the order of ux.md 3.2; the first six that have something to say are shown.
HOMES: dict[str, tuple[str, ...]] = {
    "ai-architect": ("goals", "gates", "exceptions", "live", "proposals", "team"),
    "data-scientist": ("runs", "models", "datasets", "gates", "outcome", "live"),
    "ml-engineer": ("live", "alerts", "releases", "monitors", "models", "proposals"),
    "data-engineer": ("datasets", "unclassed", "alerts", "monitors", "gates", "trail"),
    "software-engineer": ("live", "releases", "alerts", "monitors", "proposals", "models"),
    "product-designer": ("outcome", "releases", "proposals", "alerts", "gates", "reports"),
    "domain-expert": ("outcome", "gates", "alerts", "proposals", "goals", "reports"),
    "ai-ethics": ("gates", "exceptions", "unclassed", "alerts", "live", "trail"),
}
_DEFAULT = ("goals", "outcome", "datasets", "live", "team", "trail")


class _Waiting(NamedTuple):
    """What a card says while there is nothing of its kind: title, sentence, page and button."""

    title: str
    sentence: str
    page: str
    button: str


WAITING: dict[str, _Waiting] = {
    "goals": _Waiting(_("Goals"), _("No goal yet."), "goals", _("Open goals")),
    "outcome": _Waiting(_("Outcome"), _("No KPI yet."), "goals", _("Open goals")),
    "datasets": _Waiting(_("Datasets"), _("No data yet."), "data", _("Open data")),
    "unclassed": _Waiting(
        _("Columns without a class"), _("No data yet, so no column to class."), "data", _("Open data")
    ),
    "runs": _Waiting(_("Runs"), _("No runs yet."), "experiments", _("Open experiments")),
    "models": _Waiting(_("Model versions"), _("No model version yet."), "experiments", _("Open experiments")),
    "gates": _Waiting(_("Gates"), _("No gate asked for."), "governance", _("Open governance")),
    "exceptions": _Waiting(_("Exceptions"), _("No exception was asked for."), "governance", _("Open governance")),
    "live": _Waiting(_("Live now"), _("Nothing is live."), "deployments", _("Open deployments")),
    "releases": _Waiting(_("Next release"), _("No release is planned."), "deployments", _("Open deployments")),
    "monitors": _Waiting(
        _("Monitors"),
        _("No monitors. A live model without monitors is state not known."),
        "monitoring",
        _("Open monitoring"),
    ),
    "alerts": _Waiting(
        _("Alerts"), _("No monitor watches yet, so no alert can come."), "monitoring", _("Open monitoring")
    ),
    "proposals": _Waiting(_("Updates"), _("No update is proposed."), "updates", _("Open updates")),
    "reports": _Waiting(_("Reports"), _("No report yet."), "reports", _("Open reports")),
}


class HomeData(msgspec.Struct, frozen=True):
    """All that a home shows; ``news`` is what is new to the person at this machine."""

    standing: Standing
    cards: tuple[Card, ...]
    mine: tuple[Need, ...]
    is_new: bool
    news: News | None = None


@lasting
def home(rows: Rows, role: str, member: str) -> HomeData:
    """Return what the home of a role shows now."""
    stands: Standing = rows.ask(standing)
    cards = tuple(card(rows, name) for name in HOMES.get(role, _DEFAULT)[:CARDS_SHOWN])
    mine = tuple(need for need in stands.needs if waits_for(need, (role,), member))
    return HomeData(stands, cards, mine, _is_new(rows))


def home_here(rows: Rows, role: str, member: str) -> HomeData:
    """Return the home as this machine shows it: what was looked at here needs nobody, and is not new."""
    found: HomeData = rows.ask(home, role, member)
    return msgspec.structs.replace(found, mine=tuple(unseen(rows, found.mine)), news=news(rows, NEWS_SHOWN))


def card(rows: Rows, name: str) -> Card:
    """Return a card: what its area says; before there is such an area, what is true of an empty place."""
    make = catalogue.CARDS.get(name) or _OWN.get(name)
    if make is not None:
        return make(rows)
    waiting = WAITING[name]
    areas = [area for place in places() if place.name == waiting.page for area in areas_of(place)]
    if areas:  # the area is there but has no such card: its first table says what there is
        return _from_listing(rows, waiting, areas[0].name)
    unknown = State("unknown", _("Not known")) if name in ("live", "monitors") else State("info", _("Nothing yet"))
    return Card(waiting.title, (waiting.sentence,), unknown, waiting.page, waiting.button)


def _from_listing(rows: Rows, waiting: _Waiting, area_name: str) -> Card:
    area = next(each for each in catalogue.AREAS if each.name == area_name)
    state = area.stage(rows) if area.stage else State("info", area.title)
    first = next(iter(area.listings), None)
    found = first.query(rows) if first else []
    sentence = plural("{n} row", "{n} rows", len(found)) if found else waiting.sentence
    return Card(waiting.title, (sentence,), state, waiting.page, waiting.button)


def team_card(rows: Rows) -> Card:
    """Return the card of the team: roles that nobody holds, and who asks to join."""
    missing, asking = unfilled_roles(rows), open_requests(rows)
    lines = [_("{name} asks to join", name=each.name) for each in asking[:2]]
    if missing:
        lines.append(_("Nobody holds: {roles}", roles=", ".join(missing)))
    state = (
        State("warn", _("Waiting"))
        if asking
        else State("info", _("Open roles"))
        if missing
        else State("ok", _("Complete"))
    )
    number = _("{held} of {all} roles", held=len(WORKING) - len(missing), all=len(WORKING))
    return Card(_("Team"), tuple(lines) or (_("Every role is held."),), state, "team", _("Open team"), number)


def trail_card(rows: Rows) -> Card:
    """Return the card of the audit trail: how many entries count, and how many were set aside."""
    good, aside = rows.sql("SELECT count(*) FILTER (verdict = 'ok'), count(*) FILTER (verdict <> 'ok') FROM line")[0]
    noted = rows.sql("SELECT count(*) FROM finding")[0][0]
    lines = (
        plural("{n} entry counts", "{n} entries count", good),
        plural("{n} entry set aside", "{n} entries set aside", aside + noted),
    )
    state = State("warn", _("Set aside")) if aside + noted else State("ok", _("Sound as read"))
    return Card(_("Trail"), lines, state, "governance", _("Open the trail"))


_OWN: dict[str, Callable[[Rows], Card]] = {"team": team_card, "trail": trail_card}


def _is_new(rows: Rows) -> bool:
    """Tell whether nothing was begun yet: only then the guide stands on the home."""
    tables = [noun for noun in _BEGUN_BY if noun in catalogue.RULES.nouns]
    return not any(rows.find(catalogue.RULES.nouns[noun], order="id") for noun in tables)

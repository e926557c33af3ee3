"""The eight homes as data: which cards stand on each, in which order, and the cards that no single area can make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from mlops_desk import catalogue
from mlops_desk.areas.governance.exception import GateException
from mlops_desk.areas.governance.queries import exception_rows
from mlops_desk.areas.team.discussion import Said, comments
from mlops_desk.areas.team.queries import open_requests, unfilled_roles
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.card import Card, CardAct, CardMaker, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.roles import WORKING
from mlops_desk.kernel.rows import Rows, lasting
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace.activity import News, news
from mlops_desk.workspace.inbox import open_here, waits_for
from mlops_desk.workspace.status import Standing, standing

NEWS_SHOWN = 5
MOST_CARDS = 8
_BEGUN_BY = ("use-case", "kpi", "objective", "dataset")

# In the order of ux.md 3.2; what the first page of a role asks is answered by its first card.
HOMES: Mapping[str, tuple[str, ...]] = {
    "ai-architect": ("use-cases", "goals", "to-sign", "disagreements", "delivery", "risks"),
    "data-scientist": ("go-on", "runs", "data-under-models", "slices", "way-to-the-gate", "live-offline"),
    "ml-engineer": ("live", "alerts", "next-release", "pipelines", "skew", "test-score"),
    "data-engineer": ("feeds", "failed-rules", "shape", "papers", "trend", "keep-until"),
    "software-engineer": ("service", "contract", "next-release", "ci", "incidents", "parts"),
    "product-designer": ("use", "overrules", "voices", "unsure", "my-items", "coming"),
    "domain-expert": ("to-judge", "sense", "outcome", "world", "to-sign", "ask-the-team"),
    "ai-ethics": ("gate-board", "unapproved", "fairness", "personal", "clocks", "trail"),
}
_DEFAULT = ("goals", "outcome", "feeds", "live", "team", "trail")


class HomeData(msgspec.Struct, frozen=True):
    """All that a home shows; ``news`` is what is new to the person at this machine."""

    standing: Standing
    cards: tuple[tuple[str, Card], ...]
    mine: tuple[Need, ...]
    is_new: bool
    news: News | None = None


@lasting
def home(rows: Rows, viewer: Viewer, names: tuple[str, ...]) -> HomeData:
    """Return what a home shows now to who acts in a role, with cards by name."""
    stands: Standing = rows.ask(standing)
    cards = tuple((name, CARDS[name](rows, viewer)) for name in names)
    return HomeData(stands, cards, tuple(_mine(rows, viewer)), _is_new(rows))


def home_here(rows: Rows, viewer: Viewer) -> HomeData:
    """Return the home as this machine shows it: arranged here, and without what was looked at here."""
    found: HomeData = rows.ask(home, viewer, arranged(rows.here.seat.cards, viewer.role))
    return msgspec.structs.replace(found, mine=tuple(open_here(rows, found.mine)), news=news(rows, NEWS_SHOWN))


def arranged(kept: Mapping[str, Sequence[str]], role: str) -> tuple[str, ...]:
    """Return the names of a role's cards in the order kept on this machine, else in that of the role."""
    known = [name for name in dict.fromkeys(kept.get(role, ())) if name in CARDS]
    return tuple(known[:MOST_CARDS]) or HOMES.get(role, _DEFAULT)


def arrange(rows: Rows, role: str, names: Sequence[str]) -> None:
    """Keep which cards stand on the home of a role on this machine, and in which order; none: as the role has them."""
    kept = {each: found for each, found in rows.here.seat.cards.items() if each != role}
    rows.here.note(cards=kept | ({role: list(names)} if names else {}))


def titles(rows: Rows, viewer: Viewer) -> dict[str, str]:
    """Return the title of every card there is, by name, in the order of the alphabet."""
    found = {name: make(rows, viewer).title for name, make in CARDS.items()}
    return dict(sorted(found.items(), key=lambda each: (each[1].casefold(), each[0])))


def _mine(rows: Rows, viewer: Viewer) -> list[Need]:
    return [need for need in rows.ask(standing).needs if waits_for(need, (viewer.role,), viewer.member)]


def _is_new(rows: Rows) -> bool:
    """Tell whether nothing was begun yet: only then the guide stands on the home."""
    tables = [noun for noun in _BEGUN_BY if noun in catalogue.RULES.nouns]
    return not any(rows.find(catalogue.RULES.nouns[noun], order="id") for noun in tables)


# --- cards over all areas --------------------------------------------------------------------------


def to_sign_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the card of gates and exceptions that wait for a signature of the role, the oldest first."""
    found = _settled_by(_mine(rows, viewer), "gate sign", "exception sign")
    return _waiting_card(_("To sign"), found, _("Nothing waits for your signature."), _("Review"))


def way_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the card of the checklist items that the role answers or confirms."""
    found = _settled_by(_mine(rows, viewer), "gate show", "gate confirm")
    return _waiting_card(_("Way to the gate"), found, _("No item of a gate waits for you."), _("Answer next"))


def items_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the same for a role that writes: notice, oversight, instructions."""
    return msgspec.structs.replace(way_card(rows, viewer), title=_("My open items"))


def judge_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the card of what asks for the judgement of the role: views, items, alerts."""
    found = _settled_by(_mine(rows, viewer), "disagreement", "gate show", "gate confirm", "alert")
    return _waiting_card(_("For you to judge"), found, _("Nothing waits for your judgement."), _("Start"))


def _settled_by(needs: Iterable[Need], *words: str) -> list[Need]:
    found = [each for each in needs if each.settle.startswith(words)]
    return sorted(found, key=lambda each: (each.since is None, str(each.since)))


def _waiting_card(title: str, found: Sequence[Need], nothing: str, word: str) -> Card:
    if not found:
        see = CardAct(_("Open the inbox"), "inbox")
        return Card(title, State("ok", _("Nothing open")), first_rows([(nothing, None)]), see)
    worst = max((each.state for each in found), key=badness)
    act = CardAct(word, noun=found[0].noun, id=found[0].id)
    said = ((each.sentence, each.state) for each in found)
    return Card(title, State(worst.level, _("Waiting")), first_rows(said), act, str(len(found)))


def team_talk_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the card of the last words that the others said to the person."""
    title, found = _("Ask the team"), comments(rows)
    mine = {each.id for each in found if each.member == viewer.member}
    to_me = [each for each in reversed(found) if viewer.member and _is_to(each, viewer.member, mine)]
    about = next(iter(to_me or reversed(found)), None)
    act = (
        CardAct(_("Ask"), noun=about.subject_noun, id=about.subject, talks=True)
        if about
        else CardAct(_("Ask"), "team", "comment")
    )
    if not to_me:
        quiet = first_rows([(_("Nobody has answered or called you yet."), None)])
        return Card(title, State("info", _("Quiet")), quiet, act)
    said = ((_("{name}: {text}", name=each.who, text=each.shown.split("\n")[0]), None) for each in to_me)
    state = State("info", plural("{n} said to you", "{n} said to you", len(to_me)))
    return Card(title, state, first_rows(said), act, as_of=newest(each.at for each in to_me))


def _is_to(said: Said, member: str, mine: set[str]) -> bool:
    return said.member != member and not said.is_withdrawn and (member in said.mentions or said.reply_to in mine)


def clocks_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what ends or is due on a day: exceptions that run, and what is wanted by a day."""
    title = _("Clocks")
    dated: list[tuple[date, str, str, str]] = [
        (each.until, _("Exception for {item}", item=each.item), GateException.noun, each.id)
        for each in exception_rows(rows)
        if each.state.level == "warn"
    ]
    dated += [(each.due, each.sentence, each.noun, each.id) for each in rows.ask(standing).needs if each.due]
    if not dated:
        calm = first_rows([(_("No clock runs."), None)])
        return Card(title, State("ok", _("None")), calm, CardAct(_("Open governance"), "governance", "exception"))
    dated.sort()
    said = [(f"{words} · {_day_words(day)}", _clock_state(day)) for day, words, _noun, _id in dated]
    worst = max((state for _words, state in said), key=badness)
    _day, _words, noun, id_ = dated[0]
    return Card(title, worst, first_rows(said), CardAct(_("Open first"), noun=noun, id=id_), str(len(dated)))


def _day_words(day: date) -> str:
    left = (day - today()).days
    return plural("{n} day over", "{n} days over", -left) if left < 0 else plural("{n} day", "{n} days", left)


def _clock_state(day: date) -> State:
    left = (day - today()).days
    return State("bad", _("Over")) if left < 0 else State("warn", _("Soon")) if left <= 14 else State("info", _("Runs"))


def team_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the team: roles that nobody holds, and who asks to join."""
    missing, asking = unfilled_roles(rows), open_requests(rows)
    said = [(_("{name} asks to join", name=each.name), State("warn", _("Waiting"))) for each in asking[:2]]
    words = [(_("Nobody holds: {roles}", roles=", ".join(missing)), None)] if missing else []
    state = (
        State("warn", _("Waiting"))
        if asking
        else State("info", _("Open roles"))
        if missing
        else State("ok", _("Complete"))
    )
    number = _("{held} of {all} roles", held=len(WORKING) - len(missing), all=len(WORKING))
    told = first_rows([*said, *words] or [(_("Every role is held."), None)])
    return Card(_("Team"), state, told, CardAct(_("Open team"), "team"), number)


def trail_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the audit trail: how many entries count, and how many were set aside."""
    good, aside = rows.sql("SELECT count(*) FILTER (verdict = 'ok'), count(*) FILTER (verdict <> 'ok') FROM line")[0]
    aside += rows.sql("SELECT count(*) FROM finding")[0][0]
    said = [
        (plural("{n} entry counts", "{n} entries count", good), None),
        (
            plural("{n} entry set aside", "{n} entries set aside", aside),
            State("warn", _("Set aside")) if aside else None,
        ),
    ]
    state = State("warn", _("Set aside")) if aside else State("ok", _("Sound as read"))
    return Card(_("Trail"), state, first_rows(said), CardAct(_("Verify now"), command="verify"))


def _later(title: str, sentence: str, act: CardAct) -> CardMaker:
    """Return the maker of a card whose records do not exist in this version: it says so, and knows nothing."""

    def card(_rows: Rows, _viewer: Viewer) -> Card:
        return nothing_yet(title, sentence, act)

    return card


_LATER: Mapping[str, CardMaker] = {
    "risks": _later(_("Risks and cost"), _("No risk was written down yet."), CardAct(_("Open goals"), "goals")),
    "pipelines": _later(_("Pipelines"), _("No pipeline runs seen."), CardAct(_("Open runs"), "experiments", "run")),
    "ci": _later(_("Tests"), _("No result of a test run was brought in."), CardAct(_("Open runs"), "experiments")),
    "incidents": _later(
        _("Incidents"), _("No incident was written down."), CardAct(_("Open alerts"), "monitoring", "alert")
    ),
    "parts": _later(
        _("Parts"), _("Nobody lists the outside parts yet."), CardAct(_("Open releases"), "deployments", "release")
    ),
    "voices": _later(_("Voices"), _("No feedback was brought in."), CardAct(_("Say it"), "team", "comment")),
}

CARDS: Mapping[str, CardMaker] = {
    **catalogue.CARDS,
    **_LATER,
    "to-sign": to_sign_card,
    "way-to-the-gate": way_card,
    "my-items": items_card,
    "to-judge": judge_card,
    "ask-the-team": team_talk_card,
    "clocks": clocks_card,
    "team": team_card,
    "trail": trail_card,
}

"""What the inbox shows, as plain functions for workers: its lines, what each leads to, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mlops_desk.areas.team.member import Admit
from mlops_desk.gui import acts
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.pages.records import listed_row
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.listing import Column, Detail, Listing
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Level, State
from mlops_desk.kernel.words import _
from mlops_desk.workspace.act_words import verb_words
from mlops_desk.workspace.activity import Happened, activity, fresh_lines, never_looked
from mlops_desk.workspace.inbox import Waiting, done, finished, inbox, on_others, resting, snooze, take_back
from mlops_desk.workspace.trail import Offered, Wanted, offered

MINE, OTHERS, SNOOZED, DONE, ACTIVITY = "needs-me", "others", "snoozed", "done", "activity"
_URGENCY: dict[Level, str] = {"bad": _("Act now"), "warn": _("This week")}


@dataclass(frozen=True)
class InboxLine:
    """One line of the inbox: ``do`` are the words of what settles it, ``act`` the act that does where there is one."""

    id: str
    urgency: State
    sentence: str
    why: str
    since: datetime | None
    days: int | None
    due: date | None
    do: str
    act: type[Act] | None
    waiting: Waiting
    until: datetime | None = None

    @property
    def is_at_gate(self) -> bool:
        """Tell whether it is settled item by item at a gate."""
        return _begins(self.waiting.settle, ("gate", "show"))


@dataclass(frozen=True)
class FeedLine:
    """One line of the activity feed; ``spoken`` is all of it in one sentence."""

    id: str
    day: date
    time: str
    who: str
    acting: str
    name: str
    spoken: str
    is_new: bool
    noun: str
    thing: str
    details: tuple[Detail, ...]


def mine(rows: Rows, roles: tuple[str, ...]) -> list[InboxLine]:
    """Return what waits for the person at this machine, in any of their roles."""
    return [_line(each, *_settling(each)) for each in inbox(rows, roles)]


def others(rows: Rows) -> list[InboxLine]:
    """Return what the person asked for and others have to settle."""
    return [_line(each, _("Remind…"), None) for each in on_others(rows)]


def snoozed(rows: Rows, roles: tuple[str, ...]) -> list[InboxLine]:
    """Return what the person let rest."""
    return [_line(each, _("Wait again"), None) for each in resting(rows, roles)]


def put_aside(rows: Rows, roles: tuple[str, ...]) -> list[InboxLine]:
    """Return what the person is done with although it still waits."""
    return [_line(each, _("Wait again"), None) for each in finished(rows, roles)]


def let_rest(rows: Rows, roles: tuple[str, ...], key: str, until: str) -> str:
    """Snooze a line and return the words that say so."""
    at = snooze(rows, roles, key, until).until
    return _("Rests until {when}.", when=cell_text(at, "instant"))


def be_done(rows: Rows, roles: tuple[str, ...], key: str) -> str:
    """Put a line aside until it changes, and return the words that say so."""
    done(rows, roles, key)
    return _("Done with; it comes back once it says something else.")


def wait_again(rows: Rows, roles: tuple[str, ...], key: str) -> str:
    """Let a line that was put aside wait again, and return the words that say so."""
    take_back(rows, roles, key)
    return _("Waits again.")


@dataclass(frozen=True)
class Counted:
    """How many lines wait for the person, and those that ask to act now, by key; whether the hour is quiet."""

    number: int
    urgent: Mapping[str, str]
    is_quiet: bool


def how_many(rows: Rows, roles: tuple[str, ...]) -> Counted:
    """Return how much waits for the person."""
    found = inbox(rows, roles)
    urgent = {each.key: each.sentence for each in found if each.state.level == "bad"}
    return Counted(len(found), urgent, settings.is_quiet(settings.load().quiet, clock.now().astimezone().hour))


def _line(waiting: Waiting, do: str, act: type[Act] | None) -> InboxLine:
    since = waiting.since
    return InboxLine(
        " ".join((waiting.noun, waiting.id, waiting.mention, *waiting.roles, waiting.sentence)),
        State(waiting.state.level, _URGENCY.get(waiting.state.level, _("To know")), waiting.state.word),
        waiting.sentence,
        waiting.why,
        since,
        (clock.now() - since).days if since is not None else None,
        waiting.due,
        do,
        act,
        waiting,
        waiting.until,
    )


def _settling(waiting: Waiting) -> tuple[str, type[Act] | None]:
    """Return the words of what settles a line, and its act; without one it is settled at its record."""
    if waiting.mention:
        return _("Reply…"), None
    if _begins(waiting.settle, ("gate", "show")):
        return _("Answer items…"), None
    if waiting.noun == "join-request":
        return verb_words(Admit) + "…", Admit
    act = acts.settled_by(waiting.settle)
    if act is None:
        return _("Open"), None
    if act is acts.edit_of(waiting.noun):  # which of two versions is chosen at the record
        return _("Choose"), None
    return verb_words(act) + "…", act


def _begins(settle: str, words: tuple[str, ...]) -> bool:
    return tuple(settle.split()[1 : 1 + len(words)]) == words


def with_row(rows: Rows, line: InboxLine) -> tuple[InboxLine, Any]:
    """Return a line with the row of its record as its table shows it; None where no table does."""
    waiting = line.waiting
    found = listed_row(rows, waiting.noun, waiting.id)
    return line, found[1] if found else None


# --- what happened --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Feed:
    """A page of the feed, what it can be filtered by, the entries that are new, and whether nobody ever looked."""

    lines: tuple[FeedLine, ...]
    offered: Offered
    fresh: tuple[str, ...]
    is_first: bool


def feed(rows: Rows, wanted: Wanted) -> Feed:
    """Return a page of what happened."""
    found = tuple(_happened(each) for each in activity(rows, wanted))
    return Feed(found, offered(rows), tuple(fresh_lines(rows)), never_looked(rows))


def _happened(each: Happened) -> FeedLine:
    at = each.at.astimezone()
    details = (
        Detail(_("When"), each.at, "instant"),
        Detail(_("Who"), each.who),
        Detail(_("As"), each.acting, "role"),
        Detail(_("About"), each.about),
        Detail(_("Kind"), each.kind),
        Detail(_("Entry"), each.line, "code"),
    )
    new = [_("new")] if each.is_new else []
    return FeedLine(
        each.line,
        at.date(),
        f"{at:%H:%M}",
        each.who,
        cell_text(each.acting, "role"),
        each.sentence,
        ", ".join([cell_text(each.at, "instant"), each.who, each.sentence, *new]),
        each.is_new,
        each.noun,
        each.id,
        details,
    )


def _no_rows(_rows: Rows) -> tuple[()]:
    return ()


FOR_ME = Listing(
    noun=MINE,
    title=_("For me"),
    columns=(
        Column("urgency", _("How urgent"), "state"),
        Column("sentence", _("What")),
        Column("do", _("To do"), "act"),
        Column("why", _("Why you")),
        Column("since", _("Since"), "instant"),
        Column("due", _("By"), "day"),
    ),
    query=_no_rows,
    empty=_("Nothing needs you."),
)
ON_OTHERS = Listing(
    noun=OTHERS,
    title=_("Waiting on others"),
    columns=(
        Column("urgency", _("How urgent"), "state"),
        Column("sentence", _("What")),
        Column("do", _("To do"), "act"),
        Column("why", _("Waits for")),
        Column("days", _("Days"), "whole"),
        Column("due", _("By"), "day"),
    ),
    query=_no_rows,
    empty=_("You wait for nobody."),
)
_ASIDE = (
    Column("urgency", _("How urgent"), "state"),
    Column("sentence", _("What")),
    Column("do", _("To do"), "act"),
    Column("why", _("Why you")),
    Column("since", _("Since"), "instant"),
)
RESTING = Listing(
    noun=SNOOZED,
    title=_("Snoozed"),
    columns=(*_ASIDE, Column("until", _("Until"), "instant")),
    query=_no_rows,
    empty=_("Nothing rests. What waits for you can be snoozed for a week at most."),
)
FINISHED = Listing(
    noun=DONE,
    title=_("Done"),
    columns=_ASIDE,
    query=_no_rows,
    empty=_("You put nothing aside. What is settled leaves by itself."),
)

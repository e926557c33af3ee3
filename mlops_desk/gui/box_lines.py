"""The lines of the command box: which pages, commands, people and records fit what is typed, the best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from mlops_desk.gui.commands import Command
from mlops_desk.gui.places import areas_of, place_of_noun, places
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.workspace.search_words import BEGINS, EXACT, FILTERS, HOLDS, fit

if TYPE_CHECKING:
    from mlops_desk.workspace.search import Found

ANYTHING, COMMANDS, RECORDS, PEOPLE, HELP, FILTER = "", ">", "#", "@", "?", "/"
PREFIXES = {
    COMMANDS: _("Commands"),
    RECORDS: _("Records"),
    PEOPLE: _("People"),
    HELP: _("What can be typed here"),
    FILTER: _("Filter on this page"),
}
MOST_LINES = 60
PERSON = "member"
_HELP_OF = {
    "type": _("Only one kind of record"),
    "state": _("Only what is in this state"),
    "owner": _("Only what you, or somebody, made or answers for"),
    "class": _("Only what holds data of this class"),
    "stage": _("Only one stage of the cycle"),
    "before": _("Only what came to be before this day"),
}
_PAGE, _COMMAND, _PERSON, _RECORD = range(4)  # what comes first of lines that fit equally well


@dataclass(frozen=True)
class Line:
    """One line: what it says, what stands at its right, and what it does.

    ``does`` is ``command``, ``page``, ``record``, ``address``, ``type`` or nothing; ``what`` are the values of that.
    ``reason`` says why it cannot be done now. ``key`` is shown as keys are.
    """

    title: str
    note: str = ""
    icon: str = ""
    key: str = ""
    reason: str = ""
    does: str = ""
    what: tuple[str, ...] = ()
    rank: int = EXACT
    order: int = 0

    @property
    def spoken(self) -> str:
        """The line for those who hear it."""
        return ", ".join(each for each in (self.title, self.reason or self.note, self.key) if each)


def split(text: str) -> tuple[str, str]:
    """Return the prefix that says what is sought, empty if there is none, and the rest."""
    text = text.lstrip()
    return (text[0], text[1:].strip()) if text[:1] in PREFIXES and text else (ANYTHING, text.strip())


def page_lines(text: str, keys: dict[str, str]) -> list[Line]:
    """Return the pages and their tabs that fit; without a text the pages alone."""
    found = []
    for place in places():
        rank = fit(place.title, text) if text else EXACT
        if rank is not None:
            key = keys.get(f"go-{place.name}", "")
            found.append(Line(place.title, _("Page"), place.icon, key, does="page", what=(place.name, ""), rank=rank))
        tabs = [each for area in areas_of(place) for each in area.listings] if text else []
        for listing in tabs:
            rank = fit(listing.title, text)
            if rank is not None and listing.title != place.title:
                title = f"{place.title} › {listing.title}"
                found.append(Line(title, _("Tab"), place.icon, does="page", what=(place.name, listing.noun), rank=rank))
    return found


def command_lines(commands: Iterable[Command], keys: dict[str, str], text: str) -> list[Line]:
    """Return the commands that fit, those that cannot run now with their reason after the others."""
    found = []
    for each in commands:
        rank = fit(each.text.removesuffix("…"), text) if text else EXACT
        if rank is not None:
            found.append(command_line(each, keys.get(each.id, ""), rank))
    return found


def command_line(command: Command, key: str = "", rank: int = EXACT) -> Line:
    """Return the line of one command."""
    named = command.named() if command.named is not None else command.text
    return Line(
        named, _("Command"), command.icon, key, command.reason(), "command", (command.id,), rank, order=_COMMAND
    )


def record_lines(found: Sequence[Found]) -> list[Line]:
    """Return the lines of records and people."""
    from mlops_desk.gui.acts import noun_words

    icons = {each.name: each.icon for each in places()}
    lines = []
    for each in found:
        is_person = each.noun == PERSON
        kind = _("Person") if is_person else noun_words(each.noun)
        note = _("{kind} in {thing}", kind=kind, thing=each.within) if each.within else kind
        icon = "user" if is_person else icons.get(place_of_noun(each.noun), "")
        order = _PERSON if is_person else _RECORD
        lines.append(
            Line(each.name, note[:1].upper() + note[1:], icon, "", "", "record", (each.noun, each.id), each.rank, order)
        )
    return lines


def still_fitting(found: Iterable[Found], text: str) -> tuple[Found, ...]:
    """Return those of the records found for less that fit a longer text too, each with how well it fits now."""
    again = []
    for each in found:
        rank = fit(each.name, text) if text else each.rank
        if rank is None and each.id.startswith(text.lower()):
            rank = BEGINS
        if rank is not None:
            again.append(structs.replace(each, rank=rank))
    return tuple(again)


def best(lines: Iterable[Line]) -> list[Line]:
    """Return lines with the best first: how well they fit, then what can be done.

    Of what fits equally well pages come before commands before records; where letters merely stand somewhere in a
    name, records come first, for nobody calls a command so.
    """

    def place(line: Line) -> tuple[int, bool, int]:
        return line.rank, bool(line.reason), -line.order if line.rank >= HOLDS else line.order

    return sorted(lines, key=place)[:MOST_LINES]


def project_lines(folders: Iterable[str], open_: Command) -> list[Line]:
    """Return a line for each folder of a project, and one to open another."""
    lines = [
        Line(Path(each).name, str(Path(each).parent), "folder-open", does="project", what=(each,)) for each in folders
    ]
    return [*lines, command_line(open_)]


def help_lines() -> list[Line]:
    """Return what can be typed: each line types it."""
    prefixes = [Line(f"{sign}  {words}", _("Prefix"), does="type", what=(sign,)) for sign, words in PREFIXES.items()]
    filters = [
        Line(f"{FILTERS[name]}  {words}", _("Filter"), does="type", what=(FILTERS[name],))
        for name, words in _HELP_OF.items()
    ]
    pages = [Line(_("Help"), _("Page"), "circle-question-mark", does="page", what=("help", ""))]
    return [*prefixes, *filters, *pages, Line(_("Keys"), _("Command"), "", does="command", what=("keys",))]


def said(sentence: str, hint: str = "") -> Line:
    """Return a line that only says something."""
    return Line(sentence, hint, "info")


def refused(error: DeskError) -> Line:
    """Return the line that says what cannot be sought."""
    return said(error.sentence, error.hint)

"""Which acts fit what is shown, and what they are called: read off the acts themselves."""

from __future__ import annotations

import re
from typing import Any

from mlops_desk import catalogue
from mlops_desk.areas.governance.disagreement import RaiseDisagreement
from mlops_desk.gui.command_words import for_window
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.edit import Archive, Edit
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.record import Field, fields_of, table_of
from mlops_desk.kernel.words import _
from mlops_desk.workspace.act_words import verb_words

_NOUNS = {
    "kpi": "KPI",
    "line": _("entry"),
    "check-in": _("check-in"),
    "gate-request": _("gate"),
    "item": _("checklist item"),
    "raci": _("stage"),
}
_ARTICLE = re.compile(r" an? | the ")
_AGAIN = re.compile(r"; (?:give it )?again for more")  # how a command takes several; a form has a list
_OPTION = re.compile(r"--([a-z][a-z-]*)")


def all_acts() -> list[type[Act]]:
    """Return every act, in the order of the areas."""
    return [act for area in catalogue.AREAS for act in area.acts]


def all_areas() -> tuple[Area, ...]:
    """Return the areas in the order of the life of a model."""
    return catalogue.AREAS


def new_acts() -> list[type[Act]]:
    """Return the acts that bring something new into a table, each once."""
    found = [main_act(area, listing) for area in catalogue.AREAS for listing in area.listings]
    return list(dict.fromkeys(each for each in found if each is not None))


def row_field(act: type[Act], noun: str) -> Field | None:
    """Return the field of an act that takes a row of a noun: the one it is about, or else one it needs."""
    fitting = [each for each in fields_of(act) if each.about.of == noun and not each.many]
    named = [each for each in fields_of(act) if each.about.positional and each.name == table_of(noun)]
    about = [each for each in fitting if each.about.positional]
    needed = [each for each in fitting if each.required]
    return next(iter(about or named or needed), None)


def acts_for(noun: str) -> list[type[Act]]:
    """Return the acts that can be done with one row of a noun: its own first, settings late, putting away last."""
    listed = [(area, listing) for area in catalogue.AREAS for listing in area.listings if listing.noun == noun]
    fresh = {main_act(area, listing) for area, listing in listed}
    near = [act for area, _listing in listed for act in area.acts]
    told = [act for act in near if act not in fresh and _is_told_by_row(act, noun)]
    fitting = [act for act in all_acts() if row_field(act, noun) is not None or act in told]
    ordered = sorted(fitting, key=lambda act: (*_lateness(act), not _is_own(act, noun), issubclass(act, Edit)))
    return [*ordered, *([RaiseDisagreement] if _can_be_disputed(noun) else [])]


def _can_be_disputed(noun: str) -> bool:
    """Tell whether people may disagree about a thing: any record or fact but what was said in a disagreement."""
    return noun in catalogue.RULES.nouns and noun.partition("-")[0] != RaiseDisagreement.noun and noun != "comment"


def _lateness(act: type[Act]) -> tuple[bool, bool]:
    return issubclass(act, Archive), act.does_without_entry


def _is_told_by_row(act: type[Act], noun: str) -> bool:
    """Tell whether the columns of a noun's table give all that the act must be told by place."""
    needed = {each.name for each in fields_of(act) if each.about.positional and each.required} - {"id"}
    shown = {column.name for listing in catalogue.LISTINGS if listing.noun == noun for column in listing.columns}
    return bool(needed) and needed <= shown


def settled_by(words: str) -> type[Act] | None:
    """Return the act whose command some words of the command line begin with."""
    said = tuple(words.removeprefix("mlops-desk ").split())
    fitting = [act for act in all_acts() if said[: len(act.command)] == act.command]
    return max(fitting, key=lambda act: len(act.command), default=None)


def edit_of(noun: str) -> type[Edit] | None:
    """Return the act that edits a noun; None where nothing of it is edited freely."""
    return next((act for act in all_acts() if act.noun == noun and issubclass(act, Edit)), None)


def given_by(act: type[Act], noun: str, id_: str, row: object = None) -> dict[str, Any]:
    """Return what a row tells of an act's fields: itself, and what stands in columns of the same name."""
    if act is RaiseDisagreement:
        return {"subject": f"{noun}/{id_}"}
    about = row_field(act, noun)
    given: dict[str, Any] = {}
    if not issubclass(act, Edit):
        told = {each.name: getattr(row, each.name, None) for each in fields_of(act) if each.about.positional}
        given = {name: value for name, value in told.items() if isinstance(value, str) and value and name != "id"}
    if about is not None:
        kind = catalogue.RULES.nouns.get(noun)
        by_name = not about.about.of and kind is not None
        given[about.name] = getattr(row, kind.known_by, id_) if by_name and kind is not None else id_
    return given


def main_act(area: Area, listing: Listing) -> type[Act] | None:
    """Return the act that brings a new row into a listing."""
    fresh = [act for act in area.acts if row_field(act, listing.noun) is None]
    own = [act for act in fresh if act.noun == listing.noun]
    by_verb = [act for act in area.acts if act.verb == listing.noun]
    by_word = [act for act in fresh if act.command[0] == listing.words[0]]
    return next(iter(own or by_verb or by_word), None)


def sentence(act: type[Act]) -> str:
    """Return what an act does, as its first sentence says."""
    return act.told().splitlines()[0]


def is_said_by_title(act: type[Act]) -> bool:
    """Tell whether the sentence of an act says no more than its title: “Add KPI”, “Add a KPI.”."""
    said = _ARTICLE.sub(" ", sentence(act)).rstrip(".")
    return said.casefold() == verb_words(act).casefold()


def noun_words(noun: str) -> str:
    """Return a noun as people write it within a sentence."""
    return _NOUNS.get(noun) or _(noun.replace("-", " "))


def button_text(act: type[Act], noun: str = "") -> str:
    """Return the words of an act's button; beside a row of its own noun the verb says enough."""
    words = verb_words(act)
    own = " KPI" if noun == "kpi" else f" {noun.replace('-', ' ')}"
    return words.removesuffix(own) if noun else words


def _is_own(act: type[Act], noun: str) -> bool:
    begins = [listing.words[:-1] or listing.words for listing in catalogue.LISTINGS if listing.noun == noun]
    return act.noun == noun or any(act.command[: len(each)] == each for each in begins)


def explained(text: str, act: type[Act]) -> str:
    """Return a sentence with the command line's commands and options replaced by the words of window and form."""
    titles = {(each.about.flag or each.name).replace("_", "-"): each.title for each in fields_of(act)}
    return _OPTION.sub(
        lambda found: f"“{titles[found[1]]}”" if found[1] in titles else found[0], for_window(_AGAIN.sub("", text))
    )


def field_named(text: str, act: type[Act]) -> str:
    """Return the name of the first field that a sentence speaks of by its option, else nothing."""
    names = {(each.about.flag or each.name).replace("_", "-"): each.name for each in fields_of(act)}
    return next((names[found] for found in _OPTION.findall(text) if found in names), "")


def is_at_once(act: type[Act], given: dict[str, Any]) -> bool:
    """Tell whether nothing is left to ask: the act is done by its button, and can be taken back."""
    return issubclass(act, Archive) and "id" in given

"""Every act as a command of the window: what can be done with the chosen record, and what can be made new."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mlops_desk.gui import acts
from mlops_desk.gui.box_lines import Line, command_line
from mlops_desk.gui.commands import Command
from mlops_desk.gui.pages.act_row import begin
from mlops_desk.gui.places import place_of_area, places
from mlops_desk.gui.window_commands import RECORD
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.roles import WRITING_SLUGS, role_name
from mlops_desk.kernel.words import _
from mlops_desk.workspace.act_words import verb_words

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow


_KEYS = {"gate.sign": "Ctrl+Shift+S", "run.compare": "Ctrl+Shift+M", "disagreement.raise": "Ctrl+Shift+D"}


def act_commands(window: MainWindow) -> list[Command]:
    """Return a command for every act; on the record that is shown where it fits, else its form asks which."""
    icons = {each.name: each.icon for each in places()}
    homes = {act: place_of_area(area.name) for area in acts.all_areas() for act in area.acts}
    may = partial(_may_write, window)
    return [
        Command(
            command_of(act),
            f"{verb_words(act)}…",
            partial(_begin, window, act),
            RECORD,
            _KEYS.get(act.entry_kind(), ""),
            icon=icons.get(homes[act], ""),
            reason=may,
            in_menu=False,
        )
        for act in acts.all_acts()
    ]


def command_of(act: type[Act]) -> str:
    """Return the id of the command that begins an act."""
    return f"act-{act.entry_kind()}"


def new_lines(window: MainWindow) -> list[Line]:
    """Return a line for everything that can be made new, in the order of the pages."""
    homes = {act: place_of_area(area.name) for area in acts.all_areas() for act in area.acts}
    order = {each.name: (number, each.title) for number, each in enumerate(places())}
    lines = []
    for act in sorted(acts.new_acts(), key=lambda act: order[homes[act]]):
        action = window.commands.actions.get(command_of(act))
        if action is not None:
            lines.append(replace(command_line(action.command), note=order[homes[act]][1]))
    return lines


def _begin(window: MainWindow, act: type[Act]) -> None:
    chosen = window.inspector.chosen
    if chosen is not None and act in acts.acts_for(chosen.noun):
        begin(window.desk, act, chosen.noun, chosen.id, chosen.row)
    else:
        window.desk.fill_in(act)


def _may_write(window: MainWindow) -> str:
    """Return why the person cannot act at all, empty if they can; the rest is said by the form."""
    who = window.desk.who
    if who is None:
        return _("No project is open.")
    if not who.member:
        return _("You are not a member here; you can read everything.")
    if who.acting not in WRITING_SLUGS:
        return _("As {role} you read.", role=role_name(who.acting))
    return ""

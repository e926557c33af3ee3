"""The command that lists what waits for the person at this machine, what settles each, and puts lines aside."""

from __future__ import annotations

import argparse

from mlops_desk.cli import output
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Workspace, inbox

_KEY_SHOWN = 6


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe ``inbox``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", dest="is_all", help=_("What waits for anybody, and for whom."))
    which.add_argument("--others", action="store_true", help=_("What you asked for and others have to settle."))
    which.add_argument("--aside", action="store_true", help=_("What you snoozed or are done with."))
    which.add_argument(
        "--done",
        default="",
        metavar="LINE",
        help=_("Put a line aside until it changes, by its key; or mark a mention as seen; all: every mention."),
    )
    which.add_argument(
        "--snooze",
        nargs=2,
        metavar=("LINE", "UNTIL"),
        help=_("Let a line rest until 1h, tomorrow, monday or a day within a week."),
    )
    which.add_argument("--back", default="", metavar="LINE", help=_("Let a line that you put aside wait again."))
    parser.set_defaults(bound=_do)


def _do(workspace: Workspace, arguments: argparse.Namespace) -> int:
    if arguments.done:
        count = workspace.ask(inbox.done, workspace.roles, arguments.done)
        _answer(arguments, {"done": count}, plural("{n} line is done with.", "{n} lines are done with.", count))
    elif arguments.snooze:
        line = workspace.ask(inbox.snooze, workspace.roles, *arguments.snooze)
        words = _("Rests until {when}: {sentence}", when=output.cell_text(line.until), sentence=line.sentence)
        _answer(arguments, line, words)
    elif arguments.back:
        line = workspace.ask(inbox.take_back, workspace.roles, arguments.back)
        _answer(arguments, line, _("Waits again: {sentence}", sentence=line.sentence))
    else:
        _list(workspace, arguments)
    return 0


def _answer(arguments: argparse.Namespace, found: object, words: str) -> None:
    if arguments.json:
        output.document(found)
    else:
        output.say(words)


def _list(workspace: Workspace, arguments: argparse.Namespace) -> None:
    found = _asked(workspace, arguments)
    if arguments.json:
        output.document(found)
        return
    for each in found:
        _say(each)
    if found:
        return
    if arguments.is_all:
        output.say(_("Nothing waits for anybody."))
    elif arguments.aside:
        output.say(_("You put nothing aside."))
    else:
        output.say(_("You wait for nobody.") if arguments.others else _("Nothing needs you."))


def _asked(workspace: Workspace, arguments: argparse.Namespace) -> list[inbox.Waiting]:
    if arguments.is_all:
        return workspace.ask(inbox.everything)
    if arguments.others:
        return workspace.ask(inbox.on_others)
    roles = workspace.roles
    if arguments.aside:
        return [*workspace.ask(inbox.resting, roles), *workspace.ask(inbox.finished, roles)]
    return workspace.ask(inbox.inbox, roles)


def _say(waiting: inbox.Waiting) -> None:
    key = f"[{waiting.key[:_KEY_SHOWN]}] " if waiting.key else ""
    output.say(f"{output.SHAPES[waiting.state.level]} {key}{waiting.sentence}")
    since = _("since {when}", when=output.cell_text(waiting.since)) if waiting.since else ""
    due = _("by {day}", day=output.cell_text(waiting.due)) if waiting.due else ""
    rests = _("rests until {when}", when=output.cell_text(waiting.until)) if waiting.until else ""
    seen = f"mlops-desk inbox --done {waiting.mention[: output.SHORT_ID]}" if waiting.mention else ""
    parts = (waiting.why, since, due, rests, *(f"`{each}`" for each in (waiting.settle, seen) if each))
    output.say("    " + " · ".join(each for each in parts if each))

"""The command that lists what waits for the person at this machine, and what settles each."""

from __future__ import annotations

import argparse

from mlops_desk.cli import output
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Workspace, inbox


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe ``inbox``."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", dest="is_all", help=_("What waits for anybody, and for whom."))
    which.add_argument("--others", action="store_true", help=_("What you asked for and others have to settle."))
    which.add_argument(
        "--done", default="", metavar="MENTION", help=_("Mark a mention as seen on this machine, or all of them.")
    )
    parser.set_defaults(bound=_do)


def _do(workspace: Workspace, arguments: argparse.Namespace) -> int:
    if arguments.done:
        count = workspace.ask(inbox.done, arguments.done)
        if arguments.json:
            output.document({"seen": count})
        else:
            output.say(plural("{n} mention is seen.", "{n} mentions are seen.", count))
        return 0
    found = _asked(workspace, arguments)
    if arguments.json:
        output.document(found)
        return 0
    for each in found:
        _say(each)
    if not found:
        nothing = _("You wait for nobody.") if arguments.others else _("Nothing needs you.")
        output.say(_("Nothing waits for anybody.") if arguments.is_all else nothing)
    return 0


def _asked(workspace: Workspace, arguments: argparse.Namespace) -> list[inbox.Waiting]:
    if arguments.is_all:
        return workspace.ask(inbox.everything)
    return workspace.ask(inbox.on_others) if arguments.others else workspace.ask(inbox.inbox, workspace.roles)


def _say(waiting: inbox.Waiting) -> None:
    output.say(f"{output.SHAPES[waiting.state.level]} {waiting.sentence}")
    since = _("since {when}", when=output.cell_text(waiting.since)) if waiting.since else ""
    due = _("by {day}", day=output.cell_text(waiting.due)) if waiting.due else ""
    seen = f"mlops-desk inbox --done {waiting.mention[: output.SHORT_ID]}" if waiting.mention else ""
    parts = (waiting.why, since, due, *(f"`{each}`" for each in (waiting.settle, seen) if each))
    output.say("    " + " · ".join(each for each in parts if each))

"""The command that lists what waits for the person at this machine, and what settles each."""

from __future__ import annotations

import argparse

from mlops_desk.cli import output
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Workspace, inbox


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe ``inbox``."""
    parser.add_argument("--all", action="store_true", dest="is_all", help=_("What waits for anybody, and for whom."))
    parser.add_argument(
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
    found = workspace.ask(inbox.everything) if arguments.is_all else workspace.ask(inbox.inbox, workspace.roles)
    if arguments.json:
        output.document(found)
        return 0
    for each in found:
        _say(each)
    if not found:
        output.say(_("Nothing waits for anybody.") if arguments.is_all else _("Nothing needs you."))
    return 0


def _say(waiting: inbox.Waiting) -> None:
    output.say(f"{output.SHAPES[waiting.state.level]} {waiting.sentence}")
    since = _("since {when}", when=output.cell_text(waiting.since)) if waiting.since else ""
    seen = f"mlops-desk inbox --done {waiting.mention[: output.SHORT_ID]}" if waiting.mention else ""
    parts = (waiting.why, since, *(f"`{each}`" for each in (waiting.settle, seen) if each))
    output.say("    " + " · ".join(each for each in parts if each))

"""The command that tells what happened: by whom, since when, about what, and what is new to the person here."""

from __future__ import annotations

import argparse
from datetime import date

from mlops_desk.cli import output
from mlops_desk.cli.proof import count
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.activity import Happened, activity, looked, since_day
from mlops_desk.workspace.trail import PAGE_ROWS, Wanted


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe ``activity``."""
    parser.add_argument("--by", default="", metavar="MEMBER", help=_("Only what this member did."))
    parser.add_argument("--since", type=_day, default=None, metavar="DATE", help=_("Only from this day on."))
    parser.add_argument("--about", default="", metavar="THING", help=_("Only about this: id, name, or kind/name."))
    parser.add_argument("--new", action="store_true", help=_("Only what came since you looked here."))
    parser.add_argument("--limit", type=count, default=PAGE_ROWS, metavar="N", help=_("At most so many; else 500."))
    parser.set_defaults(bound=_do)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a day such as 2026-11-23", text=text)) from None


def _do(workspace: Workspace, arguments: argparse.Namespace) -> int:
    since = since_day(arguments.since) if arguments.since else None
    wanted = Wanted(by=arguments.by, since=since, about=arguments.about, most=arguments.limit)
    found = workspace.ask(activity, wanted, is_new_only=arguments.new)
    if arguments.json:
        output.document(found)
        return 0
    _say(found)
    if not (arguments.by or arguments.since or arguments.about):
        workspace.ask(looked)
    return 0


def _say(found: list[Happened]) -> None:
    day = ""
    for each in found:
        at = each.at.astimezone()
        if f"{at:%Y-%m-%d}" != day:
            day = f"{at:%Y-%m-%d}"
            output.say(day)
        output.say(f"  {'●' if each.is_new else ' '} {at:%H:%M}  {each.who}  {each.sentence}")
    if any(each.is_new for each in found):
        output.say(_("● is new since you looked here."))
    if not found:
        output.say(_("Nothing happened."))

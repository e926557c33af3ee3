"""The command that writes the text for the scheduler of the machine, so that a saved report is made by itself."""

from __future__ import annotations

import argparse

from mlops_desk.cli import output
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace, schedule


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe ``report schedule``."""
    parser.add_argument("recipe", metavar="RECIPE", help=_("The saved recipe: id or name."))
    days = (*schedule.DAYS, schedule.EVERY_DAY)
    parser.add_argument("--each", default="monday", metavar="|".join(days), help=_("The day of the week; else monday."))
    parser.add_argument("--at", default="08:00", metavar="TIME", help=_("The time of the day; else 08:00."))
    parser.add_argument(
        "--output",
        "-o",
        required=True,
        metavar="FILE",
        help=_("The file to write; {day} in its name becomes the day of the report.", day="{day}"),
    )
    parser.add_argument(
        "--with",
        dest="scheduler",
        choices=schedule.SCHEDULERS,
        metavar="|".join(schedule.SCHEDULERS),
        help=_("The scheduler; else that of this machine."),
    )
    parser.add_argument(
        "--install", action="store_true", help=_("Give it to your cron or systemd; else the text is only shown.")
    )
    parser.set_defaults(bound=_do)


def _do(workspace: Workspace, arguments: argparse.Namespace) -> int:
    wish = schedule.Wish(
        recipe=arguments.recipe,
        file=arguments.output,
        each=arguments.each,
        at=arguments.at,
        scheduler=arguments.scheduler,
        installs=arguments.install,
    )
    made = schedule.scheduled(workspace, wish)
    if arguments.json:
        output.document({"scheduler": made.scheduler, "is_installed": bool(made.said), "texts": made.texts})
    elif made.said:
        output.say(made.said)
    else:
        for each in made.texts:
            output.say(f"# → {each.place}")
            output.say(each.text)
        output.notice(_("Nothing was installed; --install does it, or put the text there yourself."))
    return 0

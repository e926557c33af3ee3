"""The command that writes the text for the scheduler of the machine, so that a saved report is made by itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from mlops_desk.areas.reports.saved import ReportRecipe
from mlops_desk.cli import output
from mlops_desk.kernel import clock
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
    recipe = workspace.ask(lambda rows: rows.get(ReportRecipe, rows.resolve(ReportRecipe.noun, arguments.recipe)))
    project = (workspace.project.id, workspace.project.folder.resolve())
    file = Path(arguments.output).expanduser().absolute()
    made = schedule.plan(recipe.name, recipe.id, project, file, (arguments.each, arguments.at))
    scheduler = arguments.scheduler or schedule.usual()
    said = schedule.install(made, scheduler) if arguments.install else ""
    texts = schedule.texts(made, scheduler, clock.today())
    if arguments.json:
        output.document({"scheduler": scheduler, "is_installed": bool(said), "texts": texts})
    elif said:
        output.say(said)
    else:
        for each in texts:
            output.say(f"# → {each.place}")
            output.say(each.text)
        output.notice(_("Nothing was installed; --install does it, or put the text there yourself."))
    return 0

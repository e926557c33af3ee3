"""The command that shows a disagreement: the options, every position in its words, the decision, and the dissent."""

from __future__ import annotations

import argparse

from mlops_desk.areas.governance.disagreement import Disagreement
from mlops_desk.areas.governance.disagreement_queries import Told, disagreement_details, disagreement_told
from mlops_desk.areas.team.discussion import Said, discussion
from mlops_desk.cli import output
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.inbox import look_at


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `disagreement show`."""
    parser.add_argument("id", metavar="ID", help=_("Its id, the beginning of it, or its question."))
    parser.set_defaults(bound=_show)


def _show(workspace: Workspace, arguments: argparse.Namespace) -> int:
    found, lines, said = workspace.ask(_asked, arguments.id)
    if arguments.json:
        output.document(output.plain(found) | {"comments": output.plain(said)})
    else:
        output.details([Detail(_("Disagreement"), found.question), *lines, Detail("Id", found.id)])
        output.discussion(said)
    look_at(workspace.here, said)
    return 0


def _asked(rows: Rows, text: str) -> tuple[Told, list[Detail], list[Said]]:
    found = disagreement_told(rows, text)
    return found, [*disagreement_details(rows, found.id)], discussion(rows, Disagreement.noun, found.id)

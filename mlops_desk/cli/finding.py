"""The commands that find a record by its name, and show what an address or an id names."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from mlops_desk.areas.team.discussion import Said, discussion
from mlops_desk.catalogue import DETAILS, RULES
from mlops_desk.cli import output
from mlops_desk.cli.proof import count
from mlops_desk.kernel.address import SCHEME, Address, other_project, read
from mlops_desk.kernel.child import WINDOW_ARGUMENT, command
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column, Detail
from mlops_desk.kernel.record import fields_of
from mlops_desk.kernel.words import _
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Workspace, search, search_words
from mlops_desk.workspace.inbox import look_at

_HELP = {
    "type": _("Only this kind of record."),
    "state": _("Only what is in this state, such as failed."),
    "owner": _("Only what this member made or this role answers for; @me is you."),
    "class": _("Only what holds data of this class."),
    "stage": _("Only records of this stage."),
    "before": _("Only what came to be before this day."),
}
_COLUMNS = (
    Column("name", _("Name")),
    Column("kind", _("Kind")),
    Column("within", _("Belongs to")),
    Column("at", _("Since"), "instant"),
    Column("id", _("Id"), "id"),
)


def fill_find(parser: argparse.ArgumentParser) -> None:
    """Describe ``find``."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help=_("Words of the name, or the beginning of an id."))
    for name, text in _HELP.items():
        parser.add_argument(f"--{name}", default="", metavar=name.upper(), help=text)
    parser.add_argument("--limit", type=count, default=search.MOST, metavar="N", help=_("At most so many; else 20."))
    parser.set_defaults(bound=_do_find)


def _do_find(workspace: Workspace, arguments: argparse.Namespace) -> int:
    given = [f'{name}:"{value}"' for name in _HELP if (value := getattr(arguments, name))]
    sought = search_words.read(" ".join([*arguments.text, *given]))
    if not sought:
        raise DeskError(_("Say what to find."), _("Words of a name, a filter such as --type run, or both."))
    found = workspace.ask(search.find, sought, arguments.limit)
    if arguments.json:
        project = workspace.project.id
        output.document([output.plain(each) | {"address": str(Address(project, each.noun, each.id))} for each in found])
        return 0
    rows = [
        argparse.Namespace(
            name=each.name, kind=RULES.nouns[each.noun].title, within=each.within, at=each.at, id=each.id
        )
        for each in found
    ]
    output.table(_COLUMNS, rows, _("Nothing fits “{text}”.", text=sought))
    return 0


def fill_show(parser: argparse.ArgumentParser) -> None:
    """Describe ``show``."""
    parser.add_argument("thing", metavar="ADDRESS", help=_("An address, an id, or kind and name, such as kpi/Time."))
    parser.add_argument(
        "--reveal", action="store_true", help=_("Print hidden values too, where they lie on this machine.")
    )
    parser.set_defaults(bound=_do_show)


def _do_show(workspace: Workspace, arguments: argparse.Namespace) -> int:
    noun, id_ = workspace.ask(_meant, arguments.thing, workspace.project.id)
    return show(workspace, noun, id_, wants_json=arguments.json, reveals=arguments.reveal)


def fill_open(parser: argparse.ArgumentParser) -> None:
    """Describe ``open``."""
    parser.add_argument("address", metavar="ADDRESS", help=_("An address, as “Copy link” gives it."))
    parser.set_defaults(free=_do_open)


def _do_open(arguments: argparse.Namespace) -> int:
    """Open a window at an address, on the project of this machine that it names."""
    address = str(read(arguments.address))
    folder = str(Path(arguments.project).resolve()) if arguments.project else ""
    return subprocess.run(command(WINDOW_ARGUMENT, folder, address), check=False).returncode


def _meant(rows: Reader, text: str, project: str) -> tuple[str, str]:
    """Return the row that an address, an id or a name means."""
    from mlops_desk.areas.team.queries import project as about

    if not text.startswith(SCHEME):
        return rows.meant(text)
    address = read(text)
    if not address.is_of(project, rows.ask(about).name):
        raise other_project(address)
    if address.place:
        raise DeskError(
            _("This is the address of a page of the window."),
            _("Paste it there into the box that Ctrl+K opens."),
            code="NAME-112",
        )
    return rows.meant(f"{address.noun}/{address.id}")


def show(workspace: Workspace, noun: str, text: str, *, wants_json: bool, reveals: bool = False) -> int:
    """Print one record with all that is known of it and was said about it; return the exit code.

    ``reveals`` prints for the eyes of the person, and never in JSON, what is masked and lies on this machine.
    """
    kind = RULES.nouns[noun]

    def query(rows: Reader) -> tuple[Any, Sequence[Detail], list[Said]]:
        id_ = rows.resolve(noun, text)
        row = rows.get(kind, id_)
        told = DETAILS[noun](rows, id_) if noun in DETAILS else _fields(row)
        seen = [replace(each, value=each.reveal(rows)) if reveals and each.reveal else each for each in told]
        return row, seen, discussion(rows, noun, id_)

    row, found, said = workspace.ask(query)
    if wants_json:
        output.document(output.plain(row) | {"comments": output.plain(said)})
    else:
        title = getattr(row, kind.known_by, "")
        output.details([Detail(kind.title[:1].upper() + kind.title[1:], title), *found, Detail("Id", row.id)])
        output.discussion(said)
    look_at(workspace.here, said)
    return 0


def _fields(row: Any) -> list[Detail]:
    return [Detail(each.title, getattr(row, each.name)) for each in fields_of(type(row)) if each.name != "id"]

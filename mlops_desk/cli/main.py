"""The command line from words to exit code: 0 done, 1 refused or findings, 2 misuse, 70 a bug."""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlops_desk.cli import commands, finding, output
from mlops_desk.cli.interrupt import stop_on_interrupt
from mlops_desk.cli.parser import Misuse, act_from, build
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.words import _
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Workspace, signed_here
from mlops_desk.workspace import project as projects
from mlops_desk.workspace.signed_here import wants_to_be_sent
from mlops_desk.workspace.table_file import Format, write_table

EXIT_DONE, EXIT_REFUSED, EXIT_MISUSE, EXIT_STOPPED, EXIT_BUG = 0, 1, 2, 130, 70


def run(words: Sequence[str]) -> int:
    """Do what the words ask for and return the exit code."""
    wants_json = "--json" in words
    try:
        return _obey(build(commands.COMMANDS, words).parse_args(words))
    except SystemExit as end:  # argparse ends after --help
        return int(end.code or 0)
    except DeskError as error:
        return _refuse(error, wants_json=wants_json)
    except BrokenPipeError:
        return EXIT_DONE
    except OSError as error:
        if "--debug" in words:
            traceback.print_exc()
        name = error.filename or _("the disk")
        refused = DeskError(
            _("{name} cannot be used: {reason}.", name=name, reason=error.strerror or error),
            _("Nothing is half done. Check the place and your rights."),
            code="DISK-203",
        )
        return _refuse(refused, wants_json=wants_json)
    except Exception as error:  # noqa: BLE001 - a bug is shown whole, with an exit code of its own
        traceback.print_exc()
        if wants_json:
            _refuse(_bug(error), wants_json=True)
        return EXIT_BUG


def _bug(error: Exception) -> DeskError:
    return DeskError(
        _("This is a mistake of the program: {what}.", what=f"{type(error).__name__}: {error}".splitlines()[0]),
        _("Nothing half done was recorded. The trace on the error stream says where it is."),
        code="DESK-170",
    )


def _refuse(error: DeskError, *, wants_json: bool) -> int:
    if wants_json:
        output.document({"error": {"code": error.code, "sentence": error.sentence, "hint": error.hint}})
    else:
        output.complain(error)
    if isinstance(error, Cancelled):
        return EXIT_STOPPED
    return EXIT_MISUSE if isinstance(error, Misuse) else EXIT_REFUSED


def _obey(arguments: argparse.Namespace) -> int:
    if not hasattr(arguments, "words"):
        raise Misuse(_("Say what to do."), _("`mlops-desk --help` lists the commands."), code="CLI-101")
    if hasattr(arguments, "free"):
        return int(arguments.free(arguments))
    with open_workspace(arguments) as workspace:
        if workspace.news:
            output.notice(workspace.news)
        if hasattr(arguments, "bound"):
            return int(arguments.bound(workspace, arguments))
        if hasattr(arguments, "act"):
            return _act(workspace, arguments)
        if hasattr(arguments, "listing"):
            return _list(workspace, arguments.listing, arguments)
        return finding.show(workspace, arguments.show, arguments.id, wants_json=arguments.json)


def open_workspace(arguments: argparse.Namespace) -> Workspace:
    """Return the workspace that the words name."""
    folder = Path(arguments.project) if arguments.project else projects.find(Path.cwd())
    return Workspace(folder, acting=arguments.acting, me=arguments.me)


def _act(workspace: Workspace, arguments: argparse.Namespace) -> int:
    progress = output.Progress(is_wanted=not arguments.json)
    try:
        act = act_from(arguments)
        changes = workspace.do(act, progress=progress, stop=stop_on_interrupt())
    finally:
        progress.end()
    if arguments.json:
        output.document({"id": changes.id, "line": changes.line, "said": changes.said})
    else:
        short = workspace.ask(Reader.short, changes.id) if changes.id else ""
        said = changes.said or (_("Done.") if changes.line else _("Nothing to change."))
        output.say(f"{said} ({short})" if short else said)
    if changes.line and (unpublished := workspace.publish()):
        output.notice(unpublished)
    if wants_to_be_sent(workspace, act, changes):
        output.notice(_("{words}: `mlops-desk sync`", words=signed_here.words()))
    return EXIT_DONE


def _list(workspace: Workspace, listing: Listing, arguments: argparse.Namespace) -> int:
    about = getattr(arguments, "about", "")
    rows = workspace.ask(listing.about, about) if listing.about and about else workspace.ask(listing.query)
    if arguments.output:
        return _write(listing, rows, arguments)
    if arguments.json:
        output.document(
            [{each.name: getattr(row, each.name) for each in listing.columns} | {"id": row.id} for row in rows]
        )
    else:
        output.table(listing.columns, rows, listing.empty)
    return EXIT_DONE


def _write(listing: Listing, rows: Sequence[Any], arguments: argparse.Namespace) -> int:
    by_name: Format = "parquet" if arguments.output.lower().endswith(".parquet") else "csv"
    progress = output.Progress(is_wanted=not arguments.json)
    try:
        form: Format = arguments.format or by_name
        made = write_table(arguments.output, form, listing.columns, rows, progress, stop_on_interrupt())
    finally:
        progress.end()
    if arguments.json:
        output.document({"path": str(made.path), "rows": made.rows})
    else:
        output.say(made.words)
    return EXIT_DONE

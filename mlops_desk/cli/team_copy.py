"""The commands about the team copy: get a project, invite to it, sync, put back what it lost, keep a token."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desk.cli import output
from mlops_desk.cli.interrupt import stop_on_interrupt
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.roles import SLUGS
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Founder, Workspace

if TYPE_CHECKING:
    from mlops_desk.workspace.outlook import Share, Synced

# What only these commands need, and what git needs, is imported by them: every other command is quicker without.


def fill_get(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``get``."""
    parser.add_argument("address", metavar="URL", help=_("The address of the team copy, or the link of an invitation."))
    parser.add_argument("folder", metavar="FOLDER", help=_("Where the project will lie; new or empty."))
    parser.add_argument("--member", default="", help=_('Who you are: "Ana Lima <ana@example.org>".'))
    parser.add_argument(
        "--role", action="append", default=[], choices=SLUGS, metavar="ROLE", help=_("A role you wish; again for more.")
    )
    parser.add_argument("--message", default="", help=_("What you say to the owners."))
    parser.set_defaults(free=_do_get)


def _do_get(arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.invitation import Invitation
    from mlops_desk.workspace.joining import get

    person = Founder.parse(arguments.member, arguments.role) if arguments.member else None
    invitation = Invitation.parse(arguments.address, arguments.project or "")
    progress = output.Progress(is_wanted=not arguments.json)
    got = get(invitation, Path(arguments.folder), person, arguments.message, progress, stop_on_interrupt())
    progress.end()
    words = fingerprint(got.device)
    if arguments.json:
        shown = {"project": got.project.id, "folder": got.project.folder.as_posix(), "device": got.device}
        output.document(shown | {"words": words, "is_new": got.is_new, "sync": _document(got.synced)})
        return 0
    output.say(_("The project lies in {folder}.", folder=got.project.folder))
    if not invitation.project:
        output.say(_("Compare the words of the project with an owner: {words}", words=fingerprint(got.project.id)))
    if got.is_new:
        output.say(_("You asked to join. Say these words to an owner, who admits you: {words}", words=words))
        output.say(_("Until then you can read everything, and what you write counts for nothing."))
    _say(got.synced)
    return 0


def fill_sync(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sync``."""
    parser.add_argument("--remote", default="", metavar="URL", help=_("Where the team copy lies, for this machine."))
    parser.add_argument("--look", action="store_true", help=_("Only say what there is to send and to receive."))
    parser.add_argument(
        "--trust-configuration",
        action="store_true",
        help=_("Trust the git configuration of this folder, as it is now, on this machine."),
    )
    parser.set_defaults(bound=_do_sync)


def _do_sync(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.outlook import Synced
    from mlops_desk.workspace.team_copy import TeamCopy

    copy, stop = TeamCopy(workspace), stop_on_interrupt()
    if arguments.trust_configuration:
        copy.trust(copy.configurations())
    if arguments.remote:
        copy.settle_at(arguments.remote)
    progress = output.Progress(is_wanted=not arguments.json)
    synced = Synced(copy.look(stop)) if arguments.look else copy.sync(progress, stop)
    progress.end()
    if arguments.json:
        output.document(_document(synced))
    else:
        _say(synced)
    return 1 if synced.in_the_way or synced.lost else 0


def fill_invite(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``team invite``."""
    parser.set_defaults(bound=_do_invite)


def _do_invite(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.team_copy import TeamCopy

    link = TeamCopy(workspace).invitation().link
    project = workspace.project.id
    if arguments.json:
        output.document({"link": link, "project": project, "words": fingerprint(project)})
        return 0
    output.say(link)
    output.notice(_('Whoever gets it types: mlops-desk get "LINK" FOLDER --member "NAME <MAIL>" --role ROLE'))
    return 0


def fill_restore(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``restore``."""
    parser.set_defaults(bound=_do_restore)


def _do_restore(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.team_copy import TeamCopy

    restored = TeamCopy(workspace).restore()
    if arguments.json:
        output.document({"restored": restored})
    elif restored:
        output.say(_("Put back, byte for byte: {shares}.", shares=_shares(restored)))
        output.say(_("Send it with `mlops-desk sync`."))
    else:
        output.say(_("The shared folder holds everything that this machine has seen."))
    return 0


def fill_token(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``keys token``."""
    from mlops_desk.sync import credentials

    parser.add_argument("host", metavar="HOST", help=_("The host, such as git.example.org."))
    parser.add_argument("--user", default=credentials.USUAL_USER, metavar="NAME", help=_("The name the host expects."))
    parser.set_defaults(free=_do_token)


def _do_token(arguments: argparse.Namespace) -> int:
    from mlops_desk.sync import credentials

    kind = credentials.keep(arguments.host.lower(), getpass.getpass(_("Token: ")), arguments.user)
    output.say(_("Kept for {host}: {kind}.", host=arguments.host, kind=_(kind)))
    return 0


def _document(synced: Synced) -> dict[str, object]:
    return {
        "state": synced.state.code,
        "text": synced.state.text,
        "to_send": synced.state.to_send,
        "to_receive": synced.state.to_receive,
        "sent": synced.sent,
        "received": synced.received,
        "lost": synced.lost,
        "in_the_way": synced.in_the_way,
    }


def _shares(shares: tuple[Share, ...]) -> str:
    return ", ".join(_("{n} of {name}", n=each.entries, name=each.name) for each in shares)


def _say(synced: Synced) -> None:
    if synced.received:
        output.say(_("Received: {shares}.", shares=_shares(synced.received)))
    if synced.sent:
        output.say(plural("Sent: {n} entry.", "Sent: {n} entries.", synced.sent))
    if synced.lost:
        output.say(_("The team copy lost entries that this machine has seen: {shares}.", shares=_shares(synced.lost)))
        output.say(_("They still count here. Put them back with `mlops-desk restore`."))
    if synced.in_the_way:
        output.say(
            _("Not merged and not sent, because of your files: {files}.", files=", ".join(synced.in_the_way[:5]))
        )
        output.say(
            _("What others wrote was read all the same. Merge or put away these files with git, then sync again.")
        )
    output.say(synced.state.text + ".")
    if synced.state.code == "no-remote":
        output.say(_("Set the team copy: `mlops-desk sync --remote URL`."))

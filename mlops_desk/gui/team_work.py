"""What the window does with the team copy, as plain functions for workers: they know no widget."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.sync.config import Configuration
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.joining import Got
    from mlops_desk.workspace.outlook import Outlook, Share, Synced

Kind = Literal["look", "receive", "sync"]


@dataclass(frozen=True)
class Exchanged:
    """How an exchange ended: what it did or why it was refused, the rows that changed, and how things stand now."""

    kind: Kind
    synced: Synced | None
    error: DeskError | None
    changes: Changes
    outlook: Outlook


@dataclass(frozen=True)
class Invited:
    """What an owner hands on: the link, and the eight words of the project."""

    link: str
    words: str


def outlook(workspace: Workspace, progress: Progress, stop: Stop) -> Outlook:  # noqa: ARG001 - a task's signature
    """Look how the project stands; nobody else is asked."""
    from mlops_desk.workspace.team_copy import TeamCopy

    return TeamCopy(workspace).outlook()


def exchange(workspace: Workspace, kind: Kind, progress: Progress, stop: Stop) -> Exchanged:
    """Look at the team copy, receive from it, or receive and send; a refusal is part of the answer."""
    from mlops_desk.workspace.outlook import Synced
    from mlops_desk.workspace.team_copy import TeamCopy

    copy = TeamCopy(workspace)
    synced, error = None, None
    try:
        synced = Synced(copy.look(stop)) if kind == "look" else copy.sync(progress, stop, sends=kind == "sync")
    except DeskError as refused:
        error = refused
    return Exchanged(kind, synced, error, copy.changes, copy.outlook())


def restore(workspace: Workspace, progress: Progress, stop: Stop) -> tuple[tuple[Share, ...], Changes]:  # noqa: ARG001
    """Put back what the shared folder lost."""
    from mlops_desk.workspace.team_copy import TeamCopy

    copy = TeamCopy(workspace)
    return copy.restore(), copy.changes


def settle(workspace: Workspace, typed: str, progress: Progress, stop: Stop) -> None:
    """Make an address the team copy of this project on this machine."""
    from mlops_desk.workspace.team_copy import TeamCopy

    progress(_("Looking at the address"), 0, 0)
    TeamCopy(workspace).settle_at(typed, stop)


def configurations(workspace: Workspace, progress: Progress, stop: Stop) -> tuple[Configuration, ...]:  # noqa: ARG001
    """Return the git configurations that came with the folder and the team copy."""
    from mlops_desk.workspace.team_copy import TeamCopy

    return TeamCopy(workspace).configurations()


def trust(
    workspace: Workspace,
    found: tuple[Configuration, ...],
    progress: Progress,  # noqa: ARG001 - a task's signature
    stop: Stop,  # noqa: ARG001
) -> None:
    """Trust configurations exactly as they were shown."""
    from mlops_desk.workspace.team_copy import TeamCopy

    TeamCopy(workspace).trust(found)


def choose_rhythm(workspace: Workspace, values: dict[str, bool], progress: Progress, stop: Stop) -> Outlook:
    """Remember whether this machine receives and sends by itself."""
    from mlops_desk.kernel import settings

    settings.remember(workspace.project.id, **values)
    return outlook(workspace, progress, stop)


def invitation(workspace: Workspace, progress: Progress, stop: Stop) -> Invited:  # noqa: ARG001
    """Return the link that invites to the project."""
    from mlops_desk.workspace.team_copy import TeamCopy

    return Invited(TeamCopy(workspace).invitation().link, fingerprint(workspace.project.id))


def keep_token(host: str, user: str, token: str, progress: Progress, stop: Stop) -> str:  # noqa: ARG001
    """Keep the token of a host in the secret store of this machine; returns where."""
    from mlops_desk.sync import credentials

    return credentials.keep(host.lower(), token, user or credentials.USUAL_USER)


def get(
    typed: str, folder: Path, who: tuple[str, tuple[str, ...], str], progress: Progress, stop: Stop
) -> tuple[Got, str, str]:
    """Get a team project into a folder and ask to join it; returns it with the words of machine and project.

    ``who`` is a name with its address, the roles wished and a note to the owners; the name may be empty on a
    machine that wrote in the project before. The words of the project are empty where a link has proven already
    that it is the one invited to.
    """
    from mlops_desk.workspace import Founder
    from mlops_desk.workspace.invitation import Invitation
    from mlops_desk.workspace.joining import get as get_project

    name, roles, note = who
    invitation = Invitation.parse(typed)
    person = Founder.parse(name, roles) if name else None
    got = get_project(invitation, folder, person, note, progress, stop)
    return got, fingerprint(got.device), "" if invitation.project else fingerprint(got.project.id)


def asks_as(rows: Rows, device: str) -> str:
    """Return the name under which a machine asked to join; empty if it did not."""
    from mlops_desk.areas.team.member import JoinRequest

    return next((each.name for each in rows.find(JoinRequest, "device = ?", device)), "")

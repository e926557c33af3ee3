"""Getting a team project: fetch it, make sure that it is the one invited to, put it in place, ask to join."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from mlops_desk.areas.team.member import JoinRequest
from mlops_desk.journal import events, files
from mlops_desk.journal.entry import Flaw, line_id
from mlops_desk.journal.opening import open_own
from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.sync import git
from mlops_desk.sync.address import Address, parse
from mlops_desk.sync.exchange import Exchange, branch_of
from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.founding import Founder, all_or_nothing, join
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.project import Project, load
from mlops_desk.workspace.team_copy import Synced, TeamCopy
from mlops_desk.workspace.team_folder import FolderGuard, marked_in, name_remote, open_git


class Got(msgspec.Struct, frozen=True):
    """A project that was got: the device that writes here, whether it is new, and what the first exchange did."""

    project: Project
    device: str
    is_new: bool
    synced: Synced


def get(
    invitation: Invitation, folder: Path, person: Founder | None, message: str, progress: Progress, stop: Stop
) -> Got:
    """Get a project into an empty folder and ask to join it; a machine that wrote in it before goes on as it was.

    Raises:
        DeskError: it is not there, is not the one invited to, or the folder is not empty.
        Cancelled: the person stopped it; the folder is as it was.
    """
    address, folder = parse(invitation.remote), folder.resolve()
    with _new_folder(folder):
        progress(_("Receiving"), 0, 2)
        made = _fetch(invitation, address, folder, person, stop)
    settings.remember(made.id, remote=address.text, folder=str(folder))
    devices = made.own_devices()
    if not devices and person is not None:
        settings.remember(made.id, device=join(made, person, message), acting=person.roles[0])
    progress(_("Sending"), 1, 2)
    with Workspace(folder) as workspace:
        return Got(made, workspace.device, not devices, TeamCopy(workspace).sync(progress, stop))


def renew(workspace: Workspace) -> str:
    """Give this machine a new key and ask to be admitted as a further machine of the same person; returns the device.

    Raises:
        DeskError: nobody of this project sits at this machine.
    """
    old = workspace.device
    member = workspace.team.member_of(old)
    known = workspace.team.now.members.get(member)
    arrival = workspace.team.arrival(member)
    asked = [each for each in workspace.ask(lambda rows: rows.find(JoinRequest)) if each.device == old]
    if known is not None:
        person = Founder(known.name, arrival.text("mail") if arrival else "", tuple(sorted(known.roles)))
    elif asked:
        person = Founder(asked[0].name, asked[0].mail, asked[0].roles)
    else:
        raise DeskError(
            _("Nobody of this project sits at this machine."),
            _('Ask to join: mlops-desk get URL FOLDER --member "NAME <MAIL>" --role ROLE'),
            code="TEAM-133",
        )
    device = join(workspace.project, person, _("A further machine of {name}.", name=person.name))
    settings.remember(workspace.project.id, device=device)
    return device


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and take it back if what is done within fails."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DeskError(
            _("The folder is not empty: {folder}", folder=folder),
            _("Name a new one; the project is put there."),
            code="PROJ-120",
        )
    with all_or_nothing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        yield


def _fetch(invitation: Invitation, address: Address, folder: Path, person: Founder | None, stop: Stop) -> Project:
    """Fetch the team copy, look whose project it is, and only then put its files in place."""
    git.init(folder)
    who = (person.name, person.mail) if person else ("", "")
    here = open_git(folder, invitation.project, who, address)
    branch = branch_of(here, address, stop) or "main"
    here.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    exchange = Exchange(here, address, FolderGuard(Project(folder, ""), frozenset()))
    theirs = exchange.fetch(stop)
    id_ = _project_in(exchange, theirs)
    if not id_ or (invitation.project and id_ != invitation.project):
        raise DeskError(
            _("What lies there is not the project you were invited to.")
            if id_
            else _("There is no MLOps Desk project at {address}.", address=address.text),
            _("Nothing was put in place. Ask the owner for a new link: `mlops-desk team invite`."),
            code="TEAM-131",
        )
    if person is None and not Project(folder, id_).own_devices():
        raise DeskError(
            _("This machine has not written in the project before."),
            _('Say who you are: --member "Ana Lima <ana@example.org>" --role ROLE.'),
            code="TEAM-132",
        )
    exchange.merge(theirs)
    name_remote(here, address)
    return load(folder)


def _project_in(exchange: Exchange, commit: str) -> str:
    """Return the id of the project in a commit: the one its marker names, if its first signed entry is there."""
    id_ = marked_in(exchange.repository, commit)
    tree = exchange.repository.tree(commit, "journals")
    first = {path: item for path, item in tree.items() if files.is_journal(path)}
    for path, content in exchange.repository.contents(first):
        line = next((each for each in files.lines_in(content) if line_id(each) == id_), None)
        if line is not None and _begins(line, path.split("/")[1], id_):
            return id_
    return ""


def _begins(line: bytes, device: str, project: str) -> bool:
    try:
        return open_own(line, device, project).kind == events.GENESIS
    except Flaw:
        return False

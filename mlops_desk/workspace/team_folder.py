"""A project folder as git meets it: which files are the desk's, whose configuration is looked at, and which branch."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from mlops_desk.journal import files
from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.sync import config, git
from mlops_desk.sync.address import Address
from mlops_desk.sync.exchange import Offline, branch_of
from mlops_desk.sync.git import Git
from mlops_desk.sync.merge import Rule
from mlops_desk.sync.repository import Repository
from mlops_desk.workspace import memory
from mlops_desk.workspace.project import MARKER, Project, marked_id

_OBJECT = re.compile(r"objects/sha256/[0-9a-f]{2}/[0-9a-f]{64}")


class FolderGuard(msgspec.Struct, frozen=True):
    """What the desk says about the files of a project folder when versions meet."""

    project: Project
    mine: frozenset[str]

    def rule_of(self, path: str) -> Rule:
        """Return how two versions of a path become one."""
        if files.is_journal(path):
            return Rule.MINE if path.split("/")[1] in self.mine else Rule.LINES
        if _OBJECT.fullmatch(path):
            return Rule.KEEP
        return Rule.MINE if path in (MARKER, ".gitattributes") else Rule.PLAIN

    def may_send(self, path: str, before: bytes, now: bytes) -> bool:
        """Tell whether a changed file lost nothing that its author had signed."""
        if self.rule_of(path) is not Rule.LINES:
            return True
        return memory.holds_all(path.split("/")[1], self.project.id, before, now)


def open_git(folder: Path, project: str, person: tuple[str, str], address: Address) -> Git:
    """Return git in a project folder, after a look at the configuration that came with it and with its team copy.

    Raises:
        DeskError: one of them can run programs, and nobody here trusts it.
    """
    trusted = settings.project(project).trusted_configurations
    if address.kind == "path":
        config.check(Path(address.text), trusted)
    return Git(config.check(folder, trusted), person, address)


def marked_in(repository: Repository, commit: str) -> str:
    """Return the id of the project that the marker of a commit names; empty if there is no marker."""
    found = dict(repository.contents(repository.tree(commit, MARKER)))
    return marked_id(found[MARKER].decode("utf-8", "replace")) if MARKER in found else ""


def meet(here: Git, address: Address, stop: Stop) -> None:
    """Take the name of the branch that a team copy has already, such as one that a host began with a README."""
    mine = here.text("symbolic-ref", "--quiet", "--short", "HEAD")
    try:
        branch = branch_of(here, address, stop, mine)
    except Offline:
        return
    if mine and branch and branch != mine:
        is_new = not here.tells("rev-parse", "--verify", "--quiet", "HEAD")
        here.run(*(("symbolic-ref", "HEAD", f"refs/heads/{branch}") if is_new else ("branch", "-m", branch)))


def name_remote(git_here: Git, address: Address) -> None:
    """Tell plain git of the address too, for the person's own git client; the desk never reads it from there."""
    if not git_here.tells("remote", "add", "--", "origin", address.text):
        git_here.run("remote", "set-url", "--", "origin", address.text)
    branch = git_here.text("symbolic-ref", "--quiet", "--short", "HEAD")
    if branch:
        git_here.run("config", "--local", f"branch.{branch}.remote", "origin")
        git_here.run("config", "--local", f"branch.{branch}.merge", f"refs/heads/{branch}")


def prepare_folder(folder: Path) -> None:
    """Make an empty folder a team copy; leave one that is there already as it is.

    Raises:
        DeskError: there is no folder, or it holds something else.
    """
    if not folder.is_dir():
        raise DeskError(
            _("There is no folder {folder}.", folder=folder),
            _("Make an empty folder there; it becomes the team copy."),
            code="SYNC-111",
        )
    if not any(folder.iterdir()):
        git.init_bare(folder)
    if not git.is_repository(folder):
        raise DeskError(
            _("{folder} holds something else than a team copy.", folder=folder),
            _("Name an empty folder, or one that git made."),
            code="SYNC-112",
        )

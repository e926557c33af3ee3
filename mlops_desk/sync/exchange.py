"""The exchange with a team copy: commit what is ours, fetch, merge, send; again when somebody was quicker."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.sync import git as plain_git
from mlops_desk.sync.address import Address
from mlops_desk.sync.git import Git, GitError
from mlops_desk.sync.merge import Item, Rule, Tree, join_lines, merge
from mlops_desk.sync.repository import MAX_CONTENT_BYTES, Repository

TEAM, TAKEN_IN = "refs/mlops-desk/team", "refs/mlops-desk/taken-in"
MAX_TRIES = 8
_WAIT_S = 0.15
_OFFLINE = re.compile(
    r"could not resolve host|couldn't resolve|failed to connect|connection (refused|reset|timed out)|timed out"
    r"|network is (unreachable|down)|no route to host|unable to look up|temporary failure in name resolution"
    r"|does not appear to be a git repository|no such file or directory|could not connect"
    r"|operation too slow|early eof|unexpected disconnect|the remote end hung up",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"authentication failed|permission denied|could not read (username|password)|host key verification"
    r"|returned error: 40[13]\b",
    re.IGNORECASE,
)
_QUOTED = re.compile("'[^']*'")
_NAME = "[A-Za-z0-9][A-Za-z0-9._/-]*"
_BRANCH = re.compile(rf"^[0-9a-f]+\trefs/heads/({_NAME})$", re.MULTILINE)
_HEAD = re.compile(rf"^ref: refs/heads/({_NAME})\tHEAD$", re.MULTILINE)
_QUICKER = re.compile(
    r"non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|incorrect old value", re.IGNORECASE
)


class Offline(DeskError):  # noqa: N818 - a state of the world
    """The team copy cannot be reached now."""


class Guard(Protocol):
    """What the owner of the files says about them."""

    def rule_of(self, path: str) -> Rule:
        """Return how two versions of a path become one; PLAIN for what is not the desk's."""

    def may_send(self, path: str, before: bytes, now: bytes) -> bool:
        """Tell whether a changed file lost nothing that its author had signed."""


class Exchange:
    """One folder and one team copy."""

    def __init__(self, git: Git, address: Address, guard: Guard) -> None:
        self.repository = Repository(git)
        self._git = git
        self._address = address
        self._guard = guard
        self._upload, self._receive = plain_git.services(address)

    def commit(self, message: str) -> bool:
        """Commit what changed of the desk's own files, leaving everything else as it is; tell whether anything did."""
        below = ("journals", "objects", "desk.toml", ".gitattributes")
        found = self.repository.changed(*below)
        paths = [path for path in found if self._is_ours(path) and self._is_plain(path)]
        paths = [path for path in paths if found[path] in ("??", "!!") or self._lost_nothing(path)]
        if paths:
            self.repository.commit_paths(paths, message)
        return bool(paths)

    def _is_ours(self, path: str) -> bool:
        return self._guard.rule_of(path) is not Rule.PLAIN

    def _is_plain(self, path: str) -> bool:
        """Tell whether a path is a file no larger than anything that others would read."""
        place = self._git.folder / path
        return place.is_file() and not place.is_symlink() and place.stat().st_size <= MAX_CONTENT_BYTES

    def _lost_nothing(self, path: str) -> bool:
        head = self.repository.commit_of("HEAD")
        before = dict(self.repository.contents(self.repository.tree(head, path))).get(path, b"")
        return self._guard.may_send(path, before, (self._git.folder / path).read_bytes())

    def fetch(self, stop: Stop) -> str:
        """Fetch the team copy and return its commit; empty where it holds nothing yet.

        Raises:
            Offline: it cannot be reached.
            DeskError: it refuses.
        """
        where = f"+refs/heads/{self.repository.branch()}:{TEAM}"
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"]
        options += ["--unshallow"] if self.repository.is_shallow() else []
        try:
            self._git.run("fetch", *options, self._upload, "--", self._address.text, where, stop=stop)
        except GitError as error:
            if "couldn't find remote ref" in error.complaint.lower():
                return ""
            raise _said(error, self._address) from error
        return self.repository.commit_of(TEAM)

    def arrived(self, theirs: str) -> Iterator[tuple[str, bytes]]:
        """Yield the journals of a fetched commit that are not the same in ours."""
        ours = self.repository.tree(self.repository.commit_of("HEAD"), "journals")
        found = self.repository.tree(theirs, "journals")
        new = {path: item for path, item in found.items() if ours.get(path) != item and self._is_ours(path)}
        return self.repository.contents(new)

    def merge(self, theirs: str) -> list[str]:
        """Take a fetched commit in; returns the files that are in the way, and then nothing was changed.

        Where the team copy was set back, what it lost is lost here too: it stays in the memory of this machine.
        """
        repository = self.repository
        ours, known = repository.commit_of("HEAD"), repository.commit_of(TAKEN_IN)
        is_set_back = bool(known) and not repository.is_ancestor(known, theirs)
        blocked: list[str] = []
        if not ours or (not is_set_back and repository.is_ancestor(ours, theirs) and self._keeps(ours, theirs)):
            blocked = repository.move_to(ours, theirs) if ours != theirs else []
        elif is_set_back or not repository.is_ancestor(theirs, ours):
            blocked = self._merge_apart(known if is_set_back else repository.common(ours, theirs), ours, theirs)
        if not blocked:
            self._git.run("update-ref", TAKEN_IN, theirs)
        return blocked

    def _keeps(self, ours: str, theirs: str) -> bool:
        """Tell whether a later commit still has all that stays as it is here."""
        if ours == theirs:
            return True
        mine, yours = self.repository.tree(ours), self.repository.tree(theirs)
        staying = [path for path in mine if self._guard.rule_of(path) in (Rule.MINE, Rule.KEEP)]
        return all(mine[path] == yours.get(path) for path in staying)

    def _merge_apart(self, base: str, ours: str, theirs: str) -> list[str]:
        repository = self.repository
        was, mine, yours = (repository.tree(commit) for commit in (base, ours, theirs))
        merged = merge(was, mine, yours, self._guard.rule_of)
        if merged.conflicts:
            return merged.conflicts
        items: dict[str, Item] = dict(merged.items)
        for path in merged.to_join:
            versions = self._versions(path, was, mine, yours)
            if versions is None:
                return [path]
            items[path] = Item("100644", repository.keep(join_lines(*versions)))
        changes = {path: items.get(path) for path in mine.keys() | items.keys() if mine.get(path) != items.get(path)}
        after = repository.commit_tree(ours, changes, (ours, theirs), _("Merged by MLOps Desk"))
        return repository.move_to(ours, after)

    def _versions(self, path: str, *trees: Tree) -> tuple[bytes, bytes, bytes] | None:
        """Return what a path holds in three trees, nothing where it is not; None if it is too large to be a journal."""
        found: list[bytes] = []
        for tree in trees:
            here = {path: tree[path]} if path in tree else {}
            contents = [content for _path, content in self.repository.contents(here)]
            if len(contents) != len(here):
                return None
            found += contents or [b""]
        return found[0], found[1], found[2]

    def send(self, theirs: str, stop: Stop) -> bool:
        """Send what is here; False if somebody was quicker.

        Raises:
            Offline: the team copy cannot be reached.
            DeskError: it refuses.
        """
        ours = self.repository.commit_of("HEAD")
        if ours and ours != theirs:
            where = f"{ours}:refs/heads/{self.repository.branch()}"
            options = ("--quiet", "--no-verify", "--no-recurse-submodules", "--no-signed", self._receive)
            try:
                self._git.run("push", *options, "--", self._address.text, where, stop=stop)
            except GitError as error:
                if _QUICKER.search(error.complaint):
                    return False
                raise _said(error, self._address) from error
            for name in (TEAM, TAKEN_IN):
                self._git.run("update-ref", name, ours)
        return True


def again(attempt: Callable[[], bool], stop: Stop) -> bool:
    """Try until it succeeds, at most eight times, with a little chance between; tell whether it did."""
    for number in range(MAX_TRIES):
        if attempt():
            return True
        stop.wait(_WAIT_S * (number + 1) * random.uniform(0.5, 1.5))  # noqa: S311 - only so that two do not meet again
    return False


def branch_of(git: Git, address: Address, stop: Stop, wish: str = "") -> str:
    """Return the branch to exchange: the wish if the team copy has it, else the one it offers; empty if it has none.

    Raises:
        Offline: it cannot be reached.
        DeskError: it refuses.
    """
    upload, _receive = plain_git.services(address)
    try:
        listed = git.run("ls-remote", "--symref", upload, "--", address.text, stop=stop).decode("utf-8", "replace")
    except GitError as error:
        raise _said(error, address) from error
    branches, named = _BRANCH.findall(listed), _HEAD.findall(listed)
    return next((each for each in (wish, *named, "main", *branches) if each in branches), "")


def _said(error: GitError, address: Address) -> DeskError:
    """Return what git's complaint about the other side means."""
    where = address.text
    words = _QUOTED.sub("", error.complaint.replace(where, ""))  # a folder may be called anything, "401" too
    if _OFFLINE.search(words) and not _REFUSED.search(words):
        return Offline(
            _("The team copy cannot be reached: {address}", address=where),
            _("Your entries are safe here and are sent the next time."),
            code="SYNC-130",
        )
    if _REFUSED.search(words):
        return DeskError(
            _("The team copy did not let you in: {address}", address=where),
            _(
                "With https keep a token: `mlops-desk keys token HOST`. With ssh connect once by hand. "
                "Details: {reason}",
                reason=error.complaint,
            ),
            code="SYNC-131",
        )
    return DeskError(
        _("The team copy refused: {address}", address=where),
        _("Your entries are safe here. Details: {reason}", reason=error.complaint),
        code="SYNC-132",
    )

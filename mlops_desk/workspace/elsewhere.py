"""Objects that the shared folder does not take: where each lies, and sending, fetching and bringing them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
from filelock import FileLock, Timeout

from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.objects.folder import Folder
from mlops_desk.objects.remote import Carriage, Unreachable
from mlops_desk.objects.store import ObjectStore
from mlops_desk.workspace import withheld
from mlops_desk.workspace.lying import Lying, lying
from mlops_desk.workspace.project import Project

MOST_UNSAID_BYTES = 256 * 1024 * 1024  # of an object whose record does not say how large it is
SHORTEST_PREFIX = 4
_PATIENCE_S = 60

Done = Literal["sent", "fetched", "there", "here", "kept", "absent", "failed"]


class Asks(Protocol):
    """Who answers questions about the rows."""

    def ask(self, query: Callable[..., Any], *values: Any) -> Any:
        """Return what a query function answers."""


class Opened(Asks, Protocol):
    """An open project, as far as objects need it."""

    project: Project
    objects: ObjectStore

    @property
    def here(self) -> Here:
        """This machine, and who sits at it."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one object; ``said`` is a sentence where it is not at its goal."""

    digest: str
    title: str
    done: Done
    said: str = ""


class Elsewhere:
    """The objects of one project and the folder for them that was typed on this machine."""

    def __init__(self, project: Project, here: Here, store: ObjectStore, rows: Asks) -> None:
        self._project = project
        self._here = here
        self._store = store
        self._rows = rows

    @classmethod
    def of(cls, workspace: Opened) -> Elsewhere:
        """Return the objects of an open project."""
        return cls(workspace.project, workspace.here, workspace.objects, workspace)

    # --- the place -----------------------------------------------------------------------

    @property
    def place(self) -> str:
        """The folder for objects; empty if nobody typed one here."""
        return settings.project(self._project.id).objects_remote

    def settle_at(self, typed: str) -> str:
        """Make a folder the place for objects on this machine and return it; what lies there is left as it is.

        Raises:
            DeskError: there is no such folder, it cannot be written, or the team would get what lies there.
        """
        place = Path(typed).expanduser().absolute()
        self._check_place(place)
        try:
            (place / self._project.id).mkdir(exist_ok=True)
        except OSError as error:
            raise DeskError(
                _("Nothing can be written in {place}: {reason}.", place=place, reason=error.strerror or error),
                _("Choose a folder that you may write to."),
                code="OBJECT-223",
            ) from error
        settings.remember(self._project.id, objects_remote=str(place))
        return str(place)

    def _check_place(self, place: Path) -> None:
        if not place.is_dir():
            raise DeskError(
                _("There is no folder {place}.", place=place),
                _("Name a folder or a network path that is there, such as one on a drive of the team."),
                code="OBJECT-221",
            )
        whole = place.resolve()
        for own in (self._project.folder.resolve(), self._project.private.resolve()):
            if whole == own or own in whole.parents:
                raise DeskError(
                    _("{place} lies in the project.", place=place),
                    _("Choose a folder outside, so that nothing of it goes to the team by git."),
                    code="OBJECT-222",
                )

    def forget(self) -> None:
        """Have no place for objects on this machine any more; what lies there stays."""
        settings.remember(self._project.id, objects_remote="")

    def _remote(self) -> Folder | None:
        who = self._here.device[:16] or "guest"
        return Folder(Path(self.place) / self._project.id, who) if self.place else None

    def _must_remote(self) -> Folder:
        if remote := self._remote():
            remote.check()
            return remote
        raise DeskError(
            _("No place for objects is set on this machine."),
            _("Set it: `mlops-desk objects remote PATH`, a folder or network path that the team reaches."),
            code="OBJECT-220",
        )

    # --- where they lie ------------------------------------------------------------------

    def lying(self, subjects: Sequence[str] = ()) -> list[Lying]:
        """Return where every object lies that the records name, or those that subjects name.

        Raises:
            NotKnownHere: a subject names none.
        """
        found = self._rows.ask(lying, self._store)
        if subjects:
            by_subject = {each: [one for one in found if _is_called(one, each)] for each in subjects}
            _check_known(by_subject)
            wanted = {one.digest for chosen in by_subject.values() for one in chosen}
            found = [each for each in found if each.digest in wanted]
        return self._seen(found)

    def _seen(self, found: list[Lying]) -> list[Lying]:
        remote = self._remote()
        if remote is None:
            return found
        try:
            sizes = [remote.size(each.digest) for each in found]
        except Unreachable:
            return [msgspec.structs.replace(each, at_remote=None) for each in found]
        return [each.seen(size) for each, size in zip(found, sizes, strict=True)]

    # --- carrying ------------------------------------------------------------------------

    def send(self, subjects: Sequence[str], progress: Progress, stop: Stop) -> list[Outcome]:
        """Send what is here, may leave, and is not there yet: all, or what subjects name.

        Raises:
            DeskError: no place is set, or a subject may not leave; then nothing was sent.
            Unreachable: the place cannot be reached; the same command goes on.
            Cancelled: the person stopped it; so does it then.
        """
        remote = self._must_remote()
        found = self.lying(subjects)
        if subjects and (closed := [each for each in found if each.missing]):
            raise withheld.may_not_leave(closed[0])
        return [_tried(each, partial(self._sent, each, remote, progress, stop)) for each in found]

    def _sent(self, about: Lying, remote: Folder, progress: Progress, stop: Stop) -> Outcome:
        if about.missing:
            return Outcome(about.digest, about.title, "kept", withheld.may_not_leave(about).sentence)
        if about.is_here and about.at_remote and about.remote_bytes != about.size_bytes:
            raise withheld.wrong_size(about, about.remote_bytes)
        if about.at_remote or about.is_shared:
            return Outcome(about.digest, about.title, "there")
        if not about.is_here:
            return Outcome(about.digest, about.title, "absent", about.needed)
        path = self._store.path(about.digest)
        source = _File(path)
        tell = partial(progress, _("Sending {title}", title=about.title))
        size = path.stat().st_size
        with self._alone():
            Carriage(about.digest, size, partial(_tell, tell, size), stop).carry(source, remote)
        return Outcome(about.digest, about.title, "sent")

    def fetch(self, subjects: Sequence[str], progress: Progress, stop: Stop) -> list[Outcome]:
        """Fetch what is not here: all, or what subjects name. What is damaged there is said, and the rest goes on.

        Raises:
            DeskError: no place is set, or nothing of what the subjects name is to be had.
            Unreachable: the place cannot be reached; the same command goes on.
            Cancelled: the person stopped it; so does it then.
        """
        remote = self._must_remote()
        found = self.lying(subjects)
        if subjects and not any(each.is_here or each.is_shared or each.at_remote for each in found):
            raise withheld.lies_elsewhere(found[0], self.place)
        return [_tried(each, partial(self._fetched, each, remote, progress, stop)) for each in found]

    def _fetched(self, about: Lying, remote: Folder, progress: Progress, stop: Stop) -> Outcome:
        if about.is_here or about.is_shared:
            return Outcome(about.digest, about.title, "here")
        if not about.at_remote:
            return Outcome(about.digest, about.title, "absent", about.needed)
        self._take(about, remote, progress, stop)
        return Outcome(about.digest, about.title, "fetched")

    def bring(self, digest: str, progress: Progress, stop: Stop) -> None:
        """Fetch one object because work needs it; it is here afterwards.

        Raises:
            DeskError: it is nowhere to be had, with whose machine has it and what helps.
            Cancelled: the person stopped it.
        """
        found = [each for each in self._rows.ask(lying, self._store) if each.digest == digest]
        if not found:
            return  # no record names it: the store says so itself
        remote = self._remote()
        [about] = self._seen(found)
        if remote is None or not about.at_remote:
            raise withheld.lies_elsewhere(about, self.place)
        self._take(about, remote, progress, stop)

    def _take(self, about: Lying, remote: Folder, progress: Progress, stop: Stop) -> None:
        size = about.remote_bytes
        if size is None or (size not in about.told if about.told else size > MOST_UNSAID_BYTES):
            raise withheld.wrong_size(about, size)
        self._store.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._store.folder).free < size:
            raise withheld.no_room(about, size)
        tell = partial(progress, _("Fetching {title}", title=about.title))
        with self._alone():
            if not self._store.has(about.digest):
                mine = Folder(self._store.folder, "here")
                Carriage(about.digest, size, partial(_tell, tell, size), stop).carry(remote, mine)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process of this machine carries objects of this project."""
        self._project.locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._project.locks / f"objects-{self._project.id}.lock", timeout=_PATIENCE_S)
        try:
            lock.acquire()
        except Timeout:
            raise DeskError(
                _("Another window or command is sending or fetching objects of this project."),
                _("Wait until it is done, then do the same again."),
                code="OBJECT-217",
            ) from None
        try:
            yield
        finally:
            lock.release()


_OF_ONE_OBJECT = frozenset({"OBJECT-202", "OBJECT-213", "OBJECT-214", "OBJECT-215", "OBJECT-216"})


def _tried(about: Lying, work: Callable[[], Outcome]) -> Outcome:
    """Return what became of one object; what is wrong with it alone does not keep the others."""
    try:
        return work()
    except DeskError as refused:
        if refused.code not in _OF_ONE_OBJECT:
            raise
        return Outcome(about.digest, about.title, "failed", f"{refused.sentence} {refused.hint}".strip())


class _File:
    """A verified file as a source."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, digest: str, offset: int, count: int) -> bytes:  # noqa: ARG002 - it holds one object
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(count)


def _tell(tell: Callable[[int, int], None], size: int, done: int) -> None:
    tell(done, size)


def _is_called(about: Lying, text: str) -> bool:
    if text in about.names:
        return True
    return len(text) >= SHORTEST_PREFIX and any(each.startswith(text.lower()) for each in (about.digest, *about.ids))


def _check_known(by_subject: dict[str, list[Lying]]) -> None:
    for text, found in by_subject.items():
        if not found:
            raise NotKnownHere(
                _("No object belongs to “{text}”.", text=text),
                _("`mlops-desk objects list` shows what there is; a file kept by reference is no object."),
                code="OBJECT-224",
            )

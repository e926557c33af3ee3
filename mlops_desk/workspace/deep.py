"""The deep check: objects hashed again, what rows name looked up, and the rows in use held against rows made anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from mlops_desk.areas.team.queries import names
from mlops_desk.catalogue import OBJECTS, RULES
from mlops_desk.kernel.area import ObjectUse
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _
from mlops_desk.objects.store import ObjectStore, digest_of
from mlops_desk.projection.database import Database
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace.intake import Intake
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.verify import Deep, Verified, name_of
from mlops_desk.workspace.versions import REGISTRY

TRIES = 5  # another process may write between two looks


class Desk(Protocol):
    """What the deep check needs of an open workspace."""

    project: Project
    objects: ObjectStore

    @property
    def here(self) -> Here:
        """This machine, and who sits at it."""

    def ask(self, query: Callable[..., Any]) -> Any:
        """Return what a query finds in the rows."""

    def refresh(self) -> Changes:
        """Take in what is new."""

    def digest(self) -> str:
        """Return the hash of all rows."""


def deepened(checked: Verified, desk: Desk, progress: Progress, stop: Stop) -> Verified:
    """Return a check of all lines with what a deep look at objects and rows found.

    Raises:
        Cancelled: somebody wished to stop.
    """
    altered, count, size = _hashed_again(desk, progress, stop)
    uses, absent = desk.ask(_references), list[Finding]()
    who: dict[str, str] = desk.ask(names)
    for use in uses:
        if not desk.objects.has(use.digest):
            absent.append(_absent(use, who.get(use.member, "")))
    digest, rebuilt = _both_digests(desk, progress, stop)
    differing = [] if digest == rebuilt else [_differing(digest, rebuilt)]
    found = Deep(count, size, len(uses), len(absent), digest, rebuilt)
    return checked.deeper(found, [*altered, *absent, *differing])


def _hashed_again(desk: Desk, progress: Progress, stop: Stop) -> tuple[list[Finding], int, int]:
    """Read every object again; return what is not what its name says, how many there are, and their bytes."""
    paths = desk.objects.files()
    sizes = {path: path.lstat().st_size for path in paths}
    total, done = sum(sizes.values()), 0
    found: list[Finding] = []
    for path in paths:
        go_on(stop)
        progress(_("Reading objects again"), done, total)
        if path.is_symlink() or not path.is_file() or digest_of(path) != path.name:
            sentence = _("the object is not what its name says; get it again from a teammate's machine")
            found.append(Finding("altered-object", name_of(desk.project, path), sentence))
        done += sizes[path]
    return found, len(paths), total


def _references(rows: Rows) -> Sequence[ObjectUse]:
    uses = (use for named in OBJECTS for use in named(rows))
    return list({(use.digest, use.what): use for use in uses}.values())


def _absent(use: ObjectUse, name: str) -> Finding:
    maker = name or _("a teammate")
    if use.is_kept:
        sentence = _("{what}: needs the object from the machine of {name}", what=use.what, name=maker)
    else:
        sentence = _("{what}: kept by reference, the file lies with {name}", what=use.what, name=maker)
    return Finding("absent-object", f"objects/sha256/{use.digest[:2]}/{use.digest}", sentence, author=use.member)


def _both_digests(desk: Desk, progress: Progress, stop: Stop) -> tuple[str, str]:
    """Return the hash of the rows in use, and of rows made anew from all lines in a store that goes afterwards."""
    desk.project.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="verify-", dir=desk.project.cache) as folder:
        database = Database(Path(folder), RULES.nouns, REGISTRY)
        try:
            intake = Intake(desk.project, database, RULES, remembers=False)
            reader = Reader(database.connection, RULES.nouns, REGISTRY, desk.here)
            intake.refresh(progress, stop)
            digests = desk.digest(), reader.digest()
            for _try in range(TRIES):
                if digests[0] == digests[1]:
                    break
                go_on(stop)
                desk.refresh()
                intake.refresh(silent, stop)
                digests = desk.digest(), reader.digest()
            return digests
        finally:
            database.close()


def _differing(digest: str, rebuilt: str) -> Finding:
    sentence = _(
        "the rows in use ({used}…) are not what the journals say ({anew}…); `mlops-desk rebuild` makes them anew",
        used=digest[:12],
        anew=rebuilt[:12],
    )
    return Finding("rows-differ", "projection", sentence)

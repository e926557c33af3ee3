"""A file kept by reference: used only while it is, byte for byte, what was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desk.kernel import settings
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Bench
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.areas.datasets.dataset import DatasetVersion
    from mlops_desk.science.sources import Hashed

Witness = tuple[
    int, int, int, int
]  # size, times of content and of state in ns, inode: what a verified file looked like


def witness_of(path: Path) -> Witness | None:
    """Return what a file looks like from outside; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def remember(bench: Bench, id_: str, path: Path, seen: Witness | None) -> None:
    """Note where this machine keeps the file of a version, and what it looked like before its bytes were hashed.

    Raises:
        DeskError: it has changed since.
    """
    if seen is None or witness_of(path) != seen:
        raise DeskError(
            _("The file changed while it was read: {file}", file=path.name),
            _("Nothing was added. Try again when it is still."),
            code="DATA-104",
        )
    bench.remember(id_, path)
    known = settings.project(bench.here.project).witnesses
    settings.remember(bench.here.project, witnesses={**known, id_: seen})


def check_content(bench: Bench, version: DatasetVersion, path: Path) -> None:
    """Refuse a file whose bytes are not those of the version; one that looks as it did is not hashed again.

    Raises:
        DeskError: DATA-106 it has changed.
        Cancelled: somebody stopped the hashing.
    """
    from mlops_desk.science.sources import OpenJob, hash_file

    seen = witness_of(path)
    if seen == _known(bench, version.id):
        return
    if seen is None or seen[0] != version.size_bytes:
        raise _changed(version)
    found: Hashed = bench.work(hash_file, OpenJob(path=str(path)))
    if found.sha256 != version.sha256 or witness_of(path) != seen:
        raise _changed(version)
    remember(bench, version.id, path, seen)


def check_still(bench: Bench, version: DatasetVersion) -> None:
    """Refuse what was worked out of a file kept by reference if it changed meanwhile.

    Raises:
        DeskError: DATA-106 it has changed.
    """
    path = None if bench.store.has(version.sha256) else bench.recall(version.id)
    if path is not None and witness_of(path) != _known(bench, version.id):
        raise _changed(version)


def _known(bench: Bench, id_: str) -> Witness | None:
    return settings.project(bench.here.project).witnesses.get(id_)


def _changed(version: DatasetVersion) -> DeskError:
    return DeskError(
        _(
            "{file} is not {label} any more: the file has changed since it was recorded.",
            file=version.file_name,
            label=version.label,
        ),
        _(
            "Nothing was recorded. Add it as a version: `mlops-desk dataset version {name} FILE`, "
            "or find the original and say where it is: `mlops-desk dataset locate {label} FILE`.",
            name=version.label.rpartition("@")[0],
            label=version.label,
        ),
        code="DATA-106",
    )

"""Which objects may lie in the shared folder: those of data whose every column is confirmed public or confidential."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mlops_desk.areas.datasets.queries import may_be_shared
from mlops_desk.kernel.rows import Bench, Rows, Store, lasting
from mlops_desk.kernel.words import plural

if TYPE_CHECKING:
    from mlops_desk.areas.datasets.dataset import DatasetVersion


def share_what_may_be(bench: Bench, version: DatasetVersion, *digests: str) -> None:
    """Copy objects into the shared folder where every column is confirmed public or confidential.

    A folder that cannot be written does not stop work: the objects are safe here.
    """
    if may_be_shared(bench, version):
        with suppress(OSError):
            for digest in set(digests).difference(closed_objects(bench)):
                bench.store.share(digest)


def withdraw_closed(rows: Rows, store: Store) -> str:
    """Take out of the shared folder what may not lie there any more; return a sentence if there was anything.

    It stays on this machine. A folder that cannot be written is tried again the next time.
    """
    taken = 0
    if shared := store.shared():
        with suppress(OSError):
            for digest in sorted(shared.intersection(rows.ask(closed_objects))):
                store.withdraw(digest)
                taken += 1
    if not taken:
        return ""
    return plural(
        "{n} object with figures of its data was taken out of the shared folder and stays on this machine; "
        "git history keeps what was once sent.",
        "{n} objects with figures of their data were taken out of the shared folder and stay on this machine; "
        "git history keeps what was once sent.",
        taken,
    )


@lasting
def closed_objects(rows: Rows) -> list[str]:
    """Return the objects of profiles that may not be shared; of two profiles of one object the stricter counts."""
    from mlops_desk.areas.datasets.dataset import DatasetVersion
    from mlops_desk.areas.datasets.profile import Profile

    closed = {each.id for each in rows.find(DatasetVersion) if not may_be_shared(rows, each)}
    profiles = [each for each in rows.find(Profile) if each.version in closed]
    return sorted({digest for each in profiles for digest in (each.figures, each.reference)})

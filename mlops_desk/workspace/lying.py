"""Where the objects lie that the records name, and whether each may leave: one line for each object."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.areas.datasets.sending import SIGNERS, role_names, signers_missing
from mlops_desk.areas.team.queries import names
from mlops_desk.catalogue import OBJECTS
from mlops_desk.kernel.area import ObjectUse
from mlops_desk.kernel.ids import is_id
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.objects.store import ObjectStore, is_digest, place_of


class Lying(msgspec.Struct, frozen=True):
    """One object: what it is, and where it lies.

    ``label`` is what commands call it by, ``dataset`` the name of the data it is or was made of, ``told`` the sizes
    that records tell in bytes, ``member`` the name of who recorded it. ``at_remote`` is None where nobody can tell
    now; ``missing`` are the roles that have to sign before it may leave; ``size_bytes`` is None where neither a
    file nor a record tells, ``remote_bytes`` where nothing lies at the remote.
    """

    digest: str
    title: str
    label: str
    dataset: str
    names: frozenset[str]
    size_bytes: int | None
    told: frozenset[int]
    member: str
    is_here: bool
    is_shared: bool
    at_remote: bool | None = False
    remote_bytes: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The sha256: what tables know it by."""
        return self.digest

    @property
    def ids(self) -> list[str]:
        """The ids of records that name it."""
        return [each for each in self.names if is_id(each)]

    @property
    def needed(self) -> str:
        """The state of an object that is not to be had."""
        return _("needs the object from {name}'s machine", name=self.member)

    @property
    def state(self) -> State:
        """Where it is, in words."""
        places = {
            _("here"): self.is_here,
            _("in the shared folder"): self.is_shared,
            _("at the place for objects"): self.at_remote,
        }
        words = ", ".join(word for word, is_so in places.items() if is_so)
        if self.is_here or self.is_shared:
            return State("ok", words)
        if self.at_remote is None:
            return State("unknown", _("not known"), _("the place for objects cannot be reached"))
        return State("info", words) if self.at_remote else State("warn", self.needed)

    @property
    def leave(self) -> str:
        """Whether it may leave, in words."""
        return _("when {roles} signed", roles=role_names(self.missing)) if self.missing else _("yes")

    def seen(self, size: int | None) -> Lying:
        """Return it with what the remote tells: how many bytes lie there, None for no such object."""
        known = size if self.size_bytes is None else self.size_bytes
        return msgspec.structs.replace(self, at_remote=size is not None, size_bytes=known, remote_bytes=size)


def lying(rows: Rows, store: ObjectStore) -> list[Lying]:
    """Return where every object lies that the records name, as far as this machine can tell alone."""
    by_digest: dict[str, list[ObjectUse]] = defaultdict(list)
    for use in (each for named in OBJECTS for each in named(rows)):
        if use.is_kept and is_digest(use.digest):  # others may write anything
            by_digest[use.digest].append(use)
    people, shared, data = names(rows), store.shared(), _data(rows)
    return [_lying(rows, store, uses, people, shared, data) for uses in by_digest.values()]


def _data(rows: Rows) -> dict[str, str]:
    """Return the name of the dataset of every version."""
    sets = {each.id: each.name for each in rows.find(Dataset)}
    return {each.id: sets.get(each.dataset, "") for each in rows.find(DatasetVersion)}


def _lying(
    rows: Rows,
    store: ObjectStore,
    uses: list[ObjectUse],
    people: dict[str, str],
    shared: frozenset[str],
    data: dict[str, str],
) -> Lying:
    digest = uses[0].digest
    told = frozenset(each.size_bytes for each in uses if each.size_bytes is not None)
    here = place_of(store.folder, digest)
    closed = {source: rows.ask(signers_missing, source) for each in uses for source in each.sources}
    first = next((source for source, roles in closed.items() if roles), uses[0].sources[0])
    return Lying(
        digest=digest,
        title=uses[0].what,
        label=uses[0].names[0],
        dataset=data.get(first, ""),
        names=frozenset(name for each in uses for name in (*each.names, each.what) if name),
        size_bytes=here.stat().st_size if here.is_file() else min(told, default=None),
        told=told,
        member=_(" or ").join(dict.fromkeys(people.get(each.member, _("somebody")) for each in uses)),
        is_here=here.is_file(),
        is_shared=digest in shared,
        missing=tuple(role for role in SIGNERS if any(role in roles for roles in closed.values())),
    )

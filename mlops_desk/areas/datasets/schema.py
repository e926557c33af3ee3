"""Two schemas against each other: which names are gone, which are new, which have another type."""

from __future__ import annotations

from collections.abc import Mapping

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return how two schemas, types by name, differ in words; empty where they are equal, whatever the order."""
    gone = [name for name in before if name not in after]
    new = [name for name in after if name not in before]
    other = [name for name in before if name in after and before[name] != after[name]]
    changed = [
        _("{name} is {after}, was {before}", name=name, after=after[name], before=before[name]) for name in other
    ]
    parts = [_("gone: {names}", names=", ".join(gone))] if gone else []
    parts += [_("new: {names}", names=", ".join(new))] if new else []
    return "; ".join([*parts, *changed])


def types_of(version: DatasetVersion) -> dict[str, str]:
    """Return the type of each column of a version."""
    return {each.name: each.type for each in version.columns}


def version_before(rows: Rows, version: DatasetVersion) -> DatasetVersion | None:
    """Return the version of the same dataset that was recorded last before this one."""
    known = rows.find(DatasetVersion, "dataset = ?", version.dataset)
    places = [place for place, each in enumerate(known) if each.id == version.id]
    return known[places[0] - 1] if places and places[0] else None

"""A value that was read from records, with a digest of just those records."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from mlops_desk.kernel.record import Fact


class Measured(NamedTuple):
    """A value and the sha256 that names the data it was read from."""

    value: float
    data: str


def measured(value: float, facts: Iterable[Fact]) -> Measured:
    """Return a value with the digest of the entries that hold the facts it was read from, whatever their order."""
    return Measured(float(value), digest_of({each.line for each in facts}))


def digest_of(lines: Iterable[str]) -> str:
    """Return the sha256 of ids of entries; an id is the hash of the signed entry, so it stands for all it says."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()

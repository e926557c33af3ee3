"""What a signature covers: the content of a thing, ordered and hashed, so that any change of it shows."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from mlops_desk.kernel.record import to_wire


class Subject(msgspec.Struct, frozen=True):
    """A thing that is signed: what it is called, the hash of what it covers, who made it.

    ``contested`` names covered fields with two versions; such a subject cannot be signed.
    ``related`` maps nouns to the ids of rows that checks of this subject look at.
    """

    noun: str
    id: str
    label: str
    hash: str
    contested: tuple[str, ...] = ()
    authors: frozenset[str] = frozenset()
    related: tuple[tuple[str, str], ...] = ()

    def other(self, noun: str) -> str:
        """Return the id of the related row of a noun; empty if there is none."""
        return dict(self.related).get(noun, "")


def cover_hash(covers: Sequence[tuple[str, Any]]) -> str:
    """Return the sha256 over the canonical bytes of named values in their order."""
    whole = [[name, to_wire(value)] for name, value in covers]
    return sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()

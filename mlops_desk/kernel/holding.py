"""An object as the records name it: which bytes, what people call them, whose machine made them, of which data."""

from __future__ import annotations

import msgspec


class Holding(msgspec.Struct, frozen=True):
    """One object that a record names by its sha256.

    ``names`` are what people may call it by: labels, names, ids. ``version`` is the id of the dataset version that
    it is or was made of, whose classes hold for it too; ``member`` the id of who recorded it; ``size_bytes`` what the
    record says, None where it says nothing.
    """

    digest: str
    title: str
    names: tuple[str, ...]
    version: str
    member: str
    size_bytes: int | None = None

"""Fingerprints for people: eight words of a list of ours that two can compare by voice."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from mlops_desk.kernel.assets import resource

WORD_COUNT = 8
BITS_A_WORD = 11


@cache
def words() -> tuple[str, ...]:
    """Return the 2,048 words; their order is part of the meaning."""
    return tuple(resource("words/fingerprint.txt").read_text(encoding="ascii").split())


def fingerprint(identity: str) -> str:
    """Return eight words (88 bits) for a device or project id."""
    bits = int.from_bytes(sha256(identity.encode()).digest()[: WORD_COUNT * BITS_A_WORD // 8], "big")
    places = reversed(range(WORD_COUNT))
    return " ".join(words()[(bits >> (BITS_A_WORD * place)) & 0x7FF] for place in places)

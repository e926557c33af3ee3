"""A seed as 24 words on paper: 256 bits and a check of 8, in the words of our own list."""

from __future__ import annotations

from hashlib import sha256

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import BITS_A_WORD, words
from mlops_desk.kernel.words import _

COUNT = 24
SEED_BYTES = 32


def to_words(seed: bytes) -> str:
    """Return the 24 words of a 32-byte seed."""
    bits = int.from_bytes(seed + sha256(seed).digest()[:1], "big")
    return " ".join(words()[(bits >> (BITS_A_WORD * place)) & 0x7FF] for place in reversed(range(COUNT)))


def from_words(text: str) -> bytes:
    """Return the seed of 24 words; the first four letters of each are enough.

    Raises:
        DeskError: a word is not of the list, there are more or fewer than 24, or they do not belong together.
    """
    given = text.lower().split()
    places = {word[:4]: place for place, word in enumerate(words())}
    unknown = [word for word in given if word[:4] not in places or not words()[places[word[:4]]].startswith(word)]
    if unknown or len(given) != COUNT:
        raise DeskError(
            _("“{word}” is no word of a recovery key.", word=unknown[0])
            if unknown
            else _("A recovery key has 24 words; these are {n}.", n=len(given)),
            _("Nothing was changed. Look at the paper and type them again."),
            code="KEY-120",
        )
    bits = 0
    for word in given:
        bits = bits << BITS_A_WORD | places[word[:4]]
    data = bits.to_bytes(SEED_BYTES + 1, "big")
    if sha256(data[:SEED_BYTES]).digest()[:1] != data[SEED_BYTES:]:
        raise DeskError(
            _("These 24 words do not belong together: one is wrong, or two changed places."),
            _("Nothing was changed. Look at the paper and type them again."),
            code="KEY-121",
        )
    return data[:SEED_BYTES]

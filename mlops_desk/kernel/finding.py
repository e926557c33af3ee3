"""What is wrong with a piece of the shared truth: shown, never raised, never lost."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """A line or file that does not count, with the place and a sentence.

    ``code`` is one of the verdicts of docs/journal-format.md, ``foreign-file``, ``no-beginning``, ``told-twice``, or
    what only a deep check finds: ``altered-object``, ``absent-object``, ``rows-differ``;
    ``grave`` findings make ``verify`` fail, the others are notes.
    """

    code: str
    place: str
    sentence: str
    line: str = ""
    author: str = ""

    @property
    def grave(self) -> bool:
        """Tell whether this is damage or forgery rather than something still on its way."""
        return self.code in GRAVE


GRAVE = frozenset(
    {
        "malformed",
        "bad-signature",
        "malformed-signed",
        "view-went-back",
        "held-fork",
        "fork",
        "rollback",
        "no-beginning",
        "told-twice",
        "altered-object",
        "rows-differ",
    }
)

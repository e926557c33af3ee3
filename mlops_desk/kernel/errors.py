"""The one error that a person may meet: a sentence, a hint, a code."""

from __future__ import annotations


class DeskError(Exception):
    """Something a person asked for is not possible, and what they can do about it.

    ``sentence`` says what happened to which thing; ``hint`` says what to do now;
    ``code`` names the kind of refusal for scripts and searches, e.g. ``DATA-207``.
    """

    def __init__(self, sentence: str, hint: str = "", *, code: str = "DESK-100") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.code = code


class NotKnownHere(DeskError):  # noqa: N818 - a state of the world, said as a refusal
    """An id, name or prefix names nothing, or more than one thing."""


class Cancelled(DeskError):  # noqa: N818 - a person's wish, not a failure
    """A person stopped a running task; everything is as it was before."""

"""How long work tells how far it is: a step in words, and how much of it is done."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long work, from wherever it runs; must be cheap and never raise."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say the step in words for people; ``done`` of ``total`` units, total 0 if unknown."""


def silent(step: str, done: int, total: int) -> None:
    """Ignore progress: for tests and scripts."""

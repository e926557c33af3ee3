"""States as people meet them: a level that chooses shape and colour, and the word beside it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["ok", "warn", "bad", "info", "unknown"]


class State(NamedTuple):
    """A level and its word. *Not known* is a state of its own, never a kind of good."""

    level: Level
    word: str
    reason: str = ""

    @property
    def known(self) -> bool:
        """Tell whether anything is known at all."""
        return self.level != "unknown"


_BADNESS: dict[Level, int] = {"bad": 4, "warn": 3, "unknown": 2, "info": 1, "ok": 0}


def badness(state: State) -> int:
    """Return how far up a list the state belongs, worst first: 4 is worst."""
    return _BADNESS[state.level]

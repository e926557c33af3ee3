"""States as people meet them: a level that chooses shape and colour, and the word beside it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mlops_desk.kernel.words import _

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


class Verdict(NamedTuple):
    """What a check found: pass, fail, not known or too few, the value and limit it compared, and why."""

    state: State
    value: str = ""
    limit: str = ""


def passed(reason: str = "", value: str = "", limit: str = "") -> Verdict:
    """Return the verdict *pass*."""
    return Verdict(State("ok", _("Pass"), reason), value, limit)


def failed(reason: str = "", value: str = "", limit: str = "") -> Verdict:
    """Return the verdict *fail*."""
    return Verdict(State("bad", _("Fail"), reason), value, limit)


def not_known(reason: str = "", value: str = "") -> Verdict:
    """Return the verdict *not known*."""
    return Verdict(State("unknown", _("Not known"), reason), value)


def too_few(reason: str = "", value: str = "") -> Verdict:
    """Return the verdict *too few*: there are not enough rows to judge."""
    return Verdict(State("unknown", _("Too few"), reason), value)

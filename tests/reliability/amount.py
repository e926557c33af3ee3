"""How much a run of a subject is: a number of turns or some minutes, always from the same seeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

Figures = dict[str, float]
Run = Callable[["Amount"], Figures]


class Amount(NamedTuple):
    """A number of turns; with ``minutes`` as many as fit into these, whatever the number."""

    number: int
    minutes: float = 0

    def turns(self) -> Iterator[int]:
        """Yield the number of each turn, which is its seed, too."""
        end = time.monotonic() + self.minutes * 60
        turn = 0
        while (time.monotonic() < end) if self.minutes else (turn < self.number):
            yield turn
            turn += 1

"""Where one was: spots of the window in the order of going, and the way back and forward."""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 200


class Spot(NamedTuple):
    """A page, the tab in front, and the record that is shown; empty where there is none."""

    place: str = ""
    tab: str = ""
    noun: str = ""
    id: str = ""


class History:
    """The spots behind and before the one where one is."""

    def __init__(self) -> None:
        self.now = Spot()
        self._past: list[Spot] = []
        self._future: list[Spot] = []

    def go(self, spot: Spot) -> None:
        """Go on to a spot; the one before stays behind."""
        if spot == self.now:
            return
        if self.now.place:
            self._past = [*self._past[1 - LONGEST :], self.now]
        self._future.clear()
        self.now = spot

    def settle(self, spot: Spot) -> None:
        """Be at a spot without having gone: another row of the same table was chosen."""
        self.now = spot

    def back(self) -> Spot | None:
        """Step back and return where one is then; None where nothing lies behind."""
        return self._step(self._past, self._future)

    def forward(self) -> Spot | None:
        """Take a step back again and return where one is then."""
        return self._step(self._future, self._past)

    def _step(self, out: list[Spot], into: list[Spot]) -> Spot | None:
        if not out:
            return None
        into.append(self.now)
        self.now = out.pop()
        return self.now

    @property
    def can_go_back(self) -> bool:
        """Tell whether there is a way back."""
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        """Tell whether there is a way forward."""
        return bool(self._future)

    def forget(self) -> None:
        """Begin anew: another project."""
        self.now = Spot()
        self._past.clear()
        self._future.clear()

"""Work of the window in small pieces, each in a turn of the loop of its own: typing and painting come between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakMethod

import shiboken6
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

Piece = Callable[[], object]
Then = Callable[[Any], object]

TURN_MS = 5  # long enough that what came meanwhile goes first, and too short to be noticed
_made: list[Turns] = []


class Turns(QObject):
    """Does pieces of work in the order of asking. Slots are held weakly: what was closed is forgotten."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Callable[[], Piece | None]] = []
        self._next = QTimer(self, singleShot=True, interval=TURN_MS)
        self._next.timeout.connect(self._do_next)

    def soon(self, piece: Piece) -> None:
        """Do a piece when its turn comes; what waits already is not done twice."""
        wanted = held(piece)
        if wanted not in self._waiting:
            self._waiting.append(wanted)
        if not self._next.isActive():
            self._next.start()

    @property
    def is_idle(self) -> bool:
        """Tell whether no piece waits."""
        return not self._waiting

    @Slot()
    def _do_next(self) -> None:
        piece = self._waiting.pop(0)() if self._waiting else None
        if self._waiting:
            self._next.start()
        if piece is not None and _is_alive(piece):
            piece()


def turns() -> Turns:
    """Return the turns of the application; made with the first question."""
    known = _made[0] if _made else None
    if known is not None and shiboken6.isValid(known):
        return known
    app = QApplication.instance()
    assert app is not None
    _made[:] = [Turns(app)]
    return _made[0]


def held(slot: Callable[..., object] | None) -> Callable[[], Any]:
    """Return how to find a slot again: weakly if it belongs to an object."""
    if slot is None:
        return lambda: None
    try:
        return WeakMethod(slot)
    except TypeError:
        return lambda: slot


def tell(slot: Then | None, value: Any) -> None:
    """Call a slot if there is one and its object still lives."""
    if slot is not None and _is_alive(slot):
        slot(value)


def _is_alive(slot: Callable[..., object]) -> bool:
    owner = getattr(slot, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)

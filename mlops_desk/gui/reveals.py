"""Hidden values that a person asked to see: shown for five minutes, then forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mlops_desk.kernel.rows import Rows

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk

SHOWN_S, WARNED_S = 300, 60
_TICK_MS = 1000
Key = tuple[str, str, str]  # noun and id of a record, and which of its lines
Reveal = Callable[[Rows], str]


@dataclass
class Revealed:
    """A value that is shown, and until when by the clock that never turns back."""

    value: str
    until: float

    @property
    def seconds_left(self) -> float:
        """How long it is shown yet."""
        return self.until - time.monotonic()

    @property
    def ends_soon(self) -> bool:
        """Tell whether the person should hear that it will be hidden."""
        return self.seconds_left <= WARNED_S


class Reveals(QObject):
    """Asks for hidden values and forgets them in time; ``changed`` tells that one came, ends soon, or is gone."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._shown: dict[Key, Revealed] = {}
        self._soon: set[Key] = set()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.look)
        desk.leaving.connect(self.forget)

    def of(self, key: Key) -> Revealed | None:
        """Return what is shown of a line; None while it is hidden."""
        return self._shown.get(key)

    def reveal(self, key: Key, asked: Reveal) -> None:
        """Ask for a value, and show it once it is there."""
        self._desk.ask(_told, key, asked, then=self._take)

    @Slot(object)
    def _take(self, found: tuple[Key, str]) -> None:
        key, value = found
        self._shown[key] = Revealed(value, time.monotonic() + SHOWN_S)
        self._tick.start()
        self.changed.emit()

    def extend(self, key: Key) -> None:
        """Show a value for five minutes from now on."""
        if key in self._shown:
            self._shown[key].until = time.monotonic() + SHOWN_S
            self.look()
            self.changed.emit()

    def hide(self, key: Key) -> None:
        """Hide a value at once."""
        if self._shown.pop(key, None) is not None:
            self.look()
            self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """Forget all values: the project is left."""
        self._shown.clear()
        self.look()

    @Slot()
    def look(self) -> None:
        """Hide what was shown long enough, and tell what ends soon."""
        gone = [key for key, each in self._shown.items() if each.seconds_left <= 0]
        for key in gone:
            del self._shown[key]
        soon = {key for key, each in self._shown.items() if each.ends_soon}
        is_news = bool(gone) or soon != self._soon
        self._soon = soon
        if not self._shown:
            self._tick.stop()
        if is_news:
            self.changed.emit()


def _told(rows: Rows, key: Key, asked: Reveal) -> tuple[Key, Any]:
    return key, asked(rows)

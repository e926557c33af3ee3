"""Reads KPIs from their sources while the window is open: soon after a project is opened, then every five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk
    from mlops_desk.kernel.changes import Changes
    from mlops_desk.kernel.rows import Rows
    from mlops_desk.workspace import Workspace

SOON_MS, EVERY_MS = 20_000, 300_000


class SourceReader(QObject):
    """Asks a worker what is due, and only where something is, does the act that reads and records it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._is_reading = False
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.read)
        desk.opened.connect(self._begin)
        desk.leaving.connect(self._end)

    @Slot()
    def _begin(self) -> None:
        self.timer.start(SOON_MS)

    @Slot()
    def _end(self) -> None:
        self.timer.stop()
        self._is_reading = False

    @Slot()
    def read(self) -> None:
        """Read what is due now."""
        self.timer.setInterval(EVERY_MS)
        if not self._is_reading and self._desk.who is not None and self._desk.who.member:
            self._is_reading = True
            self._desk.ask(_due, then=self._read, failed=self._rest)

    @Slot(object)
    def _read(self, count: int) -> None:
        if count:
            title = _("Read KPIs from their sources")
            self._desk.work(_refresh, then=self._done, failed=self._rest, title=title)
        else:
            self._is_reading = False

    @Slot(object)
    def _done(self, changes: Changes) -> None:
        self._is_reading = False
        if changes.line:
            self._desk.tell(changes)

    @Slot(object)
    def _rest(self, _error: BaseException) -> None:
        """Try again at the next turn: a key that is sealed, say, is opened when the person acts."""
        self._is_reading = False


def _due(rows: Rows) -> int:
    from mlops_desk.areas.goals.refresh import due_by_itself

    return due_by_itself(rows)


def _refresh(workspace: Workspace, progress: Progress, stop: Stop) -> Changes:
    from mlops_desk.areas.goals.refresh import RefreshKpis

    return workspace.do(RefreshKpis(mine=True), progress=progress, stop=stop)

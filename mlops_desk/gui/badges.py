"""The numbers on the rail: how much needs the person, counted anew with the news."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.rail import Rail
from mlops_desk.kernel.words import plural


class Badges(QObject):
    """Counts on a worker, and not before the first page is filled; one question at a time."""

    def __init__(self, desk: Desk, rail: Rail) -> None:
        super().__init__(rail)
        self._desk, self._rail = desk, rail
        self._is_counting, self._is_stale, self._is_on = False, False, False
        desk.changed.connect(self.count)
        desk.who_changed.connect(self.count)
        desk.closed.connect(self._forget)
        desk.opened.connect(self._forget)

    @Slot()
    def begin(self) -> None:
        """Count from now on."""
        self._is_on = True
        self.count()

    @Slot()
    def _forget(self) -> None:
        self._is_on, self._is_counting, self._is_stale = False, False, False
        self._show(0)

    @Slot()
    def count(self) -> None:
        """Count what needs the person; where a count is under way, once more when it is done."""
        from mlops_desk.gui.pages.inbox_lines import how_many

        who = self._desk.who
        if not self._is_on or who is None:
            return
        self._is_stale = self._is_counting
        if not self._is_counting:
            self._is_counting = True
            self._desk.ask(how_many, who.roles, then=self._counted, failed=self._not_counted)

    @Slot(object)
    def _counted(self, number: int) -> None:
        self._is_counting = False
        self._show(number)
        if self._is_stale:
            self.count()

    @Slot(object)
    def _not_counted(self, error: BaseException) -> None:
        self._is_counting = False
        self._desk.refuse(error)

    def _show(self, number: int) -> None:
        words = plural("{n} needs you", "{n} need you", number)
        self._rail.model.put_badge("inbox", number, words)

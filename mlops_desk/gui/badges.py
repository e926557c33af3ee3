"""The numbers on the rail: how much needs the person, counted anew with the news; and a word where it is urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.rail import Rail
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.kernel.words import plural

if TYPE_CHECKING:
    from mlops_desk.gui.pages.inbox_lines import Counted


class Badges(QObject):
    """Counts on a worker, and not before the first page is filled; one question at a time.

    What came to ask for an act at once, while the project is open, is said once; the system is told only where the
    person looks elsewhere, and never in quiet hours.
    """

    def __init__(self, desk: Desk, rail: Rail) -> None:
        super().__init__(rail)
        self._desk, self._rail = desk, rail
        self._is_counting, self._is_stale, self._is_on = False, False, False
        self._urgent: set[str] | None = None
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
        self._urgent = None
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
    def _counted(self, found: Counted) -> None:
        self._is_counting = False
        self._show(found.number)
        self._call(found)
        if self._is_stale:
            self.count()

    def _call(self, found: Counted) -> None:
        """Say what is urgent and was not there before; what waited when the project was opened stands on the home."""
        known, self._urgent = self._urgent, set(found.urgent)
        fresh = [said for key, said in found.urgent.items() if known is not None and key not in known]
        if not fresh:
            return
        more = len(fresh) - 1
        words = plural("{first} And {n} more.", "{first} And {n} more.", more, first=fresh[0]) if more else fresh[0]
        self._desk.said.emit(words, False)
        announce(self._rail, words, at_once=True)
        window = self._rail.window()
        if not window.isActiveWindow() and not found.is_quiet:
            QApplication.alert(window)

    @Slot(object)
    def _not_counted(self, error: BaseException) -> None:
        self._is_counting = False
        self._desk.refuse(error)

    def _show(self, number: int) -> None:
        words = plural("{n} needs you", "{n} need you", number)
        self._rail.model.put_badge("inbox", number, words)

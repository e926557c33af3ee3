"""What every page is: a question, and how its answer is shown; the rest is done here once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.turns import turns
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.rows import Rows

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table


class Page(QWidget):
    """A page. It names what it ``watches`` (empty: everything), what to ``ask`` and shows the answer.

    A hidden page only goes stale and asks again when it is looked at. Answers carry the number
    of their question: one that is late never replaces a newer one. A closed page is forgotten.
    """

    watches: frozenset[str] = frozenset()
    header: Header
    moved = Signal()
    filled = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._is_stale = True
        self._asked = 0
        self._answer: tuple[int, Any] = (0, None)
        desk.changed.connect(self._news)

    # --- what a page says ----------------------------------------------------------------------

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Return the plain query function and its values; None asks nothing."""
        return None

    def show_data(self, answer: Any) -> None:
        """Show the answer; runs on the UI thread and asks nothing."""

    def focus_first(self) -> None:
        """Put the focus where work on this page begins."""
        self.setFocus()

    @property
    def table(self) -> Table | None:
        """The table in front, on pages that have one."""
        return None

    @property
    def tab(self) -> str:
        """The name of the tab in front, empty on pages without tabs."""
        return ""

    @property
    def tab_title(self) -> str:
        """The title of the tab in front, empty on pages without tabs."""
        return ""

    def choose(self, id_: str) -> None:
        """Choose the row of a record where the tab in front lists it, now or once its rows are there."""

    @property
    def has_table(self) -> bool:
        """Tell whether the page has a table, without making it."""
        return False

    def main_act(self) -> type[Act] | None:
        """Return the act that brings something new to this page, if there is one."""
        return None

    def begin_new(self) -> None:
        """Open the form of the main act."""
        act = self.main_act()
        if act is not None:
            self.desk.fill_in(act)

    def turn_to(self, noun: str) -> None:
        """Bring the tab of a noun to the front, on pages that have tabs."""

    # --- what is done for it -------------------------------------------------------------------

    def reload(self) -> None:
        """Ask again now."""
        self._is_stale = False
        asked = self.question()
        if asked is None or not self.desk.is_open:
            return
        self._asked += 1
        self.desk.ask(numbered, self._asked, *asked, then=self._take)

    @Slot(object)
    def _take(self, answer: tuple[int, Any]) -> None:
        """Take the answer to the newest question; every other one is late.

        It is shown in a turn of the loop of its own, so that a page that was just made is painted first.
        """
        if answer[0] == self._asked:
            self._answer = answer
            turns().soon(self._show_answer)

    @Slot()
    def _show_answer(self) -> None:
        number, found = self._answer
        if number == self._asked:
            self.show_data(found)
            self.filled.emit()

    @Slot(object)
    def _news(self, changes: Changes) -> None:
        if self.watches and not self.watches & changes.nouns and not changes.findings:
            return
        if self.isVisible():
            self.reload()
        else:
            self._is_stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when the page is looked at and has gone stale."""
        super().showEvent(event)
        if self._is_stale:
            self.reload()


def numbered(rows: Rows, number: int, query: Callable[..., Any], values: tuple[Any, ...]) -> tuple[int, Any]:
    """Answer a question on a worker, with the number it was asked under."""
    return number, rows.ask(query, *values)

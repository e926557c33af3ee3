"""Goals: objectives as a tree with bullet bars over a period, KPIs with their last values, use cases, and the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk.areas.goals.board import Board, board
from mlops_desk.areas.goals.periods import Length, period_of
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages import records
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.goals_tables import TRACED_KPIS, TREE
from mlops_desk.gui.pages.records import Listed
from mlops_desk.gui.places import Place
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.table.tree import Tree
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Choice
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

LENGTHS: tuple[Length | None, ...] = ("quarter", "half", "year", None)
ALL = "all"
_FOUND_IN_TREE = "alignment"  # the same tree by its name on the command line


@dataclass(frozen=True)
class Goals(Listed):
    """The tree of a period, with its sentence."""

    board: Board


def goals(rows: Rows, area: Area, period: str, looks_ahead: bool) -> Goals:  # noqa: FBT001 - a question's value
    """Return the tree of a period; forecasts take longer, so that it is shown without them first."""
    found: Board = rows.ask(board, period, looks_ahead)
    listed = records.listed(rows, area, msgspec.structs.replace(TREE, query=lambda _rows: found.rows))
    return Goals(listed.rows, listed.state, listed.as_of, found)


class GoalsPage(AreaPage):
    """Objectives, KPIs and use cases before the other tables of goals."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        self.tree: Tree | None = None
        self._looks_ahead = self._is_fitted = False
        super().__init__(desk, place, parent)
        self.sentence = label("", "secondary", wraps=True)
        self.periods = Choice()
        self.periods.setAccessibleName(_("Period of the objectives"))
        self._name_periods()
        known = desk.left.goals_period
        self.periods.setCurrentIndex(max(0, self.periods.findData(known)))
        self.periods.currentIndexChanged.connect(self._switch)
        self.header.add(self.periods)
        self.layout().insertWidget(2, self.sentence)  # type: ignore[union-attr]
        self.moved.connect(self._offer_tools)
        self._offer_tools()

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the area, two of them as the window draws them; the tree is one table here."""
        drawn = {each.noun: each for each in (TREE, TRACED_KPIS)}
        found = super().listings()
        return [(area, drawn.get(each.noun, each)) for area, each in found if each.noun != _FOUND_IN_TREE]

    def turn_to(self, noun: str) -> None:
        """Bring the tab of a noun to the front."""
        super().turn_to(TREE.noun if noun == _FOUND_IN_TREE else noun)

    # --- the period -----------------------------------------------------------------------------------

    @property
    def period(self) -> str:
        """The name of the chosen period, empty for all."""
        length = self.periods.currentData()
        return "" if length == ALL else period_of(today(), length).name

    def _name_periods(self) -> None:
        for length in LENGTHS:
            name = period_of(today(), length).name if length is not None else ""
            words = {
                "quarter": _("This quarter, {name}", name=name),
                "half": _("This half-year, {name}", name=name),
                "year": _("This year, {name}", name=name),
            }
            self.periods.addItem(words.get(length or "", _("All periods")), length or ALL)

    @Slot()
    def _switch(self) -> None:
        """Show another period, and keep it for this window."""
        self.desk.left = msgspec.structs.replace(self.desk.left, goals_period=str(self.periods.currentData()))
        self._looks_ahead = False
        self.reload()

    @Slot()
    def _offer_tools(self) -> None:
        self.periods.setVisible(self.listing is TREE)
        self.sentence.setVisible(self.listing is TREE and bool(self.sentence.text()))

    # --- question and answer --------------------------------------------------------------------------

    @property
    def table(self) -> Table | None:
        """The table in front; that of the objectives opens and closes as a tree."""
        found = super().table
        if found is not None and self.tree is None and self.listing is TREE:
            self.tree = Tree(found)
        return found

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask as every area does; the tree first without forecasts, then as a whole."""
        if self.listing is not TREE:
            return super().question()
        area = self.tabs[self._bar.currentIndex()][0]
        return goals, (area, self.period, self._looks_ahead)

    def show_data(self, answer: Any) -> None:
        """Show the rows of the tab in front."""
        if not isinstance(answer, Goals) or self.table is None or self.tree is None:
            super().show_data(answer)
            return
        self.header.stand(answer.state)
        self._say(answer.board)
        if self._wished:
            self.tree.open_to(self._wished)
        self.tree.show_rows(answer.rows, answer.as_of)
        if self._wished:
            self.table.choose(self._wished)
            self._wished = ""
        if not answer.board.is_whole:
            self._looks_ahead = True
            self.reload()
        elif answer.rows and not self._is_fitted:
            self._is_fitted = True
            self.table.grid.fit_columns(self.table.model.columns)  # what forecasts say is longer than nothing

    def _say(self, found: Board) -> None:
        """Say what the tree comes to; while forecasts are on their way the sentence of before stays."""
        if found.is_whole or not found.sentence or not self.sentence.text():
            is_news = found.is_whole and found.sentence != self.sentence.text()
            self.sentence.setText(found.sentence)
            if is_news and self.periods.hasFocus():
                announce(self.periods, found.sentence)
        self._offer_tools()
        if self.table is not None and found.elsewhere and not found.rows:
            self.table.say_empty(_("No objective touches {period}.", period=self.period), _("Show all periods"), ALL)
        elif self.table is not None and not found.rows:
            self._dress()

    @Slot(object)
    def begin_from_nothing(self, stands_for: Any) -> None:
        """Begin what an empty table offers: all periods, or the form of an act."""
        if stands_for == ALL:
            self.periods.setCurrentIndex(self.periods.findData(ALL))
        else:
            super().begin_from_nothing(stands_for)

    def choose(self, id_: str) -> None:
        """Choose the row of a record, opening what it stands under."""
        if self.tree is not None and self.listing is TREE:
            self.tree.open_to(id_)
        super().choose(id_)

"""Home: how the project stands in one line, the five stages, the cards of the acting role, what happened last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.pages.guide import Guide
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.homes import HomeData, home
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.places import STAGE_PLACES, place_of_area
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.card import CardView
from mlops_desk.gui.widgets.strip import StageStrip
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.area import Mark
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _

_WIDE_PX = 900


class HomePage(Page):
    """The home of the acting role."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.header = Header(_("Home"), self)
        self.sentence = label("", "standing", wraps=True)
        self.strip = StageStrip()
        self.guide = Guide(desk)
        self.guide.hide()
        self.cards: list[CardView] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._feed = _Feed()
        self._lay_out()
        self.strip.wanted.connect(self._stage)
        self.header.main_wanted.connect(self._waiting)
        desk.who_changed.connect(self._role_changed)

    def _lay_out(self) -> None:
        body = QWidget()
        kind(body, "clear")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        inner.addWidget(self.header)
        inner.addWidget(self.sentence)
        inner.addWidget(self.strip)
        inner.addWidget(self.guide)
        inner.addLayout(self._grid)
        inner.addWidget(self._feed)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask for the home of the acting role."""
        who = self.desk.who
        return (home, (who.acting, who.member)) if who else None

    def show_data(self, answer: HomeData) -> None:
        """Show the home."""
        self.header.name(_("Home · {role}", role=role_name(self.desk.acting)) if self.desk.acting else _("Home"))
        self.header.offer("")
        self.sentence.setText(answer.standing.sentence)
        self.strip.show_stages(answer.standing.stages)
        self.guide.offer(is_new=answer.is_new)
        while len(self.cards) < len(answer.cards):
            view = CardView()
            view.wanted.connect(self._card_wanted)
            self.cards.append(view)
        for place, view in enumerate(self.cards):
            view.setVisible(place < len(answer.cards))
            if place < len(answer.cards):
                view.show_card(answer.cards[place])
        self._feed.show_marks(answer.marks)
        self._arrange()

    def focus_first(self) -> None:
        """Put the focus on the first stage."""
        first = next(iter(self.strip.buttons.values()), None)
        (first or self).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards in two columns where three would be too narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = 3 if self.width() >= _WIDE_PX else 2
        for place, view in enumerate(self.cards):
            self._grid.addWidget(view, place // columns, place % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    @Slot()
    def _role_changed(self) -> None:
        if self.isVisible():
            self.reload()
        else:
            self._is_stale = True

    @Slot(str)
    def _stage(self, name: str) -> None:
        self.desk.go(STAGE_PLACES[name])

    @Slot(str)
    def _card_wanted(self, page: str) -> None:
        self.desk.go(place_of_area(page))

    @Slot()
    def _waiting(self) -> None:
        self.desk.go("governance")


class _Feed(QFrame):
    """What happened last."""

    def __init__(self) -> None:
        super().__init__()
        kind(self, "card")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        column.addWidget(label(_("Since you were here"), "strong"))
        column.addLayout(self._lines)

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show the marks, the newest first."""
        while (item := self._lines.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self.setVisible(bool(marks))
        for mark in marks:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            when = label(cell_text(mark.at, "instant"), "muted")
            when.setMinimumWidth(130)
            row.addWidget(when)
            row.addWidget(Line(mark.sentence), 1)
            self._lines.addWidget(holder)

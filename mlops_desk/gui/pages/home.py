"""Home: how the project stands in one line, the five stages, the cards of the acting role, what happened last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui import recovery_work
from mlops_desk.gui.command_words import WORDS
from mlops_desk.gui.desk import Desk, Talk
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.pages.guide import Guide
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.places import STAGE_PLACES, place_of_area
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.card import CardView
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.strip import StageStrip
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.card import CardAct, Viewer
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.state import badness
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace.activity import News, begin_to_look
from mlops_desk.workspace.homes import HomeData, arrange, home_here, titles

_WIDE_PX = 900
NEEDS_SHOWN, NEEDS_LEAST = 5, 2


class HomePage(Page):
    """The home of the acting role."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.header = Header(_("Home"), self)
        self.sentence = label("", "standing", wraps=True)
        self.strip = StageStrip()
        self.paper = Banner()
        self.paper.acted.connect(desk.link.sheet_wanted)
        self.guide = Guide(desk)
        self.guide.hide()
        self.cards: list[CardView] = []
        self._is_asked_for_paper = False
        self._most = NEEDS_SHOWN
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._feed, self._waiting = _Feed(), _Waiting()
        self._lay_out()
        self.strip.wanted.connect(self._stage)
        self._waiting.wanted.connect(self._need)
        for each in (self._feed, self._waiting):
            each.all_wanted.connect(self._see_inbox)
        desk.who_changed.connect(self._role_changed)

    def _lay_out(self) -> None:
        body = QWidget()
        kind(body, "clear")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        inner.addWidget(self.header)
        inner.addWidget(self.sentence)
        inner.addWidget(self.paper)
        inner.addWidget(self.strip)
        inner.addWidget(self.guide)
        inner.addLayout(self._grid)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self._waiting, 1)
        below.addWidget(self._feed, 1)
        inner.addLayout(below)
        inner.addStretch(1)
        self._scroll = scroll = QScrollArea()
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
        return (home_here, (Viewer(who.acting, who.member),)) if who else None

    def show_data(self, answer: HomeData) -> None:
        """Show the home."""
        self.header.name(_("Home · {role}", role=role_name(self.desk.acting)) if self.desk.acting else _("Home"))
        self.sentence.setText(answer.standing.sentence)
        self.strip.show_stages(answer.standing.stages)
        self.guide.offer(is_new=answer.is_new)
        while len(self.cards) < len(answer.cards):
            view = CardView(self)
            view.wanted.connect(self._card_wanted)
            view.menu_wanted.connect(self._offer_for_card)
            self.cards.append(view)
        for place, view in enumerate(self.cards):
            view.setVisible(place < len(answer.cards))
            if place < len(answer.cards):
                view.show_card(*answer.cards[place])
        if answer.news is not None:
            self._feed.show_news(answer.news)
            if answer.news.is_first:
                self.desk.ask(begin_to_look, then=self._began)
        self._waiting.show_needs(answer.mine)
        self._fit_below()
        self.desk.work(recovery_work.asks_for_paper, then=self._ask_for_paper)
        self._arrange()

    def focus_first(self) -> None:
        """Put the focus on the first stage."""
        first = next(iter(self.strip.buttons.values()), None)
        (first or self).setFocus()

    @Slot(object)
    def _ask_for_paper(self, is_unsaved: bool) -> None:  # noqa: FBT001 - an answer
        """Ask for the recovery key on paper, until it is or there is a second owner; closed, it stays so for now."""
        if not is_unsaved:
            self.paper.hide()
        elif not self._is_asked_for_paper:
            said = _("The project hangs on this machine: if it is lost, nobody can be admitted any more.")
            hint = _("Write the recovery key on paper, or make somebody else an owner.")
            self.paper.say(said, hint, level="warn", act=WORDS["recovery-key"], stands_for="recovery-key")
        self._is_asked_for_paper = is_unsaved

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards in two columns where three would be too narrow."""
        super().resizeEvent(event)
        self._arrange()
        if event.size().height() > event.oldSize().height():
            self._fit_below()

    def _fit_below(self) -> None:
        """Show all lines of what waits, and take away those that would have to be scrolled to."""
        self._most = NEEDS_SHOWN
        self._waiting.show_most(self._most)
        turns().soon(self._shorten)

    @Slot()
    def _shorten(self) -> None:
        """Show one line less while some of the home lies below the window's edge; two stay."""
        if self._scroll.verticalScrollBar().maximum() > 0 and self._most > NEEDS_LEAST:
            self._most -= 1
            self._waiting.show_most(self._most)
            turns().soon(self._shorten)

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

    @Slot(object)
    def _card_wanted(self, wish: CardAct) -> None:
        """Do what the button of a card says: a form, a record, words about one, a command, or a page."""
        if wish.act:
            from mlops_desk.catalogue import RULES

            self.desk.fill_in(RULES.acts[wish.act], wish.values)
        elif wish.talks:
            self.desk.talk(Talk(wish.noun, wish.id))
        elif wish.noun:
            self.desk.inspect(wish.noun, wish.id)
        elif wish.command:
            self.desk.command_wanted.emit(wish.command)
        else:
            self.desk.go(place_of_area(wish.page), wish.tab)

    # --- its arrangement ---------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The names of the cards that are shown, in order."""
        return [view.name for view in self.cards if not view.isHidden()]

    @Slot(str, QPoint)
    def _offer_for_card(self, name: str, place: QPoint) -> None:
        """Offer what can be done with a card where it stands."""
        self.card_menu(name).popup(place)

    def card_menu(self, name: str) -> QMenu:
        """Return the menu of a card: move it, hide it, arrange them all."""
        names, menu = self.names, QMenu(self)
        place = names.index(name)
        rest = [each for each in names if each != name]
        steps: tuple[tuple[str, bool, list[str]], ...] = (
            (_("Move before"), place > 0, [*rest[: place - 1], name, *rest[place - 1 :]]),
            (_("Move behind"), place < len(rest), [*rest[: place + 1], name, *rest[place + 1 :]]),
            (_("Hide this card"), bool(rest), rest),
            (_("Back to the role's own"), True, []),
        )
        for words, is_possible, order in steps:
            menu.addAction(words, partial(self._keep_order, order)).setEnabled(is_possible)
        menu.addSeparator()
        menu.addAction(_("Arrange the home…"), self.arrange)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    @Slot()
    def arrange(self) -> None:
        """Open the list of all cards, to choose and order them."""
        if self.desk.who is not None:
            self.desk.ask(titles, Viewer(self.desk.who.acting, self.desk.who.member), then=self._choose_cards)

    @Slot(object)
    def _choose_cards(self, known: dict[str, str]) -> None:
        from mlops_desk.gui.pages.arrange import ArrangeDialog

        dialog = ArrangeDialog(self.desk.acting, known, self.names, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.arranged.connect(self._keep_order)
        dialog.open()

    @Slot(object)
    def _keep_order(self, names: list[str]) -> None:
        self.desk.ask(arrange, self.desk.acting, names, then=self._arranged)

    @Slot(object)
    def _arranged(self, _nothing: object) -> None:
        self.reload()

    @Slot(object)
    def _began(self, _nothing: object) -> None:
        """From now on it is known what is new; what is shown stays until there is news."""

    @Slot(object)
    def _see_inbox(self, tab: str) -> None:
        self.desk.go("inbox", tab)

    @Slot(object)
    def _need(self, need: Need) -> None:
        self.desk.inspect(need.noun, need.id)


class _Lines(QFrame):
    """A card of short lines under a title; ``all_wanted`` carries the tab of the inbox that shows all of them."""

    all_wanted = Signal(object)

    def __init__(self, title: str, nothing: str, tab: str) -> None:
        super().__init__()
        kind(self, "card")
        self._nothing = nothing
        self._all = Button("", "link", stands_for=tab)
        self._all.chosen.connect(self.all_wanted)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        column.addWidget(label(title, "strong"))
        column.addLayout(self._lines)
        column.addStretch()
        column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeft)

    def lead(self, words: str) -> None:
        """Lead to all of it, by a button with some words."""
        self._all.say(words)

    def clear(self) -> None:
        """Take all lines away."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, first: QWidget, text: str) -> None:
        """Add a line: something small, then a text."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(first)
        row.addWidget(Line(text), 1)
        self._lines.addWidget(holder)

    def say_nothing(self) -> None:
        """Say that there is nothing."""
        self._lines.addWidget(label(self._nothing, "secondary", wraps=True))


class _Feed(_Lines):
    """What came since the person looked, and the way to everything."""

    def __init__(self) -> None:
        super().__init__(_("Since you were here"), _("Nothing new since you looked."), "activity")

    def show_news(self, found: News) -> None:
        """Show the newest first, and how many more there are."""
        self.clear()
        for each in found.newest:
            when = label(cell_text(each.at, "instant"), "muted")
            when.setMinimumWidth(theme().px(126))
            self.add(when, _("{name}: {what}", name=each.who, what=each.sentence))
        if found.is_first:
            said = _("You look here for the first time. What the others do from now on stands here.")
            self._lines.addWidget(label(said, "secondary", wraps=True))
        elif not found.newest:
            self.say_nothing()
        more = plural("{n} more: see what happened", "{n} more: see what happened", found.more) if found.more else ""
        self.lead(more or _("See what happened"))


class _Waiting(_Lines):
    """What waits for the acting role, the worst first; each line leads to its page."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Waits for you"), _("Nothing needs you."), "needs-me")
        self._needs: tuple[Need, ...] | None = None
        self._rows: list[QWidget] = []

    def show_needs(self, needs: tuple[Need, ...]) -> None:
        """Show the first needs and how many more there are; the same again leaves the buttons as they are."""
        if needs != self._needs:
            self._needs = needs
            self.clear()
            self._rows = [self._add_need(each) for each in sorted(needs, key=_badness, reverse=True)[:NEEDS_SHOWN]]
            if not needs:
                self.say_nothing()

    def show_most(self, most: int) -> None:
        """Show so many of the needs at most."""
        for place, row in enumerate(self._rows):
            row.setVisible(place < most)
        more = len(self._needs or ()) - min(most, len(self._rows))
        self.lead(plural("{n} more in the inbox", "{n} more in the inbox", more) if more > 0 else _("Open the inbox"))

    def _add_need(self, need: Need) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(StateChip(need.state))
        row.addWidget(Line(need.sentence), 1)
        button = Button(_("Open"), "inline", stands_for=need, name=_("Open: {sentence}", sentence=need.sentence))
        button.chosen.connect(self.wanted)
        row.addWidget(button)
        self._lines.addWidget(holder)
        return holder


def _badness(need: Need) -> int:
    return badness(need.state)

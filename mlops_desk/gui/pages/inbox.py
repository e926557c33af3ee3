"""Inbox: what needs the person, what they wait for, and everything that happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk, Talk
from mlops_desk.gui.pages import inbox_lines
from mlops_desk.gui.pages.act_row import begin
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.inbox_feed import FeedPart
from mlops_desk.gui.pages.inbox_lines import (
    ACTIVITY,
    DONE,
    FINISHED,
    FOR_ME,
    MINE,
    ON_OTHERS,
    OTHERS,
    RESTING,
    SNOOZED,
    Feed,
    InboxLine,
)
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.roles import OWNER, role_name
from mlops_desk.kernel.words import _

LISTINGS = {MINE: FOR_ME, OTHERS: ON_OTHERS, SNOOZED: RESTING, DONE: FINISHED}
TABS = {**{name: each.title for name, each in LISTINGS.items()}, ACTIVITY: _("Activity")}
MOST_CALLED = 3
_SNOOZES = {"1h": _("For an hour"), "tomorrow": _("Until tomorrow"), "monday": _("Until Monday")}


class InboxPage(Page):
    """Each line of the first tabs has its act, the last tab tells what happened, by day."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.header = Header(_("Inbox"), self)
        self._bar = QTabBar()
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setAccessibleName(_("Inbox"))
        for title in TABS.values():
            self._bar.addTab(title)
        self.note = Banner()
        self.feed: FeedPart | None = None
        self._tables: dict[str, Table] = {}
        self.sheet: GateDialog | None = None
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        self.snooze = Button(_("Snooze"), "", "calendar")
        self.done = Button(_("Done"), "", "check")
        self.again = Button(_("Wait again"), "", "undo-2")
        column.addWidget(self.header)
        column.addLayout(self._tabs_and_buttons())
        column.addWidget(self.note)
        column.addWidget(self._stack, 1)
        self._bar.currentChanged.connect(self._turn)
        self.note.acted.connect(self._act_as)
        turns().soon(self._dress)  # what is in front is made in a turn of its own

    def _tabs_and_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._bar, 1)
        for button in (self.snooze, self.done, self.again):
            row.addWidget(button)
        self.snooze.clicked.connect(self._offer_times)
        self.done.clicked.connect(self.be_done)
        self.again.clicked.connect(self.wait_again)
        return row

    # --- the tab in front -----------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The name of the tab in front."""
        return list(TABS)[self._bar.currentIndex()]

    @property
    def tab_title(self) -> str:
        """The title of the tab in front."""
        return TABS[self.tab]

    @property
    def table(self) -> Table | None:
        """The table in front, made with its first visit."""
        if self.tab == ACTIVITY:
            return None
        if self.tab not in self._tables:
            table = Table(self.desk, LISTINGS[self.tab], "inbox")
            table.row_chosen.connect(self._chosen)
            table.row_opened.connect(self.settle)
            table.row_peeked.connect(self._peek)
            table.row_acted.connect(self.settle)
            table.grid.selectionModel().selectionChanged.connect(self._offer)
            table.menu_wanted.connect(self._offer_for_line)
            table.act_wanted.connect(self.turn_to)
            table.say_empty(table.listing.empty, _("See what happened"), ACTIVITY)
            self._tables[self.tab] = table
            self._stack.addWidget(table)
        return self._tables[self.tab]

    @property
    def has_table(self) -> bool:
        """Tell whether a table is in front."""
        return self.tab != ACTIVITY

    @Slot(object)
    def turn_to(self, noun: str) -> None:
        """Bring a tab to the front."""
        if noun in TABS:
            self._bar.setCurrentIndex(list(TABS).index(noun))

    @Slot(int)
    def _turn(self) -> None:
        self.note.hide()
        self._dress()
        self.reload()
        self.moved.emit()

    @Slot()
    def _dress(self) -> None:
        if self.tab == ACTIVITY and self.feed is None:
            self.feed = FeedPart(self.desk)
            self.feed.bar.changed.connect(self.reload)
            self._stack.addWidget(self.feed)
        shown = self.feed if self.tab == ACTIVITY else self.table
        if shown is not None:
            self._stack.setCurrentWidget(shown)
        self.snooze.setVisible(self.tab == MINE)
        self.done.setVisible(self.tab == MINE)
        self.again.setVisible(self.tab in (SNOOZED, DONE))
        self._offer()

    # --- question and answer --------------------------------------------------------------------

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask for the tab in front."""
        roles = self.desk.who.roles if self.desk.who else ()
        if self.tab == ACTIVITY:
            return (inbox_lines.feed, (self.feed.wanted,)) if self.feed is not None else None
        if self.tab == OTHERS:
            return inbox_lines.others, ()
        asked = {MINE: inbox_lines.mine, SNOOZED: inbox_lines.snoozed, DONE: inbox_lines.put_aside}
        return asked[self.tab], (roles,)

    def show_data(self, answer: Any) -> None:
        """Show the lines."""
        if isinstance(answer, Feed):
            if self.feed is not None:
                self.feed.show_feed(answer)
        elif self.table is not None:
            self.table.show_rows(answer, clock.now())
            self._offer()

    def focus_first(self) -> None:
        """Put the focus where work begins: on the lines, or on the tabs while there are none."""
        table = self.table
        if table is None and self.feed is not None:
            self.feed.view.setFocus()
        else:
            (table.grid if table is not None and table.model.rowCount() else self._bar).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let what was new in the feed be old when one comes back."""
        super().hideEvent(event)
        if self.feed is not None:
            self.feed.leave()
            self._is_stale = True

    # --- what people do ---------------------------------------------------------------------------

    @Slot(object)
    def _chosen(self, line: InboxLine) -> None:
        """Show the record of a line beside it; a mention only once it is answered, for looking at it ends it."""
        if not line.waiting.mention:
            self.desk.ask(inbox_lines.with_row, line, then=self._show)

    @Slot(object)
    def _peek(self, line: InboxLine) -> None:
        self._chosen(line)
        if not line.waiting.mention:
            self.desk.inspector_wanted.emit()

    @Slot(object)
    def _show(self, found: tuple[InboxLine, Any]) -> None:
        line, row = found
        chosen = self.table.chosen if self.table is not None else None
        if chosen is not None and chosen.id == line.id:
            self.desk.inspect(line.waiting.noun, line.waiting.id, row or line)

    @Slot(object)
    def settle(self, line: InboxLine) -> None:
        """Begin what settles a line; where it asks for another role of the person, they are asked to take it first."""
        who, roles = self.desk.who, line.waiting.roles
        held = [each for each in roles if who is not None and each in who.roles and each != OWNER.slug]
        self.note.hide()
        if self.tab in (SNOOZED, DONE):
            self.wait_again()
            return
        if self.tab == MINE and held and self.desk.acting not in roles:
            names = {"role": role_name(held[0]), "acting": role_name(self.desk.acting)}
            said = _("This waits for you as {role}; you act as {acting}.", **names)
            act = _("Act as {role} and go on", role=names["role"])
            self.note.say(said, level="info", act=act, stands_for=(held[0], line))
        else:
            self._go_on(line)

    # --- putting aside --------------------------------------------------------------------------

    @property
    def _chosen_key(self) -> str:
        chosen = self.table.chosen if self.tab in LISTINGS and self.table is not None else None
        return chosen.waiting.key if chosen is not None else ""

    @Slot()
    def _offer(self) -> None:
        """Let the buttons be pressed while there is a line to press them for."""
        has_line = bool(self._chosen_key)
        for button in (self.snooze, self.done, self.again):
            button.setEnabled(has_line)

    @Slot()
    def _offer_times(self) -> None:
        self.menu().popup(self.snooze.mapToGlobal(QPoint(0, self.snooze.height() + 4)))

    @Slot(object, QPoint)
    def _offer_for_line(self, _line: InboxLine, place: QPoint) -> None:
        if self.tab != OTHERS:
            self.menu().popup(place)

    def menu(self) -> QMenu:
        """Return what can be done with the chosen line beside settling it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.tab == MINE:
            for until, words in _SNOOZES.items():
                menu.addAction(words, partial(self._keep, inbox_lines.let_rest, until))
            menu.addSeparator()
            menu.addAction(_("Done"), self.be_done)
        else:
            menu.addAction(_("Wait again"), self.wait_again)
        return menu

    @Slot()
    def be_done(self) -> None:
        """Put the chosen line aside until it says something else."""
        self._keep(inbox_lines.be_done)

    @Slot()
    def wait_again(self) -> None:
        """Let the chosen line wait again."""
        self._keep(inbox_lines.wait_again)

    def _keep(self, deed: Callable[..., str], *values: str) -> None:
        if self._chosen_key and self.desk.who is not None:
            self.desk.ask(deed, self.desk.who.roles, self._chosen_key, *values, then=self._kept)

    @Slot(object)
    def _kept(self, words: str) -> None:
        self.desk.said.emit(words, False)
        self.desk.tell(Changes())

    @Slot(object)
    def _act_as(self, wish: tuple[str, InboxLine]) -> None:
        role, line = wish
        self.note.hide()
        self.desk.act_as(role)
        self._go_on(line)

    def _go_on(self, line: InboxLine) -> None:
        """Open the form, the gate, the answer to a mention, a reminder, or the record."""
        waiting = line.waiting
        if waiting.mention or self.tab == OTHERS:
            self.desk.talk(Talk(waiting.noun, waiting.id, waiting.mention, called(waiting.people)))
        elif line.act is None and not line.is_at_gate:
            self.desk.inspect(waiting.noun, waiting.id)
        else:
            self.desk.ask(inbox_lines.with_row, line, then=self._begin)

    @Slot(object)
    def _begin(self, found: tuple[InboxLine, Any]) -> None:
        line, row = found
        if line.act is not None:
            begin(self.desk, line.act, line.waiting.noun, line.waiting.id, row)
        elif row is not None:
            self.sheet = GateDialog(self.desk, self, row.gate, row.subject)
            self.sheet.open()


def called(people: Sequence[str]) -> str:
    """Return the beginning of a comment that calls people by name."""
    return " ".join(f"@{each}" for each in people[:MOST_CALLED]) + " " if people else ""

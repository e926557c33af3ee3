"""Inbox: what needs the person, what they wait for, and everything that happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk, Talk
from mlops_desk.gui.pages import inbox_lines
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.inbox_lines import ACTIVITY, FOR_ME, MINE, ON_OTHERS, OTHERS, Feed, FeedLine, InboxLine
from mlops_desk.gui.pages.inspector import begin
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.pages.trail import TRAIL_NOUN
from mlops_desk.gui.places import areas_of, places
from mlops_desk.gui.theme import kind
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.feed import FeedView
from mlops_desk.gui.widgets.notices import Banner, EmptyState
from mlops_desk.gui.widgets.paged_bar import PagedBar
from mlops_desk.gui.widgets.table import Table
from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.roles import OWNER, role_name
from mlops_desk.kernel.words import _
from mlops_desk.workspace.activity import looked
from mlops_desk.workspace.trail import PAGE_ROWS, Offered, Wanted

TABS = {MINE: FOR_ME.title, OTHERS: ON_OTHERS.title, ACTIVITY: _("Activity")}
NEW = "new"
MOST_CALLED = 3


class InboxPage(Page):
    """Three tabs: each line of the first two has its act, the third tells what happened, by day."""

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
        for part in (self.header, self._bar, self.note):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self._bar.currentChanged.connect(self._turn)
        self.note.acted.connect(self._act_as)
        turns().soon(self._dress)  # what is in front is made in a turn of its own

    # --- the tab in front -----------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The name of the tab in front."""
        return list(TABS)[self._bar.currentIndex()]

    @property
    def table(self) -> Table | None:
        """The table in front, made with its first visit."""
        if self.tab == ACTIVITY:
            return None
        if self.tab not in self._tables:
            table = Table(FOR_ME if self.tab == MINE else ON_OTHERS, "inbox")
            table.row_chosen.connect(self._chosen)
            table.row_opened.connect(self.settle)
            table.row_acted.connect(self.settle)
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

    # --- question and answer --------------------------------------------------------------------

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask for the tab in front."""
        roles = self.desk.who.roles if self.desk.who else ()
        if self.tab == ACTIVITY:
            return (inbox_lines.feed, (self.feed.wanted,)) if self.feed is not None else None
        return (inbox_lines.mine, (roles,)) if self.tab == MINE else (inbox_lines.others, ())

    def show_data(self, answer: Any) -> None:
        """Show the lines."""
        if isinstance(answer, Feed):
            if self.feed is not None:
                self.feed.show_feed(answer)
        elif self.table is not None:
            self.table.show_rows(answer, clock.now())

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
        if self.tab == MINE and held and self.desk.acting not in roles:
            names = {"role": role_name(held[0]), "acting": role_name(self.desk.acting)}
            said = _("This waits for you as {role}; you act as {acting}.", **names)
            act = _("Act as {role} and go on", role=names["role"])
            self.note.say(said, level="info", act=act, stands_for=(held[0], line))
        else:
            self._go_on(line)

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


class FeedBar(PagedBar):
    """Chooses what of the feed is shown: by person, by page, and what is new."""

    def __init__(self) -> None:
        names = ((_("Person"), _("All people")), (_("Page"), _("All pages")), (_("New or not"), _("New or not")))
        super().__init__(names)
        self.by, self.place, self.new = self.boxes
        self._places = {each.name: each for each in places() if areas_of(each)}

    def wanted(self, fresh: tuple[str, ...]) -> Wanted:
        """Return the entries that the bar asks for; ``fresh`` are those that are new to the person."""
        by, place, new = self.chosen
        nouns = {act.noun for area in areas_of(self._places[place]) for act in area.acts} if place else set()
        lines = fresh if new else None
        return Wanted(by=by, before=self.before, nouns=tuple(sorted(nouns)), lines=lines)

    def show_offered(self, found: Offered) -> None:
        """Offer the people who wrote something, and the pages."""
        named = [(name, each.title) for name, each in self._places.items()]
        self.offer((found.members, named, [(NEW, _("New to you"))]))


class FeedPart(QFrame):
    """The feed with its bar; what was new when one came stays marked until one leaves."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        kind(self, "card")
        self._desk = desk
        self._fresh: set[str] = set()
        self.bar, self.view, self.empty = FeedBar(), FeedView(), EmptyState("activity")
        self.empty.say(_("Nothing happened."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        bar = QVBoxLayout()
        bar.setContentsMargins(12, 10, 12, 8)
        bar.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        self.view.opened.connect(self._open)

    @property
    def wanted(self) -> Wanted:
        """The entries that are asked for."""
        return self.bar.wanted(tuple(sorted(self._fresh)))

    def show_feed(self, found: Feed) -> None:
        """Show a page; once all that is new has been seen on the newest one, it is new no longer next time."""
        self._fresh |= set(found.fresh)
        lines = [replace(each, is_new=each.id in self._fresh) for each in found.lines]
        self.view.show_lines(lines)
        self._stack.setCurrentWidget(self.view if lines else self.empty)
        self.bar.turn_page(lines, PAGE_ROWS)
        self.bar.show_offered(found.offered)
        if (found.fresh or found.is_first) and not any(self.bar.chosen) and not self.bar.before:
            self._desk.ask(looked, then=self._looked)

    @Slot(object)
    def _looked(self, _nothing: object) -> None:
        self._desk.tell(Changes())

    def leave(self) -> None:
        """Nothing that was seen is new when one comes back."""
        self._fresh.clear()

    @Slot(object)
    def _open(self, line: FeedLine) -> None:
        self._desk.inspect(line.noun or TRAIL_NOUN, line.thing if line.noun else line.id, line)


def called(people: Sequence[str]) -> str:
    """Return the beginning of a comment that calls people by name."""
    return " ".join(f"@{each}" for each in people[:MOST_CALLED]) + " " if people else ""

"""The last tab of the inbox: everything that happened, by day, person and page."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.inbox_lines import Feed, FeedLine
from mlops_desk.gui.pages.trail import TRAIL_NOUN
from mlops_desk.gui.places import areas_of, places
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.feed import FeedView
from mlops_desk.gui.widgets.notices import EmptyState
from mlops_desk.gui.widgets.paged_bar import PagedBar
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.words import _
from mlops_desk.workspace.activity import looked
from mlops_desk.workspace.trail import PAGE_ROWS, Offered, Wanted

NEW = "new"


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

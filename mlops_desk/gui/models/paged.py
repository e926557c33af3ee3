"""A table's rows in the store: the order is known, the rows come a page at a time when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal, Slot

from mlops_desk.gui.models.listed import Index, TableModel, row_key
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.paged import PAGE_ROWS, Ordered
from mlops_desk.kernel.state import State
from mlops_desk.kernel.wish import Wish

PAGES_KEPT, AT_ONCE, MOST_WAITING = 40, 2, 4
_NO_INDEX = QModelIndex()


class Sheaf(msgspec.Struct, frozen=True):
    """An order, the pages seen first in it, how its area stands, and when; ``is_part`` of only its beginning."""

    ordered: Ordered
    pages: Mapping[int, Sequence[Any]]
    state: State | None
    as_of: datetime
    is_part: bool = False


class Asked(msgspec.Struct, frozen=True):
    """What of a table in the store is asked for; ``scope`` is the page's own choice.

    ``keys`` are found in the order, that of the first row in sight before all; ``most`` is 0 for the whole.
    """

    scope: Any
    wish: Wish
    keys: tuple[str, ...] = ()
    most: int = 0


class PagedModel(TableModel):
    """Rows of one listing in the store. ``wanted`` tells that the order should be asked for, ``page_wanted`` a page."""

    wanted = Signal()
    page_wanted = Signal(int, object)

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._ordered = Ordered((), 0)
        self._held: Sheaf | None = None
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._waiting: list[int] = []
        self._asked: set[int] = set()
        self._number = 0  # of the order: pages of one before come too late

    # --- what it is told ------------------------------------------------------------------------

    def show(self, found: Sheaf, *, keeps_view: bool = False) -> None:
        """Take an order in place of the one before; ``keeps_view`` holds it back until somebody lets it in."""
        if keeps_view and len(found.ordered.places) > len(self._ordered.places) and self._ordered.places:
            self._held = found
        else:
            self._become(found)
        self.working.emit(False)
        self.arranged.emit()

    def let_in(self) -> None:
        """Show the order that waits."""
        if self._held is not None:
            self._become(self._held)
            self.arranged.emit()

    def arrange(self) -> None:
        """Ask for the order wished."""
        self.working.emit(True)
        self.wanted.emit()

    def _become(self, found: Sheaf) -> None:
        is_same = found.ordered.places == self._ordered.places
        if not is_same:
            self.beginResetModel()
        self._held, self._ordered = None, found.ordered
        self._number += 1
        self._waiting.clear()
        self._asked.clear()
        self._pages = OrderedDict(found.pages)
        if is_same and found.ordered.places:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))
        elif not is_same:
            self.endResetModel()

    # --- what it is asked -----------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return self._ordered.total

    @property
    def held(self) -> int:
        """How many new rows wait until somebody lets them in."""
        return len(self._held.ordered.places) - len(self._ordered.places) if self._held is not None else 0

    @property
    def places(self) -> Sequence[int]:
        """Where the rows that are shown lie in the store, in their order."""
        return self._ordered.places

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._ordered.places)

    def row(self, number: int) -> Any:
        """Return the row shown at a place; None while its page is on its way."""
        place, within = divmod(number, PAGE_ROWS)
        page = self._pages.get(place)
        if page is None:
            self._want(place)
            return None
        return page[within] if within < len(page) else None

    def here(self) -> Iterable[Any]:
        """Return the rows whose pages were read."""
        return [row for page in self._pages.values() for row in page if row is not None]

    def loaded(self, chosen: Sequence[int]) -> list[Any] | None:
        """Return the rows at some places, None if one of them is not here."""
        is_here = len(chosen) <= PAGES_KEPT * PAGE_ROWS and {each // PAGE_ROWS for each in chosen} <= self._pages.keys()
        return [row for each in chosen if (row := self.row(each)) is not None] if is_here else None

    def place_of(self, key: str) -> int:
        """Return where the row of a key is shown, or -1; only of rows that were asked about or are loaded."""
        if key in self._ordered.found:
            return self._ordered.found[key]
        for number, page in self._pages.items():
            for within, row in enumerate(page):
                if row is not None and row_key(row) == key:
                    return number * PAGE_ROWS + within
        return -1

    # --- pages ----------------------------------------------------------------------------------

    def _want(self, page: int) -> None:
        """Ask for a page soon; who scrolls past many pages is served where they stop."""
        if page in self._asked or page in self._waiting:
            return
        self._waiting = [*self._waiting, page][-MOST_WAITING:]
        self._ask_next()

    def _ask_next(self) -> None:
        while self._waiting and len(self._asked) < AT_ONCE:
            page = self._waiting.pop()
            self._asked.add(page)
            places = self._ordered.places[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
            self.page_wanted.emit(page, (self._number, places))

    @Slot(object)
    def take_page(self, found: tuple[int, int, Sequence[Any]]) -> None:
        """Take the rows of a page that was asked for: the number of the order, of the page, and the rows."""
        number, page, rows = found
        if number != self._number:
            return
        self._asked.discard(page)
        self._pages[page] = rows
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first = page * PAGE_ROWS
        last = min(first + PAGE_ROWS, self.rowCount()) - 1
        self.dataChanged.emit(
            self.index(first, 0), self.index(last, len(self.columns) - 1), [Qt.ItemDataRole.DisplayRole]
        )
        self._ask_next()

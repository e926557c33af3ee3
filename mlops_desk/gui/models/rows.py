"""A table's rows in memory: compared by key, so that news never loses selection or place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QModelIndex, QObject, Slot

from mlops_desk.gui.models.arrange import arranged
from mlops_desk.gui.models.listed import Index, TableModel, row_key
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.wish import Wish

LARGE_ROWS = 3000  # what is sorted and compared at once; larger tables are arranged on a worker
_NO_INDEX = QModelIndex()
Elsewhere = Callable[[Callable[[Progress, Stop], Any], Callable[[Any], None]], object]


class Arranged(msgspec.Struct, frozen=True):
    """Rows in the order wished, where each of them stands, and the number of the wish."""

    number: int
    rows: list[Any]
    places: dict[str, int]


class RowsModel(TableModel):
    """Rows of one listing; ``elsewhere`` runs a function on a worker and hands its answer to a slot here."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self.elsewhere: Elsewhere | None = None
        self._all: list[Any] = []
        self._newest: list[Any] | None = None  # what the last question gave, while some of it is held back
        self._shown: list[Any] = []
        self._places: dict[str, int] | None = None
        self._number = 0

    # --- what it is told --------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Any], *, keeps_view: bool = False) -> None:
        """Take rows in place of those before; ``keeps_view`` holds back what is new and moves nothing.

        A large table is arranged anew all the same, and the view finds its place again.
        """
        if keeps_view and self._shown and len(rows) <= LARGE_ROWS:
            self._keep_view(list(rows))
        else:
            self._newest, self._all = None, list(rows)
            self.arrange()

    def let_in(self) -> None:
        """Show the rows that wait, in their places."""
        self.arrange()

    def arrange(self) -> None:
        """Fulfil the wish: at once, or for a large table on a worker; then the order is replaced in one go."""
        if self._newest is not None:
            self._all, self._newest = self._newest, None
        self._number += 1
        if self.elsewhere is None or max(len(self._all), len(self._shown)) <= LARGE_ROWS:
            self._become(arranged(self._all, self.columns, self.wish))
            self.arranged.emit()
            return
        self.working.emit(True)
        self.elsewhere(partial(_arranged, self._number, self._all, self.columns, self.wish), self._take)

    @Slot(object)
    def _take(self, found: Arranged) -> None:
        if found.number == self._number:
            self._become_at_once(found)
            self.working.emit(False)
            self.arranged.emit()

    # --- what it is asked -------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    @property
    def held(self) -> int:
        """How many new rows wait until somebody lets them in."""
        return len(self._newest) - len(self._all) if self._newest is not None else 0

    @property
    def rows(self) -> Sequence[Any]:
        """All rows, shown or not, in the order of the question."""
        return self._all

    def here(self) -> Sequence[Any]:
        """Return the rows that are shown."""
        return self._shown

    def row(self, number: int) -> Any:
        """Return the row shown at a place."""
        return self._shown[number]

    def place_of(self, key: str) -> int:
        """Return where the row of a key is shown, or -1."""
        if self._places is None:
            self._places = {row_key(row): place for place, row in enumerate(self._shown)}
        return self._places.get(key, -1)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    # --- news -------------------------------------------------------------------------------

    def _keep_view(self, rows: list[Any]) -> None:
        """Change rows where they stand and take out those that are gone; what is new waits."""
        known = {row_key(row) for row in self._all}
        self._number += 1
        self._newest = rows
        self._all = [row for row in rows if row_key(row) in known]
        now = {row_key(row): row for row in self._all}
        self._become([now[key] for row in self._shown if (key := row_key(row)) in now])
        if not self.held:
            self._newest = None
        self.arranged.emit()

    def _become(self, rows: list[Any]) -> None:
        self._places = None
        wanted = {row_key(row): row for row in rows}
        self._take_out([place for place, row in enumerate(self._shown) if row_key(row) not in wanted])
        here = {row_key(row) for row in self._shown}
        fresh = [row for key, row in wanted.items() if key not in here]
        if fresh:
            first = len(self._shown)
            self.beginInsertRows(_NO_INDEX, first, first + len(fresh) - 1)
            self._shown += fresh
            self.endInsertRows()
        self._reorder(list(wanted))
        self._replace(list(wanted.values()))

    def _become_at_once(self, found: Arranged) -> None:
        """Replace a large table's rows in one go: comparing them would hold the window up; the view finds its place."""
        self.beginResetModel()
        self._shown, self._places = found.rows, found.places
        self.endResetModel()

    def _take_out(self, places: list[int]) -> None:
        for first, last in reversed(_runs(places)):
            self.beginRemoveRows(_NO_INDEX, first, last)
            del self._shown[first : last + 1]
            self.endRemoveRows()

    def _reorder(self, keys: list[str]) -> None:
        if [row_key(row) for row in self._shown] == keys:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {key: place for place, key in enumerate(keys)}
        moved = [self.index(places[row_key(self._shown[each.row()])], each.column()) for each in before]
        self._shown.sort(key=lambda row: places[row_key(row)])
        self.changePersistentIndexList(before, moved)
        self.layoutChanged.emit()

    def _replace(self, rows: list[Any]) -> None:
        changed = [place for place, row in enumerate(rows) if row != self._shown[place]]
        self._shown = rows
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _arranged(
    number: int, rows: list[Any], columns: Sequence[Column], wish: Wish, _progress: Progress, stop: Stop
) -> Arranged:
    found = {row_key(row): row for row in arranged(rows, columns, wish, stop)}
    return Arranged(number, list(found.values()), {key: place for place, key in enumerate(found)})


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending places as runs of neighbours."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs

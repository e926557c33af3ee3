"""A table's rows in Qt's model: compared by key, so that news never loses selection or place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mlops_desk.gui.models.cells import NUMBERS, cell_text, is_missing, sort_key
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.words import _

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
ValueRole = Qt.ItemDataRole.UserRole + 1
_NO_INDEX = QModelIndex()
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def row_key(row: Any) -> str:
    """Return what a row is known by."""
    return str(getattr(row, "id", "") or getattr(row, "line", "") or row)


def one_line(value: Any, column: Column) -> str:
    """Return a value as a cell shows it."""
    return cell_text(value, column.cell).replace("\n", " ")


def side_of(column: Column) -> int:
    """Return how the cells of a column are aligned: numbers at the right."""
    return _RIGHT if column.cell in NUMBERS else _LEFT


class RowsModel(QAbstractTableModel):
    """Rows of one listing, filtered and sorted here; shows what fits, in the order wished."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._all: list[Any] = []
        self._shown: list[Any] = []
        self._words: list[str] = []
        self._order: tuple[int, Qt.SortOrder] | None = None

    # --- what it is told --------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Take rows in place of those before."""
        self._all = list(rows)
        self._arrange()

    def filter(self, text: str) -> None:
        """Show only rows that hold every word; ``column:word`` looks in one column."""
        self._words = text.casefold().split()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 gives the order of the question back."""
        self._order = (column, order) if column >= 0 else None
        self._arrange()

    # --- what it is asked -------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    def row(self, number: int) -> Any:
        """Return the row shown at a place."""
        return self._shown[number]

    def cell(self, row: int, column: int) -> tuple[Column, Any]:
        """Return the column and the value of a cell, without a round through Qt."""
        found = self.columns[column]
        return found, getattr(self._shown[row], found.name, None)

    def place_of(self, key: str) -> int:
        """Return where the row of a key is shown, or -1."""
        return next((place for place, row in enumerate(self._shown) if row_key(row) == key), -1)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, says or holds."""
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == RowRole:
            return row
        column, value = self.cell(index.row(), index.column())
        if role == ValueRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(value, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {self._text(row, column) or _('empty')}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title, and a row's name for those who hear it."""
        if orientation == Qt.Orientation.Vertical:
            is_name = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return self._text(self._shown[section], self.columns[0]) if is_name and section < len(self._shown) else None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{column.title}, {column.unit}" if column.unit else column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(column)
        return None

    # --- news -------------------------------------------------------------------------------

    def _text(self, row: Any, column: Column) -> str:
        return cell_text(getattr(row, column.name, None), column.cell)

    def _arrange(self) -> None:
        rows = [row for row in self._all if self._fits(row)] if self._words else list(self._all)
        if self._order is not None:
            rows = self._sorted(rows, *self._order)
        self._become(rows)

    def _fits(self, row: Any) -> bool:
        texts = {column.title.casefold(): self._text(row, column).casefold() for column in self.columns}
        return all(_has(texts, word) for word in self._words)

    def _sorted(self, rows: list[Any], column: int, order: Qt.SortOrder) -> list[Any]:
        name = self.columns[column].name
        known = [row for row in rows if not is_missing(getattr(row, name, None))]
        missing = [row for row in rows if is_missing(getattr(row, name, None))]
        known.sort(key=lambda row: sort_key(getattr(row, name)), reverse=order == Qt.SortOrder.DescendingOrder)
        return known + missing

    def _become(self, rows: list[Any]) -> None:
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


def _has(texts: dict[str, str], word: str) -> bool:
    title, colon, part = word.partition(":")
    if colon and part:
        named = [text for name, text in texts.items() if name.startswith(title)]
        if named:
            return any(part in text for text in named)
    return any(word in text for text in texts.values())


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending places as runs of neighbours."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs

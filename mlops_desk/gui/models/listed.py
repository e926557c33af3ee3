"""What every model of a table shows of a row, wherever its rows lie: cells, titles, words for those who hear them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mlops_desk.gui.models.arrange import shown_text
from mlops_desk.gui.models.cells import NUMBERS, spoken_text
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import Condition, Wish
from mlops_desk.kernel.words import _

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
ValueRole = Qt.ItemDataRole.UserRole + 1
_NO_INDEX = QModelIndex()
_PLAIN = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def row_key(row: Any) -> str:
    """Return what a row is known by."""
    return str(getattr(row, "id", "") or getattr(row, "line", "") or row)


def side_of(column: Column) -> int:
    """Return how the cells of a column are aligned: numbers at the right."""
    return _RIGHT if column.cell in NUMBERS else _LEFT


class TableModel(QAbstractTableModel):
    """A table's rows as a person wishes them. ``arranged`` tells that the wish is fulfilled, ``working`` that it waits.

    ``total`` is how many rows there are, shown or not; ``held`` how many new ones wait until they are let in.
    """

    arranged = Signal()
    working = Signal(bool)

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.wish = Wish()
        self.editable: frozenset[str] = frozenset()  # the columns whose cells can be edited

    # --- what there is --------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        raise NotImplementedError

    @property
    def held(self) -> int:
        """How many new rows wait until somebody lets them in."""
        return 0

    def let_in(self) -> None:
        """Show the rows that wait, in their places."""

    def row(self, number: int) -> Any:
        """Return the row shown at a place; None while it is on its way."""
        raise NotImplementedError

    def here(self) -> Iterable[Any]:
        """Return the rows shown that are in memory."""
        raise NotImplementedError

    def loaded(self, chosen: Sequence[int]) -> list[Any] | None:
        """Return the rows at some places, None if one of them is not here."""
        return [self.row(each) for each in chosen]

    def place_of(self, key: str) -> int:
        """Return where the row of a key is shown, or -1."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Fulfil the wish."""
        raise NotImplementedError

    # --- what is wished -------------------------------------------------------------------------

    def filter_by(self, conditions: tuple[Condition, ...]) -> None:
        """Show only the rows that fit all conditions."""
        if conditions != self.wish.conditions:
            self.wish = Wish(conditions, self.wish.order)
            self.arrange()

    def sort_by(self, order: tuple[Order, ...]) -> None:
        """Sort by columns, the first one counts most; none gives the order of the question back."""
        if order != self.wish.order:
            self.wish = Wish(self.wish.conditions, order)
            last = len(self.columns) - 1
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
            self.arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by one column, as Qt asks for it; -1 gives the order of the question back."""
        is_down = order == Qt.SortOrder.DescendingOrder
        self.sort_by((Order(self.columns[column].name, is_down),) if column >= 0 else ())

    # --- what Qt asks ---------------------------------------------------------------------------

    def cell(self, row: int, column: int) -> tuple[Column, Any]:
        """Return the column and the value of a cell, without a round through Qt."""
        found = self.columns[column]
        return found, getattr(self.row(row), found.name, None)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        if not index.isValid():
            return super().flags(index)
        return _EDITABLE if self.columns[index.column()].name in self.editable else _PLAIN

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, says or holds."""
        if not index.isValid():
            return None
        if role == RowRole:
            return self.row(index.row())
        column, value = self.cell(index.row(), index.column())
        if role == ValueRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_text(value, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(spoken_text(value, column.cell))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {spoken_text(value, column.cell) or _('empty')}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title, and a row's name for those who hear it."""
        if orientation == Qt.Orientation.Vertical:
            is_name = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return self._row_name(section) if is_name and section < self.rowCount() else None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return titled(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(each for each in (titled(column), self._order_words(column.name)) if each)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(column)
        return None

    def _row_name(self, number: int) -> str:
        column, value = self.cell(number, 0)
        return spoken_text(value, column.cell)

    def _order_words(self, name: str) -> str:
        place, order = place_in(self.wish.order, name)
        if order is None:
            return ""
        way = _("sorted down") if order.is_down else _("sorted up")
        return f"({way}, {place})" if len(self.wish.order) > 1 else f"({way})"


def titled(column: Column) -> str:
    """Return the title of a column with its unit."""
    return f"{column.title}, {column.unit}" if column.unit else column.title


def place_in(orders: tuple[Order, ...], name: str) -> tuple[int, Order | None]:
    """Return which of the columns sorted by a column is, from 1, and how; 0 and None if it is none of them."""
    return next(((number, each) for number, each in enumerate(orders, 1) if each.column == name), (0, None))


def with_order(orders: tuple[Order, ...], name: str, *, is_added: bool) -> tuple[Order, ...]:
    """Return the order after a press on a title: up, then down, then none; ``is_added`` keeps the other columns."""
    _number, now = place_in(orders, name)
    following = Order(name) if now is None else Order(name, is_down=True) if not now.is_down else None
    if not is_added:
        return (following,) if following is not None else ()
    if now is None:
        return (*orders, Order(name))
    changed = [following if each.column == name else each for each in orders]
    return tuple(each for each in changed if each is not None)

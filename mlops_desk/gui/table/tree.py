"""A table whose rows are a tree: what is below a step is opened and closed by keys, or by its arrow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from mlops_desk.gui.models.listed import row_key
from mlops_desk.gui.table.cells import EDGE_PX
from mlops_desk.gui.table.sources import InMemory
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.twig import arrow_box
from mlops_desk.kernel import clock
from mlops_desk.kernel.figures import Twig

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table

_KEYS = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}


class Tree(QObject):
    """Shows of rows with a ``twig`` and the ids ``above`` them those that stand under nothing closed.

    In the first column Right opens, Left closes or goes to the row above, as in every tree. While the table is
    filtered or sorted all rows are looked at, open or not.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table
        self._rows: Sequence[Any] = ()
        self._as_of = clock.now()
        self.closed: set[str] = set()
        table.grid.installEventFilter(self)
        table.grid.viewport().installEventFilter(self)
        table.bar.changed.connect(self.fill)

    def show_rows(self, rows: Sequence[Any], as_of: datetime) -> None:
        """Take the whole tree, the root first, in place of the one before."""
        self._rows, self._as_of = rows, as_of
        if isinstance(self._table.source, InMemory):
            self._table.source.everything = rows
        self.fill()

    @Slot()
    def fill(self) -> None:
        """Show what stands under nothing closed."""
        is_looked_through = bool(self._table.model.wish.conditions)
        shown = [
            self._turned(each)
            for each in self._rows
            if is_looked_through or not any(key in self.closed for key in each.above)
        ]
        self._table.show_rows(shown, self._as_of)

    def _turned(self, row: Any) -> Any:
        is_shut = row.twig.is_open is not None and row_key(row) in self.closed
        return replace(row, twig=replace(row.twig, is_open=False)) if is_shut else row

    def open_to(self, key: str) -> None:
        """Open all that a row stands under."""
        above = next((each.above for each in self._rows if row_key(each) == key), ())
        if self.closed.intersection(above):
            self.closed.difference_update(above)
            self.fill()

    def turn(self, row: Any, *, is_open: bool) -> None:
        """Open or close what is below a row, and say so."""
        if is_open:
            self.closed.discard(row_key(row))
        else:
            self.closed.add(row_key(row))
        self.fill()
        announce(self._table.grid, replace(row.twig, is_open=is_open).words)

    # --- keys and pointer -------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Left and Right in the first column, and a press on an arrow."""
        grid = self._table.grid
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is grid:
            return self._key(event)
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            is_left = event.button() == Qt.MouseButton.LeftButton
            return is_left and watched is grid.viewport() and self._press(event.position().toPoint())
        return False

    def _key(self, event: QKeyEvent) -> bool:
        at = self._table.grid.currentIndex()
        wish = _KEYS.get(Qt.Key(event.key()))
        twig = self._twig(at)
        if wish is None or twig is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        row = self._table.model.row(at.row())
        if twig.is_open is not None and twig.is_open != wish:
            self.turn(row, is_open=wish)
            return True
        if not wish and row.above:
            self._table.choose(row.above[-1])
        return not wish

    def _press(self, place: QPoint) -> bool:
        index = self._table.grid.indexAt(place)
        twig = self._twig(index)
        if twig is None or twig.is_open is None:
            return False
        cell = self._table.grid.visualRect(index).adjusted(EDGE_PX, 0, -EDGE_PX, 0)
        if not arrow_box(cell, twig).contains(place):
            return False
        self.turn(self._table.model.row(index.row()), is_open=not twig.is_open)
        return True

    def _twig(self, index: QModelIndex) -> Twig | None:
        value = self._table.model.cell(index.row(), index.column())[1] if index.isValid() else None
        return value if isinstance(value, Twig) else None

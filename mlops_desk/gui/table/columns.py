"""Which columns of a table are shown, and in which order; every press is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from mlops_desk.gui.models.cells import is_missing
from mlops_desk.gui.models.listed import titled
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table

_SIZE_PX, _ROW_PX = (420, 480), 28
_PLACE = Qt.ItemDataRole.UserRole
_TICKED, _OPEN = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class ColumnsDialog(QDialog):
    """A list of the columns with ticks, buttons to move one, to hide what is empty, and to begin anew."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Columns of {title}", title=table.listing.title))
        self.setAccessibleName(self.windowTitle())
        self._table = table
        self.search = QLineEdit()
        ask_for(self.search, _("Find a column"))
        self.search.setAccessibleName(_("Find a column"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Columns"))
        self.up, self.down = Button(_("Up"), "", "arrow-up"), Button(_("Down"), "", "arrow-down")
        self.hide_empty = Button(_("Hide empty"))
        self.reset = Button(_("As at first"), "", "undo-2")
        self.leave = Button(_("Close"), "main")
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.list.itemChanged.connect(self._apply)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.hide_empty.clicked.connect(self._hide_empty)
        self.reset.clicked.connect(self._reset)
        self.leave.clicked.connect(self.close)
        self.resize(*(theme().px(each) for each in _SIZE_PX))
        self._fill()
        self.search.setFocus()

    def _lay_out(self) -> None:
        for button in (self.up, self.down, self.hide_empty, self.reset, self.leave):
            button.setAutoDefault(False)
        beside = QVBoxLayout()
        beside.setSpacing(8)
        for button in (self.up, self.down, self.hide_empty, self.reset):
            beside.addWidget(button)
        beside.addStretch()
        beside.addWidget(self.leave)
        across = QHBoxLayout()
        across.setSpacing(12)
        across.addWidget(self.list, 1)
        across.addLayout(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(self.windowTitle(), "section"))
        column.addWidget(self.search)
        column.addLayout(across, 1)

    def _fill(self) -> None:
        grid, before = self._table.grid, self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for place in grid.ordered_columns():
            item = QListWidgetItem(titled(self._table.model.columns[place]))
            item.setData(_PLACE, place)
            item.setSizeHint(QSize(0, theme().px(_ROW_PX)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        self.list.setCurrentRow(max(0, before))
        self.list.blockSignals(False)
        self._tick()
        self._find(self.search.text())

    def _tick(self) -> None:
        """Tick what is shown."""
        self.list.blockSignals(True)
        for item in self._items():
            item.setCheckState(_OPEN if self._table.grid.isColumnHidden(int(item.data(_PLACE))) else _TICKED)
        self.list.blockSignals(False)

    @Slot(str)
    def _find(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.casefold() not in item.text().casefold())

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    @Slot()
    def _apply(self) -> None:
        """Show what is ticked; the last column stays."""
        shown = [int(each.data(_PLACE)) for each in self._items() if each.checkState() == _TICKED]
        if shown:
            self._table.grid.hide_others(shown)
        else:
            self._tick()

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count() and place >= 0:
            self._table.grid.move_column(place, place + step)
            self._fill()
            self.list.setCurrentRow(place + step)

    @Slot()
    def _hide_empty(self) -> None:
        """Hide the columns in which none of the rows that are shown has a value."""
        model, grid = self._table.model, self._table.grid
        names = {each: model.columns[each].name for each in grid.shown_columns()}
        full = [
            each
            for each, name in names.items()
            if any(not is_missing(getattr(row, name, None)) for row in model.here())
        ]
        if full:
            grid.hide_others(full)
            self._tick()

    @Slot()
    def _reset(self) -> None:
        self._table.grid.show_columns(list(range(len(self._table.model.columns))))
        self._fill()

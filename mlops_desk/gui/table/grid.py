"""The grid of a table: rows in the house's look, keys, widths, and a place that survives a new order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from mlops_desk.gui.models.listed import TableModel, row_key
from mlops_desk.gui.table import copying, pinned
from mlops_desk.gui.table.cells import EDGE_PX, CellDelegate, letters
from mlops_desk.gui.table.copying import Form
from mlops_desk.gui.table.head import MARK_PX, Head
from mlops_desk.gui.theme import theme
from mlops_desk.kernel.listing import Column

_WIDEST_PX, _NARROWEST_PX = 260, 56
_ROWS_MEASURED, _MEASURED = 40, 6  # the first ones tell how wide a column wants to be; all of them would take too long
_MOST_KEPT = 1000  # selected rows that are found again in a new order
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ACROSS = Qt.Orientation.Horizontal
_WHOLE_ROW = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class Grid(QTableView):
    """A table view of rows. ``values_wanted`` carries the column whose values a person wants to choose from.

    ``copy_wanted`` carries chosen rows, columns and form where some of the rows must be read first.
    """

    entered_row = Signal()
    peeked_row = Signal()
    values_wanted = Signal(int)
    edit_wanted = Signal()
    copy_wanted = Signal(object, object, str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.head = Head(self)
        self.setHorizontalHeader(self.head)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that scrolling paints new rows alone
        self.verticalHeader().hide()
        self.head.setResizeContentsPrecision(_ROWS_MEASURED)
        self._wanted: list[int] = []
        self._full: list[int] = []
        self._prose: list[int] = []
        self._is_sharing = False
        self._kept: tuple[list[str], str, int, str] = ([], "", 0, "")
        self.head.sectionResized.connect(self._keep_drawn)
        theme().changed.connect(self._restyle)
        self._restyle()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model's rows; when it puts them in a new order in one go, what was chosen is found again."""
        if model is not None:
            model.modelAboutToBeReset.connect(self._keep)  # before the view hears of it and forgets
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._find_again)

    @property
    def rows(self) -> TableModel:
        """The model whose rows are shown."""
        model = self.model()
        assert isinstance(model, TableModel)
        return model

    @property
    def column(self) -> int:
        """The column in which the focus stands, else the first that is shown."""
        return self.currentIndex().column() if self.currentIndex().isValid() else next(iter(self.shown_columns()), 0)

    def ordered_columns(self) -> list[int]:
        """Return all columns, from the left, also those that are hidden."""
        return [self.head.logicalIndex(place) for place in range(self.model().columnCount())]

    def shown_columns(self) -> list[int]:
        """Return the columns that are shown, from the left."""
        return [each for each in self.ordered_columns() if not self.isColumnHidden(each)]

    def show_columns(self, shown: Sequence[int]) -> None:
        """Show these columns in this order, the others not."""
        for place, column in enumerate(shown):
            self.head.moveSection(self.head.visualIndex(column), place)
        self.hide_others(shown)

    def hide_others(self, shown: Sequence[int]) -> None:
        """Show these columns where they stand, the others not."""
        for column in range(self.model().columnCount()):
            self.setColumnHidden(column, column not in shown)
        self.spread()

    def selectRow(self, row: int) -> None:
        """Choose one row alone, whatever keys are held."""
        alone = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(row, max(0, self.currentIndex().column())), alone)

    def step(self, by: int) -> None:
        """Choose the row so many places on, and go on at the other end; the first one where none is chosen."""
        rows = self.rows.rowCount()
        if rows:
            chosen = self.first_chosen
            self.selectRow((chosen + by) % rows if chosen >= 0 else 0 if by > 0 else rows - 1)
            self.scrollTo(self.currentIndex())

    def move_column(self, place: int, to: int) -> None:
        """Move the column at a place, counted from the left."""
        self.head.moveSection(place, to)

    def chosen_rows(self) -> Sequence[int]:
        """Return the places of the chosen rows, from the top."""
        spans = self._spans()
        if len(spans) == 1:
            return spans[0]  # all of a million rows cost nothing as long as nobody walks over them
        return sorted({row for each in spans for row in each})

    def _spans(self) -> list[range]:
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return list(dict.fromkeys(range(each.top(), each.bottom() + 1) for each in ranges))

    @property
    def first_chosen(self) -> int:
        """The place of the first chosen row, -1 if none is."""
        return min((each.start for each in self._spans()), default=-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, peek with Space, edit with F2, copy with Ctrl+C, show the values with Alt+Down."""
        key, with_keys = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_F2 or (key in _ENTER and not with_keys and self._edits_with_enter()):
            self.edit_wanted.emit()
        elif key in _ENTER and not with_keys:
            self.entered_row.emit()
        elif key == Qt.Key.Key_Space and not with_keys:
            self.peeked_row.emit()
        elif key == Qt.Key.Key_C and with_keys & Qt.KeyboardModifier.ControlModifier:
            self.copy("titled" if with_keys & Qt.KeyboardModifier.ShiftModifier else "plain")
        elif key == Qt.Key.Key_Down and with_keys == Qt.KeyboardModifier.AltModifier:
            self.values_wanted.emit(self.column)
        else:
            super().keyPressEvent(event)

    def _edits_with_enter(self) -> bool:
        """Tell whether Enter edits the cell: where it can be edited, but in the first column, which opens the row."""
        at = self.currentIndex()
        is_first = at.column() == next(iter(self.shown_columns()), 0)
        return at.isValid() and not is_first and bool(self.rows.flags(at) & Qt.ItemFlag.ItemIsEditable)

    # --- copy -------------------------------------------------------------------------------------

    def copy(self, form: Form = "plain") -> None:
        """Put the chosen rows into the clipboard."""
        self._put(self.chosen_rows(), form)

    def copy_all(self) -> None:
        """Put the whole table with its titles into the clipboard."""
        self._put(range(self.model().rowCount()), "titled")

    def _put(self, chosen: Sequence[int], form: Form) -> None:
        columns = [self.rows.columns[each] for each in self.shown_columns()]
        rows = self.rows.loaded(chosen)
        if rows is None:
            self.copy_wanted.emit(chosen, columns, form)
        else:
            QGuiApplication.clipboard().setText(copying.copied(columns, rows, form))

    # --- a new order ------------------------------------------------------------------------------

    @Slot()
    def _keep(self) -> None:
        chosen = [self._key(each) for each in self.chosen_rows()[:_MOST_KEPT]]
        self._kept = (chosen, self._key(self.currentIndex().row()), self.currentIndex().column(), self.top_key)

    @property
    def top_key(self) -> str:
        """The key of the first row in sight, empty if that is the first of all."""
        top = self.rowAt(0)
        return self._key(top) if top > 0 else ""

    def kept_keys(self) -> tuple[str, ...]:
        """Return the keys that are found again in a new order, that of the first row in sight before all."""
        chosen = (self._key(each) for each in self.chosen_rows()[:_MOST_KEPT])
        return (self.top_key, self._key(self.currentIndex().row()), *chosen)

    def _key(self, place: int) -> str:
        row = self.rows.row(place) if 0 <= place < self.rows.rowCount() else None
        return row_key(row) if row is not None else ""

    @Slot()
    def _find_again(self) -> None:
        chosen, current, column, top = self._kept
        model, selection = self.rows, QItemSelection()
        for place in map(model.place_of, chosen):
            if place >= 0:
                selection.select(model.index(place, 0), model.index(place, model.columnCount() - 1))
        self.selectionModel().select(selection, _WHOLE_ROW)
        if (place := model.place_of(current)) >= 0:
            at = model.index(place, max(0, column))
            self.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
        if top and (place := model.place_of(top)) >= 0:
            self.scrollTo(model.index(place, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    # --- widths -----------------------------------------------------------------------------------

    def fit_columns(self, columns: Sequence[Column]) -> None:
        """Give each column the width it wants, within reason; the rest goes to what is cut, then to prose."""
        titles = QFontMetrics(theme().font("caption", is_strong=True))
        self._wanted, self._full = [], []
        for place in range(len(columns)):
            title = titles.horizontalAdvance(str(self.model().headerData(place, _ACROSS))) + 2 * EDGE_PX + MARK_PX
            wanted = max(self._longest(place), title, _NARROWEST_PX)
            self._full.append(wanted)
            self._wanted.append(min(wanted, theme().px(_WIDEST_PX)))
        self._prose = [place for place, each in enumerate(columns) if each.cell in ("text", "role")]
        self._spread()

    def _longest(self, place: int) -> int:
        """Return the width that a column's longest cells want: measuring each would take as long as drawing them."""
        rows = min(self.model().rowCount(), _ROWS_MEASURED)
        option, indices = QStyleOptionViewItem(), [self.model().index(row, place) for row in range(rows)]
        self.initViewItemOption(option)
        indices.sort(key=letters, reverse=True)
        return max((self.itemDelegate().sizeHint(option, each).width() for each in indices[:_MEASURED]), default=0)

    def _spread(self) -> None:
        shown = [each for each in range(len(self._wanted)) if not self.isColumnHidden(each)]
        room = max(0, self.viewport().width() - sum(self._wanted[each] for each in shown))
        lacking = {each: max(0, self._full[each] - self._wanted[each]) for each in shown}
        part = min(1.0, room / max(1, sum(lacking.values())))
        prose = [each for each in self._prose if each in lacking]
        share = int(room - part * sum(lacking.values())) // max(1, len(prose) + 1)
        self._is_sharing = True
        for place in shown:
            more = min(share, theme().px(_WIDEST_PX)) if place in prose else 0
            self.setColumnWidth(place, self._wanted[place] + int(part * lacking[place]) + more)
        self._is_sharing = False

    @Slot(int, int, int)
    def _keep_drawn(self, place: int, _before: int, now: int) -> None:
        """Let a column that somebody drew keep its width; the last one takes what is left, a hidden one has none."""
        if now and self._wanted and not self._is_sharing and place != self.shown_columns()[-1]:
            self._wanted[place] = self._full[place] = now
            self._prose = [each for each in self._prose if each != place]

    def spread(self) -> None:
        """Share the width anew among the columns that are shown."""
        if self._wanted:
            self._spread()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is no cell, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme().colour("bg.surface"))
        painter.end()
        super().paintEvent(event)
        box = pinned.strip(self.head, self.viewport().height())
        if box.intersects(event.rect()):
            self._paint_first(box, event.rect())

    # --- the first column -------------------------------------------------------------------------

    def _paint_first(self, box: QRect, wanted: QRect) -> None:
        """Paint the cells of the first column over those that went under it."""
        first, model, option = pinned.first_shown(self.head), self.model(), QStyleOptionViewItem()
        self.initViewItemOption(option)
        painter = QPainter(self.viewport())
        painter.fillRect(box, theme().colour("bg.surface"))
        last = self.rowAt(min(wanted.bottom(), box.bottom()))
        for row in range(max(0, self.rowAt(wanted.top())), (last if last >= 0 else model.rowCount() - 1) + 1):
            index = model.index(row, first)
            option.rect = self.visualRect(index)
            option.state = self._look_of(index)
            self.itemDelegate().paint(painter, option, index)
        painter.fillRect(pinned.edge(box, self.head), theme().colour("border.control"))
        painter.end()

    def _look_of(self, index: QModelIndex) -> QStyle.StateFlag:
        """Return how a cell stands: chosen, and with the focus."""
        found = QStyle.StateFlag.State_Enabled
        if self.selectionModel().isSelected(index):
            found |= QStyle.StateFlag.State_Selected
        if self.hasFocus() and index == self.currentIndex():
            found |= QStyle.StateFlag.State_HasFocus
        return found

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Return where a cell is drawn: one of the first column where that stays."""
        found = super().visualRect(index)
        if index.isValid() and index.column() == pinned.first_shown(self.head):
            found.translate(pinned.shift(self.head), 0)
        return found

    def indexAt(self, place: QPoint) -> QModelIndex:
        """Return the cell that is drawn at a place."""
        found = super().indexAt(place)
        if found.isValid() and pinned.strip(self.head, self.viewport().height()).contains(place):
            return self.model().index(found.row(), pinned.first_shown(self.head))
        return found

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a cell into sight: one of the first column is, across; another must not stay under it."""
        bar = self.horizontalScrollBar()
        before, is_first = bar.value(), index.column() == pinned.first_shown(self.head)
        was_pinned = bool(pinned.shift(self.head))
        super().scrollTo(index, hint)
        if is_first and was_pinned:
            bar.setValue(before)
        elif not is_first:
            box = pinned.strip(self.head, self.viewport().height()) & self.visualRect(index)
            bar.setValue(bar.value() - box.width())

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Scroll, and paint the first column again where it was carried along."""
        super().scrollContentsBy(across, down)
        if across:
            self.viewport().update(pinned.dirty(self.head, across, self.viewport().height()))
            self.head.viewport().update(pinned.dirty(self.head, across, self.head.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self.spread()

    @Slot()
    def _restyle(self) -> None:
        self.verticalHeader().setMinimumSectionSize(theme().row_px)
        self.verticalHeader().setDefaultSectionSize(theme().row_px)

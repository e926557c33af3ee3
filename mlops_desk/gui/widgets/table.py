"""The one grid of the window: sort, filter line, states as shape and word, copy, an empty state instead of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mlops_desk.gui.command_words import for_window
from mlops_desk.gui.models.cells import MISSING
from mlops_desk.gui.models.rows import RowsModel, ValueRole, one_line, row_key, side_of
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.class_badge import badge_width, paint_badge
from mlops_desk.gui.widgets.notices import EmptyState
from mlops_desk.gui.widgets.state_chip import chip_height, chip_width, paint_chip
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

Index = QModelIndex | QPersistentModelIndex
_EDGE_PX, _SORT_PX = 10, 8
_FULL_PX, _WIDEST_PX, _NARROWEST_PX = 900, 260, 56
_ROWS_MEASURED, _MEASURED = 40, 6  # the first ones tell how wide a column wants to be; all of them would take too long
_NO_INDEX = QModelIndex()
_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: states and classes as chips, everything else as one line of text."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell; a page has hundreds of them, so the model is asked once and without Qt between."""
        look, box, state, place = theme(), option.rect, option.state, index.column()
        painter.fillRect(box, look.colour("bg.selected" if state & _SELECTED else "bg.surface"))
        painter.setPen(look.colour("border.subtle"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        column, value = _cell(index)
        inner = box.adjusted(_EDGE_PX, 0, -_EDGE_PX, 0)
        if isinstance(value, State):
            width = min(chip_width(value.word), inner.width())
            paint_chip(painter, _middle(inner, width, chip_height()), value)
        elif column.cell == "class" and isinstance(value, str):
            paint_badge(painter, _middle(inner, min(badge_width(value), inner.width()), chip_height()), value)
        elif text := one_line(value, column):
            is_act = column.cell == "act"
            token = "text.muted" if text == MISSING else "accent.text" if is_act else "text.primary"
            self._text(painter, inner, text, side_of(column), token, is_strong=place == 0 or is_act)
        if state & _FOCUSED:
            painter.setPen(QPen(look.colour("focus.ring"), 2))
            painter.drawRect(box.adjusted(1, 1, -2, -2))

    def _text(self, painter: QPainter, box: QRect, text: str, side: int, token: str, *, is_strong: bool) -> None:
        look = theme()
        painter.setFont(look.font("body", is_strong=is_strong))
        painter.setPen(look.colour(token))
        if len(text) * look.row_px // 2 > box.width():  # measuring costs as much as drawing: only what may be too long
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return how much room a cell wants, within reason."""
        column, value = _cell(index)
        if isinstance(value, State):
            width = chip_width(value.word)
        else:
            width = option.fontMetrics.horizontalAdvance(one_line(value, column)) + 8
        return QSize(min(width + 2 * _EDGE_PX, _FULL_PX), theme().row_px)


def _cell(index: Index) -> tuple[Column, Any]:
    model = index.model()
    assert isinstance(model, RowsModel)
    return model.cell(index.row(), index.column())


def _length(index: Index) -> int:
    column, value = _cell(index)
    return len(value.word if isinstance(value, State) else one_line(value, column))


def _copied(index: Index) -> str:
    """Return a cell as it is pasted elsewhere: numbers with all their digits, everything else as it is shown."""
    value = index.data(ValueRole)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.15g}" if is_number else str(index.data() or "")


def _middle(box: QRect, width: int, height: int) -> QRect:
    return QRect(box.left(), box.center().y() - height // 2 + 1, width, height)


class Grid(QTableView):
    """A table view of rows in the house's look."""

    entered_row = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme().row_px)
        self.verticalHeader().setDefaultSectionSize(theme().row_px)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setResizeContentsPrecision(_ROWS_MEASURED)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSortingEnabled(True)
        self._wanted: list[int] = []
        self._full: list[int] = []
        self._prose: list[int] = []
        self._is_sharing = False
        head.sectionResized.connect(self._keep_drawn)
        theme().changed.connect(self._restyle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter and Space, copy with Ctrl+C and, with titles, Ctrl+Shift+C."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.entered_row.emit()
        elif event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.copy(with_titles=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def copy(self, *, with_titles: bool = False) -> None:
        """Put the chosen rows into the clipboard, cells parted by tabs."""
        self._put(sorted({index.row() for index in self.selectedIndexes()}), with_titles=with_titles)

    def copy_all(self) -> None:
        """Put the whole table with its titles into the clipboard."""
        self._put(range(self.model().rowCount()), with_titles=True)

    def _put(self, chosen: Iterable[int], *, with_titles: bool) -> None:
        model = self.model()
        shown = [column for column in range(model.columnCount()) if not self.isColumnHidden(column)]
        lines = ["\t".join(_copied(model.index(row, column)) for column in shown) for row in chosen]
        if with_titles:
            across = Qt.Orientation.Horizontal
            lines.insert(0, "\t".join(str(model.headerData(column, across)) for column in shown))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def fit_columns(self, columns: Sequence[Column]) -> None:
        """Give each column the width it wants, within reason; the rest goes to what is cut, then to prose."""
        titles = QFontMetrics(theme().font("caption", is_strong=True))
        across = Qt.Orientation.Horizontal
        self._wanted, self._full = [], []
        for place in range(len(columns)):
            title = titles.horizontalAdvance(str(self.model().headerData(place, across))) + 2 * _EDGE_PX + _SORT_PX
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
        indices.sort(key=_length, reverse=True)
        return max((self.itemDelegate().sizeHint(option, each).width() for each in indices[:_MEASURED]), default=0)

    def _spread(self) -> None:
        self._is_sharing = True
        try:
            self._share()
        finally:
            self._is_sharing = False

    def _share(self) -> None:
        room = max(0, self.viewport().width() - sum(self._wanted))
        lacking = [max(0, full - wanted) for full, wanted in zip(self._full, self._wanted, strict=True)]
        part = min(1.0, room / max(1, sum(lacking)))
        share = int(room - part * sum(lacking)) // max(1, len(self._prose) + 1)
        for place, (wanted, lack) in enumerate(zip(self._wanted, lacking, strict=True)):
            more = min(share, theme().px(_WIDEST_PX)) if place in self._prose else 0
            self.setColumnWidth(place, wanted + int(part * lack) + more)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if self._wanted:
            self._spread()

    @Slot(int, int, int)
    def _keep_drawn(self, place: int, _before: int, now: int) -> None:
        """Let a column that somebody drew keep its width; the last one takes what is left."""
        if self._wanted and not self._is_sharing and place < len(self._wanted) - 1:
            self._wanted[place] = self._full[place] = now
            self._prose = [each for each in self._prose if each != place]

    @Slot()
    def _restyle(self) -> None:
        self.verticalHeader().setMinimumSectionSize(theme().row_px)
        self.verticalHeader().setDefaultSectionSize(theme().row_px)


class Table(QFrame):
    """A listing on a page: filter line, grid or empty state, and how many rows there are.

    ``row_acted`` carries the row whose cell of acts was pressed.
    """

    row_chosen = Signal(object)
    row_opened = Signal(object)
    menu_wanted = Signal(object, QPoint)
    act_wanted = Signal(object)
    row_acted = Signal(object)

    def __init__(self, listing: Listing, icon: str = "table", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.listing = listing
        self.model = RowsModel([each for each in listing.columns if each.cell != "id"] or listing.columns, self)
        self.grid = Grid(listing.title, self)
        self.grid.setModel(self.model)
        self.empty = EmptyState(icon, self)
        self.filter = QLineEdit(self)
        self.foot = label("", "muted")
        self._is_fitted = False
        self._chosen = ""
        self._lay_out()
        self.filter.textChanged.connect(self._filter)
        self.grid.selectionModel().selectionChanged.connect(self._choose)
        self.grid.clicked.connect(self._clicked)
        self.grid.doubleClicked.connect(self._open)
        self.grid.entered_row.connect(self._open)
        self.grid.customContextMenuRequested.connect(self._want_menu)
        self.empty.acted.connect(self._empty_acted)

    def _lay_out(self) -> None:
        ask_for(self.filter, _("Filter: words, or column:word"))
        self.filter.setAccessibleName(_("Filter {title}", title=self.listing.title))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(320)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 10, 12, 8)
        bar.addWidget(self.filter, 1)
        bar.addStretch(1)
        bar.addWidget(self.foot)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(holder, 1)

    # --- rows -------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Any], as_of: datetime) -> None:
        """Show rows; the chosen one stays chosen, and the place stays where it is."""
        self.model.show_rows(rows)
        if rows and not self._is_fitted:
            self._is_fitted = True
            self.grid.fit_columns(self.model.columns)
        self._as_of = as_of
        self._count()

    def choose(self, key: str) -> bool:
        """Choose the row of a key; tell whether it is there."""
        place = self.model.place_of(key)
        if place >= 0:
            self.grid.selectRow(place)
            self.grid.scrollTo(self.model.index(place, 0))
        return place >= 0

    @property
    def chosen(self) -> Any:
        """The row that is chosen, or None."""
        rows = self.grid.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    def say_empty(self, sentence: str, act: str = "", stands_for: Any = None) -> None:
        """Say what stands here when there is no row at all."""
        self._empty = (sentence, act, stands_for)
        self._count()

    def _count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        sentence, act, stands_for = getattr(self, "_empty", (self.listing.empty, "", None))
        if total and not shown:
            self.empty.say(_("Nothing here fits “{text}”.", text=self.filter.text()), _("Clear the filter"), "clear")
        else:
            self.empty.say(for_window(sentence or _("Nothing yet.")), act, stands_for)
        self._stack.setCurrentIndex(0 if shown else 1)
        self.filter.setVisible(bool(total))
        at = getattr(self, "_as_of", None)
        count = (
            plural("{n} row", "{n} rows", total)
            if shown == total
            else _("{shown} of {total} rows", shown=shown, total=total)
        )
        self.foot.setText(_("{count} · as of {time}", count=count, time=f"{at.astimezone():%H:%M}") if at else "")
        self.foot.setVisible(bool(total))

    @Slot(str)
    def _filter(self, text: str) -> None:
        self.model.filter(text)
        self._count()

    # --- what people do -----------------------------------------------------------------------

    @Slot(QItemSelection, QItemSelection)
    def _choose(self) -> None:
        row = self.chosen
        if row is not None and row_key(row) != self._chosen:
            self._chosen = row_key(row)
            self.row_chosen.emit(row)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self.model.columns[index.column()].cell == "act":
            self.row_acted.emit(self.model.row(index.row()))
        elif self.chosen is not None:
            self._chosen = row_key(self.chosen)
            self.row_chosen.emit(self.chosen)

    @Slot()
    def _open(self) -> None:
        if self.chosen is not None:
            self._chosen = row_key(self.chosen)
            self.row_opened.emit(self.chosen)

    @Slot(QPoint)
    def _want_menu(self, place: QPoint) -> None:
        if self.chosen is not None:
            self.menu_wanted.emit(self.chosen, self.grid.viewport().mapToGlobal(place))

    @Slot(object)
    def _empty_acted(self, stands_for: Any) -> None:
        if stands_for == "clear":
            self.filter.clear()
            self.grid.setFocus()
        else:
            self.act_wanted.emit(stands_for)

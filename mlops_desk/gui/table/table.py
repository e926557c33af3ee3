"""The one table of the window: filter line, grid or empty state, and how many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QMenu, QStackedLayout, QVBoxLayout, QWidget

from mlops_desk.gui.command_words import for_window
from mlops_desk.gui.models.listed import TableModel, row_key
from mlops_desk.gui.models.paged import Asked, PagedModel, Sheaf
from mlops_desk.gui.models.rows import RowsModel
from mlops_desk.gui.table import memory
from mlops_desk.gui.table.columns import ColumnsDialog
from mlops_desk.gui.table.editing import Editing
from mlops_desk.gui.table.export import ExportSheet
from mlops_desk.gui.table.filter_bar import FilterBar
from mlops_desk.gui.table.grid import Grid
from mlops_desk.gui.table.menus import CellMenu, HeadMenu
from mlops_desk.gui.table.selection import Figures, numeric, told
from mlops_desk.gui.table.sources import InMemory, InStore
from mlops_desk.gui.table.values import ValueList
from mlops_desk.gui.table.views import Views
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import EmptyState
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.paged import PAGE_ROWS
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import only, parse
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk
    from mlops_desk.kernel.changes import Changes
    from mlops_desk.kernel.child import Stop
    from mlops_desk.kernel.progress import Progress
    from mlops_desk.kernel.settings import TableSettings

FIGURES_FROM = 2  # rows chosen
_ANNOUNCED_AFTER_MS = 700  # typing has paused


class Table(QFrame):
    """A listing on a page. ``row_acted`` carries the row whose cell of acts was pressed.

    ``order_wanted`` tells that the order of a table in the store should be asked for, as ``asked`` says.
    ``menu_wanted`` carries a row and the menu to which the page adds what can be done with it.
    """

    row_chosen = Signal(object)
    row_opened = Signal(object)
    row_peeked = Signal(object)
    menu_wanted = Signal(object, QMenu)
    act_wanted = Signal(object)
    row_acted = Signal(object)
    order_wanted = Signal()

    def __init__(self, desk: Desk, listing: Listing, icon: str = "table", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.desk = desk
        self.listing = listing
        self.scope: Any = None  # what the page itself chooses of a table in the store
        columns = [each for each in listing.columns if each.cell != "id"] or list(listing.columns)
        self.source = InStore(self, columns, listing.paged) if listing.paged else InMemory(self, columns)
        self.model: TableModel = self.source.model
        self.grid = Grid(listing.title, self)
        self.grid.setModel(self.model)
        self.empty = EmptyState(icon, self)
        self.bar = FilterBar(listing, self.model.columns)
        self.filter = self.bar.line
        self.foot = label("", "muted")
        self.cell_menu, self.head_menu = CellMenu(self), HeadMenu(self)
        self.views = Views(self)
        self.columns = Button(_("Columns"), "quiet")
        self.columns.setAccessibleName(_("Columns of {title}", title=listing.title))
        self.values: ValueList | None = None
        self.column_sheet: ColumnsDialog | None = None
        self.export_sheet: ExportSheet | None = None
        self.figures = label("", "muted")
        self.fault = label("", "fault", wraps=True)
        self.news = Button("", "news", "arrow-down")
        self._empty: tuple[str, str, Any] = (listing.empty, "", None)
        self._as_of: datetime | None = None
        self._is_fitted = False
        self._is_news = self._is_own = False
        self._is_remembered = False
        self._chosen = ""
        self._chosen_count = 0
        self._said = QTimer(self, singleShot=True, interval=_ANNOUNCED_AFTER_MS)
        self.editing = Editing(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for part in (self.foot, self.views.button, self.columns):
            self.bar.add(part)
        self.views.button.setVisible(bool(memory.name_of(self.listing)))
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.news)
        column.addWidget(holder, 1)
        for part in (self.fault, self.figures):
            part.setContentsMargins(12, 6, 12, 0)
            column.addWidget(part)
        for part in (self.news, self.fault, self.figures):
            part.hide()

    def _connect(self) -> None:
        self.bar.changed.connect(self._filter)
        self.columns.clicked.connect(self.choose_columns)
        self.news.clicked.connect(self._let_in)
        self.desk.changed.connect(self._hear)
        self.bar.kept.connect(self._keep_filter)
        self.model.arranged.connect(self._count)
        self.model.working.connect(self._wait)
        self._said.timeout.connect(self._say_count)
        self.grid.selectionModel().selectionChanged.connect(self._choose)
        self.grid.selectionModel().selectionChanged.connect(self._add_up)
        self.grid.selectionModel().currentColumnChanged.connect(self._add_up)
        self.grid.clicked.connect(self._clicked)
        self.grid.doubleClicked.connect(self._open)
        self.grid.entered_row.connect(self._open)
        self.grid.peeked_row.connect(self._peek)
        self.grid.customContextMenuRequested.connect(self._want_menu)
        self.grid.values_wanted.connect(self.show_values)
        self.grid.head.menu_wanted.connect(self.head_menu.show)
        self.empty.acted.connect(self._empty_acted)
        if isinstance(self.source, InStore):
            self.grid.copy_wanted.connect(self.source.copy)
            self.source.model.wanted.connect(self.order_wanted)
            self.model.dataChanged.connect(self._choose)  # the chosen row may have been on its way

    def _elsewhere(self, work: Callable[[Progress, Stop], Any], then: Callable[[Any], None]) -> int:
        return self.desk.tasks.run(work, then=then, failed=self.desk.refuse)

    # --- rows -------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Any], as_of: datetime) -> None:
        """Show rows; the chosen one stays chosen, and the place stays where it is."""
        self._as_of = as_of
        keeps_view = self._keeps_view()
        if isinstance(self.model, RowsModel):
            self.model.show_rows(rows, keeps_view=keeps_view)
        self._settle_down()

    def show_sheaf(self, found: Sheaf) -> None:
        """Show the order of a table in the store, and the pages of it that are seen first."""
        self._as_of = found.as_of
        keeps_view = self._keeps_view()
        if isinstance(self.model, PagedModel):
            self.model.show(found, keeps_view=keeps_view)
        self._settle_down()

    def asked(self, key: str = "") -> Asked:
        """Return what of a table in the store is asked for; the row of ``key`` is found, and its page comes first."""
        is_first = not (self.model.rowCount() or self.model.wish or key)
        keys = (key, *self.grid.kept_keys()) if key else self.grid.kept_keys()
        return Asked(self.scope, self.model.wish, keys, PAGE_ROWS if is_first else 0)

    def _settle_down(self) -> None:
        if self.model.rowCount() and not self._is_fitted:
            self._is_fitted = True
            self.grid.fit_columns(self.model.columns)
        if not self._is_remembered and (name := memory.name_of(self.listing)):
            self._is_remembered = True
            self._elsewhere(partial(memory.remembered, name), self._remember)

    def _keeps_view(self) -> bool:
        """Tell whether the rows that come bring news while somebody reads."""
        is_read = self.grid.selectionModel().hasSelection() or self.grid.verticalScrollBar().value() > 0
        keeps_view = self._is_news and not self._is_own and is_read
        self._is_news = self._is_own = False
        return keeps_view

    @Slot(object)
    def _hear(self, changes: Changes) -> None:
        """Note whether the next rows bring what others did: what the person does themselves is shown at once."""
        self._is_own = self._is_own or bool(changes.line)
        self._is_news = self._is_news or not changes.line

    @Slot()
    def _let_in(self) -> None:
        self.model.let_in()
        self.grid.setFocus()

    def say_fault(self, text: str) -> None:
        """Say under the table why a cell was not changed; an empty text takes it away."""
        self.fault.setText(text)
        self.fault.setVisible(bool(text))
        announce(self.grid, text)

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
        place = self.grid.first_chosen
        return self.model.row(place) if place >= 0 else None

    def say_empty(self, sentence: str, act: str = "", stands_for: Any = None) -> None:
        """Say what stands here when there is no row at all."""
        self._empty = (sentence, act, stands_for)
        self._count()

    @Slot()
    def _count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        sentence, act, stands_for = self._empty
        if total and not shown:
            self.empty.say(_("Nothing here fits “{text}”.", text=self.bar.text), _("Clear the filter"), "clear")
        else:
            self.empty.say(for_window(sentence or _("Nothing yet.")), act, stands_for)
        self._stack.setCurrentIndex(0 if shown else 1)
        self.bar.setVisible(bool(total))
        self.foot.setText(self._count_words(shown, total))
        self.foot.setVisible(bool(total))
        held = self.model.held
        if held and self.news.isHidden():
            announce(self.grid, plural("{n} new row", "{n} new rows", held))
        self.news.say(plural("{n} new row - show", "{n} new rows - show", held))
        self.news.setVisible(bool(held))

    def _count_words(self, shown: int, total: int) -> str:
        count = (
            plural("{n} row", "{n} rows", total)
            if shown == total
            else _("{shown} of {total} rows", shown=f"{shown:,}", total=f"{total:,}")
        )
        at = self._as_of
        return _("{count} · as of {time}", count=count, time=f"{at.astimezone():%H:%M}") if at else count

    @Slot(bool)
    def _wait(self, is_wanted: bool) -> None:  # noqa: FBT001 - a signal's value
        if is_wanted:
            self.foot.setText(_("Sorting…") if self.model.wish.order else _("Filtering…"))

    # --- filter and order -------------------------------------------------------------------

    @Slot()
    def _filter(self) -> None:
        found = parse(self.bar.text, self.model.columns)
        self.bar.say(found.faults)
        self.model.filter_by(found.conditions)
        self._said.start()

    @Slot()
    def _say_count(self) -> None:
        announce(self.grid, self.foot.text())

    @Slot(str)
    def _keep_filter(self, text: str) -> None:
        if text and (name := memory.name_of(self.listing)):
            self._elsewhere(partial(memory.note_filter, name, text), self._remember)

    @Slot(object)
    def _remember(self, kept: TableSettings) -> None:
        self.bar.offer(kept.filters)
        self.views.offer(kept.views)

    @Slot()
    def choose_columns(self) -> None:
        """Choose which columns are shown, and in which order."""
        self.column_sheet = ColumnsDialog(self)
        self.column_sheet.open()

    def only_value(self, column: Column, text: str, *, is_not: bool = False) -> None:
        """Show only the rows with this value of a column, or only the others."""
        self.bar.only(only(column, [text], is_not=is_not), column)

    @Slot(int)
    def show_values(self, place: int) -> None:
        """Show the values of a column, with counts and ticks, below its title."""
        column = self.model.columns[place]
        self.values = ValueList(column, self)
        self.values.chosen.connect(self._take_values)
        self.values.sorted_by.connect(self._sort_values)
        head = self.grid.head
        self.values.below(head.mapToGlobal(QPoint(max(0, head.sectionViewportPosition(place)), head.height())))
        self.source.counts(column, self._offer_values)

    @Slot(object)
    def _offer_values(self, found: tuple[Column, list[tuple[Any, int]]]) -> None:
        column, counts = found
        if self.values is not None and self.values.column is column:
            own = [each for each in self.model.wish.conditions if each.column == column.name]
            exact = [each for each in own if each.operator in ("is", "empty")]
            self.values.offer(counts, exact[-1] if exact else None)

    @Slot(object)
    def _take_values(self, texts: list[str] | None) -> None:
        if self.values is not None:
            column = self.values.column
            self.bar.only(only(column, texts) if texts is not None else "", column)

    @Slot(object, bool)
    def _sort_values(self, is_down: bool | None, is_added: bool) -> None:  # noqa: FBT001 - a signal's values
        if self.values is not None:
            self.sort(self.values.column, is_down=is_down, is_added=is_added)

    def sort(self, column: Column, *, is_down: bool | None, is_added: bool = False) -> None:
        """Sort by a column; None not any more. ``is_added`` keeps the columns that are sorted by already."""
        before = self.model.wish.order if is_added or is_down is None else ()
        others = tuple(each for each in before if each.column != column.name)
        self.model.sort_by(others if is_down is None else (*others, Order(column.name, is_down)))

    # --- what is chosen, and files ------------------------------------------------------------

    @Slot()
    def _add_up(self) -> None:
        """Say how many rows are chosen and what their numbers come to; of many, on a worker."""
        chosen = self.grid.chosen_rows()
        self._chosen_count = len(chosen)
        column = numeric(self.model.columns, self.grid.shown_columns(), self.grid.currentIndex().column())
        if len(chosen) < FIGURES_FROM or column is None:
            self._show_figures((len(chosen), None))
        else:
            self.source.figures(chosen, column, self._show_figures)

    @Slot(object)
    def _show_figures(self, found: tuple[int, Figures | None]) -> None:
        if found[0] == self._chosen_count:
            self.figures.setText(told(*found))
            self.figures.setVisible(found[0] >= FIGURES_FROM)

    @property
    def export_title(self) -> str:
        """What the task is called that writes this table into a file."""
        return _("Export {title}", title=self.listing.title)

    @Slot()
    def export(self) -> None:
        """Ask which rows go into which file."""
        self.export_sheet = ExportSheet(self)
        self.export_sheet.open()

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
        else:
            self._peek()

    @Slot()
    def _peek(self) -> None:
        """Let the row be shown beside the table; the focus stays here."""
        if self.chosen is not None:
            self._chosen = row_key(self.chosen)
            self.row_peeked.emit(self.chosen)

    @Slot()
    def _open(self) -> None:
        if self.chosen is not None:
            self._chosen = row_key(self.chosen)
            self.row_opened.emit(self.chosen)

    @Slot(QPoint)
    def _want_menu(self, place: QPoint) -> None:
        at = self.grid.indexAt(place)
        index = at if at.isValid() else self.grid.currentIndex()
        if self.chosen is not None and index.isValid():
            menu = self.cell_menu.made(index)
            self.menu_wanted.emit(self.chosen, menu)
            menu.popup(self.grid.viewport().mapToGlobal(place))

    @Slot(object)
    def _empty_acted(self, stands_for: Any) -> None:
        if stands_for == "clear":
            self.bar.clear()
            self.grid.setFocus()
        else:
            self.act_wanted.emit(stands_for)

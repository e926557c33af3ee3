"""The page of an area, made from what the area says of itself: its tables as tabs, its acts as buttons and forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mlops_desk.gui import acts
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.fields import FILES
from mlops_desk.gui.models.listed import row_key
from mlops_desk.gui.models.paged import Sheaf
from mlops_desk.gui.pages import records
from mlops_desk.gui.pages.act_row import begin
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.pages.records import Listed
from mlops_desk.gui.places import Place, areas_of
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.notices import EmptyState
from mlops_desk.gui.widgets.text import unmarked
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.record import fields_of


class AreaPage(Page):
    """Shows the listings of the areas of one place; without an area it says what is true of an empty place."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.place = place
        self.tabs: list[tuple[Area | None, Listing]] = self.listings()
        self._tables: dict[int, Table] = {}
        self._wished = ""
        self.setAcceptDrops(True)
        self.header = Header(place.title, self)
        self._bar = QTabBar()
        self._bar.setDrawBase(False)
        self._bar.setExpanding(False)
        self._bar.setAccessibleName(place.title)
        for _area, listing in self.tabs:
            self._bar.addTab(unmarked(listing.title))
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.header)
        column.addWidget(self._bar)
        self._bar.setVisible(len(self.tabs) > 1)
        column.addWidget(self._stack, 1)
        if not self.tabs:
            self.nothing = EmptyState(place.icon)
            self.nothing.say(place.empty, hint=place.hint)
            self._stack.addWidget(self.nothing)
        self._bar.currentChanged.connect(self._turn)
        self.header.main_wanted.connect(self.begin_new)
        self.header.menu_wanted.connect(self._menu)
        turns().soon(self._dress)  # making a page whole at once would hold the window up

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the page, each with its area."""
        return [(area, listing) for area in areas_of(self.place) for listing in area.listings]

    # --- the tab in front -----------------------------------------------------------------------

    @property
    def listing(self) -> Listing | None:
        """The listing in front."""
        return self.tabs[self._bar.currentIndex()][1] if self.tabs else None

    @property
    def tab(self) -> str:
        """The noun of the tab in front."""
        return self.listing.noun if self.listing is not None else ""

    @property
    def tab_title(self) -> str:
        """The title of the tab in front."""
        return self.listing.title if self.listing is not None else ""

    def choose(self, id_: str) -> None:
        """Choose the row of a record, now or once the rows are there."""
        is_there = self.table is not None and not self._is_stale and self.table.choose(id_)
        self._wished = "" if is_there else id_
        if self._wished and self.listing is not None and self.listing.paged is not None:
            self.reload()  # it may stand on a page that nobody looked at

    @property
    def table(self) -> Table | None:
        """The table in front, made with its first visit."""
        number = self._bar.currentIndex()
        if not self.tabs:
            return None
        if number not in self._tables:
            table = Table(self.desk, self.tabs[number][1], self.place.icon)
            table.row_chosen.connect(self._inspect)
            table.row_opened.connect(self._open)
            table.row_peeked.connect(self._peek)
            table.menu_wanted.connect(self._row_menu)
            table.act_wanted.connect(self.begin_from_nothing)
            table.order_wanted.connect(self.reload)
            self._tables[number] = table
            self._stack.addWidget(table)
        return self._tables[number]

    @property
    def has_table(self) -> bool:
        """Tell whether there is a tab, each of which has its table."""
        return bool(self.tabs)

    def main_act(self) -> type[Act] | None:
        """Return the act that brings something new to the tab in front."""
        if not self.tabs:
            return None
        area, listing = self.tabs[self._bar.currentIndex()]
        return acts.main_act(area, listing) if area is not None else None

    def turn_to(self, noun: str) -> None:
        """Bring the tab of a noun to the front."""
        number = next((place for place, (_area, each) in enumerate(self.tabs) if each.noun == noun), -1)
        if number >= 0:
            self._bar.setCurrentIndex(number)

    @Slot(int)
    def _turn(self) -> None:
        turns().soon(self._dress)
        self.reload()
        self.moved.emit()

    @Slot()
    def _dress(self) -> None:
        act = self.main_act()
        self.header.offer(acts.button_text(act) if act else "")
        if self.table is not None:
            self._stack.setCurrentWidget(self.table)
            if act is not None:
                self.table.say_empty(self.table.listing.empty or self.place.empty, acts.button_text(act), act)
        self.header.offer_more(is_wanted=any(area.acts for area in areas_of(self.place)))

    # --- question and answer --------------------------------------------------------------------

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask for the rows of the tab in front."""
        if not self.tabs:
            return None
        area, listing = self.tabs[self._bar.currentIndex()]
        if listing.paged is not None and self.table is not None:
            return records.sheaf, (area, listing, self.table.asked(self._wished))
        return records.listed, (area, listing)

    def show_data(self, answer: Listed | Sheaf) -> None:
        """Show the rows; of a table in the store first its beginning, then ask for the whole."""
        self.header.stand(answer.state)
        if isinstance(answer, Sheaf):
            if self.table is not None:
                self.table.show_sheaf(answer)
            if answer.is_part:
                self.reload()
        elif self.table is not None:
            self.table.show_rows(answer.rows, answer.as_of)
        if self._wished and self.table is not None:
            self.table.choose(self._wished)
            self._wished = ""

    def focus_first(self) -> None:
        """Put the focus on the table."""
        table = self.table
        (table.grid if table is not None and table.model.rowCount() else self.header.main).setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file where the main act wants one."""
        if event.mimeData().hasUrls() and self._file_field():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the form of the main act with the file that was dropped."""
        act, paths = self.main_act(), [each.toLocalFile() for each in event.mimeData().urls()]
        if act is not None and paths:
            self.desk.fill_in(act, {self._file_field(): paths[0]})

    def _file_field(self) -> str:
        act = self.main_act()
        return next((each.name for each in fields_of(act) if each.about.metavar in FILES), "") if act else ""

    # --- what people do ---------------------------------------------------------------------------

    @Slot(object)
    def _inspect(self, row: Any) -> None:
        if self.listing is not None:
            self.desk.inspect(self.listing.noun_of(row), row_key(row), row)

    @Slot(object)
    def _open(self, row: Any) -> None:
        if self.listing is not None:
            self.desk.inspect(self.listing.noun_of(row), row_key(row), row)
            self.desk.inspector_entered.emit()

    @Slot(object)
    def _peek(self, row: Any) -> None:
        self._inspect(row)
        self.desk.inspector_wanted.emit()

    @Slot(object)
    def begin_from_nothing(self, stands_for: Any) -> None:
        """Begin what an empty table offers: the form of an act."""
        self.desk.fill_in(stands_for)

    @Slot(object, QMenu)
    def _row_menu(self, row: Any, menu: QMenu) -> None:
        if self.listing is not None:
            self._about = row
            noun = self.listing.noun_of(row)
            self._fill(menu, acts.acts_for(noun), noun)
            menu.triggered.connect(self._row_act)

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, [act for area in areas_of(self.place) for act in area.acts], "")
        menu.triggered.connect(self._place_act)
        menu.popup(at)

    def _fill(self, menu: QMenu, fitting: list[type[Act]], noun: str) -> None:
        for act in fitting:
            menu.addAction(unmarked(acts.button_text(act, noun))).setData(act)

    @Slot(QAction)
    def _row_act(self, action: QAction) -> None:
        if self.listing is not None and isinstance(action.data(), type):
            begin(self.desk, action.data(), self.listing.noun_of(self._about), row_key(self._about), self._about)

    @Slot(QAction)
    def _place_act(self, action: QAction) -> None:
        self.desk.fill_in(action.data())

"""The menus of a table: of a cell, and of a title."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desk.gui.models.arrange import shown_text, value_text
from mlops_desk.gui.models.listed import place_in
from mlops_desk.gui.table.copying import Form
from mlops_desk.gui.table.links import can_link, copy_links
from mlops_desk.gui.widgets.text import unmarked
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table

_LONGEST = 40
FORMS: tuple[tuple[Form, str], ...] = (
    ("plain", _("Copy the rows")),
    ("titled", _("Copy with titles")),
    ("markdown", _("Copy as Markdown")),
    ("csv", _("Copy as CSV")),
    ("json", _("Copy as JSON")),
)


def new_menu(parent: QWidget) -> QMenu:
    """Return a menu that is gone once it was closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def offer(menu: QMenu, text: str, do: Callable[[], object], *, can: bool = True) -> QAction:
    """Put something that can be done into a menu."""
    action = menu.addAction(unmarked(text))
    action.setData(do)
    action.setEnabled(can)
    return action


class Doer(QObject):
    """Does what a menu's action carries; acts, which are types, are left to the page."""

    @Slot(QAction)
    def do(self, action: QAction) -> None:
        """Do it."""
        what = action.data()
        if callable(what) and not isinstance(what, type):
            what()


class CellMenu(Doer):
    """What can be done with the cell under the pointer and with the chosen rows."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table

    def made(self, index: QModelIndex) -> QMenu:
        """Return the menu of a cell."""
        table, menu = self._table, new_menu(self._table)
        column, value = table.model.cell(index.row(), index.column())
        if column.cell != "act":
            text = value_text(value, column)
            shown = shown_text(value, column) if text else _("empty")
            cut = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
            offer(menu, _("Only “{value}”", value=cut), partial(table.only_value, column, text))
            offer(menu, _("Not “{value}”", value=cut), partial(table.only_value, column, text, is_not=True))
            offer(menu, _("Values of {column}…", column=column.title), partial(table.show_values, index.column()))
            menu.addSeparator()
        if (editing := table.editing).field_at(index.column()) is not None:
            many = len(table.grid.chosen_rows())
            offer(menu, _("Edit {column}", column=column.title), editing.begin)
            if many > 1:
                words = plural("Set for {n} row…", "Set for {n} rows…", many)
                offer(menu, words, partial(editing.set_many, index.column()))
        offer(menu, _("Columns…"), table.choose_columns)
        copies = menu.addMenu(_("Copy"))
        for form, words in FORMS:
            offer(copies, words, partial(table.grid.copy, form))
        if can_link(table):
            many = len(table.grid.chosen_rows())
            offer(copies, plural("Copy the link", "Copy {n} links", many), partial(copy_links, table))
        offer(menu, _("Export…"), table.export)
        menu.addSeparator()
        menu.triggered.connect(self.do)
        return menu


class HeadMenu(Doer):
    """What can be done with a column."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table

    def made(self, place: int) -> QMenu:
        """Return the menu of a column."""
        table, menu = self._table, new_menu(self._table)
        column, order = table.model.columns[place], table.model.wish.order
        _number, now = place_in(order, column.name)
        is_added = bool(order) and not (len(order) == 1 and now is not None)
        offer(menu, _("Sort up"), partial(table.sort, column, is_down=False))
        offer(menu, _("Sort down"), partial(table.sort, column, is_down=True))
        if is_added:
            offer(menu, _("Sort up within the others"), partial(table.sort, column, is_down=False, is_added=True))
            offer(menu, _("Sort down within the others"), partial(table.sort, column, is_down=True, is_added=True))
        offer(menu, _("Do not sort by it"), partial(table.sort, column, is_down=None), can=now is not None)
        menu.addSeparator()
        offer(menu, _("Values of {column}…", column=column.title), partial(table.show_values, place))
        menu.addSeparator()
        others = [each for each in table.grid.shown_columns() if each != place]
        offer(menu, _("Hide this column"), partial(table.grid.hide_others, others), can=bool(others))
        offer(menu, _("Columns…"), table.choose_columns)
        menu.triggered.connect(self.do)
        return menu

    @Slot(int)
    def show(self, place: int) -> None:
        """Show the menu of a column below its title."""
        head = self._table.grid.head
        self.made(place).popup(head.mapToGlobal(QPoint(max(0, head.sectionViewportPosition(place)), head.height())))

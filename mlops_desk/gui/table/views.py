"""The views of a table: kept on this machine, or shared with the team; the menu that shows, keeps and removes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit

from mlops_desk import catalogue
from mlops_desk.areas.team.view import ViewRow, views_of
from mlops_desk.gui.forms.sheet import Sheet, is_missing
from mlops_desk.gui.table import memory
from mlops_desk.gui.table.menus import Doer, new_menu, offer
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel.view import View, kept_order
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table
    from mlops_desk.kernel.changes import Changes
    from mlops_desk.kernel.settings import TableSettings


class Views(Doer):
    """The button for the views of a table, and what its menu does."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table
        self._mine: Sequence[View] = ()
        self._team: Sequence[ViewRow] = ()
        self.sheet: ViewSheet | None = None
        self.button = Button(_("Views"), "quiet", "chevron-down")
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the word
        self.button.setAccessibleName(_("Views of {title}", title=table.listing.title))
        self.button.clicked.connect(self.show)

    def offer(self, mine: Sequence[View]) -> None:
        """Offer the views of this machine."""
        self._mine = mine

    @property
    def now(self) -> View:
        """What the table is made to show now."""
        table = self._table
        shown, model = table.grid.shown_columns(), table.model
        is_plain = shown == list(range(len(model.columns)))
        columns = () if is_plain else tuple(model.columns[each].name for each in shown)
        return View("", table.bar.text, kept_order(model.wish.order), columns)

    def use(self, view: View) -> None:
        """Make the table show what a view says; columns that are no more are left out."""
        table = self._table
        places = {each.name: place for place, each in enumerate(table.model.columns)}
        shown = [places[name] for name in view.columns if name in places]
        table.model.sort_by(tuple(each for each in view.order if each.column in places))
        table.grid.show_columns(shown or list(places.values()))
        table.bar.show_text(view.filter)

    # --- the menu ---------------------------------------------------------------------------------

    @Slot()
    def show(self) -> None:
        """Ask which views the team shares, then show the menu."""
        if self._table.desk.is_open:
            self._table.desk.ask(views_of, memory.name_of(self._table.listing), then=self._offer_team)
        else:
            self._popup()

    @Slot(object)
    def _offer_team(self, found: Sequence[ViewRow]) -> None:
        self._team = found
        self._popup()

    def _popup(self) -> None:
        menu = new_menu(self._table)
        menu.setToolTipsVisible(True)
        for title, views in ((_("Mine"), self._mine), (_("The team's"), self._team)):
            if views:
                menu.addAction(title).setEnabled(False)
            for each in views:
                view = View(each.name, each.filter, each.sort, each.columns)
                offer(menu, each.name, partial(self.use, view)).setToolTip(each.filter)
        menu.addSeparator()
        offer(menu, _("All rows and columns"), partial(self.use, View()), can=self.now != View())
        offer(menu, _("Keep this view…"), self.ask_name)
        if self._mine or self._team:
            gone = menu.addMenu(_("Remove"))
            for own in self._mine:
                offer(gone, own.name, partial(self._forget, own.name))
            for shared in self._team:
                offer(gone, _("{name}, for the whole team", name=shared.name), partial(self._put_away, shared.id))
        menu.triggered.connect(self.do)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 2)))

    def ask_name(self) -> None:
        """Ask how the view that is shown is called, and who shall find it."""
        self.sheet = ViewSheet(self._table, self.now)
        self.sheet.open()

    def keep(self, view: View) -> None:
        """Keep a view on this machine; one of the same name goes."""
        self._work(partial(memory.keep_view, memory.name_of(self._table.listing), view))

    def _forget(self, name: str) -> None:
        self._work(partial(memory.forget_view, memory.name_of(self._table.listing), name))

    def _work(self, work: Any) -> None:
        desk = self._table.desk
        desk.tasks.run(work, then=self._kept, failed=desk.refuse)

    @Slot(object)
    def _kept(self, kept: TableSettings) -> None:
        self.offer(kept.views)

    def _put_away(self, id_: str) -> None:
        act: Any = catalogue.RULES.acts["table-view.archive"]
        self._table.desk.do(act(id=id_))


class ViewSheet(Sheet):
    """Asks for the name of a view, and whether the team shall have it."""

    def __init__(self, table: Table, view: View) -> None:
        super().__init__(table.desk, _("Keep this view"), _("Keep"), table.window())
        self._table, self._view = table, view
        self.name, self.is_shared = QLineEdit(), QCheckBox(_("For the whole team"))
        self.is_shared.setEnabled(table.desk.is_open)
        self.lay_out(
            ((_("Name"), self.name), (_("For the whole team"), self.is_shared)),
            said=_("Filter, order and columns of {title} as they are now.", title=table.listing.title),
            note=_("Without the tick it stays on this machine. With it, everybody in the project finds it here."),
        )
        self.name.setFocus()

    @Slot()
    def submit(self) -> None:
        """Keep the view."""
        if not self.send.isEnabled() or is_missing([(self.name, _("Give the view a name."))], self.banner):
            return
        name, view = self.name.text().strip(), self._view
        if not self.is_shared.isChecked():
            self._table.views.keep(View(name, view.filter, view.sort, view.columns))
            self.close()
            return
        act: Any = catalogue.RULES.acts["table-view.add"]
        self.send.setEnabled(False)
        table = memory.name_of(self._table.listing)
        added = act(name=name, table=table, filter=view.filter, sort=view.sort, columns=view.columns)
        self.desk.do(added, self._shared, self.refused)

    @Slot(object)
    def _shared(self, changes: Changes) -> None:  # noqa: ARG002 - the toast says what was done
        self.close()

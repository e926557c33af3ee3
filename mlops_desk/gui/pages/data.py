"""Data: what the area brings, and where the objects lie that the shared folder does not take."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mlops_desk.gui import objects_work
from mlops_desk.gui.command_words import WORDS, for_window
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.objects_work import Carried, Lain, ObjectLine, Way
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.places import Place
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import Line
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.words import _

OBJECT_NOUN = "object"
PLACE_SHEET = "objects-place"
_MOST_REASONS = 3
_TITLES: dict[Way, str] = {"send": _("Sending objects"), "fetch": _("Fetching objects")}

OBJECTS = Listing(
    noun=OBJECT_NOUN,
    title=_("Objects"),
    columns=(
        Column("name", _("Object")),
        Column("size_kb", _("Size"), "whole", "kB"),
        Column("state", _("Where"), "state"),
        Column("do", _("To do"), "act"),
        Column("leave", _("May leave")),
        Column("member", _("Recorded by")),
    ),
    query=lambda _rows: (),
    empty=_("No record names an object yet."),
)


class DataPage(AreaPage):
    """Datasets, their columns, and the objects: where each lies, and sending and fetching them."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self.result = Banner()
        self.place_line = Line("", "secondary")
        self.settle = Button(WORDS[PLACE_SHEET], "", "folder-open", stands_for=PLACE_SHEET)
        self.send, self.fetch = Button(_("Send all"), "", "arrow-up"), Button(_("Fetch all"), "", "arrow-down")
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.place_line, 1)
        for button in (self.settle, self.send, self.fetch):
            row.addWidget(button)
        self.layout().insertWidget(1, self.result)  # type: ignore[union-attr]
        self.layout().insertWidget(3, self.bar)  # type: ignore[union-attr]
        self.settle.chosen.connect(desk.link.sheet_wanted)
        self.send.clicked.connect(self.send_all)
        self.fetch.clicked.connect(self.fetch_all)
        self.moved.connect(self._offer_tools)
        self._offer_tools()

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the area, then the objects."""
        return [*super().listings(), (None, OBJECTS)]

    @property
    def table(self) -> Table | None:
        """The table in front; that of the objects says that it looks, until it knows where they lie."""
        is_fresh = self._bar.currentIndex() not in self._tables
        table = super().table
        if table is not None and is_fresh and self.listing is OBJECTS:
            table.say_empty(_("Looking where the objects lie…"))
            table.row_acted.connect(self.carry_one)
        return table

    @Slot()
    def _offer_tools(self) -> None:
        self.bar.setVisible(self.listing is OBJECTS)
        self.result.hide()

    # --- where they lie -------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask as every area does; where objects lie is asked on the wire, for the place may be far away."""
        if self.listing is not OBJECTS:
            super().reload()
            return
        self._is_stale = False
        self._asked += 1
        self.desk.work(objects_work.lying, self._asked, then=self._take, on_wire=True)

    def show_data(self, answer: Any) -> None:
        """Show the rows of the tab in front."""
        if not isinstance(answer, Lain):
            super().show_data(answer)
            return
        self.header.stand(None)
        said = _("Place for objects: {place}", place=answer.place)
        self.place_line.say(said if answer.place else _("No place for objects is set on this machine."))
        if self.table is not None:
            self.table.say_empty(OBJECTS.empty)
            self.table.show_rows(answer.lines, clock.now())

    # --- carrying -------------------------------------------------------------------------------

    @Slot()
    def send_all(self) -> None:
        """Send what is here, may leave, and is not there yet."""
        self._carry("send", ())

    @Slot()
    def fetch_all(self) -> None:
        """Fetch what is there and not here."""
        self._carry("fetch", ())

    @Slot(object)
    def carry_one(self, row: ObjectLine) -> None:
        """Carry one object the way that its row says."""
        if row.way is not None:
            self._carry(row.way, (row.id,))

    def _carry(self, way: Way, subjects: tuple[str, ...]) -> None:
        self.turn_to(OBJECT_NOUN)
        self.result.hide()
        self._let_carry(is_wanted=False)
        what, title = (way, subjects), _TITLES[way]
        self.desk.work(
            objects_work.carry, what, then=self._carried, failed=self._not_carried, title=title, on_wire=True
        )

    def _let_carry(self, *, is_wanted: bool) -> None:
        for button in (self.send, self.fetch, self.settle):
            button.setEnabled(is_wanted)

    @Slot(object)
    def _carried(self, found: Carried) -> None:
        self._let_carry(is_wanted=True)
        if found.reasons:
            more = len(found.reasons) - _MOST_REASONS
            lines = [for_window(each) for each in found.reasons[:_MOST_REASONS]]
            lines += [_("and {n} more", n=more)] if more > 0 else []
            self.result.say(found.said, "\n".join(lines), level="info")
        else:
            self.desk.said.emit(found.said, False)
        self.desk.tell(Changes())

    @Slot(object)
    def _not_carried(self, error: BaseException) -> None:
        self._let_carry(is_wanted=True)
        self.desk.refuse(error)
        self.reload()

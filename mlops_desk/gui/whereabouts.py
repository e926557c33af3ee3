"""Where the window is: going to pages, tabs and records, back and forward, and the address of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from mlops_desk.gui.history import History, Spot
from mlops_desk.gui.places import place_of_noun, places
from mlops_desk.gui.turns import turns
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.pages.header import Header
    from mlops_desk.kernel.address import Address


class Whereabouts(QObject):
    """Takes the window to spots and remembers the way; ``changed`` comes with every spot."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.history = History()
        self._is_going = False
        self._heads: set[Header] = set()
        self._wish = ""
        window.desk.opened.connect(self._arrive_soon)
        window.stack.moved.connect(self._tab_turned)
        window.inspector.filled.connect(self.note)
        window.beside.changed.connect(self.note)
        window.desk.address_wanted.connect(self.follow)

    @property
    def spot(self) -> Spot:
        """Where the window is now."""
        page, chosen = self._window.stack.page, self._window.inspector.chosen
        is_shown = chosen is not None and not self._window.inspector.isHidden()
        record = (chosen.noun, chosen.id) if chosen is not None and is_shown else ("", "")
        return Spot(self._window.stack.place, page.tab if page is not None else "", *record)

    # --- going -----------------------------------------------------------------------------------

    def go(self, place: str, tab: str = "") -> None:
        """Go to a page, there to a tab."""
        if not self._window.desk.is_open:
            return
        self.history.settle(self.spot)
        self._show(Spot(place, tab))
        self.history.go(self.spot)
        self._tell()

    def open_record(self, noun: str, id_: str) -> None:
        """Go to the page of a record, choose it there, and show it."""
        self.history.settle(self.spot)
        self._show(Spot(place_of_noun(noun), noun, noun, id_))
        self.history.go(self.spot)
        self._tell()

    @Slot()
    def back(self) -> None:
        """Go where one was before."""
        self._step(self.history.back)

    @Slot()
    def forward(self) -> None:
        """Take back the last step back."""
        self._step(self.history.forward)

    def _step(self, step: Any) -> None:
        self.history.settle(self.spot)
        spot = step()
        if spot is not None:
            self._show(spot)
            self._tell()

    def _show(self, spot: Spot) -> None:
        """Bring a spot to the front, without noting the steps on the way as places of their own."""
        window = self._window
        self._is_going = True
        window.stack.go(spot.place)
        page = window.stack.page
        if page is not None and spot.tab:
            page.turn_to(spot.tab)
        if spot.id:
            window.inspector.show_record(spot.noun, spot.id)
            window.show_inspector()
            if page is not None and page.tab == spot.noun:
                page.choose(spot.id)
        elif not window.inspector.isHidden():
            window.inspector.clear()
        self._is_going = False

    @Slot()
    def _tab_turned(self) -> None:
        """Note that the person turned to another tab: what was chosen on the one before stays there."""
        if not self._is_going and self._window.stack.place == self.history.now.place:
            self._window.inspector.clear()
            self.history.go(self.spot)
        self._tell()

    @Slot()
    def note(self) -> None:
        """Note which record is shown now: choosing another row is no step of its own."""
        if not self._is_going:
            self.history.settle(self.spot)
            self._tell()

    def forget(self) -> None:
        """Begin anew: another project."""
        self.history.forget()
        self._heads.clear()

    def _tell(self) -> None:
        page, chosen = self._window.stack.page, self._window.inspector.chosen
        if page is not None:
            is_shown = chosen is not None and not self._window.inspector.isHidden()
            page.header.locate(page.tab_title, chosen.title if chosen is not None and is_shown else "")
            if page.header not in self._heads:
                self._heads.add(page.header)
                page.header.link_wanted.connect(self.copy_link)
                page.header.tab_wanted.connect(self._to_tab)
        self.changed.emit()

    @Slot()
    def _to_tab(self) -> None:
        """Leave the record for the tab it was chosen on."""
        self._window.close_inspector()
        self._window.stack.focus_page()

    # --- addresses -----------------------------------------------------------------------------------

    def address(self) -> Address | None:
        """Return the address of what is shown: the record, else the page and its tab; None without a project."""
        from mlops_desk import catalogue
        from mlops_desk.kernel.address import Address

        who, spot = self._window.desk.who, self.spot
        if who is None or not spot.place:
            return None
        if spot.noun in catalogue.RULES.nouns:
            return Address(who.project_id, spot.noun, spot.id)
        return Address(who.project_id, place=spot.place, tab=spot.tab)

    @Slot()
    def copy_link(self) -> None:
        """Put the address of what is shown into the clipboard."""
        address = self.address()
        if address is not None:
            QGuiApplication.clipboard().setText(str(address))
            self._window.desk.said.emit(_("The link is in the clipboard."), False)

    def arrive(self, text: str) -> None:
        """Go where an address leads, as soon as the project that is on its way is open."""
        self._wish = text
        if not self._window.desk.on_its_way:
            self._arrive_soon()

    @Slot()
    def _arrive_soon(self) -> None:
        """Let the window first be as it was left."""
        turns().soon(self._arrive)

    @Slot()
    def _arrive(self) -> None:
        text, self._wish = self._wish, ""
        if text:
            self.follow(text)

    @Slot(str)
    def follow(self, text: str) -> None:
        """Go where an address leads; what leads nowhere here is refused."""
        try:
            address = self._known(text)
        except DeskError as error:
            self._window.desk.refuse(error)
            return
        if address.place:
            self.go(address.place, address.tab)
        else:
            self._window.desk.ask(_meant, f"{address.noun}/{address.id}", then=self._found)

    def _known(self, text: str) -> Address:
        """Return the address that a text is, if it belongs to this project and names a page that is there."""
        from mlops_desk.kernel.address import other_project, read

        who, address = self._window.desk.who, read(text)
        if who is None or not address.is_of(who.project_id, who.project):
            raise other_project(address)
        if address.place and address.place not in {each.name for each in places()}:
            raise DeskError(
                _("There is no page “{name}” here.", name=address.place),
                _("Look for it in the command box."),
                code="NAME-113",
            )
        return address

    @Slot(object)
    def _found(self, found: tuple[str, str]) -> None:
        self.open_record(*found)


def _meant(rows: Rows, text: str) -> tuple[str, str]:
    return rows.meant(text)

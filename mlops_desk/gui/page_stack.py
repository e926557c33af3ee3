"""The pages in the middle: made with their first visit, kept with the project, and the way back and forward."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from mlops_desk.gui.commands import Commands
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.places import places


class PageStack(QStackedWidget):
    """Shows one page at a time; ``turned`` carries the name of the place now in front."""

    turned = Signal(str)
    moved = Signal()

    def __init__(self, desk: Desk, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._commands = commands
        self._pages: dict[str, Page] = {}
        self._past: list[str] = []
        self._future: list[str] = []
        self.place = ""

    @property
    def page(self) -> Page | None:
        """The page in front, if a project is open."""
        return self._pages.get(self.place)

    def go(self, name: str) -> None:
        """Go to a place and remember the way back."""
        if name == self.place:
            return
        if self.place:
            self._past.append(self.place)
        self._future.clear()
        self._turn(name)

    @Slot()
    def back(self) -> None:
        """Go where one was before."""
        if self._past:
            self._future.append(self.place)
            self._turn(self._past.pop())

    @Slot()
    def forward(self) -> None:
        """Take back the last step back."""
        if self._future:
            self._past.append(self.place)
            self._turn(self._future.pop())

    @property
    def can_go_back(self) -> bool:
        """Tell whether there is a way back."""
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        """Tell whether there is a way forward."""
        return bool(self._future)

    def focus_page(self) -> None:
        """Put the focus where work on the page in front begins."""
        if self.page is not None:
            self.page.focus_first()

    def show_alone(self, page: QWidget) -> None:
        """Show a page that is no place of the rail, and forget those of the project before."""
        self.forget()
        self.addWidget(page)
        self.setCurrentWidget(page)

    def forget(self) -> None:
        """Close every page."""
        while (page := self.widget(0)) is not None:
            self.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._past.clear()
        self._future.clear()
        self.place = ""

    def _turn(self, name: str) -> None:
        if name not in self._pages:
            page = self._made(name)
            self._pages[name] = page
            page.moved.connect(self.moved)
            self.addWidget(page)
        self.place = name
        self.setCurrentWidget(self._pages[name])
        self.turned.emit(name)

    def _made(self, name: str) -> Page:
        place = next(each for each in places() if each.name == name)
        if name == "home":
            from mlops_desk.gui.pages.home import HomePage

            return HomePage(self._desk)
        if name == "inbox":
            from mlops_desk.gui.pages.inbox import InboxPage

            return InboxPage(self._desk)
        if name == "settings":
            from mlops_desk.gui.pages.settings import SettingsPage

            return SettingsPage(self._desk)
        if name == "help":
            from mlops_desk.gui.pages.help import HelpPage

            return HelpPage(self._desk, self._commands.keys())
        if name == "governance":
            from mlops_desk.gui.pages.governance import GovernancePage

            return GovernancePage(self._desk, place)
        if name == "data":
            from mlops_desk.gui.pages.data import DataPage

            return DataPage(self._desk, place)
        if name == "team":
            from mlops_desk.gui.pages.team import TeamPage

            return TeamPage(self._desk, place)
        if name == "deployments":
            from mlops_desk.gui.pages.deployments import DeploymentsPage

            return DeploymentsPage(self._desk, place)
        from mlops_desk.gui.pages.area import AreaPage

        return AreaPage(self._desk, place)

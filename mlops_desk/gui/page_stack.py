"""The pages in the middle: made with their first visit, kept with the project."""

from __future__ import annotations

from PySide6.QtCore import Signal
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
        self.place = ""

    @property
    def page(self) -> Page | None:
        """The page in front, if a project is open."""
        return self._pages.get(self.place)

    def go(self, name: str) -> None:
        """Go to a place."""
        if name != self.place:
            self._turn(name)

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

            return HelpPage(self._desk, self._commands)
        if name == "goals":
            from mlops_desk.gui.pages.goals import GoalsPage

            return GoalsPage(self._desk, place)
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

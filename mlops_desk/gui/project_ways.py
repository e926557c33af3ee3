"""The ways into a project and out of it: what the window shows while one opens, is open, and is closed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from mlops_desk.gui import kept
from mlops_desk.gui.pages.start import FoundDialog, StartPage
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.notices import EmptyState
from mlops_desk.kernel import settings
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow


class ProjectWays(QObject):
    """Opens and closes projects in one window; ``recent`` are the folders opened here before, the newest first."""

    def __init__(self, window: MainWindow, recent: list[str]) -> None:
        super().__init__(window)
        self._window = window
        self._recent = recent
        self._has_acts = False
        window.desk.opening.connect(self._opening)
        window.desk.opened.connect(self._opened)
        window.desk.closed.connect(self._closed)

    def begin(self) -> None:
        """Show what the desk is about to do, or the start."""
        if self._window.desk.on_its_way:
            self._opening(self._window.desk.on_its_way)
        else:
            self._closed()

    def _show_parts(self, *, is_open: bool) -> None:
        self._window.rail.setVisible(is_open)
        self._window.beside.leave()

    @Slot(str)
    def _opening(self, title: str) -> None:
        self._show_parts(is_open=False)
        page = EmptyState("folder-open")
        page.say(f"{title}…")
        self._window.stack.show_alone(page)

    @Slot()
    def _opened(self) -> None:
        window, who = self._window, self._window.desk.who
        assert who is not None
        window.setWindowTitle(_("{project} – MLOps Desk", project=who.project))
        window.banner.hide()
        window.stack.forget()
        window.where.forget()
        window.rail.say_project(who.project)
        self._show_parts(is_open=True)
        window.rail.view.setFocus()
        window.keeper.restore_inside()
        first = window.stack.page
        assert first is not None
        for begin in (window.desk.link.begin, window.badges.begin, self._load_rest):
            first.filled.connect(begin, Qt.ConnectionType.SingleShotConnection)

    @Slot()
    def _load_rest(self) -> None:
        """Load the other pages once the first one is filled: sooner, they would hold it up."""
        self._window.desk.tasks.run(_warm, then=self._rest_loaded)

    @Slot(object)
    def _rest_loaded(self, last_commands: list[str]) -> None:
        self._window.commands.last = last_commands
        self._window.inspector.prepare()
        turns().soon(self._add_acts)

    @Slot()
    def _add_acts(self) -> None:
        """Register a command for each act, once: the catalogue is loaded now."""
        from mlops_desk.gui.act_commands import act_commands

        if not self._has_acts:
            self._has_acts = True
            self._window.commands.add(act_commands(self._window))

    @Slot()
    def _closed(self) -> None:
        window = self._window
        self._show_parts(is_open=False)
        window.setWindowTitle("MLOps Desk")
        page = StartPage(window.desk, self._recent)
        page.create_wanted.connect(self.create_project)
        page.open_wanted.connect(self.open_project)
        page.get_wanted.connect(window.open_team_sheet)
        page.sample_wanted.connect(window.desk.open_sample)
        window.stack.show_alone(page)
        window.commands.look()

    @Slot()
    def create_project(self) -> None:
        """Open the form that founds a project."""
        self._window.form = FoundDialog(self._window.desk, self._window)
        self._window.form.open()

    @Slot()
    def open_project(self) -> None:
        """Ask for a project folder and open it."""
        dialog = QFileDialog(self._window, _("Open a project folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._open_folder)
        dialog.open()

    @Slot()
    def switch_project(self) -> None:
        """Offer the projects that were opened here before."""
        self._window.desk.tasks.run(kept.projects_here, then=self._offer_projects)

    @Slot(object)
    def _offer_projects(self, folders: list[str]) -> None:
        who = self._window.desk.who
        self._window.offer_projects([each for each in folders if who is None or Path(each) != who.folder])

    @Slot(str)
    def _open_folder(self, folder: str) -> None:
        self._window.desk.open(Path(folder))


def _warm(*_ignored: object) -> list[str]:
    """Load on a worker what pages, forms and charts need, so that the first of each does not hold the window up.

    Returns the commands that the command box ran last.
    """
    for name in (
        "pages.governance",
        "pages.inbox",
        "pages.data",
        "pages.deployments",
        "pages.settings",
        "pages.help",
        "pages.sync_panel",
        "pages.team_sheets",
        "pages.team",
        "forms.admit",
        "widgets.chart",
        "command_box",
        "act_commands",
    ):
        import_module(f"mlops_desk.gui.{name}")
    return settings.load().last_commands

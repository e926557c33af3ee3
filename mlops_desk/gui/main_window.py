"""The window: rail, page, inspector, status bar, and how they work together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from mlops_desk.gui import icons, tab_order, window_commands
from mlops_desk.gui.badges import Badges
from mlops_desk.gui.command_words import for_window
from mlops_desk.gui.commands import Commands
from mlops_desk.gui.condition import ConditionBanner
from mlops_desk.gui.desk import Desk, Talk
from mlops_desk.gui.ending import Ending
from mlops_desk.gui.failures import Failures
from mlops_desk.gui.inspector_place import InspectorPlace, Split
from mlops_desk.gui.page_stack import PageStack
from mlops_desk.gui.pages.inspector import Inspector
from mlops_desk.gui.places import places
from mlops_desk.gui.project_ways import ProjectWays
from mlops_desk.gui.rail import Rail
from mlops_desk.gui.source_reader import SourceReader
from mlops_desk.gui.status_bar import StatusBar
from mlops_desk.gui.theme import theme
from mlops_desk.gui.top_bar import TopBar
from mlops_desk.gui.whereabouts import Whereabouts
from mlops_desk.gui.widgets.notices import Banner, Toast
from mlops_desk.gui.window_state import WindowKeeper
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.command_box import CommandBox

NARROW_UNDER_PX = 1120
_SMALLEST_PX, _USUAL_PX = (1024, 640), (1280, 800)


class MainWindow(QMainWindow):
    """The one window of a project."""

    def __init__(self, desk: Desk, recent: list[str] | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.form: QDialog | None = None
        self.sheet: QDialog | None = None
        self.box: CommandBox | None = None
        self._box_wish: Callable[[CommandBox], None] | None = None
        self.setWindowTitle("MLOps Desk")
        self.setMinimumSize(*_SMALLEST_PX)
        self.resize(*_USUAL_PX)
        self.failures = Failures(self)
        self.sources = SourceReader(desk)
        self.commands = Commands(self)
        self.rail = Rail(places())
        self.condition = ConditionBanner(desk)
        self.banner = Banner(edge=20)
        self.bar = TopBar()
        self.stack = PageStack(desk, self.commands)
        self.inspector = Inspector(desk)
        self.badges = Badges(desk, self.rail)
        self.status = StatusBar(desk)
        self._lay_out()
        self.toast = Toast(self._whole)
        self.where = Whereabouts(self)
        self.keeper = WindowKeeper(self)
        self.ways = ProjectWays(self, recent or [])
        self.ending = Ending(self)
        window_commands.install(self)
        self._connect()
        self._show_box_key()
        self.ways.begin()

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.condition)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        self.split = Split(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        self.split.addWidget(middle)
        self.split.addWidget(self.inspector)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(self.split, 1)
        self._whole = whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if self.menuBar().isNativeMenuBar():
            outer.addWidget(self.bar)
        else:
            self.menuBar().setCornerWidget(self.bar)
        outer.addLayout(across, 1)
        outer.addWidget(self.status)
        self.setCentralWidget(whole)
        self.inspector.hide()
        self.beside = InspectorPlace(self.inspector, self.split, whole)

    def _connect(self) -> None:
        desk = self.desk
        desk.failed.connect(self._failed)
        desk.said.connect(self._said)
        desk.place_wanted.connect(self.go)
        desk.record_wanted.connect(self._inspect)
        desk.talk_wanted.connect(self._talk)
        desk.peek_wanted.connect(self._peek)
        desk.inspector_wanted.connect(self.show_inspector)
        desk.inspector_entered.connect(self.enter_inspector)
        desk.form_wanted.connect(self._fill_in)
        desk.key_wanted.connect(self._open_key)
        desk.command_wanted.connect(self.commands.run)
        desk.link.sheet_wanted.connect(self.open_team_sheet)
        desk.link.changed.connect(self.commands.look)
        desk.tasks.crashed.connect(self.failures.show_failure)
        self.rail.wanted.connect(self.go)
        self.rail.project_wanted.connect(self._project_menu)
        self.stack.turned.connect(self._turned)
        self.where.changed.connect(self.commands.look)
        self.inspector.closed.connect(self.close_inspector)
        self.status.trail_wanted.connect(self.show_trail)
        self.toast.acted.connect(desk.deeds.undo)
        self.bar.search.clicked.connect(self.open_box)
        self.commands.noted.connect(self._keep_last)
        self.commands.keys_changed.connect(self._show_box_key)
        desk.deeds.moved.connect(self.commands.look)
        theme().changed.connect(self._retint)

    # --- project ------------------------------------------------------------------------------

    @Slot()
    def _show_box_key(self) -> None:
        self.bar.search.say_key(self.commands.key_texts().get("box", ""))

    @Slot()
    def open_box(self, text: str = "") -> None:
        """Open the command box, with a text typed already."""
        self._with_box(lambda box: box.open_with(text))

    def offer_projects(self, folders: list[str]) -> None:
        """Let the person choose one of the projects in some folders."""

        def offer(box: CommandBox) -> None:
            from mlops_desk.gui.box_lines import project_lines

            lines = project_lines(folders, self.commands.actions["open"].command)
            box.choose_from(lines, _("Switch to a project"))

        self._with_box(offer)

    def choose_new(self) -> None:
        """Let the person choose which kind of thing to make."""

        def offer(box: CommandBox) -> None:
            from mlops_desk.gui.act_commands import new_lines

            box.choose_from(new_lines(self), _("New: choose what to make"))

        self._with_box(offer)

    def _with_box(self, wish: Callable[[CommandBox], None]) -> None:
        """Do something with the box: at once, or as soon as a worker has loaded what it needs."""
        self._box_wish = wish
        if self.box is not None or "mlops_desk.gui.act_commands" in sys.modules:
            self._box_loaded(None)
        else:
            self.desk.tasks.run(_load_box, then=self._box_loaded)

    @Slot(object)
    def _box_loaded(self, _answer: object) -> None:
        from mlops_desk.gui.command_box import CommandBox

        if self.box is None:
            self.box = CommandBox(self.desk, self.commands, self.stack, self._whole)
        wish, self._box_wish = self._box_wish, None
        if wish is not None:
            wish(self.box)

    @Slot()
    def _project_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("create", "open", "get", "leave"):
            menu.addAction(self.commands.actions[name])
        menu.popup(self.rail.project.mapToGlobal(QPoint(0, self.rail.project.height())))

    # --- going about ----------------------------------------------------------------------------

    @Slot(str, str)
    def go(self, name: str, noun: str = "") -> None:
        """Go to a place, there to the tab of a noun."""
        self.where.go(name, noun)

    @Slot(str)
    def _turned(self, name: str) -> None:
        goes_through_rail = self.rail.isAncestorOf(QApplication.focusWidget() or self)
        self.rail.choose(name)
        self.banner.hide()
        self.inspector.clear()
        self.beside.leave()
        self.commands.look()
        if self.stack.page is not None and not goes_through_rail:
            self.stack.page.header.enter()

    @Slot()
    def show_trail(self) -> None:
        """Show the audit trail, or first what does not count in it."""
        who = self.desk.who
        self.go("governance", "finding" if who is not None and who.grave + who.notes else "line")

    @Slot(str, str, object)
    def _inspect(self, noun: str, id_: str, row: Any) -> None:
        if row is None:
            self.where.open_record(noun, id_)
        else:
            self.inspector.show_record(noun, id_, row)
            self.beside.choose()

    @Slot(str, str)
    def _peek(self, noun: str, id_: str) -> None:
        self.inspector.show_record(noun, id_)
        self.show_inspector()

    @Slot()
    def _keep_last(self) -> None:
        self.desk.keep_last_commands(self.commands.last)

    @Slot(object)
    def _talk(self, wish: Talk) -> None:
        self.inspector.talk(wish)
        self.show_inspector()

    @Slot()
    def show_inspector(self) -> None:
        """Bring the inspector up."""
        self.beside.open()

    @Slot()
    def enter_inspector(self) -> None:
        """Bring the inspector up and go on there."""
        self.beside.open()
        self.inspector.enter()

    @Slot()
    def comment(self) -> None:
        """Let the person say something about the record that is chosen."""
        chosen = self.inspector.chosen
        if chosen is not None:
            self.desk.talk(Talk(chosen.noun, chosen.id))

    @Slot()
    def close_inspector(self) -> None:
        """Hide the inspector, and go on with the page where the focus was in it."""
        was_in_it = self.inspector.isAncestorOf(QApplication.focusWidget() or self)
        self.beside.close()
        if was_in_it:
            self.stack.focus_page()

    def toggle_inspector(self) -> None:
        """Show or hide the inspector."""
        if self.beside.is_open:
            self.close_inspector()
        else:
            self.show_inspector()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc what is open beside the page, else take the filter away; nobody else wanted the key."""
        page = self.stack.page
        table = page.table if page is not None and page.has_table else None
        if event.key() != Qt.Key.Key_Escape or event.modifiers():
            super().keyPressEvent(event)
        elif self.beside.is_open:
            self.close_inspector()
        elif table is not None and table.filter.text():
            table.filter.clear()
            table.grid.setFocus()

    # --- acts ---------------------------------------------------------------------------------------

    @Slot(object, object)
    def _fill_in(self, act: type[Act], values: Mapping[str, Any]) -> None:
        from mlops_desk.gui.forms.admit import form_of

        form = form_of(act)(self.desk, act, values, self)
        self.form = form
        form.open()
        form.focus_first()

    @Slot(str, bool)
    def _said(self, text: str, can_undo: bool) -> None:  # noqa: FBT001 - a signal's value
        self.toast.say(text, _("Undo") if can_undo else "")

    @Slot(object)
    def _failed(self, error: DeskError) -> None:
        self.banner.say(for_window(error.sentence), for_window(error.hint))

    def _in_front(self) -> QWidget:
        """Return the form if one is open, else the window: a dialog belongs over what is in front."""
        form = self.form
        return form if form is not None and shiboken6.isValid(form) and form.isVisible() else self

    @Slot()
    def _open_key(self) -> None:
        from mlops_desk.gui.pages.key import UnsealSheet

        self.sheet = UnsealSheet(self.desk, self._in_front())
        self.sheet.open()

    @Slot(object)
    def open_team_sheet(self, name: str) -> None:
        """Open one of the forms about the team copy: ``address``, ``token``, ``trust``, ``invite``, ``get``."""
        from mlops_desk.gui.pages.team_sheets import SHEETS

        self.sheet = SHEETS[name](self.desk, self)
        self.sheet.open()

    # --- the window itself ----------------------------------------------------------------------------

    @Slot()
    def _retint(self) -> None:
        icons.retint()
        self._fold()

    def _fold(self) -> None:
        self.rail.fold(is_narrow=self.width() < theme().px(NARROW_UNDER_PX))

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Go with Tab as the window is read: pages are made late, and the inspector moves about."""
        return tab_order.step(self, is_next=is_next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the rail where the window is narrow."""
        super().resizeEvent(event)
        self._fold()
        if self.box is not None:
            self.box.place()

    def changeEvent(self, event: QEvent) -> None:
        """Look for news when the window is looked at again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.desk.refresh()
            self.desk.link.looked_at()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless work is under way: then ask whether it shall stop."""
        if self.ending.may_close():
            self.keeper.keep()
            super().closeEvent(event)
        else:
            event.ignore()


def _load_box(*_ignored: object) -> None:
    import mlops_desk.gui.act_commands
    import mlops_desk.gui.command_box  # noqa: F401

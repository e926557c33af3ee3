"""The command box: one field over the window that finds pages, commands, people and records, and opens them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from mlops_desk.gui import box_lines
from mlops_desk.gui.box_lines import COMMANDS, FILTER, HELP, MOST_LINES, PEOPLE, PERSON, RECORDS, Line
from mlops_desk.gui.box_list import LinesView
from mlops_desk.gui.commands import Commands
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.page_stack import PageStack
from mlops_desk.gui.pages.page import numbered
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.address import SCHEME
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.workspace import search, search_words
from mlops_desk.workspace.search_words import BEGINS, HOLDS, Sought, fit

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table
    from mlops_desk.workspace.search import Found

WIDTH_PX, TOP_PX = 640, 56
TYPED_MS = 60  # how long a person pauses between letters before the rows are asked
_EDGE_PX = 16
_UP = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8, Qt.Key.Key_Tab: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BoxField(QLineEdit):
    """The field; keys that are about the list go there."""

    moved = Signal(int)
    entered = Signal(bool)
    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Take Tab as a step down the list: there is nothing else in the box to go to."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Tab and not event.modifiers():
                self.moved.emit(1)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self.moved.emit(-1)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the list, run, or leave; everything else is typed."""
        if event.key() in _UP:
            self.moved.emit(_UP[Qt.Key(event.key())])
        elif event.key() in _ENTER:
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class CommandBox(QFrame):
    """Opens over the window at once; records are sought on a worker, and answers that come late are thrown away."""

    def __init__(self, desk: Desk, commands: Commands, stack: PageStack, over: QWidget) -> None:
        super().__init__(over)
        kind(self, "box")
        self.setAccessibleName(_("Command box"))
        self._desk, self._commands, self._stack, self._over = desk, commands, stack, over
        self._from: QWidget | None = None
        self._only: tuple[Line, ...] | None = None
        self._filtered: tuple[Table, str] | None = None
        self._found: tuple[Found, ...] = ()
        self._known, self._is_whole = "", False
        self._asked, self._sought = 0, ""
        self._is_asking = self._has_moved = False
        self._run_when_found: bool | None = None
        self.field, self.list, self.foot = BoxField(), LinesView(), label("", "muted")
        self._pause = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._lay_out()
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        kind(self.field, "box")
        self.field.setAccessibleName(_("Search or run a command"))
        self.foot.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for part in (self.field, self.list, self.foot):
            column.addWidget(part)

    def _connect(self) -> None:
        self.field.textEdited.connect(self._typed)
        self.field.moved.connect(self._move)
        self.field.entered.connect(self._enter)
        self.field.left.connect(self.close_box)
        self.list.clicked.connect(self._clicked)
        self._pause.timeout.connect(self._ask)
        self._desk.closed.connect(self.hide)
        self._desk.opening.connect(self.hide)

    # --- open and close -----------------------------------------------------------------------

    def open_with(self, text: str = "") -> None:
        """Open with a text typed already, in front of everything."""
        self._open(None, _("Search or run a command"), text)

    def choose_from(self, lines: Sequence[Line], wish: str) -> None:
        """Open to choose from some lines alone; ``wish`` says what is chosen."""
        self._open(tuple(lines), wish, "")

    def _open(self, only: tuple[Line, ...] | None, wish: str, text: str) -> None:
        if self.isHidden():
            self._from = QApplication.focusWidget()
        self._only, self._found, self._run_when_found = only, (), None
        self._known, self._is_whole = "", False
        self.foot.setText(_("> commands     # records     @ people     ? help     / filter on this page"))
        self.foot.setVisible(only is None)
        self.field.setPlaceholderText(wish)
        self.field.setText(text)
        self.place()
        self.show()
        self.raise_()
        self.field.setFocus()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._typed()

    @Slot()
    def close_box(self) -> None:
        """Close; the focus goes back where it was, and a filter that was only tried goes."""
        if self._filtered is not None:
            table, before = self._filtered
            if shiboken6.isValid(table):
                table.filter.setText(before)
        self._leave()

    def _leave(self) -> None:
        self._filtered = None
        self._pause.stop()
        self._asked += 1
        self.hide()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        before = self._from
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close where something else is pressed."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self._pressed(watched)
        return super().eventFilter(watched, event)

    def _pressed(self, on: QWidget) -> None:
        if on is not self and not self.isAncestorOf(on):
            self._from = None
            self.close_box()

    def place(self) -> None:
        """Stand in the middle above, as wide as the window allows."""
        look, over = theme(), self._over
        self.setFixedWidth(min(look.px(WIDTH_PX), over.width() - 2 * _EDGE_PX))
        self.adjustSize()
        self.move((over.width() - self.width()) // 2, min(look.px(TOP_PX), over.height() // 8))

    # --- what is typed --------------------------------------------------------------------------

    @Slot()
    def _typed(self) -> None:
        """Show at once what needs no rows, and ask for records once the person pauses."""
        prefix, rest = box_lines.split(self.field.text())
        self._asked += 1
        self._has_moved = False
        self._run_when_found = None
        if self._filtered is not None and prefix != FILTER:
            table, before = self._filtered
            table.filter.setText(before)
            self._filtered = None
        self._found = box_lines.still_fitting(self._found, rest)
        if self._wants_rows:
            self._pause.start()
        else:
            self._pause.stop()
        self._show()

    def _show(self) -> None:
        lines = self._lines()
        is_looking = lines[-1:] == [_looking()]
        self.list.show_lines(lines, self.list.chosen if self._has_moved else None, keeps_height=is_looking)
        self.place()
        self._tell()

    def _lines(self) -> list[Line]:
        prefix, rest = box_lines.split(self.field.text())
        if rest.startswith(SCHEME):
            return [Line(_("Follow this address"), rest, "link", does="address", what=(rest,))]
        if self._only is not None:
            typed = self.field.text().strip()
            return [each for each in self._only if not typed or fit(each.title, typed) is not None] or [_nothing()]
        if prefix == HELP:
            return [each for each in box_lines.help_lines() if not rest or fit(each.title, rest) is not None]
        if prefix == FILTER:
            return [self._filter_page(rest)]
        if prefix == COMMANDS:
            every = [each for each in self._commands.all if each.id != "box"]
            return box_lines.best(box_lines.command_lines(every, self._keys(), rest)) or [_nothing()]
        if prefix in (RECORDS, PEOPLE):
            return self._rows_alone(rest)
        return self._everything(rest)

    def _everything(self, text: str) -> list[Line]:
        """Return what fits without a prefix: the last commands and the pages where nothing is typed."""
        keys = self._keys()
        pages = box_lines.page_lines(text, keys) if self._desk.is_open else []
        commands = [each for each in self._commands.all if not each.id.startswith("go-") and each.id != "box"]
        if not text:
            known = {each.id: each for each in commands}
            last = [known[each] for each in self._commands.last if each in known]
            return [*(box_lines.command_line(each, keys.get(each.id, "")) for each in last), *pages]
        fault = [each for each in (self._fault(text),) if each is not None]
        own = box_lines.best([*pages, *box_lines.command_lines(commands, keys, text)])
        first = [each for each in own if each.rank <= BEGINS]
        if not fault and not self._knows():
            return [*first, _looking()]
        rest = [*own[len(first) :], *box_lines.record_lines(self._found)]
        return [*fault, *first, *box_lines.best(rest)][:MOST_LINES] or [_nothing()]

    def _rows_alone(self, text: str) -> list[Line]:
        fault = self._fault(text)
        if fault is not None:
            return [fault]
        if not self._knows():
            return [_looking()]
        lines = box_lines.best(box_lines.record_lines(self._found))
        if not lines and not text:
            return [each for each in box_lines.help_lines() if each.note == _("Filter")]
        return lines or [_nothing()]

    def _knows(self) -> bool:
        """Tell whether it is known which records fit: the rows said so, or all that fit less were here already.

        Until then only what begins with the text is shown: what comes later stands below it, so that no line moves
        under the pointer, and no command that merely holds the letters stands where a record will.
        """
        typed, known = self.field.text(), self._known
        if not self._wants_rows or (self._sought == typed and not self._is_waiting):
            return True
        is_more = bool(known) and self._is_whole and typed.startswith(known)
        return is_more and (search.may_be_id(known) or not search.may_be_id(typed))

    @property
    def _wants_rows(self) -> bool:
        """Tell whether what is typed is sought in the rows."""
        prefix, rest = box_lines.split(self.field.text())
        is_sought = prefix not in (COMMANDS, HELP, FILTER) and bool(rest or prefix == PEOPLE)
        return self._only is None and is_sought and self._desk.is_open

    @property
    def _is_waiting(self) -> bool:
        return self._pause.isActive() or self._is_asking

    def _fault(self, text: str) -> Line | None:
        try:
            search_words.read(text)
        except DeskError as error:
            return box_lines.refused(error)
        return None

    def _keys(self) -> dict[str, str]:
        return self._commands.key_texts()

    def _filter_page(self, text: str) -> Line:
        """Filter the table of the page in front while one types."""
        page = self._stack.page
        table = page.table if page is not None and page.has_table else None
        if table is None:
            return box_lines.said(_("There is no table on this page."))
        if self._filtered is None:
            self._filtered = (table, table.filter.text())
        table.filter.setText(text)
        return Line(_("Filter “{title}”", title=table.listing.title), table.foot.text(), "search", does="filter")

    # --- records ------------------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        """Ask for records, one question at a time: the newest text is asked once the answer before is there."""
        if self._is_asking:
            return
        prefix, rest = box_lines.split(self.field.text())
        try:
            sought = search_words.read(rest)
        except DeskError:
            return
        if prefix == PEOPLE:
            sought = Sought(sought.text, type=PERSON)
        self._is_asking, self._sought = True, self.field.text()
        self._desk.ask(numbered, self._asked, search.find, (sought,), then=self._take, failed=self._not_found)

    @Slot(object)
    def _take(self, answer: tuple[int, list[Found]]) -> None:
        self._answered(answer[1], None)

    @Slot(object)
    def _not_found(self, error: BaseException) -> None:
        self._answered([], error if isinstance(error, DeskError) else None)

    def _answered(self, found: Sequence[Found], refusal: DeskError | None) -> None:
        """Show an answer if it is to what is typed now; one to an older text is thrown away, and the new one asked."""
        self._is_asking = False
        if self.isHidden():
            return
        if self._sought != self.field.text():
            self._ask()
            return
        self._found = tuple(found)
        self._known = self._sought
        self._is_whole = refusal is None and len(found) < search.MOST and ":" not in self._sought
        self._show()
        if refusal is not None and not any(each.does for each in self.list.lines):
            self.list.show_lines([box_lines.refused(refusal)], None)
            self.place()
        if self._run_when_found is not None:
            is_peek, self._run_when_found = self._run_when_found, None
            self._enter(is_peek)

    # --- choose and run -----------------------------------------------------------------------------

    @Slot(int)
    def _move(self, step: int) -> None:
        self._has_moved = True
        self.list.choose(self.list.currentIndex().row() + step)
        self._tell()

    def _tell(self) -> None:
        """Let those who hear the window know which line is chosen."""
        line = self.list.chosen
        spoken = line.spoken if line is not None else ""
        self.field.setAccessibleDescription(spoken)
        announce(self.field, spoken)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self._has_moved = True
        self._enter(False)

    @Slot(bool)
    def _enter(self, is_peek: bool) -> None:  # noqa: FBT001 - a signal's value
        """Run the chosen line; where the rows may know something better that fits, once they have answered."""
        line = self.list.chosen
        if self._is_waiting and not self._has_moved and (line is None or not line.does or line.rank >= HOLDS):
            self._run_when_found = is_peek
        elif line is not None and line.does and not line.reason:
            self._run(line, is_peek=is_peek)

    def _run(self, line: Line, *, is_peek: bool) -> None:
        if line.does == "type":
            self.field.setText(line.what[0] if len(line.what[0]) == 1 else f"{line.what[0]} ")
            self._typed()
            return
        self._leave()
        ways: dict[str, Any] = {
            "command": self._commands.run_from_box,
            "page": self._desk.go,
            "record": self._desk.peek if is_peek else self._desk.inspect,
            "address": self._desk.follow,
            "filter": self._stack.focus_page,
            "project": self._open_project,
        }
        ways[line.does](*line.what)

    def _open_project(self, folder: str) -> None:
        self._desk.open(Path(folder))


def _looking() -> Line:
    return box_lines.said(_("Looking…"))


def _nothing() -> Line:
    return box_lines.said(_("Nothing fits."), _("? shows what can be typed"))

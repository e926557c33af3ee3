"""What the chip of the team copy tells when it is pressed: state, troubles, what waits, and the rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlops_desk.gui.command_words import WORDS, for_window
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.team_link import REFUSED_CODE, UNTRUSTED_CODE, TeamLink, done, in_the_way
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace.act_words import entry_words

if TYPE_CHECKING:
    from mlops_desk.workspace.outlook import Outlook, Waiting

WAITING_LINES = 5
_WIDTH_PX = 400


class SyncPanel(QFrame):
    """A small panel above the status bar that leaves with a click elsewhere, or with Esc."""

    def __init__(self, link: TeamLink, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(_("Team copy"))
        kind(self, "toast")
        self._link = link
        self.title, self.address = label("", "section", wraps=True), Line("", "secondary")
        self.exchanged, self.trouble = label("", "muted", wraps=True), _Trouble()
        self.waiting = _WaitingLines()
        self.sync = Button(WORDS["sync"], "main", "refresh-cw")
        self.look = Button(_("Only look"), "", "search")
        self.stop = Button(_("Cancel"), "", "square")
        self.settle = Button(WORDS["team-copy"], "quiet")
        self.token = Button(WORDS["token"], "quiet")
        self.receives = QCheckBox(_("Receive by itself, every 5 minutes"))
        self.receives.setToolTip(_("And whenever you come back to the window."))
        self.sends = QCheckBox(_("Send by itself, a minute after your last change"))
        self._lay_out()
        self._connect()
        self.show_state()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((first, (self.sync, self.look, self.stop)), (second, (self.settle, self.token))):
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        for part in (self.title, self.address, self.exchanged, self.trouble, self.waiting):
            column.addWidget(part)
        column.addSpacing(4)
        column.addLayout(first)
        column.addSpacing(4)
        column.addWidget(_rule())
        for box in (self.receives, self.sends):
            column.addWidget(box)
        column.addLayout(second)
        self.setFixedWidth(theme().px(_WIDTH_PX))

    def _connect(self) -> None:
        link = self._link
        link.changed.connect(self.show_state)
        self.sync.clicked.connect(link.sync_now)
        self.look.clicked.connect(link.look)
        self.stop.clicked.connect(link.cancel)
        self.settle.clicked.connect(self._settle)
        self.token.clicked.connect(self._token)
        self.trouble.wanted.connect(self._want)
        self.receives.clicked.connect(link.turn_receive)
        self.sends.clicked.connect(link.turn_send)

    def show_above(self, chip: QWidget) -> None:
        """Show the panel with its lower right corner at the upper right one of the chip."""
        self.adjustSize()
        corner = chip.mapToGlobal(QPoint(chip.width(), -6))
        self.move(corner.x() - self.width(), corner.y() - self.height())
        self.show()
        (self.stop if self._link.is_working else self.sync).setFocus()

    @Slot()
    def show_state(self) -> None:
        """Show how things stand now; the panel keeps its lower edge."""
        bottom = self.geometry().bottom()
        self._fill()
        self.adjustSize()
        if self.isVisible():
            self.move(self.x(), bottom - self.height() + 1)

    def _fill(self) -> None:
        link, state, known = self._link, self._link.state, self._link.outlook
        self.title.setText(state.text if state is not None else _("Team copy: not known"))
        has_address = known is not None and bool(known.address)
        self.address.say(known.address if has_address and known else "")
        self.address.setVisible(has_address)
        self.exchanged.setText(self._exchanged(known))
        self.trouble.show_error(self._error())
        self.waiting.show_waiting(known.waiting if known else (), known.state.to_send if known else 0)
        for part in (self.sync, self.look):
            part.setVisible(has_address and not link.is_working)
        self.stop.setVisible(link.is_working)
        self.token.setVisible(known is not None and bool(known.host))
        for box, is_on in ((self.receives, known and known.receives), (self.sends, known and known.sends)):
            box.setVisible(has_address)
            box.setChecked(bool(is_on))

    def _exchanged(self, known: Outlook | None) -> str:
        if known is None or not known.address:
            return _("The team meets in a team copy: a repository at a git host, or a folder that all can reach.")
        if not known.synced_ms:
            return _("Nothing was exchanged yet.")
        if self._link.state is not None and self._link.state.code == "offline":
            return _("The team copy cannot be reached. Your entries are safe here and go with the next exchange.")
        last = done(self._link.last) if self._link.last is not None else ""
        when = _("Last exchange: {when}.", when=cell_text(instant(known.synced_ms)))
        return f"{when} {last}".strip()

    def _error(self) -> DeskError | None:
        last = self._link.last
        if self._link.is_working or self._link.trouble is not None:
            return None if self._link.is_working else self._link.trouble
        return in_the_way(last) if last is not None and last.in_the_way else None

    @Slot()
    def _settle(self) -> None:
        self._want("address")

    @Slot()
    def _token(self) -> None:
        self._want("token")

    @Slot(object)
    def _want(self, sheet: str) -> None:
        self.close()
        self._link.sheet_wanted.emit(sheet)


class _Trouble(QFrame):
    """Why no exchange is possible, what is safe, and the one act that helps; ``wanted`` names its form."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        kind(self, "banner-warn")
        self._sentence, self._hint = label("", "strong", wraps=True), label("", wraps=True)
        self._act = Button("", "link")
        self._act.chosen.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        for part in (self._sentence, self._hint):
            column.addWidget(part)
        column.addWidget(self._act, 0, Qt.AlignmentFlag.AlignLeft)

    def show_error(self, error: DeskError | None) -> None:
        """Show an error, or nothing."""
        self.setVisible(error is not None)
        if error is None:
            return
        self._sentence.setText(for_window(error.sentence))
        self._hint.setText(for_window(error.hint))
        forms = {UNTRUSTED_CODE: "trust", REFUSED_CODE: "token"}
        self._act.stands_for = forms.get(error.code, "")
        self._act.say(WORDS[self._act.stands_for] if self._act.stands_for else "")
        self._act.setVisible(bool(self._act.stands_for))


class _WaitingLines(QWidget):
    """The newest entries that wait to be sent: what was done, and when."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._lines = [(Line(), label("", "muted")) for _number in range(WAITING_LINES)]
        for number, (what, when) in enumerate(self._lines):
            self._grid.addWidget(what, number, 0)
            self._grid.addWidget(when, number, 1)
        self._more: QLabel = label("", "muted")
        self._grid.addWidget(self._more, WAITING_LINES, 0)

    def show_waiting(self, found: tuple[Waiting, ...], total: int) -> None:
        """Show entries, and how many there are beside."""
        self.setVisible(bool(found))
        for number, (what, when) in enumerate(self._lines):
            is_shown = number < len(found)
            what.setVisible(is_shown)
            when.setVisible(is_shown)
            if is_shown:
                what.say(entry_words(found[number].kind))
                when.setText(cell_text(found[number].at))
        more = total - WAITING_LINES
        self._more.setText(plural("and {n} more to send", "and {n} more to send", more) if more > 0 else "")
        self._more.setVisible(bool(found) and more > 0)


def _rule() -> QFrame:
    line = QFrame()
    kind(line, "line")
    return line

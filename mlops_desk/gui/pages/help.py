"""Help: the first steps, the words of the desk, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui.command_words import WORDS
from mlops_desk.gui.commands import Commands
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.guide import Guide
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.theme import kind
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _

_WORDS = (
    (_("Project"), _("A folder that the team shares; everything in it can be read without MLOps Desk.")),
    (_("Entry"), _("One signed line of a journal: what somebody did, in which role, and when.")),
    (_("Gate"), _("Stands between two stages; closed by signatures of the roles that answer for it.")),
    (_("Not known"), _("A state of its own, drawn dashed and grey. It never counts as good.")),
    (_("Acting role"), _("The role in which you sign and write now; the status bar shows and changes it.")),
    (_("Finding"), _("An entry or file that does not count, with the place and the reason; nothing is lost.")),
)


class HelpPage(Page):
    """Help, on one page."""

    watches = frozenset({"project"})

    def __init__(self, desk: Desk, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._commands = commands
        self._keys: QFrame | None = None
        body = QWidget()
        kind(body, "clear")
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        self.header = Header(_("Help"))
        column.addWidget(self.header)
        self.guide = Guide(desk, can_close=False)
        column.addWidget(self.guide)
        column.addStretch()
        self._column = column
        turns().soon(self._add_words)
        commands.keys_changed.connect(self._renew_keys)
        scroll = QScrollArea()
        kind(scroll, "read")
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Help"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._scroll = scroll

    @Slot()
    def _add_words(self) -> None:
        """Add the words and leave the keys to a turn of their own: together they would hold the window up."""
        self._add(_pairs(_("Words of the desk"), list(_WORDS), "strong"))
        turns().soon(self._add_keys)

    @Slot()
    def _add_keys(self) -> None:
        change = Button(WORDS["keys"], stands_for="keys")
        change.chosen.connect(self.desk.command_wanted)
        self._keys = _pairs(_("Keys"), self._commands.listed_keys(), "strong", change)
        self._add(self._keys)

    def _add(self, part: QFrame) -> None:
        self._column.insertWidget(self._column.count() - 1, part)

    @Slot()
    def _renew_keys(self) -> None:
        """Show the keys that commands have now."""
        if self._keys is not None:
            self._keys.hide()
            self._keys.deleteLater()
            self._keys = None
            turns().soon(self._add_keys)

    def focus_first(self) -> None:
        """Put the focus where the keys scroll."""
        self._scroll.setFocus()


def _pairs(title: str, pairs: Sequence[tuple[str, str]], look: str, below: QWidget | None = None) -> QFrame:
    frame = QFrame()
    kind(frame, "card")
    grid = QGridLayout(frame)
    grid.setContentsMargins(16, 12, 16, 14)
    grid.setVerticalSpacing(8)
    grid.setHorizontalSpacing(24)
    grid.setColumnStretch(1, 1)
    grid.addWidget(label(title, "section"), 0, 0, 1, 2)
    for number, (left, right) in enumerate(pairs, start=1):
        grid.addWidget(label(left, look), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(right, wraps=True), number, 1)
    if below is not None:
        row = QHBoxLayout()
        row.addWidget(below)
        row.addStretch()
        grid.addLayout(row, grid.rowCount(), 0, 1, 2)
    return frame

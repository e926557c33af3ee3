"""Help: the first steps, the words of the desk, and the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.guide import Guide
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.theme import kind, theme
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

    def __init__(self, desk: Desk, keys: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
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
        self._column, self._parts = column, [(_("Words of the desk"), list(_WORDS)), (_("Keys"), keys)]
        turns().soon(self._add_part)
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
    def _add_part(self) -> None:
        """Add one part and leave the next to a turn of its own: together they would hold the window up."""
        title, pairs = self._parts.pop(0)
        self._column.insertWidget(self._column.count() - 1, _pairs(title, pairs, "strong"))
        if self._parts:
            turns().soon(self._add_part)

    def focus_first(self) -> None:
        """Put the focus where the keys scroll."""
        self._scroll.setFocus()


class KeysDialog(QDialog):
    """The list of keys."""

    def __init__(self, keys: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keys"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        scroll = QScrollArea()
        kind(scroll, "read")
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Keys"))
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(_pairs(_("Keys"), keys, "strong"))
        close = Button(_("Close"), "main")
        close.clicked.connect(self.accept)
        column.addWidget(scroll, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(theme().px(460), theme().px(520))


def _pairs(title: str, pairs: object, look: str) -> QFrame:
    frame = QFrame()
    kind(frame, "card")
    grid = QGridLayout(frame)
    grid.setContentsMargins(16, 12, 16, 14)
    grid.setVerticalSpacing(8)
    grid.setHorizontalSpacing(24)
    grid.setColumnStretch(1, 1)
    grid.addWidget(label(title, "section"), 0, 0, 1, 2)
    for number, (left, right) in enumerate(list(pairs), start=1):  # type: ignore[call-overload]
        grid.addWidget(label(left, look), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(right, wraps=True), number, 1)
    return frame

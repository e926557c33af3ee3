"""The head of a page: title, how it stands, the one main button, and everything else behind “more”."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _


class Header(QWidget):
    """Title, state chip, main button and more button of a page."""

    main_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "title")
        self._chip = StateChip(None)
        self.main = Button("", "main", "plus")
        self.more = Button("", "", "ellipsis", name=_("More on this page"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._title)
        row.addWidget(self._chip)
        row.addStretch(1)
        row.addWidget(self.main)
        row.addWidget(self.more)
        self.setMinimumHeight(34)
        self.main.clicked.connect(self.main_wanted)
        self.more.clicked.connect(self._want_menu)
        self.offer("")
        self.offer_more(is_wanted=False)

    def add(self, button: QWidget) -> None:
        """Put another button before the main one."""
        self._row.insertWidget(self._row.indexOf(self.main), button)

    def name(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)

    def stand(self, state: State | None) -> None:
        """Show how the page's matter stands."""
        self._chip.show_state(state)

    def offer(self, text: str) -> None:
        """Offer the main act by its words; without words there is none."""
        self.main.say(text)
        self.main.setVisible(bool(text))

    def offer_more(self, *, is_wanted: bool) -> None:
        """Show or hide the button for everything else."""
        self.more.setVisible(is_wanted)

    @Slot()
    def _want_menu(self) -> None:
        self.menu_wanted.emit(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

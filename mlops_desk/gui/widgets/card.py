"""A card of a home: title, state, one number or up to five lines, and its one act."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.area import Card

MAX_LINES = 5


class CardView(QFrame):
    """Shows one card; ``wanted`` carries the page that its button leads to."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._title = Line("", "strong")
        self._chip = StateChip()
        self._number = label("", "number")
        self._lines = [Line() for _number in range(MAX_LINES)]
        self._button = Button("", "link")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._title, 1)
        top.addWidget(self._chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._number)
        for line in self._lines:
            column.addWidget(line)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._button)
        foot.addStretch()
        column.addLayout(foot)
        self._button.chosen.connect(self._want)

    @property
    def title(self) -> str:
        """The title that is shown."""
        return self._title.text()

    def show_card(self, card: Card) -> None:
        """Show a card in place of the one before."""
        self._title.say(card.title)
        self._title.setMinimumWidth(self._title.sizeHint().width())
        self._chip.show_state(card.state)
        self._number.setText(card.number)
        self._number.setVisible(bool(card.number))
        for place, line in enumerate(self._lines):
            text = card.lines[place] if place < len(card.lines) else ""
            line.say(text)
            line.setVisible(bool(text))
        self._button.say(card.button)
        self._button.setAccessibleName(f"{card.button}: {card.title}")
        self._button.stands_for = card.page
        self.setAccessibleName(card.title)
        self.setAccessibleDescription(". ".join([card.state.word, *card.lines]))

    @Slot(object)
    def _want(self, page: str) -> None:
        self.wanted.emit(page)

"""A card of a home: title, state, one number, up to five rows with their states, how old it is, and its one act."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.state_chip import SHAPE_PX, StateChip, paint_shape
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel import clock
from mlops_desk.kernel.card import MAX_ROWS, Card, CardAct, CardRow
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

_HOUR_S, _DAY_S = 3_600, 86_400


def age_words(at: datetime | None) -> str:
    """Return how long ago something was, as people say it; a week and more as the day."""
    if at is None:
        return ""
    seconds = (clock.now() - at).total_seconds()
    if seconds < 2 * 60:
        return _("just now")
    if seconds < 2 * _HOUR_S:
        return plural("{n} minute ago", "{n} minutes ago", int(seconds // 60))
    if seconds < 2 * _DAY_S:
        return plural("{n} hour ago", "{n} hours ago", int(seconds // _HOUR_S))
    if seconds < 7 * _DAY_S:
        return plural("{n} day ago", "{n} days ago", int(seconds // _DAY_S))
    return cell_text(at.astimezone().date(), "day")


class Shape(QWidget):
    """The shape of a state before a row; nothing is painted where the row has no state."""

    def __init__(self) -> None:
        super().__init__()
        self._state: State | None = None
        self.setFixedSize(SHAPE_PX, SHAPE_PX + 4)

    def show_state(self, state: State | None) -> None:
        """Show a state by its shape; its word is said by who names the row."""
        self._state = state
        self.setToolTip(state.word if state else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a shape."""
        return QSize(SHAPE_PX, SHAPE_PX + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the shape."""
        if self._state is not None:
            painter = QPainter(self)
            paint_shape(painter, QRectF(0, 2, SHAPE_PX, SHAPE_PX), self._state.level)
            painter.end()


class _Row(QWidget):
    """One row: shape and words."""

    def __init__(self) -> None:
        super().__init__()
        self._shape, self._words = Shape(), Line()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(self._shape)
        across.addWidget(self._words, 1)

    def show_row(self, row: CardRow | None, *, is_indented: bool) -> None:
        """Show a row; where no row of the card has a state, none is indented."""
        self.setVisible(row is not None)
        if row is not None:
            self._shape.show_state(row.state)
            self._shape.setVisible(is_indented)
            self._words.say(row.text)


class CardView(QFrame):
    """Shows one card; ``wanted`` carries its act, ``menu_wanted`` the name of the card and where."""

    wanted = Signal(object)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.name = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._want_menu)
        self._title = Line("", "strong")
        self._chip = StateChip()
        self._number = label("", "number")
        self._rows = [_Row() for _number in range(MAX_ROWS)]
        self._button = Button("", "link")
        self._age = label("", "muted")
        self._button.chosen.connect(self._want)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._title, 1)
        top.addWidget(self._chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._number)
        for row in self._rows:
            column.addWidget(row)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._button)
        foot.addStretch()
        foot.addWidget(self._age)
        column.addLayout(foot)

    @property
    def title(self) -> str:
        """The title that is shown."""
        return self._title.text()

    def show_card(self, name: str, card: Card) -> None:
        """Show a card, by its name, in place of the one before."""
        self.name = name
        self._title.say(card.title)
        self._title.setMinimumWidth(0)  # a label never wants less than its smallest width, so that of before must go
        self._title.setMinimumWidth(self._title.sizeHint().width())
        self._chip.show_state(card.state)
        self._number.setText(card.number)
        self._number.setVisible(bool(card.number))
        has_states = any(row.state for row in card.rows)
        for place, row in enumerate(self._rows):
            row.show_row(card.rows[place] if place < len(card.rows) else None, is_indented=has_states)
        self._age.setText(age_words(card.as_of))
        self._button.say(card.act.word)
        self._button.setAccessibleName(f"{card.act.word}: {card.title}")
        self._button.stands_for = card.act
        self.setAccessibleName(card.title)
        told = [f"{row.text} ({row.state.word})" if row.state else row.text for row in card.rows]
        self.setAccessibleDescription(". ".join([card.state.word, card.number, *told, self._age.text()]))

    @Slot(object)
    def _want(self, act: CardAct) -> None:
        self.wanted.emit(act)

    @Slot(QPoint)
    def _want_menu(self, place: QPoint) -> None:
        self.menu_wanted.emit(self.name, self.mapToGlobal(place))

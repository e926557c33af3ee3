"""The values of one column, each with its count and a tick: what is ticked is shown, and the order of the column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mlops_desk.gui.models.arrange import shown_text, value_text
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.wish import Condition
from mlops_desk.kernel.words import _

MOST_SHOWN = 1000
_SIZE_PX, _ROW_PX = (280, 400), 26
_WAYS = ((_("Up"), "arrow-up", False), (_("Down"), "arrow-down", True), (_("Unsorted"), "x", None))
_TEXT = Qt.ItemDataRole.UserRole
_TICKED, _OPEN = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class ValueList(QFrame):
    """A small window below a column. ``chosen`` carries the texts that are ticked, None if all are.

    ``sorted_by`` carries whether the column goes down, None for not any more, and whether other columns stay.
    """

    chosen = Signal(object)
    sorted_by = Signal(object, bool)

    def __init__(self, column: Column, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = column
        kind(self, "popup")
        self.setAccessibleName(_("Values of {column}", column=column.title))
        self.search = QLineEdit()
        ask_for(self.search, _("Find a value"))
        self.search.setAccessibleName(_("Find a value of {column}", column=column.title))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Values of {column}", column=column.title))
        self.note = label(_("Counting…"), "muted", wraps=True)
        self.show_chosen = Button(_("Show these"), "main")
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.list.itemChanged.connect(self._ticked)
        self.show_chosen.clicked.connect(self._choose)
        self.resize(*(theme().px(each) for each in _SIZE_PX))

    def _lay_out(self) -> None:
        sorts, ticks = QHBoxLayout(), QHBoxLayout()
        for text, icon, wish in _WAYS:
            button = Button(text, "", icon, stands_for=wish)
            button.setAccessibleName(_("Sort {column}: {way}", column=self.column.title, way=text))
            button.setToolTip(_("With Ctrl the other columns stay"))
            button.chosen.connect(self._sort)
            sorts.addWidget(button, 1)
        for text, is_on in ((_("All"), True), (_("None"), False)):
            button = Button(text, "link", stands_for=is_on)
            button.chosen.connect(self._tick_all)
            ticks.addWidget(button)
        ticks.addStretch()
        ticks.addWidget(self.show_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(sorts)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addLayout(ticks)

    def offer(self, counts: Sequence[tuple[Any, int]], condition: Condition | None) -> None:
        """Offer values with their counts; ticked is what a condition lets through, without one everything."""
        self.list.blockSignals(True)
        for value, count in counts[:MOST_SHOWN]:
            text = value_text(value, self.column)
            shown = shown_text(value, self.column) if text else _("empty")
            item = QListWidgetItem(f"{shown}   {count:,}")
            item.setData(_TEXT, text)
            item.setSizeHint(QSize(0, theme().px(_ROW_PX)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _("{value}, {count} rows", value=shown, count=count))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_TICKED if _lets_through(condition, text) else _OPEN)
            self.list.addItem(item)
        self.list.blockSignals(False)
        more = len(counts) - MOST_SHOWN
        self.note.setText(_("{n} more values: filter first.", n=f"{more:,}") if more > 0 else "")
        self.note.setVisible(more > 0)
        if self.list.count():
            self.list.setCurrentRow(0)
        self._ticked()

    def below(self, place: QPoint) -> None:
        """Show it at a place, or as near as the screen lets it be, and begin to look for a value."""
        room = self.screen().availableGeometry()
        left = min(place.x(), room.right() - self.width())
        self.move(max(room.left(), left), min(place.y(), max(room.top(), room.bottom() - self.height())))
        self.show()
        self.search.setFocus()

    def texts(self) -> list[str]:
        """Return the texts that are ticked."""
        return [str(each.data(_TEXT)) for each in self._items() if each.checkState() == _TICKED]

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    @Slot(str)
    def _find(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.casefold() not in item.text().casefold())

    @Slot(object)
    def _tick_all(self, is_on: bool) -> None:  # noqa: FBT001 - a signal's value
        self.list.blockSignals(True)
        for item in self._items():
            if not item.isHidden():
                item.setCheckState(_TICKED if is_on else _OPEN)
        self.list.blockSignals(False)
        self._ticked()

    @Slot()
    def _ticked(self) -> None:
        self.show_chosen.setEnabled(bool(self.texts()))

    @Slot()
    def _choose(self) -> None:
        found = self.texts()
        if found:
            self.chosen.emit(None if len(found) == self.list.count() and self.note.isHidden() else found)
            self.close()

    @Slot(object)
    def _sort(self, is_down: bool | None) -> None:  # noqa: FBT001 - a signal's value
        is_added = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
        self.sorted_by.emit(is_down, is_added)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show what is ticked with Enter; Down goes from the line to the values."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus()
        else:
            super().keyPressEvent(event)


def _lets_through(condition: Condition | None, text: str) -> bool:
    if condition is None:
        return True
    is_in = text.casefold() in condition.values if condition.operator == "is" else not text
    return is_in != condition.is_not

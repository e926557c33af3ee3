"""A bar over entries of the journals: what is chosen of them, and how far back the page begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.kernel.words import _

_BOX_PX = 110
Choices = Sequence[tuple[str, str]]


class PagedBar(QWidget):
    """Boxes to choose by, each with a word for everything, and buttons to newer and older pages, if it has some."""

    changed = Signal()

    def __init__(self, names: Sequence[tuple[str, str]], *, has_pages: bool = True) -> None:
        super().__init__()
        self._everything = [everything for _name, everything in names]
        self._before: list[str] = []  # where the pages before this one began, the newest first
        self._last = ""
        self.boxes = [Choice() for _each in names]
        self.newer, self.older = Button(_("Newer"), "", "arrow-left"), Button(_("Older"), "", "arrow-right")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for box, (name, _everything) in zip(self.boxes, names, strict=True):
            box.setAccessibleName(name)
            box.setMinimumWidth(theme().px(_BOX_PX))
            box.currentIndexChanged.connect(self._filtered)
            row.addWidget(box, 1)
        row.addStretch(1)
        for button in (self.newer, self.older):
            row.addWidget(button)
            if not has_pages:
                button.hide()
        self.newer.clicked.connect(self._go_newer)
        self.older.clicked.connect(self._go_older)
        self.offer([()] * len(names))
        self.turn_page((), 1)

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is chosen in each box, empty for everything."""
        return tuple(str(box.currentData() or "") for box in self.boxes)

    @property
    def before(self) -> str:
        """The entry below which the page begins, empty for the newest."""
        return self._before[-1] if self._before else ""

    def turn_page(self, rows: Sequence[Any], most: int) -> None:
        """Learn from the rows on a page, which holds so many at most, where the next one begins."""
        self._last = rows[-1].id if len(rows) == most else ""
        self.older.setEnabled(bool(self._last))
        self.newer.setEnabled(bool(self._before))

    def offer(self, offers: Sequence[Choices]) -> None:
        """Offer values and their words, for each box; what was chosen stays chosen."""
        for box, everything, choices in zip(self.boxes, self._everything, offers, strict=True):
            chosen = box.currentData() or ""
            wanted = [("", everything), *choices]
            if [(box.itemData(at), box.itemText(at)) for at in range(box.count())] == wanted:
                continue
            box.blockSignals(True)
            box.clear()
            for value, text in wanted:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            box.blockSignals(False)

    @Slot()
    def _filtered(self) -> None:
        self._before.clear()
        self.changed.emit()

    @Slot()
    def _go_older(self) -> None:
        if self._last:
            self._before.append(self._last)
            self.changed.emit()

    @Slot()
    def _go_newer(self) -> None:
        if self._before:
            self._before.pop()
            self.changed.emit()

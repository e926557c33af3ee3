"""The filter line of a table: words as they are typed, chips for what stays, and the filters used before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.flow import Flow
from mlops_desk.gui.widgets.text import ask_for, label, tip, unmarked
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.wish import about, parts, rest_of, told
from mlops_desk.kernel.words import _

_LINE_PX, _LONGEST_CHIP = 320, 44


class FilterLine(QLineEdit):
    """Takes words; Enter makes chips of them, Down shows the filters used before, Esc empties it."""

    entered = Signal()
    history_wanted = Signal()

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        ask_for(self, _("Filter: words, or column:word"))
        self.setAccessibleName(_("Filter {title}", title=listing.title))
        self.setAccessibleDescription(_("Enter keeps the words as a filter, Down shows the filters used before"))
        self.setToolTip(
            tip(_("name:word · -word · value:>3 · value:1..5 · due:2026-01..2026-03 · owner:=“ML Engineer” · owner:?"))
        )
        self.setClearButtonEnabled(True)
        self.setMaximumWidth(theme().px(_LINE_PX))
        before = QAction(self)
        before.setText(_("Filters used before"))
        icons.put(before, "chevron-down")
        before.triggered.connect(self.history_wanted)
        self.addAction(before, QLineEdit.ActionPosition.TrailingPosition)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the words, show what was used before, or begin anew."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.history_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """The line with what stands beside it, below it the chips; ``text`` is all of it together.

    ``changed`` tells that the table should show something else, ``kept`` that a filter was made to stay.
    """

    changed = Signal()
    kept = Signal(str)

    def __init__(self, listing: Listing, columns: Sequence[Column]) -> None:
        super().__init__()
        self._columns = columns
        self._chips: list[str] = []
        self._before: list[str] = []
        self.line = FilterLine(listing)
        self.fault = label("", "fault")
        self.fault.hide()
        self._top = QHBoxLayout()
        self._top.setSpacing(8)
        self._top.addWidget(self.line, 1)
        self._top.addWidget(self.fault)
        self._top.addStretch(1)
        self.chips = QWidget()
        self._flow = Flow(self.chips)
        self.chips.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(6)
        column.addLayout(self._top)
        column.addWidget(self.chips)
        self.line.textChanged.connect(self._typed)
        self.line.entered.connect(self.keep)
        self.line.history_wanted.connect(self._show_history)

    def add(self, part: QWidget) -> None:
        """Put something beside the line, at the right."""
        self._top.addWidget(part)

    # --- what is asked for ------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All words, those that stay first."""
        return " ".join([*self._chips, self.line.text().strip()]).strip()

    def show_text(self, text: str) -> None:
        """Show another filter, all of it as chips."""
        self._put(parts(text))

    def clear(self) -> None:
        """Take every filter away."""
        self._put([])

    def keep(self) -> None:
        """Make chips of the words in the line."""
        if self.line.text().strip():
            self._put([*self._chips, *parts(self.line.text())])
            self.kept.emit(self.text)

    def only(self, part: str, column: Column) -> None:
        """Add a word about a column in place of those that say what its cells are; an empty one takes them away."""
        others = [each for each in self._chips if not self._says_what(each, column) or part.startswith("-")]
        self._put([*others, *([part] if part and part not in others else [])], keeps_line=True)
        self.kept.emit(self.text)

    def _says_what(self, part: str, column: Column) -> bool:
        return about(part, self._columns) is column and rest_of(part).startswith(("=", "?"))

    def _put(self, chips: Sequence[str], *, keeps_line: bool = False) -> None:
        self._chips = list(dict.fromkeys(chips))
        self.line.blockSignals(True)
        if not keeps_line:
            self.line.clear()
        self.line.blockSignals(False)
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for part in self._chips:
            text = told(part, self._columns)
            short = text if len(text) <= _LONGEST_CHIP else text[: _LONGEST_CHIP - 1] + "…"
            chip = Button(short, "chip", "x", stands_for=part, parent=self.chips)
            chip.setAccessibleName(_("Take the filter away: {what}", what=text))
            chip.setToolTip(tip(_("Take the filter away: {what}", what=text)))
            chip.chosen.connect(self._take_away)
            self._flow.addWidget(chip)
            chip.show()
        self.chips.setVisible(bool(self._chips))

    @Slot(object)
    def _take_away(self, part: str) -> None:
        self._put([each for each in self._chips if each != part], keeps_line=True)
        self.line.setFocus()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()

    def say(self, faults: Sequence[str]) -> None:
        """Say what of the words cannot be read."""
        self.fault.setText(" ".join(faults))
        self.fault.setVisible(bool(faults))

    # --- what was asked for before ------------------------------------------------------------------

    def offer(self, filters: Sequence[str]) -> None:
        """Offer the filters used before, the newest first."""
        self._before = list(filters)

    @Slot()
    def _show_history(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text in self._before:
            what = _(", ").join(told(part, self._columns) for part in parts(text))
            menu.addAction(unmarked(what)).setData(text)
        if not self._before:
            menu.addAction(_("No filter was kept yet: Enter keeps one.")).setEnabled(False)
        menu.triggered.connect(self._use)
        menu.popup(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))

    @Slot(QAction)
    def _use(self, action: QAction) -> None:
        self.show_text(str(action.data()))
        self.kept.emit(self.text)

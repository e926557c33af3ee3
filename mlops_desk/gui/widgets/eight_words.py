"""Eight words that two people compare by voice: numbered, in two lines, so that none is skipped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _

COLUMNS = 4
_HEIGHT_PX = 72


class EightWords(QFrame):
    """Shows the words of a machine or of a project."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "card")
        self.setMinimumHeight(theme().px(_HEIGHT_PX))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(6)
        self._words = ""
        self.show_words(words)

    @property
    def words(self) -> str:
        """The words, parted by spaces."""
        return self._words

    def show_words(self, words: str) -> None:
        """Show other words."""
        self._words = words
        self.setAccessibleName(_("Eight words: {words}", words=words))
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, word in enumerate(words.split()):
            row, column = divmod(number, COLUMNS)
            self._grid.addWidget(label(str(number + 1), "muted"), row, 2 * column)
            shown = label(word, "section")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(shown, row, 2 * column + 1)
            self._grid.setColumnStretch(2 * column + 1, 1)

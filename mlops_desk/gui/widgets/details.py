"""Labelled lines that tell of one record: short values stand beside their label, long ones below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from mlops_desk.gui.models.cells import MISSING, cell_text
from mlops_desk.gui.reveals import Reveals
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.masked_line import MaskedLine
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import Markable, label
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.state import State

_LONG_CHARS, _LONG_LABEL = 28, 22
_APART_PX, _BELOW_PX = 6, 2
_MOST_CODE_ROWS, _CODE_ROW_CHARS, _CODE_EDGE_PX = 14, 28, 18


class Details(QWidget):
    """The details of a record in one grid, without those that say nothing.

    One grid, because layouts within layouts measure every text many times over.
    """

    def __init__(
        self, found: Sequence[Detail], reveals: Reveals, about: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reveals, self._about = reveals, about
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(_BELOW_PX)
        self._grid.setColumnStretch(1, 1)
        for at, each in enumerate(found):
            text = cell_text(each.value, each.cell)
            if isinstance(each.value, Masked):
                self._add_masked(each, each.value, at)
            elif text not in ("", MISSING):
                self._add(each, text)

    def _add_masked(self, detail: Detail, masked: Masked, at: int) -> None:
        row = self._grid.rowCount()
        name = label(detail.label, "secondary", wraps=True)
        name.setContentsMargins(0, _APART_PX, 0, 0)
        self._grid.addWidget(name, row, 0, 1, 2)
        self._grid.addWidget(
            MaskedLine(detail, masked, self._reveals, (*self._about, f"{at} {detail.label}")), row + 1, 0, 1, 2
        )

    def _add(self, detail: Detail, text: str) -> None:
        row = self._grid.rowCount()
        is_state = isinstance(detail.value, State)
        is_long = len(detail.label) > _LONG_LABEL or (len(text) > _LONG_CHARS and not is_state) or detail.cell == "code"
        name, value = label(detail.label, "secondary", wraps=is_long), _value(detail, text)
        name.setContentsMargins(0, _APART_PX, 0, 0)
        if is_long:
            self._grid.addWidget(name, row, 0, 1, 2)
            self._grid.addWidget(value, row + 1, 0, 1, 2)
        else:
            value.setContentsMargins(0, _APART_PX, 0, 0)
            side = Qt.AlignmentFlag.AlignVCenter if is_state and not detail.value.reason else Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(name, row, 0, side)
            self._grid.addWidget(value, row, 1)


class CodeText(QPlainTextEdit):
    """A text without words, such as a hash or a signed line: broken anywhere, and copied as it is."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)  # else the lines above spread apart
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        rows = min(_MOST_CODE_ROWS, 1 + len(text) // _CODE_ROW_CHARS)
        self.setFixedHeight(rows * self.fontMetrics().lineSpacing() + theme().px(_CODE_EDGE_PX))


def _value(detail: Detail, text: str) -> QWidget:
    """Return what shows a value: a chip with its reason, or a text that can be marked and copied."""
    if isinstance(detail.value, State):
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(StateChip(detail.value), 0, Qt.AlignmentFlag.AlignLeft)
        if detail.value.reason:
            column.addWidget(label(detail.value.reason, "muted", wraps=True))
        return holder
    if detail.cell == "code":
        return CodeText(detail.label, text)
    value = Markable(text)
    value.setAccessibleName(f"{detail.label}: {text}")
    return value

"""A short list in which several values are ticked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from mlops_desk.gui.theme import theme

ITEMS_SHOWN = 6
_ROW_PX, _EDGE_PX = 26, 14


def fill_ticks(shown: QListWidget, options: Sequence[tuple[Any, str]]) -> None:
    """Offer values with their words, none of them ticked."""
    shown.clear()
    for value, text in options:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, value)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setSizeHint(QSize(0, theme().px(_ROW_PX)))
        item.setCheckState(Qt.CheckState.Unchecked)
        shown.addItem(item)
    shown.setFixedHeight(theme().px(_ROW_PX) * min(max(len(options), 2), ITEMS_SHOWN) + _EDGE_PX)


def ticked(shown: QListWidget) -> list[Any]:
    """Return the values that are ticked."""
    items = [shown.item(place) for place in range(shown.count())]
    return [each.data(Qt.ItemDataRole.UserRole) for each in items if each.checkState() == Qt.CheckState.Checked]


def tick(shown: QListWidget, values: Iterable[Any]) -> None:
    """Tick these values and no others."""
    wanted = list(values)
    for place in range(shown.count()):
        item = shown.item(place)
        is_in = item.data(Qt.ItemDataRole.UserRole) in wanted
        item.setCheckState(Qt.CheckState.Checked if is_in else Qt.CheckState.Unchecked)

"""How a cell looks: states and classes as chips, everything else as one line of text."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mlops_desk.gui.models.arrange import shown_text
from mlops_desk.gui.models.cells import MISSING
from mlops_desk.gui.models.listed import TableModel, side_of
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets import gauge, spark, twig
from mlops_desk.gui.widgets.class_badge import badge_width, paint_badge
from mlops_desk.gui.widgets.mask import mask_width, paint_mask
from mlops_desk.gui.widgets.state_chip import chip_height, chip_width, paint_chip
from mlops_desk.kernel.figures import Gauge, Trace, Twig
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.state import State

Index = QModelIndex | QPersistentModelIndex
EDGE_PX = 10
_FULL_PX = 900
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus


class CellDelegate(QStyledItemDelegate):
    """Paints a cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell; a page has hundreds of them, so the model is asked once and without Qt between."""
        look, box, state, place = theme(), option.rect, option.state, index.column()
        painter.fillRect(box, look.colour("bg.selected" if state & _SELECTED else "bg.surface"))
        painter.setPen(look.colour("border.subtle"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        column, value = _cell(index)
        inner = box.adjusted(EDGE_PX, 0, -EDGE_PX, 0)
        if isinstance(value, State):
            width = min(chip_width(value.word), inner.width())
            paint_chip(painter, _middle(inner, width, chip_height()), value)
        elif isinstance(value, Masked):
            self._mask(painter, inner, value)
        elif isinstance(value, Gauge):
            gauge.paint_gauge(painter, inner, value)
        elif isinstance(value, Trace):
            spark.paint_trace(painter, inner, value)
        elif isinstance(value, Twig):
            self._text(
                painter,
                twig.paint_step(painter, inner, value),
                value.text,
                _LEFT,
                "text.primary",
                is_strong=not value.depth or value.is_open is not None,
            )
        elif column.cell == "class" and isinstance(value, str):
            paint_badge(painter, _middle(inner, min(badge_width(value), inner.width()), chip_height()), value)
        elif text := shown_text(value, column):
            is_act = column.cell == "act"
            token = "text.muted" if text == MISSING else "accent.text" if is_act else "text.primary"
            self._text(painter, inner, text, side_of(column), token, is_strong=place == 0 or is_act)
        if state & _FOCUSED:
            painter.setPen(QPen(look.colour("focus.ring"), 2))
            painter.drawRect(box.adjusted(1, 1, -2, -2))

    def _mask(self, painter: QPainter, box: QRect, masked: Masked) -> None:
        """Paint a mask, and beside it what may be told in place of the value."""
        width = min(mask_width(masked), box.width())
        paint_mask(painter, _middle(box, width, chip_height()), masked)
        rest = box.adjusted(width + EDGE_PX, 0, 0, 0)
        if masked.instead and rest.width() > 0:
            self._text(painter, rest, masked.instead, _LEFT, "text.primary", is_strong=False)

    def _text(self, painter: QPainter, box: QRect, text: str, side: int, token: str, *, is_strong: bool) -> None:
        look = theme()
        painter.setFont(look.font("body", is_strong=is_strong))
        painter.setPen(look.colour(token))
        if len(text) * look.row_px // 2 > box.width():  # measuring costs as much as drawing: only what may be too long
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return how much room a cell wants, within reason."""
        column, value = _cell(index)
        if isinstance(value, State):
            width = chip_width(value.word)
        elif isinstance(value, Masked):
            told = option.fontMetrics.horizontalAdvance(value.instead) + EDGE_PX if value.instead else 0
            width = mask_width(value) + told
        elif isinstance(value, Gauge | Trace):
            width = theme().px(gauge.WIDTH_PX if isinstance(value, Gauge) else spark.WIDTH_PX)
        elif isinstance(value, Twig):
            width = option.fontMetrics.horizontalAdvance(value.text) + twig.indent(value) + EDGE_PX
        elif column.cell == "class" and isinstance(value, str):
            width = badge_width(value)
        else:
            width = option.fontMetrics.horizontalAdvance(shown_text(value, column)) + 8
        return QSize(min(width + 2 * EDGE_PX, _FULL_PX), theme().row_px)


def letters(index: Index) -> int:
    """Return how many letters a cell shows."""
    column, value = _cell(index)
    return len(value.word if isinstance(value, State) else shown_text(value, column))


def _cell(index: Index) -> tuple[Column, Any]:
    model = index.model()
    assert isinstance(model, TableModel)
    return model.cell(index.row(), index.column())


def _middle(box: QRect, width: int, height: int) -> QRect:
    return QRect(box.left(), box.center().y() - height // 2 + 1, width, height)

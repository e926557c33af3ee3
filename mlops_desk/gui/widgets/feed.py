"""What happened, the newest first: one line for each entry, under the day on which it was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mlops_desk.gui.models.cells import day_text
from mlops_desk.gui.models.listed import RowRole
from mlops_desk.gui.models.rows import RowsModel
from mlops_desk.gui.theme import kind, theme
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.words import _

Index = QModelIndex | QPersistentModelIndex
_ROW_PX, _DAY_PX, _EDGE_PX, _DOT_PX = 28, 34, 14, 8
_TIME_PX, _WHO_PX, _ROLE_PX = 50, 150, 170
_SIDE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class FeedDelegate(QStyledItemDelegate):
    """Paints one line of the feed, and over the first of a day its day."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of a line, with its day if it begins one."""
        return QSize(option.rect.width(), theme().px(_ROW_PX) + self._head(index))

    def _head(self, index: Index) -> int:
        above = index.sibling(index.row() - 1, index.column())
        begins = not above.isValid() or above.data(RowRole).day != index.data(RowRole).day
        return theme().px(_DAY_PX) if begins else 0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint day, dot, time, who, what and role."""
        look, line, head = theme(), index.data(RowRole), self._head(index)
        whole = QRect(option.rect)
        painter.save()
        if head:
            painter.setFont(look.font("caption", is_strong=True))
            painter.setPen(look.colour("text.muted"))
            day = QRect(whole.left() + _EDGE_PX, whole.top(), whole.width(), head - 6)
            painter.drawText(day, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), _day(line.day))
        box = whole.adjusted(0, head, 0, 0)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, look.colour("bg.selected"))
        self._texts(painter, box, line)
        painter.setPen(look.colour("border.subtle"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.colour("focus.ring"), 2))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.restore()

    def _texts(self, painter: QPainter, box: QRect, line: Any) -> None:
        look = theme()
        left = box.left() + _EDGE_PX
        if line.is_new:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("info.solid"))
            painter.drawEllipse(QRectF(left, box.center().y() - _DOT_PX / 2 + 1, _DOT_PX, _DOT_PX))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        left += _DOT_PX + 8
        role = look.px(_ROLE_PX) if box.width() > look.px(4 * _ROLE_PX) else 0
        parts = (
            (line.time, "text.muted", look.px(_TIME_PX), False),
            (line.who, "text.primary", look.px(_WHO_PX), True),
            (line.name, "text.primary", box.right() - left - look.px(_TIME_PX + _WHO_PX) - role - _EDGE_PX, False),
            (line.acting, "text.muted", role, False),
        )
        for text, token, width, is_strong in parts:
            font = look.font("body", is_strong=is_strong)
            painter.setFont(font)
            painter.setPen(look.colour(token))
            cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 8)
            painter.drawText(QRect(left, box.top(), width, box.height()), _SIDE, cut)
            left += width


class FeedView(QListView):
    """The feed; ``opened`` carries a line whose record is wanted."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "feed")
        self.setAccessibleName(_("What happened"))
        self.rows = RowsModel([Column("spoken", _("Event"))], self)
        self.setModel(self.rows)
        self.setItemDelegate(FeedDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(self._open)

    def show_lines(self, lines: Sequence[Any]) -> None:
        """Show lines in place of those before; the chosen one stays chosen."""
        self.rows.show_rows(lines)
        self.scheduleDelayedItemsLayout()  # another line may begin a day now

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.data(RowRole))


def _day(day: Any) -> str:
    ago = (today() - day).days
    told = day_text(day)
    return _("Today, {day}", day=told) if ago == 0 else _("Yesterday, {day}", day=told) if ago == 1 else told

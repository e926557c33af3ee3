"""The list below the command box: lines with an icon, what they are, and a key or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.box_lines import Line
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.words import _

Index = QModelIndex | QPersistentModelIndex
ROW_PX, SHOWN_ROWS = 34, 10
_EDGE_PX, _ICON_PX, _GAP_PX = 12, 16, 10
_NOTE_SHARE = 0.45  # of the width, where both sides are long
_NO_INDEX = QModelIndex()


class LinesModel(QAbstractListModel):
    """The lines that fit what is typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Take lines in place of those before; which one is chosen is the box's to say."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line shows or says."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.spoken)
        return line if role == Qt.ItemDataRole.UserRole else None


class LineDelegate(QStyledItemDelegate):
    """Paints one line: icon and title at the left, key, kind or reason at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Return the height of a line; it is as wide as the list."""
        return QSize(100, theme().px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        look, line, state = theme(), index.data(Qt.ItemDataRole.UserRole), option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        box = QRect(option.rect)
        if is_chosen:
            painter.fillRect(box, look.colour("bg.selected"))
        is_off = bool(line.reason) or not line.does
        inner = box.adjusted(_EDGE_PX, 0, -_EDGE_PX, 0)
        if line.icon:
            token = "text.disabled" if line.reason else "text.secondary"
            size = look.px(_ICON_PX)
            painter.drawPixmap(inner.left(), inner.center().y() - size // 2 + 1, icons.pixmap(line.icon, token, size))
        inner.setLeft(inner.left() + look.px(_ICON_PX) + _GAP_PX)
        note = self._right(painter, inner, line, token="text.secondary" if is_chosen else "text.muted")
        inner.setRight(inner.right() - note - _GAP_PX)
        token = "text.secondary" if is_off else "text.primary"
        self._text(
            painter, inner, line.title, look.font("body", is_strong=is_chosen), token, Qt.AlignmentFlag.AlignLeft
        )

    def _right(self, painter: QPainter, box: QRect, line: Line, token: str) -> int:
        """Paint what stands at the right and return how wide it is."""
        text = line.reason or (f"{line.note}   {line.key}" if line.key else line.note)
        font = theme().font("caption")
        painter.setFont(theme().font("body", is_strong=True))
        title = painter.fontMetrics().horizontalAdvance(line.title)
        painter.setFont(font)
        room = max(int(box.width() * _NOTE_SHARE), box.width() - title - 2 * _GAP_PX)
        wide = min(painter.fontMetrics().horizontalAdvance(text) + 1, room)
        place = QRect(box.right() - wide + 1, box.top(), wide, box.height())
        self._text(painter, place, text, font, token, Qt.AlignmentFlag.AlignRight)
        return wide

    def _text(self, painter: QPainter, box: QRect, text: str, font: QFont, token: str, side: Qt.AlignmentFlag) -> None:
        painter.setFont(font)
        painter.setPen(theme().colour(token))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), cut)


class LinesView(QListView):
    """The list; the focus stays in the field above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "box")
        self.model_of_lines = LinesModel(self)
        self.setModel(self.model_of_lines)
        self.setItemDelegate(LineDelegate(self))
        self.setAccessibleName(_("What fits"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown."""
        return self.model_of_lines.lines

    @property
    def chosen(self) -> Line | None:
        """The line that is chosen."""
        row = self.currentIndex().row()
        return self.lines[row] if 0 <= row < len(self.lines) else None

    def choose(self, row: int) -> None:
        """Choose the line of a row, within what there is."""
        last = len(self.lines) - 1
        if last >= 0:
            self.setCurrentIndex(self.model_of_lines.index(min(max(row, 0), last)))

    def show_lines(self, lines: Sequence[Line], chosen: Line | None, *, keeps_height: bool = False) -> None:
        """Show lines; the one that was chosen stays so where it is still there, else the first is.

        ``keeps_height`` leaves the room of the lines before: more are on their way.
        """
        self.model_of_lines.show_lines(lines)
        kept = [
            row for row, each in enumerate(lines) if chosen and (each.does, each.what) == (chosen.does, chosen.what)
        ]
        self.choose(kept[0] if kept else 0)
        wanted = max(1, min(len(lines), SHOWN_ROWS)) * theme().px(ROW_PX) + 2
        self.setFixedHeight(max(wanted, self.height()) if keeps_height and self.isVisible() else wanted)

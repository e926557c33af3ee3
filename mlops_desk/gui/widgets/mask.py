"""A mask in the place of a hidden value: a lock, why it is hidden, and a dashed edge; never anything of the value."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.state_chip import chip_height
from mlops_desk.kernel.masked import Masked

_LOCK_PX, _GAP_PX, _EDGE_PX, _ROUND_PX = 12, 5, 8, 4


def mask_width(masked: Masked) -> int:
    """Return how wide the mask wants to be."""
    words = QFontMetrics(theme().font("caption", is_strong=True)).horizontalAdvance(masked.words)
    return words + _LOCK_PX + _GAP_PX + 2 * _EDGE_PX + 2


def paint_mask(painter: QPainter, box: QRect, masked: Masked) -> None:
    """Paint lock and words on a sunken ground within a dashed edge, cut with dots where there is no room."""
    look = theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour("unknown.solid"), 1, Qt.PenStyle.DashLine))
    painter.setBrush(look.colour("unknown.bg"))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND_PX, _ROUND_PX)
    left, top = box.left() + _EDGE_PX, box.center().y() - _LOCK_PX // 2 + 1
    painter.drawPixmap(left, top, icons.pixmap("lock", "unknown.text", _LOCK_PX))
    font = look.font("caption", is_strong=True)
    painter.setFont(font)
    painter.setPen(look.colour("unknown.text"))
    room = box.adjusted(_EDGE_PX + _LOCK_PX + _GAP_PX, 0, -_EDGE_PX + 2, 0)
    words = QFontMetrics(font).elidedText(masked.words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
    painter.restore()


class Mask(QWidget):
    """A mask that stands by itself."""

    def __init__(self, masked: Masked, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._masked = masked
        self.setAccessibleName(masked.words)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size that the words want."""
        return QSize(mask_width(self._masked), chip_height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the mask."""
        painter = QPainter(self)
        paint_mask(painter, self.rect(), self._masked)
        painter.end()

"""The badge of a data class: outline for public and confidential, tint and lock for sensitive and PII."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from mlops_desk.gui import icons
from mlops_desk.gui.theme import theme
from mlops_desk.kernel.words import _

WORDS = {"public": _("Public"), "confidential": _("Confidential"), "sensitive": _("Sensitive"), "pii": _("PII")}
_TINTS = {"sensitive": "warn.bg", "pii": "class.pii.bg"}
_LOCKS = {"sensitive": "lock-open", "pii": "lock"}
_LOCK_PX = 12


def class_word(value: str) -> str:
    """Return the word for a class; none given is said as that."""
    return WORDS.get(value.lower(), value) if value else _("No class")


def badge_width(value: str) -> int:
    """Return how wide the badge wants to be."""
    lock = _LOCK_PX + 4 if value.lower() in _LOCKS else 0
    return QFontMetrics(theme().font("caption", is_strong=True)).horizontalAdvance(class_word(value)) + lock + 18


def paint_badge(painter: QPainter, box: QRect, value: str) -> None:
    """Paint the badge of a class."""
    look, name = theme(), value.lower()
    token = f"class.{name}" if name in WORDS else "unknown.text"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(look.colour(token), 1, Qt.PenStyle.SolidLine if name in WORDS else Qt.PenStyle.DashLine)
    painter.setPen(Qt.PenStyle.NoPen if name in _TINTS else edge)
    painter.setBrush(look.colour(_TINTS[name]) if name in _TINTS else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    left = box.left() + 8
    if name in _LOCKS:
        painter.drawPixmap(left, box.center().y() - _LOCK_PX // 2 + 1, icons.pixmap(_LOCKS[name], token, _LOCK_PX))
        left += _LOCK_PX + 4
    painter.setFont(look.font("caption", is_strong=True))
    painter.setPen(look.colour(token))
    room = QRect(left, box.top(), box.right() - left, box.height())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), class_word(value))
    painter.restore()

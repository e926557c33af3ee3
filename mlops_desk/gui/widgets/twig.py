"""The step of a tree in a cell: how far it stands in, and whether what is below it is shown."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter

from mlops_desk.gui import icons
from mlops_desk.gui.theme import theme
from mlops_desk.kernel.figures import Twig

_STEP_PX, _ARROW_PX, _BETWEEN_PX = 18, 14, 6


def indent(twig: Twig) -> int:
    """Return how far from the left the text of a step begins."""
    return theme().px(_STEP_PX) * twig.depth + theme().px(_ARROW_PX) + _BETWEEN_PX


def arrow_box(box: QRect, twig: Twig) -> QRect:
    """Return where in a cell the arrow stands that opens and closes, with the room that a pointer needs."""
    wide = theme().px(24)
    middle = box.left() + theme().px(_STEP_PX) * twig.depth + theme().px(_ARROW_PX) // 2
    return QRect(middle - wide // 2, box.top(), wide, box.height())


def paint_step(painter: QPainter, box: QRect, twig: Twig) -> QRect:
    """Paint the arrow of a step that has something below it; return the room that is left for the text."""
    if twig.is_open is not None:
        size = theme().px(_ARROW_PX)
        name = "chevron-down" if twig.is_open else "chevron-right"
        left = box.left() + theme().px(_STEP_PX) * twig.depth
        place = QPoint(left, box.center().y() - size // 2 + 1)
        painter.drawPixmap(place, icons.pixmap(name, "text.secondary", size))
    return box.adjusted(indent(twig), 0, 0, 0)

"""The first column of a table stays in sight while the others are scrolled under it: where it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QHeaderView

_WIDEST_SHARE = 0.5  # of the view; a wider column scrolls with the others, else nothing would be seen of them


def first_shown(head: QHeaderView) -> int:
    """Return the first column that is shown, wherever it was moved from; -1 if there is none."""
    places = (head.logicalIndex(visual) for visual in range(head.count()))
    return next((each for each in places if not head.isSectionHidden(each)), -1)


def shift(head: QHeaderView) -> int:
    """Return by how many pixels the first column is drawn beside its place; 0 while it stands there."""
    first = first_shown(head)
    if first < 0 or not head.offset() or head.sectionSize(first) > head.viewport().width() * _WIDEST_SHARE:
        return 0
    stays_at = head.viewport().width() - head.sectionSize(first) if _is_mirrored(head) else 0
    return stays_at - head.sectionViewportPosition(first)


def strip(head: QHeaderView, height: int) -> QRect:
    """Return where the first column is drawn over the others, so high; empty while it stands in its place."""
    moved, first = shift(head), first_shown(head)
    if not moved:
        return QRect()
    return QRect(head.sectionViewportPosition(first) + moved, 0, head.sectionSize(first), height)


def edge(box: QRect, head: QHeaderView) -> QRect:
    """Return the line at which the others go under the first column."""
    left = box.left() if _is_mirrored(head) else box.right()
    return QRect(left, box.top(), 1, box.height())


def dirty(head: QHeaderView, scrolled: int, height: int) -> QRect:
    """Return what must be painted anew after scrolling: where the first column was carried along, and where it is."""
    wide = head.sectionSize(first) + abs(scrolled) if (first := first_shown(head)) >= 0 else 0
    return QRect(head.viewport().width() - wide if _is_mirrored(head) else 0, 0, wide, height)


def over_help(event: QHelpEvent, by: int) -> QHelpEvent:
    """Return a question for a tool tip as if the pointer were where the first column would stand."""
    return QHelpEvent(event.type(), event.pos() - QPoint(by, 0), event.globalPos())


def over(event: QMouseEvent, by: int) -> QMouseEvent:
    """Return an event as if the pointer were where the first column would stand."""
    place = event.position() - QPointF(by, 0)
    buttons = (event.button(), event.buttons(), event.modifiers())
    return QMouseEvent(event.type(), place, event.globalPosition(), *buttons, event.pointingDevice())


def _is_mirrored(head: QHeaderView) -> bool:
    return head.layoutDirection() == Qt.LayoutDirection.RightToLeft

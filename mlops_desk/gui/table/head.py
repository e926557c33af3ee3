"""The titles of a table: what it is sorted by stands in them, with its place where there are several."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from mlops_desk.gui.models.listed import TableModel, place_in, with_order
from mlops_desk.gui.table import pinned
from mlops_desk.gui.theme import theme
from mlops_desk.kernel.view import Order

MARK_PX = 20
_ARROW_PX, _EDGE_PX, _NUMBER_PX = 7, 6, 6


class Head(QHeaderView):
    """A press sorts: up, down, none; with Ctrl the columns before stay. ``menu_wanted`` carries a column.

    The title of the first column stays in sight, and takes presses, drags and menus where it is drawn.
    """

    menu_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setStretchLastSection(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._held = 0  # how far beside its place the first title is drawn, while it is pressed there
        self.sectionClicked.connect(self._pressed)
        self.customContextMenuRequested.connect(self._want_menu)

    @Slot(int)
    def _pressed(self, column: int) -> None:
        is_added = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
        self.turn(column, is_added=is_added)

    def turn(self, column: int, *, is_added: bool = False) -> None:
        """Sort by a column, the other way round, or not any more; ``is_added`` keeps the other columns."""
        model = self.model()
        if isinstance(model, TableModel):
            model.sort_by(with_order(model.wish.order, model.columns[column].name, is_added=is_added))

    @Slot(QPoint)
    def _want_menu(self, place: QPoint) -> None:
        is_pinned = pinned.strip(self, self.height()).contains(place)
        column = pinned.first_shown(self) if is_pinned else self.logicalIndexAt(place)
        if column >= 0:
            self.menu_wanted.emit(column)

    # --- the first title ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles, and the first one over those that went under it."""
        super().paintEvent(event)
        box = pinned.strip(self, self.height())
        if box.intersects(event.rect()):
            painter = QPainter(self.viewport())
            painter.fillRect(box, theme().colour("bg.surface"))
            self.paintSection(painter, box, pinned.first_shown(self))
            painter.fillRect(pinned.edge(box, self), theme().colour("border.control"))
            painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say the first title's own tool tip where it is drawn."""
        if isinstance(event, QHelpEvent) and pinned.strip(self, self.height()).contains(event.pos()):
            return super().viewportEvent(pinned.over_help(event, pinned.shift(self)))
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press the first title where it is drawn."""
        is_pinned = pinned.strip(self, self.height()).contains(event.position().toPoint())
        self._held = pinned.shift(self) if is_pinned else 0
        super().mousePressEvent(pinned.over(event, self._held))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the first title wider, or elsewhere, from where it was pressed."""
        is_hovered = not event.buttons() and pinned.strip(self, self.height()).contains(event.position().toPoint())
        super().mouseMoveEvent(pinned.over(event, pinned.shift(self) if is_hovered else self._held))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the title that was pressed."""
        super().mouseReleaseEvent(pinned.over(event, self._held))
        self._held = 0

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the first column where the edge of its title is drawn."""
        is_pinned = pinned.strip(self, self.height()).contains(event.position().toPoint())
        super().mouseDoubleClickEvent(pinned.over(event, pinned.shift(self) if is_pinned else 0))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint a title, and beside it how it is sorted by."""
        model = self.model()
        assert isinstance(model, TableModel)
        number, order = place_in(model.wish.order, model.columns[logicalIndex].name)
        number = number if len(model.wish.order) > 1 else 0
        width = 0 if order is None else MARK_PX + (_NUMBER_PX if number else 0)
        painter.save()
        super().paintSection(painter, rect.adjusted(0, 0, -max(0, width - _EDGE_PX), 0), logicalIndex)
        painter.restore()
        if order is not None:
            self._paint_order(painter, rect.adjusted(rect.width() - width, 0, 0, 0), order, number)

    def _paint_order(self, painter: QPainter, box: QRect, order: Order, number: int) -> None:
        """Paint an arrow at the right edge, and before it the number where several columns count."""
        look = theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, look.colour("bg.surface"))
        painter.fillRect(box.adjusted(0, box.height() - 1, 0, 0), look.colour("border.subtle"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent.text"))
        middle = box.center().y()
        left, right = box.right() - _EDGE_PX - _ARROW_PX, box.right() - _EDGE_PX
        tip, foot = (middle + 3, middle - 1) if order.is_down else (middle - 2, middle + 2)
        corners = [(left, foot), (right, foot), ((left + right) / 2, tip)]
        painter.drawPolygon(QPolygonF([QPointF(*each) for each in corners]))
        if number:
            painter.setFont(look.font("caption", is_strong=True))
            painter.setPen(look.colour("accent.text"))
            side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(box.adjusted(0, 0, -_EDGE_PX - _ARROW_PX - 3, 0), side, str(number))
        painter.restore()

"""The rail at the left: the places in groups, never in another order; icons alone where the window is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.places import Place
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import tip, unmarked
from mlops_desk.kernel.words import _

Index = QModelIndex | QPersistentModelIndex
BadgeRole = Qt.ItemDataRole.UserRole + 1
MOST_COUNTED = 99
WIDE_PX, NARROW_PX = 196, 52
_ROW_PX, _CAPTION_PX = 32, 22
_BADGE_PX, _NARROW_BADGE_PX = 18, 14
_NO_INDEX = QModelIndex()


class PlacesModel(QAbstractListModel):
    """The places of the rail."""

    def __init__(self, places: Sequence[Place], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places = tuple(places)
        self.badges: dict[str, tuple[int, str]] = {}

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return how many places there are."""
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return title or the place itself."""
        if not index.isValid():
            return None
        place = self.places[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return place.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            number, words = self.badges.get(place.name, (0, ""))
            return f"{place.title}, {words}" if number else place.title
        if role == BadgeRole:
            return self.badges.get(place.name, (0, ""))[0]
        return place if role == Qt.ItemDataRole.UserRole else None

    def put_badge(self, name: str, number: int, words: str) -> None:
        """Show a number beside a place, with the words for those who hear it; 0 shows none."""
        row = next(row for row, place in enumerate(self.places) if place.name == name)
        if self.badges.get(name) != (number, words):
            self.badges[name] = (number, words)
            self.dataChanged.emit(self.index(row), self.index(row))

    def begins_group(self, row: int) -> bool:
        """Tell whether a place is the first of its group."""
        return row == 0 or self.places[row].group != self.places[row - 1].group


class PlaceDelegate(QStyledItemDelegate):
    """Paints one place, and over the first of a group its caption."""

    is_narrow = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Return the room of a place, with its group's caption if it begins one."""
        return QSize(NARROW_PX if self.is_narrow else WIDE_PX, theme().px(_ROW_PX) + self._head(index))

    def _head(self, index: Index) -> int:
        model = index.model()
        if not isinstance(model, PlacesModel) or not model.begins_group(index.row()):
            return 0
        has_caption = bool(model.places[index.row()].group) and not self.is_narrow
        return theme().px(_CAPTION_PX) if has_caption else (10 if index.row() else 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint caption, tint, bar, icon and title."""
        look, whole, head = theme(), QRect(option.rect), self._head(index)
        place: Place = index.data(Qt.ItemDataRole.UserRole)
        box = QRectF(whole.adjusted(8, head + 1, -8, -1))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._caption(painter, QRect(whole.left(), whole.top(), whole.width(), head), place.group)
        state = option.state
        is_chosen, is_over = (
            bool(state & QStyle.StateFlag.State_Selected),
            bool(state & QStyle.StateFlag.State_MouseOver),
        )
        if is_chosen or is_over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("bg.selected" if is_chosen else "bg.hover"))
            painter.drawRoundedRect(box, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and is_chosen:
            painter.setPen(QPen(look.colour("focus.ring"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        token = "accent.text" if is_chosen else "text.secondary"
        icon = icons.pixmap(place.icon, token, look.px(18))
        middle = box.center().y()
        left = box.left() + (box.width() - look.px(18)) / 2 if self.is_narrow else box.left() + 10
        painter.drawPixmap(round(left), round(middle - look.px(18) / 2), icon)
        if (number := index.data(BadgeRole)) > 0:
            self._badge(painter, box, str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+")
        if not self.is_narrow:
            painter.setFont(look.font("body", is_strong=is_chosen))
            painter.setPen(look.colour("text.primary" if is_chosen else "text.secondary"))
            room = box.adjusted(10 + look.px(18) + 10, 0, -6, 0)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), place.title)
        painter.restore()

    def _badge(self, painter: QPainter, box: QRectF, text: str) -> None:
        """Paint a number at the right, above the icon's corner where there is no room beside it."""
        look = theme()
        font = look.font("caption", is_strong=True)
        high = look.px(_NARROW_BADGE_PX if self.is_narrow else _BADGE_PX)
        if self.is_narrow:
            font.setPixelSize(round(high * 0.72))
        wide = max(high, QFontMetrics(font).horizontalAdvance(text) + 10 - 4 * self.is_narrow)
        top = box.top() + 1 if self.is_narrow else box.center().y() - high / 2
        pill = QRectF(box.right() - wide - (0 if self.is_narrow else 8), top, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent.solid"))
        painter.drawRoundedRect(pill, high / 2, high / 2)
        painter.setFont(font)
        painter.setPen(look.colour("accent.on"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)

    def _caption(self, painter: QPainter, box: QRect, text: str) -> None:
        if box.height() == 0:
            return
        look = theme()
        if not text or self.is_narrow:
            painter.setPen(look.colour("border.subtle"))
            painter.drawLine(box.left() + 16, box.center().y(), box.right() - 16, box.center().y())
            return
        painter.setFont(look.font("caption", is_strong=True))
        painter.setPen(look.colour("text.muted"))
        painter.drawText(
            box.adjusted(18, 0, 0, -3), int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), text
        )


class Rail(QFrame):
    """The rail; ``wanted`` carries the name of the place that was chosen."""

    wanted = Signal(str)
    project_wanted = Signal()

    def __init__(self, places: Sequence[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "rail")
        self.project = Button("", "project", "chevron-down", name=_("Project"))
        self.project.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._name = ""
        self.view = QListView()
        kind(self.view, "rail")
        self.view.setAccessibleName(_("Pages"))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMouseTracking(True)
        self.model = PlacesModel(places, self)
        self._delegate = PlaceDelegate(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(self._delegate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 8)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(8, 0, 8, 4)
        head.addWidget(self.project)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.project.clicked.connect(self.project_wanted)
        self.view.selectionModel().currentChanged.connect(self._changed)
        self.fold(is_narrow=False)

    def fold(self, *, is_narrow: bool) -> None:
        """Show icons alone, or icons and titles."""
        self._delegate.is_narrow = is_narrow
        self.setFixedWidth(theme().px(NARROW_PX if is_narrow else WIDE_PX))
        self.model.layoutChanged.emit()
        self._say()

    def say_project(self, name: str) -> None:
        """Show the name of the project."""
        self._name = name
        self._say()

    def _say(self) -> None:
        is_narrow = self._delegate.is_narrow
        room = theme().px(WIDE_PX) - 64
        cut = self.project.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        self.project.setText("" if is_narrow else unmarked(cut))
        self.project.setAccessibleName(_("Project: {name}", name=self._name))
        self.project.setToolTip(tip(self._name))

    def choose(self, name: str) -> None:
        """Mark a place as the one in front, without asking for it."""
        row = next((row for row, place in enumerate(self.model.places) if place.name == name), 0)
        chosen = self.view.selectionModel()
        chosen.blockSignals(True)
        self.view.setCurrentIndex(self.model.index(row))
        chosen.blockSignals(False)
        self.view.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _changed(self, now: QModelIndex) -> None:
        if now.isValid():
            self.wanted.emit(self.model.places[now.row()].name)

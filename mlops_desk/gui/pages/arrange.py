"""Arranging a home: which cards stand on it and in which order, kept on this machine for the role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _
from mlops_desk.workspace.homes import HOMES, MOST_CARDS


class ArrangeDialog(QDialog):
    """Every card there is, ticked if it stands on the home; ``arranged`` carries the names in order, none: as the role.

    Moving is by buttons and by dragging.
    """

    arranged = Signal(object)

    def __init__(self, role: str, titles: Mapping[str, str], shown: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Cards of this home"))
        self.setMinimumSize(420, 480)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Cards"))
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        for name in [*shown, *(each for each in titles if each not in shown)]:
            item = QListWidgetItem(titles[name], self.list)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in shown else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(0)
        self._note = label("", "muted", wraps=True)
        self._up, self._down = Button(_("Up"), "", "arrow-up"), Button(_("Down"), "", "arrow-down")
        self._back = Button(_("Back to the role's own"), "quiet")
        self.save = Button(_("Arrange"), "main")
        self._lay_out(role)
        self.list.itemChanged.connect(self._count)
        self._up.clicked.connect(self._move_up)
        self._down.clicked.connect(self._move_down)
        self._back.clicked.connect(self._as_role)
        self.save.clicked.connect(self._save)
        self._count()

    def _lay_out(self, role: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        if role in HOMES:
            words = _("Home of {role}, for you on this machine", role=role_name(role))
            column.addWidget(label(words, "section", wraps=True))
        column.addWidget(self.list, 1)
        column.addWidget(self._note)
        foot = QHBoxLayout()
        for each in (self._up, self._down, self._back):
            foot.addWidget(each)
        foot.addStretch(1)
        foot.addWidget(self.save)
        column.addLayout(foot)

    @property
    def chosen(self) -> list[str]:
        """The names of the ticked cards, in order."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return [each.data(Qt.ItemDataRole.UserRole) for each in items if each.checkState() == Qt.CheckState.Checked]

    @Slot()
    def _count(self) -> None:
        count = len(self.chosen)
        self.save.setEnabled(0 < count <= MOST_CARDS)
        self._note.setText(
            _("Choose one card at least.") if not count else _("{n} chosen; {most} at most.", n=count, most=MOST_CARDS)
        )

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count() and place >= 0:
            item = self.list.takeItem(place)
            self.list.insertItem(place + step, item)
            self.list.setCurrentRow(place + step)

    @Slot()
    def _as_role(self) -> None:
        self.arranged.emit([])
        self.accept()

    @Slot()
    def _save(self) -> None:
        self.arranged.emit(self.chosen)
        self.accept()

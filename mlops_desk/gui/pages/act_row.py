"""What can be done with a record, as a row of buttons: as many as there is room for, the rest in a menu."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import unmarked
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.words import _

BUTTONS_SHOWN = 3
_BETWEEN_PX = 8


class ActRow(QWidget):
    """The acts that fit one record."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._about: tuple[str, str, Any] = ("", "", None)
        self._offered = ("", 0)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BETWEEN_PX)

    def clear(self) -> None:
        """Offer nothing."""
        self._offered = ("", 0)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def enter(self) -> None:
        """Put the focus on the first act, where there is one."""
        buttons = [each for each in self.findChildren(Button) if not each.isHidden()]
        if buttons:
            buttons[0].setFocus()

    def offer(self, noun: str, id_: str, row: Any, room: int) -> None:
        """Offer what can be done with a row, as buttons within so many pixels."""
        from mlops_desk.gui import acts

        self._about = (noun, id_, row)
        if (noun, room) == self._offered:
            return  # news of the same record: the button that has the focus stays
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.clear()
        self._offered = (noun, room)
        fitting = acts.acts_for(noun)
        more = Button("", "quiet", "ellipsis", name=_("More that can be done"))
        more.chosen.connect(self._more)
        for number, act in enumerate(fitting[:BUTTONS_SHOWN]):
            button = Button(acts.button_text(act, noun), "main" if number == 0 else "", stands_for=act)
            room -= _wanted_px(button)
            is_last = number + 1 == len(fitting)
            if number and room < (0 if is_last else _wanted_px(more)):
                break
            button.chosen.connect(self.begin)
            self._row.addWidget(button)
        more.stands_for = fitting[self._row.count() :]
        if more.stands_for:
            self._row.addWidget(more)
        self._row.addStretch()
        if had_focus:
            self.enter()

    @Slot(object)
    def _more(self, fitting: list[type[Act]]) -> None:
        """Show the acts that have no button as a menu below the button."""
        from mlops_desk.gui import acts

        button = self.sender()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for act in fitting:
            menu.addAction(unmarked(acts.button_text(act, self._about[0]))).setData(act)
        menu.triggered.connect(self._chosen)
        over = button if isinstance(button, QWidget) else self
        menu.popup(over.mapToGlobal(QPoint(0, over.height())))

    @Slot(object)
    def _chosen(self, action: Any) -> None:
        self.begin(action.data())

    @Slot(object)
    def begin(self, act: type[Act]) -> None:
        """Begin one of the acts."""
        begin(self._desk, act, *self._about)


def _wanted_px(button: Button) -> int:
    button.ensurePolished()
    return button.sizeHint().width() + _BETWEEN_PX


def begin(desk: Desk, act: type[Act], noun: str, id_: str, row: object = None) -> None:
    """Begin an act on a row: done at once where nothing is left to ask, else its form is opened."""
    from mlops_desk.gui import acts

    given = acts.given_by(act, noun, id_, row)
    if acts.is_at_once(act, given):
        desk.do(act(**given))
    else:
        desk.fill_in(act, given)

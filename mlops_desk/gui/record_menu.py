"""The menu *Record*: what can be done with the record that is chosen, from the same commands as everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow


class RecordMenu(QObject):
    """Fills the menu anew each time it is opened."""

    def __init__(self, window: MainWindow, menu: QMenu) -> None:
        super().__init__(menu)
        self._window, self._menu = window, menu
        self._line = QAction(self)
        self._line.setSeparator(True)
        self._fitting: list[QAction] = []
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        for action in (self._line, *self._fitting):
            self._menu.removeAction(action)
        self._fitting = self._fits()
        for action in (self._line, *self._fitting) if self._fitting else ():
            self._menu.addAction(action)

    def _fits(self) -> list[QAction]:
        """Return the commands of the acts that fit the chosen record; none before the acts are loaded."""
        chosen = self._window.inspector.chosen
        if chosen is None:
            return []
        from mlops_desk.gui.act_commands import command_of
        from mlops_desk.gui.acts import acts_for

        names = [command_of(act) for act in acts_for(chosen.noun)]
        return [self._window.commands.actions[name] for name in names if name in self._window.commands.actions]

"""Every command of the window once: menus, keys and the list of keys are made from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.key_choice import keys_in_force, shown_key, why_no_key
from mlops_desk.kernel.words import _

LAST_KEPT = 5


def always() -> str:
    """Return no reason: the command can be run."""
    return ""


@dataclass(frozen=True)
class Command:
    """One command. ``reason`` says why it cannot be run now, empty if it can; ``named`` what it would do.

    ``parted`` commands begin a part of their menu.
    """

    id: str
    text: str
    run: Callable[[], object]
    menu: str
    key: str = ""
    icon: str = ""
    reason: Callable[[], str] = always
    in_menu: bool = True
    checked: Callable[[], bool] | None = None
    named: Callable[[], str] | None = None
    parted: bool = False


class _Action(QAction):
    """The action of one command."""

    def __init__(self, command: Command, parent: QObject) -> None:
        super().__init__(command.text.replace("&", "&&"), parent)
        self.command = command
        self.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if command.icon:
            icons.put(self, command.icon)
        self.setCheckable(command.checked is not None)
        self.setMenuRole(QAction.MenuRole.NoRole)
        self.triggered.connect(self._run)

    @Slot()
    def _run(self) -> None:
        if not self.command.reason():
            self.command.run()

    def look(self) -> None:
        """Be on or off, and say why."""
        reason = self.command.reason()
        self.setEnabled(not reason)
        self.setStatusTip(reason)
        self.setToolTip(reason or self.command.text)
        if self.command.named is not None:
            self.setText(self.command.named().replace("&", "&&"))
        if self.command.checked is not None:
            self.setChecked(self.command.checked())


class Commands(QObject):
    """The registry of one window.

    ``last`` are the commands run by the command box, the newest first; ``own_keys`` those that a person chose.
    """

    noted = Signal()
    keys_changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, _Action] = {}
        self.last: list[str] = []
        self.own_keys: dict[str, str] = {}
        self.menus: dict[str, QMenu] = {}

    @property
    def all(self) -> list[Command]:
        """Every command, in the order of its menu."""
        return [action.command for action in self.actions.values()]

    def add(self, commands: Iterable[Command]) -> None:
        """Take commands in."""
        for command in commands:
            action = _Action(command, self)
            self.actions[command.id] = action
            self._window.addAction(action)
        self.take_keys(self.own_keys)

    @property
    def usual_keys(self) -> dict[str, str]:
        """The key that each command has unless a person chose another, empty if it has none."""
        return {name: _portable(action.command.key) for name, action in self.actions.items()}

    @property
    def keys(self) -> dict[str, str]:
        """The key that each command has now, empty if it has none."""
        return keys_in_force(self.usual_keys, self.own_keys)

    def take_keys(self, own: Mapping[str, str]) -> None:
        """Give the commands the keys that a person chose; what can be no key is left out."""
        self.own_keys = {name: key for name, key in own.items() if not (key and why_no_key(key))}
        for name, key in self.keys.items():
            self.actions[name].setShortcut(QKeySequence(key))
        self.keys_changed.emit()

    def run(self, name: str) -> None:
        """Run a command by its id, if it can be run."""
        self.actions[name].trigger()

    def run_from_box(self, name: str) -> None:
        """Run a command that was chosen in the command box, and remember it as one of the last."""
        self.last = [name, *(each for each in self.last if each != name)][:LAST_KEPT]
        self.noted.emit()
        self.actions[name].look()
        self.run(name)

    def key_texts(self) -> dict[str, str]:
        """Return the key of every command that has one, as people of this system write it."""
        return {name: shown_key(key) for name, key in self.keys.items() if key}

    def fill(self, bar: QMenuBar, menus: Iterable[str]) -> None:
        """Build the menu bar."""
        for title in menus:
            menu = self.menus[title] = QMenu(title, bar)
            for action in self.actions.values():
                if action.command.menu == title and action.command.in_menu:
                    if action.command.parted:
                        menu.addSeparator()
                    menu.addAction(action)
            menu.aboutToShow.connect(self.look)
            bar.addMenu(menu)

    @Slot()
    def look(self) -> None:
        """Let each command look again whether it can be run."""
        for action in self.actions.values():
            action.look()

    def focus_keys(self) -> list[tuple[str, str]]:
        """Return key and words of what the field or table does that has the focus; they stay as they are."""
        return [
            ("Ctrl+Enter", _("Send the form")),
            ("Enter", _("Open the row in the inspector")),
            (_("Space"), _("Peek: show the row, the focus stays")),
            ("Ctrl+C", _("Copy the rows; with Shift also the titles")),
            ("F2", _("Edit the cell, or the record in its form")),
            ("Ctrl+Space", _("Choose one more row, or one less")),
            ("Shift+F10", _("What can be done with the cell, the row or the card")),
            ("Alt+Down", _("Values of this column, and its order")),
            ("Esc", _("Close the form, the box or the inspector, or clear the filter")),
        ]

    def listed_keys(self) -> list[tuple[str, str]]:
        """Return key and words of everything that has a key."""
        found = [(text, self.actions[name].command.text) for name, text in self.key_texts().items()]
        return found + self.focus_keys()


def _portable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)

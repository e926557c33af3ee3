"""The keys of all commands: looked at, looked for, and changed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mlops_desk.gui import tab_order
from mlops_desk.gui.commands import Commands
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.key_choice import key_text, own_with, owner_of, shown_key, why_no_key
from mlops_desk.gui.models.rows import RowsModel
from mlops_desk.gui.table.grid import Grid
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.words import _

_SIZE_PX = (640, 600)
_COLUMNS = (Column("words", _("Command")), Column("key", _("Key")), Column("menu", _("Menu")))
_LEAVES = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


@dataclass(frozen=True)
class KeyRow:
    """A command with its key; ``id`` is empty where the key belongs to whatever has the focus."""

    id: str
    words: str
    key: str
    menu: str


class KeyField(QLineEdit):
    """Takes the next keys pressed together instead of text; Tab and Esc leave it as everywhere."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setPlaceholderText(_("Press the new key"))
        self.setAccessibleName(_("New key"))

    def event(self, event: QEvent) -> bool:
        """Keep what is pressed from every command that has it now."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() not in _LEAVES:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell what was pressed."""
        if event.key() in _LEAVES and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        elif key := key_text(event.keyCombination()):
            self.setText(shown_key(key))
            self.pressed.emit(key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin anew."""
        super().focusInEvent(event)
        self.clear()


class KeysDialog(QDialog):
    """A line for each command; the chosen one gets the key that is pressed in the field below."""

    def __init__(self, desk: Desk, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keys"))
        self.setAccessibleName(_("Keys"))
        self._desk, self._commands = desk, commands
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Command, key or menu"))
        self.filter.setAccessibleName(_("Look for a command or key"))
        self.grid = Grid(_("Commands and their keys"))
        self.model = RowsModel(_COLUMNS, self)
        self.banner = Banner()
        self._said = label("", "secondary", wraps=True)
        self.field = KeyField()
        self.none = Button(_("No key"))
        self.usual = Button(_("Usual key"))
        self.all_usual = Button(_("All keys as usual"))
        self.close_button = Button(_("Close"), "main")
        self._lay_out()
        self._connect()
        self._show()
        self.grid.selectRow(0)
        self.resize(*(theme().px(each) for each in _SIZE_PX))

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Go with Tab as the dialog is read."""
        return tab_order.step_in(self, is_next=is_next)

    def _lay_out(self) -> None:
        self.grid.setModel(self.model)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        change = QHBoxLayout()
        for part in (self.field, self.none, self.usual):
            change.addWidget(part)
        column = QVBoxLayout()
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        for line in (self.filter, self.grid, self.banner, self._said):
            column.addWidget(line)
        column.setStretchFactor(self.grid, 1)
        column.addLayout(change)
        foot = QFrame()
        kind(foot, "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 12, 16, 12)
        row.addWidget(self.all_usual)
        row.addStretch(1)
        row.addWidget(self.close_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(column, 1)
        outer.addWidget(foot)
        for button in (self.none, self.usual, self.all_usual, self.close_button):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._show)
        self.grid.selectionModel().currentRowChanged.connect(self._offer)
        self.grid.entered_row.connect(self.field.setFocus)
        self.field.pressed.connect(self.choose)
        self.none.clicked.connect(self._take_away)
        self.usual.clicked.connect(self._as_usual)
        self.all_usual.clicked.connect(self._all_as_usual)
        self.banner.acted.connect(self._take_over)
        self.close_button.clicked.connect(self.accept)
        self._commands.keys_changed.connect(self._show)

    @property
    def chosen(self) -> str:
        """The command that is chosen, empty if none is or the line stands for none."""
        at = self.grid.currentIndex()
        return str(self.model.row(at.row()).id) if at.isValid() else ""

    @Slot()
    def _show(self) -> None:
        """Show what is looked for, and keep the chosen command."""
        before, sought = self.chosen, self.filter.text().casefold().split()
        keys = self._commands.key_texts()
        rows = [KeyRow(each.id, each.text, keys.get(each.id, ""), each.menu) for each in self._commands.all]
        rows += [KeyRow("", words, key, _("Where the focus is")) for key, words in self._commands.focus_keys()]
        fit = [
            each for each in rows if all(part in f"{each.words} {each.key} {each.menu}".casefold() for part in sought)
        ]
        self.model.show_rows(fit)
        self.grid.fit_columns(_COLUMNS)
        place = next((number for number, each in enumerate(fit) if each.id and each.id == before), 0)
        if fit:
            self.grid.selectRow(place)
        self._offer()

    @Slot()
    def _offer(self) -> None:
        """Say what can be changed of the chosen line."""
        name = self.chosen
        self.banner.hide()
        for part in (self.field, self.none, self.usual):
            part.setEnabled(bool(name))
        keys, usual = self._commands.keys, self._commands.usual_keys
        self.all_usual.setEnabled(bool(self._commands.own_keys))
        if not name:
            self._said.setText(
                _("The key of this line belongs to whatever has the focus; it stays.") if self.model.total else ""
            )
            return
        words = self._commands.actions[name].command.text
        self._said.setText(_("Key of “{command}”: press the new one in the field.", command=words))
        self.field.setAccessibleName(_("New key of {command}", command=words))
        self.none.setEnabled(bool(keys[name]))
        self.usual.setEnabled(keys[name] != usual[name])

    @Slot(str)
    def choose(self, key: str) -> None:
        """Give a key to the chosen command; what another has is asked for first."""
        if reason := why_no_key(key):
            self.banner.say(reason, _("Nothing was changed."), level="warn")
            return
        owner = owner_of(key, self._commands.keys)
        if owner and owner != self.chosen:
            words = self._commands.actions[owner].command.text
            said = _("{key} is the key of “{command}”.", key=shown_key(key), command=words)
            hint = _("If you take it, that command has no key.")
            self.banner.say(said, hint, level="warn", act=_("Take it"), stands_for=key)
        else:
            self._give(self.chosen, key)

    @Slot(object)
    def _take_over(self, key: str) -> None:
        self._give(self.chosen, key)

    @Slot()
    def _take_away(self) -> None:
        self._give(self.chosen, "")

    @Slot()
    def _as_usual(self) -> None:
        usual = self._commands.usual_keys[self.chosen]
        self.choose(usual) if usual else self._give(self.chosen, "")

    @Slot()
    def _all_as_usual(self) -> None:
        self._take({})
        announce(self, _("All commands have their usual keys."))

    def _give(self, name: str, key: str) -> None:
        commands = self._commands
        self._take(own_with(commands.usual_keys, commands.own_keys, name, key))
        words = commands.actions[name].command.text
        said = _("“{command}” has {key} now.", command=words, key=shown_key(key)) if key else ""
        self._said.setText(said or _("“{command}” has no key now.", command=words))
        announce(self, self._said.text())
        self.grid.setFocus()

    def _take(self, own: dict[str, str]) -> None:
        self._commands.take_keys(own)
        self._desk.keep_keys(self._commands.own_keys)

"""A keyboard and nothing else: keys go to whatever has the focus, as a person's do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from mlops_desk.gui.forms.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow

MOST_STEPS = 80


class Keyboard:
    """Types at whatever has the focus, and counts what it pressed."""

    def __init__(self, window: MainWindow, settled: Callable[[], None], qtbot: QtBot) -> None:
        self._window, self._settled, self._qtbot = window, settled, qtbot
        self.pressed = 0

    @property
    def at(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self._front()

    def _front(self) -> QWidget:
        return QApplication.activeModalWidget() or QApplication.activeWindow() or self._window

    def press(self, *keys: str) -> None:
        for each in keys:
            self._wake()
            combination = QKeySequence(each)[0]  # type: ignore[index]
            QTest.keyClick(self.at, combination.key(), combination.keyboardModifiers())
            self.pressed += 1
            self._settled()

    def _wake(self) -> None:
        """Be in front, as a desktop puts a dialog that opens, and the window when it has closed."""
        wanted = QApplication.activeModalWidget() or self._window
        if QApplication.activePopupWidget() is None and not wanted.isActiveWindow():
            wanted.activateWindow()
            self._qtbot.waitUntil(wanted.isActiveWindow)

    def type(self, text: str) -> None:
        self._wake()
        QTest.keyClicks(self.at, text)

    def tab_to(self, is_there: Callable[[QWidget], bool]) -> None:
        """Press Tab until the focus is where it is wanted."""
        self._wake()
        for _step in range(MOST_STEPS):
            if is_there(self.at):
                return
            self.press("Tab")
        raise AssertionError("Tab never came there")

    def tab_to_words(self, words: str) -> None:
        """Press Tab until the focus is on a control that is called so."""
        self.tab_to(lambda at: at.accessibleName().startswith(words))

    def choose(self, text: str, title: str, *last: str) -> None:
        """Type into the command box, go down to the line with a title, and press the last keys."""
        self.press("Ctrl+K")
        box = self._window.box
        assert box is not None
        self.type(text)
        self._qtbot.waitUntil(lambda: not box._pause.isActive() and not box._is_asking, timeout=5000)
        self._settled()
        titles = [each.title for each in box.list.lines]
        for _step in range(titles.index(title)):
            self.press("Down")
        self.press(*last)

    def run(self, name: str) -> None:
        """Choose a command in the box by its words."""
        title = self._window.commands.actions[name].command.text
        self.choose("> " + title.rstrip("…"), title, "Return")

    def pick(self, words: str) -> None:
        """Go down the menu that is open to a line, and choose it."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        for _step in range(MOST_STEPS):
            text = getattr(menu.activeAction(), "text", str)()  # none is active before the first key
            if text.replace("&", "") == words:
                self.press("Return")
                return
            self.press("Down")
        raise AssertionError(f"no line is called {words}")

    def fill(self, **values: str) -> None:
        """Go from field to field with Tab, and type where a value is wanted; a space at its end ticks or goes on."""
        form = self._window.form
        assert isinstance(form, Form)
        left = dict(values)
        self._wake()
        for _step in range(MOST_STEPS):
            if not left:
                return
            for name, row in form.rows.items():
                if name in left and (row.editor is self.at or row.editor.isAncestorOf(self.at)):
                    self._type_over(left.pop(name))
            self.press("Tab")
        raise AssertionError(f"Tab never came to {', '.join(left)}")

    def _type_over(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                QTest.keyClick(self.at, Qt.Key.Key_Return)
            self.type(line)

    def act(self, kind: str, *more: str, **values: str) -> None:
        """Begin an act in the box, fill in its form, send it, and press more keys where it asks first."""
        self.run(f"act-{kind}")
        form = self._window.form
        assert isinstance(form, Form)
        self.fill(**values)
        self.press("Ctrl+Return", *more)
        assert QApplication.activeModalWidget() is None, self._refused()

    def _refused(self) -> str:
        form = self._window.form
        assert isinstance(form, Form)
        return " ".join([form.banner.sentence, *(row.fault for row in form.rows.values())])

"""The child of test_real_window: the program's own window, which says where things are and what it shows.

It does nothing to the window: clicks, keys and drags come from the X server.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QListView, QTabBar, QTableView, QWidget

from mlops_desk.gui.app import application, open_window
from mlops_desk.gui.turns import turns

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow

_TICK_MS = 10


class Teller(QObject):
    """Answers one question after the other, on the UI thread; the end of the questions closes the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._asked: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        timer = QTimer(self, interval=_TICK_MS)
        timer.timeout.connect(self._answer)
        timer.start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._asked.put(json.loads(line))
        self._asked.put(None)

    def _answer(self) -> None:
        if self._asked.empty():
            return
        asked = self._asked.get()
        if asked is None:
            self._window.close()
            return
        print(json.dumps(getattr(self, asked[0])(*asked[1:])), flush=True)

    def is_at_rest(self) -> bool:
        """Tell whether a project is open and every question has been answered."""
        desk = self._window.desk
        return desk.is_open and desk.tasks.is_idle and turns().is_idle and self._window.isVisible()

    def platform(self) -> str:
        """Return on what the window is shown."""
        return QApplication.platformName()

    def where(self, name: str) -> list[int] | None:
        """Return the middle of what has a name, on the screen: a control, a tab or a place of the rail."""
        for widget in QApplication.allWidgets():
            if not widget.isVisible() or not widget.isEnabled():
                continue
            if isinstance(widget, QTabBar):
                for number in range(widget.count()):
                    if widget.tabText(number) == name:
                        return _on_screen(widget, widget.tabRect(number).center())
            elif isinstance(widget, QListView):
                model = widget.model()
                for row in range(model.rowCount()):
                    if model.index(row, 0).data() == name:
                        return _on_screen(widget.viewport(), widget.visualRect(model.index(row, 0)).center())
            elif name in (_name(widget), widget.text() if isinstance(widget, QAbstractButton) else ""):
                return _on_screen(widget, widget.rect().center())
        return None

    def focus(self) -> str:
        """Return the name of what has the keyboard."""
        widget = QApplication.focusWidget()
        return _name(widget) if widget is not None else ""

    def rows(self) -> list[str]:
        """Return the first column of the table in front."""
        grid = self._grid()
        model = grid.model() if grid is not None else None
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())] if model is not None else []

    def row_at(self, number: str) -> list[int] | None:
        """Return where a row of the table in front stands."""
        grid = self._grid()
        return (
            _on_screen(grid.viewport(), grid.visualRect(grid.model().index(int(number), 0)).center()) if grid else None
        )

    def edge(self) -> list[int] | None:
        """Return where the right edge of the first column's heading stands."""
        grid = self._grid()
        if grid is None:
            return None
        header = grid.horizontalHeader()
        return _on_screen(header, QPoint(header.sectionViewportPosition(0) + header.sectionSize(0) - 2, 8))

    def column_width(self) -> int:
        """Return how wide the first column is."""
        grid = self._grid()
        return grid.horizontalHeader().sectionSize(0) if grid is not None else 0

    def handle(self) -> list[int] | None:
        """Return where the line between page and inspector stands."""
        handle = self._window.split.handle(self._window.split.count() - 1)
        return _on_screen(handle, handle.rect().center()) if handle.isVisible() else None

    def inspector_width(self) -> int:
        """Return how wide the inspector is, 0 where it is closed."""
        return self._window.inspector.width() if self._window.inspector.isVisible() else 0

    def _grid(self) -> QTableView | None:
        shown = [each for each in self._window.stack.findChildren(QTableView) if each.isVisible()]
        return shown[0] if shown else None


def _name(widget: QWidget) -> str:
    interface: Any = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name)) if interface is not None else ""


def _on_screen(widget: QWidget, place: QPoint) -> list[int]:
    at = widget.mapToGlobal(place)
    return [at.x(), at.y()]


def main(folder: str, left: str, width: str, height: str) -> int:
    """Be the program with its window at a place of the screen."""
    app = application()
    QAccessible.setActive(True)
    window = open_window(folder)
    window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    window.setGeometry(int(left), 0, int(width), int(height))
    window.show()
    Teller(window)
    status = app.exec()
    window.desk.close()
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""How the window is left and found again: its frame, the inspector, the page; safe where the screen has shrunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Slot
from PySide6.QtGui import QGuiApplication

from mlops_desk.gui.places import places
from mlops_desk.kernel.settings import WindowState

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow

FIRST = "home"


def fitted(kept: WindowState, room: QRect, smallest: tuple[int, int]) -> QRect:
    """Return a kept frame within the room that a screen has: never larger than it, and wholly on it."""
    width = min(max(kept.width, smallest[0]), max(room.width(), smallest[0]))
    height = min(max(kept.height, smallest[1]), max(room.height(), smallest[1]))
    left = max(room.left(), min(kept.left, room.left() + room.width() - width))
    top = max(room.top(), min(kept.top, room.top() + room.height() - height))
    return QRect(left, top, width, height)


class WindowKeeper(QObject):
    """Keeps how the window is left when its project is left, and restores it when the project opens."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.desk.leaving.connect(self.keep)

    def restore_frame(self, kept: WindowState) -> None:
        """Stand where the window stood, before it is shown."""
        if not kept.width:
            return
        window = self._window
        place = QRect(kept.left, kept.top, kept.width, kept.height)
        screen = QGuiApplication.screenAt(place.center()) or QGuiApplication.primaryScreen()
        smallest = (window.minimumWidth(), window.minimumHeight())
        window.setGeometry(fitted(kept, screen.availableGeometry(), smallest))
        if kept.is_maximized:
            window.showMaximized()

    def restore_inside(self) -> None:
        """Go where the person was in this project, or home; called once it is open."""
        window, kept = self._window, self._window.desk.left
        if kept.inspector_px:
            window.beside.keep_width(kept.inspector_px)
            window.beside.opens_by_itself = kept.opens_inspector
        is_known = kept.place in {each.name for each in places()}
        window.go(kept.place if is_known else FIRST, kept.tab)
        page = window.stack.page
        if window.stack.place != FIRST and (page is None or not page.has_table):
            window.go(FIRST)  # nothing would fill that page, and much waits for the first answer

    @Slot()
    def keep(self) -> None:
        """Remember how the window is left, while its project is open still."""
        window = self._window
        frame, spot = window.normalGeometry() if window.isMaximized() else window.geometry(), window.where.spot
        if spot.place:
            window.desk.keep_window(
                WindowState(
                    left=frame.left(),
                    top=frame.top(),
                    width=frame.width(),
                    height=frame.height(),
                    is_maximized=window.isMaximized(),
                    inspector_px=window.beside.width_px,
                    opens_inspector=window.beside.opens_by_itself,
                    place=spot.place,
                    tab=spot.tab,
                    goals_period=window.desk.left.goals_period,
                )
            )

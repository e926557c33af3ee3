"""Pictures of every page in both themes, for the manual and for eyes that look for what tests do not see."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desk.gui.app import application, pause
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.places import places
from mlops_desk.gui.tasks import Tasks
from mlops_desk.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

USUAL, SMALL = (1280, 800), (1024, 640)
THEMES = ("light", "dark")
_PATIENCE_MS, _TICK_MS, _REST_MS = 30_000, 20, 120


def write_shots(folder: Path, workspace_folder: Path, size: tuple[int, int] = USUAL) -> list[Path]:
    """Write a picture of every tab of every page, and of the form of its main act; return the files.

    Raises:
        TimeoutError: the project did not open or a page did not come to rest.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    application()
    desk = Desk(Tasks())
    window = MainWindow(desk)
    window.resize(*size)
    window.show()
    desk.open(workspace_folder)
    _wait(lambda: desk.is_open)
    _rest(desk)
    files: list[Path] = []
    for look in THEMES:
        theme().choose(look)
        for place in places():
            files += _place(window, place.name, folder, look)
    window.close()
    desk.close()
    return files


def _place(window: MainWindow, name: str, folder: Path, look: str) -> list[Path]:
    window.go(name)
    _rest(window.desk)
    page = window.stack.page
    files = [_grab(window, folder / f"{name}-{look}.png")]
    if not isinstance(page, AreaPage):
        return files
    for _area, listing in page.tabs:
        page.turn_to(listing.noun)
        _rest(window.desk)
        if page.table is not None and page.table.model.rowCount():
            page.table.grid.clearSelection()
            page.table.row_chosen.emit(page.table.model.row(0))
            page.table.grid.selectRow(0)
            _rest(window.desk)
        files.append(_grab(window, folder / f"{name}-{listing.noun}-{look}.png"))
        window.inspector.hide()
    return files


def _grab(window: MainWindow, file: Path) -> Path:
    window.grab().save(str(file))
    return file


def _rest(desk: Desk) -> None:
    """Wait until every question is answered and what was shown is laid out."""
    pause(_REST_MS)
    _wait(lambda: desk.tasks.is_idle)
    pause(_REST_MS)


def _wait(until: Callable[[], bool]) -> None:
    for _number in range(_PATIENCE_MS // _TICK_MS):
        if until():
            return
        pause(_TICK_MS)
    message = "the window did not come to rest"
    raise TimeoutError(message)

"""Pictures of all that the window shows, in both themes: for the manual, and for eyes that see what tests do not."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from mlops_desk.gui import acts
from mlops_desk.gui.app import application, pause
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.inbox import TABS, InboxPage
from mlops_desk.gui.pages.sql import SqlDialog
from mlops_desk.gui.places import places
from mlops_desk.gui.tasks import Tasks
from mlops_desk.gui.theme import theme
from mlops_desk.gui.turns import turns
from mlops_desk.workspace.homes import HOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USUAL, SMALL = (1280, 800), (1024, 640)
THEMES = ("light", "dark")
_DIALOGS = (
    *(
        "ask",
        "as-of",
        "export",
        "schedule",
        "gate",
        "serve",
        "seal",
        "create",
        "keys",
        "get",
        "team-copy",
        "token",
        "invite",
    ),
    *("recovery-key", "recover", "renew", "moved", "objects-place"),
)
_TYPED = {
    "empty": "",
    "found": "loan",
    "commands": ">",
    "records": "#type:run",
    "people": "@",
    "help": "?",
    "filter": "/",
}
_PATIENCE_MS, _TICK_MS, _REST_MS = 30_000, 20, 120


def write_shots(folder: Path, workspace_folder: Path, size: tuple[int, int] = USUAL) -> list[Path]:
    """Write every page with its tabs and inspector, every home, form and dialog; return the files.

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
    files: list[Path] = []
    for look in THEMES:
        theme().choose(look)
        files.append(_grab(window, folder / f"start-{look}.png"))
    desk.open(workspace_folder)
    _wait(lambda: desk.is_open)
    _rest(desk)
    for look in THEMES:
        theme().choose(look)
        files += [_grab(shown, folder / f"{name}-{look}.png") for name, shown in _everything(window)]
    window.close()
    desk.close()
    return files


def _everything(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    for place in places():
        yield from _place(window, place.name)
    yield from _homes(window)
    yield from _box(window)
    yield from _peek(window)
    yield from _forms(window)
    yield from _dialogs(window)


def _place(window: MainWindow, name: str) -> Iterator[tuple[str, QWidget]]:
    window.go(name)
    _rest(window.desk)
    page = window.stack.page
    if isinstance(page, InboxPage):
        for tab in TABS:
            page.turn_to(tab)
            _rest(window.desk)
            yield f"{name}-{tab}", window
        return
    if not isinstance(page, AreaPage) or not page.tabs:
        yield name, window
        return
    for _area, listing in page.tabs:
        page.turn_to(listing.noun)
        _rest(window.desk)
        yield f"{name}-{listing.noun}", window
        if page.table is not None and page.table.model.rowCount():
            page.table.grid.clearSelection()
            page.table.row_chosen.emit(page.table.model.row(0))
            page.table.grid.selectRow(0)
            _rest(window.desk)
            yield f"{name}-{listing.noun}-chosen", window
        window.beside.leave()


def _homes(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show the home of each role; whoever sits here is shown it, held or not."""
    from dataclasses import replace

    desk = window.desk
    was = desk.who
    assert was is not None
    window.go("home")
    for role in HOMES:
        desk.who = replace(was, acting=role)
        desk.who_changed.emit()
        _rest(desk)
        yield f"home-{role}", window
    desk.who = was
    desk.who_changed.emit()


def _box(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show the command box with each of its prefixes, and with what is found in everything."""
    window.go("goals", "kpi")
    for name, text in _TYPED.items():
        window.open_box(text)
        _rest(window.desk)
        yield f"box-{name}", window
        if window.box is not None:
            window.box.close_box()


def _peek(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show a row of a table in the inspector while the focus stays in the table."""
    window.go("experiments", "run")
    _rest(window.desk)
    page = window.stack.page
    if page is not None and page.table is not None and page.table.model.rowCount():
        page.table.grid.setFocus()
        page.table.grid.selectRow(0)
        page.table.grid.peeked_row.emit()
        _rest(window.desk)
        yield "peek", window


def _forms(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    for act in acts.all_acts():
        window.desk.fill_in(act)
        _rest(window.desk)
        if window.form is not None:
            yield f"form-{'-'.join(act.command)}", window.form
            window.form.close()


def _dialogs(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Show what the menu Tools opens, and the forms that no act describes."""
    for name in _DIALOGS:
        window.commands.run(name)
        _rest(window.desk)
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                if isinstance(dialog, SqlDialog):
                    dialog.ask()
                    _rest(window.desk)
                yield f"dialog-{name}", dialog
                dialog.close()
    panel = window.status.show_team_copy()
    yield "panel-team-copy", panel
    panel.close()
    tray = window.status.show_tasks()
    yield "panel-tasks", tray
    tray.close()


def _grab(shown: QWidget, file: Path) -> Path:
    shown.grab().save(str(file))
    return file


def _rest(desk: Desk) -> None:
    """Wait until every question is answered and what was shown is laid out."""
    pause(_REST_MS)
    _wait(lambda: desk.tasks.is_idle and turns().is_idle)
    pause(_REST_MS)


def _wait(until: Callable[[], bool]) -> None:
    for _number in range(_PATIENCE_MS // _TICK_MS):
        if until():
            return
        pause(_TICK_MS)
    message = "the window did not come to rest"
    raise TimeoutError(message)


if __name__ == "__main__":
    sys.stdout.write("".join(f"{file}\n" for file in write_shots(Path(sys.argv[1]), Path(sys.argv[2]))))

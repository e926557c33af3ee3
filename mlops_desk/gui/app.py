"""The window as a program: look, fonts, one loop, and an end that leaves nothing half done."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desk.kernel.address import SCHEME
from mlops_desk.kernel.display import has_display
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from mlops_desk.gui.main_window import MainWindow

COLLECT_MS = 500
SWITCH_S = 0.001  # how long a worker may go on in Python before the UI thread gets its turn; 5 ms by default
_AGED_EVERY, _WHOLE_EVERY, _SETTLED_AT = 4, 120, 12
_COLLECTOR = "collector"
_TRANSLATOR = "words of Qt"


def start(folder: str = "", me: str = "", address: str = "") -> int:
    """Open the window on a project folder, at an address, or on the last project; return the exit code."""
    if not has_display():
        sentence = _("There is no display for a window; `mlops-desk --help` lists what the command line can do.")
        sys.stderr.write(f"{sentence}\n")
        return 1
    app = application()
    window = open_window(folder, me, address)
    window.failures.watch()
    window.show()
    status = app.exec()
    window.desk.close()
    if window.desk.tasks.has_left:  # everything is given back; a question that nobody could end must not hold it up
        sys.stdout.flush()
        os._exit(int(status))
    return int(status)


def application() -> QApplication:
    """Return the one application in its look; made if there is none."""
    from PySide6.QtWidgets import QApplication

    from mlops_desk.gui.theme import theme
    from mlops_desk.kernel import settings, words

    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("mlops-desk")
    app.setApplicationDisplayName("MLOps Desk")
    speak(app, words.language())
    kept = settings.load()
    theme().choose(kept.theme, kept.density, kept.text_zoom)
    _collect_here(app)
    return app


def speak(app: QApplication, language: str) -> None:
    """Let Qt's own words, such as those of its file dialogs, be those of the desk's language, from Qt's catalogues."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    for known in app.findChildren(QTranslator, _TRANSLATOR):
        app.removeTranslator(known)
        known.deleteLater()
    translator = QTranslator(app)
    translator.setObjectName(_TRANSLATOR)
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


def open_window(folder: str = "", me: str = "", address: str = "") -> MainWindow:
    """Return the window, on its way to a project: the one named, that of an address, else the one opened last.

    A worker opens the project while the window is made.
    """
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.tasks import Tasks
    from mlops_desk.kernel import settings

    remembered = settings.load()
    projects = {id_: each for id_, each in remembered.projects.items() if each.folder}
    known = {each.folder: each.window for each in projects.values()}
    recent, desk = list(known), Desk(Tasks())
    there = next((each.folder for id_, each in projects.items() if address.startswith(f"{SCHEME}{id_}/")), "")
    wanted = folder or next((each for each in (there, *recent) if each and (Path(each) / "desk.toml").is_file()), None)
    if wanted:
        desk.open(Path(wanted), me)
    else:
        desk.tasks.run(_warm, on_lane=True)
    window = MainWindow(desk, recent)
    window.commands.take_keys(remembered.keys)
    if wanted in known:
        window.keeper.restore_frame(known[wanted])
    if address:
        window.where.arrive(address)
    return window


def _warm(*_ignored: object) -> None:
    # On a worker, so that creating and getting a project do not wait for it.
    import mlops_desk.gui.pages.team_sheets
    import mlops_desk.workspace  # noqa: F401


def _collect_here(app: QApplication) -> None:
    """Collect garbage on the UI thread alone: a widget that dies on a worker ends the program."""
    from PySide6.QtCore import QTimer

    sys.setswitchinterval(SWITCH_S)
    gc.disable()
    if app.findChild(QTimer, _COLLECTOR) is None:
        timer = QTimer(app, interval=COLLECT_MS)
        timer.setObjectName(_COLLECTOR)
        timer.timeout.connect(partial(_collect, count(1)))
        timer.start()
        atexit.register(gc.unfreeze)


def _collect(turns: count[int]) -> None:
    """Collect what is young each time, what has aged every two seconds, and everything once a minute.

    What is loaded in the first seconds stays for good: looking through it even once would hold the window up. Going
    often through little is what nobody feels.
    """
    turn = next(turns)
    if turn <= _SETTLED_AT:
        gc.freeze()
    else:
        gc.collect(2 if turn % _WHOLE_EVERY == 0 else 1 if turn % _AGED_EVERY == 0 else 0)


def pause(milliseconds: int) -> None:
    """Let the loop run for a while: for tools that watch the window, never for the window itself."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

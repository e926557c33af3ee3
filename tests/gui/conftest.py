"""What tests of the window share: a real project, the real window, and guards that fail on what must never happen."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

import mlops_desk.gui
from mlops_desk.gui.app import application
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.tasks import Tasks
from mlops_desk.gui.theme import theme
from mlops_desk.gui.turns import turns
from mlops_desk.kernel import clock, secrets
from mlops_desk.projection.database import Database
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Founder, Workspace, found, machine
from mlops_desk.workspace.project import load
from tests.gui.keyboard import Keyboard
from tests.gui.lived import live
from tests.gui.table_of_kpis import LISTING, ROWS
from tests.gui.team import Team, home_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from pytestqt.qtbot import QtBot

    from mlops_desk.kernel.act import Act

HERE = Path(__file__).parent
ROOM = str(Path(mlops_desk.gui.__file__).parent)
HARMLESS = r"This plugin does not support (propagateSizeHints\(\)|raise\(\)|grabbing the keyboard)"
ALL_ROLES = (
    "data-scientist",
    "ai-architect",
    "ml-engineer",
    "data-engineer",
    "software-engineer",
    "product-designer",
    "domain-expert",
    "ai-ethics",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("MLOPS_DESK_HOME", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """Return the folder of a project of Ana, who holds all eight roles."""
    folder = tmp_path / "loan"
    found(folder, "Loan", "Decide on loans in one hour.", Founder("Ana Lima", "ana@example.org", ALL_ROLES))
    return folder


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    application()
    theme().choose("light")
    made = Desk(Tasks())
    yield made
    made.close()
    gc.collect()


@pytest.fixture
def kpis(desk: Desk, qtbot: QtBot) -> Table:
    """Return a table of three rows by itself, shown, with the focus in its filter line."""
    made = Table(desk, LISTING)
    made.setObjectName(MEANT)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.filter.setFocus()
    made.show_rows(ROWS, clock.now())
    return made


@pytest.fixture
def window(desk: Desk, project: Path, qtbot: QtBot) -> MainWindow:
    """Return the real window, shown, on the real project."""
    made = MainWindow(desk)
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitSignal(desk.opened, timeout=15_000):
        desk.open(project)
    settle(desk, qtbot)
    return made


@pytest.fixture
def keyboard(window: MainWindow, settled: Callable[[], None], qtbot: QtBot) -> Keyboard:
    """Return the keyboard before the window, once its commands are there."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    settled()
    assert "act-kpi.add" in window.commands.actions
    return Keyboard(window, settled, qtbot)


def settle(desk: Desk, qtbot: QtBot) -> None:
    """Wait until every question and act under way has been answered, and the answers are shown."""
    qtbot.waitUntil(lambda: desk.tasks.is_idle and turns().is_idle, timeout=45_000)
    QApplication.sendPostedEvents()  # what was just put into a layout is shown by one of them


@pytest.fixture
def settled(desk: Desk, qtbot: QtBot) -> Callable[[], None]:
    return lambda: settle(desk, qtbot)


@pytest.fixture
def elsewhere(project: Path) -> Callable[..., None]:
    """Return how another process of this machine does acts: a workspace of its own."""

    def do(*acts: Act) -> None:
        with Workspace(project) as workspace:
            for act in acts:
                workspace.do(act)

    return do


class Strays(QObject):
    """Notes every widget that is shown as a window of its own though it is none."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and not isinstance(watched, MainWindow):
            is_meant = watched.windowType() in KNOWN_WINDOWS or watched.objectName() == MEANT
            if watched.isWindow() and not is_meant:
                self.seen.append(type(watched).__name__)
        return False


MEANT = "shown by the test itself"
KNOWN_WINDOWS = (Qt.WindowType.Dialog, Qt.WindowType.Popup, Qt.WindowType.ToolTip, Qt.WindowType.Sheet)


@pytest.fixture(autouse=True)
def no_stray_windows(qapp: QApplication) -> Iterator[None]:
    """Fail a test in which a widget flashes up as a window because it was shown before it had a parent."""
    strays = Strays()
    qapp.installEventFilter(strays)
    yield
    qapp.removeEventFilter(strays)
    assert strays.seen == []


@pytest.fixture(autouse=True)
def nothing_slow_on_the_ui_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test in which the UI thread asks the store, git or the keychain while the window is shown.

    Tests themselves run on that thread; they announce their own calls by going through
    ``elsewhere`` or through fixtures that run before the window is made.
    """
    seen: list[str] = []
    guards = [(Reader, "sql"), (Reader, "_select"), (Database, "sql"), (secrets, "_keychain"), (subprocess, "Popen")]
    for owner, name in guards:
        monkeypatch.setattr(owner, name, _guarded(getattr(owner, name), name, seen))
    yield seen
    assert seen == [], f"the UI thread waited for: {seen}"


def _guarded(call: Callable[..., object], name: str, seen: list[str]) -> Callable[..., object]:
    def guarded(*values: object, **named: object) -> object:
        if threading.current_thread() is threading.main_thread() and _is_window_at_work():
            seen.append(name)
        return call(*values, **named)

    return guarded


def _is_window_at_work() -> bool:
    """Tell whether the call comes from code of the window rather than from the test beside it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(ROOM):
            return True
        frame = frame.f_back
    return False


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once a project in which something of everything was recorded."""
    base = tmp_path_factory.mktemp("lived")
    with home_of(base / "home"):
        live(base / "loan")
    return base


@pytest.fixture
def lived(lived_once: Path, tmp_path: Path, home: Path) -> Path:
    """Return the folder of such a project, for a test alone."""
    shutil.copytree(lived_once, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cache"))
    made = load(tmp_path / "loan")
    for device in made.own_devices():
        machine.settle(made, device)  # this copy is the machine now
    return made.folder


@pytest.fixture(scope="session")
def three_machines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make once what every test of a team begins with: Ana's machine, Ben's, and the team copy between them."""
    base = tmp_path_factory.mktemp("team")
    with home_of(base / "home"):
        found(base / "loan", "Loan", "Decide on loans in one hour.", Founder("Ana Lima", "ana@example.org", ALL_ROLES))
        team = Team(base)
        team.begin()
        team.join()
        team.admit()
    return base


@pytest.fixture
def team(three_machines: Path, tmp_path: Path, home: Path) -> Team:
    """Return Ana's project with its team copy, and Ben, who is a member on a machine of his own."""
    shutil.copytree(three_machines, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cache"))
    for kept in tmp_path.glob("*home/data/settings.json"):
        kept.write_text(kept.read_text().replace(str(three_machines), str(tmp_path)))
    for folder, project in ((home, "loan"), (tmp_path / "ben-home", "ben")):
        with home_of(folder):
            made = load(tmp_path / project)
            for device in made.own_devices():
                machine.settle(made, device)  # these copies are the machines now
    return Team(tmp_path)

"""Where this machine keeps what is private to it: data, cache, and a few remembered settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import platformdirs

from mlops_desk.kernel import wire
from mlops_desk.kernel.view import View

HOME_VARIABLE = "MLOPS_DESK_HOME"
_NAME = "mlops-desk"
_CHANGING = threading.RLock()  # acts and the exchange with the team copy remember things at the same time


def data_folder() -> Path:
    """Return the folder of private data: journals before they are shared, objects, keys."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "data" if home else Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Return the folder of everything that can be rebuilt."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "cache" if home else Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


class Seat(msgspec.Struct, kw_only=True):
    """What one member has looked at on this machine; never shared.

    ``seen`` are the ids of mentions that they have looked at, ``looked`` the number of the last entry of each device
    when they looked at the activity. ``aside`` are the keys of what they put aside in the inbox, with until when, in ms
    since 1970; 0 is until it changes. ``cards`` are the names of the cards on their home, by role, where they arranged
    them.
    """

    seen: list[str] = []
    looked: dict[str, int] = {}
    aside: dict[str, int] = {}
    cards: dict[str, list[str]] = {}


class WindowState(msgspec.Struct, kw_only=True, frozen=True):
    """How the window of a project was left: its frame in pixels, the inspector, the page with its tab.

    ``goals_period`` is how long the periods of the Goals page are, empty before anybody chose.
    """

    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0
    is_maximized: bool = False
    inspector_px: int = 0
    opens_inspector: bool = True
    place: str = ""
    tab: str = ""
    goals_period: str = ""


class ChartSettings(msgspec.Struct, kw_only=True, frozen=True):
    """What charts of KPIs show beside the readings: values marked as unusual, and the forecast with its band."""

    unusual: bool = True
    forecast: bool = True


class ProjectSettings(msgspec.Struct, kw_only=True):
    """What this machine remembers of one project; never shared.

    ``paths`` maps the id of a dataset version kept by reference to where its file lies here, ``witnesses``
    to what that file looked like when its sha256 was verified;
    ``key_hashes`` maps an environment to the salted hash of its API key; ``allowed_sql`` are the
    sha256 of SQL texts that others wrote and that may run here. ``remote`` is the address of the team copy
    that was typed here; ``trusted_configurations`` the digests of git configurations that may be used here;
    ``seats`` is what each member has looked at who sits here: one, in samples several;
    ``synced_ms`` when the last exchange ended; ``receives`` and ``sends`` whether the window does so by itself.
    ``objects_remote`` is the folder for objects that was typed here; ``window`` how its window was left.
    ``import_columns`` are the titles of the columns that were read of files with the same titles, by their digest;
    ``charts`` what charts of KPIs show; ``reads_sources`` whether the window reads KPIs by itself.
    """

    device: str = ""
    acting: str = ""
    paths: dict[str, str] = {}
    witnesses: dict[str, tuple[int, int, int, int]] = {}
    key_hashes: dict[str, str] = {}
    allowed_sql: list[str] = []
    folder: str = ""
    remote: str = ""
    trusted_configurations: list[str] = []
    synced_ms: int = 0
    receives: bool = True
    sends: bool = True
    objects_remote: str = ""
    import_columns: dict[str, dict[str, str]] = {}
    charts: ChartSettings = ChartSettings()
    reads_sources: bool = True
    seats: dict[str, Seat] = {}
    window: WindowState = WindowState()


class TableSettings(msgspec.Struct, kw_only=True):
    """What this machine remembers of one table: the last filters, newest first, and the person's views."""

    filters: list[str] = []
    views: list[View] = []


class Settings(msgspec.Struct, kw_only=True):
    """What this machine remembers: look, quiet hours such as ``20-8``, last commands, keys, tables, and projects.

    ``keys`` are those that a person gave to commands, by their ids: ``Ctrl+Shift+B``, or nothing for no key;
    ``tables`` are known by the words that list them; the projects opened here stand newest first.
    """

    theme: str = "system"
    text_zoom: int = 100
    density: str = "standard"
    quiet: str = ""
    last_commands: list[str] = []
    keys: dict[str, str] = {}
    tables: dict[str, TableSettings] = {}
    projects: dict[str, ProjectSettings] = {}


def _file() -> Path:
    return data_folder() / "settings.json"


def load() -> Settings:
    """Return the settings; a missing or damaged file gives the defaults."""
    try:
        return wire.read(_file().read_bytes(), Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save(settings: Settings) -> None:
    """Keep the settings, whole or not at all."""
    target = _file()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=1))
    part.replace(target)


def project(project_id: str) -> ProjectSettings:
    """Return what is remembered of one project."""
    return load().projects.get(project_id, ProjectSettings())


def remember(project_id: str, **values: object) -> None:
    """Change what is remembered of one project."""

    def change(settings: Settings) -> None:
        before = settings.projects.get(project_id, ProjectSettings())
        settings.projects[project_id] = msgspec.structs.replace(before, **values)

    change_all(change)


def remember_seat(project_id: str, member: str, **values: object) -> None:
    """Change what is remembered of what one member has looked at."""

    def change(settings: Settings) -> None:
        known = settings.projects.setdefault(project_id, ProjectSettings())
        before = known.seats.get(member, Seat())
        seats = known.seats | {member: msgspec.structs.replace(before, **values)}
        settings.projects[project_id] = msgspec.structs.replace(known, seats=seats)

    change_all(change)


def is_quiet(hours: str, hour: int) -> bool:
    """Tell whether an hour of the day lies within quiet hours such as ``20-8``; without any, none does."""
    begin, _dash, end = hours.partition("-")
    if not (begin.isdigit() and end.isdigit()):
        return False
    first, last = int(begin), int(end)
    return first <= hour < last if first <= last else hour >= first or hour < last


def change_table(name: str, change: Callable[[TableSettings], TableSettings]) -> TableSettings:
    """Change what is remembered of one table, and return it."""
    changed: list[TableSettings] = []

    def change_one(settings: Settings) -> None:
        settings.tables[name] = change(settings.tables.get(name, TableSettings()))
        changed.append(settings.tables[name])

    change_all(change_one)
    return changed[0]


def note_opened(project_id: str, folder: Path) -> None:
    """Remember that a project was opened, and put it first."""

    def change(settings: Settings) -> None:
        before = settings.projects.pop(project_id, ProjectSettings())
        settings.projects = {
            project_id: msgspec.structs.replace(before, folder=str(folder)),
            **settings.projects,
        }

    change_all(change)


def change_all(change: Callable[[Settings], None]) -> None:
    """Let a function change the settings, and keep them; no other thread changes them meanwhile."""
    with _CHANGING:
        settings = load()
        change(settings)
        save(settings)

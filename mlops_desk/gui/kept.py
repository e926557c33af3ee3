"""What the window remembers on this machine: written by workers, read once while it opens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress


def keep_look(theme: str, density: str, zoom: int, _progress: Progress, _stop: Stop) -> None:
    """Remember the look of the window."""

    def change(kept: settings.Settings) -> None:
        kept.theme, kept.density, kept.text_zoom = theme, density, zoom

    settings.change_all(change)


def keep_last_commands(names: tuple[str, ...], _progress: Progress, _stop: Stop) -> None:
    """Remember which commands were run last, by their ids alone."""

    def change(kept: settings.Settings) -> None:
        kept.last_commands = list(names)

    settings.change_all(change)


def keep_keys(keys: Mapping[str, str], _progress: Progress, _stop: Stop) -> None:
    """Remember the keys that a person gave to commands."""

    def change(kept: settings.Settings) -> None:
        kept.keys = dict(keys)

    settings.change_all(change)


def keep_window(project: str, state: settings.WindowState, _progress: Progress, _stop: Stop) -> None:
    """Remember how the window of a project was left."""
    settings.remember(project, window=state)


def projects_here(_progress: Progress, _stop: Stop) -> list[str]:
    """Return the folders of the projects that were opened here and are still there, the newest first."""
    folders = (each.folder for each in settings.load().projects.values() if each.folder)
    return [each for each in folders if (Path(each) / "desk.toml").is_file()]

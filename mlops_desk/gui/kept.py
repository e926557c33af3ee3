"""What the window remembers on this machine: written by workers, read once while it opens."""

from __future__ import annotations

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

"""Where the shipped resources lie: in a checkout, in an installed wheel, or in a frozen app."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from mlops_desk import __version__


@cache
def resources() -> Path:
    """Return the folder that holds the icons, styles, checklists, templates and fonts."""
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    for folder in (Path(frozen) / "resources" if frozen else package / "resources", package.parent / "resources"):
        if folder.is_dir():
            return folder
    message = f"the resources folder is missing beside {package}"
    raise FileNotFoundError(message)


@cache
def build() -> str:
    """Return what tells the code that runs from any other: the version, and how new its newest file is.

    Every face must get the same answer, so all files count and not those that are loaded.
    """
    if getattr(sys, "frozen", False):  # the modules lie in one archive beside the executable, made with it
        return f"{__version__} {Path(sys.executable).stat().st_mtime_ns}"
    package = Path(__file__).resolve().parent.parent
    newest = max(_newest(str(package), ".py"), _newest(str(resources()), ".json"))
    return f"{__version__} {newest}"


def _newest(folder: str, ending: str) -> int:
    """Return the time of the newest file of a kind in a folder and below, in ns; 0 where there is none."""
    newest = 0
    with os.scandir(folder) as entries:
        for each in entries:
            if each.is_dir():
                newest = max(newest, 0 if each.name == "__pycache__" else _newest(each.path, ending))
            elif each.name.endswith(ending):
                newest = max(newest, each.stat().st_mtime_ns)
    return newest


def resource(name: str) -> Path:
    """Return the path of one resource; ``name`` uses forward slashes."""
    return resources() / name

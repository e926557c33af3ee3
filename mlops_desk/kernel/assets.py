"""Where the shipped resources lie: in a checkout, in an installed wheel, or in a frozen app."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


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


def resource(name: str) -> Path:
    """Return the path of one resource; ``name`` uses forward slashes."""
    return resources() / name

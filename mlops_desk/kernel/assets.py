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
    """Return what tells the code that runs from any other: the version, and how new its newest file is."""
    loaded = [module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "mlops_desk"]
    paths = [path for path in loaded if path] + [str(path) for path in resources().glob("*.json")]
    newest = max((os.stat(path).st_mtime_ns for path in paths if os.path.isfile(path)), default=0)  # noqa: PTH113, PTH116
    return f"{__version__} {newest}"


def resource(name: str) -> Path:
    """Return the path of one resource; ``name`` uses forward slashes."""
    return resources() / name

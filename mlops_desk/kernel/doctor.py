"""What this machine has: versions, and where private things lie."""

from __future__ import annotations

import os
import platform
from importlib import metadata

import msgspec

from mlops_desk import __version__
from mlops_desk.kernel.settings import cache_folder, data_folder
from mlops_desk.kernel.words import _

_SHOWN = ("duckdb", "PyNaCl", "scikit-learn", "PySide6-Essentials")


class Fact(msgspec.Struct, frozen=True):
    """One fact about the machine, and whether all is well with it."""

    name: str
    value: str
    is_well: bool = True


def facts() -> list[Fact]:
    """Return the facts that need no project."""
    found = [
        Fact("MLOps Desk", __version__),
        Fact("Python", f"{platform.python_version()} · {platform.system()} {platform.machine()}"),
        *(_library(name) for name in _SHOWN),
    ]
    for name, folder in ((_("private data"), data_folder()), (_("cache"), cache_folder())):
        nearest = next(each for each in (folder, *folder.parents) if each.exists())
        found.append(Fact(name, str(folder), is_well=os.access(nearest, os.W_OK)))
    return found


def _library(name: str) -> Fact:
    try:
        return Fact(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Fact(name, _("not found"), is_well=False)

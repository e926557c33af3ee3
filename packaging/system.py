"""What the machine itself must bring: Python, the C library, system libraries and git."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)
OLDEST_GLIBC = (2, 34)

# Library file -> Debian package. Qt links the first group even when it paints offscreen.
WINDOW_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# Needed in addition where the window is shown by an X server.
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}


# What draws the window where nobody sees it, for the story with real keys and a real pointer.
SCREEN_TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool"}


class Finding(NamedTuple):
    """One thing that was looked at: what it is, whether it is well, which Debian package cures it."""

    sentence: str
    is_well: bool
    package: str = ""


def python_finding() -> Finding:
    """Look at the interpreter that runs this file."""
    wanted = ".".join(map(str, OLDEST_PYTHON))
    sentence = f"Python {platform.python_version()} ({wanted} or newer is needed): {sys.executable}"
    return Finding(sentence, sys.version_info[:2] >= OLDEST_PYTHON)


def glibc_finding() -> Finding:
    """Look at the C library; Qt's wheels for Linux are built against glibc 2.34."""
    wanted = ".".join(map(str, OLDEST_GLIBC))
    name, version = platform.libc_ver()
    found = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    sentence = f"C library {name or 'unknown'} {version} (glibc {wanted} or newer is needed)"
    return Finding(sentence, name == "glibc" and found >= OLDEST_GLIBC)


def library_finding(file: str, package: str) -> Finding:
    """Look whether the loader finds a shared library."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return Finding(f"{file} is missing", is_well=False, package=package)
    return Finding(file, is_well=True)


def tool_finding(name: str, package: str) -> Finding:
    """Look for a command."""
    path = shutil.which(name)
    return Finding(f"{name}: {path}" if path else f"{name} is missing", path is not None, package)


def git_finding() -> Finding:
    """Look for the git command line, which carries all sharing."""
    return tool_finding("git", "git")


def screen_findings() -> list[Finding]:
    """Look at what the story in a real window needs; without it the story is skipped."""
    libraries = [library_finding(file, package) for file, package in X11_LIBRARIES.items()]
    return [*(tool_finding(name, package) for name, package in SCREEN_TOOLS.items()), *libraries]


def findings(*, shows_anywhere: bool = False) -> list[Finding]:
    """Look at everything that set-up and the window need here, or that it needs wherever it may be shown."""
    found = [python_finding(), git_finding()]
    if sys.platform.startswith("linux"):
        shows_on_x11 = bool(os.environ.get("DISPLAY")) and os.environ.get("QT_QPA_PLATFORM") != "offscreen"
        libraries = {**WINDOW_LIBRARIES, **(X11_LIBRARIES if shows_on_x11 or shows_anywhere else {})}
        found.append(glibc_finding())
        found.extend(library_finding(file, package) for file, package in libraries.items())
    return found


def apt_line(packages: list[str]) -> str:
    """Return the line a person types to install the packages."""
    return "sudo apt-get install " + " ".join(packages)


def may_install() -> bool:
    """Tell whether missing packages can be installed here without asking: root on a Debian-like system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install Debian packages as root; whether that helped is seen by looking again."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    subprocess.run([*apt, "update"], env=quiet, stdout=subprocess.DEVNULL, check=False)
    line = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    subprocess.run(line, env=quiet, stdout=subprocess.DEVNULL, check=False)

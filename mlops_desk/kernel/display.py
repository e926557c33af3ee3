"""Whether there is a screen for a window; asked before Qt, which would end the program without a word."""

from __future__ import annotations

import os
import sys

_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc")


def has_display() -> bool:
    """Tell whether a window could be made at all, on a screen or only in memory."""
    return bool(os.environ.get("QT_QPA_PLATFORM")) or has_screen()


def has_screen() -> bool:
    """Tell whether a person could see a window here."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(_WITHOUT_SCREEN):
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

"""The parts of the window that F6 goes through: rail, page, inspector, status bar, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow


def next_region(window: MainWindow, step: int) -> None:
    """Move the focus to the next part of the window, or to the one before."""
    page: QWidget = window.stack.page or window.stack
    parts = (window.rail, page, window.inspector, window.status, window.bar)
    regions = [each for each in parts if each.isVisible()]
    focused = QApplication.focusWidget()
    here = next((n for n, each in enumerate(regions) if focused is not None and each.isAncestorOf(focused)), -step)
    _focus(window, regions[(here + step) % len(regions)])


def _focus(window: MainWindow, region: QWidget) -> None:
    if region is window.rail:
        window.rail.view.setFocus()
    elif region is window.bar:
        window.bar.search.setFocus()
    elif region is window.status:
        window.status.who.setFocus()
    elif region is window.stack.page:
        window.stack.focus_page()
    else:
        first = next((each for each in region.findChildren(QWidget) if _takes_focus(each)), region)
        first.setFocus()


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)

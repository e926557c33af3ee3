"""The way of Tab through the window: as it is read, whenever its parts were made and wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QTabBar,
    QWidget,
)

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow

_WHOLE = (QComboBox, QLineEdit, QTabBar, QAbstractScrollArea)  # one stop each, whatever they are made of


def takes_tab(widget: QWidget) -> bool:
    """Tell whether Tab stops at a widget."""
    is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return is_stop and widget.isVisible() and widget.isEnabled()


def stops(widget: QWidget, also: QWidget | None = None) -> Iterator[QWidget]:
    """Return where Tab stops in a widget, in the order in which it is laid out; ``also`` counts as a stop."""
    if not widget.isVisible():
        return
    if takes_tab(widget) or widget is also:
        yield widget
    for child in _parts(widget):
        yield from stops(child, also)


def tab_order(window: MainWindow, also: QWidget | None = None) -> list[QWidget]:
    """Return where Tab stops in the window.

    Rail, head of the page, banners, the page from its tabs and filter to its content, inspector, status bar, search.
    """
    page = window.stack.page
    head = [page.header] if page is not None else []
    parts = (window.rail, *head, window.condition, window.banner, window.toast, window.stack)
    after = (window.inspector, window.status, window.bar)
    return list(dict.fromkeys(each for part in (*parts, *after) for each in stops(part, also)))


def step(window: MainWindow, *, is_next: bool) -> bool:
    """Move the focus one stop on or back in the window, round at the ends; tell whether there was one to go to."""
    focused = QApplication.focusWidget()
    return _go(tab_order(window, also=focused), focused, is_next=is_next)


def step_in(dialog: QWidget, *, is_next: bool) -> bool:
    """Move the focus one stop on or back in a dialog, as it is laid out; tell whether there was one to go to."""
    focused = QApplication.focusWidget()
    return _go(list(stops(dialog, also=focused)), focused, is_next=is_next)


def _go(order: list[QWidget], focused: QWidget | None, *, is_next: bool) -> bool:
    others = [each for each in order if each is not focused]
    if not others:
        return False
    if focused in order:
        to = order[(order.index(focused) + (1 if is_next else -1)) % len(order)]
    else:
        to = others[0 if is_next else -1]
    to.setFocus(Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason)
    _bring_into_view(to)
    return True


def _bring_into_view(widget: QWidget) -> None:
    at = widget.parentWidget()
    while at is not None:
        if isinstance(at, QScrollArea):
            at.ensureWidgetVisible(widget)
        at = at.parentWidget()


def _parts(widget: QWidget) -> list[QWidget]:
    """Return what a widget shows in it, in order."""
    if isinstance(widget, QScrollArea):
        inner = widget.widget()
        return [inner] if inner is not None else []
    if isinstance(widget, _WHOLE):
        return []
    if isinstance(widget, QSplitter):
        placed = [widget.widget(place) for place in range(widget.count())]
        return [each for each in placed if each is not None]
    layout = widget.layout()
    children = [each for each in widget.children() if isinstance(each, QWidget)]
    return list(_laid_out(layout, children)) if layout is not None else []


def _laid_out(layout: QLayout, widgets: list[QWidget]) -> Iterator[QWidget]:
    """Return those of some widgets that a layout holds, in its order.

    Items of a layout are never taken into Python: Qt deletes them without a word, and shiboken would later mistake
    whatever lies at their address for them.
    """
    placed: list[tuple[int, QWidget | QLayout]] = [(layout.indexOf(each), each) for each in widgets]
    placed += [(layout.indexOf(each), each) for each in layout.children() if isinstance(each, QLayout)]
    for place, part in sorted(placed, key=_place):
        if place < 0:
            continue
        if isinstance(part, QLayout):
            yield from _laid_out(part, widgets)
        else:
            yield part


def _place(placed: tuple[int, QWidget | QLayout]) -> int:
    return placed[0]

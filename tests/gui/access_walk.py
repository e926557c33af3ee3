"""What can be seen of a view by those who cannot see it, or press it, or who go by keys alone: faults in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QScrollArea, QTabBar, QWidget

from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.data import DataPage
from mlops_desk.gui.pages.inbox import InboxPage
from mlops_desk.gui.pages.trail import TrailBar
from mlops_desk.gui.tab_order import stops
from mlops_desk.gui.table.filter_bar import FilterBar
from mlops_desk.gui.widgets.notices import Banner, Toast
from tests.gui.test_contrast import ratio

SMALLEST_PX = 24
PARTS = ("QScrollBar", "QMenuBar")
# ux.md 11: rail > header > banner > filter > content > inspector > status bar; tabs stand before what they turn,
# and the button of the command box, which the menu bar holds, comes last.
TAB_ORDER = ("rail", "header", "banner", "tabs", "filter", "content", "inspector", "status", "search")
TEXT_RATIO, LARGE_RATIO, LARGE_PX = 4.5, 3.0, 24


def controls(view: QWidget) -> Iterator[QWidget]:
    """Return every visible control that takes the focus."""
    for widget in [view, *view.findChildren(QWidget)]:
        takes_focus = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value and not widget.isWindow()
        is_part = isinstance(widget.parentWidget(), QTabBar)  # its arrows scroll it; keys turn the tabs
        is_ours = widget.focusProxy() is None and not widget.objectName().startswith("qt_") and not is_part
        is_here = widget.isVisible() and widget.isEnabled() and widget.window() is view.window()
        if takes_focus and is_ours and is_here and type(widget).__name__ not in PARTS:
            yield widget


def path(widget: QWidget) -> str:
    """Return where a widget is."""
    parts: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 4:
        parts.append(type(at).__name__)
        at = at.parentWidget()
    return " < ".join(parts)


def faults(view: QWidget) -> list[str]:
    """Return every visible control that takes the focus and has no name, is too small to hit, or out of reach."""
    QAccessible.setActive(True)
    found = []
    for widget in controls(view):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{path(widget)} has no name")
        if min(widget.width(), widget.height()) < SMALLEST_PX:
            found.append(f"{path(widget)} is {widget.width()} x {widget.height()}")
        if not _is_in_reach(widget):
            found.append(f"{path(widget)} takes the focus out of sight")
    return found


def _is_in_reach(widget: QWidget) -> bool:
    """Tell whether a control can be seen, if need be after scrolling to it."""
    seen = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    at = widget.parentWidget()
    while at is not None and seen.visibleRegion().isEmpty():
        if isinstance(at, QScrollArea):
            at.ensureWidgetVisible(widget)
        at = at.parentWidget()
    return not seen.visibleRegion().isEmpty()


# --- the way of Tab ------------------------------------------------------------------------------


def walked(view: QWidget, first: QWidget) -> list[QWidget]:
    """Press Tab from a first control until it has the focus again; return where it stopped."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    for _step in range(200):
        at = QApplication.focusWidget()
        if at is None or at in found:
            break
        found.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    return found


def region(window: MainWindow, widget: QWidget) -> str:
    """Return to which part of ``TAB_ORDER`` a control of the window belongs."""
    page = window.stack.page
    assert page is not None
    fixed = {"rail": window.rail, "inspector": window.inspector, "status": window.status, "search": window.bar}
    for name, part in fixed.items():
        if part.isAncestorOf(widget):
            return name
    if page.header.isAncestorOf(widget):
        return "header"
    above: list[QWidget] = []
    at: QWidget | None = widget
    while at is not None:
        above.append(at)
        at = at.parentWidget()
    if any(isinstance(each, Banner | Toast) for each in above) or window.condition in above:
        return "banner"
    beside_tabs: tuple[QWidget, ...] = ()
    if isinstance(page, InboxPage):
        beside_tabs = (page.snooze, page.done, page.again)
    elif isinstance(page, DataPage):
        beside_tabs = (page.settle, page.send, page.fetch)
    if isinstance(widget, QTabBar) or widget in beside_tabs:
        return "tabs"
    return "filter" if any(isinstance(each, FilterBar | TrailBar) for each in above) else "content"


def order_faults(window: MainWindow) -> list[str]:
    """Return where Tab leaves the order of ux.md 11, or never comes."""
    stopped = walked(window, window.rail.project)
    parts = [region(window, each) for each in stopped]
    found = []
    if parts != sorted(parts, key=TAB_ORDER.index):
        found.append(f"Tab goes {' > '.join(dict.fromkeys(parts))}: {parts}")
    missed = [each for each in controls(window) if each not in stopped]
    return [*found, *(f"Tab never comes to {path(each)}" for each in missed)]


def dialog_order_faults(dialog: QWidget) -> list[str]:
    """Return where Tab leaves the order in which a dialog is laid out, or never comes."""
    wanted = list(stops(dialog))
    if not wanted:
        return []
    stopped = walked(dialog, wanted[0])
    found = [f"Tab never comes to {path(each)}" for each in wanted if each not in stopped]
    if not found and stopped != wanted:
        found = [f"Tab goes {[path(each) for each in stopped]}, not {[path(each) for each in wanted]}"]
    return found


# --- what is seen ----------------------------------------------------------------------------------


def faint(view: QWidget) -> list[str]:
    """Return the texts that can hardly be told from what they stand on."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    scale = image.width() / max(1, view.width())
    found = []
    for widget in view.findChildren(QWidget):
        text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
        if not text.strip() or not widget.isVisible() or not widget.isEnabled() or widget.window() is not view.window():
            continue
        seen = widget.visibleRegion().boundingRect()
        place = QRect(widget.mapTo(view, seen.topLeft()), seen.size()).intersected(view.rect())
        if place.width() < 4 or place.height() < 4:
            continue
        ground = _ground(image, place, scale)
        ink = widget.palette().color(widget.foregroundRole()).name()
        least = LARGE_RATIO if widget.fontInfo().pixelSize() >= LARGE_PX else TEXT_RATIO
        if (told := ratio(ink, ground)) < least:
            found.append(f"{path(widget)} “{text[:30]}”: {ink} on {ground} is {told:.1f}")
    return found


def _ground(image: QImage, place: QRect, scale: float) -> str:
    """Return the colour that fills most of a place."""
    counts: Counter[int] = Counter()
    for down in range(1, 8):
        y = round((place.top() + place.height() * down / 8) * scale)
        for across in range(1, 24):
            x = round((place.left() + place.width() * across / 24) * scale)
            if image.valid(QPoint(x, y)):
                counts[image.pixel(x, y) & 0xFFFFFF] += 1
    return f"#{counts.most_common(1)[0][0]:06x}"


def unseen_focus(view: QWidget, known: set[str]) -> list[str]:
    """Return the controls that look with the focus as without; of those that look alike one is tried."""
    found = []
    for widget in controls(view):
        look = f"{type(widget).__name__} {widget.property('kind')}"
        if look in known or _is_bare(widget):
            continue
        known.add(look)
        if (focused := QApplication.focusWidget()) is not None:
            focused.clearFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.hasFocus() and widget.grab().toImage() == before:
            found.append(f"{path(widget)} does not show the focus")
    return found


def _is_bare(widget: QWidget) -> bool:
    """Tell whether a list or table has no line on which the focus could stand."""
    model = getattr(widget, "model", None)
    found = model() if callable(model) else None
    return found is not None and found.rowCount() == 0

"""The child of test_pseudo: the real window in a pseudo-language; prints what is cut, and what is not said in it.

A process of its own, because words are translated as modules are loaded.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from mlops_desk.catalogue import RULES
from mlops_desk.gui import rail, shots
from mlops_desk.gui.app import application
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.tasks import Tasks
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.text import Line
from mlops_desk.kernel import words
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OPEN, CLOSE = "‹", "›"
LETTERS = re.compile(r"[A-Za-z]{2,}")
# Data, whatever the language: what people of the project wrote, names of things, places, keys and formats.
GIVEN = ("Time to decision", "Ana Lima", "ana@example.org", "Loan", "MLOps Desk", "KPI")
DATA = re.compile(
    r"""https?://\S+ | mlops-desk://\S+ | [\w.]*/\S* | \S+\.(zip|org|jsonl)\S* | byte\ \d+ | git\ version\ \S+
      | ((Ctrl|Shift|Alt|F\d)\+?)+\S* | Enter | Esc | Del | CSV | HTML | JSON | PDF | XLSX | MB | type:run
      | Linux\ \S+ | Python | PyNaCl | PySide6-Essentials | duckdb | scikit-learn | project\.create
      | \d+\ [A-Z][a-z]{2}\ \d{4} """,
    re.VERBOSE,
)
WORD_LISTS = ("recovery-key", "recover", "device", "accept-late", "renew")  # shots that show words of a key
_SQL_ANSWER, _QT_OWN = "dialog-ask", ("Scroll Left", "Scroll Right")


def unsaid(text: str) -> str:
    """Return what of a text stands outside all brackets and is no data."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE and depth > 0)
        left.append(letter if depth == 0 and letter != CLOSE else " ")
    rest = DATA.sub(" ", "".join(left))
    if set(LETTERS.findall(rest)) <= spoken():
        return ""
    for known in data():
        rest = rest.replace(known, " ")
    return rest


@cache
def data() -> list[str]:
    """Return the texts that are data: of the project, of governance.json, of the format; the longest first."""
    content = set(_strings(json.loads(resource("governance.json").read_bytes())))
    content |= {role.code for role in ROLES} | set(RULES.acts) | set(GIVEN)
    content |= {choice for act in RULES.acts.values() for choice in ("up", "down", "band")}
    return sorted((text for text in content if LETTERS.search(text)), key=len, reverse=True)


@cache
def spoken() -> set[str]:
    """Return the words by which keys are compared."""
    return set(resource("words/fingerprint.txt").read_text(encoding="ascii").split())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(each)
    if isinstance(value, dict):
        yield from value


def said_by(widget: QWidget) -> Iterator[str]:
    """Return the texts that a widget shows, or that are told of it."""
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QTabBar):
        yield from map(widget.tabText, range(widget.count()))
    elif isinstance(widget, QComboBox):
        yield from map(widget.itemText, range(widget.count()))
    elif isinstance(widget, QHeaderView):
        yield from (_title(widget, place) for place in range(widget.count()))
    elif isinstance(widget, QMenu | QMenuBar):
        yield from (action.text() for action in widget.actions())
    if widget.isWindow():
        yield widget.windowTitle()
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())


def _title(header: QHeaderView, place: int, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    return str(header.model().headerData(place, header.orientation(), role) or "")


def cut_in(widget: QWidget) -> Iterable[str]:
    """Return the texts of a widget for which it has no room, unless a tool tip says the whole."""
    if isinstance(widget, Line) or (isinstance(widget, QToolButton) and not widget.icon().isNull()):
        return ()  # cut on purpose, with a tool tip; or a picture alone
    if isinstance(widget, QLabel | QAbstractButton):
        return [widget.text()] if widget.text() and not _has_room(widget) else []
    if isinstance(widget, QTabBar):
        places = range(widget.count())
        is_whole = widget.elideMode() == Qt.TextElideMode.ElideNone
        return [widget.tabText(each) for each in places if not is_whole and _tab_is_cut(widget, each)]
    if isinstance(widget, QLineEdit):
        asked = widget.placeholderText()
        room = widget.contentsRect().width()
        is_cut = QFontMetrics(widget.font()).horizontalAdvance(asked) > room and not widget.toolTip()
        return [asked] if is_cut else []
    if isinstance(widget, QHeaderView) and widget.orientation() == Qt.Orientation.Horizontal:
        return [_title(widget, place) for place in range(widget.count()) if _heading_is_cut(widget, place)]
    if isinstance(widget, QMenuBar):
        more = widget.findChild(QToolButton, "qt_menubar_ext_button")
        return ["the menu bar"] if more is not None and more.isVisible() else []
    return ()


def _has_room(widget: QLabel | QAbstractButton) -> bool:
    if not isinstance(widget, QLabel) or not widget.wordWrap():
        return widget.sizeHint().width() <= widget.width() + 1
    room = QRect(0, 0, widget.contentsRect().width(), 100_000)
    broken = QFontMetrics(widget.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), widget.text())
    return widget.heightForWidth(widget.width()) <= widget.height() + 1 and broken.width() <= room.width() + 1


def _tab_is_cut(bar: QTabBar, place: int) -> bool:
    return bar.tabRect(place).width() + 1 < bar.tabSizeHint(place).width()


def _heading_is_cut(header: QHeaderView, place: int) -> bool:
    wanted = header.sectionSizeFromContents(place).width()
    is_told = bool(_title(header, place, Qt.ItemDataRole.ToolTipRole))
    return not header.isSectionHidden(place) and wanted > header.sectionSize(place) + 1 and not is_told


def cut_in_rail(window: MainWindow) -> list[str]:
    """Return the places whose names the rail has no room for; it paints them itself."""
    metrics = QFontMetrics(theme().font("body", is_strong=True))
    room = rail.WIDE_PX - 2 * 8 - (10 + theme().px(18) + 10) - 6
    return [each.title for each in window.rail.model.places if metrics.horizontalAdvance(each.title) > room]


def walk(project: Path) -> dict[str, list[str]]:
    """Look at every page, home, form and dialog."""
    shots._REST_MS = 5
    application()
    desk = Desk(Tasks())
    window = MainWindow(desk)
    window.resize(*shots.USUAL)
    window.show()
    desk.open(project)
    shots._wait(lambda: desk.is_open)
    shots._rest(desk)
    cut, lone, seen = set(cut_in_rail(window)), set(), []
    for name, shown in shots._everything(window):
        seen.append(name)
        widgets = [
            each for each in (shown, *shown.findChildren(QWidget)) if each.isVisible() or isinstance(each, QMenu)
        ]
        cut |= {
            f"{name} {type(each).__name__}: {text}" for each in widgets if each.isVisible() for text in cut_in(each)
        }
        if name != _SQL_ANSWER and not name.endswith(WORD_LISTS):
            texts = {(type(each).__name__, text) for each in widgets for text in said_by(each)}
            lone |= {
                f"{name} {kind}: {text}" for kind, text in texts if text not in _QT_OWN and LETTERS.search(unsaid(text))
            }
    window.close()
    desk.close()
    return {"seen": seen, "cut": sorted(cut), "lone": sorted(lone)}


if __name__ == "__main__":
    assert words._("Home").startswith(OPEN), "the pseudo-language is not there"
    print(json.dumps(walk(Path(sys.argv[1])), ensure_ascii=False, indent=1))

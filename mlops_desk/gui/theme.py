"""Light, dark and high contrast: the tokens as palette, style sheet and fonts; no colour is written anywhere else."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from mlops_desk.kernel.assets import resource

Name = Literal["light", "dark"]
Wish = Literal["system", "light", "dark", "contrast"]
Density = Literal["compact", "standard", "roomy"]

SIZES_PX = {"caption": 12, "body": 13, "section": 15, "title": 20, "number": 26}
ROW_PX = {"compact": 26, "standard": 30, "roomy": 38}
CONTROL_PX = {"compact": 26, "standard": 30, "roomy": 36}
_PLACE = re.compile(r"\{([a-z][a-z.]*)\}")
_ROLES = {
    QPalette.ColorRole.Window: "bg.app",
    QPalette.ColorRole.WindowText: "text.primary",
    QPalette.ColorRole.Base: "bg.surface",
    QPalette.ColorRole.AlternateBase: "bg.sunken",
    QPalette.ColorRole.Text: "text.primary",
    QPalette.ColorRole.Button: "bg.raised",
    QPalette.ColorRole.ButtonText: "text.primary",
    QPalette.ColorRole.BrightText: "bad.text",
    QPalette.ColorRole.ToolTipBase: "bg.raised",
    QPalette.ColorRole.ToolTipText: "text.primary",
    QPalette.ColorRole.PlaceholderText: "text.muted",
    QPalette.ColorRole.Highlight: "bg.selected",
    QPalette.ColorRole.HighlightedText: "text.primary",
    QPalette.ColorRole.Accent: "accent.solid",
    QPalette.ColorRole.Link: "accent.text",
    QPalette.ColorRole.LinkVisited: "accent.text",
    QPalette.ColorRole.Light: "bg.raised",
    QPalette.ColorRole.Midlight: "border.subtle",
    QPalette.ColorRole.Mid: "border.control",
    QPalette.ColorRole.Dark: "border.strong",
    QPalette.ColorRole.Shadow: "border.strong",
}
_FAINT = (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText)


@cache
def _tokens() -> dict[str, dict[str, str | list[str]]]:
    found: dict[str, dict[str, str | list[str]]] = json.loads(resource("tokens.json").read_bytes())
    return found


_made: list[Theme] = []


class Theme(QObject):
    """The look in force. ``changed`` comes after palette and style sheet are in place."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.setStyle("Fusion")
        self._app = app
        self.wish: Wish = "system"
        self.name: Name = "light"
        self.is_contrast = False
        self.density: Density = "standard"
        self.zoom = 100
        self._look: tuple[str, bool, str, int] | None = None
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._hints = app.styleHints()  # kept: what it hands out dies with this handle on it
        self._hints.colorSchemeChanged.connect(self._follow)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._follow)

    def choose(self, wish: str, density: str = "standard", zoom: int = 100) -> None:
        """Put a look in force; words that are not known mean the default."""
        self.wish = wish if wish in ("light", "dark", "contrast") else "system"  # type: ignore[assignment]
        self.density = density if density in ROW_PX else "standard"  # type: ignore[assignment]
        self.zoom = min(200, max(80, zoom))
        self._apply()

    @Slot()
    def _follow(self) -> None:
        if self.wish in ("system", "contrast"):
            self._apply()

    def _system_contrast(self) -> Qt.ContrastPreference:
        return self._hints.accessibility().contrastPreference()

    def _apply(self) -> None:
        is_dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        self.name = "dark" if self.wish == "dark" or (self.wish != "light" and is_dark) else "light"
        is_wished_there = self._system_contrast() == Qt.ContrastPreference.HighContrast
        self.is_contrast = self.wish == "contrast" or (self.wish == "system" and is_wished_there)
        look = (self.name, self.is_contrast, self.density, self.zoom)
        if look == self._look:
            return
        self._look = look
        self._colours.clear()
        self._fonts.clear()
        self._app.setPalette(self.palette())
        self._app.setFont(self.font("body"))
        self._app.setStyleSheet(self._sheet())
        self.changed.emit()

    @property
    def _tokens(self) -> dict[str, str | list[str]]:
        known = _tokens()
        return known[self.name] | (known[f"{self.name} contrast"] if self.is_contrast else {})

    def colour(self, token: str) -> QColor:
        """Return the colour of a token, such as ``ok.text``; cells ask so often that whoever changes it copies it."""
        if token not in self._colours:
            self._colours[token] = QColor(str(self._tokens[token]))
        return self._colours[token]

    def colours(self, token: str) -> list[QColor]:
        """Return the colours of a token that is a row, such as ``chart``."""
        return [QColor(each) for each in self._tokens[token]]

    def palette(self) -> QPalette:
        """Return the palette of the theme."""
        made = QPalette()
        for role, token in _ROLES.items():
            made.setColor(role, self.colour(token))
        for role in _FAINT:
            made.setColor(QPalette.ColorGroup.Disabled, role, self.colour("text.disabled"))
        return made

    def font(self, size: str, *, is_strong: bool = False) -> QFont:
        """Return the font of one of the sizes: caption, body, section, title, number."""
        key = (size, is_strong)
        if key not in self._fonts:
            self._fonts[key] = self._font(size, is_strong=is_strong)
        return QFont(self._fonts[key])

    def _font(self, size: str, *, is_strong: bool) -> QFont:
        made = QFont(self._app.font())
        if has_own_font():
            made.setFamilies(["Inter", *QFont().families()])
        made.setPointSizeF(self.points(size))
        made.setWeight(QFont.Weight.DemiBold if is_strong else QFont.Weight.Normal)
        made.setFeature(QFont.Tag("tnum"), 1)
        return made

    def points(self, size: str) -> float:
        """Return a size in points for this screen and zoom."""
        dots = QGuiApplication.primaryScreen().logicalDotsPerInch()
        return SIZES_PX[size] * 72 / dots * self.zoom / 100

    def px(self, pixels: float) -> int:
        """Return a length that grows with the text."""
        return round(pixels * self.zoom / 100)

    @property
    def row_px(self) -> int:
        """Height of a table's row."""
        return self.px(ROW_PX[self.density])

    def _sheet(self) -> str:
        text = resource("styles/desk.qss").read_text(encoding="utf-8")
        values = {name: str(value) for name, value in self._tokens.items()}
        values |= {f"size.{name}": f"{self.points(name):.2f}pt" for name in SIZES_PX}
        values["icon.tick"] = resource("icons/tick.svg").as_posix()
        values["control"] = f"{self.px(CONTROL_PX[self.density]) - 2}px"
        return _PLACE.sub(lambda found: values[found.group(1)], text)


@cache
def has_own_font() -> bool:
    """Load the font that is shipped, once; tell whether it is there."""
    files = [resource(f"fonts/Inter-{weight}.otf") for weight in ("Regular", "SemiBold")]
    loaded = [path.exists() and QFontDatabase.addApplicationFont(str(path)) >= 0 for path in files]
    return all(loaded)


def theme() -> Theme:
    """Return the theme of the application; made with the first question."""
    known = _made[0] if _made else None
    if known is not None and shiboken6.isValid(known):
        return known
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    _made[:] = [Theme(app)]
    return _made[0]


def kind(widget: QWidget, name: str) -> None:
    """Give a widget the look that the style sheet has for a kind, such as ``title``."""
    if widget.property("kind") != name:
        widget.setProperty("kind", name)
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else Qt does it before the first showing
            widget.style().unpolish(widget)
            widget.style().polish(widget)

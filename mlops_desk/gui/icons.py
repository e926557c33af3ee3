"""Line icons in the colour of the theme: vendored SVGs, tinted when they are asked for."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from mlops_desk.gui.theme import theme
from mlops_desk.kernel.assets import resource

SIZE_PX = 16
_NAME, _TOKEN = "icon_name", "icon_token"


@cache
def _source(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    svg = _source(name).replace("currentColor", colour)
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def pixmap(name: str, token: str = "text.secondary", size: int = SIZE_PX) -> QPixmap:  # noqa: S107 - a colour's name
    """Return an icon in the colour of a token."""
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return _pixmap(name, theme().colour(token).name(), size, ratio)


def icon(name: str, token: str = "text.secondary") -> QIcon:  # noqa: S107
    """Return an icon in the colour of a token, faint where it is disabled."""
    made = QIcon(pixmap(name, token))
    made.addPixmap(pixmap(name, "text.disabled"), QIcon.Mode.Disabled)
    return made


def put(target: QAbstractButton | QAction, name: str, token: str = "text.secondary") -> None:  # noqa: S107
    """Give a button or action an icon that follows the theme."""
    target.setProperty(_NAME, name)
    target.setProperty(_TOKEN, token)
    target.setIcon(icon(name, token))
    if isinstance(target, QAbstractButton):
        target.setIconSize(QSize(SIZE_PX, SIZE_PX))


def retint() -> None:
    """Colour all icons again after the theme has changed."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QAbstractButton) and widget.property(_NAME):
            widget.setIcon(icon(widget.property(_NAME), widget.property(_TOKEN)))
        for action in widget.actions():
            if action.property(_NAME):
                action.setIcon(icon(action.property(_NAME), action.property(_TOKEN)))

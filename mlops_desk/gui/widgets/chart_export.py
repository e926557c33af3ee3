"""A chart for elsewhere: as picture, as drawing that can be enlarged, and as a table of its values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QMenu, QWidget

from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.table_text import csv_line, machine_value
from mlops_desk.kernel.words import _

Save = Callable[[Path, bytes], object]
KINDS = {"png": _("Picture (PNG)"), "svg": _("Drawing (SVG)"), "csv": _("Table (CSV)")}
_LARGER = 2  # pictures are used on paper and on dense screens


def menu(view: QWidget, plot: QGraphicsView, chart: Chart, save: Save | None) -> QMenu:
    """Return the menu that copies a chart and, where there is a way to ``save`` bytes, saves it.

    ``plot`` is its drawing.
    """
    made = QMenu(view)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for kind, words in KINDS.items():
        made.addAction(_("Copy as {kind}", kind=words), partial(copy, plot, chart, kind))
    if save is not None:
        made.addSeparator()
        for kind, words in KINDS.items():
            made.addAction(_("Save as {kind}…", kind=words), partial(_ask_where, view, plot, chart, kind, save))
    return made


def copy(plot: QGraphicsView, chart: Chart, kind: str) -> None:
    """Put the chart into the clipboard."""
    content = content_of(plot, chart, kind)
    data = QMimeData()
    if kind == "png":
        data.setImageData(_picture(plot).toImage())
    elif kind == "svg":
        data.setData("image/svg+xml", QByteArray(content))
    else:
        data.setText(content.decode())
    QGuiApplication.clipboard().setMimeData(data)


def content_of(plot: QGraphicsView, chart: Chart, kind: str) -> bytes:
    """Return the bytes of a chart as a file of a kind: png, svg or csv."""
    if kind == "png":
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        _picture(plot).save(buffer, "PNG")
        return bytes(buffer.data().data())
    return _drawing(plot, chart) if kind == "svg" else table_of(chart).encode()


def _picture(plot: QGraphicsView) -> QPixmap:
    picture = QPixmap(plot.size() * _LARGER)
    picture.setDevicePixelRatio(_LARGER)
    painter = QPainter(picture)
    plot.render(painter, QRectF(0, 0, plot.width(), plot.height()))
    painter.end()
    return picture


def _drawing(plot: QGraphicsView, chart: Chart) -> bytes:
    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(plot.width(), plot.height()))
    generator.setViewBox(QRect(0, 0, plot.width(), plot.height()))
    generator.setTitle(chart.sentence)
    painter = QPainter(generator)
    plot.render(painter, QRectF(0, 0, plot.width(), plot.height()))
    painter.end()
    return bytes(buffer.data().data())


def table_of(chart: Chart) -> str:
    """Return the values of a chart as CSV, with texts that no spreadsheet takes for a formula."""
    titles, rows = chart.table()
    lines: list[list[Any]] = [[title or _("Place") for title in titles]]
    lines += [[machine_value(each) for each in row] for row in rows]
    return "".join(f"{csv_line(each, is_safe=True)}\n" for each in lines)


class SaveDialog(QFileDialog):
    """Asks where a chart goes as a file of a kind, and hands its bytes on."""

    def __init__(self, view: QWidget, kind: str, content: bytes, save: Save) -> None:
        super().__init__(view, _("Save the chart"), f"chart.{kind}", f"{KINDS[kind]} (*.{kind})")
        self._content, self._save = content, save
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(kind)
        self.fileSelected.connect(self._chosen)

    @Slot(str)
    def _chosen(self, name: str) -> None:
        self._save(Path(name), self._content)


def _ask_where(view: QWidget, plot: QGraphicsView, chart: Chart, kind: str, save: Save) -> None:
    SaveDialog(view, kind, content_of(plot, chart, kind), save).open()

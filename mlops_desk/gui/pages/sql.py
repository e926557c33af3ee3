"""Asking in SQL: one SELECT over the documented views, its answer as a table that can be filtered and copied."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mlops_desk.gui import tab_order
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner, EmptyState
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel import clock
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.select import Selected
    from mlops_desk.workspace import Workspace

_SIZE_PX = (980, 640)
_EXAMPLE = "SELECT name, unit, target FROM kpi ORDER BY name"
_FIRST_ROWS = 100


def select(workspace: Workspace, sql: str, progress: Progress, stop: Stop) -> Selected:
    """Ask one SELECT in a limited child process; runs on the lane."""
    from mlops_desk.workspace.select import select as ask

    return workspace.ask(ask, sql, progress, stop)


def views(workspace: Workspace, progress: Progress, stop: Stop) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG001
    """Return the documented views with their columns and what each means; runs on the lane."""
    from mlops_desk.catalogue import RULES
    from mlops_desk.kernel.record import fields_of, table_of
    from mlops_desk.projection.views import columns

    found = []
    for name, noun in RULES.nouns.items():
        helps = {each.name: each.help for each in fields_of(noun)}
        found.append((table_of(name), [(column, helps[column]) for column in columns(noun)]))
    return found


def as_table(answer: Selected) -> tuple[Listing, list[Any]]:
    """Return an answer as a listing and its rows; a column that holds only numbers is one of numbers."""
    columns = tuple(
        Column(f"c{place}", name, "number" if _is_numeric(answer.rows, place) else "text")
        for place, name in enumerate(answer.columns)
    )
    rows = [
        SimpleNamespace(id=str(number), **{f"c{place}": cell for place, cell in enumerate(row)})
        for number, row in enumerate(answer.rows)
    ]
    empty = _("No row fits the question.")
    return Listing("", _("Answer"), columns, lambda _rows: rows, empty=empty, are_anybodys=True), rows


def _is_numeric(rows: Sequence[Sequence[Any]], place: int) -> bool:
    cells = [row[place] for row in rows if row[place] is not None]
    return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


class SqlDialog(QDialog):
    """A question at the top, the views beside it, the answer below; it stays open beside the window."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Ask in SQL"))
        self._desk = desk
        self._task = 0
        self.sql = QPlainTextEdit(_EXAMPLE)
        self.sql.setAccessibleName(_("One SELECT"))
        self.sql.setTabChangesFocus(True)
        self.views = QTreeWidget()
        self.views.setAccessibleName(_("Views and their columns"))
        self.views.setHeaderHidden(True)
        self.views.itemActivated.connect(self._insert)
        self.banner = Banner()
        self.run = Button(_("Ask"), "main")
        self.run.setToolTip("Ctrl+Enter")
        self.stop = Button(_("Cancel"))
        self.copy = Button(_("Copy the table"), "", "copy")
        self.note = label("", "muted")
        self.answer: Table | None = None
        self._lay_out()
        self.run.clicked.connect(self.ask)
        self.stop.clicked.connect(self._stop)
        self.copy.clicked.connect(self._copy)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.ask)
        desk.closed.connect(self.close)
        self.resize(*(theme().px(each) for each in _SIZE_PX))
        self._at_rest()
        desk.work(views, then=self._offer)

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Go with Tab as the dialog is read: the filter before the rows."""
        return tab_order.step_in(self, is_next=is_next)

    def _lay_out(self) -> None:
        said = _(
            "One SELECT over the documented views. It only reads, runs beside the window, and may take four seconds."
        )
        for button in (self.run, self.stop, self.copy):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.run)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.note, 1)
        buttons.addWidget(self.copy)
        self._nothing = EmptyState("table")
        self._nothing.say(_("The answer will stand here."))
        right = QWidget()
        self._column = column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(10)
        self.sql.setFixedHeight(theme().px(110))
        for part in (self.sql, self.banner):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self._nothing, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(right)
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(12, 0, 0, 0)
        beside_column.addWidget(self.views)
        split.addWidget(beside)
        split.setStretchFactor(0, 1)
        split.setSizes([theme().px(700), theme().px(240)])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.setSpacing(10)
        outer.addWidget(label(self.windowTitle(), "section"))
        outer.addWidget(label(said, "secondary", wraps=True))
        outer.addWidget(split, 1)

    # --- the views ---------------------------------------------------------------------------

    @Slot(object)
    def _offer(self, found: list[tuple[str, list[tuple[str, str]]]]) -> None:
        for view, columns in found:
            item = QTreeWidgetItem([view])
            item.setToolTip(0, _("Enter asks for its first rows"))
            for name, help_text in columns:
                child = QTreeWidgetItem([name])
                child.setToolTip(0, help_text)
                item.addChild(child)
            self.views.addTopLevelItem(item)

    @Slot(QTreeWidgetItem, int)
    def _insert(self, item: QTreeWidgetItem) -> None:
        if item.parent() is None:
            self.sql.setPlainText(f'SELECT * FROM "{item.text(0)}" LIMIT {_FIRST_ROWS}')  # noqa: S608 - shown, not run
        else:
            self.sql.insertPlainText(f'"{item.text(0)}"')
        self.sql.setFocus()

    # --- question and answer -------------------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Ask what stands in the field, unless a question is under way."""
        if self._task:
            return
        self.banner.hide()
        title = _("Asking in SQL")
        self._task = self._desk.work(
            select, self.sql.toPlainText(), then=self._answered, failed=self._refused, title=title
        )
        self.run.setEnabled(False)
        self.stop.setEnabled(True)
        self.note.setText(_("Asking…"))

    @Slot()
    def _stop(self) -> None:
        self._desk.tasks.stop(self._task)

    def _at_rest(self) -> None:
        self._task = 0
        self.run.setEnabled(True)
        self.stop.setEnabled(False)
        self.note.setText("")
        self.copy.setEnabled(self.answer is not None and self.answer.model.total > 0)

    @Slot(object)
    def _answered(self, found: Selected) -> None:
        listing, rows = as_table(found)
        self._nothing.hide()
        if self.answer is not None:
            self.answer.hide()
            self.answer.deleteLater()
        self.answer = Table(self._desk, listing)
        self._column.addWidget(self.answer, 1)
        self.answer.show_rows(rows, clock.now())
        self._at_rest()
        self.note.setText(_("There are more rows than are shown.") if found.is_cut else "")

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._at_rest()
        if isinstance(error, DeskError):
            self.banner.say(error.sentence, error.hint)
            self.sql.setFocus()
        else:
            self._desk.refuse(error)

    @Slot()
    def _copy(self) -> None:
        if self.answer is not None:
            self.answer.grid.copy_all()

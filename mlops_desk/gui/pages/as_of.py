"""One question to the past: what was live on a day, on which data, approved by whom, and which entries prove it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.reports.as_of import as_of
from mlops_desk.areas.reports.as_of_words import told
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.page import numbered
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

_SIZE_PX = (980, 620)


def environments(rows: Rows) -> list[tuple[str, str]]:
    """Return id and name of every environment, put away or not: the past may know it."""
    return [(each.id, each.name) for each in rows.find(Environment)]


def answer(rows: Rows, when: str, environment: str) -> str:
    """Return the text that answers the question."""
    return "\n".join(told(as_of(rows, when, environment)))


class AsOfDialog(QDialog):
    """A day and an environment at the top, the answer below; it stays open beside the window."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("What was live then?"))
        self._desk = desk
        self._asked = 0
        self.day, self.environment = QLineEdit(today().isoformat()), Choice()
        self.banner, self.text = Banner(), QPlainTextEdit()
        self.send, self.copy = Button(_("Ask"), "main"), Button(_("Copy"), "", "copy")
        self._lay_out()
        self.send.clicked.connect(self.ask)
        self.day.returnPressed.connect(self.ask)
        self.copy.clicked.connect(self._copy)
        desk.closed.connect(self.close)
        desk.ask(environments, then=self._offer)
        self.resize(*(theme().px(each) for each in _SIZE_PX))

    def _lay_out(self) -> None:
        self.day.setAccessibleName(_("Day, or time"))
        self.day.setToolTip(_("Up to the end of a day such as 2026-11-23, or a time such as 2026-11-23T10:00"))
        self.environment.setAccessibleName(_("Environment"))
        self.environment.setMinimumWidth(theme().px(180))
        self.text.setAccessibleName(_("What was live then"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        top = QHBoxLayout()
        top.setSpacing(10)
        for part in (label(_("Day")), self.day, label(_("in")), self.environment, self.send, self.copy):
            top.addWidget(part)
        top.addStretch()
        for button in (self.send, self.copy):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        said = _("Which release was live, on which model and data, who approved it, and which entries prove it.")
        column.addWidget(label(said, "secondary", wraps=True))
        column.addLayout(top)
        column.addWidget(self.banner)
        column.addWidget(self.text, 1)

    @Slot(object)
    def _offer(self, found: list[tuple[str, str]]) -> None:
        self.environment.addItem(_("All environments"), "")
        for id_, name in found:
            self.environment.addItem(name, id_)
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Ask for the day that is written."""
        self._asked += 1
        wanted = (self.day.text().strip(), self.environment.currentData() or "")
        self._desk.ask(numbered, self._asked, answer, wanted, then=self._take, failed=self._refused)

    @Slot(object)
    def _take(self, found: tuple[int, str]) -> None:
        number, text = found
        if number == self._asked:
            self.banner.hide()
            self.text.setPlainText(text)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if isinstance(error, DeskError):
            self.banner.say(error.sentence, error.hint)
            self.text.setPlainText("")
        else:
            self._desk.refuse(error)

    @Slot()
    def _copy(self) -> None:
        self.text.selectAll()
        self.text.copy()

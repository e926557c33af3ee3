"""The start: create a project, open one, look at the sample; and the form that founds one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import is_missing
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.roles import WORKING, role_name
from mlops_desk.kernel.words import _

_RECENT_SHOWN = 5


class StartPage(QWidget):
    """What stands in the window while no project is open."""

    create_wanted = Signal()
    open_wanted = Signal()
    get_wanted = Signal(object)
    sample_wanted = Signal()

    def __init__(self, desk: Desk, recent: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.create_button = Button(_("Create a project"), "choice", "folder-plus")
        self.open_button = Button(_("Open a project folder"), "choice", "folder-open")
        self.get_button = Button(_("Get a team project"), "choice", "arrow-down", stands_for="get")
        self.get_button.setToolTip(_("By the link that an owner sent you, or by the address of the team copy."))
        self.sample_button = Button(_("Look at the sample"), "choice", "sparkles")
        self.sample_button.setToolTip(_("One turn of the cycle on made-up loans; the first time it takes a minute."))
        self.create_button.clicked.connect(self.create_wanted)
        self.open_button.clicked.connect(self.open_wanted)
        self.get_button.chosen.connect(self.get_wanted)
        self.sample_button.clicked.connect(self.sample_wanted)
        holder = QWidget()
        holder.setMaximumWidth(theme().px(460))
        column = QVBoxLayout(holder)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(label("MLOps Desk", "title"))
        column.addWidget(label(_("Your team's MLOps practice in a folder, without a server."), "secondary", wraps=True))
        column.addSpacing(12)
        for button in (self.create_button, self.open_button, self.get_button, self.sample_button):
            column.addWidget(button)
        if recent:
            column.addSpacing(12)
            column.addWidget(label(_("Opened before"), "muted"))
        for folder in recent[:_RECENT_SHOWN]:
            again = Button(folder, "link", stands_for=folder)
            again.chosen.connect(self._again)
            column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(holder, 4)
        row.addStretch(1)

    @Slot(object)
    def _again(self, folder: str) -> None:
        self._desk.open(Path(folder))


class FoundDialog(QDialog):
    """Founds a project: its name, place and purpose, and who founds it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Create a project"))
        self._desk = desk
        self.banner = Banner()
        self.name, self.folder, self.purpose = QLineEdit(), QLineEdit(), QLineEdit()
        self.person, self.mail, self.role = QLineEdit(), QLineEdit(), Choice()
        for role in WORKING:
            self.role.addItem(role_name(role.slug), role.slug)
        self.folder.setPlaceholderText(_("A new or empty folder"))
        self.mail.setPlaceholderText("ana@example.org")
        self.send = Button(_("Create"), "main")
        self._lay_out()
        self.send.setToolTip("Ctrl+Enter")
        self.send.clicked.connect(self.submit)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.submit)
        desk.opened.connect(self.close)
        desk.failed.connect(self._refused)
        self.resize(theme().px(540), self.sizeHint().height())

    def _lay_out(self) -> None:
        place = PlaceRow(self.folder, _("Folder"))
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        lines = (
            (_("Project name"), self.name),
            (_("Folder"), self.folder),
            (_("Purpose, in one sentence"), self.purpose),
            (_("Your name"), self.person),
            (_("Your mail address"), self.mail),
            (_("Your role"), self.role),
        )
        for title, editor in lines:
            editor.setAccessibleName(title)
            form.addRow(label(title), place if editor is self.folder else editor)
        cancel = Button(_("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        column.addWidget(label(_("Create a project"), "section"))
        column.addWidget(self.banner)
        column.addLayout(form)
        column.addWidget(label(_("Your signing key is made on this machine and stays here."), "muted", wraps=True))
        column.addLayout(buttons)

    @Slot()
    def submit(self) -> None:
        """Found the project with what was typed."""
        from mlops_desk.workspace.founding import Founder

        wanted = (
            (self.name, _("The project needs a name.")),
            (self.folder, _("Say where the project will lie.")),
        )
        if is_missing(wanted, self.banner):
            return
        mail = f" <{self.mail.text().strip()}>" if self.mail.text().strip() else ""
        try:
            founder = Founder.parse(self.person.text() + mail, [self.role.currentData()])
        except DeskError as error:
            self._refused(error)
            self.person.setFocus()
            return
        self.send.setEnabled(False)
        self._desk.found(
            Path(self.folder.text().strip()).expanduser(),
            self.name.text().strip(),
            self.purpose.text().strip(),
            founder,
        )

    @Slot(object)
    def _refused(self, error: DeskError) -> None:
        self.send.setEnabled(True)
        self.banner.say(error.sentence, error.hint)

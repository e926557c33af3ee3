"""Coming into a team: get its project by link or address, the words to compare, and the invitation to it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from mlops_desk.gui import team_work
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet, is_missing
from mlops_desk.gui.widgets.eight_words import EightWords
from mlops_desk.gui.widgets.text import label
from mlops_desk.gui.widgets.ticks import fill_ticks, ticked
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.roles import WORKING, role_name
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.team_work import Invited
    from mlops_desk.workspace.joining import Got

NOBODY_CODE = "TEAM-132"


class GetSheet(Sheet):
    """Asks for the link of an invitation or an address, the folder, and who asks to join."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Get a team project"), _("Get it and ask to join"), parent)
        self.source, self.folder, self.person, self.mail, self.note = (QLineEdit() for _number in range(5))
        self.roles = QListWidget()
        fill_ticks(self.roles, [(role.slug, role_name(role.slug)) for role in WORKING])
        self.source.setPlaceholderText("mlops-desk://join?…")
        self.folder.setPlaceholderText(_("A new or empty folder"))
        self.mail.setPlaceholderText("ana@example.org")
        self.lay_out(
            (
                (_("Link or address"), self.source),
                (_("Folder"), PlaceRow(self.folder, _("Folder"))),
                (_("Your name"), self.person),
                (_("Your mail address"), self.mail),
                (_("Roles you wish"), self.roles),
                (_("Note to the owners"), self.note),
            ),
            said=_("An owner sends you the link. You can read everything at once; an owner admits you to the team."),
            note=_("Your signing key is made on this machine and stays here."),
        )

    @Slot()
    def submit(self) -> None:
        """Get the project with what was typed."""
        if not self.send.isEnabled():
            return
        wanted = (
            (self.source, _("Paste the link, or type where the team copy lies.")),
            (self.folder, _("Say where the project will lie.")),
        )
        if is_missing(wanted, self.banner):
            return
        mail = self.mail.text().strip()
        person = f"{self.person.text().strip()}{f' <{mail}>' if mail else ''}"
        who = (person, tuple(ticked(self.roles)), self.note.text().strip())
        folder = Path(self.folder.text().strip()).expanduser()
        work = partial(team_work.get, self.source.text().strip(), folder, who)
        self.wait_for(self.desk.tasks.run(work, then=self._got, failed=self.refused, on_wire=True))

    @Slot(object)
    def refused(self, error: BaseException) -> None:
        """Say what was refused; who writes here for the first time is asked who they are."""
        if isinstance(error, DeskError) and error.code == NOBODY_CODE:
            self.person.setFocus()
            error = DeskError(error.sentence, _("Fill in your name and tick at least one role."), code=error.code)
        super().refused(error)

    @Slot(object)
    def _got(self, found: tuple[Got, str, str]) -> None:
        got, words, project_words = found
        window = self.parentWidget()
        self.close()
        self.desk.open(got.project.folder)
        if window is not None and got.is_new:
            GotSheet(self.desk, window, words, project_words).open()


class GotSheet(Sheet):
    """Shows the words to compare, and says what happens next."""

    def __init__(self, desk: Desk, parent: QWidget, words: str, project_words: str) -> None:
        super().__init__(desk, _("You asked to join"), _("Go on"), parent, leave=_("Copy the words"))
        self.words = EightWords(words)
        below = QVBoxLayout()
        below.setSpacing(10)
        below.addWidget(label(_("The words of your machine"), "strong"))
        below.addWidget(self.words)
        if project_words:
            below.addWidget(label(_("The words of the project, because no link proved which one it is"), "strong"))
            below.addWidget(EightWords(project_words))
        self.lay_out(
            (),
            said=_("Call an owner and read the words to each other; they must be the same on both sides."),
            below=below,
            note=_(
                "The owner then admits you on the page Team. Until then you can read everything, and what you write "
                "counts for nothing. The desk looks every five minutes, and tells you when you are in."
            ),
        )
        self._leave.clicked.disconnect(self.close)
        self._leave.clicked.connect(self._copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.words.words)
        self._leave.say(_("Copied"))

    @Slot()
    def submit(self) -> None:
        """Go on to the project."""
        self.close()


class InviteSheet(Sheet):
    """Shows the link that invites, and says plainly what whoever reads the team copy can see."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Invite to the project"), _("Copy the link"), parent, leave=_("Close"))
        self.link = QLineEdit()
        self.link.setReadOnly(True)
        self.words = EightWords()
        self.lay_out(
            ((_("Link"), self.link), (_("Words of the project"), self.words)),
            said=_("Send the link by mail or chat. Whoever gets it chooses “Get a team project” in the menu File."),
            note=_(
                "The link holds no secret: it names the team copy and the project, so that no other project can be put "
                "in its place. Give the newcomer access to the team copy at its host. Whoever can read the team copy "
                "can read everything in it: all records and comments, names and mail addresses, and what is shared "
                "of data. Nobody writes anything that counts before you have admitted them here."
            ),
        )
        self.send.setEnabled(False)
        desk.work(team_work.invitation, then=self._show, failed=self.refused)

    @Slot(object)
    def _show(self, found: Invited) -> None:
        self.link.setText(found.link)
        self.link.setCursorPosition(0)
        self.words.show_words(found.words)
        self.fit()
        self.send.setEnabled(True)
        self.send.setFocus()

    @Slot(object)
    def refused(self, error: BaseException) -> None:
        """Say why there is no link; it cannot be copied."""
        super().refused(error)
        self.send.setEnabled(False)

    @Slot()
    def submit(self) -> None:
        """Put the link into the clipboard."""
        if self.send.isEnabled():
            QGuiApplication.clipboard().setText(self.link.text())
            self.send.say(_("Copied"))

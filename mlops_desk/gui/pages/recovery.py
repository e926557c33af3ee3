"""The forms about loss: the 24 words of the recovery key, what they bring back, and the key of this machine."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from mlops_desk.gui import recovery_work
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.sheet import Sheet, is_missing
from mlops_desk.gui.recovery_work import Wish
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.seedwords import COUNT
from mlops_desk.kernel.words import _

_COLUMNS, _ASKED_BACK = 4, 2


class PaperWords(QFrame):
    """Shows 24 words to write on paper: numbered, in columns, never to be marked or copied."""

    def __init__(self) -> None:
        super().__init__()
        kind(self, "card")
        self.setAccessibleName(_("The words of the recovery key"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setVerticalSpacing(8)
        self._words: list[Any] = []
        rows = COUNT // _COLUMNS
        for place in range(COUNT):
            column, row = divmod(place, rows)
            number, word = label(str(place + 1), "muted"), label("", "strong")
            self._grid.addWidget(number, row, 2 * column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(word, row, 2 * column + 1)
            self._grid.setColumnStretch(2 * column + 1, 1)
            self._words.append(word)

    def show_words(self, words: str) -> None:
        """Show words, or none: then nothing of them stays here."""
        given = words.split() or [""] * COUNT
        for number, (shown, word) in enumerate(zip(self._words, given, strict=True), start=1):
            shown.setText(word)
            shown.setAccessibleName(_("Word {n}: {word}", n=number, word=word) if word else "")


class KeySheet(Sheet):
    """Shows the 24 words, then asks for two of them back; after that this machine forgets them."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Recovery key"), _("I have written them down"), parent, leave=_("Not now"))
        self.paper = PaperWords()
        self.again = Button(_("Show the words again"), "link")
        self.again.setAutoDefault(False)
        asked = sorted(random.SystemRandom().sample(range(1, COUNT + 1), _ASKED_BACK))
        self.back = {number: QLineEdit() for number in asked}
        self._asking = QWidget()
        grid = QGridLayout(self._asking)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, (number, editor) in enumerate(self.back.items()):
            name = _("Word {n} on the paper", n=number)
            editor.setAccessibleName(name)
            grid.addWidget(label(name), row, 0)
            grid.addWidget(editor, row, 1)
        grid.addWidget(self.again, _ASKED_BACK, 1, Qt.AlignmentFlag.AlignLeft)
        below = QVBoxLayout()
        below.addWidget(self.paper)
        below.addWidget(self._asking)
        self._asking.hide()
        self.lay_out(
            (),
            said=_(
                "24 words on paper bring the project back when every machine of the owners is lost. Who has them is "
                "senior to every owner."
            ),
            note=_("Keep the paper where no computer is, and never photograph the words or put them into a file."),
            below=below,
        )
        self.again.clicked.connect(self._show_again)
        self.finished.connect(self._clear)
        self.send.setEnabled(False)
        self._fetch()

    @property
    def is_asking(self) -> bool:
        """Tell whether words are asked back, and none is shown."""
        return not self._asking.isHidden()

    def _fetch(self) -> None:
        self.desk.work(recovery_work.words, then=self._show, failed=self.refused)

    @Slot(object)
    def _show(self, words: str) -> None:
        if not words:
            self.banner.say(
                _("The words are not on this machine."),
                _("They were shown on the machine of the founder, until somebody saved them. Who has the paper can "
                  "replace them: “Recover with the 24 words”."),
                level="info",
            )  # fmt: skip
            self.paper.hide()
        elif self.isVisible():
            self.paper.show_words(words)
            self.send.setEnabled(True)
        self.fit()

    @Slot()
    def _show_again(self) -> None:
        self._asking.hide()
        self.paper.show()
        self.banner.hide()
        self.send.setEnabled(False)
        self.send.say(_("I have written them down"))
        self._fetch()

    @Slot()
    def submit(self) -> None:
        """Hide the words and ask for two of them; then forget them here."""
        if not self.send.isEnabled():
            return
        if not self.is_asking:
            self.paper.show_words("")
            self.paper.hide()
            self._asking.show()
            self.send.say(_("Check and forget them here"))
            next(iter(self.back.values())).setFocus()
            return
        wanted = [(each, _("Type word {n} from the paper.", n=number)) for number, each in self.back.items()]
        if not is_missing(wanted, self.banner):
            self.send.setEnabled(False)
            typed = {number: each.text() for number, each in self.back.items()}
            self.desk.work(recovery_work.save, typed, then=self._saved, failed=self.refused)

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        said = _("Right. This machine has forgotten the words; keep the paper where no computer is.")
        self.desk.said.emit(said, False)
        self.close()
        self.desk.tell(Changes())

    @Slot()
    def _clear(self) -> None:
        self.paper.show_words("")
        for each in self.back.values():
            each.clear()


class RecoverSheet(Sheet):
    """Asks for the 24 words and what they shall bring back."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Recover with the 24 words"), _("Recover"), parent)
        self.words, self.what, self.member = QLineEdit(), Choice(), Choice()
        self.words.setEchoMode(QLineEdit.EchoMode.Password)
        ask_for(self.words, _("24 words, parted by spaces; four letters of each are enough"))
        self.shows = QCheckBox(_("Show what I type"))
        self.keeps = QCheckBox(_("Do not retire their other machines"))
        for value, text in (
            ("member", _("This machine is a member's from now on")),
            ("owner", _("Make a member an owner")),
            ("new", _("Replace the words by new ones")),
        ):
            self.what.addItem(text, value)
        self.lay_out(
            (
                (_("The 24 words"), self.words),
                (self.shows.text(), self.shows),
                (_("What to recover"), self.what),
                (_("Member"), self.member),
                (self.keeps.text(), self.keeps),
            ),
            said=_("For when the machines of an owner are lost: the words on paper bring the project back."),
            note=_(
                "For this machine to become a member's it has asked to join before. Their other machines are retired: "
                "what those wrote up to now stays, later entries are set aside."
            ),
        )
        self.shows.toggled.connect(self._show_words)
        self.what.currentIndexChanged.connect(self._choose)
        self.finished.connect(self.words.clear)
        self.send.setEnabled(False)
        self._choose()
        desk.ask(recovery_work.members, then=self._offer, failed=self.refused)

    @Slot(object)
    def _offer(self, found: list[tuple[str, str]]) -> None:
        for id_, name in found:
            self.member.addItem(name, id_)
        self.send.setEnabled(True)

    @Slot(bool)
    def _show_words(self, is_wanted: bool) -> None:  # noqa: FBT001 - a signal's value
        self.words.setEchoMode(QLineEdit.EchoMode.Normal if is_wanted else QLineEdit.EchoMode.Password)

    @Slot()
    def _choose(self) -> None:
        self.member.setEnabled(self.what.currentData() != "new")
        self.keeps.setEnabled(self.what.currentData() == "member")

    @Slot()
    def submit(self) -> None:
        """Recover."""
        if not self.send.isEnabled() or is_missing([(self.words, _("Type the 24 words."))], self.banner):
            return
        what, member = self.what.currentData(), self.member.currentData() or ""
        wish = Wish(
            self.words.text(),
            member=member if what == "member" else "",
            keeps_others=self.keeps.isChecked(),
            owner=member if what == "owner" else "",
            new_words=what == "new",
        )
        self.send.setEnabled(False)
        self.desk.work(recovery_work.recover, wish, then=self._done, failed=self.refused, title=_("Recovering"))

    @Slot(object)
    def _done(self, found: list[str]) -> None:
        said, is_new = " ".join(found), self.what.currentData() == "new"
        self.desk.said.emit(said, False)
        self.close()
        self.desk.tell(Changes())
        if is_new:
            self.desk.link.sheet_wanted.emit("recovery-key")
        elif self.desk.link.outlook is not None and self.desk.link.outlook.address:
            self.desk.link.ask_to_send(said)


class RenewSheet(Sheet):
    """Says what a new key for this machine means, and makes it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("New key for this machine"), _("Make a new key"), parent)
        self.lay_out(
            (),
            said=_(
                "For when the key of this machine was copied, lost or retired. The machine gets a new key and asks to "
                "be admitted as a further machine of yours; what you wrote before stays."
            ),
            note=_("An owner compares eight words with you, and retires the old key. Until then you can only read."),
        )

    @Slot()
    def submit(self) -> None:
        """Make the key, and open the project again with it."""
        if self.send.isEnabled():
            self.send.setEnabled(False)
            self.desk.work(recovery_work.renew, then=self._done, failed=self.refused)

    @Slot(object)
    def _done(self, _nothing: object) -> None:
        who = self.desk.who
        self.close()
        if who is not None:
            self.desk.open(who.folder)


class MovedSheet(Sheet):
    """Asks whether the place where this machine wrote before is given up for good."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("This machine was moved"), _("Go on here"), parent)
        self.sure = QCheckBox(_("The place where it was before is never used again"))
        self.lay_out(
            ((self.sure.text(), self.sure),),
            said=_(
                "For when the private data of this machine was copied or brought back from a backup: one key may write "
                "in one place only, so the desk writes nothing until you say which."
            ),
            note=_("If both places may write again, make a new key for this machine instead."),
        )

    @Slot()
    def submit(self) -> None:
        """Go on with the key in this place."""
        if not self.sure.isChecked():
            self.banner.say(_("Say first that the other place is given up."), level="warn")
            self.sure.setFocus()
        elif self.send.isEnabled():
            self.send.setEnabled(False)
            self.desk.work(recovery_work.move, then=self._done, failed=self.refused)

    @Slot(object)
    def _done(self, _nothing: object) -> None:
        said = _("This machine goes on with its key here. Never use the place again where it was before.")
        self.desk.said.emit(said, False)
        self.close()

"""The pass-phrase of the signing key: to seal the key's file, and to open a sealed one for this window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.kernel import secrets
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace


def seal(workspace: Workspace, phrase: str, progress: Progress, stop: Stop) -> str:  # noqa: ARG001 - a task
    """Seal the key's file and keep it open for this window; runs on the lane."""
    secrets.seal(workspace.device, phrase)
    secrets.unseal(workspace.device, phrase)
    return _("Your key is sealed. The window asks for the pass-phrase when it is opened again.")


def unseal(workspace: Workspace, phrase: str, progress: Progress, stop: Stop) -> str:  # noqa: ARG001 - a task
    """Open the sealed key for this window; runs on the lane."""
    secrets.unseal(workspace.device, phrase)
    return _("Your key is open until the window is closed.")


class SealSheet(Sheet):
    """Asks twice for the pass-phrase that will protect the key."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Seal your key"), _("Seal"), parent)
        self.first, self.again = _secret(), _secret()
        self.lay_out(
            ((_("Pass-phrase"), self.first), (_("Again"), self.again)),
            said=_("The file of your key can then be opened by nobody who lacks the pass-phrase."),
            note=_(
                "Nobody can bring a forgotten pass-phrase back. Commands that act need it in {name}.",
                name=secrets.PASSPHRASE_VARIABLE,
            ),
        )

    @Slot()
    def submit(self) -> None:
        """Seal the key, if both phrases are the same."""
        if not self.first.text() or self.first.text() != self.again.text():
            self.banner.say(_("The two are not the same, or empty."), _("Nothing was changed."))
            self.first.setFocus()
            return
        self.send.setEnabled(False)
        self.desk.work(seal, self.first.text(), then=self._done, failed=self.refused, title=_("Sealing your key"))

    @Slot(object)
    def _done(self, said: str) -> None:
        self.desk.said.emit(said, False)
        self.close()


class UnsealSheet(Sheet):
    """Asks for the pass-phrase of a sealed key, when an act needs it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Open your key"), _("Open"), parent)
        self.phrase = _secret()
        self.lay_out(
            ((_("Pass-phrase"), self.phrase),),
            said=_("Your key is sealed. What you do here is signed with it, so it has to be opened once."),
        )

    @Slot()
    def submit(self) -> None:
        """Open the key."""
        self.send.setEnabled(False)
        self.desk.work(unseal, self.phrase.text(), then=self._done, failed=self.refused)

    @Slot(object)
    def _done(self, said: str) -> None:
        self.desk.said.emit(_("{said} Do again what was refused.", said=said), False)
        self.close()


def _secret() -> QLineEdit:
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made

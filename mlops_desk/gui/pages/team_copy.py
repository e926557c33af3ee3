"""The forms about the team copy: where it lies, the token of its host, and the git configuration that came with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mlops_desk.gui import team_work
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.pages.settings import KEPT
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.kernel.secrets import Kind
    from mlops_desk.sync.config import Configuration

KEYS_SHOWN, DIGEST_SHOWN = 12, 16


class AddressSheet(Sheet):
    """Asks where the team copy lies; only what a person typed here is ever exchanged with."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Set the team copy"), _("Set and sync"), parent)
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://git.example.org/team/loan.git")
        if desk.link.outlook is not None:
            self.address.setText(desk.link.outlook.address)
        self.lay_out(
            ((_("Address"), PlaceRow(self.address, _("Address"))),),
            said=_("Where the team meets: a repository at a git host, or a folder that all can reach."),
            note=_(
                "https://host/path, ssh://host/path, name@host:path, or a folder; an empty folder becomes the team "
                "copy. Never write a token into the address: it is kept apart. Everybody who can read the team copy "
                "can read all that the project holds."
            ),
        )

    @Slot()
    def submit(self) -> None:
        """Set the team copy."""
        if self.send.isEnabled():
            self.desk.link.cancel()  # the address of before may not answer
            work = partial(self.desk.work, then=self._done, failed=self.refused, on_wire=True)
            self.wait_for(work(team_work.settle, self.address.text().strip()))

    @Slot(object)
    def _done(self, _nothing: object) -> None:
        self.close()
        self.desk.link.resume()


class SendSheet(Sheet):
    """Asks whether what was just signed shall be sent at once, because nobody else sees it before."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Send now?"), _("Send"), parent, leave=_("Later"))
        known = desk.link.outlook
        later = (
            _("Otherwise it goes a minute after your last change.")
            if known is not None and known.sends
            else _("Otherwise it goes with the next “Sync now” (F5).")
        )
        said = _("{what} It is signed here, and the others see it only once it was sent.", what=desk.link.just_signed)
        self.lay_out((), said=said.strip(), note=later)
        self.send.setFocus()

    @Slot()
    def submit(self) -> None:
        """Send it: receive, merge, send."""
        self.close()
        self.desk.link.sync_now()


class TokenSheet(Sheet):
    """Asks for the token of a git host, which goes into the secret store of this machine and nowhere else."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Keep a token"), _("Keep"), parent)
        known = desk.link.outlook
        self.host, self.user, self.token = QLineEdit(known.host if known else ""), QLineEdit(), QLineEdit()
        self.host.setPlaceholderText("git.example.org")
        ask_for(self.user, _("Only if the host expects a certain one"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.lay_out(
            ((_("Host"), self.host), (_("User name"), self.user), (_("Token"), self.token)),
            said=_("A git host that is reached by https asks for a token; make one there, for this project alone."),
            note=_("It is kept in the keychain of this system, never in the address, the project or a log."),
        )
        (self.token if self.host.text() else self.host).setFocus()

    @Slot()
    def submit(self) -> None:
        """Keep the token."""
        if self.send.isEnabled():
            host, user, token = (each.text().strip() for each in (self.host, self.user, self.token))
            work = partial(team_work.keep_token, host, user, token)
            self.wait_for(self.desk.tasks.run(work, then=self._done, failed=self.refused, on_wire=True))

    @Slot(object)
    def _done(self, kept: Kind) -> None:
        text = _("Kept for {host}: {place}.", host=self.host.text().strip(), place=KEPT[kept])
        self.desk.said.emit(text, False)
        self.close()
        self.desk.link.resume()


class TrustSheet(Sheet):
    """Shows which keys of the git configuration can run programs, and asks whether they are trusted as they are."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("The git configuration"), _("Trust it on this machine"), parent)
        self._found: tuple[Configuration, ...] = ()
        self._keys = QVBoxLayout()
        self._keys.setSpacing(10)
        self.lay_out(
            (),
            said=_("The git configuration that came with the folder can run programs. Nothing was run."),
            note=_(
                "Trust it only if you wrote it yourself. Trust is bound to what is shown here: once it is changed, "
                "you are asked again."
            ),
            below=self._keys,
        )
        self.send.setEnabled(False)
        desk.work(team_work.configurations, then=self._show, failed=self.refused, on_wire=True)

    @Slot(object)
    def _show(self, found: tuple[Configuration, ...]) -> None:
        self._found = found
        strange = [each for each in found if each.strange]
        self.send.setEnabled(bool(strange))
        if not strange:
            self.banner.say(_("Nothing in it can run a program; there is nothing to trust."), level="info")
        for each in strange:
            more = len(each.strange) - KEYS_SHOWN
            lines = [f"· {key}" for key in each.strange[:KEYS_SHOWN]]
            lines += [_("and {n} more", n=more)] if more > 0 else []
            self._keys.addWidget(label(str(each.folder), "strong", wraps=True))
            self._keys.addWidget(label("\n".join(lines), wraps=True))
            self._keys.addWidget(label(_("Digest: {digest}…", digest=each.digest[:DIGEST_SHOWN]), "muted"))
        self.fit()

    @Slot()
    def submit(self) -> None:
        """Trust what is shown."""
        if self.send.isEnabled():
            self.send.setEnabled(False)
            self.desk.work(team_work.trust, self._found, then=self._done, failed=self.refused, on_wire=True)

    @Slot(object)
    def _done(self, _nothing: object) -> None:
        self.close()
        self.desk.link.resume()

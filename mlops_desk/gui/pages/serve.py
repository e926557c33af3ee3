"""What has to be said before something answers on this machine: the environment, the port, a new key."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mlops_desk.areas.deployments.queries import LiveRow, live
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.widgets.buttons import Choice
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

_LAST_PORT = 65_535


def answering(rows: Rows) -> list[LiveRow]:
    """Return the environments that have a live release."""
    return [each for each in live(rows) if each.release]


class ServeSheet(Sheet):
    """Asks what shall answer; ``wanted`` carries environment, port, and whether a new key is made."""

    wanted = Signal(str, int, bool)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Answer requests on this machine"), _("Start"), parent)
        self.environment, self.port = Choice(), QLineEdit()
        self.new_key = QCheckBox(_("Make a new API key; the old one ends"))
        self.port.setValidator(QIntValidator(0, _LAST_PORT, self.port))
        self.port.setPlaceholderText(_("A free one"))
        self.lay_out(
            ((_("Environment"), self.environment), (_("Port"), self.port), (_("New API key"), self.new_key)),
            said=_("What is live in the environment answers at an address of this machine, for this machine only."),
            note=_("It follows releases and roll-backs, and ends with the window."),
        )
        self.send.setEnabled(False)
        desk.ask(answering, then=self._offer)

    @Slot(object)
    def _offer(self, found: list[LiveRow]) -> None:
        for each in found:
            self.environment.addItem(f"{each.environment} · {each.model}", each.id)
        self.send.setEnabled(bool(found))
        if not found:
            self.banner.say(
                _("Nothing is live, so nothing can answer."), _("Plan a release and bring it live first."), level="info"
            )

    @Slot()
    def submit(self) -> None:
        """Say what is wanted; the page starts it."""
        if self.send.isEnabled():
            self.wanted.emit(self.environment.currentData(), int(self.port.text() or 0), self.new_key.isChecked())
            self.close()

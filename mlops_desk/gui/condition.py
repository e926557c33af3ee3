"""The banner for a condition of the whole project, whatever page is in front: entries lost, or not admitted yet."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.team_link import shares
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _

EDGE_PX = 20
LOST, WAITING = "lost", "waiting"


class ConditionBanner(Banner):
    """Stays until its condition ends; closed by the person, it comes back when the condition changes."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(EDGE_PX, parent)
        self._desk = desk
        self._shown: tuple[str, ...] = ()
        self._waited = ""
        desk.link.changed.connect(self.look)
        desk.who_changed.connect(self.look)
        desk.closed.connect(self.look)
        self.acted.connect(self._act_on)

    @Slot()
    def look(self) -> None:
        """Look which condition holds; what was lost comes before what waits."""
        self._welcome()
        who, known = self._desk.who, self._desk.link.outlook
        lost = shares(known.lost) if known is not None else ""
        condition = (LOST, lost) if lost else (WAITING, who.asks_as, who.words) if who and who.asks_as else ()
        if condition == self._shown:
            return
        self._shown = condition
        if not condition:
            self.hide()
        elif condition[0] == LOST:
            said = _("The shared folder lost entries that this machine has seen: {shares}.", shares=lost)
            hint = _("They still count here. Put them back, byte for byte; the team copy gets them with the next sync.")
            self.say(said, hint, act=_("Restore"), stands_for=LOST)
        elif who is not None:
            said = _("Waiting to be admitted: read these words to an owner: {words}", words=who.words)
            hint = _("Until then you can read everything, and what you write counts for nothing.")
            self.say(said, hint, level="info", act=_("Copy the words"), stands_for=WAITING)

    def _welcome(self) -> None:
        """Say it to a newcomer who has just been admitted."""
        who = self._desk.who
        if who is not None and who.name and self._waited == who.device:
            roles = ", ".join(role_name(role) for role in who.roles)
            self._desk.said.emit(_("You are in as {roles}.", roles=roles), False)
        self._waited = who.device if who is not None and who.asks_as else ""

    @Slot(object)
    def _act_on(self, condition: str) -> None:
        if condition == LOST:
            self._desk.link.restore()
        elif self._desk.who is not None:
            QGuiApplication.clipboard().setText(self._desk.who.words)
            self._desk.said.emit(_("The words are in the clipboard."), False)

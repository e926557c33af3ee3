"""Team: what the area brings, the invitation, and the requests to join with what an owner does about them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk.areas.team import REQUESTS
from mlops_desk.areas.team.member import Admit
from mlops_desk.areas.team.queries import MAX_REQUESTS
from mlops_desk.gui.command_words import WORDS
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.models.paged import Sheaf
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.records import Listed
from mlops_desk.gui.places import Place
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.words import _

INVITE = "invite"


class TeamPage(AreaPage):
    """Who belongs to the project, and who wants to: nobody is made here, they ask and are admitted."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self.invite = Button(WORDS[INVITE], "main", "plus", stands_for=INVITE)
        self.admit = Button(_("Admit…"), "main", "check")
        self.note = Banner()
        self.layout().insertWidget(2, self.note)  # type: ignore[union-attr]
        self.invite.chosen.connect(desk.link.sheet_wanted)
        self.admit.clicked.connect(self.admit_chosen)
        self.header.add(self.admit)
        self.header.add(self.invite)
        self.moved.connect(self._offer_tools)
        self._offer_tools()

    def main_act(self) -> type[Act] | None:
        """Return nothing: members come by invitation, and every other act is about one of them."""
        return None

    @Slot()
    def _offer_tools(self) -> None:
        """Offer what belongs to the tab in front."""
        is_requests = self.listing is REQUESTS
        self.admit.setVisible(is_requests)
        self.invite.setVisible(not is_requests)
        self.note.hide()
        if is_requests and self.table is not None:
            self.table.say_empty(REQUESTS.empty, WORDS[INVITE], INVITE)

    def show_data(self, answer: Listed | Sheaf) -> None:
        """Show the rows; requests without end are cut, and it is said."""
        super().show_data(answer)
        is_requests = self.listing is REQUESTS
        rows = answer.rows if isinstance(answer, Listed) else ()
        self.admit.setEnabled(bool(rows))
        if is_requests and len(rows) >= MAX_REQUESTS:
            said = _("Only the newest {n} requests are shown.", n=MAX_REQUESTS)
            hint = _("Whoever can write to the team copy can ask to join; look who that is.")
            self.note.say(said, hint, level="warn")

    @Slot()
    def admit_chosen(self) -> None:
        """Open the form that admits: for the chosen request, or for the only one there is."""
        table = self.table
        row = table.chosen if table is not None else None
        if row is None and table is not None and table.model.total == 1:
            row = table.model.row(0)
        self.desk.fill_in(Admit, {"request": row.id} if row is not None else {})

    @Slot(object)
    def begin_from_nothing(self, stands_for: Any) -> None:
        """Invite, where nobody waits to be admitted."""
        if stands_for == INVITE:
            self.desk.link.sheet_wanted.emit(INVITE)
        else:
            super().begin_from_nothing(stands_for)

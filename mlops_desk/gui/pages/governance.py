"""Governance: what the area brings, and always the audit trail with a button that checks every entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.places import Place
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import status

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.verify import Verified

TRAIL_NOUN = "line"


@dataclass(frozen=True)
class TrailLine:
    """One entry of the trail for the table: its verdict as a state."""

    id: str
    at: datetime
    who: str
    acting: str
    kind: str
    state: State
    reason: str


def trail(rows: Rows) -> list[TrailLine]:
    """Return the newest entries, whatever their verdict."""
    return [
        TrailLine(each.line, each.at, each.who, each.acting, each.kind, _verdict(each.verdict), each.reason)
        for each in status.trail(rows)
    ]


def _verdict(code: str) -> State:
    if code == "ok":
        return State("ok", _("Counts"))
    if Finding(code, "", "").grave:
        return State("bad", code.replace("-", " ").capitalize())
    return State("info" if code.startswith("waiting") else "warn", code.replace("-", " ").capitalize())


TRAIL = Listing(
    noun=TRAIL_NOUN,
    title=_("Audit trail"),
    columns=(
        Column("at", _("When"), "instant"),
        Column("who", _("Who")),
        Column("acting", _("As"), "role"),
        Column("kind", _("What")),
        Column("state", _("Verdict"), "state"),
        Column("reason", _("Reason")),
    ),
    query=trail,
    empty=_("No entry."),
)
_FINDINGS_SAID = 3


def verify(workspace: Workspace, progress: Progress, stop: Stop) -> Verified:  # noqa: ARG001 - a task's signature
    """Check every entry from its bytes; runs on the lane."""
    return workspace.verify(progress)


class GovernancePage(AreaPage):
    """The gates, and the trail that proves them."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self.verify = Button(_("Verify now"), "", "shield-check")
        self.verify.clicked.connect(self._verify)
        self.result = Banner()
        self.header.add(self.verify)
        self.layout().insertWidget(1, self.result)  # type: ignore[union-attr]

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the area, then the trail."""
        return [*super().listings(), (None, TRAIL)]

    @Slot()
    def _verify(self) -> None:
        self.verify.setEnabled(False)
        self.desk.work(verify, then=self._verified, failed=self._not_verified, title=_("Checking every entry"))

    @Slot(object)
    def _verified(self, found: Verified) -> None:
        self.verify.setEnabled(True)
        count = plural("{n} entry checked from its bytes.", "{n} entries checked from their bytes.", found.lines)
        if found.is_sound:
            note = plural("{n} note.", "{n} notes.", len(found.findings)) if found.findings else ""
            self.result.say(_("The trail is sound."), f"{count} {note}".strip(), level="info")
            return
        grave = [each for each in found.findings if each.grave]
        first = "\n".join(f"{each.place}: {each.code}: {each.sentence}" for each in grave[:_FINDINGS_SAID])
        sentence = plural("{n} entry cannot be trusted.", "{n} entries cannot be trusted.", len(grave))
        self.result.say(sentence, f"{count}\n{first}")

    @Slot(object)
    def _not_verified(self, error: BaseException) -> None:
        self.verify.setEnabled(True)
        self.desk.refuse(error)

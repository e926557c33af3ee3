"""Governance: what the area brings, and always the audit trail with a button that checks every entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk import catalogue
from mlops_desk.gui import acts
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.records import Listed
from mlops_desk.gui.places import Place
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel import clock
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

TRAIL_NOUN, FINDING_NOUN = "line", "finding"


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
        TrailLine(each.line, each.at, each.who, each.acting, _did(each.kind), _verdict(each.verdict), each.reason)
        for each in status.trail(rows)
    ]


def _did(kind: str) -> str:
    """Return what an entry did in words, its kind where this version knows no act of it."""
    act = catalogue.RULES.acts.get(kind)
    return acts.verb_words(act) if act is not None else kind


def _verdict(code: str) -> State:
    word = code.replace("-", " ").capitalize()
    if code == "ok":
        return State("ok", _("Counts"))
    if Finding(code, "", "").grave:
        return State("bad", word)
    return State("info" if code.startswith("waiting") else "warn", word)


@dataclass(frozen=True)
class FindingLine:
    """A finding for the table."""

    id: str
    state: State
    kind: str
    place: str
    sentence: str


def findings(rows: Rows, checked: tuple[Finding, ...] = ()) -> list[FindingLine]:
    """Return what does not count and why: what the store knows, and what the last check of all bytes found."""
    known = status.findings(rows)
    seen = {(each.code, each.place) for each in known}
    found = known + [each for each in checked if (each.code, each.place) not in seen]
    return [
        FindingLine(
            f"{each.code} {each.place}",
            _verdict(each.code),
            _("not trusted") if each.grave else _("note"),
            each.place,
            each.sentence,
        )
        for each in sorted(found, key=lambda each: not each.grave)
    ]


def found_out(rows: Rows, checked: tuple[Finding, ...]) -> Listed:
    """Return the findings as the page shows them."""
    return Listed(findings(rows, checked), None, clock.now())


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
FINDINGS = Listing(
    noun=FINDING_NOUN,
    title=_("Findings"),
    columns=(
        Column("state", _("Verdict"), "state"),
        Column("kind", _("Weight")),
        Column("place", _("Place")),
        Column("sentence", _("What is wrong")),
    ),
    query=findings,
    empty=_("Nothing was found that does not count."),
)


def verify(workspace: Workspace, progress: Progress, stop: Stop) -> Verified:
    """Check every entry from its bytes; runs on the lane."""
    return workspace.verify(progress, stop)


class GovernancePage(AreaPage):
    """The gates, and the trail that proves them."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self.verify = Button(_("Verify now"), "", "shield-check")
        self.verify.clicked.connect(self.verify_all)
        self.result = Banner()
        self.result.acted.connect(self.turn_to)
        self.look = Button(_("Look at a gate…"), "", "search")
        self.look.clicked.connect(self.look_at_gate)
        self.gate: GateDialog | None = None
        self._checked: tuple[Finding, ...] = ()
        self.header.add(self.look)
        self.header.add(self.verify)
        self.layout().insertWidget(1, self.result)  # type: ignore[union-attr]
        self.moved.connect(self._offer_tools)
        self._offer_tools()

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the area, then the trail and what does not count in it."""
        return [*super().listings(), (None, TRAIL), (None, FINDINGS)]

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask as every area does; findings are joined with what the last check of all bytes found."""
        return (found_out, (self._checked,)) if self.listing is FINDINGS else super().question()

    @Slot()
    def _offer_tools(self) -> None:
        """Show beside the main act what belongs to the tab in front."""
        is_trail = self.listing in (TRAIL, FINDINGS)
        self.verify.setVisible(is_trail)
        self.look.setVisible(not is_trail)

    @Slot()
    def look_at_gate(self) -> None:
        """Show a gate item by item: the one of the chosen row, or one to be chosen."""
        row = self.table.chosen if self.table is not None else None
        gate, subject = (getattr(row, name, "") for name in ("gate", "subject"))
        self.gate = GateDialog(self.desk, self, gate, subject)
        self.gate.open()

    @Slot()
    def verify_all(self) -> None:
        """Check every entry from its bytes."""
        self.verify.setEnabled(False)
        self.desk.work(verify, then=self._verified, failed=self._not_verified, title=_("Checking every entry"))

    @Slot(object)
    def _verified(self, found: Verified) -> None:
        self.verify.setEnabled(True)
        self._checked = found.findings
        if self.listing is FINDINGS:
            self.reload()
        show = _("Show them") if found.findings else ""
        count = plural("{n} entry checked from its bytes.", "{n} entries checked from their bytes.", found.lines)
        if found.is_sound:
            note = plural("{n} note.", "{n} notes.", len(found.findings)) if found.findings else ""
            said = _("The trail is sound.")
            self.result.say(said, f"{count} {note}".strip(), level="info", act=show, stands_for=FINDING_NOUN)
            return
        grave = sum(each.grave for each in found.findings)
        sentence = plural("{n} entry cannot be trusted.", "{n} entries cannot be trusted.", grave)
        self.result.say(sentence, count, act=show, stands_for=FINDING_NOUN)

    @Slot(object)
    def _not_verified(self, error: BaseException) -> None:
        self.verify.setEnabled(True)
        self.desk.refuse(error)

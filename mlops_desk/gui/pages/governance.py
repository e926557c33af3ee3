"""Governance: what the area brings, and always the audit trail with a button that checks every entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.trail import (
    FINDING_NOUN,
    FINDINGS,
    TRAIL,
    TrailBar,
    TrailLine,
    found_out,
    raw,
    with_raw,
)
from mlops_desk.gui.places import Place
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.verify import Verified


def verify(workspace: Workspace, is_deep: bool, progress: Progress, stop: Stop) -> Verified:  # noqa: FBT001 - a task's value
    """Check every entry from its bytes, and objects and rows if wished; runs on the lane."""
    return workspace.verify(progress, stop, is_deep=is_deep)


class GovernancePage(AreaPage):
    """The gates, and the trail that proves them."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self.verify = Button(_("Verify now"), "", "shield-check")
        self.verify.clicked.connect(self.verify_all)
        self.deep = Button(_("Also objects and rows"), "", "archive")
        self.deep.clicked.connect(self.verify_deep)
        self.result = Banner()
        self.result.acted.connect(self.turn_to)
        self.look = Button(_("Look at a gate…"), "", "search")
        self.look.clicked.connect(self.look_at_gate)
        self.gate: GateDialog | None = None
        self._checked: tuple[Finding, ...] = ()
        self.bar = TrailBar(desk)
        self.bar.changed.connect(self.reload)
        self.header.add(self.look)
        self.header.add(self.verify)
        self.header.add(self.deep)
        self.layout().insertWidget(1, self.result)  # type: ignore[union-attr]
        self.layout().insertWidget(3, self.bar)  # type: ignore[union-attr]
        self.moved.connect(self._offer_tools)
        self._offer_tools()

    def listings(self) -> list[tuple[Area | None, Listing]]:
        """Return the tables of the area, then the trail and what does not count in it."""
        return [*super().listings(), (None, TRAIL), (None, FINDINGS)]

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Ask as every area does; the trail as its bar wishes; findings also of the last check of all bytes."""
        if self.listing is TRAIL and self.table is not None:
            self.table.scope = self.bar.wanted
        return (found_out, (self._checked,)) if self.listing is FINDINGS else super().question()

    def show_data(self, answer: Any) -> None:
        """Show the rows; the bar asks what there is to filter by."""
        super().show_data(answer)
        if self.listing is TRAIL:
            self.bar.refresh()

    @Slot(object)
    def _inspect(self, row: Any) -> None:
        super()._inspect(row)
        if isinstance(row, TrailLine):
            self.desk.work(raw, row, then=self._show_raw)

    @Slot(object)
    def _show_raw(self, found: tuple[TrailLine, str]) -> None:
        """Show an entry again with the line as it was signed, if it is still the chosen one."""
        row, text = found
        chosen = self.table.chosen if self.table is not None and self.listing is TRAIL else None
        if text and chosen is not None and chosen.id == row.id:
            self.desk.inspect(TRAIL.noun, row.id, with_raw(row, text))

    @Slot()
    def _offer_tools(self) -> None:
        """Show beside the main act what belongs to the tab in front."""
        is_trail = self.listing in (TRAIL, FINDINGS)
        self.bar.setVisible(self.listing is TRAIL)
        self.verify.setVisible(is_trail)
        self.deep.setVisible(is_trail)
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
        self._check(is_deep=False)

    @Slot()
    def verify_deep(self) -> None:
        """Check every entry, read every object again, and hold the rows against rows made anew."""
        self._check(is_deep=True)

    def _check(self, *, is_deep: bool) -> None:
        self._let_check(is_wanted=False)
        title = _("Checking every entry")
        self.desk.work(verify, is_deep, then=self._verified, failed=self._not_verified, title=title)

    def _let_check(self, *, is_wanted: bool) -> None:
        for button in (self.verify, self.deep):
            button.setEnabled(is_wanted)

    @Slot(object)
    def _verified(self, found: Verified) -> None:
        self._let_check(is_wanted=True)
        self._checked = found.findings
        if self.listing is FINDINGS:
            self.reload()
        show = _("Show them") if found.findings else ""
        count = plural("{n} entry checked from its bytes.", "{n} entries checked from their bytes.", found.lines)
        if found.deep is not None:
            objects = plural("{n} object read again.", "{n} objects read again.", found.deep.objects)
            count = f"{count} {objects}"
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
        self._let_check(is_wanted=True)
        self.desk.refuse(error)

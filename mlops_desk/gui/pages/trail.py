"""The audit trail in the window: entries a page at a time, what does not count and why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mlops_desk.gui.command_words import for_window
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.records import Listed
from mlops_desk.gui.widgets.paged_bar import PagedBar
from mlops_desk.kernel import clock
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.listing import Column, Detail, Listing
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.verdicts import state_of, words_of
from mlops_desk.kernel.words import _
from mlops_desk.workspace import status
from mlops_desk.workspace.act_words import entry_words
from mlops_desk.workspace.trail import Offered, TrailRow, Wanted, entries_at, offered, raw_line, trail
from mlops_desk.workspace.trail_table import TABLE

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace

TRAIL_NOUN, FINDING_NOUN = "line", "finding"


@dataclass(frozen=True)
class TrailLine:
    """One entry of the trail for the table: its verdict as a state, and all that the inspector says of it."""

    id: str
    at: datetime
    who: str
    acting: str
    kind: str
    about: str
    state: State
    reason: str
    device: str
    details: tuple[Detail, ...]


def lines(rows: Rows, wanted: Wanted = Wanted()) -> list[TrailLine]:  # noqa: B008 - it never changes
    """Return a page of the trail, whatever the verdicts."""
    return [_line(each) for each in trail(rows, wanted)]


def lines_at(rows: Rows, places: Sequence[int]) -> list[TrailLine | None]:
    """Return the entries at some places of the store; None where there is none any more."""
    return [_line(each) if each is not None else None for each in entries_at(rows, places)]


def _line(each: TrailRow) -> TrailLine:
    did, state = entry_words(each.kind), state_of(each.finding or each.verdict)
    details = (
        Detail(_("When"), each.at, "instant"),
        Detail(_("Who"), each.who),
        Detail(_("As"), each.acting, "role"),
        Detail(_("About"), each.about),
        Detail(_("Verdict"), state),
        Detail(_("What it means"), each.meaning),
        Detail(_("Reason"), each.reason),
        Detail(_("What to do"), for_window(each.remedy)),
        Detail(_("Kind"), each.kind),
        Detail(_("Entry"), each.line, "code"),
        Detail(_("Journal"), _("{device}…, entry {number}", device=each.device[:8], number=each.seq)),
        Detail(_("Read from"), each.place),
    )
    return TrailLine(
        each.line, each.at, each.who, each.acting, did, each.about, state, each.reason, each.device, details
    )


def with_raw(row: TrailLine, text: str) -> TrailLine:
    """Return an entry that also says how it was signed."""
    return replace(row, details=(*row.details, Detail(_("As it was signed"), text, "code")))


def raw(workspace: Workspace, row: TrailLine, progress: Progress, stop: Stop) -> tuple[TrailLine, str]:  # noqa: ARG001
    """Return an entry with its signed line; runs on the lane."""
    return row, raw_line(workspace.project, row.device, row.id)


@dataclass(frozen=True)
class FindingLine:
    """A finding for the table."""

    id: str
    state: State
    kind: str
    place: str
    sentence: str
    remedy: str


def findings(rows: Rows, checked: tuple[Finding, ...] = ()) -> list[FindingLine]:
    """Return what does not count and why: what the store knows, and what the last check of all bytes found."""
    known = status.findings(rows)
    seen = {(each.code, each.place) for each in known}
    found = known + [each for each in checked if (each.code, each.place) not in seen]
    return [
        FindingLine(
            f"{each.code} {each.place}",
            state_of(each.code),
            _("not trusted") if each.grave else _("note"),
            each.place,
            each.sentence or words_of(each.code).meaning,
            for_window(words_of(each.code).remedy),
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
        Column("about", _("About")),
        Column("state", _("Verdict"), "state"),
        Column("reason", _("Reason")),
    ),
    query=lines,
    empty=_("No entry."),
    paged=TABLE.paged(lines_at),
)
FINDINGS = Listing(
    noun=FINDING_NOUN,
    title=_("Set aside"),
    columns=(
        Column("state", _("Verdict"), "state"),
        Column("kind", _("Weight")),
        Column("sentence", _("What is wrong")),
        Column("remedy", _("What to do")),
        Column("place", _("Place")),
    ),
    query=findings,
    empty=_("Nothing was found that does not count."),
)


class TrailBar(PagedBar):
    """Chooses which entries are shown: by person, verdict and kind."""

    def __init__(self, desk: Desk) -> None:
        names = ((_("Person"), _("All people")), (_("Verdict"), _("All verdicts")), (_("What"), _("All kinds")))
        super().__init__(names, has_pages=False)
        self._desk = desk
        self.by, self.verdict, self.kind = self.boxes

    @property
    def wanted(self) -> Wanted:
        """The entries that the bar asks for."""
        by, verdict, kind = self.chosen
        return Wanted(by, kind, verdict)

    def refresh(self) -> None:
        """Ask what there is to filter by."""
        self._desk.ask(offered, then=self._offer)

    @Slot(object)
    def _offer(self, found: Offered) -> None:
        verdicts = [(code, words_of(code).word) for code in found.verdicts]
        self.offer((found.members, verdicts, [(kind, entry_words(kind)) for kind in found.kinds]))

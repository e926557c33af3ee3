"""The check-in in place: value, confidence and note of the KPI that the inspector shows, done by keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.values import UnreadableError, read
from mlops_desk.gui.models.cells import number_text
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.scale import Scale
from mlops_desk.gui.widgets.text import ask_for, label
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.areas.goals.kpi import Kpi
    from mlops_desk.gui.pages.records import Shown


class CheckInBox(QWidget):
    """Three fields and a button; Ctrl+Enter in any of them checks in.

    What is half typed stays while the same KPI is shown anew, and waits while another one is.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kpi: Kpi | None = None
        self._on_its_way = ""
        self._drafts: dict[str, tuple[str, int | None, str]] = {}
        self.value, self.note = QLineEdit(), QLineEdit()
        self.scale = Scale(_("Confidence, 0 to 10"))
        self.send = Button(_("Check in"))
        self.send.setToolTip("Ctrl+Enter")
        self.fault = label("", "fault", wraps=True)
        self.fault.hide()
        self._lay_out()
        self.send.clicked.connect(self.submit)
        self.value.textChanged.connect(self._offer)
        for sequence in ("Ctrl+Return", "Ctrl+Enter"):
            keys = QShortcut(QKeySequence(sequence), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(self.submit)
        self.hide()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._unit = label("", "muted")
        ask_for(self.note, _("What to know about it"))
        self.note.setAccessibleName(_("Note to the check-in"))
        typed = QHBoxLayout()
        typed.setSpacing(8)
        typed.addWidget(self.value, 1)
        typed.addWidget(self._unit)
        grid.addWidget(label(_("Check in"), "strong"), 0, 0)
        grid.addLayout(typed, 1, 0)
        grid.addWidget(label(_("Confidence, 0 to 10"), "secondary"), 2, 0)
        grid.addWidget(self.scale, 3, 0)
        grid.addWidget(self.note, 4, 0)
        grid.addWidget(self.fault, 5, 0)
        grid.addWidget(self.send, 6, 0, Qt.AlignmentFlag.AlignLeft)

    def show_record(self, found: Shown) -> None:
        """Check in what is shown from now on; hidden where that is no KPI in use."""
        from mlops_desk.areas.goals.kpi import Kpi
        from mlops_desk.areas.goals.progress import expected_on

        is_kpi = found.noun == Kpi.noun and bool(found.values) and not found.values.get("archived")
        self.setVisible(is_kpi)
        if not is_kpi:
            return
        kpi = Kpi(**found.values)
        self._turn_to(kpi)
        expected = expected_on(kpi, today())
        has_source = bool(kpi.sql or kpi.metric)
        hint = _("Value; expected today {value}", value=number_text(expected)) if expected is not None else _("Value")
        ask_for(self.value, _("Empty: read from its source") if has_source else hint)
        name = (
            _("Value of {kpi}, {unit}", kpi=kpi.name, unit=kpi.unit) if kpi.unit else _("Value of {kpi}", kpi=kpi.name)
        )
        self.value.setAccessibleName(name)
        self._unit.setText(kpi.unit)
        self._unit.setVisible(bool(kpi.unit))
        self.send.setAccessibleName(_("Check in {kpi}", kpi=kpi.name))
        self._offer()

    def enter(self) -> None:
        """Begin with the value."""
        self.value.setFocus()

    def _turn_to(self, kpi: Kpi) -> None:
        """Keep what is half typed about the KPI of before, and bring back what was about this one."""
        before = self._kpi
        self._kpi = kpi
        if before is not None and before.id == kpi.id:
            return
        if before is not None:
            self._drafts[before.id] = (self.value.text(), self.scale.choice, self.note.text())
        self._fill(*self._drafts.pop(kpi.id, ("", None, "")))
        self._say("")

    def _fill(self, value: str, confidence: int | None, note: str) -> None:
        self.value.setText(value)
        self.scale.choose(confidence)
        self.note.setText(note)

    def _say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))
        self.value.setAccessibleDescription(text)

    @Slot()
    def _offer(self) -> None:
        """Let check in what has a value, typed or from a source."""
        kpi = self._kpi
        has_value = bool(self.value.text().strip()) or (kpi is not None and bool(kpi.sql or kpi.metric))
        self.send.setEnabled(has_value and not self._on_its_way)

    @Slot()
    def submit(self) -> None:
        """Check in what is typed; the act says how it went, and can be taken back."""
        from mlops_desk.areas.goals.kpi import RecordCheckIn

        if self._kpi is None or not self.send.isEnabled():
            return
        text = self.value.text().strip()
        try:
            value = read(text, float) if text else None
        except UnreadableError as fault:
            self._say(str(fault))
            self.value.setFocus()
            return
        self._say("")
        self._on_its_way = self._kpi.id
        self._offer()
        act = RecordCheckIn(kpi=self._kpi.id, value=value, note=self.note.text().strip(), confidence=self.scale.choice)
        self._desk.do(act, then=self._done, failed=self._refused)

    @Slot(object)
    def _done(self, _changes: object) -> None:
        """Empty the fields: what was typed is recorded."""
        done, self._on_its_way = self._on_its_way, ""
        self._drafts.pop(done, None)
        if self._kpi is not None and self._kpi.id == done:
            self._fill("", None, "")
        self._offer()

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        """Say why it was not recorded; what was typed stays."""
        self._on_its_way = ""
        self._offer()
        if isinstance(error, DeskError) and not isinstance(error, Cancelled):
            self._say(f"{error.sentence} {error.hint}".strip())

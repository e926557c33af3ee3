"""A gate on a thing, item by item: what the software found, what people said, what still holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mlops_desk.areas.governance.answer import AnswerItem, ConfirmAnswers
from mlops_desk.areas.governance.exception import AskException
from mlops_desk.areas.governance.gate import AskGate, SignGate
from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.gui import acts, tab_order
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages import records
from mlops_desk.gui.pages.page import numbered
from mlops_desk.gui.table.table import Table
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import label, unmarked
from mlops_desk.kernel import clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _
from mlops_desk.workspace.act_words import verb_words

_SIZE_PX = (1020, 660)
_HOW = {
    "computed": _("computed"),
    "people": _("by people"),
    "exception": _("by exception"),
    "does not apply": _("does not apply"),
    "open": _("open"),
}


@dataclass(frozen=True)
class ItemLine:
    """One item of the gate for the table."""

    id: str
    question: str
    state: State
    how: str
    value: str
    limit: str
    who: str
    is_settled: bool


@dataclass(frozen=True)
class GateShown:
    """A gate on a thing as the dialog shows it."""

    state: State
    sentence: str
    items: tuple[ItemLine, ...]


def gate_shown(rows: Rows, gate: str, subject: str) -> GateShown:
    """Return how a gate stands on a thing, its open items first."""
    stands = gate_show(rows, gate, subject)
    signs = ", ".join(f"{role_code(each.role)} {each.state.word.lower()}" for each in stands.signatures)
    settled = sum(each.is_settled for each in stands.items)
    sentence = _(
        "{settled} of {all} items settled, {people} by people, {exceptions} by exception. Signatures: {signs}.",
        settled=settled,
        all=len(stands.items),
        people=stands.by_people,
        exceptions=stands.exceptions,
        signs=signs,
    )
    if stands.dissent_words:
        sentence = _("{sentence} Noted: {words}.", sentence=sentence, words=stands.dissent_words)
    lines = [
        ItemLine(
            each.item.id,
            each.item.question,
            each.state,
            _HOW[each.how],
            each.verdict.value,
            each.verdict.limit,
            f"{each.item.answers} → {each.item.signs}",
            each.is_settled,
        )
        for each in stands.items
    ]
    return GateShown(stands.state, sentence, tuple(sorted(lines, key=lambda each: each.is_settled)))


ITEMS = Listing(
    noun="item",
    title=_("Items"),
    columns=(
        Column("id", _("Item")),
        Column("question", _("Question")),
        Column("state", _("State"), "state"),
        Column("how", _("Settled")),
        Column("value", _("Value")),
        Column("limit", _("Limit")),
        Column("who", _("Answers → signs")),
    ),
    query=lambda _rows: (),
    empty=_("Every item is settled."),
)
_OF_ITEM: tuple[type[Act], ...] = (AnswerItem, ConfirmAnswers, AskException)
_OF_GATE: tuple[type[Act], ...] = (SignGate, ConfirmAnswers, AskGate)


class GateDialog(QDialog):
    """Shows any gate on any thing, asked for or not; its items can be answered from here."""

    def __init__(self, desk: Desk, parent: QWidget, gate: str = "", subject: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Look at a gate"))
        self._desk = desk
        self._asked = 0
        self._wish = (gate, subject)
        self._items: tuple[ItemLine, ...] = ()
        self._about: ItemLine | None = None
        self.gate, self.subject = Choice(), Choice()
        self.chip = StateChip(None)
        self.sentence = label("", "secondary", wraps=True)
        self.banner = Banner()
        self.all = QCheckBox(_("Also the items that are settled"))
        self.table = Table(desk, ITEMS, "shield-check")
        self._lay_out()
        self.gate.currentIndexChanged.connect(self.reload)
        self.subject.currentIndexChanged.connect(self.reload)
        self.all.toggled.connect(self._show_items)
        self.table.row_opened.connect(self._answer)
        self.table.menu_wanted.connect(self._menu)
        desk.changed.connect(self._news)
        desk.closed.connect(self.close)
        desk.ask(records.choices, (records.GATE, records.SUBJECT), then=self._offer)
        self.resize(*(theme().px(each) for each in _SIZE_PX))

    def _lay_out(self) -> None:
        self.gate.setAccessibleName(_("Gate"))
        self.subject.setAccessibleName(_("Thing"))
        self.gate.setMinimumWidth(theme().px(90))
        self.subject.setMinimumWidth(theme().px(320))
        top = QHBoxLayout()
        top.setSpacing(10)
        for part in (label(_("Gate")), self.gate, label(_("of")), self.subject, self.chip):
            top.addWidget(part)
        top.addStretch()
        foot = QHBoxLayout()
        foot.addWidget(self.all)
        foot.addStretch()
        for number, act in enumerate(_OF_GATE):
            button = Button(acts.button_text(act), "main" if number == 0 else "", stands_for=act)
            button.setAutoDefault(False)
            button.chosen.connect(self._begin)
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.sentence)
        column.addWidget(self.banner)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Go with Tab as the dialog is read: the filter before the rows."""
        return tab_order.step_in(self, is_next=is_next)

    @Slot(object)
    def _offer(self, found: dict[str, list[tuple[str, str]]]) -> None:
        for box, name, wish in zip((self.gate, self.subject), (records.GATE, records.SUBJECT), self._wish, strict=True):
            box.blockSignals(True)
            for value, text in found[name]:
                box.addItem(text, value)
            named = next((each for each in range(box.count()) if box.itemText(each).startswith(f"{wish} · ")), 0)
            box.setCurrentIndex(max(named if wish else 0, box.findData(wish)))
            box.blockSignals(False)
        if not self.subject.count():
            self.banner.say(_("There is nothing yet at which a gate could stand."), level="info")
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Ask how the chosen gate stands on the chosen thing."""
        if self.subject.count():
            self._asked += 1
            asked = (self.gate.currentData(), self.subject.currentData())
            self._desk.ask(numbered, self._asked, gate_shown, asked, then=self._take, failed=self._refused)

    @Slot(object)
    def _news(self, changes: Changes) -> None:  # noqa: ARG002 - what is computed may hang on any row
        self.reload()

    @Slot(object)
    def _take(self, answer: tuple[int, GateShown]) -> None:
        number, found = answer
        if number == self._asked:
            self.banner.hide()
            self.chip.show_state(found.state)
            self.sentence.setText(found.sentence)
            self._items = found.items
            self._show_items()

    @Slot()
    def _show_items(self) -> None:
        shown = [each for each in self._items if self.all.isChecked() or not each.is_settled]
        self.table.show_rows(shown, clock.now())

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, DeskError):
            self._desk.refuse(error)
            return
        self._items = ()
        self._show_items()
        self.chip.show_state(None)
        self.sentence.setText("")
        self.banner.say(error.sentence, error.hint)

    # --- what can be done from here ---------------------------------------------------------------

    @Slot(object)
    def _answer(self, row: ItemLine) -> None:
        self._about = row
        self._begin(AnswerItem)

    @Slot(object, QMenu)
    def _menu(self, row: ItemLine, menu: QMenu) -> None:
        self._about = row
        for act in _OF_ITEM:
            menu.addAction(unmarked(verb_words(act))).setData(act)
        menu.triggered.connect(self._chosen)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        if isinstance(action.data(), type):
            self._begin(action.data())

    @Slot(object)
    def _begin(self, act: type[Act]) -> None:
        given: dict[str, Any] = {"gate": self.gate.currentData(), "subject": self.subject.currentData()}
        if act in _OF_ITEM and self._about is not None:
            given["item"] = self._about.id
        self._desk.fill_in(act, given)
        self._about = None

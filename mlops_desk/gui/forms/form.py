"""A form made from an act: its fields with their words, checked when left, nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui import acts
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.fields import (
    ChoiceEditor,
    Editor,
    FlagEditor,
    TicksEditor,
    chosen_from,
    editor_for,
    is_short,
    show_fault,
)
from mlops_desk.gui.forms.values import UnreadableError
from mlops_desk.gui.pages import records
from mlops_desk.gui.pages.records import Shown
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.edit import Edit
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.record import Field, fields_of
from mlops_desk.kernel.words import _
from mlops_desk.workspace.act_words import verb_words

_WIDTH_PX, _HEIGHT_PX = 520, 640
_HIDDEN = ("clear",)  # what the command line empties by name is emptied in its field here


class Form(QDialog):
    """The form of one act. It stays open until the act is done or the person closes it."""

    done_with = Signal(object)

    def __init__(self, desk: Desk, act: type[Act], given: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.act = act
        self._desk = desk
        self._given = dict(given)
        self._before: dict[str, Any] = {}
        self._is_confirmed = False
        self._is_busy = False
        self.rows: dict[str, _Row] = {}
        title = verb_words(act)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._lay_out(title)
        self._fill_choices()
        send = QShortcut(QKeySequence("Ctrl+Return"), self)
        send.activated.connect(self.submit)
        self.resize(theme().px(_WIDTH_PX), min(theme().px(_HEIGHT_PX), self.sizeHint().height() + 12))

    # --- how it is built ----------------------------------------------------------------------

    def _lay_out(self, title: str) -> None:
        self.banner = Banner()
        body = QWidget()
        kind(body, "clear")
        grid = QGridLayout(body)
        grid.setContentsMargins(20, 4, 20, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._place_rows(grid)
        for name, value in self._given.items():
            if name in self.rows:
                self.rows[name].editor.fill(value)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(body)
        scroll.setMinimumHeight(min(body.sizeHint().height() + 4, theme().px(480)))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 16, 0, 0)
        outer.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(20, 0, 20, 0)
        head.setSpacing(4)
        head.addWidget(label(title, "section", wraps=True))
        if not acts.is_said_by_title(self.act):
            head.addWidget(label(acts.sentence(self.act), "secondary", wraps=True))
        head.addWidget(self.banner)
        outer.addLayout(head)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._foot())

    def _place_rows(self, grid: QGridLayout) -> None:
        """Put the fields below each other, short ones two on a line."""
        line, is_half = 0, False
        for field in fields_of(self.act):
            if field.name in _HIDDEN:
                continue
            row = self.rows[field.name] = _Row(field, self.act)
            if not is_short(field):
                line += is_half
                grid.addWidget(row, line, 0, 1, 2)
                line, is_half = line + 1, False
            else:
                grid.addWidget(row, line, int(is_half), Qt.AlignmentFlag.AlignTop)
                line, is_half = line + is_half, not is_half
        grid.setRowStretch(line + 1, 1)

    def _foot(self) -> QFrame:
        foot = QFrame()
        kind(foot, "foot")
        self.send = Button(acts.button_text(self.act, self.act.noun), "grave" if self.act.asks_first else "main")
        self.send.setToolTip("Ctrl+Enter")
        self.send.setAutoDefault(False)
        self.cancel = Button(_("Cancel"))
        self.cancel.setAutoDefault(False)
        self.send.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.close)
        row = QHBoxLayout(foot)
        row.setContentsMargins(20, 12, 20, 12)
        row.addWidget(label(_("* must be given"), "muted"))
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.send)
        return foot

    def _fill_choices(self) -> None:
        nouns = tuple(sorted({chosen_from(row.field) for row in self.rows.values()} - {""}))
        if nouns:
            self._desk.ask(records.choices, nouns, then=self._offer)
        if self._picks in self.rows:
            self.rows[self._picks].editor.edited.connect(self._load)
            self._load()

    @property
    def _picks(self) -> str:
        """Name of the field that picks the record whose values this form shows; empty where it shows none."""
        if issubclass(self.act, Edit):
            return "id"
        picks = acts.row_field(self.act, self.act.noun)
        return picks.name if picks and any(row.field.about.is_read for row in self.rows.values()) else ""

    @Slot(object)
    def _offer(self, found: dict[str, list[tuple[str, str]]]) -> None:
        for name, row in self.rows.items():
            if chosen_from(row.field) and isinstance(row.editor, ChoiceEditor | TicksEditor):
                row.editor.offer(found[chosen_from(row.field)])
                if name in self._given:
                    row.editor.fill(self._given[name])

    @Slot()
    def _load(self) -> None:
        """Fill the fields of an edit, or those that are only read, with what the record holds now."""
        id_ = self.rows[self._picks].editor.value()
        if id_ and id_ != self._before.get("id"):
            self._before["id"] = id_
            self._desk.ask(records.shown, self.act.noun, id_, then=self._loaded)

    @Slot(object)
    def _loaded(self, found: Shown | None) -> None:
        if found is None:
            return
        self._before = dict(found.values)
        for name, row in self.rows.items():
            is_filled = row.field.about.is_read or (issubclass(self.act, Edit) and name != "id")
            if is_filled and name in found.values and name not in self._given:
                row.editor.fill(found.values[name])

    def focus_first(self) -> None:
        """Put the focus on the first field that is still to be filled."""
        for name, row in self.rows.items():
            if name not in self._given:
                row.editor.entry.setFocus()
                return
        self.send.setFocus()

    # --- how it is sent -----------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Do the act with what was typed; what cannot be read is said under its field."""
        if self._is_busy:
            return
        values = self._values()
        if values is None:
            return
        act = self.act(**values)
        if self.act.asks_first and not self._is_confirmed:
            self._ask_first()
            return
        self._is_busy = True
        self.send.setEnabled(False)
        self.banner.hide()
        self._desk.do(act, then=self._done, failed=self._refused)

    def _values(self) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        faulty = [row for row in self.rows.values() if not row.check()]
        if faulty:
            faulty[0].editor.entry.setFocus()
            return None
        for name, row in self.rows.items():
            value = row.editor.value()
            if value is None and not row.field.required:
                value = row.field.default
            values[name] = value
        return self._only_changed(values) if issubclass(self.act, Edit) else values

    def _only_changed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of an edit: what differs from the record, and the names of what was emptied."""
        emptied = []
        for name in [each for each in values if each != "id"]:
            before, value = self._before.get(name), values[name]
            is_empty = value is None or value in ("", ())
            if value == before or (is_empty and before in (None, "", ())):
                values[name] = None
            elif is_empty:
                values[name] = None
                emptied.append(name)
        values["clear"] = tuple(emptied)
        return values

    def _ask_first(self) -> None:
        self._is_confirmed = True
        things = [row.text() for row in self.rows.values() if chosen_from(row.field) and row.text()]
        thing = " · ".join(things[:2])
        verb = verb_words(self.act)
        said = f"{verb}: {thing}" if thing else verb
        self.banner.say(said, _("This cannot be taken back. Press again to do it."), level="warn")
        self.send.say(_("{verb} “{thing}”", verb=verb, thing=thing) if thing else _("{verb} now", verb=verb))
        self.cancel.setFocus()

    @Slot(object)
    def _done(self, changes: Changes) -> None:
        self._is_busy = False
        self.done_with.emit(changes)
        self.close()

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._is_busy = False
        self.send.setEnabled(True)
        if not isinstance(error, DeskError) or isinstance(error, Cancelled):
            return
        hint = acts.explained(error.hint, self.act)
        self.banner.say(acts.explained(error.sentence, self.act), hint)
        named = acts.field_named(f"{error.sentence} {error.hint}", self.act)
        if named in self.rows:
            self.rows[named].say_fault(acts.explained(error.sentence, self.act))
            self.rows[named].editor.entry.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; what is under way goes on and says its word in the window."""
        super().closeEvent(event)


class _Row(QWidget):
    """A field: label, editor, help, and the fault under it."""

    def __init__(self, field: Field, act: type[Act]) -> None:
        super().__init__()
        self.field = field
        self.editor: Editor = editor_for(field)
        mark = " *" if field.required else ""
        self._label = label(field.title + mark, "strong")
        self._help = label(acts.explained(field.help, act), "muted", wraps=True)
        self._fault = label("", "fault", wraps=True)
        self._fault.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if not isinstance(self.editor, FlagEditor):
            column.addWidget(self._label)
        column.addWidget(self.editor)
        column.addWidget(self._fault)
        if field.help:
            column.addWidget(self._help)
        entry = self.editor.entry
        self._label.setBuddy(entry)
        entry.setAccessibleName(field.title)
        entry.setAccessibleDescription(self._help.text())
        entry.installEventFilter(self)
        self.editor.edited.connect(self._edited)

    @property
    def fault(self) -> str:
        """What is said under the field, empty if all is well."""
        return "" if self._fault.isHidden() else self._fault.text()

    def text(self) -> str:
        """Return what is chosen, in words."""
        return self.editor.text()

    def check(self) -> bool:
        """Look whether the value can be read and is there if it must be; say it if not."""
        try:
            value = self.editor.value()
        except UnreadableError as fault:
            self.say_fault(str(fault))
            return False
        is_missing = self.field.required and (value is None or value in ("", ()))
        self.say_fault(_("{field} must be given.", field=self.field.title) if is_missing else "")
        return not is_missing

    def say_fault(self, text: str) -> None:
        """Say under the field what is wrong; an empty text takes it away."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        show_fault(self.editor.entry, is_faulty=bool(text))
        self.editor.entry.setAccessibleDescription(text or self._help.text())
        announce(self.editor.entry, text)

    @Slot()
    def _edited(self) -> None:
        if self.fault:
            self.say_fault("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Check a value when its field is left."""
        if event.type() == QEvent.Type.FocusOut and self._was_typed():
            self.check()
        return super().eventFilter(watched, event)

    def _was_typed(self) -> bool:
        text = getattr(self.editor.entry, "text", None)
        return bool(text()) if callable(text) and not isinstance(self.editor, FlagEditor) else False

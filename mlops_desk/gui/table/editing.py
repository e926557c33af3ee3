"""Editing in place: a cell whose column is a field that the record's edit act takes, one cell or many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QStyleOptionViewItem, QWidget

from mlops_desk.gui import acts
from mlops_desk.gui.forms.fields import ChoiceEditor, Editor, chosen_from, editor_for
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.forms.values import UnreadableError
from mlops_desk.gui.many import Told
from mlops_desk.gui.models.listed import RowRole, ValueRole, row_key
from mlops_desk.gui.pages import records
from mlops_desk.gui.table import pinned
from mlops_desk.gui.table.cells import CellDelegate
from mlops_desk.gui.theme import theme
from mlops_desk.kernel.edit import Edit
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.record import Field, fields_of
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table

Index = QModelIndex | QPersistentModelIndex
_EDITOR_PX = 170
_HINT = QAbstractItemDelegate.EndEditHint
_STEPS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1, Qt.Key.Key_Return: 0, Qt.Key.Key_Enter: 0}


def editable_fields(act: type[Edit] | None, listing: Listing) -> dict[str, Field]:
    """Return by column the fields of an edit act that fit into a cell: one value, in one line."""
    if act is None:
        return {}
    shown = {each.name for each in listing.columns}
    fitting = [each for each in fields_of(act) if each.name in shown and each.name not in ("id", "clear")]
    return {each.name: each for each in fitting if not each.many and not each.about.long}


def edited(act: type[Edit], id_: str, field: Field, value: Any) -> Edit:
    """Return the edit that gives one field a value; nothing empties it."""
    return act(id=id_, clear=(field.name,)) if value in (None, "") else act(id=id_, **{field.name: value})


class EditingDelegate(CellDelegate):
    """Lets a cell be edited with the editor that forms have. ``stepped`` carries how many cells to go on by."""

    stepped = Signal(int)
    refused = Signal(str)

    def __init__(self, table: Table, fields: dict[str, Field]) -> None:
        super().__init__(table)
        self._table, self._fields = table, fields
        self._editor: Editor | None = None
        self._before: Any = None
        self.options: Sequence[tuple[str, str]] = ()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """Return the editor of a field."""
        column = self._table.model.columns[index.column()]
        editor = editor_for(self._fields[column.name])
        editor.setParent(parent)
        editor.setAutoFillBackground(True)
        if isinstance(editor, ChoiceEditor) and chosen_from(editor.field):
            editor.offer(self.options)
        editor.entry.setAccessibleName(column.title)
        editor.setFocusProxy(editor.entry)
        editor.entry.installEventFilter(self)
        self._editor = editor
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the value that the cell has."""
        if isinstance(editor, Editor):
            editor.fill(index.data(ValueRole))
            self._before = editor.value()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: ARG002
        """Hand what was typed to the table, which does the act; the cell changes when it is done."""
        if not isinstance(editor, Editor):
            return
        try:
            value = editor.value()
        except UnreadableError as fault:
            self.refused.emit(str(fault))
            return
        if value != self._before:
            self._before = value
            self._table.editing.set(row_key(index.data(RowRole)), editor.field, value)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Give the editor the cell, and more where it needs it, within what is seen of the table."""
        grid = self._table.grid
        box, room = option.rect, grid.viewport().width()
        is_first = index.column() == pinned.first_shown(grid.head)
        least = 0 if is_first else pinned.strip(grid.head, box.height()).width()  # not over the column that stays
        width = min(max(box.width(), theme().px(_EDITOR_PX)), room)
        editor.setGeometry(max(least, min(box.left(), room - width)), box.top(), width, box.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the value with Enter, go on with Tab, give the old one back with Esc."""
        editor = self._editor
        if editor is None or watched is not editor.entry or not isinstance(event, QKeyEvent):
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.closeEditor.emit(editor, _HINT.RevertModelCache)
            return True
        if event.key() not in _STEPS or (step := _STEPS[Qt.Key(event.key())]) is None:
            return False
        if self._can_be_read(editor):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, _HINT.NoHint)
            self.stepped.emit(step)
        return True

    def _can_be_read(self, editor: Editor) -> bool:
        try:
            editor.value()
        except UnreadableError as fault:
            self.refused.emit(str(fault))
            return False
        return True


class Editing(QObject):
    """What may be edited in a table, and how it is done."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table
        self.act = None if table.listing.is_mixed else acts.edit_of(table.listing.noun)
        self.fields = editable_fields(self.act, table.listing)
        self.delegate = EditingDelegate(table, self.fields)
        self.sheet: SetSheet | None = None
        self._index = QPersistentModelIndex()
        table.model.editable = frozenset(self.fields)
        table.grid.setItemDelegate(self.delegate)
        table.grid.edit_wanted.connect(self.begin)
        self.delegate.stepped.connect(self._step)
        self.delegate.refused.connect(table.say_fault)

    def field_at(self, place: int) -> Field | None:
        """Return the field of a column, None if it cannot be edited here."""
        return self.fields.get(self._table.model.columns[place].name) if place >= 0 else None

    # --- one cell -----------------------------------------------------------------------------------

    @Slot()
    def begin(self) -> None:
        """Edit the cell with the focus; where it is none that can be, the record in its form."""
        table, index = self._table, self._table.grid.currentIndex()
        field = self.field_at(index.column()) if index.isValid() else None
        if field is None:
            self._open_form()
            return
        table.say_fault("")
        self._index = QPersistentModelIndex(index)
        if wanted := chosen_from(field):
            table.desk.ask(records.choices, (wanted,), then=self._offer)
        else:
            table.grid.edit(index)

    @Slot(object)
    def _offer(self, found: dict[str, list[tuple[str, str]]]) -> None:
        self.delegate.options = next(iter(found.values()))
        if self._index.isValid():
            self._table.grid.edit(QModelIndex(self._index))  # type: ignore[call-overload]

    def _open_form(self) -> None:
        row = self._table.chosen
        act = acts.edit_of(self._table.listing.noun_of(row)) if row is not None else None
        if act is not None:
            self._table.desk.fill_in(act, {"id": row_key(row)})

    @Slot(int)
    def _step(self, step: int) -> None:
        """Go on to the next cell that can be edited, or to the one before."""
        grid = self._table.grid
        grid.setFocus()
        shown = [each for each in grid.shown_columns() if self.field_at(each) is not None]
        at, rows = grid.currentIndex(), self._table.model.rowCount()
        if not step or not at.isValid() or at.column() not in shown:
            return
        place = shown.index(at.column()) + step + at.row() * len(shown)
        if 0 <= place < rows * len(shown):
            grid.setCurrentIndex(self._table.model.index(place // len(shown), shown[place % len(shown)]))
            self.begin()

    def set(self, id_: str, field: Field, value: Any) -> None:
        """Give a field of one record a value; a refusal is said under the table."""
        if self.act is not None:
            self._table.say_fault("")
            self._table.desk.do(edited(self.act, id_, field, value), failed=self._refused)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if self.act is not None and isinstance(error, DeskError) and not isinstance(error, Cancelled):
            said = (acts.explained(each, self.act) for each in (error.sentence, error.hint) if each)
            self._table.say_fault(" ".join(said))

    # --- many rows ----------------------------------------------------------------------------------

    def set_many(self, place: int) -> None:
        """Ask for a value that all chosen rows shall have in a column."""
        field, model = self.field_at(place), self._table.model
        chosen = [row_key(row) for each in self._table.grid.chosen_rows() if (row := model.row(each)) is not None]
        if field is not None and self.act is not None and chosen:
            self.sheet = SetSheet(self._table, self.act, field, chosen)
            self.sheet.open()


class SetSheet(Sheet):
    """Asks for one value and gives it to many records, each by an edit of its own; all of it is one step back."""

    def __init__(self, table: Table, act: type[Edit], field: Field, ids: Sequence[str]) -> None:
        title = _("Set “{field}”", field=field.title)
        send = plural("Set for {n} row", "Set for {n} rows", len(ids))
        super().__init__(table.desk, title, send, table.window())
        self._act, self._field, self._ids = act, field, ids
        self.editor = editor_for(field)
        self.editor.setFocusProxy(self.editor.entry)
        self.editor.entry.setAccessibleName(field.title)
        self.lay_out(
            ((field.title, self.editor),),
            said=plural("{n} row gets this value.", "{n} rows get this value.", len(ids)),
            note=_("Each is an entry of its own; Ctrl+Z takes all of them back."),
        )
        if wanted := chosen_from(field):
            self.desk.ask(records.choices, (wanted,), then=self._offer)
        self.editor.setFocus()

    @Slot(object)
    def _offer(self, found: dict[str, list[tuple[str, str]]]) -> None:
        if isinstance(self.editor, ChoiceEditor):
            self.editor.offer(next(iter(found.values())))

    @Slot()
    def submit(self) -> None:
        """Do the edits one after the other, as one step."""
        if not self.send.isEnabled():
            return
        try:
            value = self.editor.value()
        except UnreadableError as fault:
            self.banner.say(str(fault))
            return
        self.send.setEnabled(False)
        edits = [edited(self._act, id_, self._field, value) for id_ in self._ids]
        words = plural("Set “{field}” of {n} row", "Set “{field}” of {n} rows", len(edits), field=self._field.title)
        self.desk.deeds.do_all(edits, words, self._done, self._all_refused)

    @Slot(object)
    def _done(self, told: Told) -> None:
        if told.refusals:
            self._say(told.refusals)
        else:
            self.close()

    @Slot(object)
    def _all_refused(self, error: BaseException) -> None:
        self._say([error] * len(self._ids) if isinstance(error, DeskError) else [])

    def _say(self, refusals: Sequence[DeskError]) -> None:
        """Say how many rows were refused, and each reason once."""
        self.send.setEnabled(True)
        names = {"n": len(refusals), "total": len(self._ids)}
        reasons = dict.fromkeys(acts.explained(each.sentence, self._act) for each in refusals)
        self.banner.say(_("{n} of {total} were refused.", **names), " ".join(reasons))

"""Editors of single values: one for each kind of field that an act can have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QDate, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from mlops_desk.gui.forms.values import read, written
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.class_badge import WORDS
from mlops_desk.gui.widgets.text import tip
from mlops_desk.gui.widgets.ticks import fill_ticks, tick, ticked
from mlops_desk.kernel.record import Field, item_type
from mlops_desk.kernel.roles import ROLES, role_name
from mlops_desk.kernel.words import _

CHOSEN_WORDS = frozenset({"GATE", "SUBJECT", "ITEM"})
FILES = frozenset({"FILE", "PATH", "FOLDER"})
_LETTERS = frozenset({"pdf", "html", "xlsx", "csv", "json"})
_LINES_SHOWN = 3


class Editor(QWidget):
    """One value. ``value`` reads it, ``fill`` writes it; empty is None."""

    edited = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)

    @property
    def entry(self) -> QWidget:
        """The widget that takes the focus and carries the name."""
        raise NotImplementedError

    def value(self) -> Any:
        """Return the value, None if empty.

        Raises:
            UnreadableError: what was typed is no such value.
        """
        raise NotImplementedError

    def fill(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def text(self) -> str:
        """Return the value in words."""
        return ""


class TextEditor(Editor):
    """A line of text, or a number, day or time written as text and read when asked."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._line = QLineEdit()
        self._line.textEdited.connect(self.edited)
        self._line.editingFinished.connect(self.edited)
        self.row.addWidget(self._line, 1)
        if field.type is datetime:
            self._line.setPlaceholderText(
                _("for example {example}", example=f"{datetime.now().astimezone():%Y-%m-%d %H:%M}")
            )
        if field.about.metavar in FILES or field.name in ("path", "file", "folder"):
            browse = Button("", "", "folder-open", name=_("Choose {field}", field=field.title))
            browse.clicked.connect(self._browse)
            self.row.addWidget(browse)

    @property
    def entry(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self._line

    def value(self) -> Any:
        """Return the value."""
        text = self._line.text()
        return read(text.strip(), self.field.type) if text.strip() else None

    def fill(self, value: Any) -> None:
        """Show a value."""
        self._line.setText(written(value))

    def text(self) -> str:
        """Return the value in words."""
        return self._line.text()

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, _("Choose {field}", field=self.field.title))
        is_folder = self.field.about.metavar == "FOLDER" or self.field.name == "folder"
        dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
        if self.field.name == "output":
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._line.setText)
        dialog.open()


class DayEditor(TextEditor):
    """A day, typed or picked from a calendar, which Alt+Down opens: its button takes no step of Tab."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._line.setPlaceholderText(date.today().isoformat())  # noqa: DTZ011 - the person's day
        self._pick = Button("", "", "calendar", name=_("Pick {field} from a calendar", field=field.title))
        self._pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pick.setToolTip(tip(_("{name} (Alt+Down)", name=self._pick.accessibleName())))
        self._pick.clicked.connect(self._show_calendar)
        opens = QShortcut(QKeySequence("Alt+Down"), self._line)
        opens.setContext(Qt.ShortcutContext.WidgetShortcut)
        opens.activated.connect(self._show_calendar)
        self.row.addWidget(self._pick)

    @Slot()
    def _show_calendar(self) -> None:
        frame = QFrame(self, Qt.WindowType.Popup)
        frame.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(frame)
        calendar.setAccessibleName(self.field.title)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        typed = QDate.fromString(self._line.text().strip(), "yyyy-MM-dd")
        if typed.isValid():
            calendar.setSelectedDate(typed)
        calendar.activated.connect(self._picked)
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(frame.close)
        calendar.clicked.connect(frame.close)
        QVBoxLayout(frame).addWidget(calendar)
        frame.move(self._line.mapToGlobal(QPoint(0, self._line.height() + 2)))
        frame.show()
        calendar.setFocus()

    @Slot(QDate)
    def _picked(self, day: QDate) -> None:
        self._line.setText(day.toString("yyyy-MM-dd"))
        self.edited.emit()


class ProseEditor(Editor):
    """Several lines of text, or several values, one on each line."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._text = QPlainTextEdit()
        self._text.setTabChangesFocus(True)
        self._text.setReadOnly(field.about.is_read)
        self._text.setFixedHeight(theme().px(20) * _LINES_SHOWN + 14)
        self._text.textChanged.connect(self.edited)
        if field.many:
            self._text.setPlaceholderText(_("One on each line"))
        self.row.addWidget(self._text)

    @property
    def entry(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self._text

    def value(self) -> Any:
        """Return the value."""
        text = self._text.toPlainText().strip()
        if not self.field.many:
            return (text if self.field.type is str else read(text, self.field.type)) if text else None
        inner = item_type(self.field.type)
        return tuple(read(each.strip(), inner) for each in text.splitlines() if each.strip())

    def fill(self, value: Any) -> None:
        """Show a value."""
        self._text.setPlainText("\n".join(written(each) for each in value or ()) if self.field.many else written(value))


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._box = QCheckBox(field.title)
        self._box.toggled.connect(self.edited)
        self.row.addWidget(self._box)

    @property
    def entry(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self._box

    def value(self) -> Any:
        """Return the value."""
        return self._box.isChecked()

    def fill(self, value: Any) -> None:
        """Show a value."""
        self._box.setChecked(bool(value))


class ChoiceEditor(Editor):
    """One of several values; what is optional can be left open."""

    def __init__(self, field: Field, options: Sequence[tuple[Any, str]]) -> None:
        super().__init__(field)
        self._box = Choice()
        self._box.setMinimumContentsLength(12)
        self._box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.currentIndexChanged.connect(self.edited)
        self.row.addWidget(self._box, 1)
        self.offer(options)

    def offer(self, options: Sequence[tuple[Any, str]]) -> None:
        """Offer other values; the chosen one stays chosen."""
        before = self.value()
        self._box.blockSignals(True)
        self._box.clear()
        if self.field.optional or self.field.required:
            self._box.addItem(_("Not said") if self.field.optional else _("Choose…"), None)
        for value, text in options:
            self._box.addItem(text, value)
        self._box.blockSignals(False)
        self.fill(before if before is not None else None if self.field.required else self.field.default)

    @property
    def entry(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self._box

    def value(self) -> Any:
        """Return the value."""
        return self._box.currentData()

    def text(self) -> str:
        """Return the value in words."""
        return self._box.currentText() if self.value() else ""

    def fill(self, value: Any) -> None:
        """Show a value."""
        places = range(self._box.count())
        by_text = [each for each in places if value is not None and self._box.itemText(each) == value]
        place = next((each for each in places if self._box.itemData(each) == value), next(iter(by_text), -1))
        if place < 0 and value not in (None, ""):
            self._box.addItem(str(value), value)
            place = self._box.count() - 1
        self._box.setCurrentIndex(max(place, 0))


class TicksEditor(Editor):
    """Several of a few values, each with a tick."""

    def __init__(self, field: Field, options: Sequence[tuple[Any, str]]) -> None:
        super().__init__(field)
        self._list = QListWidget()
        self._list.itemChanged.connect(self.edited)
        self.row.addWidget(self._list)
        self.offer(options)

    def offer(self, options: Sequence[tuple[Any, str]]) -> None:
        """Offer other values; those that are ticked stay ticked."""
        before = self.value()
        fill_ticks(self._list, options)
        self.fill(before)

    @property
    def entry(self) -> QWidget:
        """Return the widget that takes the focus."""
        return self._list

    def value(self) -> Any:
        """Return the value."""
        return tuple(ticked(self._list))

    def fill(self, value: Any) -> None:
        """Show a value."""
        tick(self._list, value or ())


def chosen_from(field: Field) -> str:
    """Return from what a field's value is chosen: a noun, or a word of the command line; empty if it is typed."""
    return field.about.of or (field.about.metavar if field.about.metavar in CHOSEN_WORDS else "")


def is_short(field: Field) -> bool:
    """Tell whether a field needs no more than half of a line."""
    inner = item_type(field.type) or field.type
    return (
        not field.many
        and not field.about.long
        and (inner in (int, float, date, datetime, bool) or bool(_options(field)))
    )


def editor_for(field: Field) -> Editor:
    """Return the editor that fits a field."""
    inner = item_type(field.type) or field.type
    if chosen_from(field):
        return TicksEditor(field, ()) if field.many else ChoiceEditor(field, ())
    options = _options(field)
    if options and field.many:
        return TicksEditor(field, options)
    if options:
        return ChoiceEditor(field, options)
    if inner is bool:
        return ChoiceEditor(field, ((True, _("Yes")), (False, _("No")))) if field.optional else FlagEditor(field)
    if field.many or field.about.long:
        return ProseEditor(field)
    return DayEditor(field) if inner is date else TextEditor(field)


def _word(choice: str) -> str:
    """Return a choice as people read it."""
    if choice in _LETTERS:
        return choice.upper()
    return WORDS.get(choice) or _(choice.replace("-", " ").replace("_", " ").capitalize())


def _options(field: Field) -> list[tuple[Any, str]]:
    if field.choices:
        return [(each, _word(each)) for each in field.choices]
    if field.about.metavar == "ROLE":
        return [(role.slug, role_name(role.slug)) for role in ROLES]
    return []


def show_fault(entry: QWidget, *, is_faulty: bool) -> None:
    """Give an editor's widget the look of a value that cannot be taken, or take it away."""
    entry.setProperty("fault", "true" if is_faulty else "false")
    entry.style().unpolish(entry)
    entry.style().polish(entry)

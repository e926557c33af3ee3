"""What was said about a record, the newest last, and the field in which to say something."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from mlops_desk.areas.team.discussion import Said
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import Markable, label
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _, plural

FIELD_PX = 64
MOST_SHOWN = 50
_APART_PX, _BELOW_PX = 10, 2
About = tuple[str, str]


class Comments(QWidget):
    """Comments as plain text: who, when, whether it was changed, and what they said."""

    def __init__(self, found: Sequence[Said], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_BELOW_PX)
        self._column.addWidget(label(_("Comments"), "strong"))
        hidden = len(found) - MOST_SHOWN
        if hidden > 0:
            more = plural("{n} older; all stand on the page Team.", "{n} older; all stand on the page Team.", hidden)
            self._column.addWidget(label(more, "muted", wraps=True))
        for each in found[-MOST_SHOWN:]:
            self._add(each)
        if not found:
            self._column.addWidget(label(_("Nothing was said yet."), "secondary"))

    def _add(self, said: Said) -> None:
        heading = f"{said.heading} · {cell_text(said.at, 'instant')}"
        above = label(heading, "muted", wraps=True)
        above.setContentsMargins(0, _APART_PX, 0, 0)
        text = Markable(said.shown)
        text.setAccessibleName(f"{heading}: {said.shown}")
        self._column.addWidget(above)
        self._column.addWidget(text)


class WriteComment(QWidget):
    """A field for a comment; Ctrl+Enter sends. What is half written about one record waits until it is shown again."""

    written = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about: About = ("", "")
        self._on_its_way: tuple[About, str] | None = None
        self._drafts: dict[About, str] = {}
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(_("Say something; @Name calls somebody."))
        self.text.setFixedHeight(theme().px(FIELD_PX))
        self.send = Button(_("Comment"))
        self.send.setToolTip("Ctrl+Enter")
        self.note = label("", "muted", wraps=True)
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addWidget(self.note)
        column.addWidget(self.send, 0, Qt.AlignmentFlag.AlignLeft)
        self.send.clicked.connect(self.submit)
        self.text.textChanged.connect(self._offer)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self.text)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self.submit)
        self._offer()

    def turn_to(self, about: About, title: str) -> None:
        """Write about a record, by noun and id, from now on."""
        self.text.setAccessibleName(_("Comment on {title}", title=title))
        if about != self._about:
            self._keep_draft()
            self._about = about
            self.note.hide()
            self.text.setPlainText(self._drafts.pop(about, ""))

    def _keep_draft(self) -> None:
        if draft := self.text.toPlainText().strip():
            self._drafts[self._about] = draft

    @Slot()
    def _offer(self) -> None:
        self.send.setEnabled(bool(self.text.toPlainText().strip()) and self._on_its_way is None)

    @Slot()
    def submit(self) -> None:
        """Send what is written."""
        text = self.text.toPlainText().strip()
        if text and self._on_its_way is None:
            self._on_its_way = (self._about, text)
            self._offer()
            self.written.emit(self._about, text)

    @Slot(object)
    def sent(self, changes: Changes) -> None:  # noqa: ARG002 - the comment comes with the news
        """Empty the field: the comment is recorded."""
        about, text = self._on_its_way or (("", ""), "")
        self._on_its_way = None
        if about == self._about and self.text.toPlainText().strip() == text:
            self.text.clear()
        elif self._drafts.get(about) == text:
            del self._drafts[about]
        self.note.hide()
        self._offer()

    @Slot(object)
    def refused(self, error: DeskError) -> None:
        """Say why it was not recorded; the text stays."""
        self._on_its_way = None
        self.note.setText(f"{error.sentence} {error.hint}".strip())
        self.note.show()
        self._offer()

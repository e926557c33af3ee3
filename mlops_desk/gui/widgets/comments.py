"""What was said about a record, the newest last, and the field in which to say something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from mlops_desk.areas.team.discussion import QUOTED_CHARS, Said
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import Line, Markable, label
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.pages.records import Linked

FIELD_PX = 64
SHOWN_AT_ONCE = 10
_APART_PX, _BELOW_PX = 10, 2
About = tuple[str, str]


class Comments(QWidget):
    """Comments as plain text: who, when, whether it was changed, and what they said; each can be answered.

    ``answer_wanted`` carries the comment to answer, ``place_wanted`` the widget of a comment that was answered.
    ``links`` are, by comment, what the addresses in it lead to; ``address_wanted`` carries the one that was pressed.
    """

    answer_wanted = Signal(object)
    place_wanted = Signal(object)
    address_wanted = Signal(object)

    def __init__(
        self, found: Sequence[Said], links: Mapping[str, Sequence[Linked]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._links = links
        self._texts: dict[str, Markable] = {}
        self._older = list(found)
        self._ids = {each.id for each in found}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_BELOW_PX)
        self._column.addWidget(label(_("Comments"), "strong"))
        self.older = Button("", "link")
        self.older.clicked.connect(self.show_older)
        self._column.addWidget(self.older, 0, Qt.AlignmentFlag.AlignLeft)
        if not found:
            self._column.addWidget(label(_("Nothing was said yet."), "secondary"))
        self.show_older()

    @Slot()
    def show_older(self) -> None:
        """Show the next older comments above the others: all at once would hold the window up."""
        made = [self._made(said) for said in self._older[-SHOWN_AT_ONCE:]]
        before: QWidget = self.older
        for place, each in enumerate(made, start=2):
            self._column.insertWidget(place, each)
            for button in each.findChildren(Button):
                QWidget.setTabOrder(before, button)  # in the order in which they stand, not in which they were made
                before = button
        del self._older[-SHOWN_AT_ONCE:]
        self.older.say(plural("Show {n} older", "Show {n} older", len(self._older)))
        self.older.setVisible(bool(self._older))

    def _made(self, said: Said) -> QWidget:
        heading = f"{said.heading} · {cell_text(said.at, 'instant')}"
        above = label(heading, "muted", wraps=True)
        above.setContentsMargins(0, _APART_PX, 0, 0)
        text = Markable(said.shown)
        text.setAccessibleName(f"{heading}: {said.shown}")
        self._texts[said.id] = text
        made = QWidget(self)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_BELOW_PX)
        column.addWidget(above)
        column.addWidget(text)
        for each in self._links.get(said.id, ()):
            link = Button(each.title, "link", "link", stands_for=each.address)
            link.setAccessibleName(_("Open {title}", title=each.title))
            link.chosen.connect(self.address_wanted)
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._acts(said))
        return made

    def _acts(self, said: Said) -> QHBoxLayout:
        """Return the buttons below a comment: to answer it, and to the one that it answers."""
        row = QHBoxLayout()
        row.setSpacing(10)
        if not said.is_withdrawn:
            name = _("Reply to {name}: {text}", name=said.who, text=_cut(said.shown))
            reply = Button(_("Reply"), "link", stands_for=said)
            reply.setAccessibleName(name)
            reply.chosen.connect(self.answer_wanted)
            row.addWidget(reply)
        if said.reply_to in self._ids:
            to = Button(_("What it answers"), "link", stands_for=said.reply_to)
            to.setAccessibleName(_("What {name} answers here", name=said.who))
            to.chosen.connect(self._go_to)
            row.addWidget(to)
        row.addStretch()
        return row

    @Slot(object)
    def _go_to(self, id_: str) -> None:
        """Bring the comment that was answered into view, with its words marked."""
        while id_ not in self._texts:
            self.show_older()
        text = self._texts[id_]
        text.mark()
        self.place_wanted.emit(text)


def _cut(text: str) -> str:
    """Return the beginning of a comment, in one line."""
    line = text.replace("\n", " ")
    return line if len(line) <= QUOTED_CHARS else line[: QUOTED_CHARS - 1] + "…"


class WriteComment(QWidget):
    """A field for a comment, or for the answer to one; Ctrl+Enter sends.

    What is half written about one record waits until it is shown again. ``written`` carries the record, the text, and
    the id of the comment that it answers.
    """

    written = Signal(object, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about: About = ("", "")
        self._on_its_way: tuple[About, str] | None = None
        self._drafts: dict[About, tuple[str, Said | None]] = {}
        self._answered: Said | None = None
        self.answers = Line("", "muted")
        self.alone = Button("", "quiet", "x", name=_("Do not answer it"))
        self.alone.clicked.connect(self._stand_alone)
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
        answered = QHBoxLayout()
        answered.setSpacing(6)
        answered.addWidget(self.answers, 1)
        answered.addWidget(self.alone)
        column.addLayout(answered)
        column.addWidget(self.text)
        column.addWidget(self.note)
        column.addWidget(self.send, 0, Qt.AlignmentFlag.AlignLeft)
        self.send.clicked.connect(self.submit)
        self.text.textChanged.connect(self._offer)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self.text)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self.submit)
        self._show_answered()
        self._offer()

    def turn_to(self, about: About, title: str) -> None:
        """Write about a record, by noun and id, from now on."""
        self.text.setAccessibleName(_("Comment on {title}", title=title))
        if about != self._about:
            self._keep_draft()
            self._about = about
            self.note.hide()
            text, self._answered = self._drafts.pop(about, ("", None))
            self.text.setPlainText(text)
            self._show_answered()

    def begin(self, answered: Said | None, text: str) -> None:
        """Begin to write, where nothing is half written with some words; ``answered`` is what it answers."""
        if answered is not None:
            self._answered = answered
            self._show_answered()
        if text and not self.text.toPlainText().strip():
            self.text.setPlainText(text)
            self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.text.setFocus()

    @Slot(object)
    def answer(self, said: Said) -> None:
        """Answer a comment with what is written."""
        self.begin(said, "")

    @Slot()
    def _stand_alone(self) -> None:
        """Let what is written answer nothing."""
        self._answered = None
        self._show_answered()
        self.text.setFocus()

    def _show_answered(self) -> None:
        said = self._answered
        for part in (self.answers, self.alone):
            part.setVisible(said is not None)
        if said is not None:
            self.answers.say(_("Answers {name}: {text}", name=said.who, text=_cut(said.shown)))
        self.send.say(_("Reply") if said is not None else _("Comment"))

    def _keep_draft(self) -> None:
        draft = self.text.toPlainText().strip()
        if draft or self._answered is not None:
            self._drafts[self._about] = (draft, self._answered)

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
            self.written.emit(self._about, text, self._answered.id if self._answered is not None else "")

    @Slot(object)
    def sent(self, changes: Changes) -> None:  # noqa: ARG002 - the comment comes with the news
        """Empty the field: the comment is recorded."""
        about, text = self._on_its_way or (("", ""), "")
        self._on_its_way = None
        if about == self._about and self.text.toPlainText().strip() == text:
            self.text.clear()
            self._answered = None
            self._show_answered()
        elif self._drafts.get(about, ("", None))[0] == text:
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

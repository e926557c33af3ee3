"""What has to be said before a saved report is made by itself, and the text for the scheduler of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mlops_desk.areas.reports.saved import DAY, RecipeRow, recipes
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.widgets.buttons import Choice
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.schedule import Scheduled

_DAYS = (
    ("monday", _("Each Monday")),
    ("tuesday", _("Each Tuesday")),
    ("wednesday", _("Each Wednesday")),
    ("thursday", _("Each Thursday")),
    ("friday", _("Each Friday")),
    ("saturday", _("Each Saturday")),
    ("sunday", _("Each Sunday")),
    ("day", _("Every day")),
)
_TEXT_ROWS = 8


def schedule(workspace: Workspace, wish: dict[str, str | bool], _progress: Progress, _stop: Stop) -> Scheduled:
    """Return the text of a schedule, installed if that was wished for; runs on the lane."""
    from mlops_desk.kernel import wire
    from mlops_desk.workspace.schedule import Wish, scheduled

    return scheduled(workspace, wire.fitted(wish, Wish))


class ScheduleSheet(Sheet):
    """Asks for recipe, day, time and file, and shows the text; only with a tick it is installed."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Make a saved report by itself"), _("Show the text"), parent, _("Close"))
        self.recipe, self.each, self.at, self.file = Choice(), Choice(), QLineEdit("08:00"), QLineEdit()
        for value, words in _DAYS:
            self.each.addItem(words, value)
        example = _("report-{day}.pdf", day=DAY)
        self.file.setPlaceholderText(example)
        self.installs = QCheckBox(_("Install it for me; else the text is only shown"))
        self.installs.toggled.connect(self._name_what_it_does)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("Text for the scheduler"))
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * _TEXT_ROWS)
        below = QVBoxLayout()
        below.addWidget(self.text)
        self.lay_out(
            (
                (_("Recipe"), self.recipe),
                (_("When"), self.each),
                (_("At"), self.at),
                (_("File"), PlaceRow(self.file, _("File"), example, "PDF (*.pdf)")),
                (_("Install"), self.installs),
            ),
            said=_("The scheduler of this machine makes the report, also while the window is closed."),
            note=_("It writes the file and nothing else: it needs no key, notes nothing and sends nothing."),
            below=below,
        )
        self.send.setEnabled(False)
        desk.ask(recipes, then=self._offer)

    @Slot(object)
    def _offer(self, found: list[RecipeRow]) -> None:
        for each in found:
            self.recipe.addItem(each.name, each.id)
        self.send.setEnabled(bool(found))
        if not found:
            self.banner.say(_("No recipe is saved yet."), _("Save one first: Reports, Save."), level="info")

    @Slot(bool)
    def _name_what_it_does(self, is_on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.send.setText(_("Install") if is_on else _("Show the text"))

    @Slot()
    def submit(self) -> None:
        """Make the text, and install it if the tick is set."""
        if self.send.isEnabled():
            self.send.setEnabled(False)
            wish = {
                "recipe": self.recipe.currentData(),
                "file": self.file.text(),
                "each": self.each.currentData(),
                "at": self.at.text().strip(),
                "installs": self.installs.isChecked(),
            }
            self.desk.work(schedule, wish, then=self._made, failed=self.refused, title=_("Scheduling a report"))

    @Slot(object)
    def _made(self, made: Scheduled) -> None:
        self.send.setEnabled(True)
        self.text.setPlainText("\n".join(f"# → {each.place}\n{each.text}" for each in made.texts))
        if made.said:
            self.banner.say(made.said, level="info")
        else:
            self.banner.say(
                _("Nothing was installed."), _("Put the text there yourself, or set the tick."), level="info"
            )

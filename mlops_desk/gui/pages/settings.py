"""Settings: the look, and what this machine has: where the key is kept, where things lie, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.gui.command_words import WORDS
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.header import Header
from mlops_desk.gui.pages.key import SealSheet
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.buttons import Button, Choice
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel import doctor, secrets, settings
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace

_THEMES = (
    ("system", _("As the system")),
    ("light", _("Light")),
    ("dark", _("Dark")),
    ("contrast", _("High contrast")),
)
_DENSITIES = (("compact", _("Compact")), ("standard", _("Standard")), ("roomy", _("Roomy")))
_QUIET = (
    ("", _("None")),
    ("18-8", _("18:00 to 8:00")),
    ("20-8", _("20:00 to 8:00")),
    ("22-7", _("22:00 to 7:00")),
)
_ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)

KEPT = {
    "keychain": _("in the keychain of the system"),
    "file": _("in a file that only you can read; it can be sealed with a pass-phrase"),
    "sealed file": _("in a file sealed with your pass-phrase"),
}


@dataclass(frozen=True)
class Machine:
    """What this machine has, for one project."""

    facts: tuple[doctor.Fact, ...]
    can_seal: bool
    quiet: str = ""


def machine(workspace: Workspace, progress: Progress, stop: Stop) -> Machine:  # noqa: ARG001 - a task's signature
    """Return the facts; runs on the lane, because it asks git, the keychain and the disk."""
    from mlops_desk.sync import git

    kept = secrets.kind_of(workspace.device) if workspace.device else None
    version = git.version()
    objects = workspace.project.private / "objects"
    more = (
        doctor.Fact(_("git"), version or _("not found"), is_well=bool(version)),
        doctor.Fact(_("your key"), KEPT[kept] if kept else _("not on this machine"), is_well=kept is not None),
        doctor.Fact(_("project folder"), str(workspace.project.folder)),
        doctor.Fact(_("objects"), f"{workspace.objects.size_bytes() / 1e6:.1f} MB · {objects}"),
    )
    return Machine((*doctor.facts(), *more), can_seal=kept == "file", quiet=settings.load().quiet)


def rebuild(workspace: Workspace, progress: Progress, stop: Stop) -> tuple[int, Changes]:  # noqa: ARG001 - a task
    """Make the local store again from the journals; any row may have become different."""
    from mlops_desk.catalogue import RULES

    return workspace.rebuild(), Changes(rows=frozenset((noun, "") for noun in RULES.nouns))


def keep_quiet(_workspace: Workspace, hours: str, progress: Progress, stop: Stop) -> None:  # noqa: ARG001 - a task
    """Remember the quiet hours of this machine."""

    def change(kept: settings.Settings) -> None:
        kept.quiet = hours

    settings.change_all(change)


class SettingsPage(Page):
    """The look of the window and the facts of the machine."""

    watches = frozenset({"project"})

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.keys = Button(WORDS["keys"], stands_for="keys")
        self.keys.chosen.connect(desk.command_wanted)
        self.theme_box, self.density_box, self.zoom_box = Choice(), Choice(), Choice()
        look = theme()
        self._fill(self.theme_box, _THEMES, look.wish)
        self._fill(self.density_box, _DENSITIES, look.density)
        self._fill(self.zoom_box, [(each, f"{each} %") for each in _ZOOMS], look.zoom)
        self.quiet_box = Choice()
        self._fill(self.quiet_box, _QUIET, "")
        self.quiet_box.activated.connect(self._quiet_chosen)
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(10)
        self._facts.setHorizontalSpacing(16)
        self._facts.setColumnStretch(1, 1)
        self._said: tuple[doctor.Fact, ...] = ()
        self.sheet: SealSheet | None = None
        self.seal = Button(_("Seal your key…"), "", "lock")
        self.rebuild = Button(_("Make the local store again"), "", "refresh-cw")
        self.copy = Button(_("Copy these facts"), "", "copy")
        self.new_key = Button(WORDS["renew"], "", stands_for="renew")
        self.go_on = Button(WORDS["moved"], "", stands_for="moved")
        for button in (self.new_key, self.go_on):
            button.chosen.connect(desk.link.sheet_wanted)
        self.seal.clicked.connect(self.seal_key)
        self.rebuild.clicked.connect(self.rebuild_store)
        self.copy.clicked.connect(self._copy)
        self._lay_out()
        for box in (self.theme_box, self.density_box, self.zoom_box):
            box.activated.connect(self._chosen)
        look.changed.connect(self.show_look)

    def _fill(self, box: Choice, options: Any, now: Any) -> None:
        for value, text in options:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(now)))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(10)
        for title, box in (
            (_("Theme"), self.theme_box),
            (_("Density"), self.density_box),
            (_("Text size"), self.zoom_box),
            (_("Quiet hours"), self.quiet_box),
        ):
            box.setAccessibleName(title)
            box.setMinimumWidth(theme().px(180))
            box.setMaximumWidth(theme().px(260))
            form.addRow(label(title), box)
        keys = QHBoxLayout()
        keys.addWidget(self.keys)
        keys.addStretch()
        form.addRow(label(_("Keys of commands")), keys)
        body = QWidget()
        kind(body, "clear")
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        self.header = Header(_("Settings"))
        column.addWidget(self.header)
        column.addWidget(_card(_("Look"), form))
        buttons = QHBoxLayout()
        more = QHBoxLayout()
        for row, shown in ((buttons, (self.seal, self.rebuild, self.copy)), (more, (self.new_key, self.go_on))):
            for button in shown:
                row.addWidget(button)
            row.addStretch()
        here = QVBoxLayout()
        here.setSpacing(14)
        here.addLayout(self._facts)
        here.addLayout(buttons)
        here.addLayout(more)
        column.addWidget(_card(_("This machine"), here))
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the machine again, each time the page is looked at."""
        super().showEvent(event)
        self.look_again()

    @Slot()
    def look_again(self) -> None:
        """Ask what this machine has."""
        if self.desk.is_open:
            self.desk.work(machine, then=self._show_machine)

    def focus_first(self) -> None:
        """Put the focus on the theme."""
        self.theme_box.setFocus()

    @Slot()
    def seal_key(self) -> None:
        """Ask for the pass-phrase that will protect the key."""
        self.sheet = SealSheet(self.desk, self)
        self.sheet.finished.connect(self.look_again)
        self.sheet.open()

    @Slot()
    def rebuild_store(self) -> None:
        """Throw the local store away and make it again."""
        self.rebuild.setEnabled(False)
        title = _("Making the local store again")
        self.desk.work(rebuild, then=self._rebuilt, failed=self._not_rebuilt, title=title)

    @Slot(object)
    def _rebuilt(self, found: tuple[int, Changes]) -> None:
        self.rebuild.setEnabled(True)
        count, changes = found
        self.desk.said.emit(plural("Rebuilt from {n} entry.", "Rebuilt from {n} entries.", count), False)
        self.desk.tell(changes)

    @Slot(object)
    def _not_rebuilt(self, error: BaseException) -> None:
        self.rebuild.setEnabled(True)
        self.desk.refuse(error)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{each.name}: {each.value}" for each in self._said))

    @Slot(object)
    def _show_machine(self, found: Machine) -> None:
        self._said = found.facts
        self.quiet_box.setCurrentIndex(max(0, self.quiet_box.findData(found.quiet)))
        self.seal.setVisible(found.can_seal)
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, fact in enumerate(found.facts):
            value = label(fact.value, wraps=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{fact.name}: {fact.value}")
            self._facts.addWidget(label(_titled(fact.name), "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, number, 1)
            if not fact.is_well:
                self._facts.addWidget(StateChip(State("warn", _("Look"))), number, 2)

    @Slot()
    def _chosen(self) -> None:
        wish, density, zoom = self.theme_box.currentData(), self.density_box.currentData(), self.zoom_box.currentData()
        theme().choose(wish, density, zoom)
        self.desk.keep_look(wish, density, zoom)

    @Slot()
    def _quiet_chosen(self) -> None:
        self.desk.work(keep_quiet, self.quiet_box.currentData(), then=self._quiet_kept)

    @Slot(object)
    def _quiet_kept(self, _nothing: object) -> None:
        """The next urgent line asks for it."""

    @Slot()
    def show_look(self) -> None:
        """Show the look in force, if it was chosen elsewhere."""
        look = theme()
        self.theme_box.setCurrentIndex(max(0, self.theme_box.findData(look.wish)))
        self.density_box.setCurrentIndex(max(0, self.density_box.findData(look.density)))
        self.zoom_box.setCurrentIndex(max(0, self.zoom_box.findData(look.zoom)))


def _card(title: str, content: Any) -> QFrame:
    frame = QFrame()
    kind(frame, "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 14)
    column.setSpacing(10)
    column.addWidget(label(title, "section"))
    column.addLayout(content)
    return frame


def _titled(name: str) -> str:
    """Return a fact's name with a capital, but names of libraries as they are written."""
    is_ours = " " in name or name == _("git") or name in (_("cache"), _("objects"))
    return name[:1].upper() + name[1:] if is_ours else name

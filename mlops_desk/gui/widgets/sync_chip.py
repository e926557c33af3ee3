"""The chip of the team copy in the status bar: one of eight states as shape, words and colour."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mlops_desk.gui import icons
from mlops_desk.gui.team_link import TeamLink
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel.words import _
from mlops_desk.sync.states import Code

SHAPES: dict[Code, tuple[str, str]] = {
    "same": ("check", "ok.solid"),
    "to-send": ("arrow-up", "info.solid"),
    "to-receive": ("arrow-down", "info.solid"),
    "both": ("arrow-up-down", "info.solid"),
    "working": ("loader-circle", "accent.text"),
    "choose": ("diamond", "warn.solid"),
    "refused": ("diamond", "warn.solid"),
    "not-trusted": ("triangle-alert", "bad.solid"),
    "offline": ("cloud-off", "unknown.solid"),
    "no-remote": ("cloud-off", "unknown.solid"),
}


class SyncChip(Button):
    """Shows how the project stands to its team copy; pressed, it tells more."""

    def __init__(self, link: TeamLink, parent: QWidget | None = None) -> None:
        super().__init__("", "quiet", "cloud-off", name=_("Team copy"), parent=parent)
        self._link = link
        self._was_working = False
        link.changed.connect(self.show_state)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Show the state of now."""
        state = self._link.state
        text = state.text if state is not None else _("Team copy: not known")
        shape, token = SHAPES[state.code] if state is not None else ("circle-question-mark", "unknown.solid")
        if text != self.text().strip():
            self.say(text)
            icons.put(self, shape, token)
            self.setAccessibleName(_("Team copy: {state}", state=text) if state is not None else text)
            self.setToolTip(_("F5 receives and sends"))
            is_working = state is not None and state.code == "working"
            if self._was_working and not is_working and not self._link.was_asked:
                announce(self, self.accessibleName())  # who asked for the exchange is told how it ended
            self._was_working = is_working

"""A hidden value in the details of a record, and the way to see it for five minutes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mlops_desk.gui.reveals import Key, Reveals
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.mask import Mask
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.words import _


class MaskedLine(QWidget):
    """What may be told, the mask, and *Reveal*; what is revealed can be read and heard, but not marked or copied."""

    def __init__(self, detail: Detail, masked: Masked, reveals: Reveals, key: Key) -> None:
        super().__init__()
        self._detail, self._masked, self._reveals, self._key = detail, masked, reveals, key
        self.text = label("", wraps=True)
        self.sign = Mask(masked)
        self.note = label(_("Hidden again in a minute."), "muted", wraps=True)
        self.turn, self.more = Button(_("Reveal for 5 minutes"), "quiet"), Button(_("5 more minutes"), "quiet")
        across = QHBoxLayout()
        across.setSpacing(8)
        for button in (self.turn, self.more):
            across.addWidget(button)
        across.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.note)
        column.addLayout(across)
        self.turn.clicked.connect(self._turn)
        self.more.clicked.connect(self._extend)
        reveals.changed.connect(self.look)
        self.look()

    @Slot()
    def look(self) -> None:
        """Show the value while it is revealed, else the mask."""
        shown, was_soon = self._reveals.of(self._key), not self.note.isHidden()
        ends_soon = shown is not None and shown.ends_soon
        self.sign.setVisible(shown is None)
        self.note.setVisible(ends_soon)
        self.more.setVisible(ends_soon)
        self.turn.setVisible(self._detail.reveal is not None)
        told = self._masked.instead if shown is None else shown.value or _("It is not on this machine any more.")
        self.text.setText(told)
        self.text.setVisible(bool(told))
        self.text.setAccessibleName(f"{self._detail.label}: {told}")
        name = {"label": self._detail.label}
        self.turn.say(_("Reveal for 5 minutes") if shown is None else _("Hide"))
        self.turn.setAccessibleName(_("Reveal: {label}", **name) if shown is None else _("Hide: {label}", **name))
        self.more.setAccessibleName(_("5 more minutes: {label}", **name))
        if ends_soon and not was_soon:
            announce(self, self.note.text())

    @Slot()
    def _turn(self) -> None:
        if self._reveals.of(self._key) is not None:
            self._reveals.hide(self._key)
        elif self._detail.reveal is not None:
            self._reveals.reveal(self._key, self._detail.reveal)

    @Slot()
    def _extend(self) -> None:
        self._reveals.extend(self._key)

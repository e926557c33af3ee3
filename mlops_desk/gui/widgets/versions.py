"""Two versions of a field that were made apart: each with who and when, and a button that keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _
from mlops_desk.workspace.versions import Version


class Versions(QFrame):
    """Shows what was written apart; ``kept`` carries the version that a person keeps."""

    kept = Signal(object)

    def __init__(self, found: Sequence[Version], *, can_keep: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kind(self, "banner-warn")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        shown = ""
        for each in found:
            if each.field != shown:
                shown = each.field
                column.addWidget(
                    label(_("{field} was changed apart; keep one version", field=each.title), "strong", wraps=True)
                )
            said = cell_text(each.value) or _("empty")
            text = _("{value} · {who}, {when}", value=said, who=each.who, when=cell_text(each.at))
            column.addWidget(label(text, wraps=True))
            if can_keep:
                keep = Button(_("Keep “{value}”", value=said[:40]), "link", stands_for=each)
                keep.chosen.connect(self.kept)
                column.addWidget(keep, 0, Qt.AlignmentFlag.AlignLeft)

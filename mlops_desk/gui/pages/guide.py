"""The guide of a new project: four lines, each with the act that gets it going."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from mlops_desk.gui import acts
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.words import _


class Guide(QFrame):
    """Four first steps; it goes when the project has begun, or when it is closed."""

    def __init__(self, desk: Desk, *, can_close: bool = True) -> None:
        super().__init__()
        self._desk = desk
        self._was_closed = False
        kind(self, "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(label(_("Four steps to a first answer"), "section"), 1)
        close = Button("", "quiet", "x", name=_("Close the guide; Help keeps it"))
        close.clicked.connect(self._close)
        if can_close:
            top.addWidget(close)
        column.addLayout(top)
        for number, (sentence, button, step) in enumerate(self._steps(), start=1):
            column.addLayout(self._line(number, sentence, button, step))

    def _steps(self) -> tuple[tuple[str, str, str], ...]:
        return (
            (
                _("Describe the use case: the problem, who uses the result, the decision it supports."),
                _("Describe use case"),
                "use-case",
            ),
            (_("Say what success is: a KPI with a baseline, a target and a day."), _("Add KPI"), "kpi"),
            (_("Bring the data, and give every column a class."), _("Open data"), "data"),
            (_("See which of the eight roles nobody holds yet."), _("Open team"), "team"),
        )

    def _line(self, number: int, sentence: str, text: str, step: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        count = label(str(number), "strong")
        count.setFixedWidth(14)
        button = Button(text, "main" if number == 1 else "", stands_for=step)
        button.setMinimumWidth(150)
        button.chosen.connect(self._begin)
        row.addWidget(count)
        row.addWidget(label(sentence, wraps=True), 1)
        row.addWidget(button)
        return row

    def offer(self, *, is_new: bool) -> None:
        """Show the guide where the project is new and nobody closed it."""
        self.setVisible(is_new and not self._was_closed)

    @Slot()
    def _close(self) -> None:
        self._was_closed = True
        self.hide()

    @Slot(object)
    def _begin(self, step: str) -> None:
        act = next((each for each in acts.all_acts() if each.noun == step and each.verb == "add"), None)
        if act is None:
            self._desk.go(step)
        else:
            self._desk.fill_in(act)

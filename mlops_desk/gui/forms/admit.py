"""The form that admits somebody: their eight words stand first, and it is done only when they were compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QScrollArea, QVBoxLayout, QWidget

from mlops_desk.areas.team import queries
from mlops_desk.areas.team.member import Admit
from mlops_desk.areas.team.queries import RequestRow
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.eight_words import EightWords
from mlops_desk.gui.widgets.text import label
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _

_FIELDS_PX = 200


def form_of(act: type[Act]) -> type[Form]:
    """Return the form of an act: the one made from its fields, unless people have to be asked for more."""
    return AdmitForm if act is Admit else Form


class AdmitForm(Form):
    """Shows whom a request is from, and asks whether the words were compared by voice."""

    def __init__(self, desk: Desk, act: type[Act], given: Mapping[str, Any], parent: QWidget | None = None) -> None:
        self.words, self.compared = EightWords(), QCheckBox(_("I compared the eight words with them"))
        self.compared.setEnabled(False)
        self._note = label("", "secondary", wraps=True)
        self._requests: dict[str, RequestRow] = {}
        super().__init__(desk, act, given, parent)
        self.rows["request"].editor.edited.connect(self._picked)
        desk.ask(queries.request_rows, then=self._know)

    def _lay_out(self, title: str) -> None:
        super()._lay_out(title)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(20, 4, 20, 4)
        column.setSpacing(8)
        column.addWidget(label(_("The words of their machine"), "strong"))
        column.addWidget(self.words)
        column.addWidget(self._note)
        column.addWidget(self.compared)
        scroll = self.findChild(QScrollArea)
        assert isinstance(scroll, QScrollArea)
        scroll.setMinimumHeight(theme().px(_FIELDS_PX))
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, holder)

    @Slot(object)
    def _know(self, found: list[RequestRow]) -> None:
        self._requests = {each.id: each for each in found}
        self._picked()

    @Slot()
    def _picked(self) -> None:
        """Show the words of the request that is chosen, and begin to compare anew."""
        request = self._requests.get(str(self.rows["request"].editor.value() or ""))
        words = request.words if request is not None else ""
        if words == self.words.words:
            return
        self.words.show_words(words)
        self.compared.setChecked(False)
        self.compared.setEnabled(bool(words))
        said = [_("Call them, or ask in a chat that you trust. The name and the mail address prove nothing.")]
        if request is not None:
            self.rows["roles"].editor.fill(request.roles)
            said.append(_("They wish to be: {roles}.", roles=", ".join(role_name(each) for each in request.roles)))
            said += [_("They say: {message}", message=request.message)] if request.message else []
        self._note.setText(" ".join(said))

    @Slot()
    def submit(self) -> None:
        """Admit them, if the words were compared; where nobody is chosen, the form says so."""
        if self.compared.isChecked() or not self.rows["request"].editor.value():
            super().submit()
            return
        hint = _("Then tick that you did. Whoever can write to the team copy can ask to join under any name.")
        self.banner.say(_("Compare the eight words with them first."), hint, level="warn")
        self.compared.setFocus()

"""What has to be said before an audit pack is written: the thing it proves, and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.pages import records
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Choice
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.audit_pack import Packed


def export(workspace: Workspace, what: tuple[str, str], progress: Progress, stop: Stop) -> Packed:
    """Write the pack of a thing; runs on the lane."""
    from mlops_desk.workspace.audit_pack import export_audit

    return export_audit(workspace, *what, progress, stop)


class AuditSheet(Sheet):
    """Asks for the thing and the file, writes the pack with progress and cancel, and says what is inside."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Export an audit pack"), _("Export"), parent)
        self.subject, self.file = Choice(), QLineEdit()
        self.subject.setMinimumWidth(theme().px(320))
        self.file.setPlaceholderText("audit.zip")
        place = PlaceRow(self.file, _("File"), "audit.zip", "ZIP (*.zip)")
        self.lay_out(
            ((_("Thing"), self.subject), (_("File"), place)),
            said=_(
                "The report of its gates, the evidence that may leave, every signed line, and a verifier, in one zip."
            ),
            note=_("Personal, sensitive and unclassed data stay here; the report names them by hash and size."),
        )
        self.send.setEnabled(False)
        desk.ask(records.choices, (records.SUBJECT,), then=self._offer)

    @Slot(object)
    def _offer(self, found: dict[str, list[tuple[str, str]]]) -> None:
        for id_, text in found[records.SUBJECT]:
            self.subject.addItem(text, id_)
        self.send.setEnabled(self.subject.count() > 0)
        if not self.subject.count():
            self.banner.say(_("There is nothing yet that could be proven."), level="info")

    @Slot()
    def submit(self) -> None:
        """Write the pack."""
        if self.send.isEnabled():
            self.send.setEnabled(False)
            what = (self.subject.currentData(), self.file.text().strip())
            self.desk.work(export, what, then=self._written, failed=self.refused, title=_("Writing an audit pack"))

    @Slot(object)
    def _written(self, made: Packed) -> None:
        from mlops_desk.workspace.audit_pack import packed_words

        self.send.setEnabled(True)
        self.banner.say(packed_words(made), _("sha256 {digest}", digest=made.sha256), level="info")

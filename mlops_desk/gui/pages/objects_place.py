"""The form that names the place for objects on this machine."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from mlops_desk.gui import objects_work
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet
from mlops_desk.gui.widgets.text import ask_for
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.words import _


class ObjectsPlaceSheet(Sheet):
    """Asks for the folder or network path where objects meet that the shared folder does not take."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, _("Place for objects"), _("Use it on this machine"), parent)
        self.place = QLineEdit()
        ask_for(self.place, _("A folder or network path that the team reaches"))
        self.lay_out(
            ((_("Folder"), PlaceRow(self.place, _("Folder"))),),
            said=_(
                "Data and models that the shared folder does not take meet there; each machine names it for itself."
            ),
            note=_(
                "Personal and sensitive data, and what was made of them, go there only once an owner and AI ethics "
                "signed. Leave the field empty to have no such place any more; what lies there stays."
            ),
        )
        self.send.setEnabled(False)
        desk.work(objects_work.place, then=self._show, failed=self.refused)

    @Slot(object)
    def _show(self, place: str) -> None:
        self.place.setText(place)
        self.send.setEnabled(True)

    @Slot()
    def submit(self) -> None:
        """Use the place."""
        if self.send.isEnabled():
            typed = self.place.text().strip()
            work = objects_work.settle
            self.wait_for(self.desk.work(work, typed, then=self._done, failed=self.refused, on_wire=True))

    @Slot(object)
    def _done(self, place: str) -> None:
        said = (
            _("Objects meet at {place}.", place=place) if place else _("No place for objects is set on this machine.")
        )
        self.desk.said.emit(said, False)
        self.close()
        self.desk.tell(Changes())

"""A field for a folder or a file, with the button that chooses it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit

from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel.words import _


class PlaceRow(QHBoxLayout):
    """An editor and its button, in one row; ``new_file`` is the name of a file to write, else a folder is chosen."""

    def __init__(self, editor: QLineEdit, name: str, new_file: str = "", kinds: str = "") -> None:
        super().__init__()
        self._editor, self._new_file, self._kinds = editor, new_file, kinds
        self._title = _("Choose the file") if new_file else _("Choose the folder")
        editor.setAccessibleName(name)
        browse = Button("", "", "folder-open", name=self._title)
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.setSpacing(6)
        self.addWidget(editor, 1)
        self.addWidget(browse)

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self.parentWidget(), self._title, self._new_file, self._kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._new_file:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(self._new_file.rpartition(".")[2])
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._editor.setText)
        dialog.open()

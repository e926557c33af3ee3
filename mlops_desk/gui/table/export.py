"""A table as a file: which rows, in which form, and where; written beside the work of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from mlops_desk.gui.forms.place import PlaceRow
from mlops_desk.gui.forms.sheet import Sheet, is_missing
from mlops_desk.gui.widgets.buttons import Choice
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table
    from mlops_desk.workspace.table_file import Format, Written

FORMS: tuple[tuple[Format, str], ...] = (
    ("csv", _("CSV")),
    ("excel-csv", _("CSV for spreadsheets")),
    ("parquet", _("Parquet")),
)


class ExportSheet(Sheet):
    """Asks for rows, form and file, and writes; closing it before the end stops it, and nothing is written."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.desk, table.export_title, _("Export"), table.window())
        self._table = table
        self.rows, self.form, self.file = Choice(), Choice(), QLineEdit()
        shown, total = table.model.rowCount(), table.model.total
        self.rows.addItem(plural("As shown: {n} row", "As shown: {n} rows", shown), False)
        self.rows.addItem(plural("Everything: {n} row", "Everything: {n} rows", total), True)
        for form, text in FORMS:
            self.form.addItem(text, form)
        place = PlaceRow(
            self.file, _("File"), f"{table.listing.noun or 'table'}.csv", "CSV (*.csv);;Parquet (*.parquet)"
        )
        self.lay_out(
            ((_("Rows"), self.rows), (_("Form"), self.form), (_("File"), place)),
            said=_("As shown keeps filter, order and columns. CSV for spreadsheets turns no text into a formula."),
            note=_(
                "Tables of the desk show names, counts and states; values of sensitive and personal columns stand in "
                "none of them, so none can leave with this file."
            ),
        )

    @Slot()
    def submit(self) -> None:
        """Write the file."""
        if not self.send.isEnabled() or is_missing([(self.file, _("Say which file to write."))], self.banner):
            return
        table, where = self._table, self.file.text().strip()
        form: Format = self.form.currentData()
        if self.rows.currentData():
            number = table.source.write_all(where, form, self._written, self.refused)
        else:
            shown = [table.model.columns[each] for each in table.grid.shown_columns()]
            number = table.source.write(where, form, shown, self._written, self.refused)
        self.wait_for(number)

    @Slot(object)
    def _written(self, made: Written) -> None:
        self.desk.said.emit(made.words, False)
        self.close()

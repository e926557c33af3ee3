"""The addresses of chosen rows in the clipboard, one a line: how somebody else finds the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from mlops_desk.gui.models.listed import row_key
from mlops_desk.kernel.address import Address
from mlops_desk.kernel.words import plural

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table


def can_link(table: Table) -> bool:
    """Tell whether the rows of a table are records, which have an address."""
    from mlops_desk import catalogue

    return table.desk.who is not None and table.listing.noun in catalogue.RULES.nouns


def copy_links(table: Table) -> None:
    """Put the addresses of the chosen rows into the clipboard."""
    who, rows = table.desk.who, table.model.loaded(table.grid.chosen_rows())
    if who is not None and rows:
        told = [str(Address(who.project_id, table.listing.noun, row_key(each))) for each in rows]
        QGuiApplication.clipboard().setText("\n".join(told))
        words = plural("The link is in the clipboard.", "{n} links are in the clipboard.", len(told))
        table.desk.said.emit(words, False)

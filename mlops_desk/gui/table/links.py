"""The addresses of chosen rows in the clipboard, one a line: how somebody else finds the same records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from mlops_desk.kernel.address import Address
from mlops_desk.kernel.words import plural

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.table.table import Table


def can_link(table: Table) -> bool:
    """Tell whether the rows of a table are records, which have an address."""
    from mlops_desk import catalogue

    is_theirs = not table.listing.is_mixed and table.listing.noun in catalogue.RULES.nouns
    return table.desk.who is not None and is_theirs


def copy_links(table: Table) -> None:
    """Put the addresses of the chosen rows into the clipboard; rows of the store are read first."""
    table.source.keys(table.grid.chosen_rows(), partial(_put, table.desk, table.listing.noun))


def _put(desk: Desk, noun: str, ids: Sequence[str]) -> None:
    if desk.who is not None and ids:
        told = [str(Address(desk.who.project_id, noun, each)) for each in ids]
        QGuiApplication.clipboard().setText("\n".join(told))
        desk.said.emit(plural("The link is in the clipboard.", "{n} links are in the clipboard.", len(told)), False)

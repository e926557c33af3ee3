"""A view of a table that the team shares: filter, order and columns under a name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.record import About, Record
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


class TableView(Record, noun="table-view", command="view", title="view"):
    """A view that the whole team finds in the menu of a table."""

    name: Annotated[str, About("What the view is called.")]
    table: Annotated[str, About("The table: the words that list it, such as “kpi list”.")]
    filter: Annotated[str, About("The words of the filter line.")] = ""
    sort: Annotated[tuple[str, ...], About("A column to sort by, -value for down; again for more.")] = ()
    columns: Annotated[tuple[str, ...], About("A column that is shown, in this order; again for more. Else all.")] = ()

    def check(self) -> None:
        """Look whether it names a table."""
        if not self.table.strip():
            raise DeskError(
                _("The view belongs to no table."),
                _("Name the table by the words that list it, such as “kpi list”."),
                code="VIEW-101",
            )


class ViewRow(msgspec.Struct, frozen=True):
    """A view for tables."""

    id: str
    name: str
    table: str
    filter: str
    sort: tuple[str, ...]
    columns: tuple[str, ...]
    who: str
    changed: datetime | None


def views(rows: Rows) -> list[ViewRow]:
    """Return the views of the team, by table and name."""
    who = names(rows)
    found = rows.find(TableView, "NOT archived", order='"table", name, id')
    return [
        ViewRow(
            each.id,
            each.name,
            each.table,
            each.filter,
            each.sort,
            each.columns,
            who.get(each.created_by, ""),
            each.changed_at or each.created_at,
        )
        for each in found
    ]


def views_of(rows: Rows, table: str) -> Sequence[ViewRow]:
    """Return the views of one table, named by the words that list it."""
    return [each for each in views(rows) if each.table == table]


VIEWS = Listing(
    noun="table-view",
    command="view",
    title="Views",
    columns=(
        Column("name", "View"),
        Column("table", "Table"),
        Column("filter", "Filter"),
        Column("sort", "Sorted by"),
        Column("columns", "Columns"),
        Column("who", "Made by"),
        Column("changed", "Changed", "instant"),
        Column("id", "Id", "id"),
    ),
    query=views,
    about=views_of,
    empty="No view is shared yet.",
)
ACTS = acts_of(TableView, title="view")

"""Where the rows of a table come from, in memory or in the store, and what is done with many of them on a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from mlops_desk.gui.models.arrange import counted
from mlops_desk.gui.models.listed import TableModel, row_key
from mlops_desk.gui.models.paged import PagedModel
from mlops_desk.gui.models.rows import LARGE_ROWS, RowsModel
from mlops_desk.gui.pages import records
from mlops_desk.gui.table.copying import Form, copied
from mlops_desk.gui.table.selection import Figures, figures
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.paged import Paged, StoredRows
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.wish import Wish

if TYPE_CHECKING:
    from mlops_desk.gui.table.table import Table
    from mlops_desk.workspace.table_file import Format, Written

Then = Callable[[Any], None]


class Source(QObject):
    """What a table asks about its rows; answers come to ``then``."""

    model: TableModel

    def counts(self, column: Column, then: Then) -> None:
        """Count the different values of a column: gives the column, and each value with how many rows have it."""
        raise NotImplementedError

    def figures(self, chosen: Sequence[int], column: Column, then: Then) -> None:
        """Add up the numbers of chosen rows: gives how many rows that are, and the figures."""
        raise NotImplementedError

    def keys(self, chosen: Sequence[int], then: Then) -> None:
        """Give the keys of chosen rows, in their order."""
        raise NotImplementedError

    def write(self, where: str, form: Format, columns: Sequence[Column], then: Then, failed: Then) -> int:
        """Write what is shown into a file; return the number of the task."""
        raise NotImplementedError

    def write_all(self, where: str, form: Format, then: Then, failed: Then) -> int:
        """Write everything into a file; return the number of the task."""
        raise NotImplementedError


class InMemory(Source):
    """A table whose rows are all here; ``everything`` are those of a tree, closed or not, where it shows one."""

    def __init__(self, table: Table, columns: Sequence[Column]) -> None:
        super().__init__(table)
        self._table = table
        self.model: RowsModel = RowsModel(columns, table)
        self.model.elsewhere = self._elsewhere
        self.everything: Sequence[Any] | None = None

    def _elsewhere(self, work: Callable[[Progress, Stop], Any], then: Then) -> int:
        return self._table.desk.tasks.run(work, then=then, failed=self._table.desk.refuse)

    def counts(self, column: Column, then: Then) -> None:
        """Count the different values of a column, on a worker."""
        self._elsewhere(partial(_counted, list(self.model.rows), column), then)

    def figures(self, chosen: Sequence[int], column: Column, then: Then) -> None:
        """Add up the numbers of chosen rows: of few at once, of many on a worker."""
        if len(chosen) <= LARGE_ROWS:
            then((len(chosen), figures(map(self.model.row, chosen), column)))
        else:
            self._elsewhere(partial(_figures, self.model.here(), chosen, column), then)

    def keys(self, chosen: Sequence[int], then: Then) -> None:
        """Give the keys of chosen rows at once."""
        then([row_key(self.model.row(each)) for each in chosen])

    def write(self, where: str, form: Format, columns: Sequence[Column], then: Then, failed: Then) -> int:
        """Write what is shown into a file."""
        return self._write(where, form, columns, self.model.here(), (then, failed))

    def write_all(self, where: str, form: Format, then: Then, failed: Then) -> int:
        """Write everything into a file."""
        rows = self.model.rows if self.everything is None else self.everything
        return self._write(where, form, self._table.listing.columns, rows, (then, failed))

    def _write(
        self, where: str, form: Format, columns: Sequence[Column], rows: Sequence[Any], answer: tuple[Then, Then]
    ) -> int:
        work = partial(written, where, form, tuple(columns), tuple(rows))
        return self._table.desk.tasks.run(work, then=answer[0], failed=answer[1], title=self._table.export_title)


class InStore(Source):
    """A table that is read a page at a time."""

    def __init__(self, table: Table, columns: Sequence[Column], paged: Paged) -> None:
        super().__init__(table)
        self._table, self._paged = table, paged
        self.model: PagedModel = PagedModel(columns, table)
        self.model.page_wanted.connect(self._ask_page)

    @Slot(int, object)
    def _ask_page(self, page: int, of: tuple[int, Sequence[int]]) -> None:
        number, places = of
        self._table.desk.ask(records.page_at, self._paged, number, page, places, then=self.model.take_page)

    def counts(self, column: Column, then: Then) -> None:
        """Count the different values of a column, in the store."""
        self._table.desk.ask(_counts, self._paged, self._table.scope, column, then=then)

    def figures(self, chosen: Sequence[int], column: Column, then: Then) -> None:
        """Add up the numbers of chosen rows."""
        self._table.desk.ask(_stored_figures, self._paged, self._at(chosen), column, then=then)

    def keys(self, chosen: Sequence[int], then: Then) -> None:
        """Give the keys of chosen rows once they were read."""
        self._table.desk.ask(_keys, self._paged, self._at(chosen), then=then)

    def copy(self, chosen: Sequence[int], columns: Sequence[Column], form: Form) -> None:
        """Put chosen rows into the clipboard once they were read."""
        asked = (self._paged, self._at(chosen), tuple(columns), form)
        self._table.desk.ask(_copied, *asked, then=self._put)

    @Slot(object)
    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _at(self, chosen: Sequence[int]) -> list[int]:
        return [self.model.places[each] for each in chosen]

    def write(self, where: str, form: Format, columns: Sequence[Column], then: Then, failed: Then) -> int:
        """Write what is shown into a file."""
        what = (where, form, tuple(columns), self._paged, self.model.places)
        return self._table.desk.ask(_write_places, *what, then=then, failed=failed, title=self._table.export_title)

    def write_all(self, where: str, form: Format, then: Then, failed: Then) -> int:
        """Write everything into a file."""
        what = (where, form, self._table.listing.columns, self._paged, self._table.scope)
        return self._table.desk.ask(_write_all, *what, then=then, failed=failed, title=self._table.export_title)


# --- on workers -----------------------------------------------------------------------------------


def written(
    where: str, form: Format, columns: Sequence[Column], rows: Sequence[Any], progress: Progress, stop: Stop
) -> Written:
    """Write a table as a file."""
    from mlops_desk.workspace.table_file import write_table

    return write_table(where, form, columns, rows, progress, stop)


def _write_places(
    rows: Rows, progress: Progress, stop: Stop, where: str, form: Format, columns: Sequence[Column], *of: Any
) -> Written:
    paged, places = of
    return written(where, form, columns, StoredRows(rows, paged, places), progress, stop)


def _write_all(
    rows: Rows, progress: Progress, stop: Stop, where: str, form: Format, columns: Sequence[Column], *of: Any
) -> Written:
    paged, scope = of
    places = paged.order(rows, scope, Wish(), (), 0).places
    return written(where, form, columns, StoredRows(rows, paged, places), progress, stop)


def _counted(rows: list[Any], column: Column, _progress: Progress, _stop: Stop) -> tuple[Column, list[tuple[Any, int]]]:
    return column, counted(rows, column)


def _counts(rows: Rows, paged: Paged, scope: Any, column: Column) -> tuple[Column, list[tuple[Any, int]]]:
    return column, paged.counts(rows, scope, column.name)


def _figures(
    rows: Sequence[Any], chosen: Sequence[int], column: Column, _progress: Progress, _stop: Stop
) -> tuple[int, Figures | None]:
    return len(chosen), figures((rows[each] for each in chosen), column)


def _stored_figures(rows: Rows, paged: Paged, places: Sequence[int], column: Column) -> tuple[int, Figures | None]:
    return len(places), figures(StoredRows(rows, paged, places), column)


def _keys(rows: Rows, paged: Paged, places: Sequence[int]) -> list[str]:
    return [row_key(each) for each in StoredRows(rows, paged, places)]


def _copied(rows: Rows, paged: Paged, places: Sequence[int], columns: Sequence[Column], form: Form) -> str:
    return copied(columns, list(StoredRows(rows, paged, places)), form)

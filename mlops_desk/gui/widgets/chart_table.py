"""The table twin of a chart: the same values as rows."""

from __future__ import annotations

from dataclasses import make_dataclass

from mlops_desk.gui.models.rows import RowsModel
from mlops_desk.gui.table.grid import Grid
from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.listing import Cell, Column
from mlops_desk.kernel.words import _


class ChartTable(Grid):
    """A grid with one row for each place on the horizontal axis."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(_("Table of: {sentence}", sentence=chart.sentence))
        titles, rows = chart.table()
        names = [f"c{number}" for number in range(len(titles))]
        cells: list[Cell] = ["text"]
        cells += ["number"] * (len(titles) - 1)
        columns = [
            Column(name, title or _("Place"), cell) for name, title, cell in zip(names, titles, cells, strict=True)
        ]
        row_type = make_dataclass("ChartRow", ["id", *names], frozen=True)
        model = RowsModel(columns, self)
        model.show_rows([row_type(str(number), *row) for number, row in enumerate(rows)])
        self.setModel(model)
        self.fit_columns(columns)

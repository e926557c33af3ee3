"""The report as a workbook: real tables, charts the spreadsheet draws itself, and not one formula."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec

from mlops_desk.areas.reports.carried import MARK, pieces_of
from mlops_desk.areas.reports.content import Cell, Column, Plot, Report, Shown, Table, clean, heads_text, stamp, text
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.words import _

LONGEST_CELL = 32_000  # a cell holds 32,767 characters
LONGEST_SHEET = 1_048_000
FIRST_YEAR, DAY_ZERO, DAY_S = 1900, date(1899, 12, 30).toordinal(), 86400
CHARTS_ACROSS, CHART_ROWS, CHART_COLUMNS = 2, 16, 8
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LEVELS = ("ok", "warn", "bad", "info", "unknown")


@cache
def _colours() -> dict[str, Any]:
    """Return the colours for white paper by the names of the tokens."""
    light: dict[str, Any] = msgspec.json.decode(resource("tokens.json").read_bytes())["light"]
    return light


def workbook(report: Report) -> bytes:
    """Return the report as XLSX: a summary, one sheet for each table, and the charts."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties(
            {"title": _plain(f"{report.title}: {report.project}"), "created": report.made_at.replace(tzinfo=None)}
        )
        made = _Book(book, report)
        made.summary()
        tables = [table for section in report.sections for table in section.tables]
        for table in tables:
            if table.name != "check_ins":
                made.table(table)
        plots = [plot for section in report.sections for plot in section.plots]
        made.charts(plots)
        for table in tables:
            if table.name == "check_ins":
                made.table(table)
        made.carry()
    return out.getvalue()


class _Book:
    """One workbook being written."""

    def __init__(self, book: Any, report: Report) -> None:
        self._book = book
        self._report = report
        font = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self._formats = {
            "title": book.add_format({**font, "bold": True, "font_size": 18}),
            "head": book.add_format({**font, "bold": True, "font_size": 13}),
            "label": book.add_format({**font, "font_color": _colours()["text.secondary"]}),
            "text": book.add_format({**font, "text_wrap": True}),
            "day": book.add_format({**font, "num_format": "yyyy-mm-dd", "align": "left"}),
            "instant": book.add_format({**font, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "number": book.add_format({**font, "num_format": "General"}),
            "change": book.add_format({**font, "num_format": "+General;-General;0"}),
            "score": book.add_format({**font, "num_format": "0.00"}),
            "whole": book.add_format({**font, "num_format": "#,##0"}),
        }
        for level, ink, ground in [(each, _colours()[f"{each}.text"], _colours()[f"{each}.bg"]) for each in LEVELS]:
            self._formats[level] = book.add_format({**font, "font_color": ink, "bg_color": ground})

    def summary(self) -> None:
        """Write the first sheet: how it stands, what is not known, what it was made from."""
        sheet = self._book.add_worksheet("Summary")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 110)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for at, (style, label, words) in enumerate(_summary_lines(self._report)):
            if label:
                sheet.write_string(at, 0, _plain(label), self._formats["label"])
            if words:
                place = 0 if style in ("title", "head") else 1
                sheet.write_string(at, place, _plain(words), self._formats[style])

    def table(self, table: Table) -> None:
        """Write a table to a sheet of its own; a state is two columns, word and reason."""
        columns, rows = _with_reasons(table)
        sheet = self._book.add_worksheet(_sheet_name(table))
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        rows = rows[:LONGEST_SHEET]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _width(column, [row[at] for row in rows[:200]]))
        last = max(1, len(rows))
        head = [{"header": _plain(each.title)} for each in columns]
        style = "Table Style Light 1"
        sheet.add_table(0, 0, last, len(columns) - 1, {"name": f"table_{table.name}", "columns": head, "style": style})
        for line, row in enumerate(rows, 1):
            for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
                self._write(sheet, line, at, column, cell)
        if not rows:
            sheet.write_string(1, 0, _plain(table.empty), self._formats["label"])

    def _write(self, sheet: Any, line: int, at: int, column: Column, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, Shown):
            sheet.write_string(line, at, _plain(text(Shown(cell.level, cell.word))), self._formats[cell.level])
        elif isinstance(cell, bool):
            sheet.write_boolean(line, at, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(line, at, cell, self._formats.get(column.form, self._formats["number"]))
        elif column.form in ("day", "instant") and (moment := _serial(cell)):
            sheet.write_number(line, at, moment, self._formats[column.form])
        else:
            sheet.write_string(line, at, _plain(cell), self._formats["text"])

    def carry(self) -> None:
        """Write the content of the report onto a sheet that is not shown."""
        sheet = self._book.add_worksheet(MARK)
        sheet.very_hidden()
        for at, piece in enumerate(pieces_of(self._report)):
            sheet.write_string(at, 0, piece)

    def charts(self, plots: Sequence[Plot]) -> None:
        """Write the values of every chart to one sheet and let the spreadsheet draw them on another."""
        if not plots:
            return
        drawn = self._book.add_worksheet("Charts")
        drawn.hide_gridlines(2)
        values = self._book.add_worksheet("Chart values")
        values.set_column(0, 0, 32)
        line = place = 0
        for plot in plots:
            chart, line = self._chart(values, plot, line)
            if chart is None:
                continue  # a chart without any value is an error to Excel
            row, column = divmod(place, CHARTS_ACROSS)
            place += 1
            options = {"description": _plain(plot.sentence)[:250], "object_position": 1}
            drawn.insert_chart(1 + row * CHART_ROWS, column * CHART_COLUMNS, chart, options)

    def _chart(self, sheet: Any, plot: Plot, line: int) -> tuple[Any, int]:
        """Write the values of a chart from a line on; titles are cells, for a title in the chart may be a formula."""
        chart = self._book.add_chart({"type": "column" if plot.kind == "bars" else "scatter", "subtype": "straight"})
        name = sheet.get_name()
        sheet.write_string(line, 0, _plain(plot.sentence), self._formats["head"])
        chart.set_title({"name": [name, line, 0], "name_font": {"size": 11, "bold": False}, "overlay": False})
        series = [(each.name, list(zip(each.places, each.values, strict=True))) for each in plot.series]
        ends = [place for each in plot.series for place in each.places]
        if plot.target is not None and ends and plot.places != "name":
            series.append((_("Target"), [(min(ends, key=str), plot.target), (max(ends, key=str), plot.target)]))
        at = line + 1
        for title, points in series:
            first = at
            if points:
                sheet.write_string(at, 0, _plain(title))
            for place, value in points:
                self._write(sheet, at, 1, Column("place", "", "day" if plot.places == "day" else "text"), place)
                if value is not None:
                    sheet.write_number(at, 2, value)
                at += 1
            if points:
                chart.add_series(_series(name, first, at - 1, is_first=first == line + 1))
        form = {"num_format": "yyyy-mm-dd"} if plot.places == "day" else {}
        chart.set_x_axis({**form, "num_font": {"size": 8}, "major_gridlines": {"visible": False}})
        sheet.write_string(line, 4, _plain(plot.unit))
        axis = {"name": [name, line, 4], "name_font": {"size": 8, "bold": False}} if plot.unit else {}
        chart.set_y_axis({**axis, "num_font": {"size": 8}, "major_gridlines": {"visible": True, "line": _grey()}})
        chart.set_legend({"position": "bottom", "font": {"size": 8}})
        chart.show_blanks_as("gap")
        chart.set_size({"width": 500, "height": 300})
        return (chart if at > line + 1 else None), at + 1


def _grey() -> dict[str, Any]:
    return {"color": _colours()["border.subtle"], "width": 0.75}


def _series(sheet: str, first: int, last: int, *, is_first: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": [sheet, first, 0],
        "categories": [sheet, first, 1, last, 1],
        "values": [sheet, first, 2, last, 2],
    }
    if is_first:
        marker = {
            "type": "circle",
            "size": 5,
            "fill": {"color": _colours()["chart"][0]},
            "border": {"color": _colours()["bg.surface"]},
        }
        return found | {"line": {"color": _colours()["chart"][0], "width": 1.75}, "marker": marker}
    return found | {
        "line": {"color": _colours()["text.muted"], "width": 1.25, "dash_type": "dash"},
        "marker": {"type": "none"},
    }


def _summary_lines(report: Report) -> Iterator[tuple[str, str, str]]:
    yield "title", "", f"{report.title}: {report.project}"
    yield "text", "", report.purpose
    yield "text", _("As of"), report.as_of.isoformat()
    yield "text", _("Made"), stamp(report.made_at)
    yield "text", _("Journal heads"), heads_text(report.heads) or "–"
    yield "text", "", ""
    yield "head", "", _("How it stands")
    for each in report.sentences:
        yield each.level, "", f"{text(Shown(each.level, ''))}{each.word}"
    for count in report.counts:
        yield count.state.level, _("KPIs"), f"{text(count.state)}: {count.number}"
    yield "text", "", ""
    yield "head", "", _("What is not known")
    for sentence in report.not_known or (_("Nothing that this report asks for is missing."),):
        yield "unknown", "", sentence
    for section in report.sections:
        for words in section.texts:
            yield "text", section.title, words


def _with_reasons(table: Table) -> tuple[list[Column], list[list[Cell]]]:
    """Return a table with the reasons of its states, and the addresses of its rows as texts, as columns of their own.

    An address is no link here: a spreadsheet would ask another program of the machine to open it, with one press.
    """
    columns: list[Column] = []
    is_plain = sum(each.form == "state" or each.title == _("Reason") for each in table.columns) == 1
    for each in table.columns:
        columns.append(each)
        if each.form == "state":
            columns.append(Column(f"{each.name}_reason", _("Reason") if is_plain else f"{_('Reason')}: {each.title}"))
    rows: list[list[Cell]] = []
    for row in table.rows:
        cells: list[Cell] = []
        for column, cell in zip(table.columns, row, strict=True):
            cells.append(cell)
            if column.form == "state":
                cells.append(cell.reason if isinstance(cell, Shown) else "")
        rows.append([*cells, table.address(len(rows))] if table.addresses else cells)
    if table.addresses:
        columns.append(Column("address", _("Address")))
    return columns, rows


def _sheet_name(table: Table) -> str:
    return table.name.replace("_", " ").capitalize().replace("Kpi", "KPI")[:31]


def _width(column: Column, cells: Sequence[Cell]) -> float:
    longest = max([len(column.title) + 3, *(len(text(cell, column.form)) for cell in cells)], default=8)
    return float(min(46, max(9, longest + 1)))


def _serial(cell: str) -> float:
    """Return a day or instant as spreadsheets count it, in days since 1899-12-30; zero where they know none."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return 0.0
    if moment.year <= FIRST_YEAR:  # spreadsheets give 1900 a day too many
        return 0.0
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.toordinal() - DAY_ZERO + (seconds / DAY_S if seconds else 0)


def _plain(words: str) -> str:
    """Return a text that fits into a cell."""
    seen = clean(words)
    return seen if len(seen) <= LONGEST_CELL else seen[:LONGEST_CELL] + "…"

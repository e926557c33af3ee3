"""What a report says, as data: every form of it is made from this and adds nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from mlops_desk.areas.reports.recipe import Recipe
from mlops_desk.kernel.address import SCHEME
from mlops_desk.kernel.chart import Band, Chart, ChartKind, Series
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Level, State
from mlops_desk.kernel.words import _, plural

Form = Literal["text", "number", "change", "computed", "score", "whole", "day", "instant", "state"]
NUMBERS: frozenset[Form] = frozenset({"number", "change", "computed", "score", "whole"})
SHAPES: dict[Level, str] = {"ok": "●", "warn": "◆", "bad": "▲", "info": "ⓘ", "unknown": "?"}
ABSENT = "–"
LONGEST_TEXT = 900
NOT_KNOWN_ON_ONE_PAGE = 6
MINUS = "\N{MINUS SIGN}"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Shown(msgspec.Struct, frozen=True):
    """A state in a cell: never a colour alone, always shape and word."""

    level: Level
    word: str
    reason: str = ""

    @classmethod
    def of(cls, state: State) -> Shown:
        """Return the cell of a state."""
        return cls(state.level, state.word, state.reason)


Cell = Shown | bool | int | float | str | None  # days and instants stand as ISO texts


class Column(msgspec.Struct, frozen=True):
    """One column: the key in data forms, the title for people, and how its cells are read."""

    name: str
    title: str
    form: Form = "text"


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under columns.

    On paper only ``on_paper`` rows stand, ``under`` columns beneath another, ``off_paper`` columns not at all.
    ``total`` counts the rows there are, also after :func:`for_paper` has cut them. ``addresses`` name the record of
    each row, as the desk follows them; empty for a row that is about none.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    under: dict[str, tuple[str, ...]] = {}
    off_paper: tuple[str, ...] = ()
    on_paper: int = 0
    total: int = 0
    addresses: tuple[str, ...] = ()

    def address(self, at: int) -> str:
        """Return the address of the record that a row is about; empty where there is none."""
        return self.addresses[at] if at < len(self.addresses) else ""


class PlotSeries(msgspec.Struct, frozen=True):
    """A series with places as texts or numbers; ``None`` is a gap."""

    name: str
    places: tuple[float | str, ...]
    values: tuple[float | None, ...]
    is_reference: bool = False


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A chart as it goes to the process that draws; ``about`` is the name of the thing it shows."""

    about: str
    sentence: str
    state: Shown
    places: Literal["day", "name", "number"]
    series: tuple[PlotSeries, ...]
    kind: ChartKind = "line"
    unit: str = ""
    x_title: str = ""
    target: float | None = None
    bands: tuple[Band, ...] = ()
    n: int = 0
    note: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the report under one heading."""

    name: str
    title: str
    texts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()


class Head(msgspec.Struct, frozen=True):
    """The last entry of one machine's journal that the report was made from."""

    device: str
    seq: int
    line: str


class Count(msgspec.Struct, frozen=True):
    """How many of the things reported on are in a state."""

    state: Shown
    number: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report. ``sentences`` say how it stands, worst first; ``not_known`` is never left out.

    ``unread`` is how many entries were there that do not count, ``silent`` why a KPI's own source gave no value, by id.
    """

    name: str
    title: str
    project: str
    purpose: str
    as_of: date
    made_at: datetime
    heads: tuple[Head, ...]
    counts: tuple[Count, ...]
    sentences: tuple[Shown, ...]
    not_known: tuple[str, ...]
    sections: tuple[Section, ...]
    unread: int = 0
    silent: dict[str, str] = {}
    recipe: Recipe = Recipe()


def addresses_of(rows: Rows, things: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the addresses of records by noun and id; empty texts where an id is."""
    stem = SCHEME + quote(rows.here.project, safe="")  # a report has a hundred thousand of them: no noun or id needs it
    return tuple(f"{stem}/{noun}/{id_}" if id_ else "" for noun, id_ in things)


def plot_of(about: str, state: State, chart: Chart, note: str = "") -> Plot:
    """Return a chart in the shape that travels to the process that draws."""
    places = [place for series in chart.series for place, _value in series.points]
    is_day = any(isinstance(place, date) for place in places)
    kind: Literal["day", "name", "number"] = (
        "day" if is_day else "name" if any(isinstance(place, str) for place in places) else "number"
    )
    series = tuple(
        PlotSeries(
            each.name,
            tuple(place.isoformat() if isinstance(place, date) else place for place, _value in each.points),
            tuple(value for _place, value in each.points),
            each.is_reference,
        )
        for each in chart.series
    )
    return Plot(
        about=about,
        sentence=chart.sentence,
        state=Shown.of(state),
        places=kind,
        series=series,
        kind=chart.kind,
        unit=chart.unit,
        x_title=chart.x_title,
        target=chart.target,
        bands=chart.bands,
        n=chart.n or 0,
        note=note,
    )


def chart_of(plot: Plot) -> Chart:
    """Return the chart of a plot, places typed again."""

    def place(value: float | str) -> date | float | str:
        return date.fromisoformat(value[:10]) if plot.places == "day" and isinstance(value, str) else value

    series = tuple(
        Series(
            each.name,
            tuple((place(at), value) for at, value in zip(each.places, each.values, strict=True)),
            is_reference=each.is_reference,
        )
        for each in plot.series
    )
    return Chart(
        sentence=plot.sentence,
        series=series,
        kind=plot.kind,
        unit=plot.unit,
        x_title=plot.x_title,
        target=plot.target,
        bands=plot.bands,
        n=plot.n,
    )


def _measured_words(measured: Sequence[tuple[float | str, float]], count: int) -> str:
    """Return the way from the first to the last value; ``count`` is of all, also of several on one day."""
    first, last = measured[0], measured[-1]
    if len(measured) == 1 and count > 1:
        return _("{n} values on one day, the newest {last} ({day}).", n=count, last=number(last[1]), day=last[0])
    return plural(
        "{n} value: {last} ({last_at}).",
        "{n} values, from {first} ({first_at}) to {last} ({last_at}).",
        count,
        first=number(first[1]),
        first_at=first[0],
        last=number(last[1]),
        last_at=last[0],
    )


def spoken(plot: Plot) -> str:
    """Return a chart in words, for those who do not see it."""
    measured = [
        (at, value)
        for each in plot.series
        if not each.is_reference
        for at, value in zip(each.places, each.values, strict=True)
        if value is not None
    ]
    parts = [plot.sentence + "."]
    if measured:
        parts.append(_measured_words(measured, max(len(measured), plot.n)))
    if plot.target is not None:
        parts.append(_("Target {target} {unit}.", target=number(plot.target), unit=plot.unit).replace(" .", "."))
    parts += [
        _("{name} {low} to {high}.", name=each.name, low=number(each.low), high=number(each.high))
        for each in plot.bands
    ]
    return " ".join(parts)


def for_paper(report: Report) -> Report:
    """Return the report with long tables cut to what people read on pages; they say how much is left out."""
    sections = [
        msgspec.structs.replace(section, tables=tuple(_cut(each) for each in section.tables))
        for section in report.sections
    ]
    missing = report.not_known
    if report.recipe.is_brief and len(missing) > NOT_KNOWN_ON_ONE_PAGE + 1:  # what was cut once stays as it is
        rest = len(missing) - NOT_KNOWN_ON_ONE_PAGE
        more = plural("{n} more is in the whole report.", "{n} more are in the whole report.", rest)
        missing = (*missing[:NOT_KNOWN_ON_ONE_PAGE], more)
    return msgspec.structs.replace(report, sections=tuple(sections), not_known=missing)


def _cut(table: Table) -> Table:
    most = table.on_paper or len(table.rows)
    kept = {"rows": table.rows[:most], "addresses": table.addresses[:most]}
    return msgspec.structs.replace(table, **kept, total=max(table.total, len(table.rows)))


def left_out(table: Table) -> str:
    """Return the sentence that says how many rows do not stand here; empty if all do."""
    missing = table.total - len(table.rows)
    if missing <= 0:
        return ""
    return _(
        "Shown are {shown} of {all}; the XLSX, CSV and JSON forms of this report hold all.",
        shown=f"{len(table.rows):,}",
        all=f"{table.total:,}",
    )


def paper_columns(table: Table) -> list[Column]:
    """Return the columns that stand side by side on paper; the others stand under them."""
    below = {name for names in table.under.values() for name in names} | set(table.off_paper)
    return [each for each in table.columns if each.name not in below]


def paper_cells(table: Table, row: Sequence[Cell]) -> list[tuple[Column, Cell, str]]:
    """Return the cells that stand side by side, each with the small text under it."""
    values = row_values(table, row)
    forms = {each.name: each.form for each in table.columns}
    found = []
    for column in paper_columns(table):
        names = [name for name in table.under.get(column.name, ()) if values[name]]
        beneath = [
            _("by {day}", day=values[name]) if name == "due" else text(values[name], forms[name]) for name in names
        ]
        found.append((column, values[column.name], " · ".join(beneath)))
    return found


_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+")


def clean(words: str) -> str:
    """Return a text without letters that are not seen but steer: controls, and changes of direction."""
    return _UNSEEN.sub(" ", words)


def readable(words: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text as forms for reading carry it: clean, and no longer than anybody reads."""
    seen = clean(words)
    if len(seen) <= longest:
        return seen
    return seen[:longest] + " … (" + _("{n} letters, all in the data forms", n=f"{len(words):,}") + ")"


# --- cells for people ----------------------------------------------------------------------------


def number(value: float) -> str:
    """Return a number as people read it: six figures, thousands apart, a true minus."""
    return (f"{value:,.6g}" if abs(value) < 1e15 else f"{value:.6g}").replace("-", MINUS)


def rough(value: float) -> str:
    """Return a number that was computed as people read it: four figures, but all of a whole number."""
    if not value or not math.isfinite(value):
        return number(value)
    return number(round(value, max(0, 3 - math.floor(math.log10(abs(value))))))


def text(cell: Cell, form: Form = "text") -> str:
    """Return a cell as people read it."""
    if cell is None or cell == "":
        return ABSENT if form in NUMBERS or form in ("day", "instant") else ""
    if isinstance(cell, Shown):
        reason = f" ({cell.reason})" if cell.reason else ""
        return f"{SHAPES[cell.level]} {cell.word}{reason}"
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, int | float):
        if form == "score":
            return f"{cell:.2f}"
        if form == "change":
            return ("+" if cell > 0 else "") + rough(cell)
        return rough(cell) if form == "computed" else number(cell)
    if form == "instant":
        return f"{cell[:10]} {cell[11:16]} UTC"
    return cell


def day_words(day: date) -> str:
    """Return a day in words, such as 23 November 2026."""
    return f"{day.day} {_(MONTHS[day.month - 1])} {day.year}"


def moment_words(moment: datetime) -> str:
    """Return an instant in words, such as 23 November 2026, 11:44 UTC."""
    return f"{day_words(moment.date())}, {moment:%H:%M} UTC"


def stamp(moment: datetime) -> str:
    """Return an instant as data forms carry it: UTC, seconds, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def heads_text(heads: Iterable[Head]) -> str:
    """Return the journal heads in one line."""
    return ", ".join(f"{each.device}:{each.seq}:{each.line[:12]}" for each in heads)


def row_values(table: Table, row: Sequence[Cell]) -> dict[str, Any]:
    """Return a row by column names."""
    return {column.name: cell for column, cell in zip(table.columns, row, strict=True)}

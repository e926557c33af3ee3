"""What a text table's values mean beyond the first guess: words for true and false, days and months."""

# ruff: noqa: S608 - every name and text in SQL went through lockdown.name or lockdown.text
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desk.kernel.words import _
from mlops_desk.science.lockdown import name, one_row, text

if TYPE_CHECKING:
    import duckdb

_SAMPLED_ROWS = 200
_DATE = r"\d{1,2}([-/.])\d{1,2}([-/.])\d{4}"
_ORDERS = {"%Y": ("%d{s}%m{s}%Y", "%m{s}%d{s}%Y"), "%y": ("%d{s}%m{s}%y", "%m{s}%d{s}%y", "%y{s}%m{s}%d")}
_PARTS = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year"}


class UnclearDates(msgspec.Struct, frozen=True, kw_only=True):
    """A column whose every date reads in several orders: ``formats``, of which the first was used."""

    column: str
    formats: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return the finding, with all readings."""
        return _(
            "The dates of {column} fit {all}; they are read as {used}. If that is wrong, export them as 2024-12-31.",
            column=self.column,
            all=_(" and ").join(map(_in_words, self.formats)),
            used=_in_words(self.formats[0]),
        )


class Reconsidered(msgspec.Struct, frozen=True, kw_only=True):
    """Types by column and the format of dates, after a second look; and what stays unclear."""

    types: dict[str, str]
    date_format: str
    unclear: tuple[UnclearDates, ...]


def reconsider(
    opened: duckdb.DuckDBPyConnection, scan: str, types: Mapping[str, str], date_format: str, timestamp_format: str
) -> Reconsidered:
    """Look at all values again where the sniffer guesses from a part of them, or takes words away.

    Columns that say true and false in other words (yes, no) stay text. Dates that a later row settles
    (a day above 12) become dates in that order. ``scan`` stands in SQL for the table with all values as text.
    """
    kept = dict(types)
    for column in _worded(opened, scan, [column for column, kind in types.items() if kind == "BOOLEAN"]):
        kept[column] = "VARCHAR"
    if not date_format and "DATE" not in types.values():  # the reader knows one format for all dates of a file
        settled = _settled_dates(opened, scan, [column for column, kind in types.items() if kind == "VARCHAR"])
        date_format = next(iter(settled.values()), "")
        kept |= {column: "DATE" for column, each in settled.items() if each == date_format}
    formats = {"DATE": date_format, "TIMESTAMP": timestamp_format}
    dated = {column: formats[kind] for column, kind in kept.items() if kind in formats}
    return Reconsidered(types=kept, date_format=date_format, unclear=_unclear(opened, scan, dated))


def orders_of(date_format: str) -> tuple[str, ...]:
    """Return a format and the others that differ from it in the order of day, month and year; none for ISO dates."""
    day, blank, rest = date_format.partition(" ")
    year = next((part for part in _ORDERS if part in day), "")
    separator = day[2:3]
    if not year or (year == "%Y" and day.startswith("%Y")) or "%d" not in day or "%m" not in day:
        return ()
    orders = [each.format(s=separator) for each in _ORDERS[year]]
    return (date_format, *(each + blank + rest for each in orders if each != day)) if day in orders else ()


def _worded(opened: duckdb.DuckDBPyConnection, scan: str, columns: Sequence[str]) -> list[str]:
    if not columns:
        return []
    counts = (f"count(*) FILTER (lower(trim({name(each)})) NOT IN ('true', 'false'))" for each in columns)
    return [each for each, count in zip(columns, _asked(opened, counts, scan), strict=True) if count]


def _settled_dates(opened: duckdb.DuckDBPyConnection, scan: str, columns: Sequence[str]) -> dict[str, str]:
    """Return the format of each text column that holds dates in one order of day and month, and only in one."""
    likely = _like_dates(opened, f"(SELECT * FROM {scan} LIMIT {_SAMPLED_ROWS})", columns)
    settled = {}
    for column, separator in _like_dates(opened, scan, list(likely)).items():
        fitting = _fitting(opened, scan, column, orders_of(f"%d{separator}%m{separator}%Y"))
        if len(fitting) == 1:
            settled[column] = fitting[0]
    return settled


def _like_dates(opened: duckdb.DuckDBPyConnection, scan: str, columns: Sequence[str]) -> dict[str, str]:
    """Return the separator of each column in which every value looks like a date with its year at the end."""
    if not columns:
        return {}
    likely = []
    for each in columns:
        value = f"trim({name(each)})"
        likely.append(f"bool_and({value} = '' OR regexp_full_match({value}, {text(_DATE)}))")
        likely.append(f"min(regexp_extract({value}, {text(_DATE)}, 1)) FILTER ({value} <> '')")
        likely.append(f"max(regexp_extract({value}, {text(_DATE)}, 2)) FILTER ({value} <> '')")
    found = _asked(opened, likely, scan)
    rows = zip(columns, found[::3], found[1::3], found[2::3], strict=True)
    return {column: first for column, is_like, first, second in rows if is_like and first and first == second}


def _unclear(opened: duckdb.DuckDBPyConnection, scan: str, dated: Mapping[str, str]) -> tuple[UnclearDates, ...]:
    """Return the columns of which several orders fit every value, and give other days for some."""
    found = []
    for column, as_read in dated.items():
        fitting = _fitting(opened, scan, column, orders_of(as_read))
        if len(fitting) > 1:
            found.append(UnclearDates(column=column, formats=fitting))
    return tuple(found)


def _fitting(opened: duckdb.DuckDBPyConnection, scan: str, column: str, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats that read every value, without those that read each as the first of them does."""
    if not formats:
        return ()
    value = f"trim({name(column)})"
    as_first = f"try_strptime({value}, {text(formats[0])})"
    counts = []
    for each in formats:
        read = f"try_strptime({value}, {text(each)})"
        counts.append(f"count(*) FILTER ({value} <> '' AND {read} IS NULL)")
        counts.append(f"count(*) FILTER ({value} <> '' AND {read} IS DISTINCT FROM {as_first})")
    found = _asked(opened, counts, scan)
    fits = [each for each, refused in zip(formats, found[::2], strict=True) if not refused]
    other = dict(zip(formats, found[1::2], strict=True))
    return tuple(each for each in fits if each == fits[0] or other[each])


def _asked(opened: duckdb.DuckDBPyConnection, figures: Any, scan: str) -> tuple[Any, ...]:
    return one_row(opened, f"SELECT {', '.join(figures)} FROM {scan}")


def _in_words(date_format: str) -> str:
    day = date_format.partition(" ")[0]
    for part, word in _PARTS.items():
        day = day.replace(part, _(word))
    return day

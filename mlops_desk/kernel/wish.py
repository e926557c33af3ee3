"""What a person wishes of a table: which rows, in the words of the filter line, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.words import _

Operator = Literal["has", "is", "span", "empty"]
_SIGNS = (">=", "<=", ">", "<", "=")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_PLAIN = re.compile(r"[^\s\"|:.?<>=-][^\s\"|:]*")
DAYS, NUMBERS = ("day", "instant"), ("number", "whole")


class Span(msgspec.Struct, frozen=True):
    """From low to high; None is open. Days are half open: the first day, and the day after the last."""

    low: Any = None
    high: Any = None
    has_low: bool = True
    has_high: bool = True

    def holds(self, value: Any) -> bool:
        """Tell whether a value of the same kind lies within."""
        is_above = self.low is None or (value >= self.low if self.has_low else value > self.low)
        is_below = self.high is None or (value <= self.high if self.has_high else value < self.high)
        return bool(is_above and is_below)


class Condition(msgspec.Struct, frozen=True):
    """What a row must fit: ``values`` are small letters that its cell shows (``has``) or is (``is``), one of them.

    ``column`` is the column's attribute; empty is any of them. ``span`` is that of numbers, days or texts. What a cell
    is: a number as Python writes it, a day as ISO does, else what it shows; nothing is the empty text.
    """

    column: str
    operator: Operator
    values: tuple[str, ...] = ()
    span: Span = Span()
    is_not: bool = False


class Wish(msgspec.Struct, frozen=True):
    """Which rows, all conditions together, and in which order: the first column counts most."""

    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is wished at all."""
        return bool(self.conditions or self.order)


class Parsed(msgspec.Struct, frozen=True):
    """What a filter text means, and a sentence for each part of it that means nothing."""

    conditions: tuple[Condition, ...]
    faults: tuple[str, ...] = ()


# --- from text ----------------------------------------------------------------------------------


def parse(text: str, columns: Sequence[Column]) -> Parsed:
    """Return what the words of a filter line mean: all of them must fit.

    A word is looked for in every cell, ``column:word`` in one; ``-`` before it turns it round. After the colon stand
    also ``=value``, ``=one|other``, ``>3``, ``<=3``, ``1..5``, days and their beginnings such as ``2026-01``, and
    ``?`` for an empty cell. What holds spaces stands in quotes.
    """
    conditions, faults = [], []
    for part in parts(text):
        try:
            condition = _condition(part, columns)
        except ValueError as error:
            faults.append(str(error))
            continue
        conditions += [condition] if condition is not None else []
    return Parsed(tuple(conditions), tuple(faults))


def parts(text: str) -> list[str]:
    """Return the words of a filter text as they are written; quotes hold together what stands between them."""
    found, part, is_quoted = list[str](), "", False
    for letter in text:
        if letter.isspace() and not is_quoted:
            found += [part] if part else []
            part = ""
        else:
            is_quoted ^= letter == '"'
            part += letter
    return [*found, part] if part else found


def _condition(part: str, columns: Sequence[Column]) -> Condition | None:
    is_not = part.startswith("-") and len(part) > 1
    body = part[1:] if is_not else part
    name, colon, rest = _split(body, ":")
    column = _named(_bare(name), columns) if colon else None
    if column is None:
        word = _bare(body).casefold()
        return Condition("", "has", (word,), is_not=is_not) if word else None
    if not rest or rest in _SIGNS:
        return None  # it is being typed
    made = _of_column(column, rest)
    return msgspec.structs.replace(made, is_not=is_not)


def _of_column(column: Column, rest: str) -> Condition:
    if rest == "?":
        return Condition(column.name, "empty")
    sign = next((each for each in _SIGNS if rest.startswith(each)), "")
    value = rest[len(sign) :]
    if sign in ("", "="):
        low, dots, high = _split(value, "..") if not sign else (value, "", "")
        if dots and (low or high):
            return Condition(column.name, "span", span=_between(column, _bare(low), _bare(high)))
        if column.cell in DAYS and not sign and (period := _period(_bare(value))):
            return Condition(column.name, "span", span=Span(period[0], period[1], has_high=False))
        found = tuple(_bare(each).casefold() for each in _pieces(value))
        if column.cell in NUMBERS and sign:
            found = tuple(repr(_number(each)) if each else "" for each in found)
        return Condition(column.name, "is" if sign else "has", found)
    return Condition(column.name, "span", span=_beyond(column, sign, _bare(value)))


def _beyond(column: Column, sign: str, value: str) -> Span:
    if column.cell in DAYS:
        first, after = _days(value)
        return {
            ">": Span(low=after),
            ">=": Span(low=first),
            "<": Span(high=first, has_high=False),
            "<=": Span(high=after, has_high=False),
        }[sign]
    end = _number(value) if column.cell in NUMBERS else value.casefold()
    is_in = sign.endswith("=")
    return Span(low=end, has_low=is_in) if sign[0] == ">" else Span(high=end, has_high=is_in)


def _between(column: Column, low: str, high: str) -> Span:
    if column.cell in DAYS:
        return Span(_days(low)[0] if low else None, _days(high)[1] if high else None, has_high=False)
    read = _number if column.cell in NUMBERS else str.casefold
    return Span(read(low) if low else None, read(high) if high else None)


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = float("nan")
    if number != number:  # noqa: PLR0124 - not a number
        raise ValueError(_("“{text}” is not a number.", text=text))
    return number


def _days(text: str) -> tuple[date, date]:
    period = _period(text)
    if period is None:
        raise ValueError(_("“{text}” is not a day such as 2026-11-23, a month or a year.", text=text))
    return period


def _period(text: str) -> tuple[date, date] | None:
    """Return the first day of a day, month or year, and the day after it; None if the text is none."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(each) if each else 0 for each in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        return first, date(year + (not month or month == 12), month % 12 + 1 if month else 1, 1)
    except (ValueError, OverflowError):
        return None


def _named(text: str, columns: Sequence[Column]) -> Column | None:
    """Return the column that a person means: by its title or its beginning, whatever stands between the words."""
    wanted = _key(text)
    if not wanted:
        return None
    exact = [each for each in columns if wanted in (_key(each.title), _key(each.name))]
    near = [each for each in columns if _key(each.title).startswith(wanted)]
    return next(iter(exact or near), None)


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


# --- quotes -------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Return a text without its quotes; a doubled one within them is one of the text itself."""
    is_whole = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return text[1:-1].replace('""', '"') if is_whole else text.replace('"', "")


def _split(text: str, mark: str) -> tuple[str, str, str]:
    """Part a text at a mark that stands outside quotes."""
    is_quoted = False
    for place, letter in enumerate(text):
        is_quoted ^= letter == '"'
        if not is_quoted and text.startswith(mark, place):
            return text[:place], mark, text[place + len(mark) :]
    return text, "", ""


def _pieces(text: str) -> list[str]:
    first, mark, rest = _split(text, "|")
    return [first, *_pieces(rest)] if mark else [first]


def quoted(text: str) -> str:
    """Return a text as it is written in a filter line."""
    return text if _PLAIN.fullmatch(text) and ".." not in text else '"' + text.replace('"', '""') + '"'


def only(column: Column, texts: Sequence[str], *, is_not: bool = False) -> str:
    """Return the words of a filter line for these values of a column, as their cells show them, and no others."""
    known = [each for each in texts if each]
    name = quoted(column.title.casefold().replace(" ", "-"))
    told = f"{name}:={'|'.join(quoted(each) for each in texts)}" if known else f"{name}:?"
    return f"-{told}" if is_not else told


def about(part: str, columns: Sequence[Column]) -> Column | None:
    """Return the column that a word of a filter line speaks of; None if it speaks of all."""
    name, colon, _rest = _split(part.removeprefix("-"), ":")
    return _named(_bare(name), columns) if colon else None


def rest_of(part: str) -> str:
    """Return what a word of a filter line says after its column; empty if it names none."""
    return _split(part, ":")[2]


def told(part: str, columns: Sequence[Column]) -> str:
    """Return a word of a filter line as people read it."""
    column, is_not = about(part, columns), part.startswith("-") and len(part) > 1
    what = _bare(part[1:] if is_not else part) if column is None else _told_of(column, rest_of(part))
    return _("not {what}", what=what) if is_not else what


def _told_of(column: Column, rest: str) -> str:
    sign = next((each for each in _SIGNS if rest.startswith(each)), "")
    values = _(" or ").join(_bare(each) or _("empty") for each in _pieces(rest[len(sign) :]))
    shown = _("empty") if rest == "?" else values if sign in ("", "=") else f"{sign} {values}"
    return _("{title}: {values}", title=column.title, values=shown)

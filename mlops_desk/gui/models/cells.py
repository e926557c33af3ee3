"""Values as people read them, and as tables sort them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QDate, QLocale

from mlops_desk.gui.widgets.class_badge import class_word
from mlops_desk.kernel.figures import Figure
from mlops_desk.kernel.listing import Cell
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

SHORT_ID = 8
NUMBERS: tuple[Cell, ...] = ("number", "whole")
MISSING = "–"


def cell_text(value: Any, cell: Cell = "text", unit: str = "") -> str:
    """Return a value as people read it; nothing is a dash where a number or day is due."""
    if isinstance(value, Figure):
        return str(value)
    if is_missing(value):
        return MISSING if cell in ("number", "whole", "day", "instant") else ""
    if isinstance(value, State):
        return f"{value.word} ({value.reason})" if value.reason else value.word
    if cell in NUMBERS and isinstance(value, int | float):
        return f"{number_text(value)} {unit}".rstrip()
    if cell == "id":
        return str(value)[:SHORT_ID]
    if cell == "role":
        return ", ".join(role_name(each) for each in ((value,) if isinstance(value, str) else value))
    if cell == "class":
        return class_word(str(value))
    return _plain(value)


def spoken_text(value: Any, cell: Cell = "text") -> str:
    """Return a value as it is told to those who hear it."""
    return value.words if isinstance(value, Figure) else cell_text(value, cell)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        local = value.astimezone()
        return f"{day_text(local.date())}, {local:%H:%M}"
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(_plain(each) for each in value)
    return str(value)


def number_text(value: float) -> str:
    """Return a number with as many digits as people read: whole, or four that count."""
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:,.4g}"


def day_text(day: date) -> str:
    """Return a day in words of the person's language."""
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy")


def sort_key(value: Any) -> tuple[int, Any]:
    """Return what to sort a value by, of one kind with others: numbers, then times, then texts."""
    if isinstance(value, State):
        return (0, (-badness(value), value.word))
    if isinstance(value, Figure):
        return sort_key(value.rank)
    if isinstance(value, bool | int | float):
        return (0, (float(value), ""))
    if isinstance(value, datetime):
        return (1, value.isoformat())
    if isinstance(value, date):
        return (1, value.isoformat())
    if isinstance(value, tuple | list):
        return (2, ", ".join(str(each) for each in value).casefold())
    return (2, str(value).casefold())


def is_missing(value: Any) -> bool:
    """Tell whether there is nothing to sort by; such rows stand last either way."""
    return value is None or value in ("", ()) or (isinstance(value, Figure) and value.rank is None)

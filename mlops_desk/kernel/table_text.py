"""Cells of a table as machines read them, and lines of CSV, also such as no spreadsheet takes for formulas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from mlops_desk.kernel.state import State

# A spreadsheet computes what begins like this, as its user and with their rights.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def machine_value(value: Any) -> str | int | float | bool | None:
    """Return a cell as machines read it: numbers as numbers, days and instants as ISO texts, states as their word."""
    if isinstance(value, State):
        return value.word
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return "; ".join(str(machine_value(each)) for each in value)
    return str(value)


def csv_line(values: Sequence[Any], *, is_safe: bool = False) -> str:
    """Return a line of CSV after RFC 4180, without its end; nothing is an empty cell, an empty text a quoted one.

    ``is_safe`` puts an apostrophe before texts that a spreadsheet would take for a formula.
    """
    return ",".join(_cell(each, is_safe=is_safe) for each in values)


def _cell(value: Any, *, is_safe: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if is_safe and text.startswith(FORMULA_STARTS):
        text = f"'{text}"
    needs_quotes = not text or any(each in text for each in ',"\r\n') or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if needs_quotes else text

"""What is chosen in a table, in figures: how many rows, and of their numbers sum, mean, least and greatest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mlops_desk.gui.models.cells import NUMBERS, number_text
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.words import _, plural


class Figures(msgspec.Struct, frozen=True):
    """Figures of the numbers in one column; ``count`` leaves out cells without one."""

    title: str
    count: int
    total: float
    least: float
    greatest: float


def numeric(columns: Sequence[Column], places: Sequence[int], current: int) -> Column | None:
    """Return the column whose numbers are added up: that of the focus if it has some, else the first that has."""
    fitting = [columns[each] for each in places if columns[each].cell in NUMBERS]
    at = columns[current] if 0 <= current < len(columns) else None
    return at if at in fitting else next(iter(fitting), None)


def figures(rows: Iterable[Any], column: Column) -> Figures | None:
    """Return the figures of a column's numbers; None if there is none."""
    found = [getattr(row, column.name, None) for row in rows]
    numbers = [float(each) for each in found if isinstance(each, int | float) and math.isfinite(each)]
    if not numbers:
        return None
    return Figures(column.title, len(numbers), math.fsum(numbers), min(numbers), max(numbers))


def told(chosen: int, found: Figures | None) -> str:
    """Return in words what is chosen."""
    rows = plural("{n} row chosen", "{n} rows chosen", chosen)
    if found is None:
        return rows
    return _(
        "{rows} · {title}: sum {total}, mean {mean}, min {least}, max {greatest}",
        rows=rows,
        title=found.title,
        total=number_text(found.total),
        mean=number_text(found.total / found.count),
        least=number_text(found.least),
        greatest=number_text(found.greatest),
    )

"""Columns that move on by themselves: dates, counters of rows, numbers that name rows."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mlops_desk.science.table import Array

Moves = Literal["", "date", "order", "unique"]
FEWEST = 20  # of fewer values nothing is said: chance puts them in order


def moves_of(values: Array) -> Moves:
    """Tell how a column of numbers, in the order of its rows, moves on by itself.

    "order": each value is greater than the one before, or each is smaller: a counter, or an instant as a number.
    "unique": whole numbers of which no two are equal: they name rows. New rows of both are always new values,
    so a comparison of distributions says nothing of the world. Missing values (NaN) are passed over.
    """
    known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if len(known) < FEWEST:
        return ""
    if bool((known[1:] > known[:-1]).all()) or bool((known[1:] < known[:-1]).all()):
        return "order"
    if float(known.max()) - float(known.min()) < len(known) - 1:  # as Python's: no warning where they overflow
        return ""  # fewer whole numbers lie there than rows
    is_whole = known.dtype.kind in "iu" or bool(np.isfinite(known).all() and (known == np.floor(known)).all())
    return "unique" if is_whole and len(np.unique(known)) == len(known) else ""

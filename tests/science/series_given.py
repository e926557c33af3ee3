"""Series for tests: drawn by hypothesis, or made with something planted in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from mlops_desk.science.series import Array, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST = date(2025, 1, 6)  # a Monday


def made(values: Iterable[float], step: int = 1) -> list[Reading]:
    """Return a reading every ``step`` days."""
    return [Reading(FIRST + timedelta(days=place * step), float(value)) for place, value in enumerate(values)]


def line_of(noise: Array) -> Array:
    """Return values that rise by a tenth of the noise's deviation a day."""
    found: Array = 50 + 0.1 * np.arange(len(noise)) + noise
    return found


def series(least: int = 0, most: int = 30) -> st.SearchStrategy[list[Reading]]:
    """Return series of whole values on days of their own, in any order."""
    days = st.lists(st.integers(0, 400), min_size=least, max_size=most, unique=True)
    pairs = days.flatmap(lambda found: st.tuples(st.just(found), st.lists(st.integers(-999, 999), min_size=len(found))))
    return pairs.map(
        lambda pair: [Reading(FIRST + timedelta(days=day), float(v)) for day, v in zip(*pair, strict=False)]
    )

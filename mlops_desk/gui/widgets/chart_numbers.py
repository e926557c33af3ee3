"""The points of a chart as arrays, counted out in small pieces, so that a million of them hold nobody up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np

from mlops_desk.kernel.chart import Series

PIECE_POINTS = 10_000  # about two milliseconds


class Numbers:
    """The places and values of some series as arrays, filled piece by piece; gaps are NaN."""

    def __init__(self, series: Sequence[Series], place_of: Callable[[Any], float]) -> None:
        self.arrays = [(np.empty(len(each.points)), np.empty(len(each.points))) for each in series]
        self._ahead = [(number, iter(each.points)) for number, each in enumerate(series)]
        self._place_of = place_of
        self._filled = 0

    @property
    def is_done(self) -> bool:
        """Tell whether every point is there."""
        return not self._ahead

    def go_on(self) -> None:
        """Fill in one more piece."""
        while self._ahead:
            number, points = self._ahead[0]
            piece = list(islice(points, PIECE_POINTS))
            if not piece:
                self._ahead.pop(0)
                self._filled = 0
                continue
            places, values = self.arrays[number]
            part = slice(self._filled, self._filled + len(piece))
            places[part] = [self._place_of(place) for place, _value in piece]
            values[part] = [np.nan if value is None else value for _place, value in piece]
            self._filled += len(piece)
            return

"""A table that lies in the store: its order is asked for, and its rows a page at a time when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

import msgspec

PAGE_ROWS = 500


class Ordered(msgspec.Struct, frozen=True):
    """The places in the store of the rows that fit, in the order wished.

    ``total`` is how many there are without filter; ``found`` where in the order the rows of some keys stand.
    """

    places: Sequence[int]
    total: int
    found: Mapping[str, int] = msgspec.field(default_factory=dict)


class Paged(msgspec.Struct, frozen=True):
    """How such a table is read, by plain functions over rows.

    ``order`` is given a scope, a wish, keys to be found in it, and how many at most, 0 for all; ``at`` places, and
    gives None for a row that is gone; ``counts`` a scope and a column, and gives each value with its number of rows;
    ``places_of`` ids.
    """

    order: Callable[..., Ordered]
    at: Callable[..., Sequence[Any]]
    counts: Callable[..., list[tuple[Any, int]]]
    places_of: Callable[..., Sequence[int]]

    def rows_of(self, rows: Any, ids: Sequence[str]) -> list[Any]:
        """Return the rows of some ids that are there, in no order."""
        return [row for row in self.at(rows, self.places_of(rows, ids)) if row is not None]


class StoredRows(Sequence[Any]):
    """The rows at some places, read a page at a time while somebody walks over them."""

    def __init__(self, rows: Any, paged: Paged, places: Sequence[int]) -> None:
        self._rows, self._paged, self._places = rows, paged, places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return one row, or some."""
        if isinstance(index, slice):
            return StoredRows(self._rows, self._paged, self._places[index])
        return self._paged.at(self._rows, [self._places[index]])[0]

    def __iter__(self) -> Iterator[Any]:
        """Give every row that is still there."""
        for first in range(0, len(self._places), PAGE_ROWS):
            page = self._paged.at(self._rows, self._places[first : first + PAGE_ROWS])
            yield from (row for row in page if row is not None)

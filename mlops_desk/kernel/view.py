"""A view of a table that somebody keeps: filter, order and columns, by name."""

from __future__ import annotations

import msgspec


class Order(msgspec.Struct, frozen=True):
    """A column to sort by, and which way."""

    column: str
    is_down: bool = False


class View(msgspec.Struct, frozen=True):
    """What a table is made to show. ``sort`` are columns, ``-`` before those that go down; no ``columns`` are all."""

    name: str = ""
    filter: str = ""
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[Order, ...]:
        """The order that is kept."""
        return tuple(Order(each.removeprefix("-"), each.startswith("-")) for each in self.sort)


def kept_order(order: tuple[Order, ...]) -> tuple[str, ...]:
    """Return an order as it is kept."""
    return tuple(f"-{each.column}" if each.is_down else each.column for each in order)

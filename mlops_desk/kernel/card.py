"""A card of a home: a title, up to five rows, a state, how old its data is, and the one act that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

MAX_ROWS = 5


class Viewer(NamedTuple):
    """Who looks at a home: the slug of the role they act in, and the id of the member; either may be empty."""

    role: str
    member: str


class CardRow(NamedTuple):
    """One row of a card: its words, and its state where it has one of its own."""

    text: str
    state: State | None = None


class CardAct(msgspec.Struct, frozen=True):
    """The one act of a card.

    It opens the form of ``act``, such as ``kpi.check-in``, with ``values`` filled in; else it shows the record of
    ``noun`` and ``id``, ready for words about it where it ``talks``; else it runs ``command``, one of the window's own;
    else it goes to the ``page`` of an area and there to the ``tab`` of a noun.
    """

    word: str
    page: str = ""
    tab: str = ""
    act: str = ""
    values: Mapping[str, Any] = msgspec.field(default_factory=dict)
    noun: str = ""
    id: str = ""
    talks: bool = False
    command: str = ""


class Card(msgspec.Struct, frozen=True):
    """One card. ``as_of`` is when its newest value was recorded; ``number`` stands large above the rows."""

    title: str
    state: State
    rows: tuple[CardRow, ...]
    act: CardAct
    number: str = ""
    as_of: datetime | None = None


CardMaker = Callable[[Rows, Viewer], Card]


def first_rows(found: Iterable[tuple[str, State | None]]) -> tuple[CardRow, ...]:
    """Return the first rows that a card has room for."""
    return tuple(CardRow(*each) for each, _place in zip(found, range(MAX_ROWS), strict=False))


def nothing_yet(title: str, sentence: str, act: CardAct, state: State | None = None) -> Card:
    """Return the card of something of which there is nothing yet: *not known*, unless a state says better."""
    return Card(title, state or State("unknown", _("Not known")), (CardRow(sentence),), act)


def newest(instants: Iterable[datetime | None]) -> datetime | None:
    """Return the newest of some instants, those that are not known left out."""
    return max((each for each in instants if each is not None), default=None)

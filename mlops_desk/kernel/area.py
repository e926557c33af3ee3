"""What an area of the desk is made of: its nouns, acts, tables, and what it declares for others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import force_setattr

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.card import CardMaker
from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.listing import Detail, Listing
from mlops_desk.kernel.record import Noun
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, Verdict
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _


class Need(msgspec.Struct, frozen=True):
    """Something that waits for somebody: for the inbox and the state line.

    It waits for whoever holds one of ``roles``, or for ``members`` by id, with the ``reason`` why for them. ``settle``
    are the words of the command line that settle it, where it is not the page of the record. What carries ``seen_as``
    also ends once a person marks that id as seen on their machine. ``asked_by`` is the member who waits for it; where
    it ``needs_another``, they cannot settle it themselves. ``due`` is the day by which it is wanted.
    """

    sentence: str
    noun: str
    id: str
    state: State
    roles: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    reason: str = ""
    since: datetime | None = None
    settle: str = ""
    seen_as: str = ""
    asked_by: str = ""
    needs_another: bool = False
    due: date | None = None


class Mark(msgspec.Struct, frozen=True):
    """Something that happened at an instant, to stand on charts and in the feed."""

    at: datetime
    sentence: str
    noun: str
    id: str


class Span(NamedTuple):
    """From one instant to another, both in UTC and both within."""

    first: datetime
    last: datetime

    @property
    def within(self) -> tuple[str, datetime, datetime]:
        """The condition that a fact was recorded in the span, with its values."""
        return "recorded_at BETWEEN ? AND ?", self.first.replace(tzinfo=None), self.last.replace(tzinfo=None)


Node = tuple[str, str]  # noun and id


class Link(NamedTuple):
    """That one thing stands above another on the way from objectives to data."""

    above: Node
    below: Node


class ObjectUse(msgspec.Struct, frozen=True):
    """An object that a row names by its sha256: what it is in words, and whose machine made it.

    ``sources`` are the dataset versions whose classes say whether it may leave this machine; ``is_kept`` is false where
    a person keeps the file and the row only refers to it. ``names`` are what people may call it by, the first one in
    commands; ``size_bytes`` is what the row says, None where it says nothing.
    """

    digest: str
    what: str
    noun: str
    id: str
    sources: tuple[str, ...]
    member: str
    is_kept: bool = True
    names: tuple[str, ...] = ()
    size_bytes: int | None = None


CheckMaker = Callable[..., Verdict]
SubjectMaker = Callable[[Rows, str], Subject]


class Area(msgspec.Struct, frozen=True):
    """One area, as plain data; ``catalogue`` lists them in the order of the life of a model.

    ``details`` are lines on the pages of records, also of areas to the left: there they come after the owner's.
    """

    name: str
    title: str
    nouns: tuple[type[Noun], ...] = ()
    acts: tuple[type[Act], ...] = ()
    listings: tuple[Listing, ...] = ()
    details: Mapping[str, Callable[[Rows, str], Sequence[Detail]]] = msgspec.field(default_factory=dict)
    charts: Mapping[str, Callable[[Rows, str], Chart]] = msgspec.field(default_factory=dict)
    sources: Mapping[str, Callable[..., Any]] = msgspec.field(default_factory=dict)
    checks: Mapping[str, CheckMaker] = msgspec.field(default_factory=dict)
    subjects: Mapping[str, SubjectMaker] = msgspec.field(default_factory=dict)
    gated: tuple[Callable[[Rows], Sequence[tuple[str, str, str]]], ...] = ()
    needs: tuple[Callable[[Rows], Sequence[Need]], ...] = ()
    marks: tuple[Callable[[Rows, Span], Sequence[Mark]], ...] = ()
    links: tuple[Callable[[Rows], Sequence[Link]], ...] = ()
    cards: Mapping[str, CardMaker] = msgspec.field(default_factory=dict)
    objects: tuple[Callable[[Rows], Sequence[ObjectUse]], ...] = ()
    raci: str = ""  # the row of the RACI that says who answers for its records; empty: the one of goals
    stage: Callable[[Rows], State] | None = None

    def __post_init__(self) -> None:
        """Say the title in the language of the person."""
        force_setattr(self, "title", _(self.title))

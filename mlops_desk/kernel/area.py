"""What an area of the desk is made of: its nouns, acts, tables, and what it declares for others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.listing import Detail, Listing
from mlops_desk.kernel.record import Noun
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, Verdict
from mlops_desk.kernel.subject import Subject


@dataclass(frozen=True)
class Card:
    """One card of a home: a title, up to five lines, a state, and the one act that belongs to it."""

    title: str
    lines: tuple[str, ...]
    state: State
    page: str
    button: str
    number: str = ""


@dataclass(frozen=True)
class Need:
    """Something that waits for somebody: for the inbox and the state line."""

    sentence: str
    noun: str
    id: str
    state: State
    roles: tuple[str, ...] = ()
    member: str = ""


@dataclass(frozen=True)
class Mark:
    """Something that happened at an instant, to stand on charts and in the feed."""

    at: datetime
    sentence: str
    noun: str
    id: str


CardMaker = Callable[[Rows], Card]
CheckMaker = Callable[..., Verdict]
SubjectMaker = Callable[[Rows, str], Subject]


@dataclass(frozen=True)
class Area:
    """One area, as plain data; ``catalogue`` lists them in the order of the life of a model."""

    name: str
    title: str
    nouns: tuple[type[Noun], ...] = ()
    acts: tuple[type[Act], ...] = ()
    listings: tuple[Listing, ...] = ()
    details: Mapping[str, Callable[[Rows, str], Sequence[Detail]]] = field(default_factory=dict)
    charts: Mapping[str, Callable[[Rows, str], Chart]] = field(default_factory=dict)
    sources: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    checks: Mapping[str, CheckMaker] = field(default_factory=dict)
    subjects: Mapping[str, SubjectMaker] = field(default_factory=dict)
    needs: tuple[Callable[[Rows], Sequence[Need]], ...] = ()
    marks: tuple[Callable[[Rows], Sequence[Mark]], ...] = ()
    cards: Mapping[str, CardMaker] = field(default_factory=dict)
    stage: Callable[[Rows], State] | None = None

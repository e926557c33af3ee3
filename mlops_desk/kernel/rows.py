"""What queries and acts may ask of the present rows, whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.measured import Measured
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.record import Fact, Noun, Record
from mlops_desk.kernel.state import Verdict
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

N = TypeVar("N", bound=Noun)
Q = TypeVar("Q", bound=Callable[..., Any])


def lasting(query: Q) -> Q:
    """Mark a question whose answer follows from the rows and the day alone: it is kept until they change."""
    query.is_lasting = True  # type: ignore[attr-defined]
    return query


class Registry(msgspec.Struct, frozen=True):
    """What the areas declare for each other, by name: an area finds here what stands to its right."""

    checks: Mapping[str, Callable[..., Verdict]] = msgspec.field(default_factory=dict)
    subjects: Mapping[str, Callable[..., Subject]] = msgspec.field(default_factory=dict)
    sources: Mapping[str, Callable[..., Measured]] = msgspec.field(default_factory=dict)
    gated: tuple[Callable[..., Sequence[tuple[str, str, str]]], ...] = ()  # gate, noun and id that a thing in use needs
    needs: tuple[Callable[..., Sequence[Any]], ...] = ()  # what waits for somebody
    marks: tuple[Callable[..., Sequence[Any]], ...] = ()  # what happened in a span
    links: tuple[Callable[..., Sequence[Any]], ...] = ()  # what stands above what, from objectives to data
    raci: Mapping[str, str] = msgspec.field(default_factory=dict)  # by noun: the row that says who answers for it
    owned: tuple[type[Record], ...] = ()  # the records that have a role as their owner


class Rows(Protocol):
    """The rows as merged here, now: read only."""

    registry: Registry
    here: Here
    memo: dict[Any, Any]  # what was computed from these rows; keys begin with the name of their function

    def ask(self, query: Callable[..., Any], *values: Any) -> Any:
        """Return what another query function answers about these rows; one that lasts may be known already."""

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT with ``?`` in place of the values."""

    def remembered(self, key: tuple[str, ...], make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return what was made of these rows before under a key, else make it; ``size`` counts the rows in it.

        What holds many rows, or was asked at length, is remembered for one question only.
        """

    def places(self, query: str, *values: Any) -> Sequence[int]:
        """Return the one column of whole numbers that a SELECT gives; a million of them take little room and time."""

    def get(self, noun: type[N], id: str) -> N:  # noqa: A002 - the field's name
        """Return one row by its full id.

        Raises:
            NotKnownHere: there is none.
        """

    def find(
        self,
        noun: type[N],
        where: str = "true",
        *values: Any,
        order: str = "created",
        most: int | None = None,
        of_each: str = "",
    ) -> list[N]:
        """Return the rows that fit a condition; withdrawn facts are left out.

        At most ``most`` of them, the first ones in the order; with ``of_each`` so many for each value of that column.

        ``order`` is a list of column names; ``created`` stands for the time of recording.
        """

    def resolve(self, noun: str, text: str) -> str:
        """Return the id that a person's text means: an id, a unique prefix of one, or a unique name.

        Raises:
            NotKnownHere: it means nothing or more than one thing; the hint lists what is there.
        """

    def meant(self, text: str) -> tuple[str, str]:
        """Return noun and id of the one row of any kind that a text means: ``kpi/Time``, an id, or a unique name.

        Raises:
            NotKnownHere: it means nothing or more than one thing; the hint lists what is there.
        """

    def called(self, noun: str, id: str) -> str:  # noqa: A002
        """Return what people call a row of any kind; its kind and the beginning of its id where it has no name."""

    def short(self, id: str) -> str:  # noqa: A002
        """Return the shortest unique prefix of an id, at least four characters."""

    def bytes_here(self, digest: str) -> bytes | None:
        """Return the bytes of an object if they are on this machine.

        For what is shown, never for what is judged, nor in a lasting question: they come and go without a change.
        """


class Present(Rows, Protocol):
    """What an act is given: the rows, who acts and when, and the makers of changes."""

    @property
    def member(self) -> str:
        """Id of the member who acts."""

    @property
    def acting(self) -> str:
        """Slug of the role in which they act."""

    @property
    def now(self) -> datetime:
        """The instant of the act, UTC."""

    @property
    def today(self) -> date:
        """The day of the act where the person is."""

    def add(self, record: Record) -> list[Change]:
        """Return the changes that bring a new record into being; a missing id is made."""

    def fact(self, fact: Fact) -> Change:
        """Return the change that records a fact; a missing id is made."""

    def set(self, record: Record, **values: Any) -> list[Change]:
        """Return the changes that give fields new values, replacing the versions seen now."""

    def withdraw(self, fact: Fact, reason: str) -> Change:
        """Return the change that withdraws a fact, with the reason."""


class Store(Protocol):
    """Bytes by their digest."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their sha256."""

    def put_file(self, path: Path) -> str:
        """Keep a copy of the file and return its sha256."""

    def path(self, digest: str) -> Path:
        """Return where verified bytes lie.

        Raises:
            DeskError: they are not on this machine.
        """

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are on this machine."""

    def bring(self, digest: str) -> bool:
        """Tell whether the bytes are on this machine, now that they were asked for where objects lie elsewhere.

        Raises:
            Cancelled: the person stopped it.
        """

    def share(self, digest: str) -> bool:
        """Copy the bytes into the shared folder unless they are too large; whether they may is the caller's to know."""

    def shared(self) -> frozenset[str]:
        """Return the digests of the objects in the shared folder."""

    def withdraw(self, digest: str) -> None:
        """Take an object out of the shared folder; sound bytes stay on this machine.

        Raises:
            OSError: the folder cannot be written.
        """


class Bench(Rows, Protocol):
    """What long work before an act is given: rows to read, the store, a child process to work in."""

    @property
    def store(self) -> Store:
        """The objects of this project."""

    @property
    def progress(self) -> Progress:
        """Where to say how far the work is."""

    def recall(self, id: str) -> Path | None:  # noqa: A002
        """Return where this machine keeps the file of something that is kept by reference."""

    def remember(self, id: str, path: Path) -> None:  # noqa: A002
        """Note where this machine keeps a file; never shared."""

    @property
    def captures(self) -> Path:
        """The private folder of captured predictions, one folder for each environment."""

    @property
    def scratch(self) -> Path:
        """A private folder for the files of this work, gone afterwards."""

    def work(self, task: Callable[..., Any], job: Any) -> Any:
        """Run a public function of ``science`` in a child process with limits, and return what it returns.

        Raises:
            Cancelled: the person stopped it.
            DeskError: what the function refused.
        """

    def select(self, sql: str) -> list[list[Any]]:
        """Run a person's SELECT over the documented views in a limited child process.

        Raises:
            DeskError: it is no single SELECT, reads or writes files, or takes too much.
        """

    def source(self, name: str, use_case: str = "") -> Measured:
        """Return the present value of a source that an area declares, such as ``run:auc``, for a use case if any.

        With it comes the digest of what it was read from.

        Raises:
            DeskError: there is no such source, it has no value, or more than one thing may be meant.
        """


def source_value(rows: Rows, name: str, use_case: str = "") -> Measured:
    """Return the present value of a source that an area declares, for a use case if any.

    Raises:
        DeskError: there is no such source, it has no value, or more than one thing may be meant.
    """
    kind, _colon, rest = name.partition(":")
    sources = rows.registry.sources
    if kind not in sources:
        raise DeskError(
            _("There is no source “{name}”.", name=name),
            _("Sources: {kinds}.", kinds=", ".join(f"{each}:NAME" for each in sorted(sources))),
            code="GOAL-135",
        )
    return sources[kind](rows, rest, use_case)


def order_clause(noun: type[Noun], order: str, most: int | None, of_each: str) -> str:
    """Return the end of a SELECT: the order, and how many rows of all, or of each value of a column, are wanted.

    ``created`` stands for the time of recording, which facts and records call differently.
    """
    if order == "created":
        order = "recorded_at, id" if issubclass(noun, Fact) else "created_at, id"
    if most is None:
        return f"ORDER BY {order}"
    if not of_each:
        return f"ORDER BY {order} LIMIT {int(most)}"
    return f'QUALIFY row_number() OVER (PARTITION BY "{of_each}" ORDER BY {order}) <= {int(most)} ORDER BY {order}'


def grouped(rows: Rows, noun: type[N], field: str, order: str) -> Mapping[str, Sequence[N]]:
    """Return all rows of a noun by the value of a field, in an order: one question instead of one for each value."""

    def group() -> dict[str, list[N]]:
        found: dict[str, list[N]] = {}
        for each in rows.find(noun, order=order):
            found.setdefault(getattr(each, field), []).append(each)
        return found

    told: Mapping[str, Sequence[N]] = rows.remembered(("grouped", noun.noun, field, order), group, _rows_in)
    return told


def _rows_in(groups: Mapping[str, Sequence[Any]]) -> int:
    return sum(map(len, groups.values()))

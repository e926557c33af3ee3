"""Tables as data: columns and the question whose answer fills them, for window and command line alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import force_setattr, replace

from mlops_desk.kernel.paged import Paged
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

Cell = Literal[
    "text", "number", "whole", "day", "instant", "state", "class", "id", "role", "flag", "code", "act", "gauge", "trace"
]


class Column(msgspec.Struct, frozen=True):
    """One column: the attribute of the row it shows, its title, how it looks, its unit."""

    name: str
    title: str
    cell: Cell = "text"
    unit: str = ""


class Listing(msgspec.Struct, frozen=True):
    """A table of one noun: the columns and the query that gives its rows.

    Its words are those of the desk, declared in English and said in the language of the person; the column titles
    of an answer to SQL ``are_anybodys``. Rows are frozen objects that have an ``id`` and an attribute for every
    column. ``about`` is the same question about one thing, named by a text. Where ``paged`` is given, the window reads
    the table a page at a time. The rows of a ``is_mixed`` table are of several nouns, and each names its own.
    """

    noun: str
    title: str
    columns: tuple[Column, ...]
    query: Callable[[Rows], Sequence[Any]]
    verb: str = "list"
    command: str = ""
    empty: str = ""
    about: Callable[[Rows, str], Sequence[Any]] | None = None
    paged: Paged | None = None
    are_anybodys: bool = False
    is_mixed: bool = False

    def noun_of(self, row: Any) -> str:
        """Return of which noun a row is."""
        return str(row.noun) if self.is_mixed else self.noun

    def __post_init__(self) -> None:
        """Say title, columns and the empty table's words in the language of the person."""
        force_setattr(self, "title", _(self.title))
        force_setattr(self, "empty", _(self.empty))
        if not self.are_anybodys:
            said = (replace(each, title=_(each.title), unit=_(each.unit)) for each in self.columns)
            force_setattr(self, "columns", tuple(said))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the command line that show this table."""
        return (*(self.command or self.noun).split(), self.verb)


class Detail(msgspec.Struct, frozen=True):
    """One labelled line on the page of a record.

    Where the value is masked, ``reveal`` is the question that this machine can answer about it, for the eyes of the
    person who asks; None where it cannot.
    """

    label: str
    value: Any
    cell: Cell = "text"
    reveal: Callable[[Rows], str] | None = None

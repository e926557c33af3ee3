"""What a noun is: records (things that change), facts (things that happened), and their fields."""

import math
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, FrozenInstanceError
from datetime import date, datetime
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, Self, dataclass_transform

import msgspec

from mlops_desk.kernel.roles import WORKING_SLUGS
from mlops_desk.kernel.wire import fitted
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.kernel.rows import Rows

Merge = Literal["register", "strictest", "set"]


class About(msgspec.Struct, frozen=True):
    """What a field means to people, said beside its type: ``Annotated[str, About("…")]``."""

    help: str
    title: str = ""
    of: str = ""  # the noun whose id this field holds
    positional: bool = False  # in the command line: given by place, not by --name
    long: bool = False  # prose: a text box in forms
    is_read: bool = False  # in forms: not typed but read, filled with what the record holds
    metavar: str = ""
    flag: str = ""  # in the command line: this option name in place of the field's own
    short: str = ""  # in the command line: a letter that also names the option
    writers: frozenset[str] = frozenset()  # roles that may write this field; else those of its noun
    merge: Merge = "register"
    lowered_by: frozenset[str] = frozenset()  # merge "strictest": roles that may lower the value
    order: tuple[str, ...] = ()  # merge "strictest": values from mildest to strictest
    is_redacted: bool = False  # in facts: emptied in the row once the fact is withdrawn; the signed line stays


_INITIALS = {"kpi": "KPI", "sql": "SQL"}  # what is written in capitals is no word to capitalize


class Field(msgspec.Struct, frozen=True):
    """One field of a noun or an act: name, Python type without None, and what it means."""

    name: str
    type: Any
    optional: bool
    default: Any
    about: About

    @property
    def title(self) -> str:
        """The label of the field for people."""
        return _(self.about.title or _INITIALS.get(self.name) or self.name.replace("_", " ").capitalize())

    @property
    def help(self) -> str:
        """What the field means, in a sentence for people."""
        return _(self.about.help)

    @property
    def required(self) -> bool:
        """Tell whether a value must be given."""
        return self.default is MISSING

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed words, if the field is a choice; else empty."""
        inner = item_type(self.type) or self.type
        return typing.get_args(inner) if typing.get_origin(inner) is Literal else ()

    @property
    def many(self) -> bool:
        """Tell whether the field holds several values of one kind."""
        return item_type(self.type) is not None


def item_type(kind: Any) -> Any:
    """Return the type of the items of ``tuple[X, ...]``, or None for anything else."""
    arguments = typing.get_args(kind)
    is_tuple = typing.get_origin(kind) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis
    return arguments[0] if is_tuple else None


def _split(annotation: Any) -> tuple[Any, bool, About]:
    about = About("")
    if typing.get_origin(annotation) is Annotated:
        annotation, *extras = typing.get_args(annotation)
        about = next((extra for extra in extras if isinstance(extra, About)), about)
    optional = False
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        optional = len(rest) < len(typing.get_args(annotation))
        annotation = rest[0] if len(rest) == 1 else annotation
    return annotation, optional, about


def fields_of(cls: type) -> tuple[Field, ...]:
    """Return the fields of a noun or an act in the order they are written."""
    return _fields_of(cls)


@cache
def _fields_of(cls: Any) -> tuple[Field, ...]:
    return tuple(_field(name, *declared) for name, declared in cls.declared.items())


def _field(name: str, annotation: Any, default: Any) -> Field:
    kind, optional, about = _split(annotation)
    return Field(name, kind, optional, default, about)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Declared:
    """A class whose annotations are its fields: frozen, given by name, compared by value.

    Modules that declare such classes leave out ``from __future__ import annotations``: reading texts back into
    types for a hundred classes would take a third of the time of a short command.
    """

    declared: ClassVar[Mapping[str, tuple[Any, Any]]] = {}  # annotation and default of each field, by name
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: kind for name, kind in get_annotations(cls).items() if not _is_shared(kind)}
        if any(isinstance(kind, str) for kind in own.values()):
            message = f"{cls.__module__} declares {cls.__name__}, so it cannot postpone its annotations"
            raise TypeError(message)
        cls.declared = {**cls.declared, **{name: (kind, cls.__dict__.get(name, MISSING)) for name, kind in own.items()}}
        cls._defaults = {name: default for name, (_kind, default) in cls.declared.items()}

    def __init__(self, **values: Any) -> None:
        defaults = self._defaults
        missing = [name for name, default in defaults.items() if default is MISSING and name not in values]
        unknown = values.keys() - defaults.keys()
        if missing or unknown:
            wrong = ", ".join([*missing, *sorted(unknown)])
            message = f"{type(self).__name__} is given the wrong fields: {wrong}"
            raise TypeError(message)
        self.__dict__.update(defaults)
        self.__dict__.update(values)

    def but(self, **values: Any) -> Self:
        """Return the same with other values of some fields."""
        return type(self)(**self.__dict__ | values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(name)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


def _is_shared(annotation: Any) -> bool:
    """Tell whether an annotation speaks of the class and not of a field."""
    return typing.get_origin(annotation) is ClassVar


class SelectsRows(Protocol):
    """What a noun needs to find its rows by name."""

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT with ``?`` in place of the values."""


class Noun(Declared):
    """A kind of row.

    ``noun`` is its name in journals and tables, ``command`` its word in the command line, ``title`` what people
    call it within a sentence, ``known_by`` the field that people know a row by, ``writers`` the roles that may
    write it. A fact that ``is_kept`` cannot be withdrawn by anybody.
    """

    noun: ClassVar[str] = ""
    command: ClassVar[str] = ""
    title: ClassVar[str] = ""
    known_by: ClassVar[str] = "name"
    writers: ClassVar[frozenset[str]] = WORKING_SLUGS
    is_kept: ClassVar[bool] = False

    id: Annotated[str, About("Id of the row.")] = ""

    def __init_subclass__(
        cls,
        *,
        noun: str = "",
        command: str = "",
        title: str = "",
        known_by: str = "name",
        writers: frozenset[str] = WORKING_SLUGS,
        is_kept: bool = False,
    ) -> None:
        super().__init_subclass__()
        cls.noun = noun
        cls.command = command or noun
        cls.title = _(title or noun.replace("-", " "))
        cls.known_by = known_by
        cls.writers = writers
        cls.is_kept = is_kept

    @classmethod
    def named(cls, rows: SelectsRows, text: str) -> list[str]:
        """Return the ids of the rows that a name means; nouns with names of several parts say how."""
        if all(each.name != cls.known_by for each in fields_of(cls)):
            return []
        query = f'SELECT id FROM "{table_of(cls.noun)}" WHERE "{cls.known_by}" = ?'  # noqa: S608 - our own names
        return [row[0] for row in rows.sql(query, text)]


class Record(Noun):
    """A thing that changes: each field is a register of its own, merged across the team.

    ``contested`` names the fields that have two versions made apart.
    """

    archived: Annotated[bool, About("Put away; kept, but out of the way.")] = False
    created_at: datetime | None = None
    created_by: str = ""
    changed_at: datetime | None = None
    contested: tuple[str, ...] = ()

    def check(self) -> None:
        """Look whether the fields fit each other.

        Raises:
            DeskError: they do not, with the field and what to do.
        """

    def check_among(self, rows: "Rows") -> None:
        """Look whether the fields fit what else there is; asked when people write them, never by the merge.

        Raises:
            DeskError: they do not, with what to do.
        """

    def check_given(self, names: Iterable[str], today: date) -> None:
        """Refuse values of these fields, given today, that may stand but not be given any more.

        Raises:
            DeskError: what cannot be, and what to do.
        """


class Fact(Noun):
    """A thing that happened: never changes; at most withdrawn, with a reason."""

    recorded_at: datetime | None = None
    recorded_by: str = ""
    recorded_as: str = ""
    line: str = ""
    withdrawn: str = ""


KEPT = frozenset(Record.declared.keys() | Fact.declared.keys()) - {"archived"}


def own_fields(cls: type[Noun]) -> tuple[Field, ...]:
    """Return the fields that people fill: without the id and what the merge adds."""
    noun: Any = cls
    return _own_fields(noun)


@cache
def _own_fields(cls: Any) -> tuple[Field, ...]:
    return tuple(each for each in fields_of(cls) if each.name not in KEPT)


def table_of(noun: str) -> str:
    """Return the table name of a noun: ``key-result`` lies in ``key_result``."""
    return noun.replace("-", "_")


# --- values on the wire: canonical JSON without floats --------------------------------------


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number: no ``+``, no ``-0``.

    Raises:
        ValueError: the number is not finite.
    """
    if not math.isfinite(value):
        message = "a number in the journal must be finite"
        raise ValueError(message)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value).replace("+", "")


def to_wire(value: Any) -> Any:
    """Return the value as it stands in a journal line: numbers with a fraction become texts."""
    return _no_floats(msgspec.to_builtins(value))


def _no_floats(value: Any) -> Any:
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Mapping):
        return {key: _no_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_no_floats(item) for item in value]
    return value


def from_wire(wire: Any, kind: Any) -> Any:
    """Return the typed value of what stands in a journal line.

    Raises:
        ValueError: it is not of that type.
    """
    try:
        value = fitted(wire, kind, is_strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if kind is float:
        number_text(value)
    return value


SQL_TYPES: Mapping[Any, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    date: "DATE",
    datetime: "TIMESTAMP",
}


def sql_type(kind: Any) -> str:
    """Return the column type that holds values of a Python type; structures are JSON texts."""
    if typing.get_origin(kind) is Literal:
        return "VARCHAR"
    return SQL_TYPES.get(kind, "JSON")

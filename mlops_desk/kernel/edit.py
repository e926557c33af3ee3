"""The three acts that every record has, made from its declaration: add, edit, archive."""

import typing
from collections.abc import Iterable
from dataclasses import MISSING
from typing import Annotated, Any, ClassVar

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.naming import check_name
from mlops_desk.kernel.record import About, Field, Record, fields_of, own_fields
from mlops_desk.kernel.rows import Present
from mlops_desk.kernel.words import _


class _RecordAct(Act):
    record: ClassVar[type[Record]] = Record

    def _given(self) -> dict[str, Any]:
        names = {each.name for each in _editable(self.record)}
        values = {each.name: getattr(self, each.name) for each in fields_of(type(self)) if each.name in names}
        return {name: value for name, value in values.items() if value is not None}


class Add(_RecordAct):
    """Add a record."""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the changes that bring the record into being."""
        record = self.record(**self._given())
        record.check()
        record.check_among(present)
        check_name(present, record)
        record.check_given(self._given(), present.today)
        return present.add(record)


class Edit(_RecordAct):
    """Change fields of a record."""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the changes of the fields that were given and differ."""
        before = present.get(self.record, self.id)  # type: ignore[attr-defined]
        cleared = {name: self._cleared(name) for name in self.clear}  # type: ignore[attr-defined]
        values = self._given() | cleared
        merged = {each.name: getattr(before, each.name) for each in own_fields(self.record)} | values
        record = self.record(id=before.id, **merged)
        record.check()
        record.check_among(present)
        if "name" in values and values["name"] != before.name:  # type: ignore[attr-defined]
            check_name(present, record)
        changed = {
            name: value for name, value in values.items() if value != getattr(before, name) or name in before.contested
        }
        record.check_given(changed, present.today)
        return present.set(before, **changed)

    def _cleared(self, name: str) -> Any:
        field = next((each for each in _editable(self.record) if each.name == name), None)
        if field is None or field.required:
            raise DeskError(
                _("“{name}” cannot be emptied.", name=name),
                _("These can: {names}.", names=", ".join(e.name for e in _editable(self.record) if not e.required)),
                code="FORM-103",
            )
        return field.default


class Archive(_RecordAct):
    """Put a record away."""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the change that puts the record away or takes it back."""
        record = present.get(self.record, self.id)  # type: ignore[attr-defined]
        return present.set(record, archived=not self.back)  # type: ignore[attr-defined]


def acts_of(record: type[Record], *, title: str) -> tuple[type[Act], ...]:
    """Return the acts add, edit and archive of a record; ``title`` is its name within a sentence."""
    help_ = f"The {title}: id, its beginning, or its name."
    label = title[:1].upper() + title[1:]
    which = Annotated[str, About(help_, title=label, of=record.noun, positional=True)]
    fields = [(each.name, _annotation(each), each.default) for each in _editable(record)]
    optional = [(name, kind if _is_optional(kind) else _maybe(kind), None) for name, kind, _default in fields]
    clear = ("clear", Annotated[tuple[str, ...], About("Empty this field.", metavar="FIELD")], ())
    back = ("back", Annotated[bool, About("Take it back instead.")], False)
    return (
        _make(Add, record, "add", fields, f"Add {_a(title)}.", "Added {name}." if record.known_by == "name" else ""),
        _make(Edit, record, "edit", [("id", which, MISSING), *optional, clear], f"Change fields of {_a(title)}.", ""),
        _make(
            Archive, record, "archive", [("id", which, MISSING), back], f"Put {_a(title)} away; nothing is lost.", ""
        ),
    )


def _a(title: str) -> str:
    """Return a title with the article that its sound wants; a use case begins with the sound of a “y”."""
    return f"an {title}" if title[:1].lower() in "aeio" else f"a {title}"


def _editable(record: type[Record]) -> list[Field]:
    return [each for each in own_fields(record) if each.name != "archived"]


def _annotation(field: Field) -> Any:
    kind = field.type | None if field.optional else field.type
    return Annotated[kind, field.about]


def _is_optional(kind: Any) -> bool:
    return type(None) in typing.get_args(typing.get_args(kind)[0])


def _maybe(kind: Any) -> Any:
    inner, about = typing.get_args(kind)
    return Annotated[inner | None, about]


def _make(
    base: type[_RecordAct], record: type[Record], verb: str, fields: list[tuple[str, Any, Any]], text: str, done: str
) -> type[Act]:
    body: dict[str, Any] = {
        "__doc__": text,
        "__module__": record.__module__,
        "__annotations__": {name: kind for name, kind, _default in fields},
        "record": record,
    }
    body |= {name: default for name, _kind, default in fields if default is not MISSING}
    made: type[Act] = type(f"{base.__name__}{record.__name__}", (base,), body, noun=record.noun, verb=verb, done=done)
    made.command = (record.command, verb)
    return made

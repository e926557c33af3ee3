"""The names that people know records by: none is empty, holds what cannot be seen, or stands for two things."""

import re

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import Record, fields_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check_name(rows: Rows, record: Record) -> None:
    """Look whether a record has a name, and one of its own; records that have none pass.

    Raises:
        DeskError: it is empty, holds control characters, or another record of the kind bears it.
    """
    if all(each.name != "name" for each in fields_of(type(record))):
        return
    name: str = record.name  # type: ignore[attr-defined]
    check_text(name)
    same = [each for each in rows.find(type(record), "name = ?", name) if each.id != record.id]
    if same:
        raise _taken(rows, same[0], name)


def check_text(name: str) -> None:
    """Look whether a text can be a name.

    Raises:
        DeskError: it is empty or holds control characters.
    """
    if not name.strip():
        raise DeskError(_("The name is empty."), _("Give it a short name of its own."), code="FORM-104")
    if _CONTROL.search(name):
        raise DeskError(
            _("The name holds characters that cannot be seen."), _("Write it in one line of text."), code="FORM-105"
        )


def _taken(rows: Rows, other: Record, name: str) -> DeskError:
    short, command = rows.short(other.id), other.command
    hint = (
        _("It is put away: `mlops-desk {command} archive {id} --back` takes it back.", command=command, id=short)
        if other.archived
        else _("It is {id}: `mlops-desk {command} edit {id}` changes it.", command=command, id=short)
    )
    return DeskError(_("There is a {kind} “{name}” already.", kind=other.title, name=name), hint, code="FORM-106")

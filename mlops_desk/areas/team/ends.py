"""Where the entries of a machine end: what is known here of its journal, and what a cut withdraws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _, plural

MAX_KINDS = 6
_HERE = "device IN (SELECT unnest(?)) AND verdict <> 'waiting-chain'"


class Place(NamedTuple):
    """An entry by the machine that wrote it, its number there, and its id; number 0 stands before the first."""

    device: str
    seq: int
    id: str


def counted_until(rows: Rows, devices: Sequence[str], from_entries: Sequence[str] = ()) -> dict[str, Place]:
    """Return the last entry of each machine that is to count: the last known here, or the one before a named one."""
    query = f"SELECT device, max(seq), arg_max(id, seq) FROM line WHERE {_HERE} GROUP BY device"  # noqa: S608 - our own words
    ends = {device: Place(device, seq, id_) for device, seq, id_ in rows.sql(query, list(devices))}
    for text in from_entries:
        first = entry_of(rows, devices, text)
        [(prev,)] = rows.sql("SELECT prev FROM line WHERE id = ?", first.id)
        ends[first.device] = Place(first.device, first.seq - 1, prev)
    return ends


def entry_of(rows: Rows, devices: Sequence[str], text: str) -> Place:
    """Return the one entry of some machines whose id begins so.

    Raises:
        DeskError: there is none, or more than one.
    """
    query = f"SELECT device, seq, id FROM line WHERE {_HERE} AND starts_with(id, ?)"  # noqa: S608
    found = rows.sql(query, list(devices), text) if text else []
    if len(found) != 1:
        raise DeskError(
            _("“{text}” is no entry of this machine, or more than one.", text=text),
            _("`mlops-desk trail` shows the ids of entries; the beginning is enough."),
            code="TEAM-145",
        )
    return Place(*found[0])


def branch_ends(rows: Rows, device: str) -> list[Place]:
    """Return the entries of a machine that no other one follows, the longest branch first."""
    query = f"""
        SELECT device, seq, id FROM line
        WHERE {_HERE} AND id NOT IN (SELECT prev FROM line WHERE device = ?) ORDER BY seq DESC, id"""  # noqa: S608
    return [Place(*row) for row in rows.sql(query, [device], device)]


def withdrawn(rows: Rows, devices: Sequence[str]) -> str:
    """Return up to where entries of machines stay, and what is set aside, in words."""
    of_each = f"SELECT device, max(seq) FROM line WHERE {_HERE} AND verdict = 'ok' GROUP BY device"  # noqa: S608
    of_kinds = f"""
        SELECT kind, count(*) FROM line WHERE {_HERE} AND verdict IN ('late', 'other-branch')
        GROUP BY kind ORDER BY kind"""  # noqa: S608
    last = rows.sql(of_each, list(devices))
    stays = ", ".join(f"#{seq}" for _device, seq in sorted(last))
    said = (
        _("Everything up to {stays} stays; later entries will be set aside.", stays=stays)
        if stays
        else _("None of their entries stays.")
    )
    kinds = rows.sql(of_kinds, list(devices))
    if not kinds:
        return said
    count = sum(number for _kind, number in kinds)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds[:MAX_KINDS]) + (" …" if kinds[MAX_KINDS:] else "")
    done = plural("{n} entry is withdrawn: {listed}.", "{n} entries are withdrawn: {listed}.", count, listed=listed)
    return f"{said} {done} {_('`mlops-desk team accept-late` lets them count again.')}"

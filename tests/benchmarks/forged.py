"""Long journals for benchmarks: entries signed one after another, as if each had been an act."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.journal.files import SEGMENT_LINES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.record import Fact, Record, own_fields, to_wire
from mlops_desk.workspace.project import Project

_FIRST_MS = 1_790_000_000_000
Told = tuple[str, tuple[Change, ...]]  # the kind of an entry and its changes


def grow(made: Project, told: Iterable[Told], acting: str = "data-scientist") -> None:
    """Write entries to the own journal of the one device here."""
    [device] = made.own_devices()
    key, folder = keys.load(device), made.own / device
    last = max(folder.glob("*.jsonl"))
    seq = 1 + sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))
    prev, number, content = line_id(last.read_bytes().splitlines()[-1]), int(last.stem) + 1, list[bytes]()
    for kind, changes in told:
        stamp = Stamp(_FIRST_MS + seq, 0)
        line = seal(Entry(made.id, device, seq, prev, stamp, (made.id,), (), acting, kind, changes), key.secret)
        prev, seq = line_id(line), seq + 1
        content.append(line + b"\n")
        if len(content) == SEGMENT_LINES // 2:
            (folder / f"{number:06}.jsonl").write_bytes(b"".join(content))
            content, number = [], number + 1
    if content:
        (folder / f"{number:06}.jsonl").write_bytes(b"".join(content))
    (made.own / f"{device}.head").unlink(missing_ok=True)


def fact(row: Fact) -> Change:
    """Return the change that records a fact, which has an id."""
    value = {each.name: getattr(row, each.name) for each in own_fields(type(row))}
    return Change(
        "fact", row.noun, row.id, value={name: to_wire(item) for name, item in value.items() if item is not None}
    )


def record(row: Record) -> tuple[Change, ...]:
    """Return the changes that bring a record with an id into being."""
    named = ((each.name, getattr(row, each.name)) for each in own_fields(type(row)) if each.about.merge != "set")
    return tuple(
        Change("set", row.noun, row.id, name, to_wire(value))
        for name, value in named
        if value is not None and name != "archived"
    )

"""A journal of one device, written outside a project: what the tests of files, tears and faults share."""

from __future__ import annotations

from pathlib import Path

from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, open_line, seal
from mlops_desk.journal.files import OwnJournal, Tip
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp

KEY = keys.from_seed(b"\x03" * 32)
PROJECT = "p" * 43


def journal(folder: Path) -> OwnJournal:
    return OwnJournal(folder / "own", KEY.device, PROJECT, folder / "locks")


def write(own: OwnJournal, text: str = "x") -> bytes:
    """Commit one line and return it."""
    with own.lock:
        tip = own.tip()
        change = Change("set", "kpi", "a" * 26, "name", text)
        entry = Entry(
            PROJECT, KEY.device, tip.seq + 1, tip.id, Stamp(tip.seq + 1, 0), ("r" * 43,), (), "x", "kpi.add", (change,)
        )
        line = seal(entry, KEY.secret)
        own.append(line, Tip(entry.seq, line_id(line), entry.time, entry.roster))
    return line


def content(own: OwnJournal) -> bytes:
    return b"".join(path.read_bytes() for path in own.segments())


def is_unbroken(data: bytes) -> bool:
    prev = ""
    for number, line in enumerate(data.splitlines(), 1):
        entry = open_line(line, KEY.device, PROJECT)
        if (entry.seq, entry.prev) != (number, prev):
            return False
        prev = line_id(line)
    return True

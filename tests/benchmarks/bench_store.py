"""The store: one act, the first rebuild of a long journal, a warm open, and new lines of others."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from mlops_desk.areas.goals.kpi import Kpi, RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.journal.files import SEGMENT_LINES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.ids import new_id
from mlops_desk.workspace import Founder, Workspace, found, project

ACTS = 200
NEW_LINES = 1_000


def measure(lines: int = 100_000) -> dict[str, float]:
    """Return seconds: act_p50, act_p99, first_rebuild, warm_open, new_lines; for a journal of so many lines."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        base = Path(name)
        os.environ["MLOPS_DESK_HOME"] = str(base / "home")
        made = found(base / "p", "Bench", "", Founder.parse("Ana", ["data-scientist"]))
        figures = _acts(made.folder)
        _grow(made, lines)
        start = time.perf_counter()
        with Workspace(made.folder):
            figures["first_rebuild"] = time.perf_counter() - start
        start = time.perf_counter()
        with Workspace(made.folder) as desk:
            figures["warm_open"] = time.perf_counter() - start
            _grow(made, NEW_LINES)
            start = time.perf_counter()
            desk.refresh()
            figures["new_lines"] = time.perf_counter() - start
            start = time.perf_counter()
            desk.verify()
            figures["verify"] = time.perf_counter() - start
            figures |= {f"long_{name}": value for name, value in _timed(desk).items()}
        return figures


def _acts(folder: Path) -> dict[str, float]:
    with Workspace(folder) as desk:
        desk.do(RULES.act("kpi.add", name="Time", target=1.0))
        return _timed(desk)


def _timed(desk: Workspace) -> dict[str, float]:
    kpi = desk.ask(lambda rows: rows.find(Kpi)[0].id)
    taken = []
    for number in range(ACTS):
        start = time.perf_counter()
        desk.do(RecordCheckIn(kpi=kpi, value=number + 0.5))
        taken.append(time.perf_counter() - start)
    taken.sort()
    return {"act_p50": statistics.median(taken), "act_p99": taken[int(ACTS * 0.99)]}


def _grow(made: project.Project, lines: int) -> None:
    """Write many lines to the own journal as if they had been acted: check-ins of one KPI."""
    [device] = made.own_devices()
    key = keys.load(device)
    folder = made.own / device
    last = max(folder.glob("*.jsonl"))
    prev_line = last.read_bytes().splitlines()[-1]
    seq, prev = (1 + _count(folder)), line_id(prev_line)
    kpi, content, number = new_id(), [], int(last.stem) + 1
    for index in range(lines):
        value = {"kpi": kpi, "value": f"{index}.5", "on": "2026-03-01"}
        change = Change("fact", "check-in", new_id(), value=value)
        entry = Entry(
            made.id,
            device,
            seq + index,
            prev,
            Stamp(1_790_000_000_000 + seq + index, 0),
            (made.id,),
            (),
            "data-scientist",
            "kpi.check-in",
            (change,),
        )
        line = seal(entry, key.secret)
        prev = line_id(line)
        content.append(line + b"\n")
        if len(content) == SEGMENT_LINES // 2 or index == lines - 1:
            (folder / f"{number:06}.jsonl").write_bytes(b"".join(content))
            content, number = [], number + 1
    (made.own / f"{device}.head").unlink(missing_ok=True)


def _count(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name:20} {seconds * 1000:10.1f} ms")

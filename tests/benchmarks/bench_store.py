"""The store: one act, the first rebuild of a long journal, a warm open, and new lines of others."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from mlops_desk.areas.goals.kpi import Kpi, RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.ids import new_id
from mlops_desk.workspace import Founder, Workspace, found, project
from tests.benchmarks.forged import grow

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
    kpi = new_id()

    def value(index: int) -> dict[str, str]:
        return {"kpi": kpi, "value": f"{index}.5", "on": "2026-03-01"}

    changes = (Change("fact", "check-in", new_id(), value=value(index)) for index in range(lines))
    grow(made, (("kpi.check-in", (each,)) for each in changes))


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name:20} {seconds * 1000:10.1f} ms")

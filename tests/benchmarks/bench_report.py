"""The KPI report of a large project: `python -m tests.benchmarks.bench_report 500 200`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from mlops_desk.areas.reports.content import for_paper
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.areas.reports.make import Format, rendered
from mlops_desk.areas.reports.report import MakeReport
from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.journal.files import SEGMENT_LINES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp, now_ms, today
from mlops_desk.kernel.ids import new_id
from mlops_desk.workspace import Founder, Workspace, found, project


def measure(kpis: int = 500, readings: int = 200) -> dict[str, float]:
    """Return seconds for gathering and for every format, and for the whole act to PDF and HTML."""
    found_s: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as base, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", f"{base}/home")
        home = found(Path(base) / "p", "Large", "", Founder.parse("Ana", ["data-scientist"]))
        _grow(home, kpis, readings)
        with Workspace(home.folder) as desk:
            begin = time.perf_counter()
            report = desk.ask(kpi_report, today(), datetime(2026, 11, 23, tzinfo=UTC))
            found_s["gather"] = time.perf_counter() - begin
            begin = time.perf_counter()
            desk.ask(kpi_report, today() - timedelta(days=1), datetime(2026, 11, 23, tzinfo=UTC))
            found_s["gather_past"] = time.perf_counter() - begin
            for format_ in get_args(Format):
                begin = time.perf_counter()
                rendered(for_paper(report) if format_ in ("pdf", "html", "md") else report, format_)
                found_s[format_] = time.perf_counter() - begin
            for made in (MakeReport(output=f"{base}/r.pdf"), MakeReport(output=f"{base}/r.html", format="html")):
                begin = time.perf_counter()
                desk.do(made)
                found_s[f"act_{made.format}"] = time.perf_counter() - begin
    return found_s


def _grow(made: project.Project, kpis: int, readings: int) -> None:
    """Write the journal of a project that has lived for long: one entry a KPI, one a check-in."""
    [device] = made.own_devices()
    key = keys.load(device)
    folder = made.own / device
    last = max(folder.glob("*.jsonl"))
    prev = line_id(last.read_bytes().splitlines()[-1])
    seq = 1 + sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))
    ids = [new_id() for _each in range(kpis)]
    content, number, now = [], int(last.stem) + 1, now_ms()
    acts = [*(_kpi(id_, at) for at, id_ in enumerate(ids)), *_check_ins(ids, readings)]
    for at, (kind, changes) in enumerate(acts):
        ms = now - 5 * 86_400_000 + at
        entry = Entry(made.id, device, seq + at, prev, Stamp(ms, 0), (made.id,), (), "data-scientist", kind, changes)
        line = seal(entry, key.secret)
        prev = line_id(line)
        content.append(line + b"\n")
        if len(content) == SEGMENT_LINES // 2 or at == len(acts) - 1:
            (folder / f"{number:06}.jsonl").write_bytes(b"".join(content))
            content, number = [], number + 1
    (made.own / f"{device}.head").unlink(missing_ok=True)


def _kpi(id_: str, at: int) -> tuple[str, tuple[Change, ...]]:
    start, due = today() - timedelta(days=200), today() + timedelta(days=100)
    values: dict[str, Any] = {"name": f"KPI {at}", "unit": "%", "baseline": "10", "target": "90"}
    values |= {"start": start.isoformat(), "due": due.isoformat()}
    return "kpi.add", tuple(Change("set", "kpi", id_, name, value) for name, value in values.items())


def _check_ins(ids: list[str], readings: int) -> list[tuple[str, tuple[Change, ...]]]:
    found_: list[tuple[str, tuple[Change, ...]]] = []
    for index in range(readings):
        on: date = today() - timedelta(days=readings - index)
        for at, id_ in enumerate(ids):
            value = {"kpi": id_, "value": f"{10 + 0.3 * index + at % 7}", "on": on.isoformat()}
            found_.append(("kpi.check-in", (Change("fact", "check-in", new_id(), value=value),)))
    return found_


if __name__ == "__main__":
    for name, seconds in measure(*(int(each) for each in sys.argv[1:3])).items():
        print(f"{name:12} {seconds:8.2f} s")
    print(f"peak here    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")

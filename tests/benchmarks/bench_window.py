"""The window: the longest time in which it answered nobody, while a profile and a training run and pages are turned."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS, ROWS = 3, 200_000
TICK_MS, REST_MS, TURN_MS = 5, 60, 400
PATIENCE_S = 300
TRACE = "MLOPS_DESK_BENCH_TRACE"


def measure() -> dict[str, float]:
    """Return medians of whole processes.

    The longest gap of the loop at work in ms, how much of such a gap the UI thread itself computed (the rest is
    the machine's), and the longest gap at rest before the work began: what the machine alone brings.
    """
    from mlops_desk.kernel.child import Stop
    from mlops_desk.kernel.progress import silent
    from mlops_desk.workspace import sample
    from tests.benchmarks.tables import write

    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        project, file = Path(name) / "project", Path(name) / "bench.parquet"
        os.environ["MLOPS_DESK_HOME"] = str(Path(name) / "home")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        sample.live_the_cycle(project, silent, Stop())
        write(file, ROWS)
        for number in range(ROUNDS):
            line = [sys.executable, __file__, str(project), str(file), f"bench-{number}"]
            said = subprocess.run(line, check=True, stdout=subprocess.PIPE)
            found.append(json.loads(said.stdout.splitlines()[-1]))
    return {name: statistics.median(each[name] for each in found) for name in found[0]}


class Probe:
    """A timer of 5 ms that notes how late it came, and during what."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: dict[str, float] = {}
        self.spent: dict[str, float] = {}
        self.during = "open"
        self._last, self._spent = time.perf_counter(), time.thread_time()
        self.timer = QTimer(interval=TICK_MS)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._tick)
        self.timer.start()

    def _tick(self) -> None:
        now, spent = time.perf_counter(), time.thread_time()
        self.gaps[self.during] = max(self.gaps.get(self.during, 0.0), (now - self._last) * 1000)
        self.spent[self.during] = max(self.spent.get(self.during, 0.0), (spent - self._spent) * 1000)
        self._last, self._spent = now, spent


def _in_window(folder: Path, file: Path, name: str) -> dict[str, float]:
    """Be the process: the window on a project, and work on a dataset that runs while pages are turned."""
    from mlops_desk.areas.datasets.dataset import AddDataset
    from mlops_desk.areas.datasets.profile import ProfileVersion
    from mlops_desk.areas.experiments.train import Train
    from mlops_desk.gui.app import application, pause
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.tasks import Tasks

    app = application()
    desk = Desk(Tasks())
    window = MainWindow(desk)
    window.resize(1280, 800)
    window.show()
    desk.open(folder)
    _until(lambda: desk.is_open and desk.tasks.is_idle)
    pause(500)
    probe = Probe()
    probe.during = "idle"
    pause(2000)
    began = time.perf_counter()
    acts: list[Any] = [
        AddDataset(file=str(file), name=name),
        ProfileVersion(version=name),
        Train(version=name, target="n10", recipe=("dummy", "linear")),
    ]
    refused: list[Any] = []
    for act in acts:
        desk.do(act, failed=refused.append)
    for turn in range(2):
        _turn_pages(window, probe, turn)
    probe.during = "work"
    _until(lambda: desk.tasks.is_idle)
    probe.during = "after"
    pause(REST_MS * 5)
    assert not refused, refused
    if os.environ.get(TRACE):
        for during, gap in sorted(probe.gaps.items(), key=lambda each: -each[1]):
            print(f"{during:40} {gap:7.1f} ms, computing {probe.spent[during]:7.1f} ms", file=sys.stderr)
    figures = {
        "ui_block_ms": max(gap for during, gap in probe.gaps.items() if during != "idle"),
        "ui_busy_ms": max(spent for during, spent in probe.spent.items() if during != "idle"),
        "ui_idle_ms": probe.gaps["idle"],
        "work_s": time.perf_counter() - began,
    }
    probe.timer.stop()
    window.close()
    desk.close()
    del app
    return figures


def _turn_pages(window: Any, probe: Probe, turn: int) -> None:
    """Go to every tab of every page and choose its first row, as a person would meanwhile."""
    from mlops_desk.gui.app import pause
    from mlops_desk.gui.pages.area import AreaPage
    from mlops_desk.gui.places import places

    for place in places():
        probe.during = f"{turn} {place.name}"
        window.go(place.name)
        pause(TURN_MS)
        page = window.stack.page
        for _area, listing in page.tabs if isinstance(page, AreaPage) else []:
            probe.during = f"{turn} {place.name} {listing.noun}"
            page.turn_to(listing.noun)
            pause(TURN_MS)
            if page.table is not None and page.table.model.rowCount():
                probe.during += " row"
                page.table.grid.selectRow(0)
                pause(TURN_MS)


def _until(true: Callable[[], bool]) -> None:
    from mlops_desk.gui.app import pause

    end = time.perf_counter() + PATIENCE_S
    while not true():
        assert time.perf_counter() < end, "the window did not come to rest"
        pause(REST_MS)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if len(sys.argv) > 1:
        print(json.dumps(_in_window(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
    else:
        for figure, value in measure().items():
            print(f"{figure:20} {value:8.3f}")

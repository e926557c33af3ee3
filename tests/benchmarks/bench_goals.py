"""The Goals page on 50 objectives, 500 KPIs and 100,000 readings: how long it takes to open, to turn, to scroll.

`goals_open_ms` runs from the wish to painted rows once the window is up, `goals_open_whole_ms` until the 200 forecasts
and the sentence on top are there, which are computed on a worker meanwhile.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.benchmarks.forged import Told

OBJECTIVES, RESULTS_EACH, KPIS, READINGS = 50, 4, 500, 100_000
ROUNDS, SCROLLS, SCROLL_ROWS, SCROLL_PAUSE_MS = 3, 120, 3, 4


def measure() -> dict[str, float]:
    """Return medians of whole processes, in ms: of the first and of later openings, of tabs, of a step of scrolling."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = make(Path(name))
        for _round in range(ROUNDS):
            said = subprocess.run([sys.executable, __file__, str(folder)], check=True, stdout=subprocess.PIPE)
            found.append(json.loads(said.stdout.splitlines()[-1]))
    return {name: statistics.median(each[name] for each in found) for name in found[0]}


def make(base: Path) -> Path:
    """Found a project with as much in it, let its store be made, and return its folder."""
    os.environ["MLOPS_DESK_HOME"] = str(base / "home")
    from mlops_desk.workspace import Founder, Workspace, found
    from tests.benchmarks.forged import grow

    made = found(base / "goals", "Goals", "", Founder.parse("Ana Lima", ["data-scientist", "ai-architect"]))
    grow(made, _told())
    with Workspace(made.folder) as desk:
        assert desk.ask(lambda rows: rows.sql("SELECT count(*) FROM check_in")) == [(READINGS,)]
    return made.folder


def _told() -> Iterator[Told]:
    """Tell everything: objectives in a tree, KPIs of which two in five feed key results, and their readings."""
    from mlops_desk.areas.goals.keyresult import KeyResult
    from mlops_desk.areas.goals.kpi import CheckIn, Kpi
    from mlops_desk.areas.goals.objective import Objective
    from mlops_desk.kernel.clock import today
    from mlops_desk.kernel.ids import new_id
    from tests.benchmarks.forged import fact, record

    start, due, days = today() - timedelta(days=40), today() + timedelta(days=30), READINGS // KPIS
    objectives: list[Objective] = []
    for number in range(OBJECTIVES):
        parent = objectives[number // 5 - 1].id if number >= 5 else None
        name = f"Objective {number:02}"
        objectives.append(Objective(id=new_id(), name=name, start=start, due=due, owner="ai-architect", parent=parent))
        yield "objective.add", record(objectives[-1])
    kpis = [
        Kpi(id=new_id(), name=f"KPI {number:03}", unit="min", baseline=0.0, target=100.0, start=start, due=due)
        for number in range(KPIS)
    ]
    for kpi in kpis:
        yield "kpi.add", record(kpi)
    for number in range(OBJECTIVES * RESULTS_EACH):
        result = KeyResult(
            id=new_id(),
            name=f"Key result {number:03}",
            objective=objectives[number // RESULTS_EACH].id,
            kpi=kpis[number].id,
        )
        yield "key-result.add", record(result)
    for day in range(days):
        for place, kpi in enumerate(kpis):
            value = 60.0 * day / days + 9 * math.sin(day * (1 + place % 7) / 9) + place % 40
            reading = CheckIn(id=new_id(), kpi=kpi.id, value=value, on=today() - timedelta(days=days - 1 - day))
            yield "kpi.check-in", (fact(reading),)


def _in_window(folder: Path) -> dict[str, float]:
    """Be the process: go to the page once the window is up, turn its tabs, scroll through both large tables."""
    from mlops_desk.gui.app import application, pause
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.tasks import Tasks
    from mlops_desk.gui.turns import turns
    from tests.benchmarks.bench_window import Probe, _until

    app, desk = application(), Desk(Tasks())
    window = MainWindow(desk)
    window.resize(1280, 800)
    window.show()
    desk.open(folder)

    def is_at_rest() -> bool:
        return desk.is_open and desk.tasks.is_idle and turns().is_idle

    _until(is_at_rest)
    pause(500)
    probe, figures = Probe(), dict[str, float]()

    def taken(name: str, tab: str) -> None:
        """Note how long it takes until the rows are painted, and until all is known."""
        probe.during = name
        began = time.perf_counter()
        window.go("goals", tab)
        while (page := window.stack.page) is None or page.tab != tab or not _rows_of(page):
            pause(1)
        pause(1)  # in which they are painted
        figures[f"goals_{name}_ms"] = (time.perf_counter() - began) * 1000
        _until(is_at_rest)
        figures[f"goals_{name}_whole_ms"] = (time.perf_counter() - began) * 1000
        pause(100)

    taken("open", "objective")
    figures |= {f"goals_tree_{name}": value for name, value in _scrolled(window, probe).items()}
    taken("kpis", "kpi")
    figures |= {f"goals_kpis_{name}": value for name, value in _scrolled(window, probe).items()}
    figures["goals_ui_block_ms"] = max(probe.gaps.values())
    figures["goals_ui_busy_ms"] = max(probe.spent.values())
    if os.environ.get("MLOPS_DESK_BENCH_TRACE"):
        for during, gap in sorted(probe.gaps.items(), key=lambda each: -each[1]):
            print(f"{during:40} {gap:7.1f} ms, computing {probe.spent[during]:7.1f} ms", file=sys.stderr)
    probe.timer.stop()
    window.close()
    desk.close()
    del app
    return figures


def _rows_of(page: Any) -> int:
    """Return how many rows the table in front has, painted or about to be."""
    shown: int = page.table.model.rowCount() if page.table is not None and page.table.isVisible() else 0
    return shown


def _scrolled(window: Any, probe: Any) -> dict[str, float]:
    """Return how long a frame takes while one scrolls by three rows, and what of it the UI thread computes, in ms."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from mlops_desk.gui.app import pause

    probe.during = "scroll"
    bar, frames, busy = window.stack.page.table.grid.verticalScrollBar(), list[float](), list[float]()
    for number in range(SCROLLS):
        began, spent = time.perf_counter(), time.thread_time()
        bar.setValue(number * SCROLL_ROWS % max(1, bar.maximum()))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)  # paints what came into sight
        frames.append((time.perf_counter() - began) * 1000)
        busy.append((time.thread_time() - spent) * 1000)
        pause(SCROLL_PAUSE_MS)
    return {"frame_p95_ms": statistics.quantiles(frames, n=20)[-1], "busy_p95_ms": statistics.quantiles(busy, n=20)[-1]}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if len(sys.argv) > 1:
        print(json.dumps(_in_window(Path(sys.argv[1]))))
    else:
        for figure, value in measure().items():
            print(f"{figure:28} {value:10.3f}")

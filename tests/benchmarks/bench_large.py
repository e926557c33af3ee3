"""A large project in the window: 10,000 runs, 200 datasets, 100,000 entries.

The start until the home is filled, against an empty window with the same imports; turning to each page; the longest
time in which the loop answered nobody over a scripted run; and memory.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.forged import Told

ENTRIES, RUNS, DATASETS, MODELS, KPIS = 100_000, 10_000, 200, 200, 40
ROUNDS = 3


def measure(minutes: float = 1.0) -> dict[str, float]:
    """Return seconds of starts, milliseconds of page turns and of the longest gaps, MB of memory."""
    from tests.benchmarks.bench_start import CLOSED, EMPTY_WINDOW, OUR_WINDOW, SHOWN, _seconds

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = make(Path(name))
        ours = [sys.executable, "-c", OUR_WINDOW + SHOWN, str(folder)]
        _seconds([sys.executable, "-c", OUR_WINDOW + CLOSED, str(folder)])
        starts = [(_seconds([sys.executable, "-c", EMPTY_WINDOW]), _seconds(ours)) for _round in range(ROUNDS)]
        line = [sys.executable, __file__, str(folder), str(minutes)]
        said = subprocess.run(line, check=True, stdout=subprocess.PIPE)
        found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    empty, start = (statistics.median(each) for each in zip(*starts, strict=True))
    return {"large_start": start, "large_start_ratio": start / empty, **found}


def make(base: Path) -> Path:
    """Found a project with as much in it, let its store be made, and return its folder."""
    os.environ["MLOPS_DESK_HOME"] = str(base / "home")
    from mlops_desk.workspace import Founder, Workspace, found
    from tests.benchmarks.forged import grow

    made = found(base / "large", "Large", "", Founder.parse("Ana Lima", ["data-scientist", "ml-engineer"]))
    grow(made, _told())
    with Workspace(made.folder) as desk:
        assert desk.ask(lambda rows: rows.sql("SELECT count(*) FROM line WHERE verdict = 'ok'")) == [(ENTRIES,)]
    return made.folder


def _told() -> Iterator[Told]:
    """Tell everything: datasets with a version each, runs, model versions, KPIs and their check-ins."""
    from mlops_desk.areas.datasets.dataset import Dataset
    from mlops_desk.areas.experiments.model import Model, ModelVersion
    from mlops_desk.areas.experiments.run import Experiment
    from mlops_desk.areas.goals.kpi import CheckIn, Kpi
    from mlops_desk.kernel.clock import today
    from mlops_desk.kernel.ids import new_id
    from tests.areas.facts import SHA, run, version
    from tests.benchmarks.forged import fact, record

    said = 1
    versions, experiments, runs, kpis = [], [], [], []
    for number in range(DATASETS):
        dataset = Dataset(id=new_id(), name=f"set-{number:03}")
        versions.append(version(dataset.id, label=f"{dataset.name}@1", id=new_id()))
        experiments.append(Experiment(id=new_id(), name=dataset.name))
        yield "dataset.add", record(dataset)
        yield "dataset.add", (fact(versions[-1]),)
        yield "experiment.add", record(experiments[-1])
        said += 3
    for number in range(RUNS):
        place = number % DATASETS
        label = f"set-{place:03}-{number // DATASETS + 1}"
        runs.append(run(experiments[place].id, versions[place].id, id=new_id(), label=label))
        yield "run.train", (fact(runs[-1]),)
        said += 1
    for number in range(MODELS):
        model = Model(id=new_id(), name=f"model-{number:03}")
        made = ModelVersion(
            id=new_id(), model=model.id, number=1, label=f"{model.name}@1", run=runs[number].id, sha256=SHA
        )
        yield "model.register", (fact(made), *record(model))
        said += 1
    for number in range(KPIS):
        kpis.append(Kpi(id=new_id(), name=f"KPI {number:02}", target=100.0, owner="data-scientist"))
        yield "kpi.add", record(kpis[-1])
        said += 1
    for number in range(ENTRIES - said):
        reading = CheckIn(id=new_id(), kpi=kpis[number % KPIS].id, value=float(number % 997), on=today())
        yield "kpi.check-in", (fact(reading),)


def _in_window(folder: Path, minutes: float) -> dict[str, float]:
    """Be the process: turn to every page and tab again and again, and choose rows, for so many minutes."""
    from mlops_desk.gui.app import application, pause
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.places import places
    from mlops_desk.gui.tasks import Tasks
    from mlops_desk.gui.turns import turns
    from tests.benchmarks.bench_window import REST_MS, TRACE, Probe, _turn_pages, _until

    app, desk = application(), Desk(Tasks())
    window = MainWindow(desk)
    window.resize(1280, 800)
    window.show()
    desk.open(folder)
    _until(lambda: desk.is_open and desk.tasks.is_idle)
    pause(500)
    probe, taken, turn = Probe(), list[float](), 0
    end = time.perf_counter() + 60 * minutes
    while time.perf_counter() < end or turn < 2:
        _turn_pages(window, probe, turn)
        for place in places():
            probe.during = f"{turn} turn to {place.name}"
            began = time.perf_counter()
            window.go(place.name)
            window.grab()
            taken.append((time.perf_counter() - began) * 1000)
            pause(REST_MS)  # nobody turns twelve pages in one turn of the loop
            _until(lambda: desk.tasks.is_idle and turns().is_idle)
        turn += 1
    if os.environ.get(TRACE):
        for during, gap in sorted(probe.gaps.items(), key=lambda each: -each[1])[:40]:
            print(f"{during:40} {gap:7.1f} ms, computing {probe.spent[during]:7.1f} ms", file=sys.stderr)
    figures = {
        "large_page_turn_ms": statistics.median(taken),
        "large_page_turn_worst_ms": max(taken),
        "large_ui_block_ms": max(probe.gaps.values()),
        "large_ui_busy_ms": max(probe.spent.values()),
        "large_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    probe.timer.stop()
    window.close()
    desk.close()
    del app
    return figures


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if len(sys.argv) > 2:
        print(json.dumps(_in_window(Path(sys.argv[1]), float(sys.argv[2]))))
    else:
        for figure, value in measure().items():
            print(f"{figure:28} {value:10.3f}")

"""The command box with 100,000 records: until it is open, and until a name is found; CPU of the one thread that works.

``box_first_open_ms`` makes it, ``box_open_ms`` is every time after. ``typing_busy_ms`` is what one letter costs the UI.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

RECORDS, ROUNDS = 100_000, 20
TEXTS = ("credit 4", "crd77", "churn score", "type:experiment 99", "nothing like it")
PATIENCE_S = 60


def measure() -> dict[str, float]:
    """Return medians in ms, all taken in one process of their own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        environment = os.environ | {"MLOPS_DESK_HOME": str(Path(name) / "home"), "QT_QPA_PLATFORM": "offscreen"}
        line = [sys.executable, __file__, str(Path(name) / "project")]
        said = subprocess.run(line, check=True, stdout=subprocess.PIPE, env=environment)
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def _fill(folder: Path) -> None:
    """Found a project and put records into its store, as the merge would."""
    from mlops_desk.catalogue import RULES
    from mlops_desk.projection.database import columns_of
    from mlops_desk.workspace import Founder, Workspace, found

    found(folder, "Bench", "To be measured.", Founder("Ana Lima", "ana@example.org", ("data-scientist",)))
    names = ("Credit score", "Churn score", "Time to decision", "Überprüfung", "loans-weekly")
    shares = {"experiment": 0.6, "column": 0.4}  # what no home counts: it is the box that is measured
    with Workspace(folder) as workspace:
        for noun, share in shares.items():
            kind = RULES.nouns[noun]
            empty = {name: _empty(name, type_) for name, type_ in columns_of(kind).items()}
            rows = [
                empty | {"id": f"{noun[:1]}{number:025}", "name": f"{names[number % 5]} {number}"}
                for number in range(int(RECORDS * share))
            ]
            workspace._database.insert(noun.replace("-", "_"), rows)


def _empty(name: str, kind: str) -> Any:
    plain = {"contested": "[]", "security": "public"}
    return plain.get(name, {"TIMESTAMP": "2026-11-01 10:00:00", "BOOLEAN": False, "VARCHAR": ""}[kind])


def _in_window(folder: Path) -> dict[str, float]:
    from PySide6.QtTest import QTest

    from mlops_desk.gui.app import application, pause
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.tasks import Tasks
    from mlops_desk.workspace import search
    from mlops_desk.workspace.search_words import read

    _fill(folder)
    app, desk = application(), Desk(Tasks())
    window = MainWindow(desk)
    window.show()
    desk.open(folder)
    _until(lambda: desk.is_open and desk.tasks.is_idle and "act-kpi.add" in window.commands.actions)
    pause(300)
    opened = [_spent(lambda: _open(window)) for _round in range(ROUNDS)]
    box = window.box
    assert box is not None
    box.open_with()
    typed, answered = [], []
    for text in TEXTS:
        box.field.clear()
        typed += [_spent(partial(QTest.keyClicks, box.field, letter))[0] for letter in text]
        answered.append(_spent(lambda: _until(lambda: not box._pause.isActive() and not box._is_asking))[0])
    workspace = desk._workspace
    assert workspace is not None
    asked = [_spent(partial(workspace.ask, search.find, read(text))) for text in TEXTS * 3]
    figures = {
        "box_first_open_ms": opened[0][0],
        "box_open_ms": statistics.median(each[0] for each in opened[1:]),
        "box_open_cpu_ms": statistics.median(each[1] for each in opened[1:]),
        "typing_busy_ms": statistics.median(typed),
        "search_ms": statistics.median(each[0] for each in asked),
        "search_worst_ms": max(each[0] for each in asked),
        "search_cpu_ms": statistics.median(each[2] for each in asked),
        "box_answer_ms": statistics.median(answered),
    }
    window.close()
    desk.close()
    del app
    return figures


def _open(window: Any) -> None:
    if window.box is not None:
        window.box.close_box()
    window.commands.run("box")
    window.box.grab()


def _spent(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return how long some work took in ms: by the clock, of this thread, and of the whole process."""
    before = (time.perf_counter(), time.thread_time(), time.process_time())
    work()
    after = (time.perf_counter(), time.thread_time(), time.process_time())
    wall, thread, process = ((last - first) * 1000 for first, last in zip(before, after, strict=True))
    return wall, thread, process


def _until(true: Callable[[], bool]) -> None:
    from mlops_desk.gui.app import pause

    end = time.perf_counter() + PATIENCE_S
    while not true():
        assert time.perf_counter() < end, "the window did not come to rest"
        pause(5)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if len(sys.argv) > 1:
        print(json.dumps(_in_window(Path(sys.argv[1]))))
    else:
        for figure, value in measure().items():
            print(f"{figure:20} {value:8.3f}")

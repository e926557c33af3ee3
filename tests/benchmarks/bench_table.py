"""A table of a million rows, the audit trail: its first paint, frames while one scrolls, sorting and filtering.

`first_rows_s` runs from the question to painted rows, `first_paint_ms` is what of it the UI thread computes. Orders are
made on a worker, while the window goes on; `blocked_ms` is the longest that the UI thread computed to show one. Frames
are scrolled by three rows, and jumped through the whole table; of `frames_waiting` the rows were still on their way.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS, NAMED = 1_000_000, 2000
ROUNDS, FRAMES, JUMPS, PAUSE_MS = 3, 240, 60, 8
PATIENCE_S = 120


def measure(rows: int = ROWS) -> dict[str, float]:
    """Return figures of a table of so many rows."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        os.environ["MLOPS_DESK_HOME"] = name
        return _measured(Path(name), rows)


def _store(folder: Path, rows: int) -> Any:
    """Return a store whose trail has so many lines, each about one of some KPIs."""
    from mlops_desk.catalogue import RULES
    from mlops_desk.projection.database import Database
    from mlops_desk.workspace.versions import REGISTRY

    made = Database(folder / "store", RULES.nouns, REGISTRY)
    made.insert("kpi", [_kpi(number, RULES.nouns["kpi"]) for number in range(NAMED)])
    made.sql(
        """
        INSERT INTO line BY NAME SELECT md5(i::VARCHAR) || 'abcdefghijk' AS id, 'device' || i % 30 AS device, i AS seq,
        1700000000000 + (hash(i) % 100000000000)::BIGINT AS ms, i % 7 AS counter, '' AS member,
        ['owner', 'data-scientist', 'ml-engineer'][1 + i % 3] AS acting,
        'kpi.' || ['add', 'edit', 'check-in'][1 + i % 3] AS kind,
        CASE WHEN i % 50 = 0 THEN 'late' ELSE 'ok' END AS verdict,
        CASE WHEN i % 50 = 0 THEN 'reason ' || i ELSE '' END AS reason, 'here' AS place FROM range(?) AS t(i)""",
        rows,
    )
    made.sql(
        """
        INSERT INTO op BY NAME SELECT id AS line, 0 AS index, 'set' AS op, 'kpi' AS noun,
        lpad((seq % ?)::VARCHAR, 26, 'a') AS id FROM line""",
        NAMED,
    )
    return made


def _kpi(number: int, noun: Any) -> dict[str, Any]:
    from mlops_desk.kernel.record import fields_of

    own = {"id": str(number).rjust(26, "a"), "name": f"KPI {number}", "archived": False, "contested": "[]"}
    return {each.name: own.get(each.name) for each in fields_of(noun)}


class Asked:
    """Stands for the workspace: every question has a reader of its own."""

    def __init__(self, store: Any) -> None:
        from mlops_desk.projection.answers import Answers

        self._store, self._answers = store, Answers(store, "bench")

    def ask(self, query: Callable[..., Any], *values: Any) -> Any:
        """Answer a question."""
        from mlops_desk.kernel.here import Here
        from mlops_desk.projection.rows import Reader

        store = self._store
        reader = Reader(store.connection.cursor(), store.nouns, store.registry, Here(), self._answers)
        try:
            return query(reader, *values)
        finally:
            reader.close()

    def close(self) -> None:
        """Give the store back."""
        self._store.close()


class Bench:
    """One table, and the page that asks for it."""

    def __init__(self, desk: Any) -> None:
        from mlops_desk.gui.pages import trail
        from mlops_desk.gui.table.table import Table
        from mlops_desk.workspace.trail import Wanted

        self.desk, self.listing = desk, trail.TRAIL
        self.answers: list[Any] = []
        self.busy_ms: list[float] = []
        self.table = Table(desk, trail.TRAIL)
        self.table.scope = Wanted()
        self.table.resize(1280, 800)
        self.table.show()
        self.table.order_wanted.connect(self.ask)

    def ask(self) -> None:
        """Ask for the order."""
        from mlops_desk.gui.pages import records

        self.desk.ask(records.sheaf, None, self.listing, self.table.asked(), then=self.answers.append)

    def timed(self, begin: Callable[[], object]) -> float:
        """Return how long it takes from a wish to the painted order, s; note how long the UI thread was busy, ms."""
        began = time.perf_counter()
        begin()
        _until(lambda: bool(self.answers))
        busy = time.thread_time()
        self.table.show_sheaf(self.answers.pop())
        self.table.grid.viewport().repaint()
        self.busy_ms.append((time.thread_time() - busy) * 1000)
        return time.perf_counter() - began


def _measured(folder: Path, rows: int) -> dict[str, float]:
    from mlops_desk.gui.app import application
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.tasks import Tasks

    app, desk = application(), Desk(Tasks())
    desk._workspace = Asked(_store(folder, rows))  # type: ignore[assignment]
    rounds = [_round(Bench(desk), rows) for _number in range(ROUNDS)]
    figures = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    desk.close()
    del app
    return {"rows": rows} | figures


def _round(bench: Bench, rows: int) -> dict[str, float]:
    from mlops_desk.kernel.view import Order
    from mlops_desk.kernel.wish import parse

    model = bench.table.model
    found = {"first_rows_s": bench.timed(bench.ask), "first_paint_ms": bench.busy_ms[0]}
    found["whole_order_s"] = bench.timed(bench.ask)
    assert model.rowCount() == rows
    found["sort_s"] = bench.timed(lambda: model.sort_by((Order("kind"), Order("at"))))
    found["sort_by_name_s"] = bench.timed(lambda: model.sort_by((Order("about"),)))
    bench.timed(lambda: model.sort_by(()))
    found["filter_s"] = bench.timed(lambda: model.filter_by(parse("reason:12", model.columns).conditions))
    bench.timed(lambda: model.filter_by(()))
    found["blocked_ms"] = max(bench.busy_ms)
    found |= _frames(bench.table)
    bench.table.close()
    return found


def _frames(table: Any) -> dict[str, float]:
    """Return the times of frames scrolled and jumped, ms, and which part of the scrolled ones had rows to wait for."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from mlops_desk.gui.app import pause

    bar, grid = table.grid.verticalScrollBar(), table.grid

    def frame(value: int) -> float:
        began, busy = time.perf_counter(), time.thread_time()
        bar.setValue(value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)  # paints what came into sight
        took, computed = (time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000
        busy_ms.append(computed)
        pause(PAUSE_MS)
        return took

    scrolled, waiting, busy_ms = [], 0, list[float]()
    for number in range(FRAMES):
        scrolled.append(frame(number * 3))
        waiting += table.model.row(grid.rowAt(grid.viewport().height() // 2)) is None
    jumped = [frame((number * 7919 * 977) % bar.maximum()) for number in range(JUMPS)]
    return {
        "frame_p50_ms": statistics.median(scrolled),
        "frame_p95_ms": statistics.quantiles(scrolled, n=20)[-1],
        "frame_busy_p95_ms": statistics.quantiles(busy_ms[:FRAMES], n=20)[-1],
        "jump_p95_ms": statistics.quantiles(jumped, n=20)[-1],
        "frames_waiting": waiting / FRAMES,
    }


def _until(true: Callable[[], bool]) -> None:
    from mlops_desk.gui.app import pause

    end = time.perf_counter() + PATIENCE_S
    while not true():
        assert time.perf_counter() < end, "the table did not come to rest"
        pause(2)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    for figure, value in measure(*map(int, sys.argv[1:])).items():
        print(f"{figure:20} {value:12.3f}")

"""The window on the project: it does acts and turns its pages until a file appears; says how many acts were done."""

from __future__ import annotations

import sys
from pathlib import Path

from mlops_desk.catalogue import RULES
from mlops_desk.gui.app import application, pause
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.places import places
from mlops_desk.gui.tasks import Tasks

TICK_MS, PATIENCE_TICKS = 20, 1_500


def main(folder: Path, stop: Path) -> int:
    """Act until the file appears; returns how often."""
    application()
    desk = Desk(Tasks())
    window = MainWindow(desk)
    window.show()
    failures: list[object] = []
    desk.failed.connect(failures.append)
    desk.open(folder)
    _rest(desk)
    names = [place.name for place in places()]
    count = 0
    while not stop.exists():
        window.go(names[count % len(names)])
        desk.do(RULES.act("kpi.add", name=f"Clicked {count}"))
        _rest(desk)
        count += 1
    window.close()
    desk.close()
    assert not failures, failures
    return count


def _rest(desk: Desk) -> None:
    for _tick in range(PATIENCE_TICKS):
        pause(TICK_MS)
        if desk.is_open and desk.tasks.is_idle:
            return
    raise TimeoutError("the window came to no rest")


if __name__ == "__main__":
    print(main(*map(Path, sys.argv[1:])))

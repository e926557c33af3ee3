"""What keeps the window free while a profile and a training run: held by structure, never by a clock."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Runs in a process of its own, because other tests have loaded everything already.
WATCHED = """
import random, sys, threading
from pathlib import Path
from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.areas.experiments.train import Train
from mlops_desk.gui.app import application
from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.places import places
from mlops_desk.gui.shots import _rest, _wait
from mlops_desk.gui.tasks import Tasks

HEAVY = ("numpy", "pyqtgraph", "sklearn", "scipy", "duckdb", "git", "keyring")
on_ui_thread = []


class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in HEAVY and threading.current_thread() is threading.main_thread():
            on_ui_thread.append(name)


project, file = Path(sys.argv[1]), Path(sys.argv[2])
app, desk = application(), Desk(Tasks())
window = MainWindow(desk)
window.show()
sys.meta_path.insert(0, Watch())
desk.open(project)
_wait(lambda: desk.is_open)
_rest(desk)
acts = [AddDataset(file=str(file), name="rows"), ProfileVersion(version="rows"),
        Train(version="rows", target="outcome", recipe=("dummy", "linear"))]
refused = []
for act in acts:
    desk.do(act, failed=refused.append)
for place in places():
    window.go(place.name)
_rest(desk)
window.go("experiments")
_rest(desk)
window.stack.page.table.grid.selectRow(0)
_rest(desk)
print("refused", refused)
print("imported on the UI thread", on_ui_thread)
print("computed here", [name for name in ("sklearn", "scipy") if name in sys.modules])
print("charts", "pyqtgraph" in sys.modules)
window.close()
desk.close()
"""


@pytest.mark.slow
def test_that_heavy_work_and_heavy_imports_stay_off_the_ui_thread(project: Path, home: Path, tmp_path: Path):
    file = tmp_path / "rows.csv"
    rows = [f"{a % 7},{a % 11},{'good' if a % 7 + a % 3 > 4 else 'poor'}" for a in range(400)]
    file.write_text("a,b,outcome\n" + "\n".join(rows) + "\n")
    environ = {**os.environ, "MLOPS_DESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    line = [sys.executable, "-c", WATCHED, str(project), str(file)]
    said = subprocess.run(line, env=environ, check=True, capture_output=True, text=True).stdout.splitlines()
    assert "refused []" in said
    assert "imported on the UI thread []" in said, "load it on a worker: gui/main_window.py, _warm"
    assert "computed here []" in said, "training and profiling belong into a child process"
    assert "charts True" in said

"""Starting: `status` against importing DuckDB, and the window against an empty one plus its first page's imports.

``status_after_act`` is the first one after something changed; the others find what the last one computed.
The floor of ``window_ratio`` imports all that the first page needs, ours too; that of ``window_ratio_bare`` only
what others wrote.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mlops_desk
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import silent

ROUNDS = 9
BARE_WINDOW = """
import duckdb, msgspec, nacl.bindings
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.resize(1280, 800); window.show(); window.grab()
"""
EMPTY_WINDOW = f"""
import mlops_desk.workspace, mlops_desk.gui.app, mlops_desk.gui.main_window, mlops_desk.gui.pages.home
{BARE_WINDOW}
"""
OUR_WINDOW = """
import sys
from PySide6.QtCore import QEventLoop, QTimer
from mlops_desk.gui import app
from mlops_desk.gui.pages.home import HomePage
loop, show_data = QEventLoop(), HomePage.show_data
def filled(page, answer):
    show_data(page, answer); loop.quit()
HomePage.show_data = filled
application = app.application(); window = app.open_window(sys.argv[1]); window.show()
QTimer.singleShot(30_000, lambda: loop.exit(1))
failed = loop.exec()
window.grab()
"""
CLOSED = "window.close(); window.desk.close(); sys.exit(failed)"
SHOWN = "import os; os._exit(failed)"  # what is measured ends when the home is seen


def measure() -> dict[str, float]:
    """Return medians in seconds of whole processes, taken in turn, and their ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        os.environ["MLOPS_DESK_HOME"] = str(Path(name) / "home")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from mlops_desk.catalogue import RULES
        from mlops_desk.workspace import Workspace, sample

        folder = Path(name) / "demo"
        sample.live_the_cycle(folder, silent, Stop())
        compileall.compile_dir(Path(mlops_desk.__file__).parent, quiet=1)  # as pip does for whoever installs it
        status = [sys.executable, "-m", "mlops_desk", "--project", str(folder), "status"]
        commands = {
            "import_duckdb": [sys.executable, "-c", "import duckdb"],
            "status": status,
            "import_mlops_desk": [sys.executable, "-c", "import mlops_desk"],
            "bare_window": [sys.executable, "-c", BARE_WINDOW],
            "empty_window": [sys.executable, "-c", EMPTY_WINDOW],
            "our_window": [sys.executable, "-c", OUR_WINDOW + SHOWN, str(folder)],
        }
        taken: dict[str, list[float]] = {name: [] for name in [*commands, "status_after_act"]}
        for number in range(ROUNDS):
            with Workspace(folder) as desk:
                desk.do(RULES.act("kpi.add", name=f"Round {number}", target=1.0))
            taken["status_after_act"].append(_seconds(status))
            _seconds([sys.executable, "-c", OUR_WINDOW + CLOSED, str(folder)])
            for which, command in commands.items():
                taken[which].append(_seconds(command))
    found = {which: statistics.median(seconds) for which, seconds in taken.items()}
    found["status_ratio"] = found["status"] / found["import_duckdb"]
    found["status_after_act_ratio"] = found["status_after_act"] / found["import_duckdb"]
    found["window_ratio"] = found["our_window"] / found["empty_window"]
    found["window_ratio_bare"] = found["our_window"] / found["bare_window"]
    return found


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:20} {value:8.3f}")

"""Starting: `status` against importing DuckDB, and the window against an empty one plus its first page's imports."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import silent

ROUNDS = 7
EMPTY_WINDOW = """
import duckdb, msgspec, nacl.bindings
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.resize(1280, 800); window.show(); window.grab()
"""
OUR_WINDOW = """
import sys
from mlops_desk.gui import app
application = app.application(); window = app.open_window(sys.argv[1]); window.show()
from mlops_desk.gui.shots import _rest
_rest(window.desk); window.grab(); window.close()
"""


def measure() -> dict[str, float]:
    """Return medians in seconds of whole processes, taken in turn, and their ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        os.environ["MLOPS_DESK_HOME"] = str(Path(name) / "home")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from mlops_desk.workspace import sample

        folder = Path(name) / "demo"
        sample.live_the_cycle(folder, silent, Stop())
        commands = {
            "import_duckdb": [sys.executable, "-c", "import duckdb"],
            "status": [sys.executable, "-m", "mlops_desk", "--project", str(folder), "status"],
            "import_mlops_desk": [sys.executable, "-c", "import mlops_desk"],
            "empty_window": [sys.executable, "-c", EMPTY_WINDOW],
            "our_window": [sys.executable, "-c", OUR_WINDOW, str(folder)],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _round in range(ROUNDS):
            for which, command in commands.items():
                taken[which].append(_seconds(command))
    found = {which: statistics.median(seconds) for which, seconds in taken.items()}
    found["status_ratio"] = found["status"] / found["import_duckdb"]
    found["window_ratio"] = found["our_window"] / found["empty_window"]
    return found


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:20} {value:8.3f}")

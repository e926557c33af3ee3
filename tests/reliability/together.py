"""The window, commands and a script on one project at the same time, each a process of its own: no error, no loss."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.workspace import Founder, Workspace, found
from tests.reliability.amount import Amount, Figures

BESIDE = Path(__file__).parent / "beside"
ROOT = Path(__file__).parents[2]


def run(amount: Amount) -> Figures:
    """Let a window and a script act until the commands of all turns are done."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        base = Path(name)
        patch.setenv("MLOPS_DESK_HOME", f"{name}/home")
        patch.setenv("PYTHONPATH", str(ROOT))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with _beside("window", base) as window, _beside("script", base) as script:
            commands = sum(_command(made.folder, turn) for turn in amount.turns())
            (base / "stop").touch()
            counts = {each: _acts_of(process) for each, process in (("window", window), ("script", script))}
        with Workspace(made.folder) as desk:
            there = len(desk.ask(lambda rows: rows.find(Kpi)))
            assert desk.verify().is_sound
    done = commands + sum(counts.values())
    assert min(counts.values()) > 0
    assert there == done
    figures: Figures = {"acts of commands": commands, "lost": 0}
    return figures | {f"acts of the {who}": count for who, count in counts.items()}


@contextmanager
def _beside(who: str, base: Path) -> Iterator[subprocess.Popen[str]]:
    line = [sys.executable, str(BESIDE / f"{who}.py"), str(base / "p"), str(base / "stop")]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    pipe = subprocess.PIPE
    with subprocess.Popen(line, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _acts_of(process: subprocess.Popen[str]) -> int:
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 0, complained
    assert "Traceback" not in complained, complained
    return int(said.split()[-1])


def _command(folder: Path, turn: int) -> int:
    line = [sys.executable, "-m", "mlops_desk", "kpi", "add", "--name", f"Typed {turn}", "--project", str(folder)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    time.sleep(0.05)
    return 1

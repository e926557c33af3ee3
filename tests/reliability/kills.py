"""kill -9 at any moment of acting, publishing and syncing: what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.team_copy import TeamCopy
from tests.reliability.amount import Amount, Figures

PATIENCE_S, LIFE_S = 60.0, 0.3
LOCK = "index.lock"  # what git leaves when it is killed, too; the desk says to remove it


def run(amount: Amount) -> Figures:
    """Kill a writer in each turn, every other time with the git that it runs, and look in the end what is there."""
    figures: Figures = {"kills": 0, "acknowledged": 0, "lost": 0, "locks of a killed git": 0}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        base = Path(name)
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        (base / "team.git").mkdir()
        with Workspace(found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"])).folder) as desk:
            TeamCopy(desk).settle_at(str(base / "team.git"))
        for turn in amount.turns():
            _kill_one(base, turn, Random(turn))
            figures["kills"] += 1
            figures["locks of a killed git"] += _unlocked(base)
        acknowledged = (base / "acknowledged").read_text().split()
        figures["acknowledged"] = len(acknowledged)
        figures["lost"] = len(set(acknowledged) - _there(base / "p"))
    assert figures["acknowledged"] > 0
    assert figures["lost"] == 0
    return figures


def _kill_one(base: Path, turn: int, chance: Random) -> None:
    process = get_context("forkserver").Process(target=work, args=(str(base), turn))
    process.start()
    assert process.pid
    _wait_for_an_answer(base / "acknowledged", process, f"{turn}-")
    time.sleep(chance.random() * LIFE_S)
    (os.killpg if turn % 2 else os.kill)(process.pid, signal.SIGKILL)
    process.join()
    _let_end(process.pid)


def _let_end(group: int) -> None:
    """Wait until a git that outlived its desk has ended: what it holds until then is no leftover."""
    end = time.monotonic() + PATIENCE_S
    with suppress(ProcessLookupError):
        while True:
            os.killpg(group, 0)
            assert time.monotonic() < end
            time.sleep(0.01)


def _wait_for_an_answer(path: Path, process: BaseProcess, start: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not (path.exists() and any(each.startswith(start) for each in path.read_text().split())):
        assert process.is_alive(), f"the writer ended by itself: {process.exitcode}"
        assert time.monotonic() < end
        time.sleep(0.01)


def work(folder: str, turn: int) -> None:
    """Act until killed; publish after every third act, sync after every fourth."""
    os.setsid()
    base = Path(folder)
    os.environ["MLOPS_DESK_HOME"] = str(base / "home")
    told = os.open(base / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    desk = Workspace(base / "p")
    for number in range(10**6):
        desk.do(RULES.act("kpi.add", name=f"{turn}-{number}"))
        os.write(told, f"{turn}-{number}\n".encode())
        if number % 3 == 0:
            desk.publish()
        if number % 4 == 1:
            _sync(desk)


def _sync(desk: Workspace) -> str:
    try:
        return TeamCopy(desk).sync(silent, Stop()).state.code
    except DeskError as error:  # such as: another git, whose desk was killed, is still at work
        return error.code


def _unlocked(base: Path) -> int:
    """Remove what a killed git left, as the desk says to; returns how many locks there were."""
    locks = [each for folder in (base / "p" / ".git", base / "team.git") for each in folder.rglob("*.lock")]
    for each in locks:
        each.unlink(missing_ok=True)
    return len(locks)


def _there(folder: Path) -> set[str]:
    """Return what is there in the end, after a last exchange; store, journal and team copy agree."""
    with Workspace(folder) as desk:
        assert _sync(desk) == "same"
        assert desk.verify().is_sound
        kept = desk.digest()
        desk.rebuild()
        assert desk.digest() == kept
        return desk.ask(lambda rows: {each.name for each in rows.find(Kpi)})

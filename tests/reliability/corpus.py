"""A folder full of traps, each by itself: the desk opens, verifies and syncs, and no canary is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.areas.team.member import JoinRequest
from mlops_desk.catalogue import REGISTRY, RULES
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace import project as projects
from mlops_desk.workspace.team_copy import TeamCopy
from tests.reliability.amount import Amount, Figures
from tests.reliability.hostile import MARKERS, SECRET, Plant, items

MEMORY_DISK, ENOUGH_BYTES = Path("/dev/shm"), 2**30


def run(amount: Amount) -> Figures:
    """Meet every item in a folder of its own, on all cores; of a share of the suite, ``number`` 0, every twentieth.

    ``reads told`` is 0 where the disk does not note that a file was read, so that only what runs or writes is seen.
    """
    count = len(list(items()))
    if not amount.number:
        return _sound(_meet(range(0, count, 20)))
    cores = os.cpu_count() or 1
    shares = [range(start, count, cores) for start in range(cores)]
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        met = list(pool.map(_meet, shares))
    together = {name: sum(each[name] for each in met) for name in met[0]}
    return _sound(together | {"reads told": min(each["reads told"] for each in met)})


def _sound(figures: Figures) -> Figures:
    assert figures["canary hits"] == figures["rows changed"] == 0, figures
    return figures


def _meet(numbers: range) -> Figures:
    """Meet the items of some numbers, and beside the first of all the markers; each begins with the same project."""
    chosen = [(number, plant) for number, (_name, plant) in enumerate(items()) if number in numbers]
    figures: Figures = {"items": len(chosen), "refused": 0, "canary hits": 0, "rows changed": 0}
    with TemporaryDirectory(dir=_place()) as name, pytest.MonkeyPatch.context() as patch:
        base, whole = Path(name) / "base", Path(name) / "whole"
        base.mkdir()
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        (base / "team.git").mkdir()
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            TeamCopy(desk).settle_at(str(base / "team.git"))
            TeamCopy(desk).sync(silent, Stop())
        shutil.copytree(base, whole, symlinks=True)
        figures["reads told"] = _tells_reads(base)
        _meet_all(base, whole, chosen, figures)
        if 0 in numbers:
            _meet_markers(base, whole, figures)
    return figures


def _place() -> Path | None:
    """Return a disk in memory, where there is one with room: folders are made and thrown away by the hundred."""
    has_room = MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK)
    return MEMORY_DISK if has_room and shutil.disk_usage(MEMORY_DISK).free > ENOUGH_BYTES else None


def _canary(base: Path, name: str) -> Path:
    """Lay out a secret that nobody may read; return the place of a file that nobody may make."""
    canary = base / f"canary-{name}" / "touched"
    canary.parent.mkdir()
    canary.with_name("secret").write_text(SECRET)
    os.utime(canary.with_name("secret"), (1, 2**31))  # read once, it is no longer as long ago as this
    return canary


def _was_read(canary: Path) -> bool:
    return canary.with_name("secret").stat().st_atime != 1


def _tells_reads(base: Path) -> bool:
    """Tell whether the disk shows that a file was read."""
    canary = _canary(base, "of-the-disk")
    canary.with_name("secret").read_text()
    return _was_read(canary)


def _meet_all(base: Path, whole: Path, chosen: Iterable[tuple[int, Plant]], figures: Figures) -> None:
    with Workspace(base / "p") as desk:
        rows = _rows(desk)
    for number, plant in chosen:
        _whole_again(base, whole)
        canary = _canary(base, str(number))
        project = projects.load(base / "p")
        plant(project, canary)
        with Workspace(project.folder) as desk:
            figures["rows changed"] += _rows(desk) != rows
            figures["refused"] += _live_with(desk, f"K{number}", figures)
            rows = _rows(desk)
        figures["canary hits"] += canary.exists() or (project.folder / SECRET).exists()
        figures["canary hits"] += _was_read(canary)


def _meet_markers(base: Path, whole: Path, figures: Figures) -> None:
    for content in MARKERS:
        _whole_again(base, whole)
        (base / "p" / "desk.toml").write_bytes(content)
        with pytest.raises(DeskError):
            Workspace(base / "p")
        figures["items"] += 1
        figures["refused"] += 1


def _rows(desk: Workspace) -> str:
    """Return the hash of all rows but those of requests to join, which anybody may add."""
    nouns = {name: noun for name, noun in RULES.nouns.items() if name != JoinRequest.noun}
    return desk.ask(lambda rows: Reader(rows.connection, nouns, REGISTRY, rows.here).digest())


def _live_with(desk: Workspace, name: str, figures: Figures) -> bool:
    """Look, act and sync in an open project; tell whether the exchange was refused in a sentence."""
    desk.do(RULES.act("kpi.add", name=name))
    kept = desk.digest()
    desk.verify()
    desk.findings()
    try:
        TeamCopy(desk).sync(silent, Stop())
    except DeskError:
        return True
    finally:
        figures["rows changed"] += desk.digest() != kept
    return False


def _whole_again(base: Path, whole: Path) -> None:
    for part in ("p", "team.git"):
        shutil.rmtree(base / part)
        shutil.copytree(whole / part, base / part, symlinks=True)

"""A disk that is full, a small one or a limit on files: one clear sentence, nothing half done, and it goes on."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Founder, Workspace, found
from tests.journal.writing import content, is_unbroken, journal, write
from tests.reliability.amount import Amount, Figures

SENTENCES = ("DISK-201", "DISK-202", "STORE-101")
ACTS = 40
ROOM_BYTES = 128 * 2**20


Full = Callable[[int], AbstractContextManager[None]]  # leaves room for so many bytes more


def run(amount: Amount) -> Figures:
    """Fill a journal alone, and in every fourth turn a project with its store, up to a limit of its own each time.

    Every other turn fills a small disk in memory; ``small disks`` is 0 where none can be mounted, and files are limited
    instead.
    """
    figures: Figures = {"limits": 0, "small disks": 0, "appended": 0, "refused": 0, "damaged": 0, "other sentences": 0}
    for turn in amount.turns():
        chance = Random(turn)
        fill = _fill_project if turn % 4 == 3 else _fill_journal
        with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch, ExitStack() as mounted:
            patch.setenv("MLOPS_DESK_HOME", f"{name}/home")
            is_small = turn % 8 in (1, 5, 7) and mounted.enter_context(_small_disk(Path(name)))
            fill(Path(name), chance, figures, partial(_shrunk, Path(name)) if is_small else _limit)
        figures["small disks"] += is_small
        figures["limits"] += 1
    assert figures["refused"] > 0
    assert figures["damaged"] == figures["other sentences"] == 0, figures
    return figures


def _fill_journal(base: Path, chance: Random, figures: Figures, full: Full) -> None:
    own = journal(base)
    written = [write(own)]
    with full(chance.randrange(2_000, 40_000)):
        for _ in range(ACTS):
            try:
                written.append(write(own, "x" * chance.randrange(1, 4_000)))
            except DeskError as error:
                figures["refused"] += 1
                figures["other sentences"] += error.code not in SENTENCES
    written.append(write(own))
    figures["appended"] += len(written)
    is_whole = content(own) == b"".join(line + b"\n" for line in written) and is_unbroken(content(own))
    figures["damaged"] += not is_whole


def _fill_project(base: Path, chance: Random, figures: Figures, full: Full) -> None:
    made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
    kept: set[str] = set()
    with Workspace(made.folder) as desk:
        grown = max(each.stat().st_size for each in desk.project.cache.iterdir()) if full is _limit else 0
        with full(grown + chance.randrange(1, 30_000)):
            for number in range(ACTS):
                try:
                    desk.do(RULES.act("kpi.add", name=f"K{number}", formula="x" * chance.randrange(3_000)))
                except DeskError as error:
                    figures["refused"] += 1
                    figures["other sentences"] += error.code not in SENTENCES
                else:
                    kept.add(f"K{number}")
            desk.publish()
        desk.do(RULES.act("kpi.add", name="after"))
        names = desk.ask(lambda rows: {each.name for each in rows.find(Kpi)})
        assert kept | {"after"} <= names
        figures["appended"] += len(names)
        figures["damaged"] += bool(desk.publish()) or not desk.verify().is_sound


@contextmanager
def _limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _small_disk(place: Path) -> Iterator[bool]:
    """Mount a disk in memory over a folder; tells whether that was possible, which takes the rights of root."""
    mount = shutil.which("mount")
    line = [mount or "mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs", str(place)]
    is_told = Path("/proc/self/mountinfo").exists()  # else nobody knows the disk again by its folder
    may_mount = mount is not None and os.geteuid() == 0 and is_told
    is_mounted = may_mount and subprocess.run(line, capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=True)


@contextmanager
def _shrunk(place: Path, room: int) -> Iterator[None]:
    """Leave a mounted disk only so much room, to the next page."""
    used = shutil.disk_usage(place).used
    _resize(place, used + room)
    try:
        yield
    finally:
        _resize(place, ROOM_BYTES)


def _resize(place: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], capture_output=True, check=True)

"""A disk that is full, as a limit on the size of files: one clear sentence, nothing half done, and it goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
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


def run(amount: Amount) -> Figures:
    """Fill a journal alone, and in every fourth turn a project with its store, up to a limit of its own each time."""
    figures: Figures = {"limits": 0, "appended": 0, "refused": 0, "damaged": 0, "other sentences": 0}
    for turn in amount.turns():
        chance = Random(turn)
        with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLOPS_DESK_HOME", f"{name}/home")
            (_fill_project if turn % 4 == 3 else _fill_journal)(Path(name), chance, figures)
        figures["limits"] += 1
    assert figures["refused"] > 0
    assert figures["damaged"] == figures["other sentences"] == 0, figures
    return figures


def _fill_journal(base: Path, chance: Random, figures: Figures) -> None:
    own = journal(base)
    written = [write(own)]
    with _limit(chance.randrange(2_000, 40_000)):
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


def _fill_project(base: Path, chance: Random, figures: Figures) -> None:
    made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
    kept: set[str] = set()
    with Workspace(made.folder) as desk:
        size = max(each.stat().st_size for each in desk.project.cache.iterdir())
        with _limit(size + chance.randrange(1, 30_000)):
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

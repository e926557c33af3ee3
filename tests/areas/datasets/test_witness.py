"""Data kept by reference: whatever is signed of it was worked out of the bytes that were recorded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.dataset import AddDataset, LocateVersion
from mlops_desk.areas.datasets.profile import Profile, ProfileVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.experiments.train import Train
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.sources import hash_file
from mlops_desk.workspace.bench import WorkBench
from tests.areas.facts import do

ROWS = "".join(f"{n},{n % 3 == 0}\n" for n in range(100))


@pytest.fixture
def file(desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(WorkBench, "work", lambda _bench, task, job: task(job, silent))
    made = tmp_path / "ref.csv"
    made.write_text(f"n,ok\n{ROWS}")
    do(desk, AddDataset(file=str(made), name="ref", keep="reference"))
    return made


def counted(desk, noun):
    return desk.ask(lambda rows: len(rows.find(noun)))


@pytest.mark.parametrize("act", [ProfileVersion(version="ref"), Train(version="ref", target="ok")])
@pytest.mark.parametrize("content", [f"n,ok\n{ROWS}7,True\n", f"n,ok\n{ROWS}".replace("0,True", "9,True", 1)])
def test_that_a_file_that_changed_is_refused_with_the_way_on(desk, file, act, content) -> None:
    before = file.stat()
    file.write_text(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DeskError, match="has changed since it was recorded") as caught:
        do(desk, act)
    assert "dataset version ref FILE" in caught.value.hint
    assert counted(desk, Profile) == counted(desk, Run) == 0


def test_that_a_file_that_changes_during_the_work_is_refused(desk, file, monkeypatch) -> None:
    def meddle(_bench, task, job):
        done = task(job, silent)
        file.write_text(f"n,ok\n{ROWS}8,True\n")
        return done

    monkeypatch.setattr(WorkBench, "work", meddle)
    with pytest.raises(DeskError, match="has changed"):
        do(desk, ProfileVersion(version="ref"))
    assert counted(desk, Profile) == 0


def test_that_an_unchanged_file_is_hashed_again_only_where_it_looks_otherwise(desk, file, monkeypatch) -> None:
    hashed = []

    def work(_bench, task, job):
        hashed.extend([task] if task is hash_file else [])
        return task(job, silent)

    monkeypatch.setattr(WorkBench, "work", work)
    do(desk, ProfileVersion(version="ref"))
    assert not hashed
    file.touch()
    do(desk, ProfileVersion(version="ref"))
    do(desk, ProfileVersion(version="ref"))
    assert len(hashed) == 1
    assert counted(desk, Profile) == 3


def test_that_the_original_found_elsewhere_serves_again(desk, file, tmp_path) -> None:
    original = tmp_path / "original.csv"
    original.write_bytes(file.read_bytes())
    file.write_text("n,ok\n1,True\n")
    do(desk, LocateVersion(version="ref", file=str(original)))
    do(desk, ProfileVersion(version="ref"))
    assert counted(desk, Profile) == 1

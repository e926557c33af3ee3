"""Captured predictions in order: one file a day and release, nothing kept too long, nothing lost or counted twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlops_desk.kernel.endpoint import captured, captured_at, captured_name
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science import captures
from mlops_desk.science.captures import GatherJob, TidyJob, gather, tidy
from mlops_desk.science.rowfiles import join_rows, read_facts, read_table, write_rows

NOW = datetime.now(UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)


def put(folder: Path, at: datetime, number: int, release: str = "r-1", **columns: object) -> Path:
    """Write a captured file of two rows, ``number`` and ``number`` + 0.5."""
    path = folder / captured_name(release, at, number)
    made = {"n": np.array([number, number + 0.5]), **columns}
    write_rows(path, made, {"release": release, "outputs": '{"prediction":"it\'s"}'})  # type: ignore[arg-type]
    return path


def numbers(folder: Path, release: str | None = None) -> list[float]:
    """Return the rows of all captured files in the order in which a reader sees them."""
    return [n for path in captured(folder, release) for n in read_table(str(path), "parquet").columns["n"].tolist()]


def tidied(folder: Path, keep_days: int = 90) -> tuple[int, int]:
    found = tidy(TidyJob(folder=str(folder), keep_days=keep_days))
    return found.merged, found.deleted


def test_that_files_of_a_full_day_become_one_by_release_in_their_order(tmp_path):
    for number in range(5):
        put(tmp_path, TODAY - timedelta(days=3, minutes=-number), number)
    put(tmp_path, TODAY - timedelta(days=3), 100, "r-2")
    put(tmp_path, TODAY - timedelta(days=2), 200)
    before = numbers(tmp_path, "r-1")
    assert tidied(tmp_path) == (5, 0)
    assert numbers(tmp_path, "r-1") == before == [*np.arange(0, 5, 0.5), 200, 200.5]
    assert numbers(tmp_path, "r-2") == [100, 100.5]
    assert len(captured(tmp_path)) == 3
    merged = captured(tmp_path, "r-1")[0]
    assert read_facts(str(merged)) == {"release": "r-1", "outputs": '{"prediction":"it\'s"}'}
    assert merged.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert tidied(tmp_path) == (0, 0), "done is done"


def test_that_a_file_that_comes_late_joins_its_day(tmp_path):
    day = TODAY - timedelta(days=2)
    for number in (0, 1):
        put(tmp_path, day + timedelta(hours=number), number)
    tidied(tmp_path)
    put(tmp_path, day + timedelta(minutes=30), 7)
    assert tidied(tmp_path) == (2, 0)
    assert sorted(numbers(tmp_path)) == [0, 0.5, 1, 1.5, 7, 7.5]
    assert captured_at(captured(tmp_path)[0]) == ("r_1", day)


def test_that_the_present_day_is_left_alone(tmp_path):
    for number in (0, 1):
        put(tmp_path, NOW - timedelta(seconds=number), number)
    assert tidied(tmp_path) == (0, 0)


def test_that_what_is_older_than_is_kept_goes_and_nothing_younger(tmp_path):
    edge = NOW - timedelta(days=10)
    for number, days in enumerate((9, 10, 11, 12, 40)):
        put(tmp_path, TODAY - timedelta(days=days), number)
    tidied(tmp_path, keep_days=10)
    kept = {captured_at(path)[1] for path in captured(tmp_path)}
    assert {TODAY - timedelta(days=days) for days in (9, 10)} <= kept, "a row of that day may be younger"
    assert not {at for at in kept if at + timedelta(days=1, hours=1) <= edge}
    assert 3 not in numbers(tmp_path)
    assert 4 not in numbers(tmp_path)


@pytest.mark.parametrize("keep_days", [0, -5])
def test_that_no_keep_time_is_under_a_day(tmp_path, keep_days):
    put(tmp_path, NOW - timedelta(hours=2), 1)
    tidied(tmp_path, keep_days)
    assert numbers(tmp_path) == [1, 1.5]


def test_that_unfinished_files_of_the_past_are_cleared_away(tmp_path):
    old, fresh = tmp_path / "captured-r-1.tmp", tmp_path / "captured-r-2.tmp"
    for each in (old, fresh):
        each.write_bytes(b"rows of people")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    tidied(tmp_path)
    assert not old.exists()
    assert fresh.exists(), "somebody may be writing it"


def test_that_a_day_with_a_damaged_file_stays_as_it_is(tmp_path):
    put(tmp_path, TODAY - timedelta(days=2), 0)
    broken = put(tmp_path, TODAY - timedelta(days=2, minutes=-1), 1)
    broken.write_bytes(broken.read_bytes()[:-20])
    for number in (2, 3):
        put(tmp_path, TODAY - timedelta(days=3, minutes=-number), number)
    assert tidied(tmp_path) == (2, 0)
    assert len(captured(tmp_path)) == 3
    assert not list(tmp_path.glob("*.tmp"))
    with pytest.raises(DeskError) as caught:
        gather(GatherJob(folder=str(tmp_path), release="r-1", target=str(tmp_path / "all")), silent)
    assert caught.value.code == "DATA-410"


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


@pytest.fixture
def step(monkeypatch) -> Iterator[dict[str, int]]:
    """End the work at a step of it that touches the disk: ``at`` -1 counts only."""
    counted = {"seen": 0, "at": -1}

    def stepping(real: Any) -> Any:
        def one(*given: Any, **named: Any) -> Any:
            counted["seen"] += 1
            if counted["seen"] == counted["at"]:
                raise Killed
            return real(*given, **named)

        return one

    for name in ("replace", "unlink", "write_bytes"):
        monkeypatch.setattr(Path, name, stepping(getattr(Path, name)))
    monkeypatch.setattr(captures, "join_rows", stepping(join_rows))
    monkeypatch.setattr(os, "fsync", stepping(os.fsync))
    yield counted
    counted["at"] = -1


def test_that_a_kill_at_any_step_loses_no_row_and_counts_none_twice(tmp_path, step):
    """Each step of the work is its last once; a reader then, and the next tidying, find every row once."""

    def filled(name: str) -> Path:
        folder: Path = tmp_path / name
        folder.mkdir()
        for number in range(3):
            put(folder, TODAY - timedelta(days=2, minutes=-number), number)
        put(folder, TODAY - timedelta(days=200), 99)
        step.update(seen=0)
        return folder

    tidied(filled("whole"))
    steps = step["seen"]
    assert steps > 8
    for last in range(1, steps + 1):
        folder = filled(f"killed-{last}")
        step.update(at=last)
        with pytest.raises(Killed):
            tidied(folder)
        step.update(at=-1)
        expected = [0, 0.5, 1, 1.5, 2, 2.5]
        assert [n for n in numbers(folder) if n < 99] == expected, f"after step {last}"
        tidied(folder)
        assert numbers(folder) == expected, f"after step {last} and tidying again"
        assert len(list(folder.glob("captured-*.parquet"))) == 1, f"after step {last} and tidying again"
        assert not list(folder.glob("merging-*.json"))


def test_that_another_one_may_capture_and_gather_meanwhile(tmp_path):
    stop = threading.Event()
    made: list[int] = []
    troubles: list[Exception] = []

    def keep_capturing() -> None:
        while not stop.is_set() and len(made) < 25:
            made.append(len(made))
            put(tmp_path, TODAY - timedelta(days=1 + len(made) % 3, seconds=-len(made)), made[-1])

    def keep_gathering() -> None:
        while not stop.is_set():
            try:
                gather(GatherJob(folder=str(tmp_path), release="r-1", target=str(tmp_path / "all")), silent)
            except Exception as error:  # noqa: BLE001 - told to the test
                troubles.append(error)

    threads = [threading.Thread(target=each) for each in (keep_capturing, keep_gathering)]
    for each in threads:
        each.start()
    while threads[0].is_alive():
        tidied(tmp_path)
    stop.set()
    for each in threads:
        each.join()
    assert troubles == []
    assert sorted(numbers(tmp_path)) == sorted(n + half for n in made for half in (0, 0.5))
    got = gather(GatherJob(folder=str(tmp_path), release="r-1", target=str(tmp_path / "all")), silent)
    assert got.rows == 2 * len(made)


def test_that_a_folder_that_is_not_there_is_no_error(tmp_path):
    assert tidied(tmp_path / "none") == (0, 0)
    job = GatherJob(folder=str(tmp_path / "none"), release="r-1", target=str(tmp_path / "all"))
    assert gather(job, silent).rows == 0
    assert not (tmp_path / "none").exists()

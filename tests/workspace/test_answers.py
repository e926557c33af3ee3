"""Answers that last: never one that the rows no longer give, and none computed twice for the same rows."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.assets import build
from mlops_desk.kernel.card import Viewer
from mlops_desk.kernel.rows import Rows, lasting
from mlops_desk.projection import answers
from mlops_desk.workspace import Workspace, homes
from mlops_desk.workspace.status import standing

asked: list[str] = []


@lasting
def counted(rows: Rows, why: str = "") -> int:
    asked.append(why)
    return len(rows.find(RULES.nouns["kpi"]))


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


def add_kpi(desk: Workspace, name: str) -> None:
    desk.do(RULES.act("kpi.add", name=name, better="down", baseline=95.0, target=40.0))


@lasting
def slow(rows: Rows) -> int:
    time.sleep(0.05)
    return int(rows.ask(counted, "slow"))


def test_that_two_who_ask_at_once_wait_for_one_answer(desk: Workspace) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _number: desk.ask(slow), range(4)))
    assert (found, asked) == ([0] * 4, ["slow"])


def test_that_a_lasting_question_is_computed_once_for_the_same_rows(desk: Workspace) -> None:
    assert [desk.ask(counted), desk.ask(counted)] == [0, 0]
    assert len(asked) == 1
    desk.ask(counted, "otherwise")
    assert len(asked) == 2


def test_that_an_act_ends_what_was_known(desk: Workspace) -> None:
    assert desk.ask(counted) == 0
    add_kpi(desk, "Time")
    assert desk.ask(counted) == 1


def test_that_the_next_process_finds_the_answer_of_the_last(desk: Workspace) -> None:
    add_kpi(desk, "Time")
    desk.ask(counted)
    desk.close()
    with Workspace(desk.project.folder) as again:
        assert again.ask(counted) == 1
        assert len(asked) == 1
        add_kpi(again, "Cost")
        assert again.ask(counted) == 2
    with Workspace(desk.project.folder) as later:
        assert later.ask(counted) == 2


def test_that_two_questions_are_stored_beside_each_other(desk: Workspace) -> None:
    desk.ask(counted, "one")
    desk.close()
    with Workspace(desk.project.folder) as again:
        again.ask(counted, "other")
    with Workspace(desk.project.folder) as later:
        later.ask(counted, "one")
        later.ask(counted, "other")
    assert asked == ["one", "other"]


def test_that_an_answer_of_yesterday_is_computed_again(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.ask(counted)
    monkeypatch.setattr(answers, "today", lambda: date(2040, 1, 1))
    desk.ask(counted)
    assert len(asked) == 2


def test_that_what_another_process_wrote_ends_what_was_known(desk: Workspace) -> None:
    assert desk.ask(counted) == 0
    with Workspace(desk.project.folder) as other:
        add_kpi(other, "Time")
    desk.refresh()
    assert desk.ask(counted) == 1


def test_that_a_store_made_again_keeps_no_answer(desk: Workspace) -> None:
    desk.ask(counted)
    desk.rebuild()
    desk.ask(counted)
    assert len(asked) == 2


def test_that_a_stored_answer_is_the_computed_one(desk: Workspace) -> None:
    add_kpi(desk, "Time")
    desk.do(RecordCheckIn(kpi="Time", value=90.0))
    who = (Viewer("data-scientist", desk.member.id if desk.member else ""), tuple(homes.CARDS))
    computed = desk.ask(standing), desk.ask(homes.home, *who)
    desk.close()
    with Workspace(desk.project.folder) as again:
        assert (again.ask(standing), again.ask(homes.home, *who)) == computed


def test_that_every_face_takes_itself_for_the_same_code(home: Path) -> None:
    show = "from mlops_desk.kernel.assets import build; print(build())"
    lines = [show, f"import mlops_desk.cli.main; {show}", f"import mlops_desk.workspace; {show}"]
    said = {subprocess.run([sys.executable, "-c", line], capture_output=True, check=True).stdout for line in lines}
    assert said == {f"{build()}\n".encode()}

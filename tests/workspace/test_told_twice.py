"""A fact told twice under one id is named wherever lines are judged: by whom, where, which, and what to do."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import CheckIn, RecordCheckIn
from mlops_desk.areas.team.device import AcceptLate, RemoveMember
from mlops_desk.areas.team.member import Admit
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.here import Here
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.intake import Intake
from mlops_desk.workspace.trail import Wanted, offered, trail

DAY = date(2026, 3, 1)


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Let Ana found a project and admit Ben; she says how a KPI stands."""
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana Lima", ["data-scientist"]), is_sample=True)
    join(made, Founder.parse("Ben Ode", ["data-scientist"]))
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(Admit(request="Ben Ode"))
        ana.do(RULES.act("kpi.add", name="Time"))
        ana.do(RecordCheckIn(kpi="Time", value=50.5, on=DAY))
    return made.folder


def told(desk: Workspace) -> tuple[str, float]:
    [fact] = desk.ask(lambda rows: rows.find(CheckIn))
    return fact.id, fact.value


def tell(folder: Path, me: str, id_: str, value: float) -> None:
    """Let a changed program record a value under an id of its choice."""
    with pytest.MonkeyPatch.context() as patch, Workspace(folder, me=me) as desk:
        patch.setattr(Here, "new_id", lambda _here: id_)
        desk.do(RecordCheckIn(kpi="Time", value=value, on=DAY))


def twice(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.code == "told-twice"]


def test_that_who_tells_the_fact_of_another_again_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Workspace(folder, me="Ana") as ana:
        fact = told(ana)
    tell(folder, "Ben", fact[0], 9.5)
    with Workspace(folder, me="Ana") as ana:
        assert told(ana) == fact, "what Ana wrote counts"
        [newest, *_others] = ana.ask(trail)
        [finding] = twice(ana.findings())
        assert (finding.line, finding.author, finding.grave) == (newest.line, _member(ana, "Ben Ode"), True)
        assert (
            finding.sentence == f"tells check-in {fact[0]} again, which Ana Lima had told; what Ana Lima wrote counts"
        )
        [checked] = twice(list(ana.verify().findings))
        assert checked.place.startswith("own/") or checked.place.startswith("journals/")
        assert (checked.sentence, checked.line, checked.author) == (finding.sentence, finding.line, finding.author)
        assert (newest.verdict, newest.finding, newest.reason) == ("ok", "told-twice", finding.sentence)
        assert "Ask its author" in newest.remedy
        assert [each.line for each in ana.ask(trail, Wanted(verdict="told-twice"))] == [newest.line]
        assert "told-twice" in ana.ask(offered).verdicts
    capsys.readouterr()
    assert run(["verify", "--project", str(folder), "--json"]) == 1
    [shown] = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == "told-twice"]
    assert shown["line"] == newest.line
    assert run(["trail", "--project", str(folder)]) == 0
    assert f"{newest.line[:8]}  told-twice: tells check-in" in capsys.readouterr().out


def _member(desk: Workspace, name: str) -> str:
    return next(each.id for each in desk.team.now.members.values() if each.name == name)


def test_that_saying_the_same_again_and_putting_back_what_was_lost_is_no_finding(folder: Path) -> None:
    with Workspace(folder, me="Ana") as ana:
        fact = told(ana)
    tell(folder, "Ana", *fact)
    with Workspace(folder, me="Ana") as ana:
        path = next(path for path in ana.project.journals.rglob("*.jsonl") if path.parent.name == ana.device)
        path.with_name("000007.jsonl").write_bytes(path.read_bytes())  # the same bytes once more
        ana.refresh()
        assert ana.findings() == []
        assert ana.verify().is_sound
        assert told(ana) == fact
    tell(folder, "Ana", fact[0], 1.5)
    with Workspace(folder, me="Ben") as ben:
        assert len(twice(ben.findings())) == len(twice(list(ben.verify().findings))) == 1, "she contradicts herself"
        assert told(ben) == fact


def test_that_what_does_not_count_tells_nothing_until_it_counts(folder: Path) -> None:
    with Workspace(folder, me="Ana") as ana, Workspace(folder, me="Ben") as ben:
        fact = told(ana)
        ana.do(RemoveMember(member="Ben Ode", reason="left"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Here, "new_id", lambda _here: fact[0])
            patch.setattr(Intake, "refresh", lambda _intake: Changes())  # he does not know of it
            ben.do(RecordCheckIn(kpi="Time", value=9.5, on=DAY))
        ben.publish()
        ana.refresh()
        assert [each.code for each in ana.findings()] == ["late"]
        ana.do(AcceptLate(device=ben.device))
        assert [each.code for each in ana.findings()] == ["told-twice"]
        assert len(twice(list(ana.verify().findings))) == 1
        ana.rebuild()
        assert [each.code for each in ana.findings()] == ["told-twice"]


def test_that_any_order_of_arrival_gives_the_same_findings(folder: Path, tmp_path: Path) -> None:
    with Workspace(folder, me="Ana") as ana:
        fact = told(ana)
    for who, value in (("Ben", 9.5), ("Ana", 3.5), ("Ben", 9.5)):
        tell(folder, who, fact[0], value)
    with Workspace(folder, me="Ana") as ana:
        expected = _named(ana)
        assert len(expected) == 3
    lines = [
        (path.parent.name, line)
        for path in (folder / "journals").rglob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    for seed in range(3):
        random.Random(seed).shuffle(lines)
        target = tmp_path / f"r{seed}"
        target.mkdir()
        shutil.copy(folder / "desk.toml", target)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLOPS_DESK_HOME", str(tmp_path / f"h{seed}"))
            with Workspace(target) as desk:
                for number, (device, line) in enumerate(lines):
                    place = target / "journals" / device / f"{number:06}.jsonl"
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(line + b"\n")
                    desk.refresh()
                assert _named(desk) == expected


def _named(desk: Workspace) -> list[tuple[str, str, str]]:
    found, checked = (
        sorted((each.line, each.author, each.sentence) for each in twice(findings))
        for findings in (desk.findings(), list(desk.verify().findings))
    )
    assert found == checked
    return found

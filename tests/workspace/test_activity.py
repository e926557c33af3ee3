"""The activity feed: what counts, in words, by person, day and thing, and what is new to who looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.areas.team.comment import AddComment, WithdrawComment
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.activity import Happened, activity, looked
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.trail import Wanted


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Return a project in which Ana and Ben, both of this machine, did something."""
    made = found(tmp_path / "team", "Loan", "", Founder.parse("Ana Lima", ["data-scientist"]), is_sample=True)
    join(made, Founder.parse("Ben Ode", ["ml-engineer"]))
    with Workspace(made.folder, me="Ana") as desk:
        desk.do(RULES.act("roster.admit", request="Ben Ode"))
        desk.do(RULES.act("kpi.add", name="Time", unit="min"))
        desk.do(RULES.act("kpi.add", name="Other", unit="min"))
        desk.do(RecordCheckIn(kpi="Time", value=3.0))
    with Workspace(made.folder, me="Ben") as desk:
        said = desk.do(AddComment(subject="kpi/Time", text="so?")).id
        desk.do(WithdrawComment(comment=said))
    return made.folder


def told(folder: Path, wanted: Wanted = Wanted(), name: str = "Ana", *, is_new_only: bool = False) -> list[Happened]:  # noqa: B008
    with Workspace(folder, me=name) as desk:
        return desk.ask(activity, wanted, is_new_only=is_new_only)


def test_that_everything_is_told_in_words_newest_first(folder: Path) -> None:
    sentences = [each.sentence for each in told(folder)]
    assert sentences[:4] == ["Withdraw comment: Time", "Add comment: Time", "Time: 3 checked in", "Add KPI: Other"]
    assert "Ben Ode joined" in sentences


def test_that_it_narrows_by_person_and_thing(folder: Path) -> None:
    about = [each.sentence for each in told(folder, Wanted(about="kpi/Time"))]
    assert about == ["Withdraw comment: Time", "Add comment: Time", "Time: 3 checked in", "Add KPI: Time"]
    assert {each.who for each in told(folder, Wanted(by="Ben", about="kpi/Time"))} == {"Ben Ode"}
    with pytest.raises(DeskError, match="Nothing here is called"):
        told(folder, Wanted(about="nothing"))


def test_that_new_is_what_came_from_others_since_the_person_looked(folder: Path) -> None:
    assert told(folder, is_new_only=True) == [], "nothing is new to who looks for the first time"
    with Workspace(folder, me="Ana") as desk:
        desk.ask(looked)
        desk.do(RecordCheckIn(kpi="Time", value=4.0))
    with Workspace(folder, me="Ben") as desk:
        desk.do(RecordCheckIn(kpi="Other", value=5.0))
    assert [each.sentence for each in told(folder, is_new_only=True)] == ["Other: 5 checked in"]


def test_that_the_command_marks_what_is_new_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--project", str(folder), "--me", "Ana"]
    assert run(["activity", *here]) == 0
    with Workspace(folder, me="Ben") as desk:
        desk.do(RecordCheckIn(kpi="Other", value=5.0))
    capsys.readouterr()
    assert run(["activity", "--new", "--json", *here]) == 0
    assert [each["is_new"] for each in json.loads(capsys.readouterr().out)] == [True]
    assert run(["activity", "--since", "2020-01-01", *here]) == 0
    printed = capsys.readouterr().out
    assert printed.count("●") == 2
    assert "Ben Ode  Other: 5 checked in" in printed
    assert run(["activity", "--new", *here]) == 0
    assert run(["activity", "--new", *here]) == 0
    assert capsys.readouterr().out.endswith("Nothing happened.\n")
    assert run(["activity", "--since", "2020-13-01", *here]) == 2
    assert run(["activity", "--since", "2999-01-01", *here]) == 0
    assert capsys.readouterr().out == "Nothing happened.\n"


def test_that_each_seat_of_a_sample_remembers_for_itself(folder: Path) -> None:
    for name in ("Ana", "Ben"):
        with Workspace(folder, me=name) as desk:
            desk.ask(looked)
    with Workspace(folder, me="Ana") as desk:
        desk.do(RecordCheckIn(kpi="Time", value=5.0))
        desk.ask(looked)
    assert [each.sentence for each in told(folder, name="Ben", is_new_only=True)] == ["Time: 5 checked in"]
    with Workspace(folder, me="Ben") as desk:
        desk.do(RecordCheckIn(kpi="Time", value=6.0))
        desk.ask(looked)
    assert told(folder, name="Ben", is_new_only=True) == []
    assert [each.sentence for each in told(folder, is_new_only=True)] == ["Time: 6 checked in"]

"""Leaving: members removed, machines retired, late entries accepted, and what a newcomer wrote before joining."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.team.device import Device
from mlops_desk.areas.team.queries import device_rows, members, open_requests
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.journal.files import OwnJournal
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Founder, Workspace
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.reading import Batch
from mlops_desk.workspace.trail import trail
from tests.areas.conftest import Say
from tests.areas.facts import do


def kpis(desk: Workspace) -> list[str]:
    return sorted(each.name for each in desk.ask(lambda rows: rows.find(Kpi)))


def offline(team, who: str) -> Workspace:
    """Return the desk of somebody who does not see what the others do now."""
    desk: Workspace = team[who]
    desk._intake._reading.new = Batch  # type: ignore[method-assign]
    return desk


def device_of(desk: Workspace, name: str) -> str:
    [member] = [each.id for each in desk.ask(members) if each.name == name]
    return desk.ask(lambda rows: [each.id for each in rows.find(Device, "member = ?", member, order="since")])[0]


def test_that_a_removed_member_who_goes_on_writing_is_set_aside_and_can_be_accepted(team, say: Say) -> None:
    do(team["Ben"], "kpi.add", name="Before")
    apart = offline(team, "Ben")
    said = say("Ana", "team", "remove", "Ben", "--reason", "left for another team")
    assert "Everything up to #2 stays; later entries will be set aside." in said
    do(apart, "kpi.add", name="After")
    apart.publish()
    assert kpis(team["Mira"]) == ["Before"]
    late = [each for each in team["Mira"].ask(trail) if each.verdict == "late"]
    assert [(each.who, each.reason) for each in late] == [("Ben", "written after its author's rights had ended")]
    rows = json.loads(say("Mira", "team", "device", "list", "--json"))
    assert [each["set_aside"] for each in rows if each["member"] == "Ben"] == [1]
    say("Ana", "team", "accept-late", device_of(team["Ana"], "Ben"))
    assert kpis(team["Mira"]) == ["After", "Before"]
    assert "came late" in say("Ana", "team", "accept-late", device_of(team["Ana"], "Ben"), code=1)
    assert "removed already" in say("Ana", "team", "remove", "Ben", "--reason", "again", code=1)
    assert {each.name: each.state.word for each in team["Mira"].ask(members)}["Ben"] == "Left"


def test_that_a_stolen_machine_is_retired_from_an_entry_on_and_says_what_is_withdrawn(team, say: Say) -> None:
    do(team["Ben"], "kpi.add", name="Mine")
    stolen = team["Ben"].do(_add("Theirs"))
    do(team["Ben"], "kpi.add", name="Theirs too")
    device = device_of(team["Ana"], "Ben")
    said = say(
        "Ana", "team", "device", "retire", device, "--reason", "stolen since Tuesday", "--from-entry", stolen.line[:12]
    )
    assert "Everything up to #2 stays" in said
    assert "2 entries are withdrawn: 2 kpi.add." in said
    assert kpis(team["Mira"]) == ["Mine"]
    assert "no entry of this machine" in say(
        "Ana", "team", "accept-late", device, "--upto", team["Ana"].project.id[:12], code=1
    )
    say("Ana", "team", "accept-late", device, "--upto", stolen.line)
    assert kpis(team["Mira"]) == ["Mine", "Theirs"]
    with pytest.raises(DeskError, match="its machine was retired"):
        team["Ben"].do(_add("More"))
    assert kpis(team["Mira"]) == ["Mine", "Theirs"]


def test_that_a_member_who_lost_all_machines_goes_on_with_a_new_one(team, say: Say) -> None:
    do(team["Ben"], "kpi.add", name="Mine")
    old = device_of(team["Ana"], "Ben")
    new = join(team["Ana"].project, Founder.parse("Ben again", ["ml-engineer"]))
    [request] = team["Ana"].ask(open_requests)
    said = say("Ana", "team", "device", "admit", request.id, "--member", "Ben")
    assert "Its words:" in said
    assert "retire" in said
    assert team["Ana"].ask(open_requests) == [], "who was admitted as a machine asks no more"
    assert len(team["Ana"].ask(members)) == 3
    say("Ana", "team", "device", "retire", old, "--reason", "lost")
    states = {each.id: each.state.word for each in team["Ana"].ask(device_rows) if each.member == "Ben"}
    assert states == {old: "Retired", new: "In use"}
    assert kpis(team["Mira"]) == ["Mine"]
    assert "already" in say("Ana", "team", "device", "admit", request.id, "--member", "Ben", code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("team", "remove", "Mira", "--reason", "x"),
        ("team", "device", "retire", "@Mira", "--reason", "x"),
        ("team", "confirm-fork", "@Mira"),
    ],
)
def test_that_only_owners_end_rights(team, say: Say, words: tuple[str, ...]) -> None:
    typed = [device_of(team["Ana"], word[1:]) if word.startswith("@") else word for word in words]
    assert say("Ben", *typed, code=1)
    assert all(each.state.word == "Member" for each in team["Ana"].ask(members))


def test_that_the_only_owner_stays_and_anybody_may_retire_their_own_machine(team, say: Say) -> None:
    assert "only owner" in say("Ana", "team", "remove", "Ana", "--reason", "tired", code=1)
    said = say("Ben", "team", "device", "retire", device_of(team["Ben"], "Ben"), "--reason", "sold")
    assert said.startswith("Retired the machine, for ever.")
    assert [each.state.word for each in team["Ana"].ask(device_rows) if each.member == "Ben"] == ["Retired"]


def test_that_approvals_of_a_copied_machine_are_held_until_an_owner_confirms_a_branch(team, say: Say) -> None:
    ben = device_of(team["Ana"], "Ben")
    ana = device_of(team["Ana"], "Ana")
    assert "not used in two places" in say("Ana", "team", "confirm-fork", ben, code=1)
    branches = _fork(team, "Ben")
    said = say("Ana", "team", "confirm-fork", ben, code=1)
    assert all(end[:8] in said for end in branches)
    say("Ana", "team", "confirm-fork", ben, "--keep", branches[0])
    assert [each.state.word for each in team["Ana"].ask(device_rows) if each.id == ben] == ["Used in two places"]
    assert ana != ben


def _fork(team, who: str) -> list[str]:
    """Let two copies of a machine write apart; returns the ends of both branches."""
    desk = team[who]
    own: OwnJournal = desk._own
    [segment] = own.segments()
    before = segment.read_bytes()
    first = desk.do(_add("One")).line
    other = segment.read_bytes()
    segment.write_bytes(before)
    own._head.unlink()
    with Workspace(team.folder, me=who) as copy:
        copy._intake._forks = {}
        second = copy.do(_add("Two")).line
        copy.publish()
    place = team.folder / "journals" / own.device / "000002.jsonl"
    place.write_bytes(other[len(before) :])
    return [first, second]


def _add(name: str) -> Any:
    return RULES.act("kpi.add", name=name)


def test_that_what_a_newcomer_writes_before_joining_is_kept_and_never_counts(
    desk: Workspace, folder: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva"))
    join(desk.project, Founder.parse("Eva Roth", ["domain-expert"]))
    with Workspace(folder) as eva:
        said = eva.do(_add("Early")).said
        assert said.startswith("Kept as written before joining")
        assert kpis(eva) == []
        eva.publish()
    monkeypatch.setenv("MLOPS_DESK_HOME", str(home))
    assert run(["team", "admit", "Eva Roth", "--project", str(folder)]) == 0
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva"))
    capsys.readouterr()
    assert run(["trail", "--json", "--project", str(folder)]) == 0
    rows = json.loads(capsys.readouterr().out)
    early = [each for each in rows if each["kind"] == "kpi.add"]
    assert [(each["who"], each["verdict"], each["reason"]) for each in early] == [
        ("Eva Roth", "no-role", "written before joining")
    ]
    assert run(["kpi", "add", "--name", "Now", "--project", str(folder)]) == 0
    desk.refresh()
    assert kpis(desk) == ["Now"]
    assert run(["verify", "--project", str(folder)]) == 0, "a note, no damage"

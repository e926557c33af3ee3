"""Members as a team lives them: founding, asking to join, being admitted, changing roles, acting in one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import CheckIn, RecordCheckIn
from mlops_desk.areas.team.member import Admit, ChangeRoles
from mlops_desk.areas.team.queries import marks, members, names, needs, open_requests, project
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from tests.areas.facts import EVER, do

NEWCOMER = Founder.parse("Eva Roth <eva@example.org>", ["domain-expert"])


@pytest.mark.parametrize("text", ["", "  ", "<ana@example.org>", "Ana <no address>", "A" * 101])
def test_that_a_founder_has_a_name_and_at_most_one_address(text: str) -> None:
    with pytest.raises(DeskError) as refused:
        Founder.parse(text, ["data-scientist"])
    assert refused.value.code == "TEAM-101"


@pytest.mark.parametrize("roles", [[], ["observer"], ["owner"], ["king"]])
def test_that_a_founder_holds_one_of_the_eight_roles(roles: list[str]) -> None:
    with pytest.raises(DeskError) as refused:
        Founder.parse("Ana", roles)
    assert refused.value.code == "TEAM-102"


def test_that_the_founder_owns_what_they_founded_and_a_folder_holds_one_project(desk, folder: Path) -> None:
    made = desk.ask(project)
    [row] = desk.ask(members)
    assert (made.name, made.purpose, made.founder) == ("Loan risk", "Decide fairly in an hour.", row.id)
    assert made.id == desk.project.id
    assert (row.name, row.mail) == ("Ana Lima", "ana@example.org")
    assert set(row.roles) == {"owner", "data-scientist", "ai-architect"}
    with pytest.raises(DeskError, match="a project in") as refused:
        found(folder, "Another", "", NEWCOMER)
    assert refused.value.code == "PROJ-104"
    assert desk.ask(project).name == "Loan risk"


# --- joining -----------------------------------------------------------------------------------


def test_that_a_request_waits_for_an_owner_and_admission_ends_it(desk) -> None:
    join(desk.project, NEWCOMER, "I know the branches.")
    desk.refresh()
    [request] = desk.ask(open_requests)
    assert (request.name, request.message, request.roles) == ("Eva Roth", "I know the branches.", ("domain-expert",))
    [need] = desk.ask(needs)
    assert (need.sentence, need.roles, need.id) == ("Eva Roth asks to join.", ("owner",), request.id)
    assert len(desk.ask(members)) == 1, "who asks is no member"
    do(desk, Admit(request="Eva Roth"))
    assert desk.ask(open_requests) == []
    assert desk.ask(needs) == []
    assert desk.ask(names)[request.member] == "Eva Roth"
    assert [each.sentence for each in desk.ask(marks, EVER)] == ["Ana Lima joined", "Eva Roth joined"]
    with pytest.raises(DeskError, match="is a member already") as refused:
        do(desk, Admit(request=request.id))
    assert refused.value.code == "TEAM-104"


def test_that_an_owner_may_grant_other_roles_than_were_wished_for_but_only_such_as_exist(desk) -> None:
    join(desk.project, NEWCOMER)
    desk.refresh()
    with pytest.raises(DeskError, match="no role “king”") as refused:
        do(desk, Admit(request="Eva Roth", roles=("king",)))
    assert refused.value.code == "TEAM-103"
    do(desk, Admit(request="Eva Roth", roles=("data-engineer", "data-engineer")))
    assert {each.name: each.roles for each in desk.ask(members)}["Eva Roth"] == ("data-engineer",)


def test_that_only_an_owner_admits(team) -> None:
    join(team["Ben"].project, NEWCOMER)
    lines = team["Ben"].verify().lines
    with pytest.raises(DeskError) as refused:
        do(team["Ben"], Admit(request="Eva Roth"))
    assert refused.value.code == "TEAM-120"
    assert team["Ben"].verify().lines == lines
    assert [each.name for each in team["Ana"].ask(open_requests)] == ["Eva Roth"]


# --- roles -------------------------------------------------------------------------------------


def test_that_changed_roles_hold_from_then_on(team) -> None:
    do(team["Ana"], "kpi.add", name="Time", target=1.0)
    do(team["Ben"], RecordCheckIn(kpi="Time", value=1.0), "ml-engineer")
    do(team["Ana"], ChangeRoles(member="Ben", roles=("observer",)))
    assert team["Ben"].roles == ("observer",)
    with pytest.raises(DeskError, match="role observer may not write") as refused:
        do(team["Ben"], RecordCheckIn(kpi="Time", value=2.0))
    assert refused.value.code == "TEAM-120"
    with pytest.raises(DeskError) as refused:
        do(team["Ben"], RecordCheckIn(kpi="Time", value=2.0), "observer")
    assert refused.value.code == "TEAM-120"
    assert [each.value for each in team["Mira"].ask(lambda rows: rows.find(CheckIn))] == [1.0], "the past counts"
    do(team["Ana"], ChangeRoles(member="Ben", roles=("domain-expert",)))
    do(team["Ben"], RecordCheckIn(kpi="Time", value=3.0), "domain-expert")
    assert len(team["Mira"].ask(lambda rows: rows.find(CheckIn))) == 2


@pytest.mark.parametrize(("roles", "code"), [((), "TEAM-103"), (("king",), "TEAM-103"), (("owner",), "TEAM-105")])
def test_that_roles_that_cannot_be_held_are_refused(team, roles, code) -> None:
    with pytest.raises(DeskError) as refused:
        do(team["Ana"], ChangeRoles(member="Ben", roles=roles))
    assert refused.value.code == code
    assert {each.name: len(each.roles) for each in team["Ana"].ask(members)}["Ben"] == 3


def test_that_only_an_owner_changes_roles(team) -> None:
    with pytest.raises(DeskError) as refused:
        do(team["Mira"], ChangeRoles(member="Mira", roles=("owner", "ai-ethics")))
    assert refused.value.code == "TEAM-120"
    assert "owner" not in {each.name: each.roles for each in team["Ana"].ask(members)}["Mira"]


# --- the acting role ---------------------------------------------------------------------------


def test_that_a_fact_carries_the_role_its_author_acted_in(desk) -> None:
    do(desk, "kpi.add", name="Time", target=1.0)
    for role in ("ai-architect", "data-scientist"):
        do(desk, RecordCheckIn(kpi="Time", value=1.0), role)
    assert [each.recorded_as for each in desk.ask(lambda rows: rows.find(CheckIn))] == [
        "ai-architect",
        "data-scientist",
    ]


def test_that_a_role_is_remembered_if_it_was_chosen_and_still_held(desk, folder: Path) -> None:
    desk.act_as("ai-architect")
    desk.act_as("owner", remember=False)
    with Workspace(folder) as again:
        assert again.acting == "ai-architect"
    with Workspace(folder, acting="data-scientist") as again:
        assert again.acting == "data-scientist"
    do(desk, ChangeRoles(member="Ana Lima", roles=("owner", "ml-engineer")), "data-scientist")
    with Workspace(folder) as again:
        assert again.acting == "ml-engineer", "of the roles that are left a working one"
    with pytest.raises(DeskError, match="do not hold the role AI Architect") as refused:
        Workspace(folder, acting="ai-architect")
    assert refused.value.code == "TEAM-112"


def test_that_sitting_as_another_needs_a_sample_and_an_admitted_member(desk, folder: Path, team) -> None:
    with pytest.raises(DeskError) as refused:
        Workspace(folder, me="Ana Lima")
    assert refused.value.code == "TEAM-110"
    join(team["Ana"].project, NEWCOMER)
    with pytest.raises(DeskError, match="No key of Eva Roth") as refused:
        Workspace(team.folder, me="Eva Roth")
    assert refused.value.code == "TEAM-111"
    do(team["Ana"], Admit(request="Eva Roth"))
    with Workspace(team.folder, me="Eva Roth") as admitted:
        assert admitted.roles == ("domain-expert",)

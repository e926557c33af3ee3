"""Who answers for which stage: one accountable role each, and whether somebody holds it."""

from __future__ import annotations

from mlops_desk.areas.team.member import ChangeRoles
from mlops_desk.areas.team.queries import raci, unfilled_roles
from tests.areas.facts import do


def test_that_a_full_team_answers_for_every_stage(team) -> None:
    rows = team["Ana"].ask(raci)
    assert len(rows) == 7
    assert {each.state.word for each in rows} == {"Filled"}
    assert all("," not in each.accountable for each in rows)
    data = next(each for each in rows if "Data collection" in each.stage)
    assert (data.accountable, data.responsible) == ("DE", "DE, DX")
    assert "ARC" in data.consulted
    assert "MLE" in data.informed
    assert team["Ana"].ask(unfilled_roles) == []


def test_that_a_stage_whose_role_nobody_holds_is_named(team) -> None:
    do(team["Ana"], ChangeRoles(member="Ben", roles=("ml-engineer",)))
    states = {each.accountable: each.state for each in team["Ana"].ask(raci)}
    assert (states["DE"].level, states["DE"].word) == ("warn", "Nobody holds DE")
    assert states["MLE"].level == "ok"
    assert team["Ana"].ask(unfilled_roles) == ["Data Engineer", "Domain Expert"]


def test_that_one_person_alone_leaves_roles_open(desk) -> None:
    missing = {each.accountable for each in desk.ask(raci) if each.state.level == "warn"}
    assert missing == {"DE", "MLE", "ETH"}
    assert len(desk.ask(unfilled_roles)) == 6

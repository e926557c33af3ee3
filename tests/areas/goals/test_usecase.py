"""Use cases: the law's tiers with dates, the nine screening answers, limits before the first run, and G1 over all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mlops_desk.areas.goals.queries import use_case_details
from mlops_desk.areas.goals.usecase import UseCase, subject, tiers
from mlops_desk.areas.governance.checklist import items, items_of
from mlops_desk.areas.governance.queries import check
from mlops_desk.catalogue import DETAILS
from mlops_desk.cli.main import run
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import own_fields
from mlops_desk.kernel.state import State
from mlops_desk.kernel.subject import cover_hash
from mlops_desk.workspace import Workspace
from tests.areas.facts import Made, do


def state(desk: Workspace, item: str, case: str) -> State:
    return desk.ask(lambda rows: check(rows, items()[item], subject(rows, case), today())).state


def details(desk: Workspace, case: str) -> dict[str, Any]:
    return {each.label: each.value for each in desk.ask(use_case_details, case)}


def test_that_the_tiers_say_what_belongs_to_them_and_from_when(desk: Workspace, capsys) -> None:
    assert {each.id for each in tiers()} == {"minimal", "limited", "high", "prohibited"}
    assert [each.since for each in tiers() if each.id == "high"] == ["2027-12-02", "2028-08-02"]
    assert run(["--project", str(desk.project.folder), "use-case", "tiers"]) == 0
    assert "AI Act 6, Annex III" in capsys.readouterr().out


def test_that_every_item_of_g1_is_computed_or_says_which_record_is_missing(desk: Workspace) -> None:
    case = do(desk, "use-case.add", name="Loans")
    found = {each.id: state(desk, each.id, case) for each in items_of("G1")}
    assert len(found) == 17
    assert all(each.reason for each in found.values() if each.level != "ok")
    assert sum(each.check is not None for each in items_of("G1")) == 12
    for item in ("UCI-03", "UCI-05", "UCI-10"):
        assert found[item].level == "unknown", "what nobody recorded is no fail: people may still answer it"


def test_that_a_note_a_dated_check_and_nine_answers_settle_their_items(desk: Workspace) -> None:
    case = do(desk, "use-case.add", name="Loans")
    noted: dict[str, Any] = {
        "simpler_ways": "Rules of the branch: AUC 0.61.",
        "screening": "ynnnnnnyn",
        "law_checked_on": today(),
    }
    do(desk, "use-case.edit", id="Loans", **noted)
    assert {state(desk, item, case).level for item in ("UCI-03", "UCI-05", "UCI-10")} == {"ok"}
    told = details(desk, case)
    assert told["Screening"] == "2 of nine are yes: an impact assessment is needed"
    assert told["Held against forbidden practices"] == today()
    do(desk, "use-case.edit", id="Loans", law_checked_on=today() - timedelta(days=366), screening="nnnnnnnnn")
    assert state(desk, "UCI-05", case).level == "bad"
    assert details(desk, case)["Screening"] == "0 of nine are yes: none is needed by them"


def test_that_the_page_of_a_use_case_is_its_canvas_with_what_measures_it_and_its_gate(desk: Workspace) -> None:
    case = do(desk, "use-case.add", name="Loans", problem="Days of waiting.", stop_limits="AUC under 0.7")
    do(desk, "objective.add", name="In one hour", use_case="Loans")
    do(desk, "kpi.add", name="Wait", better="down", target=40.0)
    do(desk, "kpi.add", name="Alien", target=1.0)
    do(desk, "key-result.add", name="To 40", objective="In one hour", kpi="Wait")
    lines = desk.ask(DETAILS["use-case"], case)
    told = {each.label: each.value for each in lines}
    assert (told["Problem"], told["Objective"]) == ("Days of waiting.", "In one hour")
    assert told["KPI: Wait"].word == "Not known", "it is fed by the objective of the use case"
    assert "KPI: Alien" not in told
    assert told["Gate G1"].level != "ok"
    items_told = [each for each in lines if each.label.startswith("UCI-") or each.label.split()[0] in items()]
    assert len(items_told) == 17
    assert told["Items of G1"].endswith("of 17 settled")
    labels = list(told)
    assert labels.index("Problem") < labels.index("Out of scope") < labels.index("Risk tier") < labels.index("Gate G1")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"screening": "yn"}, "GOAL-114"),
        ({"screening": "yyyyyyyyyy"}, "GOAL-114"),
        ({"law_checked_on": today() + timedelta(days=2)}, "GOAL-115"),
    ],
)
def test_that_other_answers_are_refused(desk: Workspace, values: dict[str, Any], code: str) -> None:
    with pytest.raises(DeskError) as refused:
        do(desk, "use-case.add", name="Loans", **values)
    assert refused.value.code == code
    assert refused.value.hint


def test_that_signatures_from_before_hold_until_a_later_field_is_filled(desk: Workspace) -> None:
    case = do(desk, "use-case.add", name="Loans")
    before = desk.ask(subject, case).hash
    row = desk.ask(lambda rows: rows.get(UseCase, case))
    later = ("archived", "simpler_ways", "law_checked_on", "screening")
    known = [(each.name, getattr(row, each.name)) for each in own_fields(UseCase) if each.name not in later]
    assert before == cover_hash([("id", case), *known]), "as it was before these fields were there"
    do(desk, "use-case.edit", id="Loans", screening="nnnnnnnnn")
    assert desk.ask(subject, case).hash != before


def test_that_limits_written_after_the_first_run_are_told(desk: Workspace) -> None:
    case = do(desk, "use-case.add", name="Loans")
    label = "Stop limits before the first run"
    assert details(desk, case)[label].reason == "no limit is written"
    do(desk, "use-case.edit", id="Loans", stop_limits="AUC under 0.75")
    assert details(desk, case)[label] == State("ok", "Pass", "no run yet")
    Made(desk, use_case=case)
    assert details(desk, case)[label] == State("ok", "Pass", "written before credit-1")
    do(desk, "use-case.edit", id="Loans", stop_limits="AUC under 0.70")
    assert details(desk, case)[label] == State("bad", "Fail", "changed after credit-1 was known")

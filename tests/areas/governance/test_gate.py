"""Gates as a team of three lives them: answers, seconds, exceptions, signatures that content overtakes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.answer import AnswerItem, ConfirmAnswers, Confirmation
from mlops_desk.areas.governance.checklist import items
from mlops_desk.areas.governance.exception import AskException, SignException
from mlops_desk.areas.governance.exception import needs as exceptions_waiting
from mlops_desk.areas.governance.gate import AskGate, GateRequest, SignGate, SignOff
from mlops_desk.areas.governance.queries import about, gate_rows, gate_standing, needs, traits_of
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from tests.areas.conftest import ROLES
from tests.areas.facts import Made, Withdraw, do, tell


def as_role(team, role, act):
    name = next(each for each, roles in ROLES.items() if role in roles)
    return do(team[name], act, role)


def standing(team, made, gate="G3"):
    return team["Ana"].ask(lambda rows: gate_standing(rows, gate, about(rows, "model-version", made.model_version)))


@pytest.fixture
def made(team):
    return Made(team["Ana"])


def close(team, made) -> None:
    """Close G3 as honest people do; what the software found failed goes by exceptions."""
    for each in standing(team, made).items:
        if each.is_settled or each.item.severity != "B":
            continue
        if each.verdict.state.level == "bad":
            until = today() + timedelta(days=30)
            ask = AskException(item=each.item.id, subject="credit", reason="r", measure="m", until=until)
            wish = as_role(team, "data-scientist", ask)
            as_role(team, "ai-ethics", SignException(exception=wish))
        else:
            said = AnswerItem(item=each.item.id, subject="credit", choice="yes", gate="G3", evidence="notes")
            as_role(team, each.item.answering_role, said)
    waiting = [each for each in standing(team, made).items if each.answer and not each.is_settled]
    for role in sorted({each.item.confirming_role for each in waiting}):
        with suppress(DeskError):  # who answered in another of their roles cannot confirm; the item stays open
            as_role(team, role, ConfirmAnswers(gate="G3", subject="credit"))
    for each in standing(team, made).open_blocking:
        until = today() + timedelta(days=30)
        ask = AskException(item=each, subject="credit", reason="r", measure="m", until=until)
        as_role(team, "ai-ethics", SignException(exception=as_role(team, "data-scientist", ask)))
    for role in ("data-scientist", "ml-engineer", "ai-ethics", "domain-expert"):
        as_role(team, role, SignGate(gate="G3", subject="credit"))


def test_that_a_gate_closes_and_opens_by_itself_when_the_card_changes(team, made) -> None:
    as_role(team, "data-scientist", AskGate(gate="G3", subject="credit"))
    with pytest.raises(DeskError, match="cannot be approved yet"):
        as_role(team, "data-scientist", SignGate(gate="G3", subject="credit"))
    close(team, made)
    closed = standing(team, made)
    assert closed.is_closed
    assert closed.by_people
    assert closed.exceptions
    do(team["Ana"], "model-card.edit", id="credit", licence="another")
    assert not standing(team, made).is_closed
    assert {each.state.word for each in standing(team, made).signatures} == {"Out of date"}


def test_that_an_answer_against_a_computed_fail_says_that_it_does_not_count(team, made) -> None:
    failed = [each.item for each in standing(team, made).items if each.is_failed]
    assert failed
    said = AnswerItem(item=failed[0].id, subject="credit", choice="yes", gate="G3", evidence="notes")
    name = next(each for each, roles in ROLES.items() if failed[0].answering_role in roles)
    team[name].act_as(failed[0].answering_role, remember=False)
    assert "the answer does not count" in team[name].do(said).said
    agrees = said.but(choice="no", note="it fails")
    assert "does not count" not in team[name].do(agrees).said


def test_that_a_refusal_and_a_withdrawn_signature_open_a_gate_again(team, made) -> None:
    close(team, made)
    with pytest.raises(DeskError, match="needs a reason"):
        as_role(team, "ai-ethics", SignGate(gate="G3", subject="credit", decision="refuse"))
    as_role(team, "ai-ethics", SignGate(gate="G3", subject="credit", decision="refuse", note="stop"))
    assert standing(team, made).state.level == "bad"
    as_role(team, "ai-ethics", SignGate(gate="G3", subject="credit"))
    assert standing(team, made).is_closed
    [mine] = team["Ben"].ask(lambda rows: rows.find(SignOff, "recorded_as = 'ml-engineer'"))
    as_role(team, "ml-engineer", Withdraw(fact=mine))
    assert not standing(team, made).is_closed


def test_that_signing_in_another_role_or_an_own_exception_is_refused(team, made) -> None:
    with pytest.raises(DeskError, match="is signed by"):
        as_role(team, "product-designer", SignGate(gate="G3", subject="credit", decision="refuse", note="x"))
    until = today() + timedelta(days=30)
    wish = AskException(item="BIA-07", subject="credit", reason="r", measure="m", until=until)
    mine = as_role(team, "data-scientist", wish)
    with pytest.raises(DeskError, match="asked for this exception yourself"):
        as_role(team, "data-scientist", SignException(exception=mine))
    with pytest.raises(DeskError, match="acts as AI Ethics"):
        as_role(team, "ml-engineer", SignException(exception=mine))
    with pytest.raises(DeskError, match="ends within 90 days"):
        as_role(team, "data-scientist", wish.but(until=today() + timedelta(days=120)))


def test_that_a_prohibited_use_case_gets_no_exception(team) -> None:
    [case] = tell(team["Ana"], UseCase(name="Score", risk_tier="prohibited", tier_reason="social scoring"))
    Made(team["Ana"], use_case=case)
    until = today() + timedelta(days=30)
    for item, subject in (("UCI-05", "Score"), ("BIA-07", "credit")):
        with pytest.raises(DeskError, match="prohibited"):
            as_role(
                team,
                "data-scientist",
                AskException(item=item, subject=subject, reason="r", measure="m", until=until),
            )


def test_that_a_forged_confirmation_neither_counts_nor_stands_in_the_way(team, made) -> None:
    item = items()["MOD-10"]
    assert (item.answering_role, item.confirming_role) == ("ml-engineer", "data-scientist")
    said = AnswerItem(item="MOD-10", subject="credit", choice="yes", gate="G3", evidence="notes")
    given = as_role(team, "ml-engineer", said)
    tell(team["Ben"], Confirmation(answer=given), role="domain-expert")

    def how() -> str:
        [found] = [each for each in standing(team, made).items if each.item.id == "MOD-10"]
        return str(found.how)

    assert how() == "open"
    as_role(team, "data-scientist", ConfirmAnswers(gate="G3", subject="credit", item="MOD-10"))
    assert how() == "people"


def test_that_personal_data_decides_whatever_the_use_case_says(team) -> None:
    values = {"personal_data": False, "sorts_people": False, "seen_by_people": False, "risk_tier": "minimal"}
    [case] = tell(team["Ana"], UseCase(name="Calm", **values))  # type: ignore[arg-type]
    made = Made(team["Ana"], use_case=case)

    def traits(noun, id_):
        return team["Ana"].ask(lambda rows: traits_of(rows, about(rows, noun, id_)))

    assert traits("use-case", case)["pers"] is False
    assert traits("model-version", made.model_version)["pers"] is True, "unclassified counts as PII"
    assert traits("dataset-version", made.version)["conf+"] is True


def test_that_a_gate_on_a_thing_that_has_not_arrived_is_open_and_breaks_no_page(desk) -> None:
    tell(desk, GateRequest(gate="G3", subject_noun="model-version", subject="0" * 26))
    [row] = desk.ask(gate_rows)
    assert "not here yet" in row.subject
    assert row.state.level != "ok"


def test_that_what_a_gate_waits_for_stands_in_the_inbox_of_each_role(team, made) -> None:
    as_role(team, "data-scientist", AskGate(gate="G3", subject="credit"))
    before = {(each.settle.split()[1], each.roles) for each in team["Ana"].ask(needs)}
    assert {verb for verb, _roles in before} == {"show", "sign"}
    asked = next(
        each.item
        for each in standing(team, made).items
        if each.answer is None
        and not each.is_settled
        and each.item.answering_role == "data-scientist"
        and each.item.confirming_role == "ml-engineer"
        and not each.is_failed
    )
    said = AnswerItem(item=asked.id, subject="credit", choice="yes", gate="G3", evidence="notes")
    as_role(team, asked.answering_role, said)
    after = {(each.settle.split()[1], each.roles) for each in team["Ana"].ask(needs)}
    assert after - before == {("confirm", (asked.confirming_role,))}
    assert all(each.since for each in team["Ana"].ask(needs))


def test_that_a_closed_gate_asks_for_nothing_and_asks_again_once_it_opens(team, made) -> None:
    as_role(team, "data-scientist", AskGate(gate="G3", subject="credit"))
    close(team, made)
    stands = standing(team, made)
    assert stands.is_closed
    assert [each.item.severity for each in stands.items if not each.is_settled], "warnings are open, and hold nothing"
    assert team["Ana"].ask(needs) == []
    do(team["Ana"], "model-card.edit", id="credit", licence="another")
    assert {each.settle.split()[1] for each in team["Ana"].ask(needs)} == {"show", "sign"}


def test_that_an_exception_waits_in_the_inbox_of_who_may_sign_it_second(team, made) -> None:
    ask = AskException(item="BIA-07", subject="credit", reason="r", measure="m", until=today())
    wish = as_role(team, "data-scientist", ask)
    assert [(each.id, each.roles) for each in team["Ana"].ask(exceptions_waiting)] == [(wish, ("ai-ethics",))]
    as_role(team, "ai-ethics", SignException(exception=wish))
    assert team["Ana"].ask(exceptions_waiting) == []
    as_role(team, "ai-ethics", ask)
    assert [each.roles for each in team["Ana"].ask(exceptions_waiting)] == [("data-scientist",)]

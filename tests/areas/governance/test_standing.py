"""How items and gates stand: what the software found, what people said, and lines that were forged past the acts."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from mlops_desk.areas.governance.answer import Answer, Confirmation
from mlops_desk.areas.governance.checklist import gate, items
from mlops_desk.areas.governance.exception import ExceptionSignature, GateException
from mlops_desk.areas.governance.gate import SignOff
from mlops_desk.areas.governance.standing import (
    GateStanding,
    ItemStanding,
    Said,
    applies,
    gate_state,
    item_standing,
    signing_roles,
)
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.state import Verdict, failed, not_known, passed, too_few
from mlops_desk.kernel.subject import Subject

DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTO, PREPARED = items()["BIA-07"], items()["MOD-03"]
CALM = {"cls": False, "user": False, "pers": False, "high": False, "ext": False}
SOFTWARE = {"pass": passed(), "fail": failed("gap"), "not known": not_known(), "too few": too_few()}


def answer(item=AUTO, choice="yes", by="ana", role=None, evidence="notes", id="a1"):  # noqa: A002
    return Answer(
        id=id,
        item=item.id,
        subject_noun="model-version",
        subject="s",
        choice=choice,
        evidence=evidence,
        recorded_by=by,
        recorded_as=item.answering_role if role is None else role,
        recorded_at=NOON,
    )


def confirmation(item=AUTO, by="ben", role=None, *, agrees=True, of="a1"):
    return Confirmation(
        answer=of, agrees=agrees, recorded_by=by, recorded_as=item.confirming_role if role is None else role
    )


def wish(by="ana", role="data-scientist", until=DAY + timedelta(days=90), recorded=NOON, item=AUTO):
    return GateException(
        id="e1",
        item=item.id,
        subject_noun="model-version",
        subject="s",
        reason="r",
        counter_measure="m",
        until=until,
        recorded_by=by,
        recorded_as=role,
        recorded_at=recorded,
    )


def second(by="mira", role="ai-ethics"):
    return ExceptionSignature(exception="e1", recorded_by=by, recorded_as=role)


def said(*facts) -> Said:
    answers, confirmations, exceptions, signatures = (defaultdict(list) for _ in range(4))
    for each in facts:
        if isinstance(each, Answer):
            answers[each.item].append(each)
        elif isinstance(each, Confirmation):
            confirmations[each.answer].append(each)
        elif isinstance(each, GateException):
            exceptions[each.item].append(each)
        else:
            signatures[each.exception].append(each)
    return Said(answers, confirmations, exceptions, signatures)


def how(verdict: Verdict, *facts, item=AUTO, traits=None, day=DAY) -> str:
    return item_standing(item, verdict, said(*facts), {} if traits is None else traits, day).how


# --- items -------------------------------------------------------------------------------------


def test_that_a_computed_pass_settles_only_what_the_software_alone_decides() -> None:
    assert how(passed()) == "computed"
    assert how(passed(), item=PREPARED) == "open"
    assert how(passed(), answer(PREPARED), confirmation(PREPARED), item=PREPARED) == "people"


def test_that_a_computed_fail_is_settled_by_an_exception_and_never_by_answers() -> None:
    assert how(failed(), answer(), confirmation()) == "open"
    assert how(failed(), answer(choice="does-not-apply"), confirmation()) == "open"
    assert how(failed(), wish(), second()) == "exception"
    assert item_standing(AUTO, failed(), said(answer()), {}, DAY).is_disputed


@pytest.mark.parametrize("verdict", [not_known(), too_few()])
def test_that_what_is_not_known_never_passes_alone(verdict: Verdict) -> None:
    assert how(verdict) == "open"
    assert how(verdict, answer()) == "open"
    assert how(verdict, answer(), confirmation()) == "people"
    assert how(verdict, answer(choice="partly"), confirmation()) == "open"
    assert how(verdict, answer(choice="no"), confirmation()) == "open"


def test_that_what_people_say_does_not_apply_counts_as_said_by_people() -> None:
    assert how(not_known(), answer(choice="does-not-apply"), confirmation()) == "people"


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ([answer(), confirmation(by="ana")], "the author confirms their own answer"),
        ([answer(), confirmation(role="data-engineer")], "not in the confirming role"),
        ([answer(), confirmation(role="")], "in no role"),
        ([answer(role="software-engineer"), confirmation()], "answered in another role"),
        ([answer(evidence="  "), confirmation()], "a yes without evidence"),
        ([answer(), confirmation(of="another")], "of another answer"),
        ([answer(), confirmation(), confirmation(by="eva", agrees=False)], "somebody in the role disagrees"),
    ],
)
def test_that_forged_answers_and_confirmations_do_not_count(forged: list[object], why: str) -> None:
    assert how(not_known(), *forged) == "open", why


def test_that_a_forged_line_cannot_reopen_either() -> None:
    good = (answer(), confirmation())
    assert how(not_known(), answer(choice="no", role="observer", id="a2"), *good) == "people"
    assert how(not_known(), *good, confirmation(by="eva", role="product-designer", agrees=False)) == "people"


def test_that_a_newer_answer_waits_for_its_own_confirmation() -> None:
    assert how(not_known(), answer(id="a2"), answer(), confirmation()) == "open"


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        ([wish()], "nobody signed"),
        ([wish(), second(by="ana")], "the same person twice"),
        ([wish(), second(role="ml-engineer")], "nobody acts as AI ethics"),
        ([wish(until=DAY + timedelta(days=91)), second()], "longer than 90 days"),
        ([wish(until=DAY - timedelta(days=1)), second()], "ended"),
        ([wish(recorded=None), second()], "nobody knows when it was asked for"),
    ],
)
def test_that_an_exception_needs_two_people_one_as_ethics_and_an_end(signed: list[object], why: str) -> None:
    assert how(failed(), *signed) == "open", why


def test_that_ethics_may_ask_and_somebody_else_sign() -> None:
    assert how(failed(), wish(by="mira", role="ai-ethics"), second(by="ana", role="data-scientist")) == "exception"
    assert how(failed(), wish(), second(), day=DAY + timedelta(days=90)) == "exception"
    assert how(failed(), wish(), second(), day=DAY + timedelta(days=91)) == "open"


def test_that_a_prohibited_use_case_has_no_exception() -> None:
    assert how(failed(), wish(), second(), traits={"prohibited": True}) == "open"
    assert how(not_known(), wish(), second(), traits={"prohibited": True}) == "open"


def test_that_what_passes_by_itself_is_not_counted_as_an_exception() -> None:
    assert how(passed(), wish(), second()) == "computed"


def test_that_unknown_traits_count_as_applying() -> None:
    assert applies(AUTO, {})
    assert applies(AUTO, {"cls": None})
    assert applies(AUTO, {"cls": True})
    assert not applies(AUTO, {"cls": False})
    assert how(failed(), traits={"cls": False}) == "does not apply"
    assert how(not_known(), item=items()["DAT-17"], traits=CALM) == "open", "a trait that nobody records"


PEOPLE = st.sampled_from(["ana", "ben", "mira"])
ROLES = st.sampled_from(["data-scientist", "ai-ethics", "ml-engineer", "domain-expert"])
CHOICES = st.sampled_from(["yes", "partly", "no", "does-not-apply"])
ANSWERS = st.builds(answer, choice=CHOICES, by=PEOPLE, role=ROLES, evidence=st.sampled_from(["", "x"]))
CONFIRMATIONS = st.builds(confirmation, by=PEOPLE, role=ROLES, agrees=st.booleans())
TOLD = st.lists(st.one_of(ANSWERS, CONFIRMATIONS), max_size=8)


@given(TOLD, st.sampled_from([AUTO, PREPARED]))
def test_that_no_word_of_people_closes_what_the_software_found_failed(told: list[object], item: object) -> None:
    assert how(failed(), *told, item=item) == "open"


@given(TOLD, st.sampled_from(["fail", "not known", "too few"]), PEOPLE)
def test_that_one_person_alone_settles_nothing(told: list[Fact], found: str, alone: str) -> None:
    mine = [each.but(recorded_by=alone) for each in told]
    assert how(SOFTWARE[found], *mine, wish(by=alone), second(by=alone)) == "open"


@given(TOLD, st.sampled_from(sorted(SOFTWARE)), PEOPLE, ROLES)
def test_that_one_more_agreement_or_exception_never_reopens(
    told: list[object], found: str, person: str, role: str
) -> None:
    before = how(SOFTWARE[found], *told)
    if before != "open":
        assert how(SOFTWARE[found], *told, confirmation(by=person, role=role)) == before
        assert how(SOFTWARE[found], *told, wish(), second(by=person, role=role)) != "open"


# --- gates -------------------------------------------------------------------------------------

MODEL = Subject("model-version", "s", "credit@1", "h1", authors=frozenset({"ana"}))
G3 = gate("G3")


def sign(role, by, decision="approve", hash_="h1", at=NOON):
    return SignOff(
        id=f"{role}-{by}-{decision}-{hash_}",
        gate="G3",
        subject_noun="model-version",
        subject="s",
        subject_hash=hash_,
        items_digest="",
        decision=decision,
        by_people=0,
        exceptions=0,
        recorded_by=by,
        recorded_as=role,
        recorded_at=at,
    )


BOTH = (sign("data-scientist", "ana"), sign("ml-engineer", "ben"))


def stands(*signed, name="G3", subject=MODEL, found=(), traits=CALM, day=DAY) -> GateStanding:
    return gate_state(gate(name), subject, found, signed, traits, day)


def test_that_two_people_in_the_named_roles_close_a_gate() -> None:
    assert stands(*BOTH).is_closed
    assert stands(*BOTH).state.word == "Closed"
    assert not stands().is_closed
    assert not stands(BOTH[0]).is_closed


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        ((sign("data-scientist", "ben"), sign("ml-engineer", "ben")), "one person in two roles"),
        ((sign("data-scientist", "ana"), sign("software-engineer", "ben")), "a role that does not sign"),
        ((*BOTH, sign("ml-engineer", "ben", "refuse")), "a refusal after the approval"),
        ((*BOTH, sign("ml-engineer", "ben", "send-back")), "sent back after the approval"),
        ((*BOTH, sign("ml-engineer", "eva", "refuse")), "another holder of the role refuses"),
        ((sign("ml-engineer", "eva", "refuse"), *BOTH), "an approval made apart does not beat a refusal"),
        ((BOTH[0], sign("ml-engineer", "ben", hash_="h0")), "of content that changed since"),
    ],
)
def test_that_these_signatures_do_not_close_a_gate(signed: tuple[SignOff, ...], why: str) -> None:
    assert not stands(*signed).is_closed, why


def test_that_authors_alone_do_not_close_a_gate() -> None:
    both = structs.replace(MODEL, authors=frozenset({"ana", "ben"}))
    assert not stands(*BOTH, subject=both).is_closed
    eva = sign("ml-engineer", "eva")
    assert stands(BOTH[0], eva, subject=both).is_closed


def test_that_a_signature_is_out_of_date_by_itself_and_a_new_one_heals_it() -> None:
    later = structs.replace(MODEL, hash="h2")
    assert stands(*BOTH, subject=later).state.word == "Out of date"
    again = tuple(each.but(subject_hash="h2", id=each.id + "2") for each in BOTH)
    assert stands(*BOTH, *again, subject=later).is_closed
    assert stands(sign("ml-engineer", "eva", "refuse"), *BOTH, *again, subject=later).is_closed, "of older content"


def test_that_a_refusal_stands_until_its_author_signs_or_the_content_changes() -> None:
    refused = sign("ml-engineer", "ben", "refuse")
    assert stands(*BOTH, refused).state.level == "bad"
    assert stands(*BOTH, refused, BOTH[1].but(id="again")).is_closed


def test_that_nothing_with_two_versions_is_closed() -> None:
    assert not stands(*BOTH, subject=structs.replace(MODEL, contested=("not_for",))).is_closed


def test_that_start_and_review_expire() -> None:
    start = (sign("ai-architect", "ana"), sign("domain-expert", "ben"))
    assert stands(*start, name="G1", day=DAY + timedelta(days=365)).is_closed
    assert not stands(*start, name="G1", day=DAY + timedelta(days=366)).is_closed
    review = (sign("ai-architect", "ana"), sign("ml-engineer", "ben"))
    assert stands(*review, name="G5", day=DAY + timedelta(days=180)).is_closed
    assert not stands(*review, name="G5", day=DAY + timedelta(days=181)).is_closed
    all_roles = (*review, sign("ai-ethics", "mira"), sign("domain-expert", "ben"))
    high = CALM | {"high": True}
    assert stands(*all_roles, name="G5", traits=high, day=DAY + timedelta(days=90)).is_closed
    assert not stands(*all_roles, name="G5", traits=high, day=DAY + timedelta(days=91)).is_closed


def test_that_an_open_blocking_item_keeps_the_gate_open_whoever_signed() -> None:
    open_item = ItemStanding(AUTO, failed(), "open", failed().state)
    assert not stands(*BOTH, found=(open_item,)).is_closed
    warning = ItemStanding(items()["BIA-08"], failed(), "open", failed().state)
    assert stands(*BOTH, found=(warning,)).is_closed


def test_that_the_closed_gate_says_how_much_people_and_exceptions_carry() -> None:
    people = item_standing(AUTO, not_known(), said(answer(), confirmation()), {}, DAY)
    passes = item_standing(AUTO, failed(), said(wish(), second()), {}, DAY)
    closed = stands(*BOTH, found=(people, passes))
    assert (closed.is_closed, closed.by_people, closed.exceptions) == (True, 1, 1)
    assert closed.state.reason == "1 item answered by people, 1 exception"
    assert closed.items_digest != stands(*BOTH, found=(people,)).items_digest


def test_that_more_roles_sign_where_more_is_at_stake_and_where_nobody_knows() -> None:
    assert signing_roles(G3, CALM) == ("data-scientist", "ml-engineer")
    assert set(signing_roles(G3, CALM | {"cls": True})) == {"data-scientist", "ml-engineer", "ai-ethics"}
    assert set(signing_roles(G3, {})) == {"data-scientist", "ml-engineer", "ai-ethics", "domain-expert"}
    assert "product-designer" in signing_roles(gate("G4"), {"user": None})
    assert set(signing_roles(G3, CALM | {"pers": True})) == set(signing_roles(G3, {}))


DECISIONS = st.sampled_from(["approve", "send-back", "refuse"])
SIGN_OFFS = st.lists(
    st.builds(sign, role=ROLES, by=PEOPLE, decision=DECISIONS, hash_=st.sampled_from(["h0", "h1"])), max_size=10
)


@given(SIGN_OFFS, PEOPLE)
def test_that_a_refusal_never_closes_a_gate(signed: list[SignOff], person: str) -> None:
    if not stands(*signed).is_closed:
        assert not stands(*signed, sign("ml-engineer", person, "refuse")).is_closed


@given(SIGN_OFFS)
def test_that_a_closed_gate_was_approved_by_two_people_on_this_content(signed: list[SignOff]) -> None:
    found = stands(*signed)
    if found.is_closed:
        good = {each.recorded_by for each in signed if each.decision == "approve" and each.subject_hash == "h1"}
        assert len(good) >= 2
        assert not good <= MODEL.authors

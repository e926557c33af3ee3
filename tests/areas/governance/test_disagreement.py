"""Disagreements: the right role decides, over views it names; dissent stays as typed; two decisions never merge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.checklist import Check, gate, items
from mlops_desk.areas.governance.checks import trade_off_decided
from mlops_desk.areas.governance.disagreement import (
    AnswerDecision,
    DecideDisagreement,
    Disagreement,
    DisagreementAnswer,
    DisagreementDecision,
    DisagreementView,
    GiveView,
    RaiseDisagreement,
)
from mlops_desk.areas.governance.disagreement_queries import disagreement_told, disagreements, disagreements_on
from mlops_desk.areas.governance.disagreement_standing import standing
from mlops_desk.areas.governance.disagreement_waiting import needs
from mlops_desk.areas.governance.gate import AskGate, SignGate, SignOff
from mlops_desk.areas.governance.queries import about, gate_details, gate_show
from mlops_desk.areas.governance.standing import Signature, gate_state
from mlops_desk.areas.reports import dissent
from mlops_desk.areas.team.hand_over import HandOverWork
from mlops_desk.areas.team.queries import accountable
from mlops_desk.catalogue import REGISTRY, RULES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.state import State
from mlops_desk.kernel.subject import Subject
from mlops_desk.workspace.activity import activity
from mlops_desk.workspace.trail import Wanted
from tests.areas.conftest import Team
from tests.areas.facts import Withdraw, do, tell

QUESTION = "Is 40 right?"
NASTY = "  Ñò – “40” is\n\ttoo  hïgh <b>& \\ '' </b>  "


@pytest.fixture
def asked(team: Team) -> str:
    """Let Ana, as data scientist, raise a disagreement about a KPI; AI Architect decides it."""
    do(team["Ana"], "kpi.add", name="Time", unit="min")
    act = RaiseDisagreement(
        subject="Time", question=QUESTION, options=("Keep 40", "Lower to 30"), mine="Keep 40", because="it holds"
    )
    return do(team["Ana"], act, "data-scientist")


def told(team: Team) -> Any:
    return team["Mira"].ask(disagreement_told, QUESTION)


def decide(team: Team, option: str = "2", name: str = "Ana", role: str = "ai-architect") -> str:
    return do(team[name], DecideDisagreement(disagreement=QUESTION, option=option, reason="we can"), role)


def only(team: Team, kind: type[Any]) -> Any:
    [fact] = team["Ana"].ask(lambda rows: rows.find(kind))
    return fact


def waiting(team: Team) -> list[tuple[str, tuple[str, ...], int]]:
    """Return what waits, for which roles, and for how many members by name."""
    return [(each.sentence, each.roles, len(each.members)) for each in team["Ana"].ask(needs)]


@pytest.mark.parametrize(
    ("noun", "role"),
    [
        ("kpi", "ai-architect"),
        ("member", "ai-architect"),
        ("dataset", "data-engineer"),
        ("run", "data-scientist"),
        ("release", "ml-engineer"),
        ("alert", "ml-engineer"),
        ("proposal", "ai-architect"),
        ("gate-request", "ai-ethics"),
        ("spaceship", "ai-architect"),
    ],
)
def test_that_who_answers_for_the_stage_decides_and_ethics_for_audits(noun: str, role: str) -> None:
    rows: Any = SimpleNamespace(registry=REGISTRY)
    assert accountable(rows, noun) == role


def test_that_raising_fills_in_who_decides_by_when_and_who_is_asked(team: Team, asked: str) -> None:
    found = told(team)
    assert (found.decider, found.decide_by, found.about) == ("ai-architect", today() + timedelta(days=7), "Time")
    assert found.asked == ("data-scientist", "ai-ethics"), "whom the RACI consults"
    assert (found.state.word, [(each.what, each.option, each.text) for each in found.said]) == (
        "Open",
        [("view", 1, "it holds")],
    )
    assert [each.question for each in team["Ben"].ask(disagreements_on, "kpi/Time")] == [QUESTION]
    assert team["Ben"].ask(disagreements_on, "member/Ben") == []


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"options": ("one",)}, "at least two options"),
    ({"options": ("one", " ONE ")}, "at least two options"),
    ({"options": ("one", " ")}, "at least two options"),
    ({"by": today() - timedelta(days=1)}, "is over"),
    ({"asked": ("boss",)}, "no role “boss”"),
    ({"question": " "}, "not said"),
    ({"mine": "three", "because": "x"}, "none of the options"),
    ({"mine": "1"}, "not said"),
    ({"because": "x"}, "not said"),
    ({"cost": "ü" * 2049}, "too long"),
    ({"subject": QUESTION}, "answered, not disputed"),
)


def test_that_what_cannot_be_decided_is_not_raised(team: Team, asked: str) -> None:
    for values, why in REFUSED:
        wished: dict[str, Any] = {"subject": "Time", "question": "And now?", "options": ("one", "two")} | values
        with pytest.raises(DeskError, match=why):
            do(team["Ana"], RaiseDisagreement(**wished))


def test_that_only_the_role_that_answers_decides(team: Team, asked: str) -> None:
    with pytest.raises(DeskError, match="AI Architect decides this; you act as ML Engineer"):
        decide(team, name="Ben", role="ml-engineer")
    line = told(team).line
    tell(team["Ben"], DisagreementDecision(disagreement=asked, option=1, reason="mine", over=(line,)))
    assert told(team).state.word == "Open"
    assert [each.remark for each in told(team).said if each.what == "decision"] == [
        "does not count: AI Architect decides"
    ]
    decide(team)
    assert (told(team).state.word, told(team).decided) == ("Decided", "Lower to 30")


def test_that_naming_another_decider_or_another_option_past_the_act_gives_nobody_power(team: Team) -> None:
    do(team["Ana"], "kpi.add", name="Time")
    kpi = team["Ana"].ask(lambda rows: rows.meant("Time"))[1]
    forged = Disagreement(
        question=QUESTION, subject_noun="kpi", subject=kpi, options=("a", "b"), decider="ml-engineer", decide_by=today()
    )
    [id_] = tell(team["Ben"], forged, role="ml-engineer")
    tell(team["Ben"], DisagreementDecision(disagreement=id_, option=1, reason="mine", over=()))
    tell(team["Ana"], DisagreementDecision(disagreement=id_, option=7, reason="?", over=()), role="ai-architect")
    assert (told(team).state.word, told(team).decider) == ("Open", "ai-architect")


def test_that_once_the_day_is_over_the_architect_may_decide_and_then_all_are_told(team: Team) -> None:
    late = Disagreement(
        question=QUESTION,
        subject_noun="dataset",
        subject="d",
        options=("a", "b"),
        decider="data-engineer",
        decide_by=today() + timedelta(days=1),
        asked=("domain-expert",),
    )
    [soon] = tell(team["Mira"], late, role="ai-ethics")
    with pytest.raises(DeskError, match="Data Engineer decides this"):
        decide(team)
    assert waiting(team)[0][1] == ("data-engineer",)
    [id_] = tell(team["Mira"], late.but(question="Late?", decide_by=today() - timedelta(days=2)))
    assert [(each[1], each[0].partition(" ")[0]) for each in waiting(team)][2] == (
        ("data-engineer", "ai-architect"),
        "Undecided",
    )
    [worst] = tell(team["Mira"], late.but(question="Very late?", decide_by=today() - timedelta(days=8)))
    everybody = {role for _said, roles, _members in waiting(team)[4:] for role in roles}
    assert everybody >= {"ai-architect", "data-engineer", "product-designer", "owner", "observer"}
    states = {each.id: each.state.word for each in team["Ana"].ask(disagreements)}
    assert states == {soon: "Open", id_: "Undecided", worst: "Undecided"}
    do(team["Ana"], DecideDisagreement(disagreement=id_, option="a", reason="somebody has to"), "ai-architect")
    states = {each.id: each.state.word for each in team["Ana"].ask(disagreements)}
    assert states == {soon: "Open", id_: "Decided", worst: "Undecided"}


def test_that_the_architect_who_decides_before_the_day_past_the_act_decides_nothing(team: Team) -> None:
    early = Disagreement(
        question=QUESTION, subject_noun="dataset", subject="d", options=("a", "b"), decider="x", decide_by=today()
    ).but(decide_by=today() + timedelta(days=2))
    [id_] = tell(team["Mira"], early)
    tell(team["Ana"], DisagreementDecision(disagreement=id_, option=1, reason="now", over=()), role="ai-architect")
    assert told(team).state.word == "Open"


def test_that_dissent_stays_word_for_word_whatever_its_author_says_later(team: Team, asked: str) -> None:
    with pytest.raises(DeskError, match="Nothing is decided yet"):
        do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text="x"))
    decide(team)
    with pytest.raises(DeskError, match="not said"):
        do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent"))
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text=NASTY), "domain-expert")
    found = told(team)
    assert (found.state, found.dissents) == (State("warn", "Decided with dissent", "1 dissent"), 1)
    assert found.said[-1].text == NASTY
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="agree"), "ml-engineer")
    assert told(team).dissents == 1, "what somebody says in another role is another word"
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="accept", text="so be it"), "domain-expert")
    found = told(team)
    assert (found.state.word, found.dissents) == ("Decided", 0)
    assert [(each.what, each.text, each.remark) for each in found.said[-3:]] == [
        ("dissent", NASTY, "earlier"),
        ("agree", "", ""),
        ("accept", "so be it", ""),
    ]


def test_that_nobody_withdraws_anything_of_a_disagreement_not_even_an_owner(team: Team, asked: str) -> None:
    decide(team)
    do(team["Ana"], AnswerDecision(disagreement=QUESTION, stance="dissent", text=NASTY))
    kinds: list[type[Any]] = [Disagreement, DisagreementView, DisagreementDecision, DisagreementAnswer]
    for kind in kinds:
        fact = only(team, kind)
        for role, why in (("ai-architect", "stays"), ("owner", "the role owner may not write")):
            with pytest.raises(DeskError, match=why):
                do(team["Ana"], Withdraw(fact=fact), role)
        assert RULES.flaw(Change("withdraw", kind.noun, fact.id, value="x")), "every reader sets such a line aside"
        assert not RULES.flaw(Change("withdraw", "comment", fact.id, value="x"))


def test_that_a_dissent_to_an_earlier_decision_is_not_lost_by_deciding_again(team: Team, asked: str) -> None:
    decide(team, "1")
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text="no"))
    decide(team, "1")
    found = told(team)
    assert (found.state.word, found.dissents) == ("Decided with dissent", 1)
    assert [each.remark for each in found.said if each.what == "decision"] == ["replaced", ""]
    assert found.said[-1].remark == "to an earlier decision"


def test_that_a_view_that_the_decision_did_not_see_is_shown_as_later(team: Team, asked: str) -> None:
    do(team["Ben"], GiveView(disagreement=QUESTION, option="2", because="I measured", evidence="run 7"))
    for name in ("Ana", "Mira"):
        team[name].refresh()
    with team.apart():
        do(team["Mira"], GiveView(disagreement=QUESTION, option="1", because="written elsewhere at that time"))
        decide(team)
    found = told(team)
    assert found.state == State("ok", "Decided", "1 view came after")
    assert [(each.who, each.remark) for each in found.said if each.what == "view"] == [
        ("Ana", ""),
        ("Ben", ""),
        ("Mira", "came after the decision"),
    ]
    [decision] = team["Ana"].ask(lambda rows: rows.find(DisagreementDecision))
    lines = team["Ana"].ask(lambda rows: [each.line for each in rows.find(DisagreementView)])
    assert {*decision.over} == {*lines} - {next(each.line for each in found.said if each.who == "Mira")}
    decide(team)
    assert told(team).state == State("ok", "Decided"), "decided again over all of them"
    said = team["Ben"].do(GiveView(disagreement=QUESTION, option="1", because="one more")).said
    assert "came after the decision" in said


def test_that_two_decisions_made_apart_stand_beside_each_other_until_decided_again(team: Team, asked: str) -> None:
    for_ben = ("ai-architect", "data-engineer")
    do(team["Ana"], "roster.roles", "owner", member="Ben", roles=for_ben)
    team["Ben"].refresh()
    with team.apart():
        decide(team, "1")
        decide(team, "2", "Ben")
    found = told(team)
    assert (found.state.word, found.decided) == ("Two decisions", "Keep 40 | Lower to 30")
    assert [each[1] for each in waiting(team)] == [("ai-architect",)], "whoever decides is asked again, nobody answers"
    do(team["Mira"], AnswerDecision(disagreement=QUESTION, stance="dissent", text="neither"))
    assert told(team).state.word == "Two decisions"
    decide(team, "2", "Ben")
    found = told(team)
    assert (found.state.word, found.decided, found.dissents) == ("Decided with dissent", "Lower to 30", 1)
    assert sum(each.what == "decision" for each in found.said) == 3, "nothing is gone"


def test_that_the_inbox_asks_the_decider_the_roles_and_then_who_took_part(team: Team, asked: str) -> None:
    assert waiting(team) == [
        (f"To be decided by {told(team).decide_by}: {QUESTION}", ("ai-architect",), 0),
        (f"Your view is asked for: {QUESTION}", ("ai-ethics",), 0),
    ]
    do(team["Mira"], GiveView(disagreement=QUESTION, option="2", because="x"), "ai-ethics")
    assert len(waiting(team)) == 1
    decide(team)
    [(sentence, _roles, members)] = waiting(team)
    assert (sentence.partition("?")[0], members) == ("Decided: Lower to 30. Do you agree, accept or dissent", 1)
    do(team["Mira"], HandOverWork(member="Mira", to="Ana"))
    assert waiting(team) == [], "a stand-in cannot agree for somebody"
    do(team["Mira"], HandOverWork(member="Mira", to="Mira"))
    assert len(waiting(team)) == 1
    do(team["Mira"], AnswerDecision(disagreement=QUESTION, stance="accept"))
    assert waiting(team) == []


def test_that_the_feed_tells_what_happened(team: Team, asked: str) -> None:
    decide(team)
    do(team["Mira"], AnswerDecision(disagreement=QUESTION, stance="dissent", text="no"))
    said = [each.sentence for each in team["Ana"].ask(activity, Wanted(about=f"disagreement/{asked}"))]
    assert said == [f"dissents: {QUESTION}", f"decided: {QUESTION}", f"disagreement: {QUESTION}"]


# --- gates and reports -------------------------------------------------------------------------


def test_that_a_gate_shows_what_people_differ_on_and_the_signature_notes_it(team: Team) -> None:
    do(team["Ana"], "use-case.add", name="Credit")
    request = do(team["Ana"], AskGate(gate="G1", subject="Credit"))
    raise_it = RaiseDisagreement(subject="use-case/Credit", question=QUESTION, options=("go", "stop"))
    id_ = do(team["Ana"], raise_it)
    on_request = do(team["Ana"], raise_it.but(subject=f"gate-request/{request}", question="Too early?"))
    sign = SignGate(gate="G1", subject="Credit", decision="send-back", note="see the disagreement")
    team["Ana"].act_as("ai-architect", remember=False)
    assert "Noted in the signature: 2 disagreements open." in team["Ana"].do(sign).said
    [signed] = team["Ana"].ask(lambda rows: rows.find(SignOff))
    assert {*signed.noted} == {id_, on_request}
    labels = [each.label for each in team["Ana"].ask(gate_details, request)]
    assert f"Disagreement: {QUESTION}" in labels
    decide(team)
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text=NASTY))
    shown = team["Ana"].ask(gate_show, "G1", "Credit")
    assert shown.dissent_words == "1 disagreement open, 1 decided with dissent"
    do(team["Ana"], "use-case.add", name="Other")
    assert team["Ana"].ask(gate_show, "G1", "Other").disagreements == ()


def test_that_a_gate_closes_with_dissent_noted_and_never_with_dissent_hidden() -> None:
    day, noon = date(2026, 6, 1), datetime(2026, 6, 1, 12, tzinfo=UTC)
    subject = Subject(UseCase.noun, "u", "Credit", "h")
    about = Disagreement(
        id="d", question="?", subject_noun="use-case", subject="u", options=("a", "b"), decider="x", decide_by=day
    )
    signs = [
        SignOff(
            gate="G1", subject_noun="use-case", subject="u", subject_hash="h", items_digest="", decision="approve",
            by_people=0, exceptions=0, recorded_by=who, recorded_as=role, recorded_at=noon,
        )
        for who, role in (("ana", "ai-architect"), ("ben", "domain-expert"))
    ]  # fmt: skip
    calm = {"cls": False, "user": False, "pers": False, "high": False}
    differing = (standing(about, "ai-architect", (), (), (), day),)
    stands = gate_state(gate("G1"), subject, (), signs, calm, day, disagreements=differing)
    assert isinstance(stands.signatures[0], Signature)
    assert (stands.is_closed, stands.state.reason) == (True, "1 disagreement open")
    assert structs.replace(stands, disagreements=()).dissent_words == ""


def test_that_a_decision_with_its_options_is_what_the_item_on_trade_offs_looks_for(team: Team) -> None:
    do(team["Ana"], "use-case.add", name="Credit")

    def verdict() -> tuple[str, str]:
        query = lambda rows: trade_off_decided(rows, about(rows, *rows.meant("use-case/Credit")), {}, today())  # noqa: E731
        found = team["Ana"].ask(query).state
        return found.word, found.reason

    assert verdict() == ("Not known", "no disagreement about it was raised and decided")
    do(team["Ana"], RaiseDisagreement(subject="use-case/Credit", question=QUESTION, options=("go", "stop")))
    assert verdict() == ("Not known", f"undecided: {QUESTION}")
    decide(team)
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text="no"))
    assert verdict() == ("Pass", "1 decision, 1 dissent")
    assert items()["BIA-12"].check == Check("K02-decision")


def test_that_reports_carry_every_dissent_in_its_own_words(team: Team, asked: str) -> None:
    assert [each.name for each in team["Ana"].ask(dissent.tables, today())] == ["disagreements", "dissents"]
    decide(team)
    do(team["Ben"], AnswerDecision(disagreement=QUESTION, stance="dissent", text=NASTY))
    _all, dissents = team["Ana"].ask(dissent.tables, today())
    assert [row[0] for row in dissents.rows] == [NASTY]

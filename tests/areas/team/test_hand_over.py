"""Leaving and handing over: what waited for somebody alone waits for a stand-in, or for owners, never for nobody."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.team.comment import AddComment
from mlops_desk.areas.team.hand_over import HandOver, HandOverWork, hand_overs
from mlops_desk.areas.team.member import Member
from mlops_desk.areas.team.open_items import open_items, reached
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Registry
from mlops_desk.kernel.state import State
from mlops_desk.workspace.inbox import inbox
from tests.areas.conftest import Say, Team
from tests.areas.facts import do, tell

WAITS = State("warn", "Waiting")


def member(team: Team, name: str) -> str:
    """Return the id of somebody, also of one who left."""
    return team["Ana"].ask(lambda rows: rows.find(Member, "name = ?", name, order="id")[0].id)


def waits(team: Team, name: str) -> list[tuple[str, str]]:
    """Return what stands in somebody's inbox: the beginning of each sentence, and why."""
    return [(each.sentence.partition(" ")[0], each.why) for each in team[name].ask(inbox, team[name].roles)]


@pytest.fixture
def busy(team: Team) -> Team:
    """Leave with Ben two things of his role and a word to him; with Ana one that she shares with nobody."""
    do(team["Ana"], "kpi.add", name="Speed", owner="ml-engineer")
    do(team["Ana"], "objective.add", name="Faster", owner="ml-engineer")
    for name in ("Half the time", "Half the queue"):  # an objective with fewer waits for its owner, too
        do(team["Ana"], "key-result.add", name=name, objective="Faster", kpi="Speed")
    do(team["Ana"], "kpi.add", name="Nobody's")
    do(team["Ana"], AddComment(subject="Speed", text="@Ben: how fast?"))
    return team


def test_that_open_items_are_listed_with_who_else_has_them(busy: Team, say: Say) -> None:
    do(busy["Ana"], "roster.roles", "owner", member="Mira", roles=("ai-ethics", "domain-expert"))
    do(busy["Ana"], "kpi.add", "data-scientist", name="Shared", owner="domain-expert")
    rows = json.loads(say("Ana", "team", "open-items", "Ben", "--json"))
    assert [(each["what"].partition(":")[0], each["why"], each["others"]) for each in rows] == [
        ("Ana on Speed", "as ML Engineer", ""),
        ("Answers for objective Faster.", "as ML Engineer", ""),
        ("Shared waits for a value", "as Domain Expert", "Mira"),
    ]
    assert "Speed waits for a value" in rows[0]["what"], "two things of one record are one item"
    assert {each["name"] for each in json.loads(say("Ana", "team", "open-items", "--json"))} == {"Ben", "Mira"}


def test_that_what_is_handed_over_waits_for_the_new_one_and_the_trail_shows_each_thing(busy: Team, say: Say) -> None:
    assert waits(busy, "Mira") == []
    said = say("Ben", "team", "hand-over", "Ben", "--to", "Mira", "--note", "till May")
    assert "2 things wait for Mira now" in said
    assert "Mira does not hold" in said
    assert 'team roles "Mira" --role ai-ethics --role product-designer' in said
    assert waits(busy, "Mira") == [("Speed", "in place of Ben"), ("Ana", "in place of Ben")]
    assert ("Speed", "as ML Engineer") in waits(busy, "Ben"), "who is still here has them, too"
    [made] = busy["Ana"].ask(hand_overs)
    assert [each.noun for each in made.items] == ["kpi", "objective"]
    assert "handed over to Mira" in say("Ana", "activity")
    assert "Answers for objective Faster." in say("Ana", "hand-over", "show", made.id)
    say("Ana", "team", "remove", "Ben", "--reason", "left")
    do(busy["Ana"], "kpi.add", name="Later", owner="ml-engineer")
    assert {sentence for sentence, _why in waits(busy, "Mira")} == {"Speed", "Ana", "Later"}, "new things, too"
    assert [sentence for sentence, why in waits(busy, "Ana") if "Engineer" in why] == []


def test_that_removing_somebody_names_what_is_left_and_it_waits_for_the_owners(busy: Team, say: Say) -> None:
    assert waits(busy, "Ana") == [("Nobody's", "nobody answers for it")]
    said = say("Ana", "team", "remove", "Ben", "--reason", "left")
    assert "waits for the owners now, 2 in all" in said
    assert 'team hand-over "Ben" --to MEMBER' in said
    assert sorted(waits(busy, "Ana")) == [
        ("Ana", "Ben left"),
        ("Nobody's", "nobody answers for it"),
        ("Speed", "nobody holds ML Engineer"),
    ]
    assert "2 things wait for Mira now" in say("Ana", "team", "hand-over", "Ben", "--to", "Mira", "--as", "owner")
    assert waits(busy, "Ana") == [("Nobody's", "nobody answers for it")]
    assert len(waits(busy, "Mira")) == 2
    assert [each.is_alone for each in busy["Ana"].ask(open_items, member(busy, "Ben"))] == [False, False]


def test_that_removing_somebody_without_open_items_says_nothing_of_them(team: Team, say: Say) -> None:
    assert "hand-over" not in say("Ana", "team", "remove", "Mira", "--reason", "left")


def test_that_roles_can_go_to_different_people_and_come_back(busy: Team, say: Say) -> None:
    do(busy["Ana"], "kpi.add", name="Fields", owner="data-engineer")
    say("Ben", "team", "hand-over", "Ben", "--to", "Ana", "--role", "data-engineer")
    say("Ben", "team", "hand-over", "Ben", "--to", "Mira", "--role", "ml-engineer")
    assert ("Fields", "in place of Ben") in waits(busy, "Ana")
    assert waits(busy, "Mira") == [("Speed", "in place of Ben")], "a word to him by name stays with him"
    say("Ben", "team", "hand-over", "Ben", "--to", "Mira")
    assert "Fields" not in {sentence for sentence, _why in waits(busy, "Ana")}, "it takes the place of both"
    assert len(waits(busy, "Mira")) == 3
    assert "with Ben again" in say("Ben", "team", "hand-over", "Ben", "--to", "Ben")
    assert waits(busy, "Mira") == []
    states = [each["state"]["word"] for each in json.loads(say("Ana", "hand-over", "list", "--json"))]
    assert states == ["Stands", "Ended", "Ended", "Ended"]


def test_that_only_its_owner_or_an_owner_hands_over_and_only_to_who_can_act(busy: Team, say: Say) -> None:
    assert "Only Ben hands over" in say("Mira", "team", "hand-over", "Ben", "--to", "Mira", code=1)
    assert "does not answer as" in say("Ben", "team", "hand-over", "Ben", "--to", "Ana", "--role", "owner", code=1)
    assert "Nothing of Ben was handed over" in say("Ben", "team", "hand-over", "Ben", "--to", "Ben", code=1)
    do(busy["Ana"], "roster.roles", "owner", member="Mira", roles=("observer",))
    assert "cannot look after" in say("Ben", "team", "hand-over", "Ben", "--to", "Mira", code=1)
    forged = HandOver(member=member(busy, "Ben"), to=member(busy, "Ana"), roles=("ml-engineer",), by_name=True)
    tell(busy["Ana"], forged, role="data-scientist")
    assert busy["Ana"].ask(hand_overs) == [], "what somebody else writes past the act does not count"


# --- any order, any chain ----------------------------------------------------------------------

NAMES = ("ana", "ben", "cid", "dee")
ROLE = ("r1", "r2")
teams = st.tuples(*(st.tuples(st.booleans(), st.sets(st.sampled_from(ROLE))) for _name in NAMES[1:]))
moves = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(NAMES), st.sets(st.sampled_from(ROLE)), st.booleans(), st.booleans()
    ),
    max_size=6,
)
needed = st.lists(st.tuples(st.sets(st.sampled_from(ROLE)), st.sets(st.sampled_from(NAMES))), min_size=1, max_size=4)


def rows_of(people: Any, made: list[HandOver], asked: list[Need]) -> Any:
    """Return rows with a team, hand-overs in the order of their arrival, and needs; Ana is the owner."""
    who = [Member(id="ana", name="ana", roles=("owner", "r0"))]
    for name, (active, roles) in zip(NAMES[1:], people, strict=True):
        held = tuple(sorted(roles))
        who.append(Member(id=name, name=name, active=active, roles=held if active else (), held=held))

    def find(noun: Any, where: str = "true", *_values: Any, order: str = "") -> Any:
        found = made if noun is HandOver else [each for each in who if where == "true" or each.active]
        return sorted(found, key=lambda each: each.id) if order else list(found)

    return SimpleNamespace(find=find, registry=Registry(needs=(lambda _rows: asked,)))


@given(teams, moves, needed, st.randoms(use_true_random=False))
def test_that_everything_reaches_somebody_who_is_here_whatever_the_order(
    people: Any, told: Any, asked: Any, chance: random.Random
) -> None:
    made = [
        HandOver(
            id=f"h{number}", member=one, to=to, roles=tuple(sorted(roles)), by_name=by_name,
            recorded_by=one if is_own else "ben", recorded_as="r1",
        )
        for number, (one, to, roles, by_name, is_own) in enumerate(told)
    ]  # fmt: skip
    wanted = [
        Need(f"n{number}", "kpi", "k", WAITS, tuple(sorted(roles)), tuple(sorted(members)))
        for number, (roles, members) in enumerate(asked)
    ]
    first = reached(rows_of(people, made, wanted))
    active = {"ana"} | {name for name, (is_active, _roles) in zip(NAMES[1:], people, strict=True) if is_active}
    holders = {
        role: {name for name, (is_active, roles) in zip(NAMES[1:], people, strict=True) if is_active and role in roles}
        for role in ROLE
    }
    for need in wanted:
        mine = [each for each in first if each.sentence == need.sentence]
        people_reached = {one for each in mine for one in each.members}
        people_reached |= {one for each in mine for role in each.roles for one in holders[role]}
        assert people_reached
        assert people_reached <= active
        assert people_reached >= {*need.members} & active, "nobody loses what waits for them"
    chance.shuffle(made)
    assert sorted(map(repr, reached(rows_of(people, made, wanted)))) == sorted(map(repr, first))


def test_that_who_stood_in_and_left_hands_on_what_they_took(busy: Team, say: Say) -> None:
    say("Ben", "team", "hand-over", "Ben", "--to", "Mira")
    say("Ana", "team", "remove", "Ben", "--reason", "left")
    say("Mira", "team", "hand-over", "Mira", "--to", "Ana")
    assert ("Speed", "in place of Mira") in waits(busy, "Ana")
    assert ("Ana", "in place of Mira") in waits(busy, "Ana")


def test_that_the_word_of_a_stand_in_or_an_owner_answers_who_called_somebody_that_left(busy: Team, say: Say) -> None:
    say("Ben", "team", "hand-over", "Ben", "--to", "Mira")
    do(busy["Mira"], AddComment(subject="Speed", text="10 ms"))
    assert waits(busy, "Mira") == [("Speed", "in place of Ben")]
    do(busy["Mira"], AddComment(subject="Speed", text="@Ben: thanks"))
    say("Ana", "team", "remove", "Ben", "--reason", "left")
    say("Ana", "team", "remove", "Mira", "--reason", "left, too")
    assert ("Mira", "Ben left") in waits(busy, "Ana")
    do(busy["Ana"], AddComment(subject="Speed", text="he left"), "data-scientist")
    assert ("Mira", "Ben left") not in waits(busy, "Ana")


def test_that_a_hand_over_of_nothing_still_names_who_stands_in(team: Team) -> None:
    do(team["Mira"], HandOverWork(member="Mira", to="Ana"))
    do(team["Ana"], "kpi.add", name="Fair", owner="ai-ethics")
    assert ("Fair", "in place of Mira") in waits(team, "Ana")
    with pytest.raises(DeskError, match="There is no member"):
        do(team["Mira"], HandOverWork(member="Mira", to="Zoe"))

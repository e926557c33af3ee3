"""How a disagreement stands: the same for any order of arrival, with every dissent until its author speaks again."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.governance.disagreement import (
    Disagreement,
    DisagreementAnswer,
    DisagreementDecision,
    DisagreementView,
)
from mlops_desk.areas.governance.disagreement_standing import DisagreementStanding, standing
from mlops_desk.kernel.state import State
from mlops_desk.projection.merge import Counted, merge

NASTY = "  Ñò – “40” is\n\ttoo  hïgh <b>& \\ '' </b>  "
ROLES = ("ai-architect", "data-scientist", "ai-ethics")
NOUNS: tuple[type[Any], ...] = (DisagreementView, DisagreementDecision, DisagreementAnswer)
moves = st.lists(
    st.tuples(
        st.sampled_from(["view", "decide", "decide", "answer", "answer"]),
        st.sampled_from(["ana", "ben"]),
        st.sampled_from(ROLES),
        st.integers(0, 3),  # the clock of the writer, far from the order of writing
        st.integers(0, 3),  # an option, not always one that there is
        st.sets(st.integers(0, 7)),  # the lines that the writer had seen: earlier, later, their own
        st.sampled_from(["agree", "accept", "dissent", "dissent"]),
    ),
    min_size=2,
    max_size=8,
)


def change(number: int, move: tuple[Any, ...]) -> Counted:
    kind, who, role, ms, option, seen, stance = move
    lines = [f"L{each}" for each in sorted(seen)]
    value: dict[str, Any] = {"disagreement": "d", "text": f"{NASTY}{number}", "stance": stance, "over": lines}
    if kind == "view":
        value = {"disagreement": "d", "option": option, "because": str(number)}
    elif kind == "decide":
        value = {"disagreement": "d", "option": option, "reason": "", "over": lines, "replaces": lines}
    day = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1000 + ms * 86_400_000
    return Counted(f"L{number}", 0, day, 0, who, who, role, "fact", "", value, frozenset())


def arrived(changes: list[tuple[int, tuple[Any, ...]]]) -> DisagreementStanding:
    """Return how it stands from the rows that the merge makes of changes in the order of their arrival."""
    found: dict[str, list[Any]] = {"view": [], "decide": [], "answer": []}
    for number, move in changes:
        noun = dict(zip(found, NOUNS, strict=True))[move[0]]
        row = merge(noun, f"f{number}", [change(number, move)])
        assert row
        at = datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=UTC)
        lists = {name: tuple(row[name]) for name in ("over", "replaces") if name in row}
        found[move[0]].append(noun(**row | lists | {"recorded_at": at}))
    about = Disagreement(
        id="d", question="?", subject_noun="kpi", subject="k", options=("a", "b"), decider="data-scientist",
        decide_by=date(2026, 6, 2), line="L0",
    )  # fmt: skip
    return standing(about, "data-scientist", found["view"], found["decide"], found["answer"], date(2026, 6, 5))


@given(moves, st.randoms(use_true_random=False))
def test_that_any_order_of_arrival_gives_the_same_state(history: list[Any], chance: random.Random) -> None:
    numbered = list(enumerate(history, 1))
    first = arrived(numbered)
    chance.shuffle(numbered)
    assert arrived(numbered) == first
    check(first, dict(numbered))


def check(found: DisagreementStanding, history: dict[int, Any]) -> None:
    """See that nothing was lost, that who may not decide did not, and that dissent stands until its author speaks."""
    assert sorted(each.text for each in found.answers) == sorted(
        f"{NASTY}{number}" for number, move in history.items() if move[0] == "answer"
    )
    assert all(each.recorded_as in ("data-scientist", "ai-architect") for each in found.decisions)
    assert all(each.recorded_as != "ai-ethics" for each in found.heads)
    assert bool(found.heads) == bool(found.decisions)
    assert {each.line for each in found.decisions} >= {each.line for each in found.heads}
    assert (found.state.word == "Two decisions") == (len(found.heads) > 1)
    for each in found.answers:
        later = [
            one
            for one in found.answers
            if (one.recorded_by, one.recorded_as) == (each.recorded_by, each.recorded_as)
            and (one.recorded_at, one.id) > (each.recorded_at, each.id)
        ]
        assert (each in found.dissents) == (each.stance == "dissent" and not later)
    if found.dissents:
        assert found.state.word in ("Decided with dissent", "Two decisions", "Undecided")


def test_that_a_decision_over_what_has_not_arrived_says_so() -> None:
    stands = arrived([(1, ("decide", "ana", "data-scientist", 0, 1, {0, 5}, ""))])
    assert stands.state == State("ok", "Decided", "1 view has not arrived here")

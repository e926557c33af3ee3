"""Verdicts of single lines where rights end, a journal forks, or a chain is pieced together."""

from __future__ import annotations

from typing import Any

from tests.journal.laws import verdicts_of
from tests.journal.oracle import Said

GENESIS = Said("g", "A", 1, "", (), "", "project.create", {"member": "ana", "device": "A", "roles": ["ml-engineer"]})
BEN = {"member": "ben", "device": "B", "name": "Ben", "roles": ["ml-engineer"]}
ADMITTED = Said("a", "A", 2, "g", ("g",), "", "roster.admit", BEN)
REQUEST = Said("b1", "B", 1, "", ("g",), "", "join.request", {})


def line(id_: str, seq: int, prev: str, kind: str = "note.write", roster: str = "a", device: str = "B") -> Said:
    return Said(id_, device, seq, prev, (roster,), "ml-engineer", kind, {})


def team(id_: str, seq: int, prev: str, kind: str, roster: str = "a", **value: Any) -> Said:
    return Said(id_, "A", seq, prev, (roster,), "", kind, value)


def judged(*lines: Said) -> dict[str, str]:
    found = verdicts_of([GENESIS, ADMITTED, REQUEST, *lines])
    return {each.id: found[each.id] for each in lines}


B2, B3 = line("b2", 2, "b1"), line("b3", 3, "b2")
GONE = team("r", 3, "a", "roster.revoke", member="ben", cut={"B": [2, "b2"]})


def test_that_what_a_removed_member_wrote_apart_counts_up_to_the_cut() -> None:
    assert judged(B2, B3, GONE) == {"b2": "ok", "b3": "late", "r": "ok"}


def test_that_late_entries_count_once_an_owner_who_knows_the_cut_accepts_them() -> None:
    b4 = line("b4", 4, "b3")
    accepted = team("l", 4, "r", "roster.accept_late", "r", device="B", upto=[3, "b3"])
    assert judged(B2, B3, b4, GONE, accepted) == {"b2": "ok", "b3": "ok", "b4": "late", "r": "ok", "l": "ok"}
    blind = team("l", 4, "r", "roster.accept_late", "a", device="B", upto=[3, "b3"])
    assert judged(B2, B3, GONE, blind)["b3"] == "late"


def test_that_a_cut_picks_one_branch_of_a_fork() -> None:
    other = line("x2", 2, "b1")
    assert judged(B2, other, GONE) == {"b2": "ok", "x2": "other-branch", "r": "ok"}


def test_that_entries_wait_outside_until_the_one_that_a_cut_names_is_here() -> None:
    far = team("r", 3, "a", "roster.revoke", member="ben", cut={"B": [3, "b3"]})
    assert judged(B2, far)["b2"] == "other-branch"
    assert judged(B2, B3, far)["b2"] == "ok"


def test_that_approvals_behind_a_fork_are_held_until_a_senior_owner_confirms_a_branch() -> None:
    signed, twin = line("s2", 2, "b1", "gate.sign"), line("t2", 2, "b1", "gate.sign")
    assert judged(signed, twin, B2) == {"s2": "held-fork", "t2": "held-fork", "b2": "ok"}
    confirmed = team("c", 3, "a", "roster.fork_confirm", device="B", keep=["s2"])
    assert judged(signed, twin, confirmed) == {"s2": "ok", "t2": "held-fork", "c": "ok"}


def test_that_nobody_confirms_a_fork_of_their_own_machine() -> None:
    own = team("c", 3, "a", "roster.fork_confirm", device="A", keep=["c"])
    assert judged(own)["c"] == "no-role"


def test_that_a_chain_never_leads_through_the_journal_of_another() -> None:
    assert judged(line("b3", 3, "a"))["b3"] == "waiting-chain"


def test_that_one_sacrificed_entry_does_not_hide_that_the_view_went_back() -> None:
    b2, back, again = line("b2", 2, "b1"), line("b3", 3, "b2", roster="g"), line("b4", 4, "b3", roster="g")
    found = judged(b2, back, again, line("b5", 5, "b4"))
    assert found == {"b2": "ok", "b3": "view-went-back", "b4": "view-went-back", "b5": "ok"}


def test_that_what_was_written_before_joining_never_counts() -> None:
    early = line("b2", 2, "b1", roster="g")
    assert judged(early, line("b3", 3, "b2")) == {"b2": "no-role", "b3": "ok"}

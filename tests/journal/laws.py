"""What must hold of any history of a team: laws that take their chance and a number of steps, and broken rules."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from mlops_desk.journal import chain, fold
from mlops_desk.journal.chain import Chains, Claim, Judge
from mlops_desk.journal.events import Event, Rank
from mlops_desk.journal.roster import Roster
from mlops_desk.journal.roster import fold as folded_of
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.rules import Rules
from tests.journal.history import APPROVALS, History
from tests.journal.oracle import Oracle, Said

MUTANT_HISTORIES = 400
Law = Callable[[random.Random, int], None]


class Write(Act, noun="note", verb="write"):
    """An ordinary act."""


class Sign(Act, noun="gate", verb="sign", approval=True):
    """An act that approves."""


RULES = Rules.of((), (Write, Sign))


def fold_of(lines: Iterable[Said]) -> Roster:
    return folded_of(Event(e.id, e.device, e.kind, e.roster, e.value) for e in lines if e.is_team)


def verdicts_of(lines: Sequence[Said]) -> dict[str, str]:
    written = frozenset({"note"})
    claims = [Claim(e.id, e.device, e.seq, e.prev, e.roster, e.acting, e.kind, written) for e in lines]
    numbers: dict[str, list[int]] = {}
    for each in lines:
        numbers.setdefault(each.device, []).append(each.seq)
    doubled = {device: [seq for seq in seqs if seqs.count(seq) > 1] for device, seqs in numbers.items()}
    forks = {device: min(seqs) for device, seqs in doubled.items() if seqs}
    chains = Chains(lambda device: {e.id: e.prev for e in lines if e.device == device})
    return {id_: found.code for id_, found in Judge(fold_of(lines), RULES, forks, chains).judge(claims, {}).items()}


def history(chance: random.Random, steps: int) -> list[Said]:
    return History(chance).go_on(steps)


def disagreements(lines: list[Said]) -> list[Any]:
    oracle = Oracle(lines, fold_of(lines).accepted)
    found: list[Any] = oracle.unexplained()
    said = verdicts_of(lines)
    return found or [(e, said[e.id]) for e in lines if said[e.id] != oracle.verdict(e, APPROVALS)]


def everything_is_explained(chance: random.Random, steps: int) -> None:
    assert disagreements(history(chance, steps)) == []


def order_never_matters(chance: random.Random, steps: int) -> None:
    lines = history(chance, steps)
    first = verdicts_of(lines)
    chance.shuffle(lines)
    assert verdicts_of(lines) == first


def rights_are_never_gained(chance: random.Random, steps: int) -> None:
    lines = history(chance, steps)
    oracle, roster = Oracle(lines, fold_of(lines).accepted), fold_of(lines)
    for event in roster.accepted.values():
        past = oracle.past[event.id]
        if event.kind == "project.create" or event.is_retiring_itself:
            continue
        owned = [roster.accepted[id_] for id_ in past & roster.accepted.keys() if roster.accepted[id_].makes_owner]
        is_key = oracle.is_key(event.device, past)
        assert is_key or any(each.member == oracle.member_of(event.device) for each in owned), "no escalation"
        assert is_key or not oracle.ended(event.device, past), "no zombie"
        assert not oracle._is_cut_by_a_senior(oracle.lines[event.id], roster.fold.ranks[event.id]), "strong remove"


def juniors_change_nothing(chance: random.Random, steps: int) -> None:
    lines = history(chance, steps)
    full = fold_of(lines)
    oracle = Oracle(lines, full.accepted)
    junior = chance.choice([line.device for line in lines])
    theirs = {line.id for line in lines if line.is_team and line.device == junior}
    kept = [e for e in lines if e.is_team and e.id in oracle.past and not ({e.id} | oracle.past[e.id]) & theirs]
    gone = full.accepted.keys() - {each.id for each in kept}  # also what seniors said who had seen the junior's
    since = min((full.fold.ranks[id_] for id_ in gone), default=Rank(10**6, ""))
    reduced = fold_of(kept)
    for each in kept:
        for one, other in ((full, reduced), (reduced, full)):
            if each.id in one.accepted and one.fold.ranks[each.id] < since and each.device != junior:
                assert each.id in other.accepted
                if not one.accepted[each.id].is_retiring_itself:  # which ranks behind all events, however many
                    assert other.fold.ranks[each.id] == one.fold.ranks[each.id]


LAWS: tuple[Law, ...] = (everything_is_explained, order_never_matters, rights_are_never_gained, juniors_change_nothing)

MUTANTS: dict[str, tuple[object, str, Any]] = {
    "everybody is equally senior": (fold.Fold, "key", lambda self, event: Rank(1, "")),
    "cuts of seniors made apart are forgotten": (fold.Fold, "_against", lambda self, event, rank: []),
    "juniors may hit seniors": (fold.Fold, "_target_refusal", lambda self, event, rank: ""),
    "a device may have two members": (fold.Fold, "_binding_refusal", lambda self, event: ""),
    "what was ended goes on": (fold.Fold, "_is_ended", lambda self, device, seen, past: False),
    "the first roles stay": (
        fold.Fold,
        "in_force",
        lambda self, member, seen: [id_ for id_ in self._arrivals[member] if self.bit[id_] & seen][:1],
    ),
    "nobody retires": (fold.Fold, "_let_retire", lambda self: None),
    "rights never end": (Judge, "_beyond", lambda self, claim, author, view: None),
    "a number is enough, whatever the branch": (
        Judge,
        "_is_within",
        lambda self, claim, end: end is not None and claim.seq <= end.seq,
    ),
    "nothing late is let in": (Judge, "_was_accepted", lambda self, claim, cut: False),
    "forks hold nothing": (Judge, "_is_held", lambda self, claim: False),
    "an older view is fine": (Roster, "covers", lambda self, heads, others: True),
    "one line that went back hides the next": (
        chain,
        "place_after",
        lambda place, verdict, before: place,
    ),
}


def notices(name: str) -> bool:
    """Tell whether the oracle sees a broken rule within some histories."""
    target, attribute, broken = MUTANTS[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, attribute, broken)
        for seed in range(MUTANT_HISTORIES):
            try:
                if disagreements(history(random.Random(seed), 45)):
                    return True
            except AssertionError:  # the oracle itself found one device with two members
                return True
    return False

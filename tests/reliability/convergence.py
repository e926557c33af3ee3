"""Histories of adversaries: the same verdicts and rows everywhere, no right is gained, juniors change nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.journal.laws import LAWS, MUTANTS, notices
from tests.reliability.amount import Amount, Figures
from tests.reliability.replicas import Team

EVERY = 50  # every so many histories are lived through by stores of their own
ALL_MUTANTS = 1_000  # from so many histories on the mutants are tried, too; the suite tries each by itself


def run(amount: Amount) -> Figures:
    """Hold every law over one history a turn, and let replicas with stores of their own live through some."""
    figures: Figures = {"histories": 0, "violations": 0, "with stores": 0, "replicas": 0, "lines": 0, "divergences": 0}
    for turn in amount.turns():
        for law in LAWS:
            law(Random(turn), 4 + turn % 57)
        figures["histories"] += 1
        if turn % EVERY == 0:
            _live_through(turn, figures)
    if figures["histories"] >= ALL_MUTANTS:
        figures |= {"mutants": len(MUTANTS), "mutants killed": sum(map(notices, MUTANTS))}
        assert figures["mutants"] == figures["mutants killed"]
    assert figures["divergences"] == figures["violations"] == 0, figures
    return figures


def _live_through(turn: int, figures: Figures) -> None:
    with TemporaryDirectory() as name:
        team = Team(Path(name), Random(turn))
        digests, verdicts = team.live()
        figures["with stores"] += 1
        figures["replicas"] += len(digests)
        figures["lines"] += len(team.lines)
        figures["divergences"] += len(set(digests)) > 1 or any(each != verdicts[0] for each in verdicts)
        figures["violations"] += sum(verdicts[0].get(id_) != code for id_, code in team.expected().items())

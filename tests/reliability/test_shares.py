"""A small share of each release-sized test of reliability, and what its runner makes of figures."""

from __future__ import annotations

import pytest

from tests.reliability import appenders, convergence, corpus, errors, full, fuzz, kills, run, torn
from tests.reliability.amount import Amount, Run

pytestmark = [pytest.mark.slow]
SHARES: dict[str, tuple[Run, int]] = {
    "kills": (kills.run, 4),
    "torn": (torn.run, 1),
    "errors": (errors.run, 1),
    "full": (full.run, 4),
    "convergence": (convergence.run, 1),
    "fuzz": (fuzz.run, 1),
    "appenders": (appenders.run, 50),
    "corpus": (corpus.run, 0),
}


@pytest.mark.parametrize("name", SHARES)
def test_that_a_share_of_the_subject_finds_nothing(name: str) -> None:
    share, number = SHARES[name]
    assert share(Amount(number))


def test_that_each_subject_but_the_window_has_its_share() -> None:
    assert set(run.SUBJECTS) - set(SHARES) == {"together"}, "tests/gui/test_together.py is its share"

"""The rules about who counts, held against an oracle that shares no code, over histories of adversaries."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal.laws import (
    MUTANTS,
    everything_is_explained,
    juniors_change_nothing,
    notices,
    order_never_matters,
    rights_are_never_gained,
)

law = given(st.builds(random.Random, st.integers(0, 2**32)), st.integers(4, 60))


@law
def test_that_the_oracle_explains_every_event_and_every_line(chance: random.Random, steps: int) -> None:
    everything_is_explained(chance, steps)


@law
def test_that_the_order_of_arrival_never_matters_to_a_verdict(chance: random.Random, steps: int) -> None:
    order_never_matters(chance, steps)


@law
def test_that_nobody_gains_rights_nobody_returns_and_the_senior_cut_holds(chance: random.Random, steps: int) -> None:
    rights_are_never_gained(chance, steps)


@law
def test_that_what_a_junior_does_changes_nothing_about_a_senior(chance: random.Random, steps: int) -> None:
    juniors_change_nothing(chance, steps)


@pytest.mark.parametrize("name", MUTANTS)
def test_that_the_oracle_sees_a_broken_rule(name: str) -> None:
    assert notices(name), f"nobody noticed that {name}"

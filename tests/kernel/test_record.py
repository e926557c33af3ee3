"""Values on the wire: canonical, exact, and typed when they come back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.catalogue import RULES
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.record import from_wire, number_text, to_wire

GOLDEN = Path(__file__).parents[1] / "golden"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_numbers_come_back_exactly(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    assert "+" not in text
    assert text != "-0"
    assert from_wire(text, float) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_that_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        number_text(value)
    with pytest.raises(ValueError):  # noqa: PT011 - the reader's own words
        from_wire(str(value), float)


def test_that_days_and_lists_have_one_text() -> None:
    assert to_wire(date(2026, 11, 23)) == "2026-11-23"
    assert to_wire((1.5, "a", {"b": 2.0})) == ["1.5", "a", {"b": "2"}]
    assert from_wire(["a", "b"], tuple[str, ...]) == ("a", "b")


def test_that_the_capability_table_of_format_1_never_changes_by_accident() -> None:
    expected = json.loads((GOLDEN / "capabilities-1.json").read_text())
    assert RULES.table() == expected


@pytest.mark.parametrize(
    "change",
    [
        Change("set", "kpi", "a", "target", "many"),
        Change("set", "kpi", "a", "target", "inf"),
        Change("set", "kpi", "a", "better", "sideways"),
        Change("fact", "kpi", "a", value={}),
        Change("set", "check-in", "a", "value", "1"),
        Change("fact", "check-in", "a", value={"kpi": "x"}),
        Change("fact", "check-in", "a", value="x"),
        Change("set", "kpi", "a", "name", "rtl \u202e"),
    ],
)
def test_that_ops_that_are_not_well_formed_are_named(change: Change) -> None:
    assert RULES.flaw(change)


def test_that_unknown_fields_and_nouns_of_a_newer_version_are_no_flaws() -> None:
    assert not RULES.flaw(Change("set", "kpi", "a", "colour", 7))
    assert not RULES.flaw(Change("set", "spaceship", "a", "name", 7))
    assert RULES.may("data-scientist", "spaceship")
    assert not RULES.may("observer", "spaceship")

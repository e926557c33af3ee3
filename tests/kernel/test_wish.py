"""The words of a filter line: each form means what it says, and what is quoted comes back as it was."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.wish import Condition, Span, only, parse, parts, quoted, told

NAME, VALUE, DUE = Column("name", "KPI"), Column("value", "Value", "number", "%"), Column("due", "As of", "day")
COLUMNS = (NAME, VALUE, DUE, Column("owner", "Owner", "role"))


def _one(text: str) -> Condition:
    found = parse(text, COLUMNS)
    assert found.faults == ()
    (condition,) = found.conditions
    return condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Drift", Condition("", "has", ("drift",))),
        ('"two words"', Condition("", "has", ("two words",))),
        ("-drift", Condition("", "has", ("drift",), is_not=True)),
        ("-", Condition("", "has", ("-",))),
        ("kpi:drift", Condition("name", "has", ("drift",))),
        ("own:ml", Condition("owner", "has", ("ml",))),
        ("nothing:here", Condition("", "has", ("nothing:here",))),
        ('-owner:="ML Engineer"|ds', Condition("owner", "is", ("ml engineer", "ds"), is_not=True)),
        ("owner:?", Condition("owner", "empty")),
        ("value:>3", Condition("value", "span", span=Span(low=3.0, has_low=False))),
        ("value:<=1,000", Condition("value", "span", span=Span(high=1000.0))),
        ("value:1..2.5", Condition("value", "span", span=Span(1.0, 2.5))),
        ("value:=3", Condition("value", "is", ("3.0",))),
        ("value:3", Condition("value", "has", ("3",))),
        ("as-of:2026-02", Condition("due", "span", span=Span(date(2026, 2, 1), date(2026, 3, 1), has_high=False))),
        ("as-of:>2026", Condition("due", "span", span=Span(low=date(2027, 1, 1)))),
        ("as-of:<=2026-12", Condition("due", "span", span=Span(high=date(2027, 1, 1), has_high=False))),
        (
            "asof:2026-01..2026-03",
            Condition("due", "span", span=Span(date(2026, 1, 1), date(2026, 4, 1), has_high=False)),
        ),
        ("as-of:nov", Condition("due", "has", ("nov",))),
    ],
)
def test_that_each_form_of_a_word_means_what_it_says(text: str, condition: Condition):
    assert _one(text) == condition


@pytest.mark.parametrize("text", ["value:", "value:>", "owner:=", "   "])
def test_that_a_word_half_typed_means_nothing_yet(text: str):
    assert parse(text, COLUMNS).conditions == ()
    assert parse(text, COLUMNS).faults == ()


@pytest.mark.parametrize(
    ("text", "fault"), [("value:>x", "“x” is not a number."), ("due:>2026-13", "“2026-13” is not a day")]
)
def test_that_what_cannot_be_read_is_said_and_the_rest_counts(text: str, fault: str):
    found = parse(f"{text} drift", COLUMNS)
    assert [each.values for each in found.conditions] == [("drift",)]
    assert found.faults[0].startswith(fault)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
def test_that_values_of_a_column_come_back_as_they_were(texts: list[str]):
    for is_not in (False, True):
        part = only(NAME, texts, is_not=is_not)
        assert parts(part) == [part]
        assert _one(part) == Condition("name", "is", tuple(each.casefold() for each in texts), is_not=is_not)


@given(st.text(), st.text())
def test_that_no_text_is_too_odd_to_be_read(text: str, other: str):
    for part in parts(text):
        told(part, COLUMNS)
    parse(text, COLUMNS)
    assert parts(f"{quoted(text)} {quoted(other)}") == [quoted(text), quoted(other)]


def test_that_a_word_is_told_as_people_read_it():
    found = [told(part, COLUMNS) for part in parts('-owner:="ML Engineer"|ds value:>=3 due:? drift -"two words"')]
    assert found == ["not Owner: ML Engineer or ds", "Value: >= 3", "As of: empty", "drift", "not two words"]

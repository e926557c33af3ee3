"""Bullet bars, traces and steps of a tree as data: where values lie, what they are sorted by, what is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.gui.models.cells import cell_text, is_missing, sort_key, spoken_text
from mlops_desk.kernel.figures import Gauge, Trace, Twig

figure = st.floats(-1e6, 1e6).map(lambda each: round(each, 3))
maybe = st.one_of(st.none(), figure)


@given(figure, figure, maybe)
def test_that_a_bar_runs_from_the_begin_to_the_target_and_holds_both_and_the_value(
    begin: float, target: float, value: float | None
):
    gauge = Gauge(value=value, begin=begin, target=target)
    assert gauge.ends is not None
    for each in (begin, target, *(() if value is None else (value,))):
        assert -1e-9 <= gauge.at(each) <= 1 + 1e-9
    if begin != target:
        assert gauge.at(begin) < gauge.at(target), "the aim lies at the right, also where less is better"


@given(figure, st.floats(0.001, 1e6), maybe)
def test_that_a_bar_with_a_band_holds_its_edges_and_the_value(low: float, width: float, value: float | None):
    gauge = Gauge(value=value, low=low, high=low + width)
    assert 0 <= gauge.at(low) < gauge.at(low + width) <= 1
    assert value is None or -1e-9 <= gauge.at(value) <= 1 + 1e-9


@given(maybe, maybe, maybe)
def test_that_a_value_that_is_not_known_is_said_so_and_sorted_as_missing(
    begin: float | None, target: float | None, expected: float | None
):
    gauge = Gauge(value=None, begin=begin, target=target, expected=expected)
    assert "not known" in gauge.words
    assert is_missing(gauge)


def test_that_a_bar_says_value_aim_and_what_is_expected():
    gauge = Gauge(value=62.0, begin=95.0, target=40.0, expected=58.0, unit="min", level="warn")
    assert str(gauge) == "62 min, target 40, expected today 58"
    assert str(Gauge(value=7.0, low=2.0, high=15.0, unit="%")) == "7 %, band 2 to 15"
    assert str(Gauge(value=7.0)) == "7, no target"
    with pytest.raises(ValueError, match="no target"):
        Gauge(value=7.0).at(7.0)


def test_that_a_trace_is_told_by_its_ends_and_sorted_by_its_change():
    falling, rising = Trace((1, 2, 9), (5.0, 6.0, 3.0), 4), Trace((1, 2), (1.0, 2.0), 4)
    assert str(falling) == "3 values, from 5 to 3, least 3, most 6"
    assert sort_key(falling) < sort_key(rising)
    assert is_missing(Trace((), (), 4))
    assert str(Trace((), (), 4)) == "no value yet"
    assert str(Trace((3,), (2.5,), 4)) == "one value, 2.5"


def test_that_a_step_is_read_as_its_text_and_heard_with_its_level():
    step = Twig("Calm", 1, is_open=False)
    assert cell_text(step) == "Calm"
    assert spoken_text(step) == "Calm, level 2, closed"
    assert spoken_text(Twig("Feeds", 2)) == "Feeds, level 3"

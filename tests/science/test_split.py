"""Parts for training and testing: seeded, in proportion, disjoint, in time order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.split import SplitPlan, digest_of, disjoint, split
from mlops_desk.science.table import Table

N = 1000


def _table():
    rng = np.random.default_rng(1)
    days = np.datetime64("2020-01-01") + rng.integers(0, 300, N).astype("timedelta64[D]")
    return Table.of(
        {"y": np.where(rng.random(N) < 0.1, "yes", "no").astype(object), "day": days, "who": rng.integers(0, 40, N)}
    )


PLANS = [
    SplitPlan(),
    SplitPlan(kind="stratified", column="y"),
    SplitPlan(kind="time", column="day"),
    SplitPlan(kind="time", column="day", cut="2020-07-01"),
    SplitPlan(kind="group", column="who"),
    SplitPlan(shares={"train": 0.6, "valid": 0.2, "test": 0.2}),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.kind}-{plan.cut}-{len(plan.shares)}")
def test_that_parts_share_nothing_hold_every_row_and_come_out_the_same_again(plan: SplitPlan):
    table = _table()
    first, again = split(table, plan), split(table, plan)
    assert first.manifest == again.manifest
    assert sorted(np.concatenate(list(first.parts.values())).tolist()) == list(range(N))
    assert disjoint(first.parts).passes
    for part in first.manifest.parts:
        assert part.rows == len(first.parts[part.name])
        assert part.digest == digest_of(first.parts[part.name])


@given(st.integers(0, 2**31), st.integers(8, 400), st.floats(0.1, 0.9))
def test_that_a_random_split_has_the_share_asked_for(seed, rows, share):
    table = Table.of({"a": np.arange(rows)})
    parts = split(table, SplitPlan(seed=seed, shares={"train": 1 - share, "test": share})).parts
    assert abs(len(parts["test"]) - share * rows) <= 1


def test_that_another_seed_makes_other_parts():
    table = _table()
    assert split(table, SplitPlan(seed=1)).manifest.parts != split(table, SplitPlan(seed=2)).manifest.parts


def test_that_a_stratified_split_keeps_the_classes_in_proportion():
    table = _table()
    parts = split(table, SplitPlan(kind="stratified", column="y")).parts
    share = {name: float((table.columns["y"][rows] == "yes").mean()) for name, rows in parts.items()}
    assert abs(share["train"] - share["test"]) < 0.005


def test_that_no_group_is_torn_apart():
    table = _table()
    parts = split(table, SplitPlan(kind="group", column="who")).parts
    checked = disjoint(parts, keys={"who": table.columns["who"]})
    assert checked.passes
    assert checked.shared_keys == {"who": 0}


def test_that_the_last_share_in_time_is_the_test():
    table = _table()
    made = split(table, SplitPlan(kind="time", column="day"))
    assert disjoint(made.parts, time=table.columns["day"]).in_time_order is True
    assert made.manifest.cuts[0] == made.manifest.parts[1].first


def test_that_rows_at_or_after_the_cut_are_the_test():
    table = _table()
    made = split(table, SplitPlan(kind="time", column="day", cut="2020-07-01"))
    assert (table.columns["day"][made.parts["test"]] >= np.datetime64("2020-07-01")).all()
    assert (table.columns["day"][made.parts["train"]] < np.datetime64("2020-07-01")).all()


def test_that_a_cut_may_be_a_number():
    made = split(Table.of({"yr": [0.0] * 6 + [1.0] * 4}), SplitPlan(kind="time", column="yr", cut="1"))
    assert made.parts["test"].tolist() == [6, 7, 8, 9]


def test_that_rows_without_a_time_are_left_out_and_counted():
    table = Table.of({"t": [1.0, None, 2.0, 3.0, 4.0]})
    made = split(table, SplitPlan(kind="time", column="t"))
    assert made.manifest.left_out == 1
    assert 1 not in np.concatenate(list(made.parts.values()))


def test_that_a_row_in_two_parts_and_a_torn_group_are_found():
    who = np.array(["a", "b", "a", None], dtype=object)
    checked = disjoint({"train": np.array([0, 1]), "test": np.array([1, 2, 3])}, keys={"who": who})
    assert not checked.passes
    assert checked.shared_rows == 1
    assert checked.shared_keys == {"who": 2}
    assert "who" in checked.sentence


def test_that_a_test_part_before_the_training_ends_is_found():
    time = np.array([1.0, 5.0, 3.0])
    checked = disjoint({"train": np.array([0, 1]), "test": np.array([2])}, time=time)
    assert checked.in_time_order is False
    assert not checked.passes


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (SplitPlan(shares={"train": 1.0}), "SPLIT-101"),
        (SplitPlan(shares={"train": 0.5, "test": 0.4}), "SPLIT-101"),
        (SplitPlan(kind="time"), "SPLIT-102"),
        (SplitPlan(kind="group", column="one"), "SPLIT-103"),
        (SplitPlan(shares={"train": 0.9999, "test": 0.0001}), "SPLIT-104"),
        (SplitPlan(kind="time", column="t", cut="99"), "SPLIT-104"),
        (SplitPlan(cut="3"), "SPLIT-105"),
        (SplitPlan(kind="time", column="t", cut="soon"), "SPLIT-106"),
        (SplitPlan(kind="time", column="none"), "DATA-404"),
    ],
)
def test_that_an_impossible_plan_is_refused_with_its_code(plan, code):
    table = Table.of({"one": [1.0] * 10, "t": np.arange(10.0)})
    with pytest.raises(DeskError) as caught:
        split(table, plan)
    assert caught.value.code == code
    assert caught.value.hint

"""Groups compared: against fairlearn and SciPy, honest about small groups, careful with words."""

# mypy: disable-error-code="operator"

from __future__ import annotations

import duckdb
import fairlearn.metrics as oracle
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlops_desk.science.fairness import MIN_ROWS, audit, cramers_v, find_proxies
from mlops_desk.science.groups import groups_of
from mlops_desk.science.intervals import log_ratio, newcombe, wilson
from mlops_desk.science.table import Table


def _people(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], n).astype(object)
    race = rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1]).astype(object)
    truth = rng.random(n) < np.where(sex == "F", 0.3, 0.5)
    chosen = np.where(rng.random(n) < 0.8, truth, rng.random(n) < 0.3)
    return sex, race, truth, chosen


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_that_rates_and_gaps_equal_those_of_fairlearn(seed):
    sex, race, truth, chosen = _people(seed=seed)
    metrics = {
        "selection_rate": oracle.selection_rate,
        "tpr": oracle.true_positive_rate,
        "fpr": oracle.false_positive_rate,
    }
    for name, column in (("sex", sex), ("race", race)):
        frame = oracle.MetricFrame(metrics=metrics, y_true=truth, y_pred=chosen, sensitive_features=column.astype(str))
        (found,) = audit({name: column}, chosen, truth)
        for group in found.groups:
            for metric in metrics:
                assert group.rates[metric].value == pytest.approx(frame.by_group.loc[group.name, metric])
        for gap in found.gaps:
            if gap.metric in metrics:
                assert gap.ratio == pytest.approx(frame.ratio()[gap.metric])
                assert gap.difference == pytest.approx(frame.difference()[gap.metric])


@given(st.integers(0, 500), st.integers(1, 500))
def test_that_wilson_equals_scipy(count, of):
    count = min(count, of)
    expected = stats.binomtest(count, of).proportion_ci(method="wilson")
    assert wilson(count, of) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_that_newcombe_gives_the_figures_of_his_paper():
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)  # Newcombe 1998, table II (a)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)  # (b)


@given(st.integers(1, 99), st.integers(1, 99))
def test_that_the_ratio_interval_equals_scipy(first, second):
    expected = stats.contingency.relative_risk(first, 100, second, 100).confidence_interval()
    assert log_ratio(first, 100, second, 100) == pytest.approx((expected.low, expected.high))


def test_that_a_ratio_with_no_case_still_has_an_interval():
    low, high = log_ratio(0, 200, 50, 200)
    assert 0 < low < high < 0.2


def test_that_a_small_group_is_too_few_and_never_sets_the_gap():
    sex, _race, truth, chosen = _people()
    sex = sex.copy()
    sex[: MIN_ROWS - 1] = "X"
    chosen = chosen.copy()
    chosen[: MIN_ROWS - 1] = False
    (found,) = audit({"sex": sex}, chosen, truth)
    selection = found.gaps[0]
    assert selection.too_few == ("X",)
    assert "X" not in (selection.lowest, selection.highest)
    assert next(group for group in found.groups if group.name == "X").rates["selection_rate"].is_too_few


def test_that_few_positives_are_too_few_for_what_is_found_of_them():
    group = np.repeat(["a", "b"], 500).astype(object)
    truth = np.zeros(1000, dtype=bool)
    truth[:200] = True
    truth[500:529] = True  # 29 positives in b
    (found,) = audit({"g": group}, truth, truth)
    gaps = {gap.metric: gap for gap in found.gaps}
    assert gaps["tpr"].ratio is None
    assert gaps["tpr"].too_few == ("b",)
    assert gaps["selection_rate"].ratio == pytest.approx((29 / 500) / (200 / 500))


def test_that_a_low_ratio_asks_to_look_closer_and_never_says_unfair():
    group = np.repeat(["a", "b"], 500).astype(object)
    chosen = np.concatenate([np.arange(500) < 200, np.arange(500) < 159])
    (found,) = audit({"g": group}, chosen)
    (gap,) = found.gaps
    assert gap.look_closer
    assert "look closer" in gap.sentence
    chosen[500:] = np.arange(500) < 160  # exactly 0.80
    assert not audit({"g": group}, chosen)[0].gaps[0].look_closer
    for word in ("unfair", "bias", "discriminat"):
        assert word not in msgspec.json.encode(found).decode().lower()


def test_that_two_attributes_are_crossed():
    sex, race, truth, chosen = _people()
    crossing = audit({"sex": sex, "race": race}, chosen, truth)[-1]
    assert crossing.columns == ("sex", "race")
    assert len(crossing.groups) == 6
    assert sum(group.n for group in crossing.groups) == 3000


def test_that_a_number_is_compared_in_ranges_and_a_gap_in_it_is_a_group():
    rng = np.random.default_rng(0)
    age = rng.integers(17, 90, 2000).astype(float)
    age[:150] = np.nan
    names = groups_of(age)
    assert len(set(names)) == 5
    assert (names[:150] == "not stated").all()
    counts = [int((names == name).sum()) for name in set(names) - {"not stated"}]
    assert max(counts) - min(counts) < 100


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_that_cramers_v_is_that_of_scipy_for_many_rows(seed, link):
    rng = np.random.default_rng(seed)
    first = rng.choice(["a", "b", "c"], 20_000)
    second = np.where(rng.random(20_000) < link, first, rng.choice(["a", "b", "c"], 20_000))
    table = np.array([[int(((first == i) & (second == j)).sum()) for j in "abc"] for i in "abc"])
    assert cramers_v(first, second) == pytest.approx(stats.contingency.association(table), abs=0.02)


def test_that_a_stand_in_is_named_and_a_random_code_is_not():
    rng = np.random.default_rng(0)
    sex = rng.choice(["F", "M"], 2000).astype(object)
    title = np.where(sex == "F", "Ms", "Mr").astype(object)
    noise = rng.integers(0, 400, 2000).astype(str).astype(object)
    table = Table.of({"sex": sex, "title": title, "noise": noise})
    (proxy,) = find_proxies(table, ["sex"], ["title", "noise"])
    assert proxy.column == "title"
    assert proxy.v > 0.99


def test_that_the_approval_rates_of_adult_come_out(real_data):
    con = duckdb.connect()
    table = Table.of(con.execute(f"select * from read_csv('{real_data / 'adult.csv'}')").fetchnumpy())
    (found,) = audit({"sex": table.columns["sex"]}, table.columns["income-per-year"] == ">50K")
    rates = {group.name: group.rates["selection_rate"].value for group in found.groups}
    assert rates == pytest.approx({"Female": 0.1095, "Male": 0.3057}, abs=5e-5)
    (gap,) = found.gaps
    assert gap.ratio == pytest.approx(0.358, abs=5e-4)
    assert gap.ratio_low < 0.358 < gap.ratio_high
    assert gap.look_closer
    proxies = {proxy.column for proxy in find_proxies(table, ["sex"], ["relationship", "occupation", "race"])}
    assert proxies == {"relationship", "occupation"}

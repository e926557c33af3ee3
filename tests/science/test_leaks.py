"""Leaks are named before training, all of them."""

from __future__ import annotations

import duckdb
import numpy as np

from mlops_desk.science.leaks import find_leaks
from mlops_desk.science.table import Table

N = 800


def _table(**more):
    rng = np.random.default_rng(3)
    truth = rng.random(N) < 0.3
    columns = {
        "honest": truth * 0.8 + rng.normal(size=N),
        "town": rng.choice(["a", "b", "c"], N).astype(object),
        "y": np.where(truth, "yes", "no").astype(object),
    }
    return Table.of(columns | {name: make(truth, rng) for name, make in more.items()})


def test_that_honest_columns_are_no_leak():
    assert find_leaks(_table(), "y") == ()


def test_that_a_column_that_predicts_the_target_alone_is_named():
    table = _table(score=lambda truth, rng: truth + rng.normal(size=N) * 0.05)
    (leak,) = find_leaks(table, "y")
    assert leak.columns == ("score",)
    assert leak.gives_away
    assert "score" in leak.sentence
    assert "y" in leak.sentence


def test_that_a_code_for_the_target_is_named():
    table = _table(code=lambda truth, rng: np.where(truth, rng.choice(["A", "B"], N), "C").astype(object))
    (leak,) = find_leaks(table, "y")
    assert (leak.columns, leak.kind) == (("code",), "mapping")


def test_that_a_value_missing_only_where_the_answer_is_no_is_named():
    table = _table(paid_at=lambda truth, rng: np.where(truth, rng.normal(size=N), np.nan))
    assert [leak.columns for leak in find_leaks(table, "y") if leak.gives_away] == [("paid_at",)]


def test_that_ids_and_constants_are_named_but_give_nothing_away():
    table = _table(id=lambda _truth, _rng: np.arange(N), same=lambda _truth, _rng: np.ones(N))
    found = {leak.kind: leak for leak in find_leaks(table, "y")}
    assert found["id"].columns == ("id",)
    assert found["constant"].columns == ("same",)
    assert not any(leak.gives_away for leak in found.values())


def test_that_only_the_columns_asked_for_are_looked_at():
    table = _table(score=lambda truth, _rng: truth.astype(float))
    assert find_leaks(table, "y", columns=["honest", "town"]) == ()


def test_that_the_sum_in_the_bike_data_is_named_with_both_columns(real_data):
    con = duckdb.connect()
    sql = f"select * from read_csv('{real_data / 'bike_hour_official.csv'}')"
    leaks = find_leaks(Table.of(con.execute(sql).fetchnumpy()), "cnt")
    (identity,) = [leak for leak in leaks if leak.kind == "identity"]
    assert set(identity.columns) == {"casual", "registered"}
    assert "cnt = casual + registered" in identity.sentence
    assert [leak.columns for leak in leaks if leak.gives_away] == [identity.columns]

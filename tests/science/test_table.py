"""A table in memory: kinds, missing values, labels."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pytest

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.table import Table, label_of, labels_of


def test_that_lists_become_columns_of_three_kinds():
    table = Table.of({"n": [1, None, 3], "c": ["a", None, "b"], "b": [True, False, None]})
    assert table.kinds == {"n": "number", "c": "category", "b": "category"}
    assert table.columns["b"].tolist() == ["true", "false", None]
    assert table.present("n").tolist() == [True, False, True]


def test_that_a_query_keeps_nulls_of_every_type():
    con = duckdb.connect()
    sql = """select * from (values
        (1, 1.5::decimal(9,2), 'a', true, date '2020-01-01', timestamp '2020-01-01 10:00', interval 1 hour),
        (null, null, null, null, null, null, null)) as t(i, d, s, b, day, stamp, span)"""
    table = Table.of(con.execute(sql).fetchnumpy())
    assert [table.kinds[name] for name in table.columns] == [
        "number",
        "number",
        "category",
        "category",
        "time",
        "time",
        "number",
    ]
    for name in table.columns:
        assert table.present(name).tolist() == [True, False]
    assert table.columns["day"][0] == np.datetime64("2020-01-01")
    assert table.columns["stamp"][0].item() == dt.datetime(2020, 1, 1, 10)  # noqa: DTZ001 - as DuckDB holds it


def test_that_a_disguised_missing_value_is_blanked_and_counted():
    table = Table.of({"work": ["x", "?", " ? "], "age": ["1", "?", "3"]}, missing=("?",))
    assert table.columns["work"].tolist() == ["x", None, None]
    assert table.kinds["age"] == "number"
    assert table.disguised == {"work": 2, "age": 1}


def test_that_tokens_may_belong_to_one_column_only():
    table = Table.of({"a": ["?", "x"], "b": ["?", "x"]}, missing={"a": ("?",)})
    assert table.columns["b"].tolist() == ["?", "x"]
    assert table.disguised == {"a": 1}


def test_that_infinity_counts_as_missing():
    assert Table.of({"n": np.array([1.0, np.inf, -np.inf])}).present("n").tolist() == [True, False, False]


def test_that_an_unknown_column_names_those_there_are():
    with pytest.raises(DeskError) as caught:
        Table.of({"age": [1]}).column("aeg")
    assert caught.value.code == "DATA-404"
    assert "age" in caught.value.hint


def test_that_columns_of_different_lengths_are_a_bug():
    with pytest.raises(ValueError, match="differ in length"):
        Table.of({"a": [1], "b": [1, 2]})


def test_that_labels_are_written_as_people_do():
    assert [label_of(value) for value in (1.0, 1.5, True, np.bool_(False), "x")] == ["1", "1.5", "true", "false", "x"]
    assert labels_of(np.array([1.0, np.nan, 2.5])).tolist() == ["1", None, "2.5"]


def test_that_rows_are_taken_in_the_order_asked():
    table = Table.of({"a": [1, 2, 3], "b": ["x", "y", "z"]}).take(np.array([2, 0]))
    assert table.rows == 2
    assert table.columns["b"].tolist() == ["z", "x"]

"""What a model is fed: which columns, and how a category becomes a number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.features import UNKNOWN, choose_inputs, encode, encode_column, guess_task
from mlops_desk.science.table import Table


def test_that_useless_columns_are_left_out_with_a_sentence_each():
    table = Table.of(
        {
            "good": [1.0, 2.0, 3.0],
            "empty": [None, None, None],
            "same": ["x", "x", "x"],
            "day": np.array(["2020-01-01", "2020-01-02", "2020-01-03"], dtype="datetime64[us]"),
        }
    )
    inputs = choose_inputs(table, list(table.columns))
    assert [feature.name for feature in inputs.features] == ["good"]
    assert len(inputs.notes) == 3
    for name in ("empty", "same", "day"):
        assert any(name in note for note in inputs.notes)


def test_that_free_text_is_left_out():
    table = Table.of({"name": [f"person {n}" for n in range(60)]})
    assert choose_inputs(table, ["name"]).features == ()


def test_that_a_range_and_the_missing_count_are_kept():
    (feature,) = choose_inputs(Table.of({"a": [3.0, None, 1.0]}), ["a"]).features
    assert (feature.low, feature.high, feature.missing) == (1.0, 3.0, 1)


def test_that_an_unseen_category_is_unknown_and_no_value_is_nan():
    (feature,) = choose_inputs(Table.of({"c": ["b", "a", "b"]}), ["c"]).features
    codes = encode_column(np.array(["a", "b", "new", None], dtype=object), feature)
    assert codes[:3].tolist() == [0.0, 1.0, UNKNOWN]
    assert np.isnan(codes[3])


@given(st.lists(st.one_of(st.none(), st.sampled_from("abcdef")), min_size=1, max_size=50))
def test_that_codes_lead_back_to_the_categories(values):
    table = Table.of({"c": values, "n": list(range(len(values)))})
    features = choose_inputs(table, ["c"]).features
    for feature in features:
        codes = encode(table, features)[:, 0]
        back = [None if np.isnan(code) else feature.categories[int(code)] for code in codes]
        assert back == values


def test_that_the_task_is_told_from_the_target():
    assert guess_task(np.array(["a", "b"], dtype=object)) == "classification"
    assert guess_task(np.array([0.0, 1.0, np.nan])) == "classification"
    assert guess_task(np.array([0.0, 1.0, 2.0])) == "regression"

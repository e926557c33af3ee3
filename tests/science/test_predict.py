"""A model answers rows as scikit-learn does, refuses what does not fit, and is quick."""

# mypy: disable-error-code="operator,union-attr,index"

from __future__ import annotations

import math
import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.features import encode
from mlops_desk.science.predict import Predictor, matrix_of
from mlops_desk.science.rowfiles import read_table
from tests.science.models import TOWNS, small_model

GOOD = {"age": 33, "income": 2.5, "town": "Bonn", "ok": "true"}
ROWS = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(-200, 10**6), st.floats(allow_infinity=False)),
        "income": st.one_of(st.none(), st.floats(-1e6, 1e6)),
        "town": st.one_of(st.none(), st.sampled_from(TOWNS), st.text(max_size=5)),
        "ok": st.one_of(st.none(), st.booleans(), st.sampled_from(["true", "false", "perhaps"])),
    }
)
MODELS = [("linear", "classification", 2), ("linear", "classification", 4), ("linear", "regression", 0)]


@cache
def _model(name, task, k):
    return small_model(name, task, k)


@pytest.mark.parametrize("kind", MODELS, ids=str)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_that_the_fast_way_equals_scikit_learn(kind, rows):
    pipeline, schema, _table = _model(*kind)
    rows = [row | {"age": None if row["age"] is not None and not abs(row["age"]) < 1e9 else row["age"]} for row in rows]
    predictor = Predictor(pipeline, schema)
    matrix = matrix_of(rows, schema.features)
    many, each = predictor.predict(rows), [predictor.predict([row])[0] for row in rows]
    if schema.task == "regression":
        expected = pipeline.predict(matrix)
        for place, value in enumerate(expected):
            assert many[place].value == pytest.approx(value, rel=1e-9, abs=1e-9)
            assert each[place].value == pytest.approx(value, rel=1e-9, abs=1e-9)
        return
    for place, scores in enumerate(pipeline.predict_proba(matrix)):
        for found in (many[place], each[place]):
            assert list(found.scores.values()) == pytest.approx(scores.tolist(), abs=1e-9)
            assert found.scores[found.label] == max(found.scores.values())


@pytest.mark.parametrize("name", ["dummy", "forest", "boosting"])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_that_other_models_answer_what_scikit_learn_answers(name, task):
    pipeline, schema, table = _model(name, task, 2)
    rows = [
        {feature.name: _plain(table.columns[feature.name][number]) for feature in schema.features}
        for number in range(50)
    ]
    found = Predictor(pipeline, schema).predict(rows)
    matrix = encode(table, schema.features)[:50]
    if task == "regression":
        assert [one.value for one in found] == pipeline.predict(matrix).tolist()
    else:
        assert [list(one.scores.values()) for one in found] == pipeline.predict_proba(matrix).tolist()


def _plain(value):
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"age": "33"}, "age must be a number"),
        ({"age": True}, "age must be a number"),
        ({"age": math.inf}, "age must be a number"),
        ({"age": 10**400}, "age must be a number"),
        ({"age": [1]}, "age must be a number"),
        ({"town": 3}, "town must be a text"),
        ({"town": {"x": 1}}, "town must be a text"),
        ({"colour": "red"}, "not known: colour"),
    ],
)
@pytest.mark.parametrize("name", ["linear", "boosting"])
def test_that_a_row_that_does_not_fit_is_refused_by_name(name, change, named):
    pipeline, schema, _table = _model(name, "classification", 2)
    with pytest.raises(DeskError) as caught:
        Predictor(pipeline, schema).predict([GOOD | change])
    assert caught.value.code == "PRED-101"
    assert named in caught.value.sentence


def test_that_everything_wrong_is_named_at_once():
    pipeline, schema, _table = _model("linear", "classification", 2)
    with pytest.raises(DeskError) as caught:
        Predictor(pipeline, schema).predict([{"age": "x", "town": "Bonn", "zip": 1, "ok": None}])
    for word in ("missing: income", "not known: zip", "age must be a number"):
        assert word in caught.value.sentence


def test_that_one_row_takes_under_fifty_microseconds():
    pipeline, schema, _table = _model("linear", "classification", 2)
    predictor = Predictor(pipeline, schema)
    best = math.inf
    for _round in range(20):
        start = time.perf_counter()
        for _row in range(200):
            predictor.predict([GOOD])
        best = min(best, (time.perf_counter() - start) / 200)
    assert best < 50e-6


def test_that_no_rows_have_no_answers():
    for name in ("linear", "boosting"):
        pipeline, schema, _table = _model(name, "classification", 2)
        assert Predictor(pipeline, schema).predict([]) == []


def test_that_an_unreadable_file_is_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\x00\xff" * 50)
    for path in ("x.csv", "gone.parquet"):
        with pytest.raises(DeskError) as caught:
            read_table(str(tmp_path / path), "parquet")
        assert caught.value.code == "DATA-410"

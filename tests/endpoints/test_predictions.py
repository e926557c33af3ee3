"""Rows over HTTP are answered as the model answers them, and what does not fit is named."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.endpoints.client import GOOD
from tests.science.models import predictor_of

ROWS = [GOOD, GOOD | {"age": None, "town": "nowhere"}, GOOD | {"age": 71.5, "ok": False, "town": None}]


@pytest.mark.parametrize("kind", ["linear", "forest", "amount"])
@pytest.mark.parametrize("count", [1, 3, 30])
def test_that_the_answers_are_those_of_the_model(shared, shelf, kind, count):
    rows = (ROWS * 10)[:count]
    expected = predictor_of(shelf.files[kind][0]).predict(rows)
    with shared(kind).client() as client:
        answer = client.predict(*rows)
    assert answer.status == 200
    assert (answer.body["model"], answer.body["release"]) == (f"{kind}@1", f"r-{kind}")
    for found, one in zip(answer.body["predictions"], expected, strict=True):
        plain = {name: value for name, value in msgspec.to_builtins(one).items() if value is not None}
        assert found == pytest.approx(plain) if kind == "amount" else found == plain


def test_that_no_rows_have_no_answers(shared):
    with shared("forest").client() as client:
        assert client.predict().body["predictions"] == []


def test_that_ten_thousand_rows_are_answered_and_one_more_is_not(client):
    row = {"age": 1, "income": 1, "town": None, "ok": None}
    assert len(client.predict(*[row] * 10_000).body["predictions"]) == 10_000
    answer = client.send(b'{"rows":[' + b",".join([b"{}"] * 10_001) + b"]}")
    assert (answer.status, answer.code) == (413, "SERVE-304")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({key: value for key, value in GOOD.items() if key != "income"}, "missing: income"),
        (GOOD | {"colour": "red"}, "not known: colour"),
        (GOOD | {"age": "33"}, "age must be a number"),
        (GOOD | {"age": True}, "age must be a number"),
        (GOOD | {"age": [1]}, "age must be a number"),
        (GOOD | {"town": 3}, "town must be a text"),
        ({"age": "x", "zip": 1}, "missing: income, town, ok; not known: zip; age must be a number"),
    ],
)
def test_that_columns_that_do_not_fit_are_named_in_one_error(client, row, named):
    answer = client.predict(GOOD, row)
    assert (answer.status, answer.code) == (422, "PRED-101")
    assert named in answer.sentence
    assert answer.body["error"]["hint"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"rows":[{"age":NaN}]}', 400),
        ('{"rows":[{"age":Infinity}]}', 400),
        ('{"rows":[{"age":1e999}]}', 422),
        ('{"rows":[{"age":1}', 400),
        ('{"rows":[]} x', 400),
        ('{"rows":[{"town":"\\ud800"}]}', 400),
        ('{"rows":' + "[" * 200_000 + "]" * 200_000 + "}", 422),
        ('{"rows":[{"age":' + "[" * 200_000 + "]" * 200_000 + "}]}", 400),
        ('{"rows":{"age":1}}', 422),
        ('{"rows":[1]}', 422),
        ('{"row":[]}', 422),
        ('{"rows":[],"more":1}', 422),
        ("[]", 422),
        ("null", 422),
    ],
    ids=range(14),
)
def test_that_a_body_that_is_not_what_was_asked_for_is_refused(client, text, status):
    answer = client.send(text)
    assert answer.status == status
    assert answer.code in {"SERVE-305", "SERVE-306"}
    assert len(json.dumps(answer.body)) < 1000
    assert client.predict(GOOD).status == 200


def test_that_bytes_that_are_no_text_are_refused(client):
    assert client.send(b'{"rows":[{"town":"\xff\xfe"}]}').status == 400


def test_that_a_number_beyond_measure_is_refused_by_name(client):
    answer = client.predict(GOOD | {"age": 10**400})
    assert answer.status in {400, 422}


def test_that_of_a_name_given_twice_the_last_counts(client):
    twice = json.dumps({"rows": [GOOD]}).replace('"age": 33', '"age": 5, "age": 33')
    assert client.send(twice).body == client.predict(GOOD).body


def test_that_the_schema_tells_what_to_send(client):
    answer = client.ask(path="/schema")
    names = [feature["name"] for feature in answer.body["schema"]["features"]]
    assert (answer.status, sorted(names)) == (200, sorted(GOOD))
    assert answer.body["environment"] == "staging"


def test_that_health_counts_what_was_asked(client):
    before = client.ask().body["service"]
    client.predict(GOOD, GOOD)
    client.send("x")
    after = client.ask().body["service"]
    assert after["requests"] == before["requests"] + 2
    assert after["rows"] == before["rows"] + 2
    assert after["refused"] == before["refused"] + 1
    assert (after["failed"], after["share_answered"]) == (0, 1)


def test_that_the_document_describes_every_route(client):
    document = client.ask(path="/openapi.json").body
    assert set(document["paths"]) == {"/predict", "/schema", "/health", "/openapi.json"}
    assert set(document["components"]["schemas"]["Row"]["required"]) == set(GOOD)
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text

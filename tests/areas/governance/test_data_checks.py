"""The computed checks on data that compare: columns of two versions, and what trained against what serves."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_desk.areas.datasets.dataset import ColumnType, Dataset
from mlops_desk.areas.datasets.schema import differences
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.governance.queries import about
from mlops_desk.catalogue import REGISTRY
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.state import Verdict
from tests.areas.facts import Made, tell, version


def found(desk, name: str, id_: str, **args: Any) -> Verdict:
    return desk.ask(  # type: ignore[no-any-return]
        lambda rows: REGISTRY.checks[name](rows, about(rows, "dataset-version", id_), args, today())
    )


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"b": "DATE", "a": "BIGINT"}, ""),
        ({"a": "BIGINT"}, "gone: b"),
        ({"a": "BIGINT", "b": "DATE", "c": "DATE"}, "new: c"),
        ({"a": "VARCHAR", "c": "DATE"}, "gone: b; new: c; a is VARCHAR, was BIGINT"),
    ],
)
def test_that_schemas_are_compared_by_name_and_type_whatever_their_order(after, words) -> None:
    assert differences({"a": "BIGINT", "b": "DATE"}, after) == words


def test_that_a_version_is_checked_against_the_one_before_and_the_first_against_nothing(desk) -> None:
    [dataset, other] = tell(desk, Dataset(name="loans"), Dataset(name="cars"))
    tell(desk, version(other, label="cars@1", names=("wheels",)))
    [first] = tell(desk, version(dataset))
    [second] = tell(desk, version(dataset, number=2, label="loans@2"))
    [third] = tell(desk, version(dataset, number=3, label="loans@3", names=("age", "city")))
    assert found(desk, "K08", first, what="columns").state.word == "Not known"
    assert found(desk, "K08", second, what="columns").state == ("ok", "Pass", "the columns are those of loans@1")
    verdict = found(desk, "K08", third, what="columns")
    assert verdict.state == ("bad", "Fail", "against loans@2: gone: mail; new: city")


def test_that_a_change_of_type_is_a_change_of_the_schema(desk) -> None:
    [dataset] = tell(desk, Dataset(name="loans"))
    tell(desk, version(dataset))
    columns = (ColumnType("age", "VARCHAR"), ColumnType("mail", "BIGINT"))
    [second] = tell(desk, version(dataset, number=2, label="loans@2").but(columns=columns))
    assert found(desk, "K08", second, what="columns").state.reason == "against loans@1: age is VARCHAR, was BIGINT"


def test_that_quality_rules_never_pass_while_none_is_recorded_and_the_schema_is_told(desk) -> None:
    [dataset] = tell(desk, Dataset(name="loans"))
    tell(desk, version(dataset))
    [second] = tell(desk, version(dataset, number=2, label="loans@2"))
    verdict = found(desk, "K09", second)
    assert verdict.state.word == "Not known"
    assert verdict.state.reason == "no quality rule is recorded; the columns are those of loans@1"


def test_that_what_serves_must_be_the_file_that_training_wrote(desk) -> None:
    [unused] = tell(desk, Dataset(name="unused"))
    [alone] = tell(desk, version(unused, label="unused@1"))
    assert found(desk, "K08", alone, what="transform").state.reason == "no model version was made from unused@1 yet"
    made = Made(desk)
    assert found(desk, "K08", made.version, what="transform").state.word == "Pass"
    tell(desk, ModelVersion(model=made.model, number=2, label="credit@2", run=made.run, sha256="f" * 64))
    verdict = found(desk, "K08", made.version, what="transform")
    assert verdict.state == ("bad", "Fail", "not the file that its training wrote: credit@2")

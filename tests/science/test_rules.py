"""Quality rules: proposed ones hold where they come from, and counts equal counting by hand."""

from __future__ import annotations

# mypy: disable-error-code="union-attr"
# A figure that is None fails the test as loudly as the checker would.
import os
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.describe import describe, redacted
from mlops_desk.science.rules import (
    Checked,
    Rule,
    RulesChecked,
    RulesJob,
    check_file,
    check_rules,
    propose_rules,
)
from mlops_desk.science.sources import open_source


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT i AS id, i % 10 AS n, CASE WHEN i % 4 = 0 THEN NULL ELSE i * 0.5 END AS f, "
        "CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS t, 'K' || i AS code, DATE '2020-01-01' + i::INTEGER AS d, "
        "NULL::INTEGER AS e, TIMESTAMP '2020-01-01' + i * INTERVAL 1 HOUR AS s, "
        "9007199254740993 + i AS big FROM range(100) r(i)"
    ).write_parquet(str(path))
    return open_source(path)


def check(source, **rule) -> Checked:
    return check_rules(source, [Rule(**rule)])[0]


def test_that_proposed_rules_hold_where_they_come_from(source):
    rules = propose_rules(describe(source))
    found = check_file(RulesJob(path=source.path, rules=rules), silent)
    assert {rule.kind for rule in rules} == {"not null", "range", "allowed", "unique"}
    assert [each.rule for each in found.results if not each.is_kept] == []
    assert [each.column for each in rules if each.column == "e"] == []
    assert msgspec.json.decode(msgspec.json.encode(found), type=RulesChecked) == found


def test_that_a_redacted_profile_gives_no_rule_with_values(source):
    rules = propose_rules(redacted(describe(source), None))
    assert {rule.kind for rule in rules} <= {"not null", "unique"}


@pytest.mark.parametrize(
    ("rule", "checked", "failed", "is_kept"),
    [
        ({"column": "f", "kind": "not null"}, 100, 25, False),
        ({"column": "f", "kind": "not null", "share": 0.75}, 100, 25, True),
        ({"column": "n", "kind": "range", "low": 1, "high": 8}, 100, 20, False),
        ({"column": "f", "kind": "range", "low": 0.5}, 75, 0, True),
        ({"column": "d", "kind": "range", "low": "2020-01-11"}, 100, 10, False),
        ({"column": "s", "kind": "range", "high": "2020-01-01T09:00:00Z"}, 100, 90, False),
        ({"column": "big", "kind": "range", "low": 9007199254740994}, 100, 1, False),
        ({"column": "t", "kind": "range", "low": 1}, 100, 100, False),
        ({"column": "d", "kind": "range", "low": 1}, 100, 100, False),
        ({"column": "n", "kind": "range", "low": "2020-01-01"}, 100, 100, False),
        ({"column": "n", "kind": "range", "low": 1e-300, "high": 1e300}, 100, 10, False),
        ({"column": "t", "kind": "allowed", "values": ("a",)}, 100, 50, False),
        ({"column": "t", "kind": "allowed", "values": ()}, 100, 100, False),
        ({"column": "t", "kind": "allowed", "values": ("a", "b", "it's")}, 100, 0, True),
        ({"column": "id", "kind": "unique"}, 100, 0, True),
        ({"column": "n", "kind": "unique"}, 100, 90, False),
        ({"column": "code", "kind": "pattern", "pattern": "K[0-9]"}, 100, 90, False),
        ({"column": "code", "kind": "pattern", "pattern": "K[0-9]+"}, 100, 0, True),
        ({"column": "gone", "kind": "unique"}, 0, 0, False),
    ],
)
def test_that_failing_rows_are_counted(source, rule, checked, failed, is_kept):
    found = check(source, **rule)
    assert (found.checked, found.failed, found.is_kept) == (checked, failed, is_kept)
    assert bool(found.reason) == (rule["column"] == "gone")


def test_that_a_broken_pattern_is_refused(source):
    with pytest.raises(DeskError) as refused:
        check(source, column="code", kind="pattern", pattern="[")
    assert refused.value.code == "DATA-231"
    with pytest.raises(DeskError):
        check(source, column="code", kind="pattern", pattern="(?<=a)b")  # Python has it, RE2 does not


def test_that_not_a_number_counts_as_missing(tmp_path):
    duckdb.sql("SELECT unnest([1.0, 'nan'::DOUBLE, NULL]) AS v").write_parquet(str(tmp_path / "t.parquet"))
    source = open_source(tmp_path / "t.parquet")
    assert check(source, column="v", kind="not null").failed == 2
    assert check(source, column="v", kind="range", high=2).checked == 1
    assert check(source, column="v", kind="unique").checked == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.integers(-20, 20), min_size=1, max_size=40),
    low=st.none() | st.integers(-20, 20),
    high=st.none() | st.integers(-20, 20),
)
def test_that_counts_equal_counting_by_hand(tmp_path, values, low, high):
    path = tmp_path / "t.csv"
    path.write_text("v,w\n" + "".join(f"{'' if value is None else value},1\n" for value in values))
    source = open_source(path)
    present = [value for value in values if value is not None]
    ranged = check(source, column="v", kind="range", low=low, high=high)
    outside = [each for each in present if (low is not None and each < low) or (high is not None and each > high)]
    assert (ranged.checked, ranged.failed) == (len(present), len(outside))
    assert check(source, column="v", kind="not null").failed == len(values) - len(present)
    assert check(source, column="v", kind="unique").failed == len(present) - len(set(present))


def test_that_the_rules_of_adult_hold():
    folder = os.environ.get("MLOPS_DESK_REAL_DATA")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    source = open_source(Path(folder) / "adult.csv")
    rules = propose_rules(describe(source))
    assert all(each.is_kept for each in check_rules(source, rules))
    assert Rule(column="sex", kind="allowed", values=("Female", "Male")) in rules

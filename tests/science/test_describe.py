"""The profile of a table: the same numbers as counting by hand, and nothing shared that must stay."""

from __future__ import annotations

# mypy: disable-error-code="union-attr, arg-type"
# A figure that is None fails the test as loudly as the checker would.
import datetime as dt
import math
import os
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.science import column_figures, describe
from mlops_desk.science.column_figures import QUANTILES, ColumnProfile
from mlops_desk.science.describe import Profile
from mlops_desk.science.sources import open_source

SHARED_FOLDER = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table(path: Path, **columns: tuple[str, list[object]]) -> Profile:
    """Write columns (type and values) as Parquet and profile it."""
    with duckdb.connect() as connection:
        typed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"CREATE TABLE t ({typed})")
        rows = list(zip(*(values for _, values in columns.values()), strict=True))
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return describe.describe(open_source(path))


def one(tmp_path: Path, kind: str, values: list[object]) -> ColumnProfile:
    return table(tmp_path / "t.parquet", v=(kind, values)).column("v")


def real(name: str) -> Path:
    folder = os.environ.get("MLOPS_DESK_REAL_DATA")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    return Path(folder) / name


numbers = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0, math.inf, -math.inf, math.nan, 1e308, -1e308]),
)


@SHARED_FOLDER
@given(values=st.lists(numbers, min_size=1, max_size=40))
def test_that_figures_of_numbers_equal_counting_by_hand(tmp_path, values):
    found = one(tmp_path, "DOUBLE", values)
    present = [value for value in values if value is not None and not math.isnan(value)]
    finite = [value for value in present if math.isfinite(value)]
    assert found.missing == len(values) - len(present)
    assert found.distinct == len(set(present))
    assert found.infinite == len(present) - len(finite)
    assert found.zeros == present.count(0)
    assert found.negatives == sum(value < 0 for value in present)
    if finite:
        assert (found.minimum, found.maximum) == (min(finite), max(finite))
        assert found.histogram
        assert sum(found.histogram.counts) == len(finite)


@SHARED_FOLDER
@given(
    values=st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-5, 5)), min_size=1, max_size=40)
)
def test_that_figures_of_integers_are_exact(tmp_path, values):
    found = one(tmp_path, "BIGINT", values)
    present = [value for value in values if value is not None]
    assert (found.missing, found.distinct) == (len(values) - len(present), len(set(present)))
    assert (found.minimum, found.maximum) == (min(present, default=None), max(present, default=None))
    if present:
        assert sum(found.histogram.counts) == len(present)


@SHARED_FOLDER
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_that_moments_quantiles_and_histogram_equal_numpy(tmp_path, values):
    found = one(tmp_path, "DOUBLE", values)
    assert found.mean == pytest.approx(np.mean(values), abs=1e-6)
    assert found.std == pytest.approx(np.std(values, ddof=1), abs=1e-6)
    wanted = np.quantile(values, QUANTILES)
    assert list(found.quantiles.values()) == pytest.approx(wanted, abs=1e-6)
    assert list(found.quantiles) == ["1", "5", "25", "50", "75", "95", "99"]
    if max(values) - min(values) > 1e-3:
        edges = np.array(values).min() * (1 - np.arange(51) / 50) + np.array(values).max() * (np.arange(51) / 50)
        assert list(found.histogram.counts) == np.histogram(values, bins=edges)[0].tolist()


@SHARED_FOLDER
@given(
    values=st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "?", " NA", "é☃"]), st.text("xyz")), min_size=1),
    many=st.sampled_from([0, 5_000]),
)
def test_that_figures_of_text_equal_counting_by_hand(tmp_path, monkeypatch_many, values, many):
    monkeypatch_many(many)
    found = one(tmp_path, "VARCHAR", values)
    present = [value for value in values if value is not None]
    assert (found.missing, found.distinct) == (len(values) - len(present), len(set(present)))
    hidden = [value.strip().lower() for value in present if value.strip().lower() in column_figures.DISGUISES]
    assert {each.value: each.count for each in found.disguised} == {each: hidden.count(each) for each in hidden}
    assert all(present.count(each.value) == each.count for each in found.top)
    if present:
        assert found.shortest == min(map(len, present))
        assert found.longest == max(map(len, present))
        assert found.mean_length == pytest.approx(np.mean([len(each) for each in present]))
    if len(found.top) == min(10, len(set(present))):
        counts = sorted((present.count(each) for each in set(present)), reverse=True)[:10]
        assert [each.count for each in found.top] == counts


@pytest.fixture
def monkeypatch_many(monkeypatch):
    return lambda many: monkeypatch.setattr(column_figures, "_MANY", many)


@SHARED_FOLDER
@given(rows=st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 2)), st.sampled_from(["x", None, "y"])), min_size=1))
def test_that_excess_copies_of_rows_are_counted(tmp_path, rows):
    found = table(
        tmp_path / "t.parquet", a=("INTEGER", [row[0] for row in rows]), b=("VARCHAR", [row[1] for row in rows])
    )
    assert found.duplicate_rows == len(rows) - len(set(rows))


def test_that_copies_are_counted_the_same_in_several_passes(tmp_path, monkeypatch):
    monkeypatch.setattr(describe, "_ROWS_A_PASS", 7)
    assert table(tmp_path / "t.parquet", a=("INTEGER", [at % 5 for at in range(40)])).duplicate_rows == 35


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("DOUBLE", [None, math.nan], "empty"),
        ("VARCHAR", ["x", "x"], "constant"),
        ("BOOLEAN", [True, False, None], "boolean"),
        ("DATE", [dt.date(2020, 1, 1), dt.date(2021, 1, 1)], "date"),
        ("TIMESTAMP", [dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1)], "time"),  # noqa: DTZ001
        ("TIME", [dt.time(1), dt.time(2)], "time"),
        ("INTEGER", [1, 1, 2], "integer"),
        ("INTEGER", list(range(100)), "identifier"),
        ("DOUBLE", [1.5, 2.0], "number"),
        ("DECIMAL(9,2)", [1.5, 2.0], "number"),
        ("VARCHAR", ["m", "f"] * 30, "category"),
        ("VARCHAR", [f"u{at}" for at in range(100)], "identifier"),
        ("VARCHAR", [f"{'word ' * 20}{at}" for at in range(100)], "text"),
        ("INTEGER[]", [[1], [2]], "category"),
        ("UBIGINT", [2**64 - 1, 2**64 - 2, 2**64 - 2], "integer"),
        ("TINYINT", [-128, 127, 127], "integer"),
    ],
)
def test_that_the_kind_of_a_column_is_told(tmp_path, kind, values, wanted):
    found = one(tmp_path, kind, values)
    assert found.kind == wanted
    assert msgspec.json.decode(msgspec.json.encode(found), type=ColumnProfile) == found


@pytest.mark.parametrize("many", [0, 5_000])
def test_that_columns_with_the_names_our_sql_uses_are_kept_apart(tmp_path, monkeypatch_many, many):
    monkeypatch_many(many)
    columns = {"v": ("DOUBLE", [None] * 60), "h": ("VARCHAR", [None] * 60), "t": ("VARCHAR", ["a", "b", "c"] * 20)}
    found = table(tmp_path / "t.parquet", **columns, n=("DOUBLE", [1.5, 2.5, 3.5] * 20))
    assert [each.missing for each in found.columns] == [60, 60, 0, 0]
    assert found.column("t").distinct == found.column("n").distinct == 3
    assert found.duplicate_rows == 57


def test_that_dates_have_readable_bounds(tmp_path):
    found = one(tmp_path, "DATE", [dt.date(2011, 1, 1), None, dt.date(2012, 12, 31)])
    assert (found.minimum, found.maximum, found.missing) == ("2011-01-01", "2012-12-31", 1)
    infinite = tmp_path / "i.parquet"
    duckdb.sql("SELECT unnest(['infinity'::DATE, '2020-01-01'::DATE]) AS d").write_parquet(str(infinite))
    assert describe.describe(open_source(infinite)).column("d").maximum == "2020-01-01"


def test_that_figures_beyond_the_limit_are_labelled_as_estimates_and_close(tmp_path, monkeypatch):
    values = [float(at % 1000) for at in range(5000)]
    words = [f"w{at % 7000}" for at in range(5000)]
    exact = table(tmp_path / "e.parquet", v=("DOUBLE", values), w=("VARCHAR", words))
    monkeypatch.setattr(column_figures, "MAX_SORTED", 100)
    monkeypatch.setattr(column_figures, "_MANY", 100)
    rough = describe.describe(open_source(tmp_path / "e.parquet"))
    for near, far in zip(rough.columns, exact.columns, strict=True):
        assert near.is_approximate
        assert not far.is_approximate
        assert near.distinct == pytest.approx(far.distinct, rel=0.1)
    near, far = rough.column("v"), exact.column("v")
    assert (near.minimum, near.maximum, near.zeros) == (far.minimum, far.maximum, far.zeros)
    assert near.mean == pytest.approx(far.mean)
    assert near.std == pytest.approx(far.std)
    assert list(near.quantiles.values()) == pytest.approx(list(far.quantiles.values()), abs=20)
    assert near.histogram == far.histogram


def test_that_the_facts_of_adult_are_found():
    profile = describe.describe(open_source(real("adult.csv")))
    assert (profile.rows, profile.duplicate_rows, len(profile.columns)) == (32561, 24, 15)
    hidden = {each.name: each.disguised[0].count for each in profile.columns if each.disguised}
    assert hidden == {"workclass": 1836, "occupation": 1843, "native-country": 583}
    assert all(each.missing == 0 for each in profile.columns)
    incomes = {each.value: each.count for each in profile.column("income-per-year").top}
    assert incomes == {"<=50K": 24720, ">50K": 7841}
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile

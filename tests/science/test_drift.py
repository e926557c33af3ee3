"""Drift against a stored summary: scipy and numpy are the oracles, chance and changed shapes the traps."""

from __future__ import annotations

# mypy: disable-error-code="union-attr, arg-type"
# A figure that is None fails the test as loudly as the checker would.
import math
import os
import tempfile
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from mlops_desk.kernel.progress import silent
from mlops_desk.science import reference as reference_module
from mlops_desk.science.column_figures import Counted
from mlops_desk.science.drift import ColumnDrift, Drift, DriftJob, drift, drift_file
from mlops_desk.science.drift_figures import category_drift, numeric_drift, psi
from mlops_desk.science.reference import (
    GRID,
    ReferenceColumn,
    ReferenceSummary,
    SummaryJob,
    numeric_reference,
    reference_summary,
    summarize_file,
)
from mlops_desk.science.rowfiles import write_rows
from mlops_desk.science.sources import open_source

RANDOM = np.random.default_rng(7)
SIZE = 20_000
SHAPES = {
    "normal": (RANDOM.normal(size=SIZE), RANDOM.normal(0.2, 1.1, size=SIZE)),
    "heavy": (RANDOM.lognormal(0, 3, SIZE), RANDOM.lognormal(0.3, 3, SIZE)),
    "cauchy": (RANDOM.standard_cauchy(SIZE), RANDOM.standard_cauchy(SIZE) * 1.5),
    "zeros": (
        RANDOM.normal(size=SIZE) * (RANDOM.random(SIZE) < 0.1),
        RANDOM.normal(size=SIZE) * (RANDOM.random(SIZE) < 0.2),
    ),
    "integers": (RANDOM.integers(0, 30, SIZE), RANDOM.integers(3, 33, SIZE)),
    "apart": (RANDOM.random(SIZE), RANDOM.random(SIZE) + 5),
    "constant": (np.full(SIZE, 3.0), np.full(SIZE, 4.0)),
    "sizes": (RANDOM.normal(size=SIZE), RANDOM.normal(0.5, 1, size=777)),
    "few": (RANDOM.normal(size=500), RANDOM.normal(size=70)),
}


def summary(**columns: np.ndarray) -> ReferenceSummary:
    shown = []
    for name, values in columns.items():
        if values.dtype == object:
            present = [each for each in values.tolist() if each is not None]
            counts = tuple(Counted(value=each, count=present.count(each)) for each in dict.fromkeys(present))
            missing = len(values) - len(present)
            shown.append(ReferenceColumn(name=name, type="VARCHAR", missing=missing, categories=counts))
        else:
            real = np.sort(values[~np.isnan(values)])
            missing = len(values) - len(real)
            shown.append(ReferenceColumn(name=name, type="DOUBLE", missing=missing, numeric=numeric_reference(real)))
    rows = max(len(each) for each in columns.values())
    return ReferenceSummary(sha256="", rows=rows, columns=tuple(shown))


def one(reference: np.ndarray, current: np.ndarray) -> ColumnDrift:
    return drifted(summary(v=reference), v=current).columns[0]


def drifted(reference: ReferenceSummary, **window: np.ndarray) -> Drift:
    """Compare a window that is given as arrays, through a file as the desk does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "window.parquet"
        write_rows(path, window, {})
        return drift(reference, open_source(path))


def plain_psi(reference: np.ndarray, current: np.ndarray) -> float:
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, 11)))
    edges[0], edges[-1] = -np.inf, np.inf
    before, after = (np.maximum(np.histogram(each, edges)[0] / len(each), 1e-4) for each in (reference, current))
    return float(((after - before) * np.log(after / before)).sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_that_measures_from_the_summary_agree_with_scipy(shape):
    reference, current = SHAPES[shape]
    found = one(reference.astype(float), current.astype(float)).numeric
    exact = stats.ks_2samp(reference, current, method="asymp").statistic
    assert exact - 1 / GRID - 1e-9 <= exact - found.ks_error - 1e-9 <= found.ks <= exact + 1e-9
    distance = stats.wasserstein_distance(reference, current)
    assert found.wasserstein == pytest.approx(distance, abs=found.wasserstein_error + 1e-9 * max(1, distance))
    assert found.wasserstein == pytest.approx(distance, rel=0.13 if shape == "cauchy" else 0.04)
    if shape not in ("constant", "zeros"):  # there numpy's unique edges leave one bin, or split the heap of zeros
        assert found.psi == pytest.approx(plain_psi(reference, current), rel=1e-6)
    assert found.mean_shift is None or found.mean_shift == pytest.approx(
        (current.mean() - reference.mean()) / reference.std(ddof=1)
    )


numbers = st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0])), min_size=1, max_size=300)


@given(reference=numbers, current=numbers)
def test_that_small_tables_agree_with_scipy_exactly(reference, current):
    found = numeric_drift(numeric_reference(np.sort(np.array(reference))), np.sort(np.array(current)))
    both = np.array([*reference, *current])  # scipy's p-value cannot do without more rows
    steps = [np.searchsorted(np.sort(each), both, "right") / len(each) for each in (reference, current)]
    assert found.ks == pytest.approx(np.abs(steps[0] - steps[1]).max(), abs=1e-12)
    distance = stats.wasserstein_distance(reference, current)
    assert found.wasserstein == pytest.approx(distance, rel=1e-6, abs=1e-6)
    assert found.psi >= 0


@given(values=st.lists(st.floats(allow_nan=False), min_size=1, max_size=300))
def test_that_a_table_has_no_drift_from_itself(values):
    array = np.sort(np.array(values))
    found = numeric_drift(numeric_reference(array), array)
    assert found.psi == found.ks == 0
    assert found.wasserstein is None or found.wasserstein == pytest.approx(
        0, abs=1e-6 * np.abs(array[np.isfinite(array)]).max(initial=1)
    )


@given(shares=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_that_psi_is_never_negative_and_symmetric(shares):
    one, two = (np.array(side) for side in zip(*shares, strict=True))
    assert psi(one, two) >= 0
    assert psi(one, one) == 0
    assert psi(one, two) == pytest.approx(psi(two, one))


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 500), min_size=1)


@given(before=counts, after=counts)
def test_that_measures_of_texts_agree_with_scipy(before, after):
    listed = [tuple(Counted(value=key, count=count) for key, count in each.items()) for each in (before, after)]
    found = category_drift(listed[0], listed[1], sum(after.values()))
    keys = sorted({*before, *after})
    table = np.array([[each.get(key, 0) for key in keys] for each in (before, after)])
    if len(keys) > 1:
        exact = stats.chi2_contingency(table, correction=False)
        assert found.chi2 == pytest.approx(exact.statistic, abs=1e-9)
        assert found.degrees_of_freedom == exact.dof
    assert found.js == pytest.approx(jensenshannon(table[0], table[1], base=2), abs=1e-6)
    assert {each.value: each.count for each in found.new} == {key: after[key] for key in after if key not in before}
    assert set(found.gone) == set(before) - set(after)
    assert 0 <= found.cramers_v <= 1 + 1e-9


def test_that_infinities_count_as_far_out_and_break_nothing():
    base = RANDOM.normal(size=2000)
    wild = np.concatenate((base[:1000], np.full(500, np.inf), np.full(500, -np.inf)))
    found = one(base, wild)
    assert found.numeric.ks == pytest.approx(stats.ks_2samp(base, wild, method="asymp").statistic, abs=1 / GRID)
    assert found.state == "act"
    assert math.isfinite(found.numeric.wasserstein)
    back = one(wild, base)
    assert back.numeric.psi > 0.25
    assert b"Infinity" not in msgspec.json.encode(back)


def test_that_numbers_at_the_end_of_the_doubles_break_nothing():
    found = one(np.array([1e308, -1e308, 1e308] * 100), np.array([1.7e308] * 300)).numeric
    assert found.wasserstein is None or math.isfinite(found.wasserstein)
    assert math.isfinite(found.psi)


@pytest.mark.parametrize(("now", "state"), [(3.0, "ok"), (4.0, "act"), (2.0, "act")])
def test_that_a_constant_that_moves_is_seen(now, state):
    assert one(np.full(500, 3.0), np.full(500, now)).state == state


def test_that_a_coin_that_turns_is_seen():
    coin = (np.arange(1000) % 10 < 3).astype(float)
    assert one(coin, coin).state == "ok"
    assert one(coin, 1 - coin).state == "act"


def test_that_too_few_rows_are_not_known_instead_of_an_alarm():
    found = one(RANDOM.normal(size=5000), RANDOM.normal(size=20))
    assert found.state == "not known"
    assert found.reason
    assert one(RANDOM.normal(size=5000), RANDOM.normal(size=500)).state == "ok"


def test_that_chance_alone_rarely_alarms():
    states = [one(RANDOM.normal(size=2000), RANDOM.normal(size=400)).state for _again in range(100)]
    assert states.count("look") + states.count("act") <= 5


def test_that_a_column_that_falls_silent_or_goes_missing_is_seen():
    base = RANDOM.normal(size=1000)
    silent_now = one(base, np.full(1000, np.nan))
    assert (silent_now.state, silent_now.missing_current) == ("act", 1.0)
    assert one(np.full(1000, np.nan), np.full(1000, np.nan)).state == "ok"
    assert one(base, np.where(np.arange(1000) % 5 == 0, np.nan, base)).state == "look"
    absent = drifted(summary(v=base, w=base), v=base, x=base)
    assert [each.state for each in absent.columns] == ["ok", "act"]
    assert (absent.state, absent.new_columns) == ("act", ("x",))


def test_that_new_texts_and_changed_types_are_seen():
    before = np.array(["a", "b"] * 500, dtype=object)
    found = one(before, np.array(["a", "c", None, "b"] * 250, dtype=object))
    assert found.state == "act"
    assert [(each.value, each.count) for each in found.categories.new] == [("c", 250)]
    assert found.missing_current == 0.25
    assert one(np.arange(1000.0), before).state == "act"


@pytest.fixture
def files(tmp_path):
    made = {}
    for name, shift in (("a", 0.0), ("b", 1.5)):
        made[name] = tmp_path / f"{name}.parquet"
        duckdb.sql(
            f"SELECT sin(i) * 3 + {shift} AS n, i % 7 AS k, DATE '2020-01-01' + (i % 300)::INTEGER AS d, "
            f"CASE WHEN i % 3 = 0 THEN 'x' ELSE 'y' END AS t, i % 2 = 0 AS b, 'user ' || i AS u, "
            f"NULL::DOUBLE AS e, (i % 5)::DECIMAL(9, 2) AS m FROM range(12000) r(i)"
        ).write_parquet(str(made[name]))
    return made


def test_that_files_compare_and_survive_storage(files):
    stored = msgspec.json.encode(summarize_file(SummaryJob(path=str(files["a"])), silent))
    reference = msgspec.json.decode(stored, type=ReferenceSummary)
    same = drift_file(DriftJob(reference=reference, path=str(files["a"])), silent)
    assert same.state == "ok"
    assert all(each.effect == 0 for each in same.columns)
    found = drift(reference, open_source(files["b"]))
    assert {each.name: each.state for each in found.columns if each.state != "ok"} == {"n": "act"}
    assert msgspec.json.decode(msgspec.json.encode(found), type=Drift) == found
    by_name = {each.name: each for each in found.columns}
    assert by_name["d"].numeric.psi == by_name["k"].numeric.psi == by_name["b"].categories.psi == 0


def test_that_columns_with_the_names_our_sql_uses_are_kept_apart(tmp_path):
    path = tmp_path / "t.parquet"
    sql = "SELECT NULL::INTEGER AS v, NULL::VARCHAR AS h, 'a' || i % 3 AS t, i AS n FROM range(900) r(i)"
    duckdb.sql(sql).write_parquet(str(path))
    column = reference_summary(open_source(path)).columns[2]
    assert [each.count for each in column.categories] == [300, 300, 300]


def test_that_a_stored_summary_of_a_numeric_column_stays_small(files):
    column = reference_summary(open_source(files["a"])).columns[0]
    assert len(msgspec.json.encode(column)) < 70_000


def test_that_numbers_that_turn_into_text_are_read_as_numbers(tmp_path):
    before, after = tmp_path / "a.csv", tmp_path / "b.csv"
    before.write_text("v\n" + "".join(f"{at % 50}\n" for at in range(2000)))
    after.write_text("v\n" + "".join("?\n" if at % 4 == 0 else f"{at % 50}\n" for at in range(2000)))
    found = drift(reference_summary(open_source(before)), open_source(after)).columns[0]
    assert found.missing_current == 0.25
    assert found.state == "act"


def test_that_too_many_texts_are_compared_by_their_missing_alone(files, monkeypatch):
    monkeypatch.setattr(reference_module, "MAX_CATEGORIES", 100)
    reference = reference_summary(open_source(files["a"]))
    column = {each.name: each for each in drift(reference, open_source(files["b"])).columns}["u"]
    assert (column.state, column.categories) == ("ok", None)
    assert column.reason


def test_that_the_drift_of_the_bicycles_is_found(tmp_path):
    folder = os.environ.get("MLOPS_DESK_REAL_DATA")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    for year in (0, 1):
        sql = f"FROM '{Path(folder) / 'bike_hour_official.csv'}' WHERE yr = {year}"
        duckdb.sql(sql).write_parquet(str(tmp_path / f"{year}.parquet"))
    reference = reference_summary(open_source(tmp_path / "0.parquet"))
    found = {each.name: each.numeric for each in drift(reference, open_source(tmp_path / "1.parquet")).columns}
    wanted = {"cnt": 0.2437, "registered": 0.3114, "casual": 0.0897, "hum": 0.0483, "temp": 0.0355, "windspeed": 0.0036}
    assert {name: round(found[name].psi, 4) for name in wanted} == wanted

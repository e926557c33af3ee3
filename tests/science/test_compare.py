"""Better, worse or noise: a verdict that holds as often as it says."""

# mypy: disable-error-code="operator"

from __future__ import annotations

import numpy as np
import pytest

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.compare import CompareJob, compare, differences_of
from mlops_desk.science.measures import Outcome
from mlops_desk.science.rowfiles import write_rows

FACTS = {"task": "classification", "target": "y", "positive": "yes"}


def _file(path, *, noise, rows=2000, seed=0, facts=FACTS, start=0):
    rng = np.random.default_rng(1)
    truth = rng.random(5000)[start : start + rows] < 0.4
    signal = truth + np.random.default_rng(seed).normal(0, noise, rows)
    score = 1 / (1 + np.exp(-4 * (signal - 0.5)))
    names = np.array(["no", "yes"], dtype=object)
    columns = {
        "row": np.arange(start, start + rows),
        "truth": names[truth.astype(int)],
        "prediction": names[(score >= 0.5).astype(int)],
        "score_no": 1 - score,
        "score_yes": score,
    }
    write_rows(path, columns, facts)
    return str(path)


def _verdicts(new, old, **more):
    found = compare(CompareJob(new=new, old=old, **more), silent)
    return {one.metric: one.verdict for one in found.differences}


def test_that_a_clearly_better_model_is_better_and_the_other_way_round_worse(tmp_path):
    good, bad = _file(tmp_path / "a.parquet", noise=0.5), _file(tmp_path / "b.parquet", noise=1.5)
    assert set(_verdicts(good, bad).values()) == {"better"}  # log loss and Brier too, where lower is better
    assert set(_verdicts(bad, good).values()) == {"worse"}


def test_that_a_model_compared_with_itself_is_noise(tmp_path):
    same = _file(tmp_path / "a.parquet", noise=0.5)
    found = compare(CompareJob(new=same, old=same), silent)
    assert {one.verdict for one in found.differences} == {"noise"}
    assert {one.difference for one in found.differences} == {0.0}


def test_that_rows_are_joined_by_number_and_the_others_counted(tmp_path):
    first = _file(tmp_path / "a.parquet", noise=0.5, rows=1000)
    second = _file(tmp_path / "b.parquet", noise=0.5, rows=1000, start=400, seed=3)
    found = compare(CompareJob(new=first, old=second, metric="auc"), silent)
    assert (found.rows, found.only_new, found.only_old) == (600, 400, 400)
    (one,) = found.differences
    assert one.metric == "auc"
    assert one.low <= one.difference <= one.high
    assert "noise" in one.sentence


def test_that_few_rows_make_nothing_known(tmp_path):
    first, second = (_file(tmp_path / f"{n}.parquet", noise=n + 0.1, rows=20) for n in range(2))
    assert set(_verdicts(first, second).values()) == {"not known"}


@pytest.mark.slow
def test_that_equal_models_are_called_different_about_one_time_in_twenty():
    wrong = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        truth = rng.normal(size=300)
        new, old = (Outcome("regression", truth, truth + rng.normal(size=300)) for _n in range(2))
        (one,) = differences_of(new, old, ("mae",), seed=seed, resamples=500)
        wrong += one.verdict != "noise"
    assert 4 <= wrong <= 30


def test_that_pairing_sees_a_small_gain_that_two_intervals_would_hide():
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 10, 500)
    error = rng.normal(0, 5, 500)
    old, new = (Outcome("regression", truth, truth + error * factor) for factor in (1.0, 0.97))
    (one,) = differences_of(new, old, ("mae",))
    assert one.verdict == "better"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"facts": FACTS | {"target": "z"}}, "CMP-102"),
        ({"start": 3000}, "CMP-103"),
        ({"facts": {}}, "CMP-101"),
    ],
)
def test_that_files_that_do_not_belong_together_are_refused(tmp_path, change, code):
    first, second = _file(tmp_path / "a.parquet", noise=0.5), _file(tmp_path / "b.parquet", noise=0.5, **change)
    with pytest.raises(DeskError) as caught:
        compare(CompareJob(new=first, old=second), silent)
    assert caught.value.code == code


def test_that_two_truths_and_a_metric_of_the_other_task_are_refused(tmp_path):
    first = _file(tmp_path / "a.parquet", noise=0.5)
    second = _file(tmp_path / "b.parquet", noise=0.5, start=1, rows=1999)
    columns = {"row": np.arange(2000), "truth": np.array(["no"] * 2000, dtype=object)}
    columns |= {"prediction": columns["truth"], "score_no": np.ones(2000), "score_yes": np.zeros(2000)}
    write_rows(tmp_path / "c.parquet", columns, FACTS)
    for job, code in (
        (CompareJob(new=first, old=str(tmp_path / "c.parquet")), "CMP-104"),
        (CompareJob(new=first, old=second, metric="mae"), "CMP-105"),
    ):
        with pytest.raises(DeskError) as caught:
            compare(job, silent)
        assert caught.value.code == code

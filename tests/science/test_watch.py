"""Watching a model over rows with outcomes: its figure, a challenger on the same rows, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from mlops_desk.kernel import child
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.features import encode
from mlops_desk.science.persist import save_model
from mlops_desk.science.rowfiles import read_table, write_rows
from mlops_desk.science.watch import AnswersJob, ChallengeJob, QualityJob, answer_rows, challenge, quality_of
from tests.science.models import predictor_of, small_model

ROWS = 400


class Case:
    """A saved model and a file of the rows it knows, with outcomes."""

    def __init__(self, folder: Path, kind: str = "linear", task: str = "classification") -> None:
        self.pipeline, self.schema, self.table = small_model(kind, task)
        self.model, self.path = folder / f"{kind}-{task}.skops", folder / f"{kind}-{task}.parquet"
        save_model(self.pipeline, self.schema, self.model)
        matrix = encode(self.table, self.schema.features)
        called = self.pipeline.predict(matrix)
        truth = np.array(self.schema.classes, dtype=object)[called] if self.schema.classes else called
        self.columns: dict[str, Any] = {name: self.table.columns[name] for name in self.table.columns}
        self.write(truth)

    def write(self, truth: np.ndarray) -> None:
        self.truth = truth
        write_rows(self.path, self.columns | {"y": truth}, {})

    def quality(self, metric: str):
        job = {"model": str(self.model), "path": str(self.path), "format": "parquet", "metric": metric}
        return quality_of(QualityJob(**cast("dict[str, Any]", job)), silent).score


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def test_that_a_model_that_is_always_right_has_the_best_figure(case):
    score = case.quality("accuracy")
    assert (score.value, score.n) == (1.0, ROWS)


def test_that_the_figure_is_the_share_of_right_answers(case):
    wrong = case.truth.copy()
    wrong[:100] = np.where(wrong[:100] == "a", "b", "a")
    case.write(wrong)
    score = case.quality("accuracy")
    assert score.value == 0.75
    assert score.low < 0.75 < score.high


def test_that_rows_without_an_outcome_are_left_out(case):
    some = case.truth.copy()
    some[:150] = None
    case.write(some)
    score = case.quality("accuracy")
    assert (score.value, score.n) == (1.0, ROWS - 150)


def test_that_a_regression_is_measured_by_its_distance(tmp_path):
    case = Case(tmp_path, task="regression")
    case.write(case.truth + np.where(np.arange(ROWS) % 2, 3.0, -3.0))
    assert case.quality("mae").value == pytest.approx(3)


def test_that_rows_without_the_outcome_column_are_refused_by_its_name(case):
    write_rows(case.path, case.columns, {})
    with pytest.raises(DeskError, match="no column y") as caught:
        case.quality("accuracy")
    assert caught.value.code == "MON-210"


def test_that_an_outcome_that_the_model_does_not_know_is_refused(case):
    strange = case.truth.copy()
    strange[7] = "zebra"
    case.write(strange)
    with pytest.raises(DeskError) as caught:
        case.quality("accuracy")
    assert caught.value.code == "MON-211"
    assert "a, b" in caught.value.hint


def contest(case: Case, challenger: Path, rows: np.ndarray):
    positions = case.path.with_name("positions.parquet")
    write_rows(positions, {"row": rows}, {})
    job = ChallengeJob(
        champion=str(case.model),
        challenger=str(challenger),
        path=str(case.path),
        format="parquet",
        rows=str(positions),
        metric="accuracy",
    )
    return challenge(job, silent)


def test_that_a_model_against_itself_differs_by_nothing(case):
    found = contest(case, case.model, np.arange(ROWS))
    assert found.difference.difference == 0
    assert found.difference.verdict == "noise"
    assert found.rows == ROWS


def test_that_the_difference_is_challenger_minus_champion(case, tmp_path):
    """The rows are as the linear champion would have them, so the dummy is worse, and it is better than the dummy."""
    pipeline, schema, _table = small_model("dummy")
    save_model(pipeline, schema, tmp_path / "dummy.skops")
    found = contest(case, tmp_path / "dummy.skops", np.arange(ROWS)).difference
    assert found.verdict == "worse"
    assert found.old == 1.0
    assert found.difference == pytest.approx(found.new - 1.0)
    case.model, best = tmp_path / "dummy.skops", case.model
    assert contest(case, best, np.arange(ROWS)).difference.verdict == "better"


def test_that_only_the_rows_named_are_asked(case):
    """Outside of the named rows every outcome is wrong."""
    named = np.array([3, 5, *range(100, 200)])
    wrong = np.where(case.truth == "a", "b", "a").astype(object)
    wrong[named] = case.truth[named]
    case.write(wrong)
    found = contest(case, case.model, named)
    assert found.rows == len(named)
    assert found.difference.new == found.difference.old == 1.0


@pytest.mark.parametrize(("kind", "task"), [("linear", "classification"), ("forest", "regression")])
def test_that_answers_are_those_of_the_predictor_in_the_columns_of_a_run(tmp_path, kind, task):
    case = Case(tmp_path, kind, task)
    target = tmp_path / "answers.parquet"
    job = AnswersJob(model=str(case.model), path=str(case.path), format="parquet", target=str(target))
    assert answer_rows(job, silent).rows == ROWS
    found = read_table(str(target), "parquet").columns
    asked = [
        {each.name: plain(case.columns[each.name][row]) for each in case.schema.features} for row in range(0, ROWS, 40)
    ]
    told = predictor_of(case.model).predict(asked)
    if task == "regression":
        assert list(found) == ["prediction"]
        assert found["prediction"][::40].tolist() == [each.value for each in told]
        return
    assert list(found) == ["prediction", "score_a", "score_b"]
    assert found["prediction"][::40].tolist() == [each.label for each in told]
    for each, score in zip(told, found["score_b"][::40], strict=True):
        assert (each.scores or {})["b"] == pytest.approx(score, abs=1e-12)


def test_that_rows_without_an_input_or_with_text_for_a_number_are_refused(case):
    case.columns["age"] = np.array(["old"] * ROWS, dtype=object)
    del case.columns["town"]
    case.write(case.truth)
    with pytest.raises(DeskError, match="missing: town; age must be a number") as caught:
        case.quality("accuracy")
    assert caught.value.code == "PRED-101"


@pytest.mark.slow
def test_that_a_child_answers_and_refuses_a_hostile_model(case, tmp_path):
    job = AnswersJob(model=str(case.model), path=str(case.path), format="parquet", target=str(tmp_path / "x.parquet"))
    assert child.run(answer_rows, job, silent, child.Stop()).rows == ROWS
    case.model.write_bytes(b"cos\nsystem\n(S'touch canary'\ntR.")
    with pytest.raises(DeskError) as caught:
        child.run(answer_rows, job, silent, child.Stop())
    assert caught.value.code == "MODEL-101"


def plain(value: Any) -> Any:
    return None if value is None or value != value else value  # noqa: PLR0124 - NaN

"""Runs in words: what is a leak, and what a training says it made."""

from __future__ import annotations

import pytest

from mlops_desk.areas.experiments.queries import run_details, runs
from mlops_desk.areas.experiments.run import Experiment, LeakFound, Run, baseline_of, main_figure
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import Made, do, run, tell

FOUND = (
    LeakFound(columns=("casual", "registered"), kind="identity", sentence="On every row a + b = c."),
    LeakFound(columns=("instant",), kind="id", sentence="Column instant is different on every row."),
    LeakFound(columns=("one",), kind="constant", sentence="Column one holds one value only."),
)


def test_that_only_what_gives_the_target_away_is_called_a_leak(desk) -> None:
    made = Made(desk, leaks=FOUND)
    [row] = desk.ask(runs)
    assert row.leaks == 1
    labels = [each.label for each in desk.ask(run_details, made.run)]
    assert (labels.count("Leak"), labels.count("No use")) == (1, 2)


def test_that_the_main_figure_is_said_with_its_interval_and_the_baseline() -> None:
    assert main_figure(run("e", "v")) == "AUC 0.800 (0.700 to 0.900), baseline 0.500"
    assert main_figure(run("e", "v", metric="f1")) == "F1 is not known"


def test_that_a_team_marks_one_run_of_an_experiment_and_compares_with_it(desk) -> None:
    made = Made(desk)
    first = desk.ask(lambda rows: rows.get(Run, made.run))
    [second] = tell(desk, first.but(id="", label="credit-2", recorded_at=None))
    [stray] = tell(desk, first.but(id="", label="stray-1", recorded_at=None, experiment="x" * 26))
    assert {each.marked for each in desk.ask(runs)} == {""}
    with pytest.raises(DeskError, match="has nothing to be compared with"):
        do(desk, "run.compare", new=second)
    with pytest.raises(DeskError, match="belongs to another experiment"):
        do(desk, "experiment.edit", id=first.experiment, baseline=stray)
    do(desk, "experiment.edit", id=first.experiment, baseline=first.id)
    name = desk.ask(lambda rows: rows.get(Experiment, first.experiment)).name
    marked = {each.id: each.marked for each in desk.ask(runs)}
    assert marked == {first.id: f"★ baseline of {name}", second: "", stray: ""}
    assert desk.ask(lambda rows: baseline_of(rows, rows.get(Run, second))).id == first.id
    with pytest.raises(DeskError, match="has nothing to be compared with"):
        do(desk, "run.compare", new=first.id)

"""Runs in words: what is a leak, and what a training says it made."""

from __future__ import annotations

from mlops_desk.areas.experiments.queries import run_details, runs
from mlops_desk.areas.experiments.run import LeakFound, main_figure
from tests.areas.facts import Made, run

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

"""The computed checks on a release: its numbers, and its contract against what was live before."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_desk.areas.deployments.release import GoLive, PlanRelease, StopRelease
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import ModelInput
from mlops_desk.areas.governance.queries import about
from mlops_desk.catalogue import REGISTRY
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.state import State
from tests.areas.facts import SHA, Made, do, run, tell

INPUTS = (ModelInput(name="age", kind="number"), ModelInput(name="city", kind="category"))
CONTRACT: dict[str, Any] = {"inputs": INPUTS, "answers": ("no", "yes")}


def state(desk, name: str, release: str) -> State:
    return desk.ask(lambda rows: REGISTRY.checks[name](rows, about(rows, "release", release), {}, today()).state)  # type: ignore[no-any-return]


def second_version(desk, made: Made, **figures: Any) -> None:
    [again] = tell(desk, run(made.experiment, made.version, **{"label": "credit-2", **figures}))
    tell(desk, ModelVersion(model=made.model, number=2, label="credit@2", run=again, sha256=SHA))


def live_then_planned(desk, before: dict[str, Any], after: dict[str, Any]) -> str:
    made = Made(desk, **before)
    do(desk, GoLive(release=do(desk, PlanRelease(model="credit@1", to="staging"))))
    second_version(desk, made, **after)
    return do(desk, PlanRelease(model="credit@2", to="staging"))


def test_that_a_release_needs_numbers_that_stop_it_and_its_steps_are_not_known(desk) -> None:
    Made(desk)
    bare = do(desk, PlanRelease(model="credit", to="staging"))
    planned = do(desk, PlanRelease(model="credit", to="staging", stop_limits="AUC below 0.7"))
    assert state(desk, "K01-release", bare).word == "Fail"
    assert state(desk, "K01-release", planned).word == "Not known"


def test_that_a_first_release_breaks_no_contract(desk) -> None:
    Made(desk)
    release = do(desk, PlanRelease(model="credit", to="staging"))
    assert state(desk, "K08-contract", release) == ("ok", "Pass", "nothing was live there before")
    do(desk, GoLive(release=release))
    assert state(desk, "K08-contract", release).reason == "nothing was live there before", "it is not its own past"


def test_that_an_equal_contract_passes_whatever_the_order_of_inputs(desk) -> None:
    second = live_then_planned(desk, CONTRACT, {**CONTRACT, "inputs": INPUTS[::-1]})
    assert state(desk, "K08-contract", second) == ("ok", "Pass", "the contract is that of staging-1")
    do(desk, GoLive(release=second))
    assert state(desk, "K08-contract", second).reason == "the contract is that of staging-1"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({**CONTRACT, "inputs": INPUTS[:1]}, "inputs: gone: city"),
        ({**CONTRACT, "inputs": (ModelInput(name="age", kind="category"), INPUTS[1])}, "age is category, was number"),
        ({**CONTRACT, "answers": ("maybe", "no", "yes")}, "answers maybe, no, yes instead of no, yes"),
        ({**CONTRACT, "target": "late"}, "answers late instead of ok"),
    ],
)
def test_that_every_difference_of_the_contract_fails_and_is_named(desk, after, words) -> None:
    second = live_then_planned(desk, CONTRACT, after)
    found = state(desk, "K08-contract", second)
    assert found.word == "Fail"
    assert "against staging-1: " in found.reason
    assert words in found.reason


def test_that_what_was_stopped_still_had_users(desk) -> None:
    second = live_then_planned(desk, CONTRACT, {**CONTRACT, "target": "late"})
    do(desk, StopRelease(environment="staging", reason="noise"))
    assert state(desk, "K08-contract", second).word == "Fail"


@pytest.mark.parametrize("hidden", [{"inputs": ()}, {"answers": ()}])
def test_that_a_contract_that_is_not_recorded_is_not_known(desk, hidden) -> None:
    second = live_then_planned(desk, CONTRACT, {**CONTRACT, **hidden})
    assert state(desk, "K08-contract", second) == ("unknown", "Not known", "the contract of credit-2 is not recorded")


def test_that_a_model_of_amounts_has_no_classes_to_record(desk) -> None:
    amounts = {"inputs": INPUTS, "task": "regression"}
    assert state(desk, "K08-contract", live_then_planned(desk, amounts, amounts)).word == "Pass"

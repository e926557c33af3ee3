"""An update from end to end: newer data, a challenger on the same rows, a new version, its gates, its release."""

from __future__ import annotations

import shutil
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.areas.datasets.column import Classify
from mlops_desk.areas.datasets.dataset import AddDataset, AddVersion
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.queries import live
from mlops_desk.areas.deployments.release import GoLive, PlanRelease, Release, StopRelease
from mlops_desk.areas.experiments.model import RegisterModel
from mlops_desk.areas.experiments.run import ModelInput, Run
from mlops_desk.areas.experiments.train import Train
from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.areas.monitoring.check import CheckMonitors
from mlops_desk.areas.monitoring.monitor import Alert
from mlops_desk.areas.monitoring.queries import alerts
from mlops_desk.areas.updates.queries import marks, proposal_details, proposals, stage
from mlops_desk.areas.updates.retrain import Proposal, Retrain
from mlops_desk.catalogue import REGISTRY
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found, machine
from mlops_desk.workspace.project import load
from tests.areas.facts import EVER, do, tell

INPUTS = (ModelInput(name="amount", kind="number"), ModelInput(name="town", kind="category"))


def rows(count: int, shift: float = 0.0, *, high: str = "paid", low: str = "late") -> str:
    """Return loans; beyond an amount they end in one way, below it in the other."""
    lines = []
    for n in range(count):
        amount = (n * 37 % 101) + shift
        ok = high if (amount - shift) + (n % 7) * 5 > 60 else low
        lines.append(f"{amount},{('Bonn', 'Emden', 'Ahlen')[n % 3]},{ok}")
    return "\n".join(["amount,town,ok", *lines]) + "\n"


class Lived:
    """A project whose first model is live in staging, drifted, and was retrained on newer data."""

    def __init__(self, desk: Workspace, base: Path) -> None:
        self.desk, self.base = desk, base
        (base / "old.csv").write_text(rows(400))
        (base / "new.csv").write_text(rows(500, shift=80, high="late", low="paid"))
        do(desk, AddDataset(file=str(base / "old.csv"), name="loans"))
        do(desk, ProfileVersion(version="loans"))
        trained = do(desk, Train(version="loans", target="ok", recipe=("linear",), allow_leaks=True, seed=3))
        self.first = do(desk, RegisterModel(run=trained, name="credit"))
        do(desk, GoLive(release=do(desk, PlanRelease(model="credit", to="staging"))))
        do(desk, "monitor.add", name="Inputs", environment="staging", kind="input-drift", owner="ml-engineer")
        do(desk, CheckMonitors(environment="staging", data=str(base / "new.csv")))
        [alert] = desk.ask(lambda found: found.find(Alert))
        self.alert = alert.id
        self.before = (desk.ask(stage), desk.ask(proposals))
        do(desk, AddVersion(dataset="loans", file=str(base / "new.csv")))
        do(desk, Classify(dataset="loans", column="ok", security="confidential"))
        self.said = desk.do(Retrain(what=self.alert, data="loans")).said
        [self.proposal] = desk.ask(lambda found: found.find(Proposal))

    def run(self, id_: str) -> Run:
        return self.desk.ask(lambda found: found.get(Run, id_))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):
    base = tmp_path_factory.mktemp("updates")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        patch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            yield Lived(desk, base)


@pytest.fixture
def own(lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a copy of the project for a test that goes on from there, so that no test sees what another did."""
    shutil.copytree(lived.base, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cache"))
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = load(tmp_path / "p")
    for device in made.own_devices():
        machine.settle(made, device)  # the copy is the machine now
    with Workspace(made.folder) as desk:
        mine = copy(lived)
        mine.desk = desk
        yield mine


def register_and_release(lived: Lived) -> str:
    """Bring the challenger live in staging; return its version."""
    second = do(lived.desk, RegisterModel(run=lived.proposal.challenger, name="credit", note="newer data"))
    do(lived.desk, GoLive(release=do(lived.desk, PlanRelease(model="credit", to="staging"))))
    return second


def test_that_nothing_is_proposed_before_somebody_retrains(lived) -> None:
    state, listed = lived.before
    assert (state.word, listed) == ("No update proposed", [])


def test_that_the_challenger_is_the_same_recipe_on_the_newer_data(lived) -> None:
    [row] = lived.desk.ask(proposals)
    assert (row.champion, row.challenger, row.data) == ("credit@1", "loans-2", "loans@2")
    old = lived.desk.ask(lambda found: found.find(Run))[0]
    new = lived.run(lived.proposal.challenger)
    assert (new.parent, new.recipe, new.seed, new.experiment) == (old.id, old.recipe, 3, old.experiment)
    assert new.data_sha256 != old.data_sha256
    assert new.train_rows + new.test_rows == 500


def test_that_both_are_asked_about_rows_the_challenger_was_not_trained_on(lived) -> None:
    [row] = lived.desk.ask(proposals)
    assert row.rows == lived.run(lived.proposal.challenger).test_rows
    assert row.metric == lived.run(lived.proposal.challenger).metric
    assert row.difference is not None
    assert row.difference > 0.1, "the world turned round since the old model was trained"
    assert row.state.word == "Challenger is better"
    assert lived.proposal.low < row.difference < lived.proposal.high


def test_that_retraining_decides_the_alert_and_says_what_follows(lived) -> None:
    [row] = lived.desk.ask(alerts)
    assert (row.state.word, row.decision, row.reason) == ("Decided", "retrain", "retrained as loans-2 on loans@2")
    assert "The challenger is loans-2." in lived.said
    assert "`mlops-desk model register loans-2 --name credit`" in lived.said


def test_that_the_alert_that_led_to_it_is_kept_and_the_feed_tells_the_comparison(lived) -> None:
    assert lived.proposal.alert == lived.alert
    [mark] = lived.desk.ask(marks, EVER)
    assert (mark.sentence, mark.noun) == (lived.proposal.sentence, "proposal")
    details = {each.label: each.value for each in lived.desk.ask(proposal_details, lived.proposal.id)}
    assert details["Comparison"] == lived.proposal.sentence
    assert lived.desk.ask(stage).word == "loans-2: challenger is better"


def test_that_a_run_records_what_its_model_is_fed_and_its_answers_only_where_they_are_not_personal(lived) -> None:
    [old, new] = lived.desk.ask(lambda found: found.find(Run))
    assert old.inputs == new.inputs == INPUTS
    assert old.answers == (), "the class of the target was not confirmed: it counts as PII"
    assert new.answers == ("late", "paid")


# --- from the challenger to a release -----------------------------------------------------------


def step(lived: Lived) -> str:
    return lived.desk.ask(proposals)[0].step


def test_that_a_challenger_goes_step_by_step_and_passes_gates_of_its_own(own) -> None:
    desk = own.desk
    assert step(own) == "to register"
    second = do(desk, RegisterModel(run=own.proposal.challenger, name="credit", note="newer data"))
    assert step(own) == "credit@2 is registered"
    assert desk.ask(live)[0].model == "credit@1", "registering brings nothing live"
    hashes = {desk.ask(gate_show, "G3", each).subject.hash for each in (own.first, second)}
    assert len(hashes) == 2, "what was signed for one version does not cover the next"
    do(desk, PlanRelease(model="credit", to="production"))
    with pytest.raises(DeskError) as refused:
        do(desk, GoLive(release="production-1"))
    assert refused.value.code == "GATE-131"
    release = do(desk, PlanRelease(model="credit", to="staging"))
    do(desk, GoLive(release=release))
    assert step(own) == "credit@2 is live"
    [staging] = [each for each in desk.ask(live) if each.environment == "staging"]
    assert (staging.model, staging.data, staging.way_back) == ("credit@2", "loans@2", "staging-1")
    [challenger] = desk.ask(proposals)
    assert (challenger.state.word, challenger.step) == ("Challenger is better", "credit@2 is live")


def test_that_the_contract_of_the_first_model_is_not_known_as_its_answers_were_kept_back(own) -> None:
    register_and_release(own)
    [second] = own.desk.ask(lambda found: found.find(Release, "label = 'staging-2'"))

    def verdict(found):
        subject = found.registry.subjects["release"](found, second.id)
        return REGISTRY.checks["K08-contract"](found, subject, {}, today())

    assert own.desk.ask(verdict).state.reason == "the contract of loans-1 is not recorded"


def test_that_an_alert_of_what_is_live_no_more_asks_for_the_model(own) -> None:
    register_and_release(own)
    do(own.desk, StopRelease(environment="staging", reason="enough"))
    lines = own.desk.verify().lines
    with pytest.raises(DeskError, match="Nothing is live in staging any more") as refused:
        do(own.desk, Retrain(what=own.alert, data="loans@1"))
    assert refused.value.code == "UPD-111"
    assert own.desk.verify().lines == lines
    assert step(own) == "credit@2 is registered", "what was stopped is live no more"


# --- what has not arrived ------------------------------------------------------------------------


def test_that_a_comparison_that_says_nothing_is_not_known_and_breaks_no_page(desk) -> None:
    nothing = "0" * 26
    values: dict[str, Any] = {
        "champion": nothing,
        "challenger": nothing,
        "version": nothing,
        "metric": "auc",
        "sentence": "s",
    }
    tell(desk, Proposal(verdict="splendid", rows=0, **values))
    tell(desk, Environment(name="staging"))
    [row] = desk.ask(proposals)
    assert (row.state.word, row.champion, row.challenger, row.step) == ("Not known", "", "", "to register")
    assert desk.ask(stage).level == "unknown"

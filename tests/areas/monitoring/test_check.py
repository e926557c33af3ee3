"""Monitors over a file of rows, and retraining: what is not known is said with its reason, nothing is made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import GoLive, PlanRelease, StopRelease
from mlops_desk.areas.experiments.model import RegisterModel
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.experiments.train import Train
from mlops_desk.areas.monitoring.check import CheckMonitors
from mlops_desk.areas.monitoring.monitor import Alert, DecideAlert, Reading, watched
from mlops_desk.areas.monitoring.queries import alerts, monitor_details, monitors, reading_details, stage
from mlops_desk.areas.updates.retrain import Retrain
from mlops_desk.kernel.endpoint import captured_name
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.facts import do, tell


def rows(shift: float = 0.0, first: int = 0, *, outcome: bool = True, tickets: int = 0) -> str:
    """Return rows of amount, town and ticket, a number that rises with every row."""
    lines = []
    for n in range(first, first + 400):
        amount = (n * 37 % 101) + shift
        town = ("Bonn", "Emden", "Ahlen")[n % 3]
        ok = "yes" if (amount - shift) + (n % 7) * 5 > 60 else "no"
        lines.append(f"{amount},{town},{tickets + 5 * n + n % 3}" + (f",{ok}" if outcome else ""))
    return "\n".join(["amount,town,ticket" + (",ok" if outcome else ""), *lines]) + "\n"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):
    """Make a model go live in staging once, with one monitor of each kind."""
    base = tmp_path_factory.mktemp("monitoring")
    (base / "loans.csv").write_text(rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        patch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            do(desk, AddDataset(file=str(base / "loans.csv"), name="loans"))
            do(desk, ProfileVersion(version="loans"))
            run = do(desk, Train(version="loans", target="ok", recipe=("linear",), allow_leaks=True))
            do(desk, RegisterModel(run=run, name="credit"))
            release = do(desk, PlanRelease(model="credit", to="staging"))
            for kind in ("input-drift", "output-drift", "quality", "service"):
                do(desk, "monitor.add", name=kind, environment="staging", kind=kind, owner="ml-engineer")
            yield desk, base, release


@pytest.fixture
def live(lived):
    desk, base, release = lived
    do(desk, GoLive(release=release))
    yield desk, base
    do(desk, StopRelease(environment="staging", reason="between tests"))


def check(desk: Workspace, base: Path, content: str) -> dict[str, Reading]:
    (base / "window.csv").write_text(content)
    do(desk, CheckMonitors(environment="staging", data=str(base / "window.csv")))
    newest = desk.ask(lambda found: found.find(Reading))[-4:]
    names = {each.id: each.name for each in desk.ask(monitors)}
    return {names[each.monitor]: each for each in newest}


def test_that_nothing_live_is_said(lived) -> None:
    desk, base, _release = lived
    lines = desk.verify().lines
    for environment in ("staging", None):
        with pytest.raises(DeskError, match=r"Nothing is live in staging\."):
            do(desk, CheckMonitors(environment=environment, data=str(base / "loans.csv")))
    assert desk.verify().lines == lines
    assert {each.state.word for each in desk.ask(monitors)} == {"Not known"}


def test_that_the_same_rows_are_fine_and_moved_rows_raise_an_alert(live) -> None:
    desk, base = live
    read = check(desk, base, rows())
    assert (read["input-drift"].state, read["output-drift"].state) == ("ok", "ok")
    assert read["quality"].state in ("ok", "look")
    assert read["service"].state == "not known"
    assert read["service"].value is None
    assert not desk.ask(alerts)
    moved = check(desk, base, rows(shift=80))
    assert moved["input-drift"].state == "act"
    assert moved["input-drift"].columns[0].name == "amount"
    assert "amount moved most" in moved["input-drift"].sentence
    assert desk.ask(stage).level == "bad"
    with pytest.raises(DeskError, match="needs a reason"):
        do(desk, DecideAlert(alert=desk.ask(alerts)[0].id, choice="expected"))
    for each in desk.ask(lambda found: found.find(Alert)):
        do(desk, DecideAlert(alert=each.id, choice="expected", reason="a test"))
    assert desk.ask(stage).level != "bad"


def test_that_a_further_reading_joins_the_open_alert_and_a_decided_one_makes_room_for_another(live) -> None:
    desk, base = live

    def of_inputs(word: str):
        return [row for row in desk.ask(alerts) if row.monitor == "input-drift" and row.state.word == word]

    known = len(desk.ask(alerts))
    check(desk, base, rows(shift=80))
    [first] = of_inputs("Open")
    check(desk, base, rows(shift=90))
    [same] = of_inputs("Open")
    assert (same.id, first.readings, same.readings) == (first.id, 1, 2)
    assert same.sentence != first.sentence, "it says what was read last"
    for each in desk.ask(alerts):
        if each.state.word == "Open":
            do(desk, DecideAlert(alert=each.id, choice="expected", reason="a test"))
    check(desk, base, rows(shift=80))
    [other] = of_inputs("Open")
    assert (other.id != first.id, other.readings) == (True, 1)
    assert {row.readings for row in of_inputs("Decided") if row.id == first.id} == {2}
    for each in desk.ask(alerts):
        if each.state.word == "Open":
            do(desk, DecideAlert(alert=each.id, choice="expected", reason="a test"))
    assert len(desk.ask(alerts)) > known


def test_that_alerts_raised_apart_of_one_monitor_and_release_are_one(live) -> None:
    desk, base = live
    check(desk, base, rows(shift=80))
    [raised] = [each for each in desk.ask(watched) if each.decision is None and "input" in each.alert.sentence]
    [twin] = tell(desk, raised.alert.but(id=""))
    count = [row.state.word for row in desk.ask(alerts)].count("Open")
    do(desk, DecideAlert(alert=twin, choice="expected", reason="a test"))
    assert [row.state.word for row in desk.ask(alerts)].count("Open") == count - 1
    for each in desk.ask(alerts):
        if each.state.word == "Open":
            do(desk, DecideAlert(alert=each.id, choice="expected", reason="a test"))


def test_that_quality_without_outcomes_is_not_known_with_the_reason_and_the_rest_is_read(live) -> None:
    desk, base = live
    read = check(desk, base, rows(outcome=False))
    assert read["quality"].state == "not known"
    assert read["quality"].value is None
    assert "no column ok" in read["quality"].sentence
    assert read["input-drift"].state == "ok"
    strange = check(desk, base, rows().replace(",yes", ",maybe"))
    assert strange["quality"].state == "not known"
    assert "maybe" not in strange["quality"].sentence, "a value of the data stays out of the journal"


def test_that_few_rows_are_not_known(live) -> None:
    desk, base = live
    few = "\n".join(rows().splitlines()[:6]) + "\n"
    assert check(desk, base, few)["input-drift"].state == "not known"


def test_that_retraining_on_the_same_data_is_refused(live) -> None:
    desk, _base = live
    lines = desk.verify().lines
    with pytest.raises(DeskError, match="is the data that credit@1 was trained on"):
        do(desk, Retrain(what="credit", data="loans"))
    assert desk.verify().lines == lines


def test_that_a_check_deletes_captured_rows_past_the_keep_time_of_the_environment(live) -> None:
    desk, base = live
    [environment] = desk.ask(lambda found: found.find(Environment))
    folder = desk.project.captures / environment.id
    folder.mkdir(parents=True, exist_ok=True)
    days = {n: folder / captured_name("r", datetime.now(UTC) - timedelta(days=n), 1) for n in (20, 60, 100)}
    for each in days.values():
        each.write_bytes(b"rows")
    check(desk, base, rows())
    assert [each.exists() for each in days.values()] == [True, True, False], "90 days unless said otherwise"
    do(desk, "environment.edit", id=environment.id, keep_days=30)
    check(desk, base, rows())
    assert [each.exists() for each in days.values()] == [True, False, False]


def test_that_an_input_that_rises_with_every_row_is_named_and_not_watched(live) -> None:
    desk, base = live
    [run] = desk.ask(lambda found: found.find(Run))
    assert [each for each in run.notes if "ticket rises or falls with every row" in each]
    read = check(desk, base, rows(tickets=10**6))["input-drift"]
    assert read.state == "ok"
    assert "Not watched, as they move on by themselves: ticket." in read.sentence
    assert (read.columns[-1].name, read.columns[-1].state, read.columns[-1].effect) == ("ticket", "left out", None)
    [monitor] = [each for each in desk.ask(monitors) if each.name == "input-drift"]
    for told in (desk.ask(monitor_details, monitor.id), desk.ask(reading_details, read.id)):
        assert ("Not watched: ticket", "rises or falls with every row") in [(each.label, each.value) for each in told]
        assert "ColumnReading(" not in str(told), "people do not read Python"
    do(desk, "monitor.edit", id=monitor.id, watch_also=("ticket",))
    try:
        read = check(desk, base, rows(tickets=10**6))["input-drift"]
        assert read.state == "act", "watched if somebody says so"
        assert "Not watched" not in read.sentence
    finally:
        do(desk, "monitor.edit", id=monitor.id, watch_also=())
        for each in desk.ask(lambda found: found.find(Alert)):
            do(desk, DecideAlert(alert=each.id, choice="expected", reason="a test"))

"""The sample: three members live one turn of the cycle, and the desk finds what was planted."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.queries import columns, datasets
from mlops_desk.areas.deployments.queries import live
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.governance.queries import gate_rows, gate_show
from mlops_desk.areas.monitoring.monitor import Reading
from mlops_desk.areas.monitoring.queries import alerts
from mlops_desk.areas.reports.as_of import as_of
from mlops_desk.areas.updates.queries import proposals
from mlops_desk.cli.main import run
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Workspace, sample
from mlops_desk.workspace.audit_pack import export_audit

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):
    base = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        facts = sample.live_the_cycle(base / "demo", silent, Stop())
        with Workspace(base / "demo") as desk:
            yield desk, facts, base


def test_that_the_leak_is_named_before_training(lived):
    _desk, facts, _base = lived
    assert "approved_amount" in facts[0]


def test_that_columns_of_personal_data_duplicates_and_disguised_values_are_found(lived):
    desk, _facts, _base = lived
    found = {each.name: each for each in desk.ask(columns)}
    assert found["mail"].security == "pii"
    assert found["sex"].security == "sensitive"
    assert (found["job"].disguised or 0) > 900
    assert (found["region"].disguised or 0) > 300
    assert (found["income"].missing or 0) > 300
    [dataset] = desk.ask(datasets)
    assert dataset.duplicates == 60
    assert dataset.security == "pii"


def test_that_the_gap_between_groups_and_the_drift_are_measured(lived):
    desk, _facts, _base = lived
    runs = desk.ask(lambda rows: rows.find(Run))
    gaps = [each.fairness[0].selection_gap.value for each in runs]
    assert all(gap is not None and 0.1 < gap < 0.35 for gap in gaps)
    readings = [each for each in desk.ask(lambda rows: rows.find(Reading)) if "input" in each.sentence]
    assert readings[0].columns[0].name == "income"
    assert readings[0].value == pytest.approx(0.29, abs=0.05)


def test_that_the_model_passed_its_gate_with_one_visible_exception_and_is_live(lived):
    desk, _facts, _base = lived
    gates = desk.ask(gate_rows)
    assert [(each.gate, each.state.word, each.exceptions) for each in gates] == [("G3", "Closed", 1)] * 2
    assert all(each.by_people > 5 for each in gates)
    [environment] = desk.ask(live)
    assert (environment.environment, environment.model, environment.release) == (
        "staging",
        "loan-approval@2",
        "staging-2",
    )


def test_that_the_second_release_keeps_the_contract_and_the_gates_say_what_is_computed(lived):
    desk, _facts, _base = lived
    release = desk.ask(gate_show, "G4", "staging-2")
    items = {each.item.id: each for each in release.items}
    assert items["OPS-05"].verdict.state == ("ok", "Pass", "the contract is that of staging-1")
    assert items["MLT-D1"].verdict.state.reason == "the columns are those of loans@1"
    assert items["MLT-M7"].how == "computed"
    assert items["OPS-13"].verdict.state.reason == "no monitor watches fairness"
    assert release.test_score.parts == {"D": 1.0, "M": 2.0, "I": 2.0, "O": 1.0}
    model = desk.ask(gate_show, "G3", "loan-approval@2")
    assert {each.item.id: each.how for each in model.items}["MOD-15"] == "computed"


def test_that_an_alert_led_to_a_challenger_that_is_better_on_the_same_rows(lived):
    desk, _facts, _base = lived
    assert "retrain" in {each.decision for each in desk.ask(alerts)}
    [proposal] = desk.ask(proposals)
    assert proposal.state.word == "Challenger is better"
    assert "is live" in proposal.step


def test_that_the_trail_is_sound_and_holds_no_personal_value(lived):
    desk, _facts, base = lived
    assert desk.verify().is_sound
    shared = b"".join(
        path.read_bytes() for path in (base / "demo").rglob("*") if path.is_file() and ".git/" not in str(path)
    )
    assert b"@example.org" in shared, "members have addresses"
    for value in (b"garcia0@", b"eriksen1@", b"Dmitri Costa"):
        assert value not in shared


def test_that_an_audit_pack_proves_itself_and_holds_no_personal_value(lived):
    desk, _facts, base = lived
    made = export_audit(desk, "loan-approval@2", str(base / "audit.zip"), silent, Stop())
    with zipfile.ZipFile(base / "audit.zip") as pack:
        pack.extractall(base / "audit")
    assert made.lines == desk.verify(is_deep=True).lines
    checked = subprocess.run([sys.executable, "-I", "verify_journal.py"], cwd=base / "audit", check=False, timeout=60)
    assert checked.returncode == 0
    whole = b"".join(path.read_bytes() for path in (base / "audit").rglob("*") if path.is_file())
    for value in (b"garcia0@", b"eriksen1@", b"Dmitri Costa"):
        assert value not in whole


def test_that_what_was_live_is_told_with_data_and_signers(lived):
    desk, _facts, _base = lived
    [staging] = desk.ask(as_of, today().isoformat()).environments
    assert staging.model.label == "loan-approval@2"
    assert [each.label for each in staging.data] == ["loans@2"]
    gate = staging.gates[0]
    assert {each.proof.role for each in gate.signatures if each.covers_content} >= {"data-scientist", "ai-ethics"}
    assert [each.item for each in gate.exceptions] == ["BIA-07"]
    assert staging.unknown == ()


def test_that_the_report_was_made_and_the_demo_opens_again(lived, capsys: pytest.CaptureFixture[str]):
    _desk, _facts, base = lived
    assert (base / "demo" / sample.REPORT).read_bytes().startswith(b"%PDF")
    assert run(["demo", str(base / "demo"), "--no-window", "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["report"]).exists()

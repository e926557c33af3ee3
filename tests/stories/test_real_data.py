"""Real files through the command line: Adult census and hourly bikes, with facts that a correct tool finds."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from mlops_desk.cli.main import run

DATA = os.environ.get("MLOPS_DESK_REAL_DATA")
pytestmark = [
    pytest.mark.story,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not DATA, reason="MLOPS_DESK_REAL_DATA is not set: the real files are not here"),
]


@pytest.fixture
def said(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Run a command on the project and return its JSON."""

    def say(*words: str, code: int = 0, role: str = "data-scientist"):
        capsys.readouterr()
        assert run([*words, "--project", str(folder), "--json", "--as", role]) == code
        return json.loads(capsys.readouterr().out)

    return say


def test_that_adult_is_profiled_classed_trained_audited_and_goes_live(said) -> None:
    said("dataset", "add", f"{DATA}/adult.csv", "--name", "adult")
    said("dataset", "profile", "adult")
    found = {each["name"]: each for each in said("dataset", "columns")}
    disguised = {name: each["disguised"] for name, each in found.items() if each["disguised"]}
    assert disguised == {"workclass": 1836, "occupation": 1843, "native-country": 583}
    [dataset] = said("dataset", "list")
    assert (dataset["rows"], dataset["columns"], dataset["duplicates"]) == (32561, 15, 24)
    assert found["sex"]["proposed"] == found["race"]["proposed"] == "sensitive"
    said("dataset", "confirm", "adult")
    recipe = ["--drop", "fnlwgt", "--protect", "sex", "--recipe", "dummy", "--recipe", "linear", "--positive", ">50K"]
    said("train", "adult", "--target", "income-per-year", *recipe)
    [listed] = said("run", "list")
    shown = said("run", "show", listed["id"])
    scores = {each["name"]: each["value"] for each in shown["scores"]}
    assert scores["accuracy"] == pytest.approx(0.851, abs=0.008)
    assert scores["auc"] == pytest.approx(0.9065, abs=0.008)
    [audit] = shown["fairness"]
    assert audit["look_closer"]
    assert audit["selection_ratio"]["value"] < 0.5
    said("model", "register", listed["id"], "--name", "income")
    said("gate", "ask", "G3", "income")
    gate = said("gate", "show", "G3", "income")
    items = {each["item"]["id"]: each for each in gate["items"]}
    assert items["MOD-05"]["how"] == "computed"
    assert items["BIA-07"]["verdict"]["state"]["word"] == "Fail"
    assert gate["state"]["level"] == "warn"
    said("release", "plan", "income", "--to", "staging")
    said("release", "go-live", "staging-1")
    [live] = said("environment", "list")
    assert (live["model"], live["state"]["word"]) == ("income@1", "Live with open gates")
    said("release", "plan", "income", "--to", "production")
    refused = said("release", "go-live", "production-1", code=1)
    assert refused["error"]["code"] == "GATE-131"


def test_that_bikes_of_2011_are_watched_over_2012_and_retraining_helps(said, tmp_path: Path) -> None:
    old, both, new = (tmp_path / name for name in ("2011.csv", "both.csv", "2012.csv"))
    with Path(f"{DATA}/bike_hour_official.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    year = header.index("yr")
    for path, wanted in ((old, "0"), (both, "01"), (new, "1")):
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in rows if row[year] in wanted)])
    said("dataset", "add", str(old), "--name", "bike")
    said("dataset", "profile", "bike")
    train = ["train", "bike", "--target", "cnt", "--drop", "instant", "--drop", "dteday", "--drop", "yr"]
    leak = said(*train, code=1)
    assert leak["error"]["code"] == "TRAIN-120"
    assert "casual" in leak["error"]["sentence"]
    assert "registered" in leak["error"]["sentence"]
    boosting = ["--drop", "casual", "--drop", "registered", "--recipe", "dummy", "--recipe", "boosting"]
    said(*train, *boosting)
    [listed] = said("run", "list")
    assert listed["metric"] == "r2"
    assert listed["value"] == pytest.approx(0.94, abs=0.02)
    said("model", "register", listed["id"], "--name", "demand")
    said("release", "plan", "demand", "--to", "staging")
    said("release", "go-live", "staging-1")
    for kind in ("input-drift", "quality"):
        said(
            "monitor",
            "add",
            "--name",
            kind,
            "--environment",
            "staging",
            "--kind",
            kind,
            "--limit",
            "0.25",
            "--owner",
            "ml-engineer",
        )
    said("monitor", "check", "staging", "--data", str(new))
    monitors = {each["kind"]: each for each in said("monitor", "list")}
    assert monitors["input-drift"]["state"]["level"] != "bad", "inputs hardly move"
    assert monitors["quality"]["value"] == pytest.approx(0.30, abs=0.05)
    [alert] = said("alert", "list")
    assert "r2 is 0.6" in alert["sentence"]
    said("alert", "decide", alert["id"], "retrain", "--reason", "demand grew")
    said("dataset", "version", "bike", str(both))
    said("retrain", alert["id"], "--data", "bike@2")
    [update] = said("update", "list")
    assert update["state"]["word"] == "Challenger is better"

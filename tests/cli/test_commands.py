"""The command line as people use it: through the real program, with its answers, exit codes and refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_desk.cli.main import run


def test_that_the_first_day_reads_as_written(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(tmp_path / "loan")
    who = ["--member", "Ana Lima <ana@example.org>", "--role", "data-scientist"]
    assert run(["init", project, "--name", "Loan", "--purpose", "Decide fairly.", *who]) == 0
    here = ["--project", project]
    assert run(["use-case", "add", *here, "--name", "Credit", "--tier", "high", "--tier-reason", "Annex III"]) == 0
    assert run(["objective", "add", *here, "--name", "Fair credit in one hour", "--use-case", "Credit"]) == 0
    kpi = ["--unit", "min", "--better", "down", "--baseline", "95", "--target", "40", "--due", "2027-12-31"]
    assert run(["kpi", "add", *here, "--name", "Time", *kpi, "--owner", "domain-expert", "--from", "2026-01-01"]) == 0
    result = [
        "--name",
        "Faster",
        "--objective",
        "Fair credit in one hour",
        "--kpi",
        "Time",
        "--from",
        "95",
        "--to",
        "40",
    ]
    assert run(["key-result", "add", *here, *result]) == 0
    assert run(["kpi", "check-in", *here, "Time", "50", "--note", "sample of 200"]) == 0
    assert run(["kpi", "adopt", *here, "B4", "--band", "2", "15"]) == 0
    capsys.readouterr()
    assert run(["kpi", "list", *here, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["state"]["level"], row["value"]) for row in rows] == [
        ("Overrule rate", "unknown", None),
        ("Time", "ok", 50),
    ]
    assert run(["objective", "list", *here, "--json"]) == 0
    [objective] = json.loads(capsys.readouterr().out)
    assert objective["score"] == pytest.approx(45 / 55)
    assert run(["status", *here]) == 0
    assert "1 KPI is not known" in capsys.readouterr().out
    assert run(["verify", *here]) == 0


@pytest.fixture
def here(folder: Path) -> list[str]:
    return ["--project", str(folder)]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["kpi", "show", "nothing"], 1, "There is no KPI “nothing”"),
        (["kpi", "check-in", "Time", "1"], 1, "There is no KPI “Time”"),
        (["kpi", "add", "--name", "x", "--low", "1"], 1, "A band needs both edges"),
        (["kpi", "add", "--name", "x", "--owner", "boss"], 1, "There is no role “boss”"),
        (["kpi", "adopt", "Z9"], 1, "There is no KPI template “Z9”"),
        (["kpi", "add", "--name", "x", "--target", "many"], 2, "“many” is not a number"),
        (["kpi", "add", "--name", "x", "--target", "nan"], 2, "“nan” is not a number"),
        (["kpi", "add", "--name", "x", "--due", "soon"], 2, "“soon” is not a day"),
        (["kpi", "add"], 2, "required: --name"),
        (["kpi"], 2, "required"),
        (["fly"], 2, "fly"),
        (["kpi", "list", "--as", "observer"], 1, "You do not hold the role Observer"),
        (["kpi", "list", "--me", "Ben"], 1, "only in sample projects"),
        (["ask", "DROP TABLE kpi"], 1, "Only one SELECT may be asked"),
        (["ask", "SELECT 1; SELECT 2"], 1, "Only one SELECT may be asked"),
        (["ask", "SELECT * FROM read_text('/etc/hostname')"], 1, "not allowed"),
        (["ask", "COPY kpi TO '/tmp/x.csv'"], 1, "Only one SELECT may be asked"),
        (["ask", "SELECT * FROM nothing"], 1, "does not work"),
        (["ask", "SELECT count(*) FROM range(100000000000) a, range(1000000) b"], 1, "more time or memory"),
    ],
)
def test_that_what_is_not_possible_gets_a_sentence_and_a_hint(
    here: list[str], capsys: pytest.CaptureFixture[str], words: list[str], code: int, sentence: str
) -> None:
    assert run([*words, *here]) == code
    printed = capsys.readouterr().err
    assert sentence in printed
    assert "Traceback" not in printed
    assert run([*words, *here, "--json"]) == code
    error = json.loads(capsys.readouterr().out)["error"]
    assert sentence in error["sentence"]
    assert set(error) == {"code", "sentence", "hint"}


def test_that_a_folder_without_a_project_is_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--project", str(tmp_path)]) == 1
    assert "holds no MLOps Desk project" in capsys.readouterr().err


def test_that_a_newer_or_damaged_project_is_said_and_not_touched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marker = folder / "desk.toml"
    whole = marker.read_text()
    for text, sentence in (
        (whole.replace("format = 1", "format = 2"), "written in format 2"),
        ("[[[", "marker of this project is damaged"),
        (whole.replace('project = "', 'project = "../'), "marker of this project is damaged"),
        ("x = 1\n" * 20_000, "marker of this project is damaged"),
    ):
        marker.write_text(text)
        assert run(["status", "--project", str(folder)]) == 1
        assert sentence in capsys.readouterr().err
        assert marker.read_text() == text


def test_that_founding_where_a_project_is_or_nothing_can_be_written_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--name", "x", "--member", "Ana <a@b.c>", "--role", "data-scientist"]
    assert run(["init", str(folder), *words]) == 1
    assert "There is a project" in capsys.readouterr().err
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(["init", str(blocked / "x"), *words]) == 1
    assert "No project can be made" in capsys.readouterr().err
    assert run(["init", str(tmp_path / "new"), "--name", "x", "--member", "Ana <a@b.c>"]) == 1
    assert not (tmp_path / "new" / "desk.toml").exists()


def test_that_text_of_others_cannot_steer_the_terminal(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kpi", "add", *here, "--name", "a", "--unit", "a\tb"]) == 0
    run(["kpi", "list", *here])
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\\u0009" in printed


def test_that_check_in_by_sql_reads_the_documented_views(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(["kpi", "add", *here, "--name", "Goals", "--target", "1", "--sql", "SELECT count(*) FROM kpi"])
    assert run(["kpi", "check-in", *here, "Goals"]) == 0
    capsys.readouterr()
    run(["kpi", "history", *here, "--json"])
    [row] = json.loads(capsys.readouterr().out)
    assert (row["value"], row["source"]) == (1, "sql")
    run(["kpi", "edit", *here, "Goals", "--sql", "SELECT name FROM kpi"])
    assert run(["kpi", "check-in", *here, "Goals"]) == 1
    assert "does not give one number" in capsys.readouterr().err


def test_that_the_program_says_one_sentence_where_there_is_no_display(home: Path) -> None:
    plain = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    done = subprocess.run(
        [sys.executable, "-m", "mlops_desk"], env=plain, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "display" in done.stderr
    assert "Traceback" not in done.stderr

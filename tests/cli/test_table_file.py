"""Any table as a file from the command line: form by name or by wish, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlops_desk.cli.main import run


@pytest.fixture
def here(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return how commands find a project with one KPI that looks like a formula."""
    words = ["--project", str(folder)]
    assert run(["kpi", "add", *words, "--name", "=cmd", "--target", "40", "--due", "2026-12-31"]) == 0
    capsys.readouterr()
    return words


def test_that_a_table_is_written_as_its_name_or_the_person_wishes(
    here: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import duckdb

    plain, safe, columns = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.parquet"
    assert run(["kpi", "list", *here, "--output", str(plain)]) == 0
    assert capsys.readouterr().out == f"Wrote 1 row to {plain}.\n"
    assert plain.read_text().splitlines()[1].startswith("=cmd,Not known,,40.0,")
    assert run(["kpi", "list", *here, "--output", str(safe), "--format", "excel-csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(safe), "rows": 1}
    assert safe.read_text("utf-8-sig").splitlines()[1].startswith("'=cmd,")
    assert run(["kpi", "list", *here, "--output", str(columns)]) == 0
    with duckdb.connect() as store:
        found = store.execute(f"SELECT name, target, CAST(due AS VARCHAR), unit FROM '{columns}'").fetchall()
    assert found == [("=cmd", 40.0, "2026-12-31", "")]


def test_that_a_name_that_says_another_form_is_refused_and_nothing_is_written(
    here: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    assert run(["kpi", "list", *here, "--output", str(file), "--format", "parquet"]) == 1
    assert "would hold PARQUET" in capsys.readouterr().err
    assert not file.exists()

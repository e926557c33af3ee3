"""Saved recipes: the team makes the same report by a name, changes it by saving again, and puts it away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.areas.reports.report import ReportMade, VerifyReport
from mlops_desk.areas.reports.saved import MakeSaved, ReportRecipe, SaveReport, recipes
from mlops_desk.cli.main import run
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import own_fields
from mlops_desk.workspace import Workspace
from tests.areas.reports.lived import do


def test_that_a_saved_recipe_makes_the_report_it_describes_and_can_be_noted(desk: Workspace, tmp_path: Path):
    do(desk, "kpi.add", name="Time", target=1.0)
    desk.do(SaveReport(name="Monday", format="json", part=("kpis", "goals"), compare="7d", language="en"))
    desk.do(MakeSaved(recipe="Monday", output=str(tmp_path / "r-{day}.json"), note_it=True))
    file = tmp_path / f"r-{clock.today()}.json"
    assert json.loads(file.read_bytes())["recipe"]["parts"] == ["comparison", "kpis", "goals"]
    assert "is the same to the byte" in desk.do(VerifyReport(file=str(file))).said
    assert [each.file for each in desk.ask(lambda rows: rows.find(ReportMade))] == [file.name]


def test_that_saving_again_changes_the_one_of_that_name(desk: Workspace):
    desk.do(SaveReport(name="Monday", brief=True))
    desk.do(SaveReport(name="Monday", without=("appendix",), paper="letter"))
    [row] = desk.ask(recipes)
    assert (row.parts, row.paper, row.who) == ("all without appendix", "letter", "Ana Lima")
    assert desk.do(SaveReport(name="Monday", without=("appendix",), paper="letter")).line == ""
    do(desk, "report-recipe.archive", id="Monday")
    assert desk.ask(recipes) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"brief": True, "part": ("kpis",)}, "REPORT-131"),
        ({"compare": "soon"}, "REPORT-133"),
        ({"language": "tlh"}, "REPORT-135"),
    ],
)
def test_that_what_cannot_be_followed_is_not_saved(desk: Workspace, values: dict[str, Any], code: str):
    with pytest.raises(DeskError) as caught:
        desk.do(SaveReport(name="Monday", **values))
    assert caught.value.code == code


def test_that_a_recipe_holds_every_choice_of_a_report():
    assert {each.name for each in own_fields(ReportRecipe)} - {"name", "archived"} == set(
        ReportRecipe(name="x").choices
    )


def test_that_the_commands_save_list_and_make(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    here = ["--project", str(folder)]
    assert run([*here, "report", "save", "Monday", "--format", "md", "--brief"]) == 0
    assert run([*here, "recipe", "list"]) == 0
    assert "one page" in capsys.readouterr().out
    assert run([*here, "report", "make", "Monday", "-o", str(tmp_path / "a.md")]) == 0
    assert (tmp_path / "a.md").read_text().startswith("# KPI report")

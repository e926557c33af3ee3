"""What a report is made of: parts in their order, paper, language, two days compared, and one page."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from babel.messages import mofile, pofile
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment
from mlops_desk.areas.reports import standings
from mlops_desk.areas.reports.content import Report, Table, for_paper, row_values
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.areas.reports.make import rendered
from mlops_desk.areas.reports.recipe import ON_ONE_PAGE, PARTS, STANDARD, Paper, Recipe, day_before, parts_of
from mlops_desk.areas.reports.report import MakeReport, VerifyReport
from mlops_desk.kernel import clock, words
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from tests.areas.facts import tell
from tests.areas.reports.lived import APRIL, JUNE, MADE_AT, MARCH, Days, do, fill

DATA_FORMS = ("pdf", "html", "xlsx", "csv", "json", "md")


def report_by(desk: Workspace, recipe: Recipe, day: date = JUNE) -> Report:
    return desk.ask(kpi_report, day, MADE_AT, None, recipe)


def table(report: Report, name: str) -> Table:
    return next(each for section in report.sections for each in section.tables if each.name == name)


def pages(made: bytes) -> int:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (poppler-utils) is not here")
    said = subprocess.run(["pdfinfo", "-"], input=made, capture_output=True, check=True).stdout.decode()
    return int(re.search(r"Pages:\s+(\d+)", said).group(1))  # type: ignore[union-attr]


@given(st.permutations(STANDARD), st.sets(st.sampled_from(STANDARD)))
def test_that_parts_stand_in_the_order_wished_without_those_left_out(wished: list[Any], without: set[Any]):
    found = parts_of(tuple(wished), tuple(without), is_brief=False, compares=False)
    assert list(found) == [each for each in wished if each not in without]


def test_that_a_comparison_is_a_part_only_where_there_is_a_day_to_compare_with():
    assert "comparison" not in parts_of((), (), is_brief=False, compares=False)
    assert parts_of((), (), is_brief=False, compares=True) == PARTS
    assert parts_of(("kpis",), (), is_brief=False, compares=True) == ("comparison", "kpis")
    assert parts_of((), (), is_brief=True, compares=False) == ON_ONE_PAGE


def test_that_a_report_has_the_parts_of_its_recipe_and_always_what_is_not_known(lived: Workspace, days: Days):
    fill(lived, days)
    report = report_by(lived, Recipe(parts=("appendix", "kpis")))
    assert [each.name for each in report.sections] == ["appendix", "kpis"]
    bare = report_by(lived, Recipe(parts=()))
    assert bare.sections == ()
    assert bare.not_known == report.not_known != ()
    for format_ in DATA_FORMS[1:2] + DATA_FORMS[3:]:
        assert "no value since 2026-03-01" in rendered(bare, format_).decode().replace("\\-", "-")  # type: ignore[arg-type]


@pytest.mark.parametrize("format_", DATA_FORMS)
def test_that_what_was_chosen_is_carried_and_followed_when_the_report_is_checked(
    lived: Workspace, days: Days, tmp_path: Path, format_: Any
):
    fill(lived, days)
    file = tmp_path / f"r.{format_}"
    chosen: dict[str, Any] = {"part": ("appendix", "comparison", "kpis"), "compare": "90d", "paper": "letter"}
    lived.do(MakeReport(output=str(file), format=format_, **chosen))
    do(lived, "kpi.check-in", kpi="Adoption", value=59.0)
    assert lived.do(VerifyReport(file=str(file))).said.endswith("The file is the same to the byte.")


def test_that_a_changed_recipe_in_a_file_does_not_pass(lived: Workspace, days: Days, tmp_path: Path):
    fill(lived, days)
    file = tmp_path / "r.json"
    lived.do(MakeReport(output=str(file), format="json"))
    content = msgspec.json.decode(file.read_bytes())
    for recipe, code in (({"parts": ["kpis"]}, "REPORT-127"), ({"parts": "all"}, "REPORT-126"), (7, "REPORT-126")):
        file.write_bytes(msgspec.json.encode(content | {"recipe": recipe}))
        with pytest.raises(DeskError) as caught:
            lived.do(VerifyReport(file=str(file)))
        assert caught.value.code == code


def test_that_two_days_are_compared_and_nothing_is_counted_from_what_is_not_known(lived: Workspace, days: Days):
    fill(lived, days)
    recipe = Recipe(parts=("comparison",), compare=APRIL)
    found = table(report_by(lived, recipe), "comparison")
    rows = {row[0]: row_values(found, row) for row in found.rows}
    assert (rows["Time to decision"]["value_then"], rows["Time to decision"]["value"]) == (88.0, 60.0)
    assert (rows["Time to decision"]["change"], rows["Time to decision"]["course"]) == (-28.0, "better")
    assert (rows["Adoption"]["change"], rows["Adoption"]["course"]) == (-2.5, "worse")
    assert rows["Feeds on time"]["value"] is None
    assert rows["Feeds on time"]["change"] is None
    assert rows["Benefit reached"]["state_then"].word == "Not known"


def test_that_a_kpi_that_came_or_went_between_the_days_is_named_as_such(lived: Workspace, days: Days):
    fill(lived, days)
    days.to(date(2026, 7, 2))
    do(lived, "kpi.add", name="Later", target=1.0)
    do(lived, "kpi.archive", id="Adoption")
    found = table(report_by(lived, Recipe(parts=("comparison",), compare=JUNE), date(2026, 7, 3)), "comparison")
    rows = {row[0]: row_values(found, row) for row in found.rows}
    assert rows["Later"]["state_then"].reason == "was not defined yet"
    assert (rows["Adoption"]["state"].reason, rows["Adoption"]["change"]) == ("was put away since", None)


def test_that_the_short_report_is_one_page_however_much_there_is(lived: Workspace, days: Days):
    fill(lived, days)
    wide = "Very long words about an aim that nobody cut " * 3
    for index in range(40):
        do(lived, "kpi.add", name=f"{index} {wide}", unit="%", target=80.0)
        do(lived, "objective.add", name=f"{index} {wide}")
    brief = report_by(lived, Recipe(parts=ON_ONE_PAGE, is_brief=True))
    for paper in ("a4", "letter"):
        recipe = msgspec.structs.replace(brief.recipe, paper=paper)
        assert pages(rendered(msgspec.structs.replace(brief, recipe=recipe), "pdf")) == 1
    cut = for_paper(brief)
    assert len(cut.not_known) == 7
    assert cut.not_known[-1].endswith("more are in the whole report.")
    assert for_paper(cut) == cut
    assert len(brief.not_known) > 40
    assert len(table(brief, "kpis").rows) == 44
    assert len(table(cut, "kpis").rows) == 8


def test_that_the_paper_is_the_one_that_was_asked_for(lived: Workspace):
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (poppler-utils) is not here")
    sizes: dict[Paper, str] = {"a4": "595.276 x 841.89", "letter": "612 x 792"}
    for paper, size in sizes.items():
        made = rendered(report_by(lived, Recipe(parts=(), paper=paper)), "pdf")
        said = subprocess.run(["pdfinfo", "-"], input=made, capture_output=True, check=True).stdout.decode()
        assert size in said


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"part": ("kpis", "kpis")}, "REPORT-130"),
        ({"part": ("kpis",), "brief": True}, "REPORT-131"),
        ({"compare": "7d", "brief": True}, "REPORT-131"),
        ({"compare": "0d"}, "REPORT-132"),
        ({"compare": "2999-01-01"}, "REPORT-132"),
        ({"compare": "soon"}, "REPORT-133"),
        ({"part": ("comparison",)}, "REPORT-134"),
        ({"language": "tlh"}, "REPORT-135"),
        ({"language": "../../etc"}, "REPORT-135"),
    ],
)
def test_that_a_recipe_that_cannot_be_followed_is_one_sentence(
    lived: Workspace, tmp_path: Path, values: dict[str, Any], code: str
):
    with pytest.raises(DeskError) as caught:
        lived.do(MakeReport(output=str(tmp_path / "r.json"), format="json", **values))
    assert caught.value.code == code
    assert not (tmp_path / "r.json").exists()


def test_that_days_before_are_counted_from_the_day_of_the_report():
    assert day_before("", JUNE) is None
    assert day_before(" 7d ", date(2026, 3, 8)) == MARCH
    assert day_before("2026-03-01", JUNE) == MARCH


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the desk at a folder with a catalogue of a few German words, as a translator does."""
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    text = (
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        'msgid "KPI report"\nmsgstr "KPI-Bericht"\nmsgid "What is not known"\nmsgstr "Das wissen wir nicht"\n'
        'msgid "Off track"\nmsgstr "Nicht auf Kurs"\nmsgid "Objectives"\nmsgstr "Ziele"\n'
    )
    (folder.parent.parent / "de.po").write_text(text, encoding="utf-8")
    with (folder.parent.parent / "de.po").open("rb") as source, (folder / f"{words.DOMAIN}.mo").open("wb") as made:
        mofile.write_mo(made, pofile.read_po(source))
    monkeypatch.setenv("MLOPS_DESK_LOCALE", str(tmp_path / "locale"))
    words._catalogue_of.cache_clear()
    return "de"


def test_that_a_report_speaks_its_own_language_and_holds_in_it(
    lived: Workspace, days: Days, tmp_path: Path, german: str, request: pytest.FixtureRequest
):
    request.addfinalizer(words._catalogue_of.cache_clear)
    fill(lived, days)
    file = tmp_path / "r.html"
    lived.do(MakeReport(output=str(file), format="html", language=german))
    page = file.read_text()
    assert '<html lang="de">' in page
    assert all(each in page for each in ("KPI-Bericht", "Das wissen wir nicht", "Nicht auf Kurs", "Ziele"))
    assert words._("KPI report") == "KPI report"
    assert words.languages() == ("de", "en")
    assert lived.do(VerifyReport(file=str(file))).said.endswith("The file is the same to the byte.")


def test_that_what_came_before_a_move_is_told_as_coincidence_and_holds(lived: Workspace, days: Days, tmp_path: Path):
    fill(lived, days)
    [environment] = tell(lived, Environment(name="staging"))
    [deployment] = tell(lived, Deployment(environment=environment, action="stop", release="a" * 26, reason="noise"))
    report = report_by(lived, Recipe(parts=("movers",)))
    found = table(report, "movers")
    assert {row[0] for row in found.rows} == {"Adoption", "Time to decision"}
    assert all(address.endswith(deployment) for address in found.addresses)
    assert report.sections[0].texts == ("It came before; that is coincidence in time, not a cause.",)
    file = tmp_path / "r.json"
    lived.do(MakeReport(output=str(file), format="json"))
    days.to(date(2026, 7, 2))
    tell(lived, Deployment(environment=environment, action="stop", release="b" * 26, reason="late"))
    assert lived.do(VerifyReport(file=str(file))).said.endswith("The file is the same to the byte.")


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_that_a_source_that_gave_no_value_stays_not_known_in_the_report_made_again(
    lived: Workspace, days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: Any
):
    fill(lived, days)
    do(lived, "kpi.add", name="Ranking", target=0.9, metric="run:auc")
    file = tmp_path / f"r.{format_}"
    lived.do(MakeReport(output=str(file), format=format_))
    assert "Ranking" in file.read_text()
    content = lived.ask(kpi_report, clock.today(), MADE_AT)
    [reason] = content.silent.values()
    assert f"KPI Ranking: {reason}." in content.not_known
    monkeypatch.setattr(standings, "today", lambda: clock.today() + timedelta(days=1))
    assert lived.do(VerifyReport(file=str(file))).said.endswith("The file is the same to the byte.")

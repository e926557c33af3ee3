"""What a report says: the golden text, the states of a day, and never more than is known."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.reports.content import Head, Report, Shown, Table, for_paper, left_out, row_values
from mlops_desk.areas.reports.document import document
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.areas.reports.make import Format, rendered
from mlops_desk.areas.reports.past import Past, end_of
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.record import Fact, Record
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Workspace
from tests.areas.reports.lived import APRIL, JUNE, MADE_AT, MARCH, Days, do, fill, report_of

IDS = re.compile(r"mlops-desk://[A-Za-z0-9_~-]+/([a-z-]+)/[a-z2-7]{26}")
GOLDEN = Path(__file__).parents[2] / "golden" / "report-kpi.md"


def table(report: Report, name: str) -> Table:
    return next(each for section in report.sections for each in section.tables if each.name == name)


def kpi_row(report: Report, name: str) -> dict[str, object]:
    found = table(report, "kpis")
    return next(row_values(found, row) for row in found.rows if row[0] == name)


def test_that_the_report_reads_as_it_was_agreed(lived: Workspace, days: Days):
    fill(lived, days)
    report = msgspec.structs.replace(report_of(lived), heads=(Head("aaaabbbb", 17, "0123456789abcdef"),))
    made, mark, _content = rendered(report, "md").decode().partition("\n<!-- report.json")
    assert mark
    made = IDS.sub(r"mlops-desk://PROJECT/\1/ID", made)
    if not GOLDEN.exists():
        GOLDEN.write_text(made, encoding="utf-8")
        pytest.fail("the golden file was missing; look at what was written and run again")
    assert made == GOLDEN.read_text(encoding="utf-8")


def test_that_the_first_page_says_the_worst_first_and_what_is_not_known(lived: Workspace, days: Days):
    fill(lived, days)
    report = report_of(lived)
    assert [each.level for each in report.sentences] == ["bad", "warn", "unknown"]
    assert "Adoption (9.5, expected" in report.sentences[0].word
    assert "Benefit reached, Feeds on time" in report.sentences[2].word
    assert any(each.startswith("KPI Benefit reached: no value yet") for each in report.not_known)
    assert any(each.startswith("KPI Feeds on time: no value since 2026-03-01") for each in report.not_known)
    assert any(each.startswith("Key result Planned benefit") for each in report.not_known)


def test_that_what_is_not_known_is_nowhere_shown_as_good(lived: Workspace, days: Days):
    fill(lived, days)
    report = report_of(lived)
    silent = kpi_row(report, "Feeds on time")["state"]
    assert isinstance(silent, Shown)
    assert silent.level == "unknown"
    plots = {plot.about: plot for section in report.sections for plot in section.plots}
    assert plots["Feeds on time"].state.level == "unknown"
    assert "not known" in plots["Feeds on time"].sentence
    objective = table(report, "objectives").rows[0]
    assert objective[2] is None


def test_that_a_day_of_the_past_knows_nothing_of_later(lived: Workspace, days: Days):
    fill(lived, days)
    then, now = report_of(lived, APRIL), report_of(lived, JUNE)
    assert [row[2] for row in table(then, "check_ins").rows] == [12.0, 88.0, 99.5, 92.0]
    assert kpi_row(then, "Adoption")["value"] == 12.0
    assert kpi_row(now, "Adoption")["value"] == 9.5
    assert sum(each.seq for each in then.heads) < sum(each.seq for each in now.heads)
    assert b"Queue cleared" not in document(then)
    assert report_of(lived, date(2026, 2, 1)).heads == ()


def test_that_a_day_of_the_past_has_the_target_of_the_past(lived: Workspace, days: Days):
    fill(lived, days)
    before = document(report_of(lived, APRIL))
    days.to(date(2026, 7, 2))
    do(lived, "kpi.edit", id="Time to decision", target=10.0, name="Waiting time")
    do(lived, "kpi.archive", id="Adoption")
    wrong = table(report_of(lived), "check_ins")
    assert wrong.rows
    check_in = lived.ask(lambda rows: rows.find(CheckIn, '"on" = ?', MARCH))[0]
    do(lived, "check-in.withdraw", check_in=check_in.id, reason="Wrong branch.")
    assert document(report_of(lived, APRIL)) == before
    today = lived.ask(kpi_report, date(2026, 7, 3), MADE_AT)
    assert {row[0] for row in table(today, "kpis").rows} == {"Waiting time", "Benefit reached", "Feeds on time"}


def test_that_rows_of_the_past_are_the_rows_there_were(lived: Workspace, days: Days):
    fill(lived, days)
    nouns = [noun for noun in RULES.nouns.values() if issubclass(noun, Record | Fact)]

    def all_rows(rows: Reader | Past) -> dict[str, list[object]]:
        return {noun.noun: list(rows.find(noun)) for noun in nouns}

    kept = lived.ask(all_rows)
    assert lived.ask(lambda rows: all_rows(Past(rows, end_of(JUNE)))) == kept
    days.to(date(2026, 7, 5))
    for _again in range(2):
        do(lived, "kpi.edit", id="Adoption", target=75.5, owner="ai-ethics", rhythm=3)
        do(lived, "objective.edit", id="Answers within the hour", ambition="stretch")
    do(lived, "kpi.add", name="Later")
    do(lived, "kpi.archive", id="Feeds on time")
    assert lived.ask(lambda rows: all_rows(Past(rows, end_of(JUNE)))) == kept


def test_that_conditions_and_orders_hold_for_the_past_too(lived: Workspace, days: Days):
    fill(lived, days)
    days.to(date(2026, 7, 5))
    do(lived, "kpi.edit", id="Adoption", target=5.0)

    def found(rows: Reader) -> tuple[list[str], list[float]]:
        past = Past(rows, end_of(JUNE))
        aimed = [each.name for each in past.find(Kpi, "target > ? AND NOT archived", 50.0, order="name")]
        return aimed, [each.value for each in past.find(CheckIn, '"on" >= ?', APRIL, order='"on" DESC, value')]

    assert lived.ask(found) == (["Adoption", "Benefit reached", "Feeds on time"], [9.5, 60.0, 12.0, 88.0])


def test_that_an_empty_project_gives_a_true_report(lived: Workspace):
    report = report_of(lived)
    assert [each.level for each in report.sentences] == ["unknown"]
    assert report.not_known == ("Results: no KPI is defined.",)
    for name in get_args(Format):
        assert rendered(report, name)
    assert "No KPI is defined" in rendered(report, "md").decode()


def test_that_long_tables_say_how_much_is_left_out(lived: Workspace):
    time = do(lived, "kpi.add", name="Time")
    do(lived, "kpi.check-in", kpi=time, value=1.0, on=MARCH)
    report = report_of(lived)
    long = msgspec.structs.replace(table(report, "check_ins"), rows=table(report, "check_ins").rows * 400)
    section = msgspec.structs.replace(report.sections[-1], tables=(long,))
    cut = for_paper(for_paper(msgspec.structs.replace(report, sections=(section,))))
    assert len(table(cut, "check_ins").rows) == 120
    assert left_out(table(cut, "check_ins")).startswith("Shown are 120 of 400;")

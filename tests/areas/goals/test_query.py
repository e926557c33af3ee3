"""SQL of other people's KPIs: it runs on a machine only once its person allowed exactly this text there."""

from __future__ import annotations

import pytest

from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.areas.goals.kpi_page import kpi_details
from mlops_desk.areas.goals.queries import kpis
from mlops_desk.areas.goals.query import AllowQuery, author_of
from mlops_desk.areas.team.queries import names
from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import Made, do

SQL = "SELECT count(*) FROM dataset"


@pytest.fixture
def of_ana(team):
    """A KPI of Ana with SQL of hers, in a team."""
    Made(team["Ana"])
    do(team["Ana"], "kpi.add", name="Sets", target=2.0, sql=SQL)
    return team


@pytest.fixture(autouse=True)
def _no_child(monkeypatch) -> None:
    """What runs is noted by its text instead: a child process for each would take seconds."""
    ran.clear()
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.select", noted)


ran: list[str] = []


def noted(_bench: object, sql: str) -> list[list[int]]:
    ran.append(sql)
    return [[1]]


def readings(team) -> int:
    return len(team["Ana"].ask(lambda rows: rows.find(CheckIn)))


def test_that_ones_own_sql_runs_without_asking(of_ana) -> None:
    do(of_ana["Ana"], RecordCheckIn(kpi="Sets"))
    assert (ran, readings(of_ana)) == ([SQL], 1)


def test_that_sql_of_another_member_runs_only_once_it_was_allowed(of_ana) -> None:
    with pytest.raises(DeskError, match="written by Ana and runs here only once you allow it") as refused:
        do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))
    assert refused.value.code == "GOAL-137"
    assert "mlops-desk kpi allow “Sets”" in refused.value.sentence
    assert (ran, readings(of_ana)) == ([], 0)
    changes = of_ana["Ben"].do(AllowQuery(kpi="Sets"))
    assert (changes.line, changes.said) == ("", f"Done on this machine. It may run here: {SQL}")
    do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))
    assert (ran, readings(of_ana)) == ([SQL], 1)


def test_that_what_was_allowed_is_one_text_and_not_the_kpi(of_ana) -> None:
    do(of_ana["Ben"], AllowQuery(kpi="Sets"))
    do(of_ana["Ana"], "kpi.edit", id="Sets", sql="SELECT 7")
    with pytest.raises(DeskError, match="runs here only once"):
        do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))
    with pytest.raises(DeskError, match="another one by now"):
        do(of_ana["Ben"], AllowQuery(kpi="Sets", sql=SQL))
    do(of_ana["Ben"], AllowQuery(kpi="Sets", sql="SELECT 7"))
    do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))
    assert ran == ["SELECT 7"]
    do(of_ana["Ben"], AllowQuery(kpi="Sets", back=True))
    with pytest.raises(DeskError, match="runs here only once"):
        do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))


def test_that_who_changed_it_last_is_its_author(of_ana) -> None:
    do(of_ana["Ben"], "kpi.edit", id="Sets", sql="SELECT 8")
    with pytest.raises(DeskError, match="written by Ben"):
        do(of_ana["Ana"], RecordCheckIn(kpi="Sets"))
    do(of_ana["Ben"], RecordCheckIn(kpi="Sets"))
    do(of_ana["Ana"], "kpi.edit", id="Sets", target=3.0)
    with pytest.raises(DeskError, match="written by Ben"):
        do(of_ana["Ana"], RecordCheckIn(kpi="Sets"))


def test_that_who_puts_a_text_back_is_its_author_and_an_earlier_text_keeps_its_own(of_ana) -> None:
    def author(**values):
        def query(rows):
            [kpi] = rows.find(Kpi)
            return names(rows)[author_of(rows, kpi.but(**values))]

        return of_ana["Mira"].ask(query)

    do(of_ana["Ben"], "kpi.edit", id="Sets", sql="SELECT 8")
    assert (author(), author(sql=SQL)) == ("Ben", "Ana")
    do(of_ana["Ben"], "kpi.edit", id="Sets", sql=SQL)
    assert author() == "Ben"


def test_that_the_state_says_why_it_is_not_known_and_the_page_shows_the_sql(of_ana) -> None:
    def shown(name: str):
        desk = of_ana[name]
        [row] = desk.ask(kpis)
        return row.state, {each.label: each.value for each in desk.ask(kpi_details, row.id)}

    listed, details = shown("Ben")
    state = details["State"]
    assert listed == shown("Ana")[0], "lists follow from the rows alone"
    assert state.level == "unknown"
    assert "allow it: `mlops-desk kpi allow “Sets”`" in state.reason
    assert (details["SQL"], details["SQL written by"]) == (SQL, "Ana")
    assert details["SQL here"] == state
    assert shown("Ana")[1]["State"].reason == "no value yet"
    assert shown("Ana")[1]["SQL here"].level == "ok"
    do(of_ana["Ana"], RecordCheckIn(kpi="Sets", value=2.0))
    assert shown("Ben")[1]["State"].level == "ok", "what a teammate read and recorded is known here too"


def test_that_a_kpi_without_sql_has_nothing_to_allow(desk) -> None:
    do(desk, "kpi.add", name="Typed", target=2.0)
    with pytest.raises(DeskError, match="has no SQL"):
        do(desk, AllowQuery(kpi="Typed"))


def test_that_the_command_line_allows_it(of_ana, capsys) -> None:
    project = ["--project", str(of_ana.folder), "--me", "Ben"]
    assert run([*project, "kpi", "check-in", "Sets"]) == 1
    assert run([*project, "kpi", "allow", "Sets"]) == 0
    assert SQL in capsys.readouterr().out
    assert run([*project, "kpi", "check-in", "Sets"]) == 0

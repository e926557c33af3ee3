"""KPIs that read themselves by rhythm and on change; one whose source gives nothing is not known, and why is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_desk.areas.experiments.run import Experiment, Run, Value
from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.areas.goals.kpi_page import kpi_details
from mlops_desk.areas.goals.queries import kpis
from mlops_desk.areas.goals.refresh import ReadByItself, RefreshKpis, SourceFailure, due_by_itself
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.workspace import Workspace
from tests.areas.facts import do, run, tell

Later = Callable[..., None]
COUNT = "SELECT count(*) FROM objective"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let days pass for the desk."""
    passed, now_ms = timedelta(), clock.now_ms

    def pass_(days: int) -> None:
        nonlocal passed
        passed += timedelta(days=days)

    def later_ms() -> int:
        return now_ms() + round(passed.total_seconds() * 1000)

    monkeypatch.setattr(clock, "now_ms", later_ms)
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(later_ms() / 1000, UTC))
    monkeypatch.setattr("mlops_desk.areas.goals.refresh.today", lambda: clock.now().astimezone().date())
    return pass_


def add(desk: Workspace, **values: Any) -> str:
    return do(desk, "kpi.add", **{"name": "Goals set", "target": 3.0, **values})


def refresh(desk: Workspace, **values: Any) -> str:
    return desk.do(RefreshKpis(**values)).said


def values(desk: Workspace) -> list[float]:
    return [each.value for each in desk.ask(lambda rows: rows.find(CheckIn))]


def stands(desk: Workspace) -> tuple[str, str]:
    [row] = desk.ask(kpis)
    return row.state.word, row.state.reason


def scored(desk: Workspace, value: float) -> None:
    """Tell a run of the one experiment."""
    known = desk.ask(lambda rows: rows.find(Experiment))
    experiment = known[0].id if known else tell(desk, Experiment(id=new_id(), name="credit"))[0]
    score = Value(name="auc", value=value, low=value, high=value, n=10)
    tell(desk, run(experiment, new_id(), scores=(score,)))


def test_that_sql_is_asked_once_a_day_and_what_is_the_same_is_not_recorded_twice(desk: Workspace, later: Later):
    add(desk, sql=COUNT)
    assert refresh(desk) == "1 KPI was read."
    assert values(desk) == [0.0]
    do(desk, "objective.add", name="Fair credit")
    assert refresh(desk) == "No source is due."
    later(1)
    assert refresh(desk) == "1 KPI was read."
    assert values(desk) == [0.0, 1.0]
    [newest] = desk.ask(lambda rows: rows.find(CheckIn, "value = 1"))
    assert (newest.source, len(newest.digest), len(newest.data)) == ("sql", 64, 64)


def test_that_a_source_of_the_desk_is_read_when_what_it_reads_changes(desk: Workspace):
    add(desk, metric="run:auc")
    assert refresh(desk).startswith("Goals set is not known: ")
    assert stands(desk)[0] == "Not known"
    scored(desk, 0.8)
    assert refresh(desk) == "1 KPI was read."
    assert refresh(desk) == "No source is due."
    scored(desk, 0.9)
    assert refresh(desk) == "1 KPI was read."
    assert values(desk) == [0.8, 0.9]


def test_that_a_failed_source_is_told_once_and_the_last_value_is_no_value_any_more(desk: Workspace, later: Later):
    kpi = add(desk, sql=COUNT)
    refresh(desk)
    assert stands(desk)[0] != "Not known"
    desk.do(RecordCheckIn(kpi=kpi))
    do(desk, "kpi.edit", id=kpi, sql="SELECT name FROM objective")
    later(1)
    assert "does not give one number" in refresh(desk)
    assert stands(desk) == ("Not known", "The query of Goals set does not give one number")
    later(1)
    refresh(desk)
    assert len(desk.ask(lambda rows: rows.find(SourceFailure))) == 1, "the same reason is no news"
    assert any("does not give one number" in str(each.value) for each in desk.ask(kpi_details, kpi))
    do(desk, "kpi.edit", id=kpi, sql=COUNT)
    assert refresh(desk, kpi=kpi) == "1 KPI was read."
    assert stands(desk)[0] != "Not known"


def test_that_what_a_person_says_stands_for_a_rhythm_whatever_the_source_says(desk: Workspace, later: Later):
    kpi = add(desk, metric="run:auc", rhythm=7)
    refresh(desk)
    do(desk, "kpi.check-in", kpi=kpi, value=2.0)
    assert stands(desk)[0] != "Not known"
    scored(desk, 0.8)
    assert refresh(desk) == "No source is due."
    later(7)
    assert refresh(desk) == "1 KPI was read."


def test_that_only_mine_are_read_by_itself_and_only_where_that_is_wished(desk: Workspace):
    add(desk, sql=COUNT, owner="ai-ethics")
    assert desk.ask(due_by_itself) == 0, "nobody here answers for it"
    add(desk, name="Mine", sql=COUNT)
    assert desk.ask(due_by_itself) == 1
    desk.do(ReadByItself(off=True))
    assert desk.ask(due_by_itself) == 0
    desk.do(ReadByItself())
    assert refresh(desk, mine=True) == "1 KPI was read."


def test_that_a_kpi_without_a_source_is_one_sentence(desk: Workspace):
    kpi = add(desk)
    with pytest.raises(DeskError, match="no source of its own"):
        refresh(desk, kpi=kpi)
    assert refresh(desk) == "No source is due."
    assert desk.ask(lambda rows: rows.find(Run)) == []
    assert desk.ask(lambda rows: len(rows.find(Kpi))) == 1

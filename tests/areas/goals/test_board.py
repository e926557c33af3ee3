"""What the Goals page shows: one question for many readings, the sentence on top, bars that sell no old value."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mlops_desk.areas.goals.alignment import key_result_details, tree
from mlops_desk.areas.goals.board import TRACED, board, gauge_of, reading_words, traced_kpis
from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.areas.goals.latest import confidences, last_values, series_of_results
from mlops_desk.areas.goals.progress import Standing
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.state import State
from mlops_desk.workspace import Workspace
from tests.areas.conftest import Team
from tests.areas.facts import Withdraw, do, tell


@pytest.fixture
def ana(team: Team) -> Workspace:
    return team["Ana"]


def day(ago: int) -> date:
    return today() - timedelta(days=ago)


def aim(desk: Workspace, name: str, objective: str, *values: tuple[int, float], **fields: Any) -> str:
    """Add a KPI that feeds a key result of an objective, with check-ins so many days ago."""
    aims: dict[str, Any] = {"baseline": 0.0, "target": 100.0, "start": day(50), "due": today() + timedelta(days=50)}
    kpi = do(desk, "kpi.add", name=name, **aims | fields)
    do(desk, "key-result.add", name=f"{name} reached", objective=objective, kpi=name)
    for ago, value in values:
        do(desk, RecordCheckIn(kpi=kpi, value=value, on=day(ago)))
    return kpi


def test_that_the_sentence_says_where_it_ends_only_where_all_of_it_is_known(ana: Workspace):
    do(ana, "objective.add", name="Calm", start=day(50), due=today() + timedelta(days=50))
    aim(ana, "Uptime", "Calm", (20, 30.0), (10, 40.0), (0, 50.0))
    known = ana.ask(board, "", True)
    assert known.sentence == "1 of 1 key results on track. At this pace the objectives end near 1.00."
    aim(ana, "Feeds", "Calm", (5, 60.0))
    told = ana.ask(board, "", True)
    assert [each.forecast for each in told.rows] == [
        "not known: 1 part has no forecast",
        "not known: fewer than 3 values",
        known.rows[1].forecast,
    ]
    assert told.sentence == "2 of 2 key results on track. Where it ends is not known: 1 key result has no forecast."
    do(ana, "objective.add", name="Another")
    aim(ana, "Speed", "Another", (20, 30.0), (10, 40.0), (0, 50.0))
    assert "not known: 1 key result" in ana.ask(board, "", True).sentence, "what is known of others says nothing of all"
    aim(ana, "Silent", "Calm")
    assert "3 of 4 key results on track, 1 not known." in ana.ask(board, "", True).sentence


def test_that_a_period_shows_what_touches_it_and_counts_the_others(ana: Workspace):
    do(ana, "objective.add", name="Now", start=day(5), due=today())
    do(ana, "objective.add", name="Later", start=day(-900), due=day(-950))
    do(ana, "objective.add", name="Part", parent="Now", start=day(5), due=today())
    found = ana.ask(board, f"{today().year}", False)
    assert [(each.twig.text, each.twig.depth, each.twig.is_open) for each in found.rows] == [
        ("Now", 0, True),
        ("Part", 1, None),
    ]
    assert found.rows[1].above == (found.rows[0].id,)
    assert found.elsewhere == 1
    assert not found.is_whole
    assert len(ana.ask(board, "", False).rows) == 3


def test_that_all_readings_at_once_say_what_each_kpi_says_alone(ana: Workspace):
    do(ana, "objective.add", name="Calm", start=day(50), due=today() + timedelta(days=50))
    kpi = aim(ana, "Uptime", "Calm", *((ago, 50.0 - ago) for ago in range(12, 0, -1)))
    do(ana, RecordCheckIn(kpi=kpi, value=44.0, on=day(1), confidence=6))
    do(ana, RecordCheckIn(kpi=kpi, value=45.0, on=day(1)))
    [result] = ana.ask(lambda rows: rows.find(KeyResult))
    alone = {each.label: each.value for each in ana.ask(key_result_details, result.id)}
    [line] = [each for each in ana.ask(board, "", True).rows if each.noun == "key-result"]
    assert line.forecast == alone["Score at the end of the period"]
    assert line.confidence == alone["Confidence, 0 to 10"] == 6
    newest = ana.ask(series_of_results, today(), 3)[kpi]
    assert {each.on for each in newest} == {day(1), day(2), day(3)}
    assert len(newest) == 5, "all that was told for these days, so that the last told counts"
    assert ana.ask(confidences, today()) == {kpi: 6}
    assert ana.ask(lambda rows: tree(rows, looks_ahead=False)).parts[result.id].forecast is None


def test_that_sparklines_hold_the_last_days_with_the_value_told_last(ana: Workspace):
    kpi = do(ana, "kpi.add", name="Wait", better="down", baseline=90.0, target=40.0)
    facts = [CheckIn(kpi=kpi, value=float(number), on=day(60 - number)) for number in range(60)]
    told = tell(ana, *facts)
    do(ana, RecordCheckIn(kpi=kpi, value=7.0, on=day(1)))
    withdrawn = ana.ask(lambda rows: rows.get(CheckIn, told[-2]))
    ana.do(Withdraw(fact=withdrawn))
    values = ana.ask(last_values, TRACED)[kpi]
    assert len(values) == TRACED
    assert values[-1] == (day(1), 7.0)
    assert day(2) not in dict(values), "what was withdrawn is gone"
    [row] = ana.ask(traced_kpis)
    assert row.trace.values == tuple(value for _day, value in values)
    assert row.trace.target == 40.0


def test_that_a_bar_shows_no_value_that_is_not_known_any_more():
    kpi, result = Kpi(name="Wait", baseline=90.0, target=40.0), KeyResult(name="r", objective="o", kpi="k", goal=50.0)
    old = Standing(State("unknown", "Not known", "no value since"), 60.0, day(90), 50.0)
    assert gauge_of(result, kpi, old).value is None
    fresh = gauge_of(result, kpi, Standing(State("ok", "On track"), 60.0, day(1), 50.0))
    assert (fresh.value, fresh.target, fresh.begin, fresh.expected) == (60.0, 50.0, 90.0, 50.0)


@pytest.mark.parametrize(
    ("ago", "rhythm", "metric", "words"),
    [
        (3, 14, "", "in 11 days"),
        (14, 14, "", "today"),
        (15, 14, "", "1 day late"),
        (40, None, "", "10 days late"),
        (None, 14, "", "no value yet"),
        (99, 14, "run:auc", "auto"),
    ],
)
def test_that_the_next_value_is_due_or_comes_by_itself(ago: int | None, rhythm: int | None, metric: str, words: str):
    kpi = Kpi(name="Wait", target=1.0, rhythm=rhythm, metric=metric)
    how = Standing(State("ok", "On track"), 1.0, None if ago is None else day(ago))
    assert reading_words(kpi, how) == words

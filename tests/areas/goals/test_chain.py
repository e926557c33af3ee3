"""The chain both ways, which KPIs a thing touches, and what came before a KPI moved: coincidence, never cause."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release
from mlops_desk.areas.goals.chain import chain, graph, reached, touched
from mlops_desk.areas.goals.charts import ChooseCharts, kpi_chart
from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.areas.goals.kpi_page import kpi_details
from mlops_desk.areas.goals.why import Move, last_move, movers, why, window_of
from mlops_desk.areas.monitoring.monitor import Alert, AlertDecision, Monitor, Reading
from mlops_desk.cli.main import run
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Mark
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from tests.areas.facts import Made, do, tell

DAY = date(2026, 6, 10)


class World:
    """A use case with an objective, its KPI, a model made of data, live, and an alert that somebody decided."""

    def __init__(self, desk: Workspace) -> None:
        self.desk = desk
        case = do(desk, "use-case.add", name="Loans")
        self.made = Made(desk, use_case=case)
        self.kpi = do(desk, "kpi.add", name="Wait", unit="min", better="down", target=40.0, use_case="Loans")
        do(desk, "kpi.add", name="Alien", target=1.0)
        do(desk, "objective.add", name="Fair", use_case="Loans")
        do(desk, "objective.add", name="Fast", parent="Fair")
        do(desk, "key-result.add", name="Faster", objective="Fast", kpi="Wait")
        [self.place] = tell(desk, Environment(name="staging"))
        released = Release(label="staging-1", environment=self.place, model_version=self.made.model_version)
        [self.release] = tell(desk, released)

    def go_live(self) -> str:
        [live] = tell(self.desk, Deployment(environment=self.place, action="go-live", release=self.release))
        return live

    def alarm(self) -> str:
        [monitor] = tell(self.desk, Monitor(name="Drift", environment=self.place, kind="input-drift"))
        reading = Reading(
            monitor=monitor, release=self.release, limit=0.25, state="act", sentence="age moved", rows=9, source="f"
        )
        [read] = tell(self.desk, reading)
        [alert] = tell(self.desk, Alert(monitor=monitor, reading=read, sentence="age moved", owner="ml-engineer"))
        tell(self.desk, AlertDecision(alert=alert, choice="retrain", reason="new people"))
        return alert

    def moves(self, *values: tuple[int, float]) -> None:
        for days, value in values:
            do(self.desk, RecordCheckIn(kpi="Wait", value=value, on=clock.today() - timedelta(days=days)))


@pytest.fixture
def world(desk: Workspace) -> World:
    return World(desk)


def names(found) -> list[str]:
    return [each.name.strip() for each in found]


# --- the chain -----------------------------------------------------------------------------------


def test_that_the_chain_is_walked_from_an_objective_down_to_data(world: World) -> None:
    found = world.desk.ask(chain, "Fair")
    assert [(each.name.strip(), each.kind, each.depth) for each in found] == [
        ("Fair", "objective", 0),
        ("Fast", "objective", 1),
        ("Faster", "key result", 2),
        ("Wait", "KPI", 3),
        ("credit@1", "model version", 4),
        ("loans@1", "dataset version", 5),
        ("staging-1", "release", 5),
    ]


def test_that_the_chain_is_walked_from_data_up_to_objectives(world: World) -> None:
    found = world.desk.ask(chain, "loans@1")
    assert names(found) == ["Fair", "Fast", "Faster", "Wait", "credit@1", "loans@1"]
    assert [each.way for each in found] == ["above"] * 5 + [""]
    assert names(world.desk.ask(chain, "staging-1"))[-1] == "staging-1"


def test_that_without_a_thing_every_chain_is_shown_once(world: World) -> None:
    assert names(world.desk.ask(chain))[0] == "Fair"
    assert len({each.id for each in world.desk.ask(chain)}) == 7, "what is linked to nothing is in no chain"


def test_that_a_metric_of_an_experiment_leads_to_its_models_alone(world: World) -> None:
    do(world.desk, "kpi.edit", id="Alien", metric="run:credit:auc")
    assert "credit@1" in names(world.desk.ask(chain, "Alien"))
    do(world.desk, "kpi.edit", id="Wait", metric="run:moon:auc")
    assert names(world.desk.ask(chain, "kpi/Wait"))[-1] == "Wait", (
        "it names another experiment than that of its use case"
    )


def test_that_what_was_put_away_is_in_no_chain(world: World) -> None:
    do(world.desk, "key-result.archive", id="Faster")
    assert names(world.desk.ask(chain, "Wait")) == ["Wait", "credit@1", "loans@1", "staging-1"]


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4)))
def test_that_walking_ends_and_reaches_each_thing_once_whatever_is_linked(ways: dict[int, list[int]]) -> None:
    named = {("n", str(one)): [("n", str(each)) for each in others] for one, others in ways.items()}
    for start in named:
        found = reached(named, start)
        assert found[start] == 0
        assert all(each in found for node in found for each in named.get(node, ()))


def test_that_what_stands_beneath_stands_above_the_other_way_round(world: World) -> None:
    world.go_live()
    world.alarm()
    known = world.desk.ask(graph)
    nodes = {*known.below, *known.above}
    down = {(one, other) for one in nodes for other in reached(known.below, one)}
    up = {(other, one) for one in nodes for other in reached(known.above, one)}
    assert down == up


# --- what a thing touches -------------------------------------------------------------------------


def test_that_the_kpis_are_named_that_would_feel_a_roll_back_or_a_withdrawal(world: World) -> None:
    assert world.desk.ask(touched) == [], "nothing is live"
    for thing, is_live in (("staging-1", False), ("loans@1", False)):
        [row] = world.desk.ask(touched, thing)
        assert (row.thing, row.name, row.is_live) == (thing, "Wait", is_live)
        assert (row.key_results, row.objectives) == ("Faster", "Fast, Fair")
    world.go_live()
    for thing in ("staging-1", "loans@1", "credit@1"):
        [row] = world.desk.ask(touched, thing)
        assert row.is_live
    assert [(each.thing, each.name) for each in world.desk.ask(touched)] == [("staging-1", "Wait")]
    with pytest.raises(DeskError):
        world.desk.ask(touched, "moon")


# --- why did it move ------------------------------------------------------------------------------


def test_that_a_move_is_the_last_change_between_two_days() -> None:
    def told(*values: tuple[int, float, int]) -> list[CheckIn]:
        at = datetime(2026, 6, 1, tzinfo=UTC)
        return [
            CheckIn(kpi="k", value=value, on=DAY + timedelta(days=day), recorded_at=at + timedelta(hours=hour))
            for day, value, hour in values
        ]

    assert last_move([]) is None
    assert last_move(told((0, 5.0, 0), (1, 5.0, 1))) is None
    later = DAY + timedelta(days=2)
    assert last_move(told((0, 5.0, 0), (2, 7.0, 1))) == Move(5.0, DAY, 7.0, later)
    assert last_move(told((0, 5.0, 0), (2, 7.0, 1), (5, 7.0, 2))) == Move(5.0, DAY, 7.0, later), "it stayed since"
    assert last_move(told((0, 5.0, 0), (2, 9.0, 1), (2, 5.0, 3))) is None, "the last told of a day counts"


def test_that_the_window_begins_a_rhythm_before_the_move() -> None:
    move = Move(1.0, DAY, 2.0, DAY + timedelta(days=7))
    for rhythm, days in ((7, 7), (None, 30), (365, 30)):
        window = window_of(Kpi(name="k", rhythm=rhythm), move)
        assert (window.first.date(), window.last.date()) == (DAY - timedelta(days=days), move.to_day)


def test_that_what_the_chain_touches_comes_first_then_the_nearest_and_own_check_ins_never(world: World) -> None:
    live, alert = world.go_live(), world.alarm()
    do(world.desk, RecordCheckIn(kpi="Alien", value=1.0))
    world.moves((9, 60.0), (0, 70.0))
    found = world.desk.ask(why, "Wait")
    assert {each.kpi for each in found} == {"Wait"}
    assert found[0].move == f"60 to 70 min, {clock.today() - timedelta(days=9)} to {clock.today()}"
    on_chain = [each.noun for each in found if each.is_on_chain]
    assert on_chain == ["deployment", "dataset-version", "model-version", "alert", "alert-decision"]
    assert [each.is_on_chain for each in found] == sorted((each.is_on_chain for each in found), reverse=True)
    assert {live, alert} <= {each.id for each in found}
    assert found[-1].noun == "kpi", "the check-in of another KPI comes last"
    assert world.kpi not in {each.id for each in found}
    assert world.desk.ask(why) == world.desk.ask(why)[:5], "of all KPIs the first few of each"


def test_that_the_ranking_is_near_in_time_within_the_chain_and_without(world: World) -> None:
    world.moves((20, 60.0), (0, 70.0))
    today = clock.now()
    marks = [
        Mark(today - timedelta(days=days), f"{noun} {days}", noun, f"{noun}{days}")
        for noun, days in (("deployment", 8), ("alert", 3), ("deployment", 3), ("run", 1), ("deployment", 300))
    ]

    def ranked(rows) -> list[str]:
        kpi = rows.get(Kpi, world.kpi)
        move = last_move(rows.find(CheckIn, "kpi = ?", kpi.id))
        assert move is not None
        return [each.sentence for each in movers(rows, kpi, move, marks)]

    assert world.desk.ask(ranked) == ["run 1", "deployment 3", "alert 3", "deployment 8"]


def test_that_words_say_coincidence_and_never_cause(world: World) -> None:
    world.go_live()
    details = world.desk.ask(kpi_details, world.kpi)
    assert [each.value for each in details if each.label == "Last change"] == ["none yet"]
    world.moves((9, 60.0), (0, 70.0))
    told = {each.label: str(each.value) for each in world.desk.ask(kpi_details, world.kpi)}
    assert told["What this means"] == "It came before; that is coincidence in time, not a cause."
    lines = [str(each.value) for each in world.desk.ask(kpi_details, world.kpi) if each.label == "In the time before"]
    assert lines[0] == "the same day: staging-1 went live (on its chain)"
    assert not any(word in " ".join(lines).lower() for word in ("because", "caused", "due to"))
    assert told["Forecast"] == "not known: no day at which it is due"


# --- charts --------------------------------------------------------------------------------------


def test_that_a_chart_shows_what_came_before_where_it_leads_and_what_is_unusual(world: World) -> None:
    world.moves(*((days, 60.0 + days % 2) for days in range(20, 0, -1)), (0, 95.0))
    do(world.desk, "kpi.edit", id="Wait", due=clock.today() + timedelta(days=30))
    world.go_live()
    chart = world.desk.ask(kpi_chart, world.kpi)
    ahead = chart.series[-1]
    assert (ahead.name, ahead.is_reference) == ("Forecast, 95 %", True)
    assert [place for place, _value in ahead.points][-1] == clock.today() + timedelta(days=30)
    assert len(ahead.low) == len(ahead.high) == len(ahead.points) == 6
    assert (clock.today(), "unusually high: 95") in chart.marks
    assert any(words == "staging-1 went live" for _at, words in chart.marks)


def test_that_both_can_be_switched_off_and_on_again(world: World, capsys) -> None:
    world.moves(*((days, 60.0 + days % 2) for days in range(20, 0, -1)), (0, 95.0))

    def shown() -> tuple[bool, bool]:
        chart = world.desk.ask(kpi_chart, world.kpi)
        has_marks = any(words.startswith("unusually") for _at, words in chart.marks)
        return has_marks, any("Forecast" in each.name for each in chart.series)

    assert shown() == (True, True)
    project = ["--project", str(world.desk.project.folder)]
    assert run([*project, "kpi", "charts", "--no-unusual"]) == 0
    assert "Unusual values: not marked. Forecast: drawn." in capsys.readouterr().out
    assert shown() == (False, True)
    said = world.desk.do(ChooseCharts(forecast=False))
    assert (said.line, shown()) == ("", (False, False))
    world.desk.do(ChooseCharts(forecast=True, unusual=True))
    assert shown() == (True, True)


def test_that_commands_walk_the_chain_and_tell_what_came_before(world: World, capsys) -> None:
    world.go_live()
    world.moves((9, 60.0), (0, 70.0))
    project = ["--project", str(world.desk.project.folder), "--json"]

    def told(*words: str) -> list[dict]:
        assert run([*project, *words]) == 0
        found: list[dict] = json.loads(capsys.readouterr().out)
        return found

    assert told("chain", "show", "Faster")[-1]["kind"] == "release"
    assert [each["name"] for each in told("kpi", "touched-by", "loans@1")] == ["Wait"]
    assert told("kpi", "why", "Wait")[0]["sentence"] == "staging-1 went live"
    assert told("kpi", "why", "Alien") == []

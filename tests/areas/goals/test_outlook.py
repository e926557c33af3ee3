"""Where key results lead, and how objectives stand by all that serves them: laws of the roll-up, and its commands."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.goals import queries
from mlops_desk.areas.goals.alignment import branches, tree
from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import Kpi, RecordCheckIn
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.outlook import bounds_of, kpi_forecast, period_end, result_part
from mlops_desk.areas.goals.periods import Length, Period, period_named, period_of
from mlops_desk.areas.goals.progress import Part, joined, number_of_results, rolled_up, standing
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.state import State, badness
from mlops_desk.science.forecast import Forecast
from mlops_desk.science.series import Reading
from tests.areas.facts import do, tell

OK, UNKNOWN = State("ok", "On track"), State("unknown", "Not known")
START, DAY = date(2026, 1, 1), date(2026, 3, 1)
share = st.one_of(st.none(), st.floats(0, 1))
parts = st.builds(Part, st.sampled_from([OK, UNKNOWN, State("bad", "Off track")]), share, share, share, share, share)


# --- roll-up -------------------------------------------------------------------------------------


@given(st.lists(parts, max_size=6))
def test_that_there_is_never_an_average_over_what_is_not_known(given_parts: list[Part]):
    whole = joined(given_parts)
    for place, found in enumerate(whole.figures):
        values = [each.figures[place] for each in given_parts]
        known = [each for each in values if each is not None]
        if len(known) < max(1, len(values)):
            assert found is None
        else:
            assert found is not None
            assert min(known) - 1e-12 <= found <= max(known) + 1e-12


@given(st.lists(parts, min_size=1, max_size=5), st.permutations(range(5)))
def test_that_parts_count_alike_in_any_order(given_parts: list[Part], order: list[int]):
    mixed = [given_parts[place] for place in order if place < len(given_parts)]
    assert badness(joined(mixed).state) == badness(joined(given_parts).state)
    one, other = joined(mixed).figures, joined(given_parts).figures
    assert [each is None for each in one] == [each is None for each in other]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([None, *"abcdefz"]), min_size=1))
def test_that_objectives_in_a_circle_are_not_known_and_all_others_are(parents: dict[str, str | None]):
    def comes_to_an_end(below: str) -> bool:
        seen = {below}
        ahead = [each for each, parent in parents.items() if parent == below]
        while ahead:
            each = ahead.pop()
            if each in seen and each == below:
                return False
            if each not in seen:
                seen.add(each)
                ahead += [one for one, parent in parents.items() if parent == each]
        return True

    found = rolled_up(parents, {each: [Part(OK, 0.5)] for each in parents})
    assert found.keys() == parents.keys()
    for each, part in found.items():
        if not comes_to_an_end(each):
            assert (part.state.level, part.score) == ("unknown", None)
        elif part.score is not None:
            assert part.score == pytest.approx(0.5)


def test_that_an_objective_is_the_mean_of_its_key_results_and_what_serves_it():
    own = {"top": [Part(OK, 1.0)], "team": [Part(OK, 0.2), Part(OK, 0.4)]}
    found = rolled_up({"top": None, "team": "top", "else": "gone"}, own)
    assert found["team"].score == pytest.approx(0.3)
    assert found["top"].score == pytest.approx(0.65)
    assert found["else"].state.reason == "no key result"


@pytest.mark.parametrize(
    ("results", "serving", "words"),
    [
        (0, 0, "0 key results, where two to five say when it is reached"),
        (1, 0, "1 key result, where two to five say when it is reached"),
        (2, 0, ""),
        (5, 0, ""),
        (6, 0, "6 key results, where five are the most to look at"),
        (0, 1, ""),
    ],
)
def test_that_two_to_five_key_results_are_asked_for_and_others_are_said(results: int, serving: int, words: str):
    assert number_of_results(results, serving) == words


# --- forecasts as scores -------------------------------------------------------------------------

UP = Kpi(id="k", name="Use", unit="%", baseline=0.0, target=60.0, start=START, due=date(2026, 4, 30))
RESULT = KeyResult(name="r", objective="o", kpi="k")


def readings(*values: float) -> list[Reading]:
    return [Reading(DAY - timedelta(days=7 * place), value) for place, value in enumerate(reversed(values))]


@given(st.lists(st.floats(0, 60), min_size=3, max_size=12), st.integers(1, 300))
def test_that_a_forecast_of_a_score_lies_in_its_interval_and_between_nought_and_one(values: list[float], ahead: int):
    found = kpi_forecast(UP, readings(*values), DAY + timedelta(days=ahead), DAY)
    part = result_part(RESULT, UP, standing(UP, [], DAY), found, None)
    assert part.forecast is not None
    assert part.low is not None
    assert part.high is not None
    assert 0.0 <= part.low <= part.forecast <= part.high <= 1.0


@pytest.mark.parametrize(
    ("low", "high", "ends"), [(3, 5, (1, 1)), (16, 20, (0, 0)), (0, 20, (0, 1)), (0, 1, (0, 0)), (5, 20, (0, 1))]
)
def test_that_the_interval_of_a_band_knows_whether_it_touches_the_band(low: float, high: float, ends):
    band = Kpi(name="Overrule", better="band", low=2.0, high=15.0)
    found = Forecast(on=DAY, value=(low + high) / 2, low=low, high=high)
    part = result_part(RESULT, band, standing(band, [], DAY), found, None)
    assert (part.low, part.high) == ends


def test_that_nothing_is_forecast_without_a_day_ahead_or_of_two_versions():
    end = date(2026, 4, 30)
    assert kpi_forecast(UP, readings(1, 2, 3), None, DAY).reason == "no day at which it is due"
    assert kpi_forecast(UP, readings(1, 2, 3), DAY, DAY).reason == f"the period ended on {DAY}"
    assert kpi_forecast(UP.but(contested=("target",)), readings(1, 2, 3), end, DAY).reason == "target has two versions"
    assert kpi_forecast(UP.but(rhythm=3), readings(1, 2, 3), end, DAY + timedelta(days=7)).value is None
    assert kpi_forecast(UP, readings(1, 2, 3), end, DAY).value is not None


def test_that_a_share_stays_a_share_unless_the_kpi_itself_goes_beyond():
    assert (bounds_of(UP, readings(1)).low, bounds_of(UP, readings(1)).high) == (0.0, 100.0)
    assert bounds_of(UP, readings(101)).high is None
    assert bounds_of(UP.but(unit="money"), ()).low is None
    assert bounds_of(UP.but(target=120.0), ()).high is None


def test_that_the_end_is_that_of_the_key_result_else_of_the_objective_else_of_the_kpi():
    days = [date(2026, 4, each) for each in (1, 2, 30)]
    objective = Objective(name="o", due=days[1])
    assert period_end(RESULT.but(due=days[0]), objective, UP) == days[0]
    assert period_end(RESULT, objective, UP) == days[1]
    assert period_end(RESULT, objective.but(due=None), UP) == days[2]


# --- periods -------------------------------------------------------------------------------------


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from(["month", "quarter", "half", "year"]))
def test_that_every_day_lies_in_one_period_that_its_name_gives_back(day: date, length: Length):
    period = period_of(day, length)
    assert period.first <= day <= period.last
    assert period.after.first == period.last + timedelta(days=1)
    assert period.after.before == period
    if 1 < day.year < 9998:
        assert period_named(period.name) == period


def test_that_periods_are_called_as_people_write_them():
    day = date(2026, 11, 24)
    lengths: tuple[Length, ...] = ("month", "quarter", "half", "year")
    assert [period_of(day, each).name for each in lengths] == ["2026-11", "2026-Q4", "2026-H2", "2026"]
    assert period_named("2026-q4") == Period("quarter", date(2026, 10, 1))
    with pytest.raises(DeskError, match="“2026-Q5” is no period"):
        period_named("2026-Q5")


# --- through the desk ----------------------------------------------------------------------------


@pytest.fixture
def aligned(desk):
    """A company objective that a team's one serves, with two key results, of which one is measured."""
    today = clock.today()
    do(desk, "objective.add", name="Fair credit", owner="ai-architect")
    do(desk, "objective.add", name="Fast answers", parent="Fair credit", due=today + timedelta(days=60))
    do(desk, "kpi.add", name="Use", unit="%", baseline=0.0, target=60.0)
    do(desk, "kpi.add", name="Wait", better="down", target=5.0)
    for name, kpi in (("Used", "Use"), ("Quick", "Wait")):
        do(desk, "key-result.add", name=name, objective="Fast answers", kpi=kpi)
    for days, value in ((30, 10.0), (20, 20.0), (10, 30.0), (0, 40.0)):
        do(desk, RecordCheckIn(kpi="Use", value=value, on=today - timedelta(days=days), confidence=7))
    return desk


def test_that_an_objective_cannot_serve_itself_by_way_of_others(aligned):
    with pytest.raises(DeskError, match="in a circle: Fair credit → Fast answers → Fair credit") as refused:
        do(aligned, "objective.edit", id="Fair credit", parent="Fast answers")
    assert refused.value.code == "GOAL-113"
    with pytest.raises(DeskError, match="Fast answers → Fast answers"):
        do(aligned, "objective.edit", id="Fast answers", parent="Fast answers")
    do(aligned, "objective.edit", id="Fast answers", clear=("parent",))
    do(aligned, "objective.edit", id="Fair credit", parent="Fast answers")


def test_that_a_circle_written_apart_is_told_and_does_not_hang(desk):
    one, two = tell(desk, Objective(name="One"), Objective(name="Two"))
    tell(desk, Objective(id=one, name="One", parent=two), Objective(id=two, name="Two", parent=one))
    found = desk.ask(branches)
    assert [each.name.strip() for each in found] == ["One", "Two"]
    assert {each.state.reason for each in found} == {"objectives serve each other in a circle"}
    assert {each.score for each in desk.ask(queries.objectives)} == {None}


def test_that_the_tree_shows_what_serves_what_with_score_forecast_and_confidence(aligned):
    top, team, quick, used = aligned.ask(branches)
    assert [each.name for each in (top, team, quick, used)] == [
        "Fair credit",
        "    Fast answers",
        "        Quick",
        "        Used",
    ]
    assert (used.score, used.confidence) == (pytest.approx(40 / 60), 7)
    assert used.forecast == "1.00 (1.00 to 1.00)"
    assert (quick.score, quick.forecast) == (None, "")
    assert (team.score, team.forecast, top.score) == (None, "", None), "no average over what is not known"


def test_that_the_whole_is_known_once_every_part_is(aligned):
    for days, value in ((30, 20.0), (20, 15.0), (10, 12.0), (0, 5.0)):
        on = clock.today() - timedelta(days=days)
        do(aligned, RecordCheckIn(kpi="Wait", value=value, on=on, confidence=5))
    do(aligned, "kpi.edit", id="Wait", baseline=20.0)
    grown = aligned.ask(tree)
    [top] = [each for each in grown.objectives.values() if each.name == "Fair credit"]
    part = grown.parts[top.id]
    assert part.score == pytest.approx((40 / 60 + 1.0) / 2)
    assert part.confidence == 6
    assert None not in (part.low, part.forecast, part.high)


def test_that_commands_show_the_tree_of_a_period_or_of_an_objective(aligned, capsys):
    from mlops_desk.cli.main import run

    project = ["--project", str(aligned.project.folder)]
    told = {}
    for about in ("Fast answers", "1999-Q1", "", f"{clock.today() + timedelta(days=400):%Y}"):
        assert run([*project, "objective", "tree", *([about] if about else []), "--json"]) == 0
        told[about] = [each["name"].strip() for each in json.loads(capsys.readouterr().out)]
    assert told["Fast answers"] == ["Fast answers", "Quick", "Used"]
    assert told["1999-Q1"] == told[""] == ["Fair credit", *told["Fast answers"]], "without a period it is of every one"
    do(aligned, "objective.edit", id="Fair credit", start=date(1990, 1, 1), due=date(1990, 12, 31))
    assert run([*project, "objective", "tree", "2999", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run([*project, "objective", "tree", period_of(clock.today()).name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Fast answers", "what it serves is of another period"
    assert run([*project, "objective", "show", "Fast answers"]) == 0
    shown = capsys.readouterr().out
    assert "Serves" in shown
    assert "Used: Off track · 0.67 · Use" in shown
    assert run([*project, "key-result", "show", "Used"]) == 0
    shown = capsys.readouterr().out
    assert "Theil-Sen trend of 4 values, 95 % prediction interval" in shown
    assert run([*project, "key-result", "show", "Quick"]) == 0
    assert "not known: fewer than 3 values" in capsys.readouterr().out
    assert run([*project, "objective", "tree", "Nothing"]) == 1


def test_that_too_few_key_results_wait_for_the_owner_of_the_objective(aligned):
    do(aligned, "objective.add", name="Thin", owner="ai-architect")
    found = [each for each in aligned.ask(queries.needs) if each.noun == "objective"]
    assert [each.sentence for each in found] == ["Thin has 0 key results, where two to five say when it is reached."]
    assert found[0].roles == ("ai-architect",)

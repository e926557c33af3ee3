"""What is live where: deployments made apart, the way back, and gates that hold or warn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from mlops_desk.areas.deployments.cards import unapproved_card
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.queries import live, releases
from mlops_desk.areas.deployments.release import (
    Deployment,
    GoLive,
    PlanRelease,
    RollBack,
    StopRelease,
    live_deployment,
    live_release,
    release_before,
)
from mlops_desk.areas.governance.queries import gates_state
from mlops_desk.kernel.card import Viewer
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import Made, do, tell

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def deployment(id_, action="go-live", release="", after=(), minute=0):
    at = NOON + timedelta(minutes=minute)
    return Deployment(id=id_, environment="e", action=action, release=release, after=after, recorded_at=at)


def test_that_of_deployments_made_apart_a_stop_beats_a_roll_back_beats_a_go_live() -> None:
    first = deployment("a", release="r1")
    apart = [
        deployment("b", "go-live", "r3", ("a",), 9),
        deployment("c", "roll-back", "r0", ("a",), 5),
        deployment("d", "stop", "", ("a",), 1),
    ]
    for order in permutations([first, *apart]):
        found = live_deployment(order)
        assert found
        assert found.id == "d"
    assert live_deployment([first, *apart[:2]]).id == "c"  # type: ignore[union-attr]
    after_all = deployment("e", release="r4", after=("b", "c", "d"), minute=10)
    assert live_deployment([*apart, after_all, first]) == after_all
    assert live_deployment([]) is None


def test_that_the_way_back_is_what_was_live_before() -> None:
    one, two = deployment("a", release="r1"), deployment("b", release="r2", after=("a",), minute=1)
    assert release_before([one]) == ""
    assert release_before([two, one]) == "r1"
    back = deployment("c", "roll-back", "r1", ("b",), 2)
    assert release_before([one, two, back]) == "", "what was rolled back from is no way back"
    three = deployment("d", release="r3", after=("c",), minute=3)
    assert release_before([one, two, back, three]) == "r1"
    stopped = deployment("e", "stop", "", ("b",), 2)
    four = deployment("f", release="r4", after=("e",), minute=3)
    assert release_before([one, two, stopped]) == ""
    assert release_before([one, two, stopped, four]) == "r1", "what was stopped is no way back"


def test_that_forged_circles_end() -> None:
    circle = [deployment("a", release="r1", after=("b",)), deployment("b", release="r2", after=("a",))]
    assert live_deployment(circle) is None
    assert release_before(circle) == ""


@pytest.fixture
def made(desk):
    return Made(desk)


def label_live(desk, environment="staging"):
    def query(rows):
        [found] = rows.find(Environment, "name = ?", environment)
        release = live_release(rows, found.id)
        return release.label if release else None

    return desk.ask(query)


def test_that_staging_warns_and_rolls_back_to_the_release_before(desk, made) -> None:
    first, second = (do(desk, PlanRelease(model="credit", to="staging")) for _ in range(2))
    do(desk, GoLive(release=first))
    do(desk, GoLive(release=second))
    [row] = desk.ask(live)
    assert (row.state.level, row.state.word) == ("warn", "Live with open gates")
    assert "G3 is open" in row.state.reason
    assert (row.release, row.way_back) == ("staging-2", "staging-1"), "both were planned before either was live"
    do(desk, RollBack(environment="staging", reason="worse"))
    assert label_live(desk) == "staging-1"
    do(desk, RollBack(environment="staging", reason="worse still"))
    assert label_live(desk) is None, "of a first release the way back is a stop"
    assert desk.ask(live)[0].state.word == "Stopped"
    for act in (RollBack, StopRelease):
        with pytest.raises(DeskError, match="Nothing is live there"):
            do(desk, act(environment="staging", reason="x"))


def refused_to_go_live(desk, release: str) -> None:
    lines = desk.verify().lines
    with pytest.raises(DeskError, match="cannot go to") as refused:
        do(desk, GoLive(release=release))
    assert "G3 is open" in refused.value.sentence
    assert desk.verify().lines == lines


@pytest.mark.parametrize("name", ["production", "prod", "Production", "prod-eu"])
def test_that_production_blocks_on_open_gates_and_a_writer_can_neither_lower_nor_rename_that(desk, made, name) -> None:
    release = do(desk, PlanRelease(model="credit", to=name))
    refused_to_go_live(desk, release)
    for policy in ("warn", "block"):
        with pytest.raises(DeskError, match="You may not do this as"):
            do(desk, "environment.edit", id=name, policy=policy)
    do(desk, "environment.edit", id=name, name="trial")
    refused_to_go_live(desk, release)
    refused_to_go_live(desk, do(desk, PlanRelease(model="credit", to="trial")))
    assert desk.ask(live)[0].policy == "block"
    assert desk.ask(releases)[0].gates.startswith("G3 is open"), "a planned release shows what is open"


def test_that_an_environment_renamed_to_production_blocks_from_then_on(desk, made) -> None:
    release = do(desk, PlanRelease(model="credit", to="trial"))
    assert desk.ask(live)[0].policy == "warn"
    do(desk, "environment.edit", id="trial", name="production")
    refused_to_go_live(desk, release)


def test_that_a_release_stays_bound_to_the_strictest_policy_since_it_was_planned(desk, made) -> None:
    first = do(desk, PlanRelease(model="credit", to="trial"))
    for policy in ("block", "warn"):
        do(desk, "environment.edit", role="owner", id="trial", policy=policy)
    assert desk.ask(live)[0].policy == "warn"
    refused_to_go_live(desk, first)
    do(desk, GoLive(release=do(desk, PlanRelease(model="credit", to="trial"), role="data-scientist")))


def test_that_of_two_versions_of_a_policy_the_strictest_holds(desk, made) -> None:
    [id_] = tell(desk, Environment(name="trial", policy="block"), role="owner")
    tell(desk, Environment(id=id_, name="trial", policy="warn"))
    do(desk, "environment.edit", id=id_, role="data-scientist", keep_days=30)
    release = do(desk, PlanRelease(model="credit", to="trial"))
    refused_to_go_live(desk, release)


def test_that_an_environment_put_away_stays_in_sight_while_a_release_is_live_there(desk, made) -> None:
    do(desk, GoLive(release=do(desk, PlanRelease(model="credit", to="trial"))))
    do(desk, "environment.archive", id="trial")
    assert [each.release for each in desk.ask(live)] == ["trial-1"]
    do(desk, StopRelease(environment="trial", reason="noise"))
    assert desk.ask(live) == []


def test_that_gates_that_what_is_live_needs_are_open_though_nobody_asked_for_them(desk, made) -> None:
    assert desk.ask(gates_state).word == "No gate asked for"
    do(desk, PlanRelease(model="credit", to="staging"))
    assert desk.ask(gates_state).word == "No gate asked for"
    do(desk, GoLive(release="staging-1"))
    [bare] = desk.ask(unapproved_card, Viewer("ai-ethics", "")).rows
    assert bare.text.startswith("credit@1, staging: G3 ")
    state = desk.ask(gates_state)
    assert (state.level, state.word) == ("warn", "G3 of credit@1 is open")
    do(desk, StopRelease(environment="staging", reason="noise"))
    assert desk.ask(gates_state).word == "No gate asked for"


def test_that_a_release_forged_live_in_production_is_shown_as_bad(desk, made) -> None:
    release = do(desk, PlanRelease(model="credit", to="production"))
    [environment] = desk.ask(lambda rows: [each.id for each in rows.find(Environment)])
    tell(desk, Deployment(environment=environment, action="go-live", release=release))
    assert desk.ask(live)[0].state.level == "bad"


def test_that_a_release_that_has_not_arrived_breaks_no_page(desk) -> None:
    [environment] = tell(desk, Environment(name="staging"))
    tell(desk, Deployment(environment=environment, action="go-live", release="0" * 26))
    [row] = desk.ask(live)
    assert row.state.level == "unknown"
    assert "not here yet" in row.state.word


def test_that_planning_and_rolling_back_say_what_they_made(desk, made) -> None:
    said = desk.do(PlanRelease(model="credit", to="staging")).said
    assert said.startswith("Planned for staging as staging-1; G3 is open")
    assert said.endswith("`mlops-desk release go-live staging-1`.")
    do(desk, GoLive(release="staging-1"))
    assert "Nothing is live now" in desk.do(RollBack(environment="staging", reason="worse")).said
    for label in ("staging-1", "staging-2"):
        do(desk, PlanRelease(model="credit", to="staging"))
        do(desk, GoLive(release=label))
    assert desk.do(RollBack(environment="staging", reason="worse")).said == "Rolled back to staging-1."


def test_that_going_live_twice_is_refused(desk, made) -> None:
    release = do(desk, PlanRelease(model="credit", to="staging"))
    do(desk, GoLive(release=release))
    with pytest.raises(DeskError, match="is live already"):
        do(desk, GoLive(release=release))
    do(desk, StopRelease(environment="staging", reason="noise"))
    assert label_live(desk) is None


def test_that_only_what_goes_where_gates_block_must_be_known_at_once(desk, made) -> None:
    for to, is_urgent in (("staging", False), ("production", True)):
        release = do(desk, PlanRelease(model="credit", to=to))
        assert desk.ask(GoLive(release=release).is_urgent) is is_urgent
        assert desk.ask(GoLive(release=f"{to}-1").is_urgent) is is_urgent

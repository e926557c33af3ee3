"""KPIs that read themselves: delivery keys, gates, runs and monitors, each not known with the reason where it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.deployments.delivery import delivered
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Action, Deployment, Release
from mlops_desk.areas.experiments.run import FairnessFigure, SliceFigure, Value
from mlops_desk.areas.goals.kpi import TEMPLATE_SOURCES, AdoptKpi, CheckIn, Kpi, RecordCheckIn, templates
from mlops_desk.areas.goals.kpi_page import kpi_details
from mlops_desk.areas.goals.queries import kpis
from mlops_desk.areas.governance.gate import AskGate, GateRequest, SignGate, SignOff
from mlops_desk.areas.governance.source import working_days
from mlops_desk.areas.monitoring.monitor import Monitor, Reading
from mlops_desk.catalogue import REGISTRY
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import source_value
from mlops_desk.workspace import Workspace
from tests.areas.facts import Made, do, tell

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACTIONS: tuple[Action, ...] = ("go-live", "roll-back", "stop")
Later = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let time pass for the desk: entries and windows of days follow."""
    passed = timedelta()
    now_ms = clock.now_ms

    def pass_(**time: float) -> None:
        nonlocal passed
        passed += timedelta(**time)

    monkeypatch.setattr(clock, "now_ms", lambda: now_ms() + round(passed.total_seconds() * 1000))
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(clock.now_ms() / 1000, UTC))
    return pass_


def value_of(desk: Workspace, name: str, use_case: str = "") -> float:
    return desk.ask(lambda rows: source_value(rows, name, use_case)).value


def refused(desk: Workspace, name: str) -> str:
    with pytest.raises(DeskError) as found:
        value_of(desk, name)
    assert found.value.hint
    return found.value.sentence


class Place:
    """An environment in which things go live, are taken back and stop."""

    def __init__(self, desk: Workspace, name: str = "production") -> None:
        self._desk = desk
        [self.id] = tell(desk, Environment(name=name))
        self._last: tuple[str, ...] = ()

    def live(self, version: str) -> None:
        [release] = tell(self._desk, Release(label="r", environment=self.id, model_version=version))
        self._done("go-live", release)

    def back(self, action: Action = "roll-back") -> None:
        self._done(action, "")

    def _done(self, action: Action, release: str) -> None:
        fact = Deployment(environment=self.id, action=action, release=release, after=self._last)
        self._last = tell(self._desk, fact)


# --- delivery ------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(ACTIONS), max_size=8))
def test_that_what_is_restored_was_taken_back_and_later_than_the_failure(actions: list[Action]) -> None:
    told = [
        Deployment(id=str(n), environment="e", action=each, release="r", recorded_at=NOON + timedelta(hours=n))
        for n, each in enumerate(actions)
    ]
    for each in delivered(told):
        if each.restored is not None:
            assert each.was_taken_back
            assert each.ended is not None
            assert each.restored.id >= each.ended.id > each.live.id
        assert each.was_taken_back or not each.has_failed


def test_that_delivery_is_not_known_without_records_and_says_which_are_missing(desk: Workspace) -> None:
    assert refused(desk, "delivery:frequency") == "There is no value: no environment is called production."
    assert refused(desk, "delivery:frequency:moon") == "There is no value: there is no environment moon."
    assert refused(desk, "delivery:nonsense") == "There is no delivery key “nonsense”."
    Place(desk)
    assert refused(desk, "delivery:frequency") == "There is no value: nothing ever went live."
    for key in ("lead-time", "fail-rate", "recovery"):
        assert refused(desk, f"delivery:{key}") == "There is no value: nothing went live in 90 days."
    assert refused(desk, "delivery:gate-cover") == "There is no value: nothing is live."


def test_that_the_delivery_keys_follow_from_the_deployments(desk: Workspace, later: Later) -> None:
    made = Made(desk)
    later(days=4)
    place = Place(desk)
    place.live(made.model_version)
    assert value_of(desk, "delivery:frequency") == 1
    assert value_of(desk, "delivery:lead-time") == pytest.approx(4, abs=0.01)
    assert value_of(desk, "delivery:fail-rate") == 0
    assert refused(desk, "delivery:recovery") == "There is no value: no deployment failed in 90 days."
    later(hours=2)
    place.back()
    assert value_of(desk, "delivery:fail-rate") == 100
    assert value_of(desk, "delivery:recovery") == pytest.approx(120, abs=0.1)
    later(days=40)
    assert value_of(desk, "delivery:frequency") == 0, "of 30 days"
    assert value_of(desk, "delivery:fail-rate") == 100, "of 90 days"
    later(days=60)
    assert refused(desk, "delivery:fail-rate") == "There is no value: nothing went live in 90 days."
    assert value_of(desk, "delivery:frequency") == 0, "that nothing went live is known where something ever did"


def test_that_a_stop_is_restored_by_the_next_go_live_and_a_late_end_is_no_failure(
    desk: Workspace, later: Later
) -> None:
    made, place = Made(desk), Place(desk, "staging")
    place.live(made.model_version)
    later(minutes=10)
    place.back("stop")
    assert refused(desk, "delivery:recovery:staging") == "There is no value: what failed is not well again."
    later(minutes=20)
    place.live(made.model_version)
    assert value_of(desk, "delivery:recovery:staging") == pytest.approx(30, abs=0.1)
    later(days=8)
    place.back("stop")
    assert value_of(desk, "delivery:fail-rate:staging") == 50, "one of two; after eight days it is an end, no failure"


def test_that_what_was_live_before_starts_no_clock(desk: Workspace, later: Later) -> None:
    made, place = Made(desk), Place(desk)
    later(days=2)
    place.live(made.model_version)
    later(days=100)
    place.live(made.model_version)
    assert (
        refused(desk, "delivery:lead-time") == "There is no value: what was released is not here, or was live before."
    )


def test_that_a_live_release_without_its_gates_is_not_covered(desk: Workspace) -> None:
    Place(desk).live(Made(desk).model_version)
    assert value_of(desk, "delivery:gate-cover") == 0


# --- gates ---------------------------------------------------------------------------------------


@given(st.integers(0, 400), st.floats(0, 60), st.floats(0, 30))
def test_that_working_days_add_up_and_never_exceed_days(hours: int, one: float, more: float) -> None:
    first = NOON + timedelta(hours=hours)
    middle, last = first + timedelta(days=one), first + timedelta(days=one + more)
    whole = working_days(first, last)
    assert whole == pytest.approx(working_days(first, middle) + working_days(middle, last), abs=1e-6)
    assert 0 <= whole <= one + more + 1e-6


def test_that_a_weekend_is_no_waiting() -> None:
    friday = datetime(2026, 6, 5, 12, tzinfo=UTC)
    assert working_days(friday, friday + timedelta(days=3)) == 1.0
    assert working_days(friday + timedelta(days=1), friday + timedelta(days=2)) == 0.0


def test_that_waiting_runs_from_asking_to_what_sent_it_back(team, later: Later) -> None:
    assert refused(team["Ana"], "gates:waiting") == "There is no value: no gate was decided in 90 days."
    assert refused(team["Ana"], "gates:nonsense") == "Gates have no figure “nonsense”."
    assert refused(team["Ana"], "gates:test-score") == "There is no value: nothing is live."
    do(team["Ana"], "use-case.add", name="Loans")
    do(team["Ana"], AskGate(gate="G1", subject="Loans"))
    assert refused(team["Ana"], "gates:waiting") == "There is no value: no gate was decided in 90 days."
    later(days=7)
    do(team["Ben"], SignGate(gate="G1", subject="Loans", decision="send-back", note="unclear"), role="domain-expert")
    [asked] = team["Ana"].ask(lambda rows: rows.find(GateRequest))
    [signed] = team["Ana"].ask(lambda rows: rows.find(SignOff))
    assert asked.recorded_at
    assert signed.recorded_at
    assert value_of(team["Ana"], "gates:waiting") == pytest.approx(working_days(asked.recorded_at, signed.recorded_at))


# --- runs and monitors ---------------------------------------------------------------------------


def test_that_a_run_gives_more_than_its_metrics(desk: Workspace) -> None:
    def audit(name: str, ratio: float, gap: float) -> FairnessFigure:
        value = Value(name="gap", value=gap)
        return FairnessFigure(
            attribute=name,
            groups=(),
            selection_ratio=Value(name="r", value=ratio),
            selection_gap=value,
            tpr_gap=value,
            fpr_gap=value,
            ppv_gap=value,
        )

    slices = (
        SliceFigure(column="a", group="x", n=900, value=0.7, is_too_few=False),
        SliceFigure(column="a", group="y", n=2, value=0.1, is_too_few=True),
    )
    Made(desk, slices=slices, fairness=(audit("sex", 0.9, 0.02), audit("age", 0.7, 0.05)), calibration_error=0.04)
    told = {name: value_of(desk, f"run:{name}") for name in ("gain", "worst-slice", "choice-ratio", "error-gap")}
    assert told == {"gain": 0.3, "worst-slice": 0.7, "choice-ratio": 0.7, "error-gap": 0.05}
    assert value_of(desk, "run:credit:calibration") == 0.04


def test_that_a_monitor_is_named_or_is_the_only_one_of_its_kind(desk: Workspace) -> None:
    place = Place(desk).id
    for name, value in (("Drop", 0.02), ("Second", 0.05)):
        [monitor] = tell(desk, Monitor(name=name, environment=place, kind="quality"))
        last = Reading(
            monitor=monitor, release="r", limit=0.05, state="ok", sentence="", rows=9, source="f", value=value
        )
        tell(desk, last)
        if name == "Drop":
            assert value_of(desk, "monitor:quality") == 0.02
    assert value_of(desk, "monitor:Drop") == 0.02
    assert refused(desk, "monitor:quality") == "More than one monitor is meant by quality."
    assert refused(desk, "monitor:moon") == "The monitor moon gives no value."


# --- KPIs ----------------------------------------------------------------------------------------


def test_that_every_template_is_adopted_and_reads_itself_where_it_can(desk: Workspace) -> None:
    assert len(templates()) == 30
    assert TEMPLATE_SOURCES.keys() <= templates().keys()
    assert {each.partition(":")[0] for each in TEMPLATE_SOURCES.values()} <= REGISTRY.sources.keys()
    for each in templates().values():
        low, high = (2.0, 15.0) if each.better == "band" else (None, None)
        do(desk, AdoptKpi(template=each.id, low=low, high=high))
    found = {each.template: each.metric for each in desk.ask(lambda rows: rows.find(Kpi))}
    assert {name: metric for name, metric in found.items() if metric} == TEMPLATE_SOURCES
    do(desk, AdoptKpi(template="T5", name="Typed", metric=""))
    assert [each.metric for each in desk.ask(lambda rows: rows.find(Kpi, "name = 'Typed'"))] == [""]


def test_that_a_source_that_gives_nothing_makes_the_kpi_not_known_with_the_reason(
    desk: Workspace, later: Later
) -> None:
    place = Place(desk)
    place.live(Made(desk).model_version)
    do(desk, AdoptKpi(template="O6", target=15.0))
    do(desk, RecordCheckIn(kpi="Change fail rate"))
    [row] = desk.ask(kpis)
    assert (row.value, row.state.level) == (0.0, "ok")
    do(desk, "environment.edit", role="owner", id=place.id, name="moon")
    [row] = desk.ask(kpis)
    assert (row.value, row.state.level, row.state.reason) == (
        None,
        "unknown",
        "There is no value: no environment is called production",
    )
    assert desk.ask(kpi_details, row.id)[0].value == row.state
    do(desk, RecordCheckIn(kpi="Change fail rate", value=7.0), role="data-scientist")
    assert desk.ask(kpis)[0].state.level == "ok", "what a person typed last stands"


def test_that_a_check_in_names_the_query_and_the_data_it_was_read_from(desk: Workspace) -> None:
    made = Made(desk)
    do(desk, "kpi.add", name="Quality", metric="run:auc")
    for _twice in "12":
        do(desk, RecordCheckIn(kpi="Quality"))
    do(desk, RecordCheckIn(kpi="Quality", value=0.9))
    one, same, typed = desk.ask(lambda rows: rows.find(CheckIn))
    [line] = desk.ask(lambda rows: [each[0] for each in rows.sql("SELECT line FROM run WHERE id = ?", made.run)])
    assert one.digest == sha256(b"run:auc").hexdigest()
    assert one.data == same.data == sha256(line.encode()).hexdigest(), "of just the run it was read from"
    assert (typed.digest, typed.data) == ("", "")


def test_that_sql_names_all_that_it_could_read(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.select", lambda _bench, _sql: [[1]])
    do(desk, "kpi.add", name="Sets", sql="SELECT 1")
    for _twice in "12":
        do(desk, RecordCheckIn(kpi="Sets"))
    one, other = desk.ask(lambda rows: rows.find(CheckIn))
    assert len(one.data) == 64
    assert one.data != other.data, "an entry more: other data"

"""A monitor that fell silent is not known: after two of the spans it was read in before, after 30 days at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release
from mlops_desk.areas.monitoring.monitor import Monitor, Reading
from mlops_desk.areas.monitoring.queries import FRESH_DAYS, monitors, rhythm_days, stage
from mlops_desk.kernel import clock
from mlops_desk.projection import answers
from tests.areas.facts import Made, tell

DAY_MS = int(timedelta(days=1).total_seconds() * 1000)


@pytest.mark.parametrize(
    ("read_on", "silent_after"),
    [
        ((0,), FRESH_DAYS),  # how often it is read is not known yet
        ((0, 7, 14), 14),
        ((0, 1, 2, 3), 2),
        ((0, 0, 0), 2),  # several on one day
        ((0, 28, 56), FRESH_DAYS),  # never longer than a value may stand
    ],
)
def test_that_a_monitor_is_not_known_once_two_rhythms_passed(
    desk, monkeypatch: pytest.MonkeyPatch, read_on: tuple[int, ...], silent_after: int
) -> None:
    start = clock.now_ms()

    def at(day: int) -> None:
        monkeypatch.setattr(clock, "now_ms", lambda: start + day * DAY_MS)
        for module in (clock, answers):  # what is kept of answers is kept for a day
            monkeypatch.setattr(module, "today", lambda: clock.instant(start + day * DAY_MS).date())

    made = Made(desk)
    [place] = tell(desk, Environment(name="staging"))
    [release] = tell(desk, Release(label="staging-1", environment=place, model_version=made.model_version))
    tell(desk, Deployment(environment=place, action="go-live", release=release))
    [monitor] = tell(desk, Monitor(name="Inputs", environment=place, kind="input-drift"))
    for day in read_on:
        at(day)
        values = {"limit": 0.25, "value": 0.01, "rows": 9, "source": "captured", "sentence": "Inputs moved by 0.01."}
        tell(desk, Reading(monitor=monitor, release=release, state="ok", **values))  # type: ignore[arg-type]
    for day, level in ((read_on[-1] + silent_after, "ok"), (read_on[-1] + silent_after + 1, "unknown")):
        at(day)
        [row] = desk.ask(monitors)
        assert (row.state.level, desk.ask(stage).level) == (level, level), day
        assert ("no value since" in row.state.reason) == (level == "unknown")
    readings = desk.ask(lambda rows: rows.find(Reading, order="recorded_at DESC, id"))
    assert 1 <= rhythm_days(readings) <= FRESH_DAYS

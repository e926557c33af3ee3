"""Putting lines of the inbox aside: a snooze ends by itself, what is done with comes back once it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.card import Viewer
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.aside import MOST_DAYS, until_words
from mlops_desk.workspace.homes import home_here
from mlops_desk.workspace.inbox import Waiting, done, finished, inbox, resting, snooze, take_back

AT = st.integers(0, 2_000_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@pytest.fixture
def waiting(desk: Workspace) -> Workspace:
    desk.do(RULES.act("kpi.add", name="Time", unit="min", owner="data-scientist"))
    desk.do(RULES.act("kpi.add", name="Cost", unit="EUR", owner="data-scientist"))
    return desk


def said(desk: Workspace, query: Callable[..., list[Waiting]] = inbox) -> list[str]:
    return [each.sentence.split(" ")[0] for each in desk.ask(query, desk.roles)]


def key(desk: Workspace, word: str) -> str:
    return next(each.key for each in desk.ask(inbox, desk.roles) if each.sentence.startswith(word))


@given(AT, st.sampled_from(["1h", "tomorrow", "monday"]))
def test_that_what_can_be_chosen_is_always_ahead_and_within_a_week(now: datetime, text: str) -> None:
    assert now < until_words(text, now) <= now + timedelta(days=MOST_DAYS, hours=8)


@given(AT, st.integers(-20, 30))
def test_that_a_day_is_taken_only_within_a_week(now: datetime, days: int) -> None:
    day = now.astimezone().date() + timedelta(days=days)
    if 1 <= days <= MOST_DAYS:
        assert until_words(day.isoformat(), now).date() == day
    elif days < 0 or days > MOST_DAYS:
        with pytest.raises(DeskError, match="more than 7 days"):
            until_words(day.isoformat(), now)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-40", "8h"])
def test_that_other_words_are_refused_with_those_that_work(text: str) -> None:
    with pytest.raises(DeskError) as refused:
        until_words(text, clock.now())
    assert "tomorrow" in refused.value.hint


def test_that_a_snoozed_line_rests_here_and_comes_back_by_itself(
    waiting: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = waiting.digest()
    line = waiting.ask(snooze, waiting.roles, key(waiting, "Time"), "1h")
    assert line.until
    assert said(waiting) == ["Cost"]
    assert said(waiting, resting) == ["Time"]
    viewer = Viewer("data-scientist", waiting.member.id if waiting.member else "")
    assert [each.sentence.split(" ")[0] for each in waiting.ask(home_here, viewer).mine] == ["Cost"]
    assert waiting.digest() == digest, "nothing of it is shared"
    later = clock.now_ms() + 61 * 60_000
    monkeypatch.setattr(clock, "now_ms", lambda: later)
    assert sorted(said(waiting)) == ["Cost", "Time"]
    assert said(waiting, resting) == []


def test_that_what_is_done_with_comes_back_once_it_says_something_else(waiting: Workspace) -> None:
    assert waiting.ask(done, waiting.roles, key(waiting, "Time")) == 1
    assert said(waiting) == ["Cost"]
    assert said(waiting, finished) == ["Time"]
    long_ago = today() - timedelta(days=200)
    waiting.do(RecordCheckIn(kpi="Time", value=50.0, on=long_ago))
    assert sorted(said(waiting)) == ["Cost", "Time"], "it waits for another reason now"


def test_that_what_was_put_aside_can_be_taken_back_and_old_keys_are_forgotten(waiting: Workspace) -> None:
    waiting.ask(done, waiting.roles, key(waiting, "Time"))
    waiting.ask(snooze, waiting.roles, key(waiting, "Cost"), "tomorrow")
    assert said(waiting) == []
    for line in [*waiting.ask(resting, waiting.roles), *waiting.ask(finished, waiting.roles)]:
        waiting.ask(take_back, waiting.roles, line.key[:6])
    assert sorted(said(waiting)) == ["Cost", "Time"]
    waiting.here.note(aside={"gone": 0, "over": 1})
    waiting.ask(done, waiting.roles, key(waiting, "Time"))
    assert len(waiting.here.seat.aside) == 1


def test_that_the_command_line_puts_aside_lists_and_takes_back(
    waiting: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--project", str(waiting.project.folder)]

    def answer(*words: str) -> str:
        assert run(["inbox", *words, *place]) == 0
        return capsys.readouterr().out

    short = key(waiting, "Time")[:6]
    assert f"[{short}] Time waits" in answer()
    assert answer("--snooze", short, "monday").startswith("Rests until ")
    assert "Time" not in answer()
    assert "rests until" in answer("--aside")
    assert [each["key"][:6] for each in json.loads(answer("--aside", "--json"))] == [short]
    assert answer("--back", short).startswith("Waits again: Time")
    assert answer("--done", short) == "1 line is done with.\n"
    assert run(["inbox", "--snooze", short, "monday", *place]) == 1
    assert "names no line" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [("", 3, False), ("20-8", 3, True), ("20-8", 20, True), ("20-8", 8, False), ("9-17", 12, True), ("x-8", 3, False)],
)
def test_that_quiet_hours_may_go_over_midnight(hours: str, hour: int, *, quiet: bool) -> None:
    assert settings.is_quiet(hours, hour) is quiet

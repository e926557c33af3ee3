"""What was live on a day: later releases, signatures and withdrawals change nothing of the answer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, GoLive, PlanRelease, Release, StopRelease
from mlops_desk.areas.governance.exception import GateException
from mlops_desk.areas.governance.gate import SignOff
from mlops_desk.areas.governance.queries import about
from mlops_desk.areas.reports.as_of import AsOf, EnvironmentThen, as_of, until_of
from mlops_desk.areas.reports.as_of_words import told
from mlops_desk.areas.reports.past import end_of
from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from tests.areas.facts import SHA, Made, Withdraw, do, tell
from tests.areas.reports.lived import APRIL, JUNE, Days

MAY = date(2026, 5, 1)


@pytest.fixture
def released(lived: Workspace, days: Days) -> Made:
    """Release in April, sign G3 in May, and change the card and stop in June."""
    days.to(APRIL)
    made = Made(lived)
    do(lived, GoLive(release=do(lived, PlanRelease(model="credit@1", to="staging"))))
    days.to(MAY)
    sign(lived, made)
    days.to(JUNE)
    do(lived, "model-card.edit", id=made.model, intended_use="Loans.")
    do(lived, StopRelease(environment="staging", reason="noise"))
    return made


def sign(desk: Workspace, made: Made) -> None:
    subject = desk.ask(about, "model-version", made.model_version)
    first: dict[str, Any] = {"gate": "G3", "subject_noun": subject.noun, "subject": subject.id, "items_digest": SHA}
    signature = SignOff(**first, subject_hash=subject.hash, decision="approve", by_people=4, exceptions=1)
    named: dict[str, Any] = {
        "subject_noun": subject.noun,
        "subject": subject.id,
        "reason": "gap",
        "counter_measure": "watch",
    }
    tell(desk, signature, GateException(item="BIA-07", until=date(2026, 5, 20), **named), role="data-scientist")


def on(desk: Workspace, day: date) -> AsOf:
    return desk.ask(as_of, day.isoformat())


def staging(desk: Workspace, day: date) -> EnvironmentThen:
    [found] = on(desk, day).environments
    return found


def test_that_the_answer_names_release_model_run_and_data_with_entries(lived: Workspace, released: Made) -> None:
    found = staging(lived, MAY)
    assert found.state.word == "Live with open gates"
    assert found.release
    assert found.deployment
    assert found.run
    assert (found.release.label, found.deployment.label, found.run.label) == ("staging-1", "go-live", "credit-1")
    assert found.model
    assert (found.model.label, found.model_sha256) == ("credit@1", SHA)
    [data] = found.data
    assert (data.use, data.label, data.sha256) == ("trained on", "loans@1", SHA)
    [release] = lived.ask(lambda rows: rows.find(Release))
    deployments = lived.ask(lambda rows: rows.find(Deployment))
    assert (found.release.entry, found.deployment.entry) == (release.line, deployments[0].line)
    assert found.deployment.who == "Ana Lima"
    assert found.unknown == ()


def test_that_signatures_count_from_their_day_and_say_what_they_cover(lived: Workspace, released: Made) -> None:
    assert staging(lived, APRIL).gates[0].signatures == ()
    gate = staging(lived, MAY).gates[0]
    [signature] = gate.signatures
    assert (gate.gate, signature.decision, signature.proof.role) == ("G3", "approve", "data-scientist")
    assert (signature.by_people, signature.exceptions) == (4, 1)
    assert signature.covers_content, "the card was changed later"
    assert signature.subject_hash == gate.subject_hash
    [exception] = gate.exceptions
    assert (exception.item, exception.signed) == ("BIA-07", ())
    days_later = lived.ask(as_of, "2026-05-25").environments[0].gates[0]
    assert days_later.exceptions == ()


def test_that_what_came_later_changes_nothing_before_it(lived: Workspace, released: Made, days: Days) -> None:
    before = on(lived, MAY)
    assert staging(lived, JUNE).state == ("info", "Stopped", "noise")
    [signature] = lived.ask(lambda rows: rows.find(SignOff))
    days.to(date(2026, 7, 2))
    lived.do(Withdraw(fact=signature))
    assert on(lived, MAY) == before


def test_that_what_is_not_known_is_said(lived: Workspace, days: Days) -> None:
    days.to(APRIL)
    [environment] = tell(lived, Environment(name="staging"))
    tell(lived, Deployment(environment=environment, action="go-live", release="a" * 26))
    found = staging(lived, APRIL)
    assert (found.state.word, found.unknown) == ("Not known", ("the release aaaaaaaa… was not here by then",))
    assert "  not known: the release aaaaaaaa… was not here by then" in told(on(lived, APRIL))
    earlier = lived.ask(as_of, "2026-03-20", "staging").environments
    assert [each.unknown for each in earlier] == [("no entry of it had been recorded by then",)]


def test_that_a_day_ends_where_the_person_is_and_a_time_may_have_a_zone() -> None:
    assert until_of("2026-04-01") == end_of(APRIL)
    assert until_of("2026-04-01T10:00+02:00") == datetime(2026, 4, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "9999-12-31", "0001-01-01", "", "2999-01-01T00:00"])
def test_that_no_day_is_one_sentence(text: str) -> None:
    with pytest.raises(DeskError):
        until_of(text)


def test_that_the_shell_says_it_in_words_and_in_json(
    lived: Workspace, released: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["as-of", "2026-05-02", "--environment", "staging", "--project", str(lived.project.folder)]
    assert run(words) == 0
    said = capsys.readouterr().out
    assert "staging: Live with open gates" in said
    assert "clocks of the people who recorded" in said
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["until", "about_time", "environments"]
    assert found["environments"][0]["gates"][0]["signatures"][0]["proof"]["who"] == "Ana Lima"

"""Two people talk beside a KPI over a bare repository: called, found in the inbox, answered, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.test_team import ROLE, WHO, Person

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.timeout(120)]


def test_that_two_people_talk_over_a_team_copy(tmp_path: Path) -> None:
    ana, ben = (Person(name, tmp_path) for name in ("ana", "ben"))
    (tmp_path / "team.git").mkdir()
    begun = ana.do(
        ["init", str(ana.folder), "--name", "Loan", "--member", WHO["ana"], "--role", ROLE["ana"]],
        ["sync", "--remote", str(tmp_path / "team.git")],
        "team invite --json",
    )
    link = str(begun[-1].document["link"])
    ben.do(["get", link, str(ben.folder), "--member", WHO["ben"], "--role", ROLE["ben"]])
    said = ana.do(
        "sync",
        ["team", "admit", "Ben Ode", "--role", ROLE["ben"]],
        "kpi add --name Time --unit min --target 40",
        ["comment", "add", "Time", "@Ben: is <b>40</b> right?", "--json"],
        "sync",
    )[3].document["id"]
    waits = ben.do("sync", "inbox --json", ["comment", "add", "Time", "Yes", "--reply-to", said[:8]], "inbox", "sync")
    [mention] = [each for each in waits[1].document if each["mention"]]
    assert (mention["mention"], mention["why"]) == (said, "you are mentioned")
    assert waits[3].said == "Nothing needs you.\n"
    heard = ana.do("sync", "kpi show Time --json", ["comment", "withdraw", said], "comment list Time", "sync")
    assert [each["shown"] for each in heard[1].document["comments"]] == ["@Ben: is <b>40</b> right?", "Yes"]
    assert "(withdrawn)" in heard[3].said
    last = ben.do("sync", "comment list", "status --json", "verify")
    assert "40</b>" not in last[1].said
    assert last[2].document["digest"] == ana.do("status --json")[0].document["digest"]

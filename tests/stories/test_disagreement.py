"""Two people differ over a bare repository: decided apart, decided again, dissent kept; then one of them leaves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.cli.main import run
from tests.stories.test_team import ROLE, WHO, Answer, Person, Words

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.timeout(180)]

ASKED = "Is 40 right?"
DISSENT = "No:\n\t“40” hält nicht <b>& \\ ''"
ARCHITECT = ("--as", "ai-architect")
RAISE = ["disagreement", "raise", "Time", ASKED, "--option", "Keep", "--option", "Lower", *ARCHITECT]
VIEW = ["disagreement", "view", ASKED, "Lower", "--because", "measured", "--evidence", "run 7"]


class Beside(Person):
    """A person whose commands run in this process: nobody writes at the same time here."""

    def do(self, *lines: str | Words, codes: Sequence[int] | int = 0) -> list[Answer]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLOPS_DESK_HOME", str(self._home))
            found = [self._type(line.split() if isinstance(line, str) else list(line)) for line in lines]
        assert [each for each in found if each.code != codes] == []
        return found

    def _type(self, line: list[str]) -> Answer:
        words = line if line[0] in ("init", "get") else [*line, "--project", str(self.folder)]
        said, complained = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(complained):
            code = run(words)
        return Answer(words, code, said.getvalue(), complained.getvalue())


def test_that_people_differ_decide_apart_and_leave_without_losing_a_word(tmp_path: Path) -> None:
    ana, ben = _begin(tmp_path)
    ana.do(RAISE, "sync", _decide("1"))
    ben.do("sync", VIEW, _decide("2"), "sync")
    apart = _both(ana, ben)
    assert apart["state"]["word"] == "Two decisions"
    assert [each["remark"] for each in apart["said"] if each["what"] == "view"] == [""], "one of the two had seen it"
    asked = ana.do("inbox --json", _decide("Keep"), "sync")[0].document
    assert [each["noun"] for each in asked if "decide again" in each["sentence"]] == ["disagreement"]
    asked = ben.do("sync", "inbox --json", ["disagreement", "answer", ASKED, "dissent", "--text", DISSENT], "sync")[1]
    assert [each["why"] for each in asked.document if each["noun"] == "disagreement"] == ["you took part"]
    decided = _both(ana, ben)
    assert (decided["state"]["word"], decided["decided"], decided["dissents"]) == ("Decided with dissent", "Keep", 1)
    assert [each["text"] for each in decided["said"] if each["what"] == "dissent"] == [DISSENT]
    _leave(ana, ben)


def _decide(option: str) -> list[str]:
    return ["disagreement", "decide", ASKED, option, "--reason", "so it is", *ARCHITECT]


def _begin(base: Path) -> tuple[Person, Person]:
    ana, ben = (Beside(name, base) for name in ("ana", "ben"))
    (base / "team.git").mkdir()
    roles = ["--role", ROLE["ana"], "--role", "ai-architect"]
    link = ana.do(
        ["init", str(ana.folder), "--name", "Loan", "--member", WHO["ana"], *roles],
        ["sync", "--remote", str(base / "team.git")],
        "team invite --json",
    )[-1].document["link"]
    ben.do(["get", str(link), str(ben.folder), "--member", WHO["ben"], "--role", ROLE["ben"]])
    ana.do(
        "sync",
        ["team", "admit", "Ben Ode", "--role", ROLE["ben"], "--role", "ai-architect"],
        "kpi add --name Time --unit min --target 40",
        "kpi add --name Speed --owner ml-engineer",
        "sync",
    )
    return ana, ben


def _both(ana: Person, ben: Person) -> Any:
    """Let both receive and send, Ben having sent before; return how the disagreement stands for both alike."""
    look = ("sync", ["disagreement", "show", ASKED, "--json"], "status --json", "verify")
    answers = [each.do(*look) for each in (ana, ben)]
    shown, digests = zip(*((said[1].document, said[2].document["digest"]) for said in answers), strict=True)
    assert digests[0] == digests[1]
    assert shown[0] == shown[1]
    return shown[0]


def _leave(ana: Person, ben: Person) -> None:
    """Let Ben hand over what only he answers for, and leave."""
    listed, handed, _sent = ben.do(
        ["team", "open-items", "Ben Ode", "--json"], ["team", "hand-over", "Ben Ode", "--to", "Ana Lima"], "sync"
    )
    alone = [each["what"] for each in listed.document if not each["others"]]
    assert alone == ["Speed waits for a value: no value yet."]
    assert "1 thing waits for Ana Lima now" in handed.said
    removed = ana.do("sync", ["team", "remove", "Ben Ode", "--reason", "left"], "inbox", "trail --kind hand-over")
    assert "waits for the owners" not in removed[1].said, "somebody has it"
    assert "in place of Ben Ode" in removed[2].said
    assert "hand-over.give" in removed[3].said

"""A team of three over one bare repository: at once, by plain git, with a lost folder and a team copy set back."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlops_desk.cli.main import run
from mlops_desk.workspace import machine

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.timeout(300)]

# One process a turn, as if somebody typed these commands; it ends with the answers and exit codes as JSON.
TURN = """
import contextlib, io, json, sys
from mlops_desk.cli.main import run
answers = []
for words in json.load(sys.stdin):
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = run(words)
    answers.append({"words": words, "code": code, "said": said.getvalue(), "complained": complained.getvalue()})
print(json.dumps(answers))
"""
# Somebody who changed the program so that it writes with a copied key.
DISHONEST = "from mlops_desk.workspace import machine\nmachine.is_original = lambda *_given: True\n"
Words = Sequence[str]
WHO = {"ana": "Ana Lima <ana@example.org>", "ben": "Ben Ode <ben@example.org>", "mira": "Mira Sol <mira@example.org>"}
ROLE = {"ana": "data-scientist", "ben": "ml-engineer", "mira": "ai-ethics"}


class Answer(NamedTuple):
    """What one command answered."""

    words: list[str]
    code: int
    said: str
    complained: str

    @property
    def document(self) -> Any:
        return json.loads(self.said)


class Person:
    """Somebody with a machine of their own: private data, a folder, and a terminal."""

    def __init__(self, name: str, base: Path, *, is_honest: bool = True) -> None:
        self.name, self.folder = name, base / name / "loan"
        self._home = base / name / "home"
        self._is_honest = is_honest
        self._turn = TURN if is_honest else DISHONEST + TURN
        self._running: subprocess.Popen[str] | None = None
        self._words: list[list[str]] = []

    def begin(self, *lines: str | Words) -> None:
        """Type commands; the process runs beside those of others."""
        self._words = self._typed(lines)
        environment = {**os.environ, "MLOPS_DESK_HOME": str(self._home)}
        pipe = subprocess.PIPE
        line = [sys.executable, "-P", "-c", self._turn]
        self._running = subprocess.Popen(line, env=environment, stdin=pipe, stdout=pipe, text=True)
        assert self._running.stdin
        self._running.stdin.write(json.dumps(self._words))
        self._running.stdin.close()

    def _typed(self, lines: Sequence[str | Words]) -> list[list[str]]:
        split = [line.split() if isinstance(line, str) else list(line) for line in lines]
        free = ("init", "get")
        return [line if line[0] in free else [*line, "--project", str(self.folder)] for line in split]

    def end(self, codes: Sequence[int] | int = 0) -> list[Answer]:
        """Wait for the answers, and see that every command ended as it should."""
        assert self._running
        assert self._running.stdout
        with self._running:
            answers = [Answer(**each) for each in json.loads(self._running.stdout.read())]
        return self._seen(answers, codes)

    def _seen(self, answers: list[Answer], codes: Sequence[int] | int) -> list[Answer]:
        wanted = [codes] * len(answers) if isinstance(codes, int) else codes
        assert [each for each, code in zip(answers, wanted, strict=True) if each.code != code] == []
        return answers

    def do(self, *lines: str | Words, codes: Sequence[int] | int = 0) -> list[Answer]:
        """Type commands and wait for the answers."""
        self.begin(*lines)
        return self.end(codes)

    def take_home_of(self, other: Person) -> None:
        """Copy everything private of somebody's machine, keys and all."""
        shutil.copytree(other._home, self._home)

    def git(self, *words: str) -> str:
        """Use plain git in the folder, as somebody would who never heard of the desk."""
        who = {f"GIT_{part}_{what}": "x@example.org" for part in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        plain = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        line = ["git", *words]
        return subprocess.run(line, cwd=self.folder, env=plain, check=True, capture_output=True, text=True).stdout


class Neighbour(Person):
    """Somebody whose commands run in the process of the test, one after another: as true, and sooner done."""

    def do(self, *lines: str | Words, codes: Sequence[int] | int = 0) -> list[Answer]:
        """Type commands and wait for the answers."""
        answers = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLOPS_DESK_HOME", str(self._home))
            if not self._is_honest:
                patch.setattr(machine, "is_original", lambda *_given: True)
            for words in self._typed(lines):
                said, complained = io.StringIO(), io.StringIO()
                with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
                    code = run(words)
                answers.append(Answer(words, code, said.getvalue(), complained.getvalue()))
        return self._seen(answers, codes)


@pytest.fixture
def people(tmp_path: Path) -> tuple[Person, Person, Person]:
    """Let Ana found the project and admit Ben and Mira, who got it by her link."""
    ana, ben, mira = (Person(name, tmp_path) for name in WHO)
    (tmp_path / "team.git").mkdir()
    begun = ana.do(
        ["init", str(ana.folder), "--name", "Loan", "--member", WHO["ana"], "--role", ROLE["ana"]],
        ["sync", "--remote", str(tmp_path / "team.git")],
        "team invite --json",
    )
    link = str(begun[-1].document["link"])
    for each in (ben, mira):  # at once
        each.begin(["get", link, str(each.folder), "--member", WHO[each.name], "--role", ROLE[each.name], "--json"])
    shown = {str(each.end()[0].document["words"]) for each in (ben, mira)}
    asked = ana.do("sync", "team requests --json")[-1]
    requests = json.loads(asked.said)
    assert {each["words"] for each in requests} == shown, "both sides see the same eight words"
    admit = [["team", "admit", each["id"], "--role", each["roles"][0]] for each in requests]
    ana.do(*admit, "kpi add --name Time --unit min --target 40", "sync")
    return ana, ben, mira


def meet(*people: Person, wrong: Sequence[tuple[str, str]] = ()) -> str:
    """Let all send, then all receive; return the digest that they all print.

    Everybody's `verify` names exactly what is ``wrong``: each code with the name of who wrote it.
    """
    for each in people:
        each.do("sync")
    for each in people:  # at once: nobody has anything left to send
        each.begin("sync --json", "status --json", "verify --json")
    is_grave = int(any(code == "fork" for code, _name in wrong))
    answers = [each.end([0, 0, is_grave]) for each in people]
    who, digests = _names(people[0]) if wrong else {}, set()
    for _synced, status, verified in answers:
        found = verified.document["findings"]
        assert sorted((said["code"], who[said["author"]]) for said in found) == list(wrong)
        assert all(said["place"].startswith(("journals/", "own/", "seen/")) and said["sentence"] for said in found)
        digests.add(str(status.document["digest"]))
    assert len(digests) == 1, "the same rows everywhere"
    return digests.pop()


def _names(person: Person) -> dict[str, str]:
    """Return the name of every member, by id and by the ids of their machines."""
    members, devices = (each.document for each in person.do("team list --json", "team device list --json"))
    return {each["id"]: each["name"] for each in members} | {each["id"]: each["member"] for each in devices}


def test_that_three_clones_end_in_the_same_rows_whatever_happens_between(
    people: tuple[Person, Person, Person], tmp_path: Path
) -> None:
    ana, ben, mira = people
    _work_apart_and_send_at_once(ana, ben, mira, tmp_path)
    _use_plain_git(ana, mira)
    _lose_a_folder(ben, tmp_path / "team.git")
    _say_different_things_at_once(ana, ben, mira)
    before = meet(ana, ben, mira)
    _see_the_stricter_class_and_both_versions(ana)
    _set_the_team_copy_back(mira)
    lost = ana.do("sync --json", codes=[1])[0].document["lost"]
    assert {each["name"] for each in lost} == {"Ben Ode", "Mira Sol"}
    status, verified, restored, _sent = ana.do(
        "status --json", "verify --json", "restore --json", "sync", codes=[0, 1, 0, 0]
    )
    assert status.document["digest"] == before, "nothing changes for who had seen it"
    [named, other] = [each for each in verified.document["findings"] if each["grave"]]
    assert {named["code"], other["code"]} == {"rollback"}
    assert {each["name"] in named["sentence"] + other["sentence"] for each in lost} == {True}
    assert restored.document["restored"] == lost
    assert meet(ana, ben, mira) == before
    _go_on_after_removal(ana, ben, mira)
    late = [("late", "Ben Ode")] * 2
    assert meet(ana, ben, mira, wrong=late) != before
    _use_a_copied_key(ana, mira, tmp_path)
    meet(ana, ben, mira, wrong=[("fork", "Mira Sol"), *late])


def _work_apart_and_send_at_once(ana: Person, ben: Person, mira: Person, base: Path) -> None:
    table = base / "loans.csv"
    table.write_text("age,income\n" + "".join(f"{20 + row % 50},{1000 + row}\n" for row in range(200)))
    ana.begin(
        "sync",
        "kpi edit Time --unit h",
        "kpi check-in Time 50",
        "use-case add --name Credit --tier high --tier-reason x",
        ["team", "roles", "Ben Ode", "--role", "ml-engineer", "--role", "data-engineer"],
        "sync",
    )
    ben.begin("sync", "kpi edit Time --unit s", "kpi check-in Time 55", "kpi add --name Cost", "sync")
    mira.begin("sync", "kpi add --name Fairness", ["dataset", "add", str(table), "--name", "loans"], "sync")
    for each in (ana, ben, mira):
        each.end()


def _say_different_things_at_once(ana: Person, ben: Person, mira: Person) -> None:
    """Write about the same things without knowing of each other: classes, comments, a withdrawal, a gate."""
    for each, level in ((ana, "confidential"), (ben, "pii"), (mira, "sensitive")):
        more = {"ana": "gate ask G1 Credit", "ben": "kpi edit Cost --unit eur", "mira": "kpi edit Trust --target 9"}
        each.begin(
            "sync",
            ["dataset", "classify", "loans", "income", level, "--reason", "r"],
            ["comment", "add", "dataset/loans", f"I call it {level}"],
            "kpi edit Time --target 30" if each is ana else "kpi edit Time --target 20",
            more[each.name],
            "sync",
        )
    for each in (ana, ben, mira):
        each.end()


def _see_the_stricter_class_and_both_versions(ana: Person) -> None:
    asked = ("dataset columns --json", "comment list dataset/loans --json", "kpi show Time --json")
    columns, comments, kpi = ana.do(*asked)
    assert {row["name"]: row["security"] for row in columns.document}["income"] == "pii", "the strictest holds"
    assert len(comments.document) == len(WHO)
    assert sorted(kpi.document["contested"]) == ["target", "unit"], "both versions stay until somebody settles them"


def _use_plain_git(ana: Person, mira: Person) -> None:
    ana.do("kpi check-in Time 41", "sync")
    mira.do("kpi archive Fairness", "kpi add --name Trust")
    mira.git("add", ".")
    mira.git("commit", "-qm", "by hand")
    mira.git("pull", "-q", "--no-rebase", "--no-edit")
    assert len(mira.git("rev-list", "--parents", "--max-count=1", "HEAD").split()) == 3, "git itself merged"
    mira.git("push", "-q")


def _lose_a_folder(ben: Person, team_copy: Path) -> None:
    ben.do("kpi check-in Cost 7")
    shutil.rmtree(ben.folder)
    ben.do(["get", str(team_copy), str(ben.folder)], "sync")


def _go_on_after_removal(ana: Person, ben: Person, mira: Person) -> None:
    """Remove Ben, who does not know of it and goes on writing."""
    ana.do(["team", "remove", "Ben Ode", "--reason", "left"], "sync")
    ben.do("kpi add --name Unheard", "kpi check-in Cost 9", "sync")
    listed = mira.do("sync", "kpi list --json")[1].document
    names = {each["name"] for each in listed}
    assert "Cost" in names, "what he wrote before stays"
    assert "Unheard" not in names


def _use_a_copied_key(ana: Person, mira: Person, base: Path) -> None:
    """Copy Mira's machine, let both write with her one key, and give her a new one."""
    copy = Person("copy", base, is_honest=False)
    copy.take_home_of(mira)
    copy.do(["get", str(base / "team.git"), str(copy.folder)], "kpi add --name Copied", "sync")
    refused = mira.do("kpi add --name True", "sync --json", codes=[0, 1])[1]
    assert refused.document["error"]["code"] == "JOURNAL-121"
    mira.do("team device renew", "sync")
    [request] = ana.do("sync", "team requests --json")[1].document
    ana.do(["team", "device", "admit", request["id"], "--member", "Mira Sol"], "sync")
    mira.do("sync", "kpi add --name Again", "sync")


def _set_the_team_copy_back(mira: Person) -> None:
    """Lose entries of everybody by force, Mira's own among them."""
    first = mira.git("rev-list", "--reverse", "HEAD").split()[2]
    mira.git("reset", "-q", "--hard", first)
    mira.git("push", "-qf", "origin", "main")

"""Objects that the shared folder does not take: two members, two homes, real git, one folder that both reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import Request, urlopen

import pytest

from mlops_desk.cli.main import run
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.project import load
from mlops_desk.workspace.serving import Server

Type = Callable[..., str]
TRAIN = ("train", "loans@1", "--target", "paid", "--recipe", "dummy")


@pytest.fixture
def type_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command on somebody's machine; returns all that is said."""

    def typed(machine: str, *words: str, code: int = 0) -> str:
        monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / machine))
        here = [] if words[0] in ("init", "get") else ["--project", str(tmp_path / f"{machine}-folder")]
        capsys.readouterr()
        assert run([*words, *here]) == code, capsys.readouterr()
        found = capsys.readouterr()
        return found.out + found.err

    return typed


@pytest.fixture
def stick(type_at: Type, tmp_path: Path) -> Path:
    """Let Ana found a project, admit Ben and add a dataset; returns a folder that both reach."""
    for name in ("team.git", "stick"):
        (tmp_path / name).mkdir()
    folder, team = str(tmp_path / "ana-folder"), str(tmp_path / "team.git")
    type_at("ana", "init", folder, "--name", "Loan", "--member", "Ana Lima", "--role", "data-scientist")
    type_at("ana", "sync", "--remote", team)
    roles = ("--role", "ml-engineer", "--role", "ai-ethics")
    type_at("ben", "get", team, str(tmp_path / "ben-folder"), "--member", "Ben Ode", *roles)
    type_at("ana", "sync")
    type_at("ana", "team", "admit", "Ben Ode", *roles)
    rng = Random(0)
    rows = [f"{rng.randint(1, 99)},{rng.choice(('yes', 'no'))}" for _row in range(200)]
    (tmp_path / "loans.csv").write_text("\n".join(["amount,paid", *rows]))
    type_at("ana", "dataset", "add", str(tmp_path / "loans.csv"), "--name", "loans")
    sync(type_at)
    return tmp_path / "stick"


def sync(type_at: Type) -> None:
    for machine in ("ana", "ben", "ana"):
        type_at(machine, "sync")


def listed(type_at: Type, machine: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(type_at(machine, "objects", "list", "--json"))
    return found


def confirm(type_at: Type) -> None:
    for column in ("amount", "paid"):
        type_at("ana", "dataset", "classify", "loans", column, "confidential")
    sync(type_at)


def objects_in(place: Path) -> list[Path]:
    return [each for each in place.rglob("*") if each.is_file()]


@pytest.mark.slow
def test_that_ana_sends_what_may_leave_and_ben_trains_on_it(type_at: Type, stick: Path, tmp_path: Path) -> None:
    assert listed(type_at, "ben")[0]["state"]["word"] == "needs the object from Ana Lima's machine"
    refused = type_at("ben", *TRAIN, code=1)
    assert "the data of loans@1 is not on this machine: it lies on Ana Lima's machine." in refused
    assert "`mlops-desk objects send loans@1`" in refused
    assert "`mlops-desk objects remote PATH`" in refused
    assert "No place for objects is set" in type_at("ana", "objects", "send", code=1)
    for machine in ("ana", "ben"):
        type_at(machine, "objects", "remote", str(stick))
    _keep_personal_data_until_both_signed(type_at, stick)
    confirm(type_at)
    assert "Sent 1 object." in type_at("ana", "objects", "send")
    assert "Nothing was sent" in type_at("ana", "objects", "send", "loans")
    [seen] = listed(type_at, "ben")
    assert (seen["is_here"], seen["at_remote"], seen["state"]["word"]) == (False, True, "at the place for objects")
    _unplug(type_at, stick)
    _change_what_lies_there(type_at, stick, tmp_path)
    assert "loans-1 chose" in type_at("ben", *TRAIN)
    assert {each["title"]: each["is_here"] for each in listed(type_at, "ben")}["the data of loans@1"] is True
    sync(type_at)
    run_objects = [each for each in listed(type_at, "ana") if each["title"].endswith("loans-1")]
    assert [(each["is_here"], each["member"]) for each in run_objects] == [(False, "Ben Ode")] * 3
    assert "Sent 3 objects." in type_at("ben", "objects", "send", "loans-1")
    assert "Fetched 3 objects." in type_at("ana", "objects", "fetch")
    assert all(each["is_here"] for each in listed(type_at, "ana"))
    project = load(tmp_path / "ana-folder")
    told = [*project.folder.rglob("*.jsonl"), *project.own.rglob("*.jsonl")]
    assert not any(str(stick) in each.read_text() for each in told), "the place is a setting of a machine"


def _unplug(type_at: Type, stick: Path) -> None:
    stick.rename(stick.with_name("away"))
    assert [(each["at_remote"], each["state"]["word"]) for each in listed(type_at, "ana")] == [(None, "here")]
    [seen] = listed(type_at, "ben")
    assert seen["state"]["word"] == "not known"
    for words in (("send",), ("fetch",), ("fetch", "loans")):
        assert "cannot be used now: it is not there" in type_at("ben", "objects", *words, code=1)
    refused = type_at("ben", *TRAIN, code=1)
    assert "on Ana Lima's machine, or at the place for objects, which cannot be reached." in refused
    stick.mkdir()  # as a mount point without its drive
    assert listed(type_at, "ben") == [seen]
    stick.rmdir()
    stick.with_name("away").rename(stick)


def _change_what_lies_there(type_at: Type, stick: Path, tmp_path: Path) -> None:
    [there] = objects_in(stick)
    whole = there.read_bytes()
    there.write_bytes(b"x" * len(whole))
    assert "is something else" in type_at("ben", "objects", "fetch", code=1)
    with there.open("r+b") as file:
        file.truncate(2**40)  # says that it is huge, and takes no room
    assert "it cannot be the object" in type_at("ben", "objects", "fetch", "loans", code=1)
    assert "it cannot be the object" in type_at("ben", *TRAIN, code=1)
    assert objects_in(load(tmp_path / "ben-folder").private / "objects") == []
    assert "it cannot be the object" in type_at("ana", "objects", "send", code=1)
    there.write_bytes(whole)


def _keep_personal_data_until_both_signed(type_at: Type, stick: Path) -> None:
    refused = type_at("ana", "objects", "send", "loans", code=1)
    assert "the data of loans@1 may not leave this machine" in refused
    assert "Still to sign: Owner and AI Ethics & SME, two different people" in refused
    assert "may not leave" in type_at("ana", "objects", "send"), "all that may go goes; the rest is said"
    type_at("ana", "dataset", "allow-sending", "loans", "--as", "owner")
    assert "Still to sign: AI Ethics & SME" in type_at("ana", "objects", "send", "loans@1", code=1)
    assert objects_in(stick) == []
    sync(type_at)
    type_at("ben", "dataset", "allow-sending", "loans", "--as", "ai-ethics")
    sync(type_at)
    assert "Sent 1 object." in type_at("ana", "objects", "send", "loans@1")
    objects_in(stick)[0].unlink()
    type_at("ben", "dataset", "withdraw-sending", "loans", "--reason", "No longer.", "--as", "ai-ethics")
    sync(type_at)
    assert "Still to sign" in type_at("ana", "objects", "send", "loans", code=1)


@pytest.mark.slow
def test_that_a_model_trained_by_ana_gives_the_same_answers_where_ben_fetched_and_serves_it(
    type_at: Type, stick: Path, tmp_path: Path
) -> None:
    confirm(type_at)
    type_at("ana", *TRAIN[:-2], "--recipe", "linear")
    for words in (
        ("model", "register", "loans-1", "--name", "payer"),
        ("release", "plan", "payer", "--to", "staging"),
        ("release", "go-live", "staging-1"),
        ("objects", "remote", str(stick)),
    ):
        type_at("ana", *words)
    sync(type_at)
    [model] = [each for each in listed(type_at, "ben") if each["title"] == "the model of loans-1"]
    assert (model["is_here"], model["state"]["word"]) == (False, "needs the object from Ana Lima's machine")
    assert "it lies on Ana Lima's machine" in type_at("ben", "serve", "staging", code=1)
    expected = _answers(type_at, "ana", tmp_path)
    assert len({str(each) for each in expected}) > 1, "the model tells its rows apart"
    type_at("ana", "objects", "send")
    type_at("ben", "objects", "remote", str(stick))
    type_at("ben", "objects", "fetch", "payer")
    stick.rename(tmp_path / "taken away")
    assert _answers(type_at, "ben", tmp_path) == expected


def _answers(type_at: Type, machine: str, base: Path) -> list[Any]:
    """Serve what is live on somebody's machine, and return what it says of some rows."""
    type_at(machine, "status")  # and be on that machine
    with Workspace(base / f"{machine}-folder") as desk:
        server = Server(desk, "staging")
        try:
            body = json.dumps({"rows": [{"amount": amount} for amount in (1, 20, 55, 99)]}).encode()
            headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
            with urlopen(Request(f"{server.address}/predict", body, headers), timeout=20) as answer:
                found: list[Any] = json.loads(answer.read())["predictions"]
            return found
        finally:
            server.stop()

"""The recovery key: 24 words, shown until they are on paper, senior to everybody; through real clones."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desk.cli.main import run
from mlops_desk.journal import keys
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.seedwords import from_words, to_words

Type = Callable[..., str]


@pytest.fixture
def type_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command on somebody's machine, with what they type at prompts; returns all that is said."""

    def typed(machine: str, *words: str, stdin: str = "", code: int = 0) -> str:
        monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / machine))
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        here = [] if words[0] in ("init", "get") else ["--project", str(tmp_path / f"{machine}-folder")]
        capsys.readouterr()
        assert run([*words, *here]) == code, capsys.readouterr()
        found = capsys.readouterr()
        return found.out + (found.err if code else "")

    return typed


@pytest.fixture
def words(type_at: Type, tmp_path: Path) -> str:
    """Let Ana found a project, admit Ben, and send it; returns the 24 words."""
    (tmp_path / "team.git").mkdir()
    folder = str(tmp_path / "ana-folder")
    said = type_at(
        "ana", "init", folder, "--name", "Loan", "--member", "Ana Lima", "--role", "data-scientist", "--recovery-key",
        "--json",
    )  # fmt: skip
    type_at("ana", "sync", "--remote", str(tmp_path / "team.git"))
    _get(type_at, tmp_path, "ben", "Ben Ode")
    type_at("ana", "sync")
    type_at("ana", "team", "admit", "Ben Ode", "--role", "ml-engineer")
    type_at("ana", "sync")
    type_at("ben", "sync")
    found: str = json.loads(said)["recovery_words"]
    return found


def _get(type_at: Type, base: Path, machine: str, name: str) -> None:
    remote, folder = str(base / "team.git"), str(base / f"{machine}-folder")
    type_at(machine, "get", remote, folder, "--member", name, "--role", "ml-engineer")


def test_that_24_words_are_a_seed_and_any_slip_is_noticed() -> None:
    seed = bytes(range(32))
    found = to_words(seed).split()
    assert len(found) == 24
    assert from_words(" ".join(found).upper()) == seed
    assert from_words(" ".join(word[:4] for word in found)) == seed
    swapped = [*found[:3], found[4], found[3], *found[5:]]
    for wrong, code in ((found[:-1], "KEY-120"), ([*found[:-1], "xyzzy"], "KEY-120"), (swapped, "KEY-121")):
        with pytest.raises(DeskError) as refused:
            from_words(" ".join(wrong))
        assert refused.value.code == code


def test_that_the_words_are_asked_for_until_they_are_on_paper(type_at: Type, words: str) -> None:
    assert "recovery-key" in type_at("ana", "status")
    assert "recovery-key" not in type_at("ben", "status"), "they lie on the machine of the founder only"
    assert " ".join(type_at("ana", "project", "recovery-key").splitlines()[1].split()) == " ".join(words.split()[:6])
    wrong = to_words(bytes(32))
    assert "not the words" in type_at("ana", "project", "recovery-key", "--saved", stdin=wrong, code=1)
    type_at("ana", "project", "recovery-key", "--saved", stdin=words)
    assert "recovery-key" not in type_at("ana", "status")
    assert json.loads(type_at("ana", "status", "--json"))["is_recovery_key_unsaved"] is False
    assert "not on this machine" in type_at("ana", "project", "recovery-key", code=1)


def test_that_a_second_owner_ends_the_asking(type_at: Type, words: str) -> None:
    type_at("ana", "team", "roles", "Ben Ode", "--role", "ml-engineer", "--role", "owner")
    assert "recovery-key" not in type_at("ana", "status")


def test_that_an_owner_who_lost_all_machines_comes_back_with_the_words(
    type_at: Type, words: str, tmp_path: Path
) -> None:
    type_at("ana", "kpi", "add", "--name", "Time")
    type_at("ana", "sync")
    _get(type_at, tmp_path, "new", "Ana again")
    assert "not the words" in type_at(
        "new", "team", "recover", "--member", "Ana Lima", stdin=to_words(bytes(32)), code=1
    )
    said = type_at("new", "team", "recover", "--member", "Ana Lima", stdin=words)
    assert "This machine belongs to Ana Lima now." in said
    assert "Retired their machine" in said
    type_at("new", "kpi", "add", "--name", "Cost")
    type_at("new", "team", "roles", "Ben Ode", "--role", "data-engineer")
    type_at("new", "sync")
    type_at("ben", "sync")
    type_at("ana", "kpi", "add", "--name", "By the thief")
    type_at("ana", "sync")
    assert "its machine was retired" in type_at("ana", "kpi", "add", "--name", "Again", code=1)
    type_at("ben", "sync")
    for machine in ("ben", "new"):
        type_at(machine, "sync")
        assert {each["name"] for each in json.loads(type_at(machine, "kpi", "list", "--json"))} == {"Time", "Cost"}
    digests = {json.loads(type_at(machine, "status", "--json"))["digest"] for machine in ("ana", "ben", "new")}
    assert len(digests) == 1
    assert "belongs to a member already" in type_at(
        "new", "team", "recover", "--member", "Ana Lima", stdin=words, code=1
    )
    rows = json.loads(type_at("ben", "team", "device", "list", "--json"))
    assert sorted(each["state"]["word"] for each in rows) == ["In use", "In use", "Retired"]


def test_that_another_member_is_made_owner_and_the_words_are_replaced(type_at: Type, words: str) -> None:
    said = json.loads(type_at("ben", "team", "recover", "--owner", "Ben Ode", "--new-words", "--json", stdin=words))
    assert said["done"] == ["Ben Ode is an owner now."]
    assert said["words"] != words
    assert keys.from_seed(from_words(said["words"])).device
    type_at("ben", "kpi", "add", "--name", "Cost", "--as", "ml-engineer")
    assert "replaced" in type_at("ben", "team", "recover", "--owner", "Ben Ode", stdin=words, code=1)
    type_at("ben", "team", "recover", "--owner", "Ben Ode", stdin=said["words"])
    assert json.loads(type_at("ben", "verify", "--json"))["sound"] is True


def test_that_recovering_says_what(type_at: Type, words: str) -> None:
    assert "Say what to recover" in type_at("ben", "team", "recover", stdin=words, code=1)

"""The commands about the team copy, in their words, answers and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlops_desk.cli.main import run
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.sync import credentials
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.project import load
from tests.sync.conftest import by_hand

EVA = ["--member", "Eva Roth <eva@example.org>", "--role", "domain-expert"]


@pytest.fixture
def team_folder(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Send the project to a team copy."""
    place = tmp_path / "team.git"
    place.mkdir()
    assert run(["sync", "--remote", str(place), "--project", str(folder)]) == 0
    assert capsys.readouterr().out == "Sent: 1 entry.\nUp to date, just now.\n"
    return place


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_that_sync_without_a_team_copy_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "--project", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "No team copy yet, 1 kept here." in printed
    assert "sync --remote URL" in printed
    assert run(["team", "invite", "--project", str(folder)]) == 1
    assert "no team copy yet" in capsys.readouterr().err


def test_that_the_whole_way_from_invitation_to_admission_works(
    folder: Path, team_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, home = ["--project", str(folder)], tmp_path / "home"
    assert run(["team", "invite", *here, "--json"]) == 0
    invitation = document(capsys)
    assert invitation["words"] == fingerprint(load(folder).id)
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva-home"))
    assert run(["get", str(invitation["link"]), str(tmp_path / "eva"), *EVA, "--message", "Hello"]) == 0
    printed = capsys.readouterr().out
    assert "Sent: 1 entry." in printed
    monkeypatch.setenv("MLOPS_DESK_HOME", str(home))
    assert run(["sync", *here, "--look"]) == 0
    assert capsys.readouterr().out == "1 to receive.\n"
    assert run(["sync", *here]) == 0
    assert "Received: 1 of Eva Roth." in capsys.readouterr().out
    assert run(["team", "requests", *here, "--json"]) == 0
    [request] = json.loads(capsys.readouterr().out)
    assert request["words"] in printed, "both see the same eight words"
    assert run(["team", "admit", *here, request["id"], "--role", "domain-expert"]) == 0
    assert request["words"] in capsys.readouterr().out
    assert run(["sync", *here]) == 0
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva-home"))
    there = ["--project", str(tmp_path / "eva")]
    assert run(["sync", *there, "--json"]) == 0
    assert run(["kpi", "add", *there, "--name", "Time"]) == 0
    assert run(["sync", *there, "--json"]) == 0
    assert run(["verify", *there]) == 0


def test_that_a_plain_address_shows_the_words_of_the_project(
    folder: Path, team_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva-home"))
    assert run(["get", str(team_folder), str(tmp_path / "eva"), *EVA]) == 0
    assert fingerprint(load(folder).id) in capsys.readouterr().out


@pytest.mark.parametrize("as_link", [True, False])
def test_that_a_swapped_project_is_refused_and_leaves_nothing(
    folder: Path, team_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, as_link: bool
) -> None:
    target, other = tmp_path / "eva", "A" * 43
    words = [Invitation(str(team_folder), other).link] if as_link else [str(team_folder)]
    more = [] if as_link else ["--project", other]
    assert run(["get", *words, str(target), *EVA, *more]) == 1
    assert "not the project you were invited to" in capsys.readouterr().err
    assert not target.exists()


def test_that_a_marker_without_its_first_entry_is_no_project(
    folder: Path, team_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "x"
    by_hand(tmp_path, "clone", "-q", str(team_folder), str(other))
    marker = (other / "desk.toml").read_text().replace(load(folder).id, "A" * 43)
    (other / "desk.toml").write_text(marker)
    by_hand(other, "commit", "-qam", "swap")
    by_hand(other, "push", "-q")
    assert run(["get", str(team_folder), str(tmp_path / "eva"), *EVA, "--project", "A" * 43]) == 1
    assert "no MLOps Desk project" in capsys.readouterr().err
    assert not (tmp_path / "eva").exists()


def test_that_get_wants_an_empty_folder_and_a_name(
    folder: Path, team_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["get", str(team_folder), str(folder), *EVA]) == 1
    assert "not empty" in capsys.readouterr().err
    assert (folder / "desk.toml").exists()
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eva-home"))
    assert run(["get", str(team_folder), str(tmp_path / "eva")]) == 1
    assert "--member" in capsys.readouterr().err
    assert run(["get", str(tmp_path / "nowhere"), str(tmp_path / "eva"), *EVA]) == 1
    assert "cannot be reached" in capsys.readouterr().err
    assert not (tmp_path / "eva").exists()


def test_that_trust_is_given_by_a_word(folder: Path, team_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand(folder, "config", "--local", "alias.st", "status")
    assert run(["sync", "--project", str(folder), "--json"]) == 1
    error = document(capsys)["error"]
    assert isinstance(error, dict)
    assert error["code"] == "SYNC-103"
    assert run(["sync", "--project", str(folder), "--trust-configuration", "--json"]) == 0
    assert document(capsys)["state"] == "same"


def test_that_a_file_in_the_way_is_named(
    folder: Path, team_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "x"
    by_hand(tmp_path, "clone", "-q", str(team_folder), str(other))
    (other / "README.md").write_text("theirs\n")
    by_hand(other, "add", ".")
    by_hand(other, "commit", "-qm", "readme")
    by_hand(other, "push", "-q")
    (folder / "README.md").write_text("mine\n")
    assert run(["sync", "--project", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert "because of your files: README.md" in printed
    assert "1 needs your choice." in printed


def test_that_a_token_is_asked_for_and_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "s3cret-token")
    assert run(["keys", "token", "Git.example.org"]) == 0
    assert "s3cret" not in capsys.readouterr().out
    assert "s3cret-token" in credentials.answer("get", "protocol=https\nhost=git.example.org\n")

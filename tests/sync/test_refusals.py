"""What git's complaint about the other side means: a wire that is cut, a closed door, or a refusal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.kernel.errors import DeskError
from mlops_desk.sync import git
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.team_copy import TeamCopy
from tests.sync.conftest import sync


def test_that_offline_is_a_state(sent: Workspace, team_folder: Path, tmp_path: Path) -> None:
    team_folder.rename(tmp_path / "unplugged")
    sent.do(RULES.act("kpi.add", name="Time"))
    state = sync(sent).state
    assert (state.code, state.text) == ("offline", "Offline, 1 kept here")
    (tmp_path / "unplugged").rename(team_folder)
    assert sync(sent).sent == 1


@pytest.mark.parametrize("name", ["401", "permission denied", "it's 403", "returned error: 401"])
def test_that_the_name_of_a_folder_is_no_answer_of_the_other_side(desk: Workspace, tmp_path: Path, name: str) -> None:
    team_folder = tmp_path / name
    team_folder.mkdir()
    TeamCopy(desk).settle_at(str(team_folder))
    sync(desk)
    shutil.rmtree(team_folder)
    assert sync(desk).state.code == "offline"


@pytest.mark.parametrize(
    ("complaint", "code"),
    [
        ("fatal: unable to access 'https://h.example/x.git/': The requested URL returned error: 403", "SYNC-131"),
        ("fatal: could not read Username for 'https://h.example': terminal prompts disabled", "SYNC-131"),
        ("git@h.example: Permission denied (publickey).\nfatal: Could not read from remote repository.", "SYNC-131"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "SYNC-131"),
        ("fatal: unable to access 'https://h.example/x.git/': The requested URL returned error: 500", "SYNC-132"),
    ],
)
def test_that_a_refusal_is_told_from_a_wire_that_is_cut(
    sent: Workspace, monkeypatch: pytest.MonkeyPatch, complaint: str, code: str
) -> None:
    real = git.Git.run

    def run(self: git.Git, *words: str, **more: Any) -> bytes:
        if words[0] == "fetch":
            raise git.GitError(sent.project.folder, complaint)
        return real(self, *words, **more)

    monkeypatch.setattr(git.Git, "run", run)
    with pytest.raises(DeskError) as caught:
        sync(sent)
    assert caught.value.code == code

"""What the tests of the exchange share: folders that are repositories, a team copy, and a file that must not appear."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.outlook import Synced
from mlops_desk.workspace.team_copy import TeamCopy

WHO = {"GIT_AUTHOR_NAME": "Someone", "GIT_AUTHOR_EMAIL": "s@example.org"}
COMMITTER = {"GIT_COMMITTER_NAME": "Someone", "GIT_COMMITTER_EMAIL": "s@example.org"}


def by_hand(folder: Path, *words: str) -> str:
    """Run git as a person would, with nothing of ours."""
    plain = {**os.environ, **WHO, **COMMITTER, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    line = ["git", "-c", "init.defaultBranch=main", *words]
    done = subprocess.run(line, cwd=folder, env=plain, capture_output=True, text=True, check=True)
    return done.stdout


def sync(desk: Workspace) -> Synced:
    return TeamCopy(desk).sync(silent, Stop())


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Name a file that appears only if something planted was run."""
    return tmp_path / "canary"


@pytest.fixture
def team_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "team.git"
    folder.mkdir()
    return folder


@pytest.fixture
def sent(desk: Workspace, team_folder: Path) -> Workspace:
    """Open a project that has a team copy, and has sent what it holds."""
    TeamCopy(desk).settle_at(str(team_folder))
    assert sync(desk).state.code == "same"
    return desk

"""A team of three on one machine: every role is held, and nobody holds all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlops_desk.areas.team.member import Admit
from mlops_desk.cli.main import run
from mlops_desk.kernel.changes import Changes
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.intake import Intake

Say = Callable[..., str]
ROLES = {
    "Ana": ("data-scientist", "ai-architect", "software-engineer"),
    "Ben": ("ml-engineer", "data-engineer", "domain-expert"),
    "Mira": ("ai-ethics", "product-designer"),
}


class Team:
    """The desks of the members; each sees what the others did when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._desks = {name: Workspace(folder, me=name) for name in ROLES}

    def __getitem__(self, name: str) -> Workspace:
        desk = self._desks[name]
        desk.refresh()
        return desk

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Keep the desks from hearing of each other."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Intake, "refresh", lambda _intake: Changes())
            yield

    def close(self) -> None:
        for desk in self._desks.values():
            desk.close()


@pytest.fixture
def team(home: Path, tmp_path: Path) -> Iterator[Team]:
    ana = Founder.parse("Ana", ROLES["Ana"])
    made = found(tmp_path / "team", "Loan risk", "", ana, is_sample=True)
    for name in ("Ben", "Mira"):
        join(made, Founder.parse(name, ROLES[name]))
    with Workspace(made.folder, me="Ana") as desk:
        for name in ("Ben", "Mira"):
            desk.do(Admit(request=name))
    opened = Team(made.folder)
    yield opened
    opened.close()


@pytest.fixture
def say(team: Team, capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command in the folder of the team as one of its members; returns what it answers."""

    def typed(who: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run([*words, "--project", str(team.folder), "--me", who]) == code, capsys.readouterr().err
        found = capsys.readouterr()
        return found.out if code == 0 else found.err

    return typed

"""A second member for tests of the window: Ben, with a machine of his own, over one team copy in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desk.areas.team.member import Admit
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import silent
from mlops_desk.kernel.settings import HOME_VARIABLE
from mlops_desk.workspace import Founder, Workspace
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.joining import get
from mlops_desk.workspace.project import load
from mlops_desk.workspace.team_copy import TeamCopy
from tests.sync.conftest import by_hand

if TYPE_CHECKING:
    from mlops_desk.kernel.act import Act

BEN = "Ben Ode <ben@example.org>"


def sync(desk: Workspace) -> None:
    TeamCopy(desk).sync(silent, Stop())


def held_by(copy: Path) -> int:
    """Return how many entries a team copy holds."""
    names = by_hand(copy, "ls-tree", "-r", "--name-only", "HEAD", "journals").split()
    return sum(by_hand(copy, "show", f"HEAD:{each}").count("\n") for each in names)


@contextmanager
def home_of(folder: Path) -> Iterator[None]:
    """Be on another machine; nothing of the window may be at work meanwhile."""
    before = os.environ.get(HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(HOME_VARIABLE)
        if before is not None:
            os.environ[HOME_VARIABLE] = before


class Team:
    """Ana's project with its team copy, and Ben, who asked to join."""

    def __init__(self, base: Path) -> None:
        self.project, self.copy, self._home, self._folder = (
            base / each for each in ("loan", "team.git", "ben-home", "ben")
        )

    @property
    def id(self) -> str:
        """The id of the project."""
        return load(self.project).id

    def begin(self) -> None:
        """Let Ana make an empty folder the team copy."""
        self.copy.mkdir()
        with Workspace(self.project) as ana:
            TeamCopy(ana).settle_at(str(self.copy))
            sync(ana)

    def join(self) -> str:
        """Let Ben ask to join; returns his device."""
        person = Founder.parse(BEN, ["ml-engineer"])
        with home_of(self._home):
            return get(Invitation(str(self.copy), self.id), self._folder, person, "", silent, Stop()).device

    def admit(self) -> None:
        """Let Ana admit him, and both exchange."""
        with Workspace(self.project) as ana:
            sync(ana)
            ana.do(Admit(request="Ben Ode"))
            sync(ana)
        with self.at_ben():
            pass

    @contextmanager
    def at_ben(self) -> Iterator[Workspace]:
        """Be Ben; what he did is sent in the end."""
        with home_of(self._home), Workspace(self._folder) as ben:
            sync(ben)
            yield ben
            sync(ben)

    def ben(self, *acts: Act) -> None:
        """Let Ben act and send it."""
        with self.at_ben() as ben:
            for act in acts:
                ben.do(act)

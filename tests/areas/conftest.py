"""A team of three on one machine: every role is held, and nobody holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlops_desk.areas.team.member import Admit
from mlops_desk.kernel.changes import Changes
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.intake import Intake

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

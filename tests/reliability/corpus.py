"""A folder full of traps, each by itself: the desk opens, verifies and syncs, and no canary is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace import project as projects
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.team_copy import TeamCopy
from tests.reliability.amount import Amount, Figures
from tests.reliability.hostile import MARKERS, SECRET, Plant, items


def run(amount: Amount) -> Figures:
    """Meet every item in a folder of its own; of a share of the suite, ``number`` 0, every twentieth."""
    chosen = list(items())
    chosen = chosen if amount.number else chosen[::20]
    figures: Figures = {"items": len(chosen) + len(MARKERS), "refused": 0, "canary hits": 0, "rows changed": 0}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        base = Path(name)
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        (base / "team.git").mkdir()
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            TeamCopy(desk).settle_at(str(base / "team.git"))
            TeamCopy(desk).sync(silent, Stop())
        shutil.copytree(base, base.parent / f"{base.name}-whole", symlinks=True)
        try:
            _meet_all(base, chosen, figures)
        finally:
            shutil.rmtree(base.parent / f"{base.name}-whole")
    assert figures["canary hits"] == figures["rows changed"] == 0, figures
    return figures


def _meet_all(base: Path, chosen: Iterable[tuple[str, Plant]], figures: Figures) -> None:
    for number, (_name, plant) in enumerate(chosen):
        _whole_again(base)
        canary = base / f"canary-{number}" / "touched"
        canary.parent.mkdir()
        canary.with_name("secret").write_text(SECRET)
        os.utime(canary.with_name("secret"), (1, 2**31))  # read once, it is no longer as long ago as this
        project = projects.load(base / "p")
        plant(project, canary)
        figures["refused"] += _live_with(project, f"K{number}", figures)
        figures["canary hits"] += canary.exists() or (project.folder / SECRET).exists()
        figures["canary hits"] += canary.with_name("secret").stat().st_atime != 1
    for content in MARKERS:
        _whole_again(base)
        (base / "p" / "desk.toml").write_bytes(content)
        with pytest.raises(DeskError):
            Workspace(base / "p")
        figures["refused"] += 1


def _live_with(project: Project, name: str, figures: Figures) -> bool:
    """Open the project, look, act and sync; tell whether the exchange was refused in a sentence."""
    with Workspace(project.folder) as desk:
        desk.do(RULES.act("kpi.add", name=name))
        kept = desk.digest()
        desk.verify()
        desk.findings()
        try:
            TeamCopy(desk).sync(silent, Stop())
        except DeskError:
            return True
        finally:
            figures["rows changed"] += desk.digest() != kept
    return False


def _whole_again(base: Path) -> None:
    for part in ("p", "team.git"):
        shutil.rmtree(base / part)
        shutil.copytree(base.parent / f"{base.name}-whole" / part, base / part, symlinks=True)

"""Who sits at the desk: asked on a worker, known to every page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace


@dataclass(frozen=True)
class Who:
    """Who sits at the desk, in which project, and how far the trail can be trusted.

    ``asks_as`` is the name of somebody who is no member yet and asked to join, ``words`` the eight of their machine.
    """

    project: str
    folder: Path
    project_id: str = ""
    purpose: str = ""
    name: str = ""
    member: str = ""
    device: str = ""
    roles: tuple[str, ...] = ()
    acting: str = ""
    is_sample: bool = False
    seats: tuple[str, ...] = ()
    asks_as: str = ""
    words: str = ""
    grave: int = 0
    notes: int = 0


def _seats(workspace: Workspace) -> tuple[str, ...]:
    """Return, in a sample, the members whose keys are on this machine."""
    from mlops_desk.areas.team.member import Member

    if not workspace.project.is_sample:
        return ()
    own = set(workspace.project.own_devices())
    return tuple(each.name for each in workspace.ask(_members, Member) if own & set(each.devices))


def _members(rows: Any, member: Any) -> list[Any]:
    return list(rows.find(member, order="name"))


def who_is(workspace: Workspace, progress: Progress, stop: Stop) -> Who:  # noqa: ARG001 - a task's signature
    """Return who sits at a workspace; runs on a worker."""
    from mlops_desk.areas.team.queries import project
    from mlops_desk.gui.team_work import asks_as
    from mlops_desk.kernel.fingerprint import fingerprint

    about = workspace.ask(project)
    findings = workspace.findings()
    grave = sum(each.grave for each in findings)
    member = workspace.member
    waiting = workspace.ask(asks_as, workspace.device) if member is None and workspace.device else ""
    return Who(
        project=about.name,
        folder=workspace.project.folder,
        project_id=workspace.project.id,
        purpose=about.purpose,
        name=member.name if member else "",
        member=member.id if member else "",
        device=workspace.device,
        roles=workspace.roles,
        acting=workspace.acting,
        is_sample=workspace.project.is_sample,
        seats=_seats(workspace),
        asks_as=waiting,
        words=fingerprint(workspace.device) if waiting else "",
        grave=grave,
        notes=len(findings) - grave,
    )

"""What the window does with objects that the shared folder does not take, as plain functions for workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.lying import Lying

Way = Literal["send", "fetch"]
WAYS: dict[Way, str] = {"send": _("Send"), "fetch": _("Fetch")}


@dataclass(frozen=True)
class ObjectLine:
    """One object for the table: ``way`` is how it can be carried from or to here, ``do`` that in words."""

    id: str
    name: str
    size_kb: int | None
    state: State
    do: str
    leave: str
    member: str
    way: Way | None
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Lain:
    """Where the objects lie, and the place for them on this machine."""

    lines: tuple[ObjectLine, ...]
    place: str


@dataclass(frozen=True)
class Carried:
    """What became of objects: a sentence, and the reasons for those that are not where they should be."""

    said: str
    reasons: tuple[str, ...]


def lying(workspace: Workspace, number: int, progress: Progress, stop: Stop) -> tuple[int, Lain]:  # noqa: ARG001
    """Return where every object lies that the records name, with the number it was asked under."""
    from mlops_desk.workspace.elsewhere import Elsewhere

    elsewhere = Elsewhere.of(workspace)
    return number, Lain(
        tuple(_line(each, has_place=bool(elsewhere.place)) for each in elsewhere.lying()), elsewhere.place
    )


def _line(about: Lying, *, has_place: bool) -> ObjectLine:
    is_had = about.is_here or about.is_shared
    way: Way | None = None
    if has_place and about.at_remote and not is_had:
        way = "fetch"
    elif has_place and about.at_remote is False and about.is_here and not about.is_shared and not about.missing:
        way = "send"
    details = (
        Detail(_("Where"), about.state),
        Detail(_("May leave"), about.leave),
        Detail(_("Recorded by"), about.member),
        Detail(_("Made of"), about.dataset),
        Detail(_("sha256"), about.digest, "code"),
    )
    size_kb = None if about.size_bytes is None else -(-about.size_bytes // 1000)
    do = WAYS[way] if way else ""
    return ObjectLine(about.digest, about.title, size_kb, about.state, do, about.leave, about.member, way, details)


def carry(workspace: Workspace, what: tuple[Way, Sequence[str]], progress: Progress, stop: Stop) -> Carried:
    """Send or fetch objects: all, or what subjects name."""
    from mlops_desk.workspace.carried import FETCHED, SENT, reasons
    from mlops_desk.workspace.elsewhere import Elsewhere

    way, subjects = what
    elsewhere = Elsewhere.of(workspace)
    outcomes = (elsewhere.send if way == "send" else elsewhere.fetch)(subjects, progress, stop)
    return Carried((SENT if way == "send" else FETCHED).of(outcomes), tuple(reasons(outcomes)))


def place(workspace: Workspace, progress: Progress, stop: Stop) -> str:  # noqa: ARG001 - a task's signature
    """Return the place for objects on this machine."""
    from mlops_desk.workspace.elsewhere import Elsewhere

    return Elsewhere.of(workspace).place


def settle(workspace: Workspace, typed: str, progress: Progress, stop: Stop) -> str:  # noqa: ARG001
    """Make a folder the place for objects on this machine; with nothing typed there is none any more."""
    from mlops_desk.workspace.elsewhere import Elsewhere

    elsewhere = Elsewhere.of(workspace)
    if typed:
        return elsewhere.settle_at(typed)
    elsewhere.forget()
    return ""

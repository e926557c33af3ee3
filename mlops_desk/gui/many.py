"""Many acts as one step: done one after the other, told together, and taken back together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.gui.undo import Step
    from mlops_desk.workspace import Workspace


@dataclass(frozen=True)
class Group:
    """Steps back that are taken together; ``words`` say what they take back."""

    steps: tuple[Step, ...]
    words: str


@dataclass(frozen=True)
class Told:
    """What came of many acts: the changes, the way back from all that was done, and why some were refused."""

    changes: Changes
    group: Group | None
    refusals: tuple[DeskError, ...] = ()
    asks_to_send: bool = False


def do_all(
    workspace: Workspace, acts: Sequence[Act], steps: Sequence[Step], words: str, progress: Progress, stop: Stop
) -> Told:
    """Do acts on the lane, or those of ``steps`` of which nothing was touched since; who stops it keeps what is done.

    Raises:
        DeskError: every one of them was refused.
        Cancelled: it was stopped before the first one.
    """
    from mlops_desk.gui.deeds import act_on
    from mlops_desk.workspace.signed_here import wants_to_be_sent

    back: list[Step] = []
    refusals: list[DeskError] = []
    wanted = [(each, None) for each in acts] + [(each.act, each) for each in steps]
    changes, asks_to_send = Changes(), False
    for number, (act, step) in enumerate(wanted):
        progress(words, number, len(wanted))
        if stop.wished:
            refusals += [_stopped()] * (len(wanted) - number)
            break
        try:
            found, way = act_on(workspace, act, step, progress, Stop())
        except DeskError as error:
            refusals.append(error)
            continue
        changes |= found
        back += [way] if way is not None else []
        asks_to_send = asks_to_send or wants_to_be_sent(workspace, act, found)
    if len(refusals) == len(wanted):
        raise refusals[0]
    unpublished = workspace.publish()
    said = f"{_said(len(wanted), len(refusals))} {unpublished or ''}".strip()
    group = Group(tuple(replace(each, words=words) for each in reversed(back)), words) if back else None
    return Told(changes | Changes(said=said), group, tuple(refusals), asks_to_send)


def _said(many: int, refused: int) -> str:
    if not refused:
        return plural("{n} row is changed.", "{n} rows are changed.", many)
    return _("{n} of {total} rows are changed, the others stay as they are.", n=many - refused, total=many)


def _stopped() -> DeskError:
    return Cancelled(_("Stopped."), _("What was done until then stays."), code="TASK-102")

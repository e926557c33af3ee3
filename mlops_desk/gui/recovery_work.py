"""What the window does about loss, as plain functions for workers: the recovery key, and the key of this machine.

The 24 words go from the secret store to the sheet that shows them and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace

LETTERS_COMPARED = 4  # the first four letters of a word of the list are enough


@dataclass(frozen=True, repr=False)
class Wish:
    """What to recover with the 24 words: this machine for ``member``, ``owner`` as an owner, or new words."""

    words: str
    member: str = ""
    keeps_others: bool = False
    owner: str = ""
    new_words: bool = False


def asks_for_paper(workspace: Workspace, progress: Progress, stop: Stop) -> bool:  # noqa: ARG001 - a task's signature
    """Tell whether the project hangs on this machine, because its words are not on paper."""
    from mlops_desk.workspace.recovery import is_unsaved

    return is_unsaved(workspace)


def words(workspace: Workspace, progress: Progress, stop: Stop) -> str:  # noqa: ARG001 - a task's signature
    """Return the 24 words, empty if they do not lie on this machine."""
    from mlops_desk.workspace.recovery import unsaved_words

    return unsaved_words(workspace)


def save(workspace: Workspace, typed: dict[int, str], progress: Progress, stop: Stop) -> None:  # noqa: ARG001
    """Forget the words on this machine once some of them, by their number from 1, were read from the paper.

    Raises:
        DeskError: one of them is another.
    """
    from mlops_desk.workspace.recovery import forget, unsaved_words

    kept = unsaved_words(workspace)
    known = kept.split()
    for number, word in typed.items():
        given = word.strip().casefold()
        if len(given) < LETTERS_COMPARED or not known[number - 1].startswith(given):
            raise DeskError(
                _("Word {n} is another one.", n=number),
                _("Nothing was changed. Look at the paper; “Show the words again” shows them."),
                code="KEY-128",
            )
    forget(workspace, kept)


def members(rows: Rows) -> list[tuple[str, str]]:
    """Return id and name of the members whom something can be recovered for."""
    from mlops_desk.areas.team.member import Member

    return [(each.id, each.name) for each in rows.find(Member, "active", order="name")]


def recover(workspace: Workspace, wish: Wish, progress: Progress, stop: Stop) -> list[str]:  # noqa: ARG001
    """Do with the 24 words what was wished; returns what was done, in sentences."""
    from mlops_desk.workspace.recovery import Recovery

    recovery = Recovery(workspace, wish.words)
    if wish.member:
        return recovery.take_this_machine(wish.member, keeps_others=wish.keeps_others)
    if wish.owner:
        return recovery.make_owner(wish.owner)
    recovery.replace()
    return [_("The recovery key was replaced; the old words are worth nothing from now on.")]


def renew(workspace: Workspace, progress: Progress, stop: Stop) -> None:  # noqa: ARG001 - a task's signature
    """Give this machine a new key, with which it asks to be admitted."""
    from mlops_desk.workspace.joining import renew

    renew(workspace)


def move(workspace: Workspace, progress: Progress, stop: Stop) -> None:  # noqa: ARG001 - a task's signature
    """Go on with the key in this place."""
    from mlops_desk.workspace import machine

    machine.move(workspace.project, workspace.device)

"""What a person does in the window: an act, its answer, and the way back from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from mlops_desk.gui.many import Group, Told, do_all
from mlops_desk.gui.turns import Then, held, tell
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.secrets import SEALED_CODE
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.undo import Step, Steps
    from mlops_desk.workspace import Workspace

Kind = Literal["act", "back", "again"]


@dataclass(frozen=True)
class Done:
    """The answer to an act: what changed, how to take it back, and whether the others wait to see it."""

    changes: Changes
    step: Step | None
    asks_to_send: bool = False


class Deeds(QObject):
    """Does acts, takes them back, does them again. ``moved`` tells that another step is the next one."""

    moved = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._steps: Steps | None = None

    @property
    def steps(self) -> Steps:
        """What can be taken back and done again in this project."""
        from mlops_desk.gui.undo import Steps

        self._steps = self._steps or Steps()
        return self._steps

    def forget(self) -> None:
        """Begin anew: another project is open."""
        self._steps = None
        self.moved.emit()

    def do(self, act: Act, then: Then | None = None, failed: Then | None = None) -> int:
        """Do an act."""
        reply = _Reply(self._desk, self, "act", "", then, failed)
        return self._begin(act, None, reply, act.told().splitlines()[0].rstrip("."))

    def do_all(self, acts: Sequence[Act], words: str, then: Then, failed: Then) -> int:
        """Do many acts as one step; what came of them goes to ``then``, to ``failed`` only if all were refused."""
        reply = _ReplyToMany(self._desk, self, "act", "", then, failed)
        return self._begin_all(acts, (), reply, words)

    def save_file(self, file: Path, content: bytes) -> None:
        """Write a file at a place that the person chose."""
        work, title = partial(_write, file, content), _("Writing {file}", file=file.name)
        self._desk.tasks.run(work, then=self._saved, failed=self._desk.refuse, title=title)

    @Slot(object)
    def _saved(self, words: str) -> None:
        self._desk.said.emit(words, False)

    @Slot()
    def undo(self) -> None:
        """Take the last act back."""
        if self.steps.back:
            self._take("back", self.steps.back.pop(), _("Taken back: {words}."))

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.steps.again:
            self._take("again", self.steps.again.pop(), _("Done again: {words}."))

    def _take(self, kind: Kind, step: Step | Group, said: str) -> None:
        self.moved.emit()
        words = said.format(words=step.words)
        if isinstance(step, Group):
            self._begin_all((), step.steps, _ReplyToMany(self._desk, self, kind, words, None, None), step.words)
            return
        self._begin(step.act, step, _Reply(self._desk, self, kind, words, None, None), words)

    def _begin(self, act: Act, step: Step | None, reply: _Reply, title: str) -> int:
        done, refused = partial(_Reply.done, reply), partial(_Reply.refused, reply)
        return self._desk.work(_do, act, step, then=done, failed=refused, title=title)

    def _begin_all(self, acts: Sequence[Act], steps: Sequence[Step], reply: _ReplyToMany, words: str) -> int:
        done, refused = partial(_ReplyToMany.told, reply), partial(_Reply.refused, reply)
        return self._desk.work(do_all, tuple(acts), tuple(steps), words, then=done, failed=refused, title=words)

    def note(self, kind: Kind, step: Step | Group | None) -> None:
        """Keep the way back from what was done."""
        if step is not None:
            if kind == "back":
                self.steps.again.append(step)
            elif kind == "again":
                self.steps.back.append(step)
            else:
                self.steps.done(step)
        self.moved.emit()


def _write(file: Path, content: bytes, _progress: Progress, _stop: Stop) -> str:
    """Write a file, whole or not at all, and return the words that say so."""
    from mlops_desk.journal.files import not_saved, write_whole

    try:
        write_whole(file, content)
    except OSError as error:
        raise not_saved(error) from error
    return _("{file} is written.", file=file)


class _Reply:
    """What to do with the answer to one act; held by the task until then."""

    def __init__(self, desk: Desk, deeds: Deeds, kind: Kind, said: str, then: Then | None, failed: Then | None) -> None:
        self._desk, self._deeds, self._kind, self._said = desk, deeds, kind, said
        self._then, self._failed = held(then), held(failed)

    def done(self, found: Done) -> None:
        tell(self._then(), found.changes)
        self._tell(found.changes, found.step, asks_to_send=found.asks_to_send)

    def _tell(self, changes: Changes, step: Step | Group | None, *, asks_to_send: bool) -> None:
        """Say what was done, with the way back, and let everybody know."""
        said = self._said or changes.said or (_("Done.") if changes.line else _("Nothing to change."))
        self._deeds.note(self._kind, step)
        self._desk.said.emit(said, step is not None and self._kind == "act")
        self._desk.tell(changes)
        if asks_to_send:
            self._desk.link.ask_to_send(said)

    def refused(self, error: BaseException) -> None:
        if isinstance(error, DeskError) and error.code == SEALED_CODE:
            self._desk.key_wanted.emit()
        failed = self._failed()
        if failed is None or not isinstance(error, DeskError):
            self._desk.refuse(error)
        tell(failed, error)


class _ReplyToMany(_Reply):
    """What to do with the answer to many acts."""

    def told(self, found: Told) -> None:
        if found.refusals and self._said:
            self._said = f"{self._said} {found.changes.said}"
        tell(self._then(), found)
        self._tell(found.changes, found.group, asks_to_send=found.asks_to_send)


def _do(workspace: Workspace, act: Act, step: Step | None, progress: Progress, stop: Stop) -> Done:
    """Do an act on the lane, or the act of a step if nobody has touched what it takes back."""
    from mlops_desk.workspace.signed_here import wants_to_be_sent

    changes, back = act_on(workspace, act, step, progress, stop)
    if unpublished := workspace.publish():
        changes |= Changes(said=f"{changes.said} {unpublished}".strip())
    return Done(changes, back, wants_to_be_sent(workspace, act, changes))


def act_on(
    workspace: Workspace, act: Act, step: Step | None, progress: Progress, stop: Stop
) -> tuple[Changes, Step | None]:
    """Do an act, and return what changed and the way back from it."""
    from mlops_desk.gui import undo

    if step is not None:
        workspace.ask(step.check)
    was = workspace.ask(undo.before, act)
    changes = workspace.do(act, progress=progress, stop=stop)
    remade = step.remade if step is not None else None
    back = undo.Step(remade, step.words) if step and remade else undo.way_back(act, was, changes)
    back = replace(back, words=step.words) if back is not None and step is not None else back
    return changes, back

"""The desk: what a page is given to ask, act and go elsewhere; it has the door, a page has the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mlops_desk.gui import kept
from mlops_desk.gui.deeds import Deeds
from mlops_desk.gui.tasks import Tasks
from mlops_desk.gui.team_link import TeamLink
from mlops_desk.gui.turns import Then
from mlops_desk.gui.who import Who, who_is
from mlops_desk.kernel import settings
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.settings import WindowState
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Founder, Workspace

REFRESH_MS = 3000
Opened = tuple["Workspace", Who, WindowState]


def sample_folder() -> Path:
    """Return where the sample is made: beside the person's other things, where it is found again."""
    return Path.home() / "mlops-desk-sample"


@dataclass(frozen=True)
class Talk:
    """The wish to say something about a record: as an answer to a comment, and with what it begins."""

    noun: str
    id: str
    reply_to: str = ""
    text: str = ""


class Desk(QObject):
    """One window's way to its project. Every method returns at once; answers come to slots.

    ``on_its_way`` says what is being opened, as a title, until ``opened`` or ``closed``.
    """

    leaving = Signal()
    opening = Signal(str)
    opened = Signal()
    closed = Signal()
    who_changed = Signal()
    changed = Signal(object)
    failed = Signal(object)
    said = Signal(str, bool)
    place_wanted = Signal(str, str)
    record_wanted = Signal(str, str, object)
    peek_wanted = Signal(str, str)
    address_wanted = Signal(str)
    talk_wanted = Signal(object)
    form_wanted = Signal(object, object)
    inspector_wanted = Signal()
    inspector_entered = Signal()
    key_wanted = Signal()
    command_wanted = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.deeds = Deeds(self)
        self.link = TeamLink(self)
        self.who: Who | None = None
        self.left = WindowState()  # how the window of the project was left the last time
        self.on_its_way = ""
        self._workspace: Workspace | None = None
        self._is_refreshing = False
        self._day = today()
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    # --- the project -------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Tell whether a project is open."""
        return self._workspace is not None

    @property
    def acting(self) -> str:
        """The slug of the role in which the person acts."""
        return self.who.acting if self.who else ""

    def open(self, folder: Path, me: str = "") -> None:
        """Open the project of a folder in place of the one that is open."""
        self._begin(_("Opening the project"), _open, folder, me)

    def found(self, folder: Path, name: str, purpose: str, founder: Founder) -> None:
        """Found a project in a folder and open it."""
        self._begin(_("Founding the project"), _found, folder, (name, purpose, founder))

    def open_sample(self) -> None:
        """Open the sample; the first time it is lived through, which takes a while."""
        self._begin(_("Making the sample"), _sample)

    def sit_as(self, name: str) -> None:
        """In a sample: be another of the members whose keys are on this machine."""
        if self.who is not None and self.who.is_sample:
            self.open(self.who.folder, name)

    def _begin(self, title: str, work: Callable[..., Any], *values: Any) -> None:
        before = self._workspace
        wait = self.tasks.leave_wire()
        self.leaving.emit()
        self._forget()
        self.on_its_way = title
        self.opening.emit(title)
        started = partial(_after, wait, work, before, *values)
        self.tasks.run(started, then=self._opened, failed=self._not_opened, title=title, on_lane=True)

    @Slot(object)
    def _opened(self, found: tuple[Workspace, Who, WindowState]) -> None:
        self._workspace, self.who, self.left = found
        self.on_its_way = ""
        self._timer.start()
        self.who_changed.emit()  # before the pages are made, so that none of them asks twice
        self.opened.emit()

    @Slot(object)
    def _not_opened(self, error: BaseException) -> None:
        self.on_its_way = ""
        self.closed.emit()
        self.refuse(error)

    def leave(self) -> None:
        """Close the project and go back to the start."""
        workspace = self._workspace
        wait = self.tasks.leave_wire()
        self.leaving.emit()
        self._forget()
        self.closed.emit()
        if workspace is not None:
            self.tasks.run(partial(_after, wait, _close, workspace), on_lane=True)

    def _forget(self) -> None:
        self._workspace, self.who = None, None
        self._timer.stop()
        self._is_refreshing = False
        self.deeds.forget()
        self.link.forget()
        self.tasks.forget_questions()

    def close(self) -> None:
        """Give everything back; the loop of the program has ended."""
        workspace = self._workspace
        self._timer.stop()
        self._workspace = None
        self.tasks.close(workspace.close if workspace is not None else None)

    # --- ask and do ----------------------------------------------------------------------

    def ask(
        self, query: Callable[..., Any], *values: Any, then: Then, failed: Then | None = None, title: str = ""
    ) -> int:
        """Ask a plain query function, on a worker; one with a title is a task, and is given progress and stop first."""
        if self._workspace is None:
            return 0
        work = partial(_tell if title else _ask, self._workspace, query, values)
        return self.tasks.run(work, then=then, failed=failed or self.refuse, title=title)

    def work(
        self,
        task: Callable[..., Any],
        *values: Any,
        then: Then,
        failed: Then | None = None,
        title: str = "",
        on_wire: bool = False,
    ) -> int:
        """Run a plain function of the workspace on the lane or the wire; it is given workspace, values and progress."""
        if self._workspace is None:
            return 0
        work = partial(_on_workspace, self._workspace, task, values)
        ways = {"on_lane": not on_wire, "on_wire": on_wire}
        return self.tasks.run(work, then=then, failed=failed or self.refuse, title=title, **ways)

    def do(self, act: Act, then: Then | None = None, failed: Then | None = None) -> int:
        """Do an act; the changes come to ``then`` and to everybody, a refusal to ``failed`` or the banner."""
        return self.deeds.do(act, then, failed)

    def act_as(self, role: str) -> None:
        """Act in another role from now on."""
        self.work(_act_as, role, then=self._who_known)

    @Slot()
    def refresh(self) -> None:
        """Take in what others and other processes have written."""
        if self._workspace is None or self._is_refreshing or self.tasks.running:
            return
        self._is_refreshing = True
        self.work(_refresh, then=self._refreshed, failed=self._not_refreshed)

    @Slot(object)
    def _refreshed(self, changes: Changes) -> None:
        self._is_refreshing = False
        if changes.said:
            self.said.emit(changes.said, False)
        if changes or self._day != today():
            self._day = today()
            self.tell(changes)

    @Slot(object)
    def _not_refreshed(self, error: BaseException) -> None:
        self._is_refreshing = False
        if self._workspace is not None:
            self.refuse(error)

    def tell(self, changes: Changes) -> None:
        """Let every page know of changes; there is no other way by which news comes."""
        self.changed.emit(changes)
        if self._workspace is not None:
            work = partial(who_is, self._workspace)
            self.tasks.run(work, then=self._who_known, failed=self.refuse)

    @Slot(object)
    def _who_known(self, who: Who) -> None:
        if self._workspace is not None and who != self.who:
            self.who = who
            self.who_changed.emit()

    @Slot(object)
    def refuse(self, error: BaseException) -> None:
        """Say what could not be done, where it is not said in a form."""
        if isinstance(error, Cancelled):
            self.said.emit(error.sentence, False)
        elif isinstance(error, DeskError):
            self.failed.emit(error)
        else:
            self.tasks.crashed.emit(error)

    def keep_look(self, theme: str, density: str, zoom: int) -> None:
        """Remember the look of the window on this machine."""
        self.tasks.run(partial(kept.keep_look, theme, density, zoom), failed=self.refuse, on_lane=True)

    def keep_last_commands(self, names: Sequence[str]) -> None:
        """Remember on this machine which commands were run last, by their ids alone."""
        self.tasks.run(partial(kept.keep_last_commands, tuple(names)), failed=self.refuse, on_lane=True)

    def keep_keys(self, keys: Mapping[str, str]) -> None:
        """Remember on this machine the keys that a person gave to commands."""
        self.tasks.run(partial(kept.keep_keys, dict(keys)), failed=self.refuse, on_lane=True)

    def keep_window(self, state: WindowState) -> None:
        """Remember how the window of this project is left."""
        if self.who is not None:
            self.tasks.run(partial(kept.keep_window, self.who.project_id, state), failed=self.refuse, on_lane=True)

    # --- elsewhere ---------------------------------------------------------------------

    def go(self, place: str, tab: str = "") -> None:
        """Go to a page, and there to the tab of a noun."""
        self.place_wanted.emit(place, tab)

    def inspect(self, noun: str, id_: str, row: object = None) -> None:
        """Show a record in the inspector."""
        self.record_wanted.emit(noun, id_, row)

    def peek(self, noun: str, id_: str) -> None:
        """Show a record beside the page in front, without leaving it."""
        self.peek_wanted.emit(noun, id_)

    def follow(self, address: str) -> None:
        """Go where an address leads; one that leads nowhere here is refused with a sentence."""
        self.address_wanted.emit(address)

    def talk(self, wish: Talk) -> None:
        """Show a record in the inspector, with the field to say something about it ready."""
        self.talk_wanted.emit(wish)

    def fill_in(self, act: type[Act], values: Mapping[str, Any] | None = None) -> None:
        """Open the form of an act; ``values`` are filled in already."""
        self.form_wanted.emit(act, dict(values or {}))


# --- plain functions for workers: they are given no widget and no method of one --------------------


def _after(wait: Callable[[], object], work: Callable[..., Any], *values: Any) -> Any:
    """Do something once nothing meets the network any longer for the project that was open before."""
    wait()
    return work(*values)


def _open(before: Workspace | None, folder: Path, me: str, progress: Progress, stop: Stop) -> Opened:
    from mlops_desk.workspace import Workspace

    if before is not None:
        before.close()
    workspace = Workspace(folder, me=me)
    settings.note_opened(workspace.project.id, folder)
    return workspace, who_is(workspace, progress, stop), settings.project(workspace.project.id).window


def _found(
    before: Workspace | None, folder: Path, what: tuple[str, str, Founder], progress: Progress, stop: Stop
) -> Opened:
    from mlops_desk.workspace import found

    return _open(before, found(folder, *what).folder, "", progress, stop)


def _sample(before: Workspace | None, progress: Progress, stop: Stop) -> Opened:
    from mlops_desk.workspace import sample

    number, folder = 1, sample_folder()
    while folder.exists() and not sample.is_complete(folder):
        number, folder = number + 1, folder.with_name(f"{sample_folder().name}-{number + 1}")
    if not folder.exists():
        sample.live_the_cycle(folder, progress, stop)
    return _open(before, folder, "", progress, stop)


def _close(workspace: Workspace, progress: Progress, stop: Stop) -> None:  # noqa: ARG001
    workspace.close()


def _ask(workspace: Workspace, query: Callable[..., Any], values: tuple[Any, ...], *_told: Any) -> Any:
    return workspace.ask(query, *values)


def _tell(workspace: Workspace, query: Callable[..., Any], values: tuple[Any, ...], *told: Any) -> Any:
    return workspace.ask(query, *told, *values)


def _on_workspace(
    workspace: Workspace, task: Callable[..., Any], values: tuple[Any, ...], progress: Progress, stop: Stop
) -> Any:
    return task(workspace, *values, progress, stop)


def _act_as(workspace: Workspace, role: str, progress: Progress, stop: Stop) -> Who:
    workspace.act_as(role)
    return who_is(workspace, progress, stop)


def _refresh(workspace: Workspace, _progress: Progress, _stop: Stop) -> Changes:
    return workspace.refresh()

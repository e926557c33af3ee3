"""Work off the UI thread: a lane for acts, a wire to the team copy, a pool for questions, one home for all signals."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from mlops_desk.gui.turns import Then, held, tell, turns
from mlops_desk.kernel import clock
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

Work = Callable[[Progress, Stop], Any]

QUESTION_THREADS = 2
SHOWN_AFTER_S = 1.0
FORCED_AFTER_S = 10.0
ENDED_KEPT = 20
_TICK_MS = 250
_TOLD_EVERY_S = 0.05


@dataclass
class Task:
    """Work under way. ``title`` is empty for what is never shown, such as a page's question."""

    number: int
    title: str
    stop: Stop
    began: float = field(default_factory=time.monotonic)
    step: str = ""
    done: int = 0
    total: int = 0
    on_lane: bool = False
    on_wire: bool = False
    then: Callable[[], Then | None] = lambda: None
    failed: Callable[[], Then | None] = lambda: None

    @property
    def is_long(self) -> bool:
        """Tell whether it has run so long that people should see it."""
        return bool(self.title) and time.monotonic() - self.began >= SHOWN_AFTER_S

    @property
    def can_be_forced(self) -> bool:
        """Tell whether it was asked to stop long ago, and something harder can be offered."""
        return self.stop.waited_s >= FORCED_AFTER_S and not self.stop.is_forced


class Ended(NamedTuple):
    """How a task ended that people knew of: ``sentence`` says why one failed, or what became of one that was left."""

    title: str
    how: Literal["done", "cancelled", "failed", "left"]
    sentence: str
    at: datetime


class _Home(QObject):
    """Where the signals of all workers arrive; it lives as long as the program."""

    ended = Signal(int, object, object)
    told = Signal(int, str, int, int)


class Tasks(QObject):
    """Runs plain functions elsewhere and hands their answers to slots here.

    A worker is given a function and a number. Slots are held weakly: a page that was
    closed in the meantime is forgotten, and nothing of it can die on a worker.
    """

    changed = Signal()
    stepped = Signal(int)
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="lane")
        self._wire = ThreadPoolExecutor(1, thread_name_prefix="wire")
        self._pool = ThreadPoolExecutor(QUESTION_THREADS, thread_name_prefix="question")
        self._numbers = count(1)
        self._running: dict[int, Task] = {}
        self.ended: deque[Ended] = deque(maxlen=ENDED_KEPT)
        self._is_closed = False
        self.has_left = False  # whether a thread may still be at work whose answer nobody waits for
        self._home = _Home(self)
        self._home.ended.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._home.told.connect(self._told, Qt.ConnectionType.QueuedConnection)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.changed)

    def run(
        self,
        work: Work,
        *,
        then: Then | None = None,
        failed: Then | None = None,
        title: str = "",
        on_lane: bool = False,
        on_wire: bool = False,
    ) -> int:
        """Run a plain function on a worker and return the number of the task.

        ``on_lane`` tasks run one after the other in the order of asking, and so do ``on_wire`` tasks, which
        meet the network and hold up no act; the others run side by side. Once everything was closed nothing runs.
        """
        if self._is_closed:
            return 0
        ways: dict[str, Any] = {"on_lane": on_lane, "on_wire": on_wire, "then": held(then), "failed": held(failed)}
        task = Task(next(self._numbers), title, Stop(), **ways)
        self._running[task.number] = task
        if title:
            self._tick.start()
        if on_lane or on_wire:
            (self._lane if on_lane else self._wire).submit(_work, self._home, task.number, work, task.stop)
        else:
            # After the page: beside it, both would take twice as long.
            turns().soon(partial(self._begin_question, task, work))
        return task.number

    def _begin_question(self, task: Task, work: Work) -> None:
        if task.number in self._running:
            self._pool.submit(_work, self._home, task.number, work, task.stop)

    @property
    def running(self) -> list[Task]:
        """The tasks that people know of, the oldest first."""
        return [task for task in self._running.values() if task.title]

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is under way at all."""
        return not self._running

    def forget_questions(self) -> None:
        """Let nobody wait for the answers to questions any longer: the project they were about is gone."""
        self._running = {number: task for number, task in self._running.items() if task.on_lane}

    def leave_wire(self) -> Callable[[], object]:
        """Ask all that meets the network to stop; what is returned waits on a worker until it has."""
        for task in self._running.values():
            if task.on_wire:
                task.stop.set()
        return self._wire.submit(bool).result

    def step_of(self, number: int) -> tuple[str, int]:
        """Return in words and as a number the step that a task is at; nothing of one that is not under way."""
        task = self._running.get(number)
        return (task.step, task.done) if task is not None else ("", 0)

    def stop(self, number: int) -> None:
        """Ask a task to stop; what it has not recorded yet stays undone."""
        if number in self._running:
            self._running[number].stop.set()
            self.changed.emit()

    def force(self, number: int) -> None:
        """End a task that does not stop: kill its child process, or leave a question alone and forget its answer.

        An act that no child does is never left: others wait for it, and it may be about to write its entry. It ends by
        itself.
        """
        task = self._running.get(number)
        if task is None:
            return
        task.stop.force()
        if not task.stop.has_child and not task.on_lane and not task.on_wire:
            self._leave(task)
        self.changed.emit()

    def _leave(self, task: Task) -> None:
        """Forget a question that goes on: it keeps its thread, and the questions to come get another one."""
        del self._running[task.number]
        said = _("It goes on unseen until it ends by itself; its answer is not taken.")
        self.ended.append(Ended(task.title, "left", said, clock.now()))
        self.has_left = True
        self._pool.shutdown(wait=False)
        self._pool = ThreadPoolExecutor(QUESTION_THREADS, thread_name_prefix="question")

    def close(self, last: Callable[[], object] | None = None) -> None:
        """End all work; called when the loop of the program has ended, so it may wait."""
        for task in self._running.values():
            task.stop.set()
        self._is_closed = True
        self._tick.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._wire.shutdown(wait=True, cancel_futures=True)
        if last is not None:
            self._lane.submit(last)
        self._lane.shutdown(wait=True)
        self._running.clear()

    @Slot(int, object, object)
    def _ended(self, number: int, value: Any, error: BaseException | None) -> None:
        task = self._running.pop(number, None)
        if task is None:
            return
        self._note_end(task, error)
        if task.title:
            self.changed.emit()
        if not self.running:
            self._tick.stop()
        if error is None:
            tell(task.then(), value)
        elif (failed := task.failed()) is not None:
            tell(failed, error)
        else:
            self.crashed.emit(error)

    def _note_end(self, task: Task, error: BaseException | None) -> None:
        """Keep how a task ended that was long enough to be seen, or failed."""
        if error is None and task.is_long:
            self.ended.append(Ended(task.title, "done", "", clock.now()))
        elif isinstance(error, Cancelled) and task.title:
            self.ended.append(Ended(task.title, "cancelled", "", clock.now()))
        elif error is not None and task.title:
            said = (
                error.sentence if isinstance(error, DeskError) else _("It stopped because of a fault of this program.")
            )
            self.ended.append(Ended(task.title, "failed", said, clock.now()))

    @Slot()
    def forget_ended(self) -> None:
        """Forget how tasks ended."""
        self.ended.clear()
        self.changed.emit()

    @Slot(int, str, int, int)
    def _told(self, number: int, step: str, done: int, total: int) -> None:
        task = self._running.get(number)
        if task is not None:
            task.step, task.done, task.total = step, done, total
            self.stepped.emit(number)


def _work(home: _Home, number: int, work: Work, stop: Stop) -> None:
    """Be the worker: run the function, send what it returns or raises to the home."""
    last = 0.0

    def say(step: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _TOLD_EVERY_S:
            last = now
            home.told.emit(number, step, done, total)

    try:
        value, error = work(say, stop), None
    except BaseException as raised:  # noqa: BLE001 - whatever it is, a person must hear of it
        value, error = None, raised
    home.ended.emit(number, value, error)

"""Work off the UI thread: order, stopping, late answers, and pages that are gone."""

from __future__ import annotations

import gc
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Slot

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.pages.page import Page
from mlops_desk.gui.pages.task_tray import TaskTray, seconds_left, step_words
from mlops_desk.gui.tasks import FORCED_AFTER_S, Task, Tasks
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


class Listener(QObject):
    """Keeps what it is told, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[str] = set()

    @Slot(object)
    def hear(self, value: object) -> None:
        self.heard.append(value)
        self.threads.add(threading.current_thread().name)


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_that_answers_come_to_the_ui_thread(tasks: Tasks, qtbot: QtBot):
    listener = Listener()
    tasks.run(lambda _progress, _stop: threading.current_thread().name, then=listener.hear)
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert str(listener.heard[0]).startswith("question")
    assert listener.threads == {"MainThread"}


def test_that_acts_are_done_one_after_the_other_in_order(tasks: Tasks, qtbot: QtBot):
    listener, at_work = Listener(), []

    def work(number: int, _progress: object, _stop: object) -> int:
        at_work.append(number)
        assert len(at_work) == number + 1
        return number

    for number in range(20):
        tasks.run(partial(work, number), then=listener.hear, on_lane=True)
    qtbot.waitUntil(lambda: len(listener.heard) == 20)
    assert listener.heard == list(range(20))


def test_that_a_refusal_comes_to_its_own_slot_and_a_bug_to_the_window(tasks: Tasks, qtbot: QtBot):
    listener = Listener()

    def refuse(_progress: object, _stop: object) -> None:
        raise DeskError("No.")

    def fail(_progress: object, _stop: object) -> None:
        raise ZeroDivisionError

    tasks.run(refuse, failed=listener.hear)
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert isinstance(listener.heard[0], DeskError)
    with qtbot.waitSignal(tasks.crashed) as crashed:
        tasks.run(fail)
    assert isinstance(crashed.args[0], ZeroDivisionError)


def test_that_long_work_can_be_stopped_and_says_how_far_it_is(tasks: Tasks, qtbot: QtBot):
    listener, begun = Listener(), threading.Event()

    def work(progress: Any, stop: Any) -> str:
        progress("Counting", 3, 10)
        begun.set()
        return "stopped" if stop.wait(10) else "ran on"

    number = tasks.run(work, then=listener.hear, title="Count", on_lane=True)
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(lambda: tasks.running[0].step == "Counting")
    assert (tasks.running[0].done, tasks.running[0].total) == (3, 10)
    tasks.stop(number)
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert listener.heard == ["stopped"]
    assert tasks.running == []


def test_that_a_listener_that_is_gone_is_forgotten(tasks: Tasks, qtbot: QtBot):
    listener, may_end, other = Listener(), threading.Event(), Listener()
    tasks.run(lambda _progress, _stop: may_end.wait(10), then=listener.hear)
    del listener
    gc.collect()
    may_end.set()
    tasks.run(lambda _progress, _stop: 1, then=other.hear)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert other.heard == [1]


class Counting(Page):
    """A page whose question waits until the test lets it go."""

    def __init__(self, desk: Desk, answers: dict[int, threading.Event]) -> None:
        super().__init__(desk)
        self.answers = answers
        self.seen: list[int] = []
        self.count = 0

    def question(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        self.count += 1
        return answer_later, (self.count, self.answers[self.count])

    def show_data(self, answer: int) -> None:
        self.seen.append(answer)


def answer_later(_rows: object, number: int, may_answer: threading.Event) -> int:
    may_answer.wait(10)
    return number


def test_that_a_late_answer_never_replaces_a_newer_one(window: MainWindow, settled: Callable[[], None], qtbot: QtBot):
    answers = {1: threading.Event(), 2: threading.Event()}
    page = Counting(window.desk, answers)
    qtbot.addWidget(page)
    page.reload()
    page.reload()
    answers[2].set()
    qtbot.waitUntil(lambda: page.seen == [2])
    answers[1].set()
    settled()
    assert page.seen == [2]


def test_that_a_late_answer_in_the_same_turn_does_not_push_the_newer_one_out(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot
):
    answers = {1: threading.Event(), 2: threading.Event()}
    page = Counting(window.desk, answers)
    qtbot.addWidget(page)
    page.reload()
    page.reload()
    page._take((2, 20))
    page._take((1, 10))
    qtbot.waitUntil(lambda: page.seen == [20])
    for each in answers.values():
        each.set()
    settled()
    assert page.seen == [20, 2]


def test_that_a_project_opens_with_one_question(folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    asked: list[HomePage] = []
    question = HomePage.question

    def count(page: HomePage) -> object:
        asked.append(page)
        return question(page)

    monkeypatch.setattr(HomePage, "question", count)
    desk = Desk(Tasks())
    desk.open(folder)
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: desk.is_open and desk.tasks.is_idle, timeout=20_000)
    assert len(asked) == 1
    assert isinstance(window.stack.page, HomePage)
    window.close()
    desk.close()


def test_that_nothing_runs_once_everything_was_closed(qapp: object):
    tasks, seen = Tasks(), []
    tasks.close()
    assert tasks.run(lambda _progress, _stop: seen.append(1)) == 0
    assert tasks.run(lambda _progress, _stop: seen.append(1), on_lane=True) == 0
    assert tasks.is_idle
    assert seen == []


def test_that_a_hidden_page_asks_only_when_it_is_looked_at(window: MainWindow, settled: Callable[[], None]):
    answers = {number: threading.Event() for number in range(1, 9)}
    for each in answers.values():
        each.set()
    page = Counting(window.desk, answers)
    window.stack.addWidget(page)
    for _number in range(3):
        window.desk.changed.emit(Changes())
    settled()
    assert page.count == 0
    window.stack.setCurrentWidget(page)
    settled()
    assert page.count == 1
    window.desk.changed.emit(Changes())
    settled()
    assert page.count == 2


def test_that_a_page_is_told_only_of_what_it_watches(window: MainWindow, settled: Callable[[], None]):
    answers = {number: threading.Event() for number in range(1, 9)}
    for each in answers.values():
        each.set()
    page = Counting(window.desk, answers)
    page.watches = frozenset({"kpi"})
    window.stack.addWidget(page)
    window.stack.setCurrentWidget(page)
    settled()
    window.desk.changed.emit(Changes(rows=frozenset({("dataset", "x")})))
    settled()
    assert page.count == 1
    window.desk.changed.emit(Changes(rows=frozenset({("kpi", "x")})))
    settled()
    assert page.count == 2


def test_that_the_tray_shows_what_runs_cancels_it_and_keeps_what_failed(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mlops_desk.gui.tasks.SHOWN_AFTER_S", 0.0)
    begun, refused = threading.Event(), Listener()

    def long(progress: Any, stop: Any) -> None:
        progress("Reading rows", 25, 100)
        begun.set()
        stop.wait(30)
        raise Cancelled("Stopped.")

    def bad(_progress: Any, _stop: Any) -> None:
        raise DeskError("The file is empty.")

    tasks = window.desk.tasks
    tasks.run(long, title="Profiling loans", failed=refused.hear, on_lane=True)
    assert begun.wait(10)
    window.commands.run("tasks")
    [tray] = window.findChildren(TaskTray)
    qtbot.waitUntil(lambda: any("25 of 100" in step_words(each) for each in tasks.running))
    tray.show_tasks()
    [line] = tray.running.values()
    assert line.stop.accessibleName() == "Cancel: Profiling loans"
    line.stop.click()
    qtbot.waitUntil(lambda: not tasks.running)
    tasks.run(bad, title="Adding data", failed=refused.hear)
    qtbot.waitUntil(lambda: not tasks.running)
    assert [(each.title, each.how, each.sentence) for each in tasks.ended] == [
        ("Profiling loans", "cancelled", ""),
        ("Adding data", "failed", "The file is empty."),
    ]
    assert window.status.tasks.accessibleName() == "Tasks, 1 failed"
    tray.clear.click()
    assert not tasks.ended
    assert window.status.tasks.isHidden()
    tray.close()
    settled()


def deaf(begun: threading.Event, heard: threading.Event, _progress: Any, stop: Any) -> str:
    """Hear no wish to stop; a child process would be killed by force."""
    begun.set()
    while not (heard.wait(0.01) or (stop.has_child and stop.is_forced)):
        pass
    if stop.is_forced and stop.has_child:
        raise Cancelled("Stopped.")
    return "late"


@pytest.mark.parametrize(("on_lane", "has_child"), [(False, False), (True, False), (True, True)])
def test_that_after_ten_seconds_force_is_offered_and_does_what_it_says(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot, *, on_lane: bool, has_child: bool
):
    begun, heard, listener = threading.Event(), threading.Event(), Listener()
    tasks = window.desk.tasks
    work = partial(deaf, begun, heard)
    number = tasks.run(work, then=listener.hear, failed=listener.hear, title="Reading", on_lane=on_lane)
    qtbot.waitUntil(begun.is_set)
    tasks._running[number].stop.has_child = has_child
    window.commands.run("tasks")
    [tray] = window.findChildren(TaskTray)
    [line] = tray.running.values()
    line.stop.click()
    assert not line.stop.isEnabled()
    tasks._running[number].stop._since -= FORCED_AFTER_S
    tray.show_tasks()
    assert line.stop.isEnabled()
    assert line.stop.accessibleName() == "Force stop: Reading"
    line.stop.click()
    if has_child:
        qtbot.waitUntil(lambda: not tasks.running)
        assert [each.how for each in tasks.ended] == ["cancelled"]
    elif on_lane:
        assert [each.number for each in tasks.running] == [number], "an act is never left half done"
        assert step_words(tasks.running[0]) == "This step cannot be broken off. It ends by itself."
        heard.set()
        qtbot.waitUntil(lambda: listener.heard == ["late"])
    else:
        assert not tasks.running
        assert tasks.has_left
        assert [(each.how, "not taken" in each.sentence) for each in tasks.ended] == [("left", True)]
        tasks.run(lambda _progress, _stop: "next", then=listener.hear)
        qtbot.waitUntil(lambda: listener.heard == ["next"])
        heard.set()
    tray.close()
    settled()
    assert "late" not in listener.heard or on_lane


@pytest.mark.parametrize(
    ("done", "total", "seconds", "left"),
    [(25, 100, 10.0, 30.0), (0, 100, 10.0, None), (5, 0, 10.0, None), (5, 10, 0.2, None), (11, 10, 9.0, None)],
)
def test_that_the_time_left_is_said_only_where_it_follows(done: int, total: int, seconds: float, left: float | None):
    task = Task(1, "x", Stop(), done=done, total=total)
    assert seconds_left(task, seconds) == left

"""The task tray: what is under way, with its step, what is left and a way to cancel; and how the last ones ended."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mlops_desk.gui.tasks import Ended, Task, Tasks
from mlops_desk.gui.theme import kind, theme
from mlops_desk.gui.widgets.announce import announce
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.text import Line, label
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

ENDED_SHOWN = 6
_WIDTH_PX = 440
_MINUTE_S = 60
_ENDS = {
    "done": State("ok", _("Done")),
    "cancelled": State("info", _("Cancelled")),
    "failed": State("bad", _("Failed")),
    "left": State("warn", _("Left")),
}


def step_words(task: Task) -> str:
    """Return where a task is: its step, how much of it is done, and how long the rest will take where that is known."""
    if task.stop.is_forced:
        return _("Ending…") if task.stop.has_child else _("This step cannot be broken off. It ends by itself.")
    if task.stop.wished:
        return _("Cancelling…")
    parts = [task.step] if task.step else []
    if task.total:
        parts.append(_("{done} of {total}", done=f"{task.done:,}", total=f"{task.total:,}"))
    left = seconds_left(task, time.monotonic() - task.began)
    if left is not None:
        parts.append(_("about {time} left", time=_span(left)))
    else:
        parts.append(_("since {time}", time=_span(time.monotonic() - task.began)))
    return " · ".join(parts)


def seconds_left(task: Task, seconds: float) -> float | None:
    """Return how many seconds the step will take yet, if as much is done in each; None where nothing can be said."""
    if not task.total or task.done <= 0 or task.done > task.total or seconds < 1:
        return None
    return seconds * (task.total - task.done) / task.done


def _span(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return plural("{n} second", "{n} seconds", max(1, round(seconds)))
    return plural("{n} minute", "{n} minutes", round(seconds / _MINUTE_S))


class TaskTray(QFrame):
    """A small panel above the status bar that leaves with a click elsewhere, or with Esc."""

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(_("Tasks"))
        kind(self, "toast")
        self._tasks = tasks
        self.running: dict[int, _Running] = {}
        self._ended: tuple[Ended, ...] = ()
        self._nothing = label(_("Nothing is under way."), "secondary")
        self._lines, self._ends = QVBoxLayout(), QVBoxLayout()
        self._before = label(_("Ended"), "muted")
        self.clear = Button(_("Clear what ended"), "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        column.addWidget(label(_("Tasks"), "section"))
        column.addWidget(self._nothing)
        column.addLayout(self._lines)
        column.addWidget(self._before)
        column.addLayout(self._ends)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFixedWidth(theme().px(_WIDTH_PX))
        self.clear.clicked.connect(tasks.forget_ended)
        tasks.changed.connect(self.show_tasks)
        self.show_tasks()

    def show_above(self, bar: QWidget) -> None:
        """Show the panel at the right, above the status bar."""
        self.adjustSize()
        corner = bar.mapToGlobal(QPoint(bar.width() - 12, -6))
        self.move(corner.x() - self.width(), corner.y() - self.height())
        self.show()
        first = next(iter(self.running.values()), None)
        (first.stop if first is not None else self.clear if self.clear.isVisible() else self).setFocus()

    @Slot()
    def show_tasks(self) -> None:
        """Show how everything stands now; the panel keeps its lower edge."""
        bottom = self.geometry().bottom()
        self._show_running()
        self._show_ended()
        self._nothing.setVisible(not self.running)
        self.adjustSize()
        if self.isVisible():
            self.move(self.x(), bottom - self.height() + 1)

    def _show_running(self) -> None:
        known = {task.number: task for task in self._tasks.running}
        for number in [each for each in self.running if each not in known]:
            line = self.running.pop(number)
            line.hide()
            line.deleteLater()
        for number, task in known.items():
            if number not in self.running:
                self.running[number] = _Running(task)
                self.running[number].stop.chosen.connect(self._stop)
                self._lines.addWidget(self.running[number])
            self.running[number].show_task(task)

    def _show_ended(self) -> None:
        ended = tuple(list(self._tasks.ended)[-ENDED_SHOWN:][::-1])
        self._before.setVisible(bool(ended))
        self.clear.setVisible(bool(ended))
        if ended == self._ended:
            return
        self._ended = ended
        while (item := self._ends.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for each in ended:
            self._ends.addWidget(_ended_line(each))

    @Slot(object)
    def _stop(self, number: int) -> None:
        """Ask a task to stop; where that was done long ago, end it by force."""
        task = next((each for each in self._tasks.running if each.number == number), None)
        if task is not None and task.can_be_forced:
            self._tasks.force(number)
        else:
            self._tasks.stop(number)


class _Running(QWidget):
    """One task under way."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._title, self._step = Line(task.title, "strong"), Line("", "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of {title}", title=task.title))
        self._words = _("Cancel")
        self.stop = Button(self._words, "quiet", "square", stands_for=task.number)
        self.stop.setAccessibleName(_("Cancel: {title}", title=task.title))
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._step)

    def show_task(self, task: Task) -> None:
        """Show where the task is."""
        self._bar.setRange(0, task.total)
        self._bar.setValue(task.done)
        self._step.say(step_words(task))
        words = _("Force stop") if task.can_be_forced else _("Cancel")
        if words != self._words:
            self._words = words
            self.stop.say(words)
            self.stop.setAccessibleName(f"{words}: {task.title}")
            if task.can_be_forced:
                announce(self, _("{title} has not stopped yet. It can be ended by force.", title=task.title))
        self.stop.setEnabled(not task.stop.wished or task.can_be_forced)


def _ended_line(ended: Ended) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(StateChip(_ENDS[ended.how]))
    row.addWidget(Line(f"{ended.title}: {ended.sentence}" if ended.sentence else ended.title), 1)
    row.addWidget(label(f"{ended.at.astimezone():%H:%M}", "muted"))
    return line

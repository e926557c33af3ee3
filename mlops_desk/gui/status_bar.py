"""The bar below: who acts in which role, what is under way, whether the trail is sound, how the team's copy stands."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QProgressBar, QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.theme import kind
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.sync_chip import SyncChip
from mlops_desk.gui.widgets.text import Line, unmarked
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _, plural


class StatusBar(QFrame):
    """Who, tasks, trail, sync."""

    trail_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._number = 0
        kind(self, "foot")
        self.setAccessibleName(_("Status bar"))
        self.who = Button("", "quiet", "user", name=_("Acting role"))
        self.who.setToolTip("Ctrl+Shift+R")
        self._step = Line("", "secondary")
        self._step.setMaximumWidth(260)
        self.tasks = Button("", "quiet", "loader-circle", name=_("Tasks"))
        self.tasks.setToolTip("Ctrl+J")
        self.tasks.clicked.connect(self.show_tasks)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._progress.setAccessibleName(_("Progress"))
        self.stop = Button(_("Cancel"), "quiet", "square")
        self.trail = Button("", "quiet", "shield-check", name=_("Audit trail"))
        self.sync = SyncChip(desk.link)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        row.setSpacing(8)
        row.addWidget(self.who)
        row.addStretch(1)
        for part in (self._step, self._progress, self.stop, self.tasks, self.trail, self.sync):
            row.addWidget(part)
        self.who.clicked.connect(self.show_roles)
        self.stop.clicked.connect(self._stop)
        self.sync.clicked.connect(self.show_team_copy)
        self.trail.clicked.connect(self.trail_wanted)
        desk.who_changed.connect(self._show_who)
        desk.closed.connect(self._show_who)
        desk.tasks.changed.connect(self._show_tasks)
        self._show_who()
        self._show_tasks()

    @Slot()
    def _show_who(self) -> None:
        who = self._desk.who
        for part in (self.who, self.trail, self.sync):
            part.setVisible(who is not None)
        if who is None:
            return
        if who.name:
            self.who.say(_("{name} · acting as {role}", name=who.name, role=role_name(who.acting)))
        elif who.asks_as:
            self.who.say(_("{name} · waiting to be admitted", name=who.asks_as))
        else:
            self.who.say(_("You are not a member here; you can read everything"))
        if who.grave:
            self.trail.say(plural("{n} entry not trusted", "{n} entries not trusted", who.grave))
        elif who.notes:
            self.trail.say(plural("{n} note on the trail", "{n} notes on the trail", who.notes))
        else:
            self.trail.say(_("Trail ok"))

    @Slot()
    def _show_tasks(self) -> None:
        long = [task for task in self._desk.tasks.running if task.is_long]
        failed = sum(each.how == "failed" for each in self._desk.tasks.ended)
        self.tasks.setVisible(bool(long) or bool(self._desk.tasks.ended))
        self.tasks.say(plural("{n} failed", "{n} failed", failed) if failed else "")
        self.tasks.setAccessibleName(plural("Tasks, {n} failed", "Tasks, {n} failed", failed) if failed else _("Tasks"))
        for part in (self._step, self._progress, self.stop):
            part.setVisible(bool(long))
        if not long:
            return
        task = long[0]
        self._number = task.number
        seconds = int(time.monotonic() - task.began)
        more = f" (+{len(long) - 1})" if len(long) > 1 else ""
        text = _("Cancelling…") if task.stop.wished else f"{task.step or task.title}{more} · {seconds} s"
        self._step.say(text)
        self._progress.setRange(0, task.total)
        self._progress.setValue(task.done)
        self.stop.setEnabled(not task.stop.wished)

    @Slot()
    def _stop(self) -> None:
        self._desk.tasks.stop(self._number)

    @Slot()
    def show_tasks(self) -> QWidget:
        """Open the task tray above the bar, and return it."""
        from mlops_desk.gui.pages.task_tray import TaskTray

        tray = TaskTray(self._desk.tasks, self)
        tray.show_above(self)
        return tray

    @Slot()
    def show_team_copy(self) -> QWidget:
        """Open the panel about the team copy, above its chip, and return it."""
        from mlops_desk.gui.pages.sync_panel import SyncPanel

        panel = SyncPanel(self._desk.link, self)
        panel.show_above(self.sync)
        return panel

    @Slot()
    def show_roles(self) -> None:
        """Open the menu of roles in which the person may act."""
        who = self._desk.who
        if who is None or not who.roles:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for role in who.roles:
            action = QAction(unmarked(role_name(role)), group)
            action.setCheckable(True)
            action.setChecked(role == who.acting)
            action.setData(role)
            menu.addAction(action)
        if len(who.seats) > 1:
            menu.addSection(_("In this sample you may sit down as"))
            for name in who.seats:
                action = menu.addAction(unmarked(name))
                action.setCheckable(True)
                action.setChecked(name == who.name)
                action.setProperty("seat", name)
        menu.triggered.connect(self._act_as)
        menu.popup(self.who.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    @Slot(QAction)
    def _act_as(self, action: QAction) -> None:
        if action.property("seat"):
            self._desk.sit_as(action.property("seat"))
        else:
            self._desk.act_as(action.data())

"""The window and commands on one project at the same time, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.catalogue import RULES
from mlops_desk.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow

ADD_KPI = RULES.acts["kpi.add"]
WORDS = (["kpi", "add", "--name"], ["use-case", "add", "--name"])


def test_that_two_commands_and_the_window_act_on_one_project_at_once(
    window: MainWindow, settled: Callable[[], None], project: Path, qtbot: QtBot
):
    line = [sys.executable, "-P", "-m", "mlops_desk", "--project", str(project)]
    running = [subprocess.Popen([*line, *words, "Typed"], stderr=subprocess.PIPE) for words in WORDS]
    for number in range(8):
        window.desk.do(ADD_KPI(name=f"Clicked {number}"))
    qtbot.waitUntil(lambda: all(each.poll() is not None for each in running), timeout=60_000)
    settled()
    complaints = [each.communicate()[1].decode() for each in running]
    assert [each.returncode for each in running] == [0, 0], complaints
    assert window.banner.isHidden()
    window.desk.refresh()
    settled()
    window.go("goals", "kpi")
    settled()
    assert window.stack.page is not None
    assert window.stack.page.table is not None
    assert window.stack.page.table.model.rowCount() == 9
    with qtbot.waitSignal(window.desk.closed):
        window.desk.leave()
    settled()
    assert _sound(project) == [*(f"Clicked {number}" for number in range(8)), "Typed"]


def _sound(project: Path) -> list[str]:
    with Workspace(project) as desk:
        assert desk.verify().is_sound
        return desk.ask(lambda rows: sorted(each.name for each in rows.find(Kpi)))

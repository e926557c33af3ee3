"""The chip of the team copy on the real window: by itself and by hand, with real git and a second member."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mlops_desk.gui import team_work
from mlops_desk.gui.pages.sync_panel import SyncPanel
from mlops_desk.gui.pages.team_copy import TrustSheet
from mlops_desk.gui.team_link import FOCUS_S
from mlops_desk.kernel import settings
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.team_copy import TeamCopy
from tests.gui.steps import ACTS, ADD_KPI, KPI, goals, names
from tests.gui.team import Team, held_by
from tests.sync.conftest import by_hand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow

PROGRAM = "[core]\n\tsshCommand = run-me\n"


def chip(window: MainWindow) -> str:
    return window.status.sync.text().strip()


def panel_of(window: MainWindow) -> SyncPanel:
    window.status.show_team_copy()
    panel = window.status.findChild(SyncPanel)
    assert isinstance(panel, SyncPanel)
    return panel


def is_quiet(window: MainWindow) -> bool:
    """Tell whether nothing was said but by the chip."""
    return not window.banner.sentence and not window.toast.text and window.sheet is None


@pytest.fixture
def project(team: Team) -> Path:
    return team.project


def test_that_what_others_sent_comes_by_itself_and_stands_on_the_page(
    window: MainWindow, team: Team, settled: Callable[[], None], qtbot: QtBot
):
    page = goals(window, settled)
    team.ben(ADD_KPI(**KPI))
    window.desk.link.receive_timer.setInterval(10)
    qtbot.waitUntil(lambda: names(page) == ["Time to decision"], timeout=15_000)
    window.desk.link.receive_timer.stop()
    settled()
    assert chip(window) == "Up to date, just now"
    assert is_quiet(window)


def test_that_a_change_is_sent_a_while_after_the_last_one(
    window: MainWindow, team: Team, settled: Callable[[], None], qtbot: QtBot
):
    before, page = held_by(team.copy), goals(window, settled)
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert chip(window) == "1 to send"
    window.desk.link._tried -= FOCUS_S
    team.ben(ADD_KPI(name="Ben's", target=1.0))
    window.desk.link.looked_at()
    settled()
    assert names(page) == ["Ben's", "Time to decision"]
    assert held_by(team.copy) == before + 1, "coming back to the window receives, and sends nothing early"
    window.desk.link.send_timer.setInterval(10)
    window.desk.do(ACTS["kpi.edit"](id="Time to decision", target=30.0))
    qtbot.waitUntil(lambda: held_by(team.copy) == before + 3, timeout=15_000)
    window.desk.link.send_timer.setInterval(60_000)
    settled()
    assert chip(window) == "Up to date, just now"


def test_that_by_hand_means_by_hand(window: MainWindow, team: Team, settled: Callable[[], None], qtbot: QtBot):
    link, before = window.desk.link, held_by(team.copy)
    window.commands.run("receives")
    window.commands.run("sends")
    settled()
    kept = settings.project(team.id)
    assert (kept.receives, kept.sends) == (False, False)
    link.receive_timer.setInterval(10)
    link.send_timer.setInterval(10)
    team.ben(ADD_KPI(**KPI))
    window.desk.do(ADD_KPI(name="Mine", target=1.0))
    settled()
    qtbot.wait(60)
    settled()
    assert chip(window) == "1 to send"
    assert held_by(team.copy) == before + 1, "only Ben's"
    window.commands.run("look")
    settled()
    assert chip(window) == "1 to send, 1 to receive"
    window.commands.run("sync")
    settled()
    assert window.toast.text == "Received: 1 of Ben Ode. Sent: 1 entry. Up to date, just now."


def test_that_offline_is_a_state_and_heals_by_itself(window: MainWindow, team: Team, settled: Callable[[], None]):
    away = team.copy.rename(team.copy.with_name("away"))
    window.desk.do(ADD_KPI(**KPI))
    settled()
    window.toast.hide()
    window.desk.link._send_due()
    window.desk.link.send_timer.stop()
    settled()
    assert chip(window) == "Offline, 1 kept here"
    assert is_quiet(window)
    away.rename(team.copy)
    window.desk.link._receive_due()
    settled()
    assert chip(window) == "Up to date, just now"


def test_that_a_configuration_that_runs_programs_is_shown_and_trusted_as_it_was_shown(
    window: MainWindow, team: Team, settled: Callable[[], None], project: Path
):
    config = project / ".git" / "config"
    usual = config.read_text()
    config.write_text(usual + PROGRAM)
    window.desk.link._receive_due()
    settled()
    assert chip(window) == "Not synced"
    assert is_quiet(window), "what fails by itself is said by the chip alone"
    panel = panel_of(window)
    assert "core.sshcommand" in panel.trouble._sentence.text()
    panel.trouble._act.click()
    settled()
    sheet = window.sheet
    assert isinstance(sheet, TrustSheet)
    assert [each.strange for each in sheet._found if each.strange] == [("core.sshcommand",)]
    config.write_text(usual + PROGRAM.replace("run-me", "run-another"))
    sheet.submit()
    settled()
    assert chip(window) == "Not synced", "what was changed meanwhile is not what was trusted"
    assert isinstance(window.sheet, TrustSheet)
    assert window.sheet is not sheet
    window.sheet.submit()
    settled()
    assert chip(window) == "Up to date, just now"


def test_that_a_file_in_the_way_is_named(window: MainWindow, team: Team, settled: Callable[[], None], project: Path):
    page = goals(window, settled)
    with team.at_ben() as desk:
        (desk.project.folder / "README.md").write_text("Ben's")
        by_hand(desk.project.folder, "add", "README.md")
        by_hand(desk.project.folder, "commit", "-qm", "x")
    team.ben(ADD_KPI(**KPI))
    (project / "README.md").write_text("Ana's own")
    window.commands.run("sync")
    settled()
    assert chip(window) == "1 needs your choice"
    assert "README.md" in window.banner.sentence
    assert names(page) == ["Time to decision"], "what others wrote is read all the same"
    panel = panel_of(window)
    assert "README.md" in panel.trouble._sentence.text()
    panel.close()


def test_that_two_exchanges_never_run_at_once_and_one_can_be_cancelled(
    window: MainWindow, team: Team, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    real, at_work, kinds = team_work.exchange, threading.Semaphore(1), []

    def slow(workspace: Workspace, kind: Any, progress: Any, stop: Any) -> Any:
        assert at_work.acquire(blocking=False), "two at once"
        kinds.append((kind, threading.current_thread().name[:4]))
        progress("Receiving", 0, 3)
        while len(kinds) == 1 and not stop.wished:
            time.sleep(0.005)
        answer = real(workspace, kind, progress, stop)
        at_work.release()
        return answer

    monkeypatch.setattr(team_work, "exchange", slow)
    link = window.desk.link
    link._receive_due()
    qtbot.waitUntil(lambda: chip(window) == "Syncing, step 1 of 3")
    link._receive_due()
    window.commands.run("sync")
    window.desk.do(ADD_KPI(**KPI))
    qtbot.waitUntil(lambda: window.toast.text == "Added Time to decision.", timeout=10_000)
    assert len(kinds) == 1, "an act waits for no network"
    window.desk.tasks.stop(link._task)
    settled()
    assert kinds == [("receive", "wire"), ("sync", "wire")]
    assert not link.send_timer.isActive(), "nothing is left to send"
    assert chip(window) == "Up to date, just now"


def test_that_leaving_a_project_ends_its_exchange(
    window: MainWindow, team: Team, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    seen = []

    def endless(workspace: Workspace, kind: Any, progress: Any, stop: Any) -> None:
        while not stop.wished:
            time.sleep(0.005)
        seen.append(TeamCopy(workspace).outlook().state.code)

    monkeypatch.setattr(team_work, "exchange", endless)
    window.desk.link._receive_due()
    window.desk.leave()
    settled()
    assert seen == ["same"], "the store was still open when it ended"
    assert window.status.sync.isHidden()


def test_that_what_was_done_during_an_exchange_is_sent_by_the_next(
    window: MainWindow, team: Team, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    real, is_sent, is_done = team_work.exchange, threading.Event(), threading.Event()

    def late(workspace: Workspace, kind: Any, progress: Any, stop: Any) -> Any:
        answer = real(workspace, kind, progress, stop)
        is_sent.set()
        is_done.wait(10.0)
        return replace(answer, outlook=TeamCopy(workspace).outlook())

    monkeypatch.setattr(team_work, "exchange", late)
    window.commands.run("sync")
    qtbot.waitUntil(is_sent.is_set, timeout=10_000)
    window.desk.do(ADD_KPI(**KPI))
    qtbot.waitUntil(lambda: window.toast.text == "Added Time to decision.", timeout=10_000)
    assert window.desk.link.send_timer.isActive()
    is_done.set()
    settled()
    assert chip(window) == "1 to send"
    assert window.desk.link.send_timer.isActive()

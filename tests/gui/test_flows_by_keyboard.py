"""The flows of ux.md 4, by keys alone: each ends in a state that one can see."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFileDialog, QPushButton

from mlops_desk.areas.datasets.column import Column
from mlops_desk.areas.deployments.release import Deployment
from mlops_desk.areas.experiments.comparison import RunComparison
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.governance.disagreement import DisagreementDecision, DisagreementView
from mlops_desk.areas.governance.exception import ExceptionSignature
from mlops_desk.areas.governance.queries import gate_rows
from mlops_desk.areas.monitoring.monitor import AlertDecision
from mlops_desk.areas.team.hand_over import HandOver
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.start import FoundDialog
from mlops_desk.kernel.roles import role_name
from mlops_desk.workspace import Workspace
from tests.gui.keyboard import Keyboard
from tests.gui.lived import CASE, ROLES
from tests.gui.steps import EDIT_KPI

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.desk import Desk
    from mlops_desk.kernel.record import Noun
    from tests.gui.team import Team


def recorded(folder: Path, noun: type[Noun]) -> list[Noun]:
    with Workspace(folder) as desk:
        return desk.ask(lambda rows: rows.find(noun))


@pytest.fixture
def project(lived: Path) -> Path:
    return lived


def sit(keyboard: Keyboard, window: MainWindow, name: str, role: str = "") -> None:
    """Sit down as a member of the sample, and act in one of their roles."""
    assert window.desk.who is not None
    if window.desk.who.name != name:
        keyboard.press("Ctrl+Shift+R")
        keyboard.pick(name)
    if role and window.desk.acting != role:
        keyboard.press("Ctrl+Shift+R")
        keyboard.pick(role_name(role))
    assert (window.desk.who.name, window.desk.acting) == (name, role or window.desk.acting)


def go_to_line(keyboard: Keyboard, window: MainWindow, words: str) -> None:
    """Go to a line of the inbox."""
    keyboard.press("Ctrl+2")
    page = window.stack.page
    assert page is not None
    table = page.table
    assert table is not None
    keyboard.tab_to(lambda at: at is table.grid)
    lines = [table.model.row(place).sentence for place in range(table.model.rowCount())]
    wanted = next(place for place, each in enumerate(lines) if words in each)
    for _step in range(len(lines)):
        if table.grid.selectionModel().hasSelection() and table.grid.first_chosen == wanted:
            return
        keyboard.press("Up" if table.grid.currentIndex().row() > wanted else "Down")
    raise AssertionError(f"no key led to {lines[wanted]}")


# --- 4.1: first run --------------------------------------------------------------------------------


def test_that_a_project_is_made_and_opened_again_from_the_four_doors(
    desk: Desk, settled: Callable[[], None], qtbot: QtBot, tmp_path: Path
):
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    keyboard = Keyboard(window, settled, qtbot)
    doors = []
    for _door in range(4):
        keyboard.press("Tab")
        assert isinstance(keyboard.at, QPushButton)
        doors.append(keyboard.at.accessibleName())
    assert doors == ["Create a project", "Open a project folder", "Get a team project", "Look at the sample"]
    keyboard.tab_to_words("Create")
    keyboard.press("Space")
    assert isinstance(window.form, FoundDialog)
    for title, text in (
        ("Project name", "Loan"),
        ("Folder", str(tmp_path / "made")),
        ("Purpose", "Decide fairly."),
        ("Your name", "Ana Lima"),
    ):
        keyboard.tab_to_words(title)
        keyboard.type(text)
    keyboard.press("Ctrl+Return")
    qtbot.waitUntil(lambda: desk.is_open, timeout=15_000)
    settled()
    assert window.stack.place == "home"
    keyboard.run("leave")
    keyboard.tab_to_words("Open a project folder")
    keyboard.press("Space")
    assert window.findChildren(QFileDialog)
    keyboard.type(str(tmp_path / "made"))
    keyboard.press("Return")
    qtbot.waitUntil(lambda: desk.is_open, timeout=15_000)
    assert window.stack.place == "home"


# --- 4.3, 4.4: data, training ----------------------------------------------------------------------


@pytest.mark.timeout(300)  # two real trainings, each in a process of its own
def test_that_data_comes_in_is_classed_trained_on_compared_and_made_a_model(
    window: MainWindow, keyboard: Keyboard, project: Path, tmp_path: Path
):
    rows = [f"{n % 90},{n % 7},{'yes' if n % 90 + n % 7 > 45 else 'no'}" for n in range(300)]
    (tmp_path / "calls.csv").write_text("\n".join(["amount,branch,paid", *rows]) + "\n")
    keyboard.press("Ctrl+4", "Ctrl+N")
    keyboard.fill(file=str(tmp_path / "calls.csv"), name="calls")
    keyboard.press("Ctrl+Return")
    keyboard.act("dataset.profile", version="calls")
    keyboard.act("dataset.classify", dataset="calls", column="paid", security="Confidential", reason="known")
    keyboard.act("dataset.confirm", dataset="calls")
    classes = {each.name: each.security for each in recorded(project, Column)}  # type: ignore[attr-defined]
    assert classes["paid"] == "confidential"
    for seed in ("1", "2"):
        keyboard.act("run.train", version="calls", target="paid", recipe="dummy ", seed=seed, allow_leaks=" ")
    keyboard.choose("#calls-2", "calls-2", "Return")
    keyboard.press("Ctrl+Shift+M")
    keyboard.fill(old="calls-1")
    keyboard.press("Ctrl+Return")
    [told] = recorded(project, RunComparison)
    assert told.sentence  # type: ignore[attr-defined]
    keyboard.act("model.register", run="calls-1", name="caller")
    made = [each.label for each in recorded(project, ModelVersion)]  # type: ignore[attr-defined]
    assert "caller@1" in made
    assert len(recorded(project, Run)) == 3


# --- 4.5, 4.12: a gate, an exception -----------------------------------------------------------------


def test_that_a_gate_is_answered_confirmed_signed_by_all_and_closed(
    window: MainWindow, keyboard: Keyboard, project: Path
):
    sit(keyboard, window, "Ana", "product-designer")
    keyboard.act("answer.give", item="UCI-04", subject="Fair", choice="Yes", evidence="notes", gate="G1")
    sit(keyboard, window, "Mira", "ai-ethics")
    keyboard.act("confirmation.give", gate="G1", subject="Fair")
    signers = [role for name in ROLES for role in ROLES[name] if role in signing(project)]
    assert len(signers) >= 3
    for role in signers:
        sit(keyboard, window, next(name for name in ROLES if role in ROLES[name]), role)
        keyboard.press("Ctrl+0", "Ctrl+Shift+S")
        keyboard.fill(gate="G1", subject="Fair")
        keyboard.press("Ctrl+Return", "Ctrl+Return")
    with Workspace(project) as desk:
        [closed] = [each for each in desk.ask(gate_rows) if each.gate == "G1"]
    assert closed.state.word == "Closed"
    assert window.inspector.isHidden() or window.stack.place == "governance"


def signing(project: Path) -> tuple[str, ...]:
    from mlops_desk.areas.governance.queries import gate_show

    with Workspace(project) as desk:
        return desk.ask(gate_show, "G1", CASE).signing_roles


def test_that_an_exception_is_asked_for_and_signed_by_a_second_person(
    window: MainWindow, keyboard: Keyboard, project: Path
):
    sit(keyboard, window, "Mira", "ai-ethics")
    keyboard.act("exception.sign", "Ctrl+Return", exception="BIA-07")
    assert len(recorded(project, ExceptionSignature)) == 1
    sit(keyboard, window, "Ana", "data-scientist")
    keyboard.act("exception.ask", item="BIA-06", subject="credit", reason="few", measure="watch", until="2026-12-01")
    assert window.toast.text


# --- 4.6, 4.7: releases, alerts ------------------------------------------------------------------------


def test_that_a_release_goes_live_and_is_rolled_back_and_stopped(window: MainWindow, keyboard: Keyboard, project: Path):
    sit(keyboard, window, "Ben", "ml-engineer")
    keyboard.act("release.plan", model="credit", to="staging")
    keyboard.act("release.go-live", "Ctrl+Return", release="staging-3")
    keyboard.act("release.roll-back", "Ctrl+Return", environment="staging", reason="slow")
    keyboard.act("release.stop", "Ctrl+Return", environment="staging", reason="enough")
    done = [each.action for each in recorded(project, Deployment)]  # type: ignore[attr-defined]
    assert done == ["go-live", "go-live", "roll-back", "stop"]


def test_that_an_alert_is_found_in_the_inbox_and_decided_on(window: MainWindow, keyboard: Keyboard, project: Path):
    sit(keyboard, window, "Ben", "ml-engineer")
    go_to_line(keyboard, window, "Income moved")
    keyboard.press("Return")
    keyboard.fill(choice="Expected", reason="The bank raised incomes.")
    keyboard.press("Ctrl+Return")
    [decided] = recorded(project, AlertDecision)
    assert decided.choice == "expected"  # type: ignore[attr-defined]


# --- 4.8, 4.9: check-in, report ------------------------------------------------------------------------


def test_that_a_check_in_takes_few_keys_and_no_time(window: MainWindow, keyboard: Keyboard, project: Path):
    sit(keyboard, window, "Ana", "ai-architect")
    go_to_line(keyboard, window, "Time to decision")
    keyboard.pressed, began = 0, time.monotonic()
    keyboard.press("Return")
    keyboard.type("62")
    keyboard.press("Tab", "Alt+Down", "Escape", "Tab")
    keyboard.type("bureau delay")
    keyboard.press("Ctrl+Return")
    assert keyboard.pressed == 6, "two of them only to look at the calendar"
    assert time.monotonic() - began < 20
    newest = recorded(project, CheckIn)[-1]
    assert (newest.value, newest.note) == (62.0, "bureau delay")  # type: ignore[attr-defined]


def test_that_a_report_is_made(window: MainWindow, keyboard: Keyboard, tmp_path: Path):
    keyboard.press("Ctrl+K")
    keyboard.type("reports")
    keyboard.press("Return", "Ctrl+N")
    keyboard.fill(output=str(tmp_path / "kpi.html"), format="HTML")
    keyboard.press("Ctrl+Return")
    assert (tmp_path / "kpi.html").exists()


# --- 4.11, 4.12: disagreements, leaving ------------------------------------------------------------------


def test_that_a_disagreement_gets_a_view_and_is_decided_and_work_is_handed_over(
    window: MainWindow, keyboard: Keyboard, project: Path
):
    sit(keyboard, window, "Mira", "ai-ethics")
    keyboard.act("disagreement.view", disagreement="Is", option="Take 0.08", because="402 cases are few.")
    assert [each.option for each in recorded(project, DisagreementView)] == [1, 2]  # type: ignore[attr-defined]
    sit(keyboard, window, "Ana", "ai-architect")
    keyboard.choose("#too strict", "Is 0.05 too strict?", "Return")
    keyboard.act("disagreement.decide", "Ctrl+Return", option="2", reason="The sample is small.")
    assert [each.option for each in recorded(project, DisagreementDecision)] == [2]  # type: ignore[attr-defined]
    keyboard.act("hand-over.give", member="Ana", to="Ben")
    assert len(recorded(project, HandOver)) == 1


# --- 4.10: together ---------------------------------------------------------------------------------------


class TestTogether:
    """With Ben's machine at the other end of a team copy."""

    @pytest.fixture
    def project(self, team: Team) -> Path:
        return team.project

    def test_that_what_both_changed_is_received_shown_and_chosen(
        self, window: MainWindow, keyboard: Keyboard, team: Team, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ):
        told: list[str] = []
        QAccessible.setActive(True)
        monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
        keyboard.act("kpi.add", name="Time to decision", unit="min", target="40")
        keyboard.press("F5")
        [kpi] = recorded(team.project, Kpi)
        team.ben(EDIT_KPI(id=kpi.id, target=35.0))
        keyboard.choose("#time", "Time to decision", "Return")
        keyboard.act("kpi.edit", target="30")
        keyboard.press("F5")
        keyboard.tab_to_words("Keep “35")
        keyboard.press("Space")
        [kept] = recorded(team.project, Kpi)
        assert kept.target == 35.0  # type: ignore[attr-defined]
        keyboard.press("F5")
        assert window.status.sync.text().strip().startswith("Up to date")
        assert [each for each in told if "Up to date" in each][-1].startswith("Sent: 1 entry. Up to date")
        told.clear()
        team.ben(EDIT_KPI(id=kpi.id, target=20.0))
        window.desk.link.receive_timer.setInterval(1)
        qtbot.waitUntil(lambda: any(each.startswith("Team copy: Up to date") for each in told), timeout=10_000)
        window.desk.link.receive_timer.stop()

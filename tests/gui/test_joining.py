"""Coming into a team in the window: the team copy is set, the project is got, the newcomer admitted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.team.member import Admit
from mlops_desk.gui import team_work
from mlops_desk.gui.forms.admit import AdmitForm
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.joining import GetSheet, GotSheet, InviteSheet
from mlops_desk.gui.pages.start import StartPage
from mlops_desk.gui.pages.sync_panel import SyncPanel
from mlops_desk.gui.pages.team import TeamPage
from mlops_desk.gui.pages.team_copy import AddressSheet
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.ticks import tick
from mlops_desk.gui.widgets.versions import Versions
from mlops_desk.kernel.errors import Cancelled
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.invitation import Invitation
from tests.gui.steps import ACTS, ADD_KPI, KPI, goals, table
from tests.gui.team import Team, held_by, home_of, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from PySide6.QtGui import QGuiApplication
    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.desk import Desk
    from mlops_desk.kernel.child import Stop
    from mlops_desk.kernel.progress import Progress
    from mlops_desk.kernel.rows import Rows


def kpis(rows: Rows) -> list[Kpi]:
    return rows.find(Kpi)


def opened(desk: Desk, project: Path, settled: Callable[[], None], qtbot: QtBot) -> MainWindow:
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(desk.opened, timeout=15_000):
        desk.open(project)
    settled()
    return window


def chip(window: MainWindow) -> str:
    return window.status.sync.text().strip()


def test_that_the_first_sync_asks_where_the_team_copy_lies(
    window: MainWindow, settled: Callable[[], None], tmp_path: Path
):
    assert chip(window) == "No team copy yet, 1 kept here"
    window.commands.run("sync")
    settled()
    assert isinstance(window.sheet, AddressSheet)
    window.sheet.address.setText(str(tmp_path / "nowhere"))
    window.sheet.submit()
    settled()
    assert window.sheet.banner.sentence.startswith("There is no folder")
    (tmp_path / "copy").mkdir()
    window.sheet.address.setText(str(tmp_path / "copy"))
    window.sheet.submit()
    settled()
    assert chip(window) == "Up to date, just now"
    assert window.toast.text.startswith("Sent: 1 entry.")
    assert held_by(tmp_path / "copy") == 1


def test_that_the_desk_stands_aside_in_a_code_repository_and_says_so(
    desk: Desk, project: Path, settled: Callable[[], None], qtbot: QtBot
):
    shutil.rmtree(project / ".git")
    (project.parent / ".git").mkdir()
    window = opened(desk, project, settled, qtbot)
    panel = window.status.show_team_copy()
    assert isinstance(panel, SyncPanel)
    assert panel.trouble._sentence.text().startswith("This project lies inside a code repository")
    assert panel.sync.isHidden()
    panel.close()


def test_that_a_project_is_got_by_its_link_and_waits_for_an_owner(
    desk: Desk, team: Team, settled: Callable[[], None], tmp_path: Path, qtbot: QtBot
):
    with home_of(tmp_path / "mira-home"):
        window = MainWindow(desk)
        qtbot.addWidget(window)
        window.show()
        start = window.stack.currentWidget()
        assert isinstance(start, StartPage)
        start.get_button.click()
        sheet = window.sheet
        assert isinstance(sheet, GetSheet)
        sheet.submit()
        assert sheet.banner.sentence == "Paste the link, or type where the team copy lies."
        wrong = Invitation(str(team.copy), "A" * 51 + "Q").link
        sheet.source.setText(wrong)
        sheet.folder.setText(str(tmp_path / "mira"))
        sheet.submit()
        settled()
        assert not (tmp_path / "mira").exists(), sheet.banner.sentence
        sheet.source.setText(Invitation(str(team.copy), team.id).link)
        sheet.submit()
        settled()
        assert sheet.banner.accessibleDescription() == "Fill in your name and tick at least one role."
        assert not (tmp_path / "mira").exists()
        sheet.person.setText("Mira Sol")
        sheet.mail.setText("mira@example.org")
        tick(sheet.roles, ["ai-ethics"])
        sheet.submit()
        settled()
        shown = window.findChild(GotSheet)
        assert isinstance(shown, GotSheet)
        assert desk.who is not None
        assert shown.words.words == fingerprint(desk.who.device)
        shown.close()
        assert window.condition.sentence.endswith(f"read these words to an owner: {fingerprint(desk.who.device)}")
        assert window.status.who.text().strip() == "Mira Sol · waiting to be admitted"
    with Workspace(team.project) as ana:
        sync(ana)
        ana.do(Admit(request="Mira Sol"))
        sync(ana)
    with home_of(tmp_path / "mira-home"):
        desk.link._receive_due()
        settled()
        assert window.toast.text == "You are in as AI Ethics & SME."
        assert window.condition.sentence == ""
        assert desk.acting == "ai-ethics", "and can act at once"
        desk.do(ADD_KPI(**KPI))
        settled()
        assert window.toast.text == "Added Time to decision."


def test_that_getting_can_be_stopped_and_leaves_nothing(
    desk: Desk, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
):
    stopped = []

    def endless(typed: str, folder: Path, who: object, progress: Progress, stop: Stop) -> None:
        progress("Receiving", 0, 2)
        stopped.append(stop.wait(20.0))
        raise Cancelled("Stopped.")

    monkeypatch.setattr(team_work, "get", endless)
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    window.commands.run("get")
    sheet = window.sheet
    assert isinstance(sheet, GetSheet)
    sheet.source.setText("https://git.example.org/team/loan.git")
    sheet.folder.setText(str(tmp_path / "mira"))
    sheet.submit()
    qtbot.waitUntil(lambda: sheet._step.text() == "Receiving…")
    assert not sheet.send.isEnabled()
    sheet.close()
    settled()
    assert stopped == [True]
    assert not desk.is_open


def test_that_an_invitation_is_a_link_that_says_what_its_reader_sees(
    desk: Desk, team: Team, settled: Callable[[], None], qtbot: QtBot, qapp: QGuiApplication
):
    window = opened(desk, team.project, settled, qtbot)
    window.go("team", "join-request")
    settled()
    page = window.stack.page
    assert isinstance(page, TeamPage)
    assert page.table is not None
    assert page.table.empty.sentence == "Nobody waits to be admitted."
    assert page.table.empty._act.text().strip() == "Invite…"
    page.table.empty._act.click()
    settled()
    sheet = window.sheet
    assert isinstance(sheet, InviteSheet)
    assert Invitation.parse(sheet.link.text()) == Invitation(str(team.copy), team.id)
    assert sheet.words.words == fingerprint(team.id)
    assert any("can read everything in it" in each.text() for each in sheet.findChildren(QLabel))
    sheet.send.click()
    assert qapp.clipboard().text() == sheet.link.text()
    sheet.close()


def test_that_nobody_is_admitted_before_the_words_were_compared(
    desk: Desk, team: Team, settled: Callable[[], None], tmp_path: Path, qtbot: QtBot
):
    newcomer = Team(tmp_path)
    newcomer._home, newcomer._folder = tmp_path / "mira-home", tmp_path / "mira"
    device = newcomer.join()
    with Workspace(team.project) as ana:
        sync(ana)
    window = opened(desk, team.project, settled, qtbot)
    window.go("team", "join-request")
    settled()
    page = window.stack.page
    assert isinstance(page, TeamPage)
    page.admit.click()
    settled()
    form = window.form
    assert isinstance(form, AdmitForm)
    assert form.words.words == fingerprint(device)
    assert form.rows["roles"].editor.value() == ("ml-engineer",)
    form.submit()
    assert form.banner.sentence == "Compare the eight words with them first."
    form.compared.setChecked(True)
    form.submit()
    settled()
    assert page.table is not None
    assert page.table.model.total == 0
    assert not page.admit.isEnabled()
    page.turn_to("member")
    settled()
    assert page.table.model.total == 3
    assert page.main_act() is None


def test_that_what_the_shared_folder_lost_is_put_back_from_its_banner(
    desk: Desk, team: Team, settled: Callable[[], None], qtbot: QtBot
):
    team.ben(ADD_KPI(**KPI))
    window = opened(desk, team.project, settled, qtbot)
    own = desk.who.device if desk.who else ""
    [lost] = [each for each in (team.project / "journals").rglob("*.jsonl") if each.parent.name != own]
    before = lost.read_bytes()
    lost.write_bytes(before.splitlines(keepends=True)[0])
    desk.refresh()
    settled()
    assert window.condition.sentence == "The shared folder lost entries that this machine has seen: 1 of Ben Ode."
    window.go("goals")
    assert window.condition.sentence, "it stays whatever page is in front"
    window.condition._act.click()
    settled()
    assert lost.read_bytes() == before
    assert window.toast.text == "Put back, byte for byte: 1 of Ben Ode."
    assert window.condition.sentence == ""


def test_that_two_versions_that_came_with_a_sync_are_shown_and_settled_by_one_act(
    desk: Desk, team: Team, settled: Callable[[], None], qtbot: QtBot
):
    edit = ACTS["kpi.edit"]
    with Workspace(team.project) as ana:
        ana.do(ADD_KPI(**KPI))
        sync(ana)
    team.ben(edit(id="Time to decision", target=30.0))
    with Workspace(team.project) as ana:
        ana.do(edit(id="Time to decision", target=35.0))
    window = opened(desk, team.project, settled, qtbot)
    window.commands.run("sync")
    settled()
    page = goals(window, settled)
    table(page).grid.selectRow(0)
    settled()
    view = window.inspector.findChild(Versions)
    assert isinstance(view, Versions)
    assert window.inspector.shown is not None
    told = [(each.field, each.value, each.who) for each in window.inspector.shown.versions]
    assert sorted(told) == [("target", 30.0, "Ben Ode"), ("target", 35.0, "Ana Lima")]
    keep = next(each for each in view.findChildren(Button) if "30" in each.text())
    keep.click()
    settled()
    assert window.inspector.shown.versions == ()
    assert table(page).model.row(0).target == 30
    window.commands.run("sync")
    settled()
    with team.at_ben() as ben:
        assert [(each.target, each.contested) for each in ben.ask(kpis)] == [(30, ())]

"""Addresses in the window: back and forward, links that are copied and followed, links in comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu

from mlops_desk.areas.team.comment import AddComment
from mlops_desk.gui.app import open_window
from mlops_desk.gui.history import History, Spot
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel import settings
from mlops_desk.kernel.address import Address, read
from mlops_desk.workspace import Founder, Workspace, found
from tests.gui.conftest import settle
from tests.gui.steps import ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QGuiApplication
    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow


def test_that_the_links_of_chosen_rows_are_copied_and_each_leads_to_its_record(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], qapp: QGuiApplication
):
    elsewhere(ADD_KPI(**KPI), ADD_KPI(name="Overrule rate"))
    window.desk.refresh()
    settled()
    kpis = table(goals(window, settled))
    kpis.grid.selectAll()
    menu = kpis.cell_menu.made(kpis.model.index(0, 0))
    copies = next(each.menu() for each in menu.actions() if isinstance(each.menu(), QMenu))
    assert isinstance(copies, QMenu)
    link = copies.actions()[-1]
    assert link.text() == "Copy 2 links"
    menu.triggered.emit(link)
    lines = qapp.clipboard().text().splitlines()
    assert [read(each).id for each in lines] == [kpis.model.row(at).id for at in range(2)]
    for line in lines:
        window.where.follow(line)
        settled()
        assert window.inspector.chosen is not None
        assert window.inspector.chosen.id == read(line).id


def test_that_a_window_started_with_an_address_goes_there_on_the_project_that_it_names(
    project: Path, tmp_path: Path, qtbot: QtBot, qapp: QGuiApplication
):
    other = tmp_path / "other"
    found(other, "Other", "", Founder("Ana", "ana@example.org", ("data-scientist",)))
    with Workspace(project) as desk:
        id_ = desk.do(ADD_KPI(**KPI)).id
        address = str(Address(desk.project.id, "kpi", id_))
    for folder in (project, other):  # the other one was opened last
        with Workspace(folder) as desk:
            settings.note_opened(desk.project.id, folder)
    window = open_window(address=address)
    qtbot.addWidget(window)
    window.show()
    try:
        with qtbot.waitSignal(window.inspector.filled, timeout=15_000):
            pass
        assert window.desk.who is not None
        assert window.desk.who.folder == project
        assert (window.stack.place, window.inspector.chosen and window.inspector.chosen.id) == ("goals", id_)
        settle(window.desk, qtbot)
    finally:
        window.desk.close()


def test_that_an_address_of_no_project_here_is_refused_in_the_window(qtbot: QtBot, home: Path):
    window = open_window(address="mlops-desk://elsewhere/kpi/x")
    qtbot.addWidget(window)
    window.show()
    try:
        with qtbot.waitSignal(window.desk.failed, timeout=15_000) as refused:
            pass
        assert refused.args[0].code == "NAME-111"
        settle(window.desk, qtbot)
    finally:
        window.desk.close()


def test_that_back_walks_pages_tabs_and_records(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(**KPI), ADD_KPI(name="Overrule rate"))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    table(page).grid.selectRow(0)
    settled()
    table(page).grid.selectRow(1)
    settled()
    chosen = window.inspector.shown
    assert chosen is not None
    page.turn_to("objective")
    settled()
    window.go("governance", "line")
    settled()
    window.commands.run("back")
    settled()
    assert (window.stack.place, page.tab) == ("goals", "objective")
    window.commands.run("back")
    settled()
    assert (window.stack.place, page.tab) == ("goals", "kpi")
    assert window.inspector.isVisible()
    assert window.inspector.shown is not None
    assert window.inspector.shown.id == chosen.id, "the row chosen last is shown again, not every row on the way"
    window.commands.run("back")
    settled()
    assert window.stack.place == "home"
    window.commands.look()
    assert not window.commands.actions["back"].isEnabled()
    window.commands.run("forward")
    settled()
    assert table(page).chosen.id == chosen.id


def test_that_a_new_way_forgets_the_one_before():
    history = History()
    for place in ("home", "goals", "data"):
        history.go(Spot(place))
    assert history.back() == Spot("goals")
    history.go(Spot("team"))
    assert not history.can_go_forward
    assert [history.back(), history.back(), history.back()] == [Spot("goals"), Spot("home"), None]


def test_that_the_link_of_a_record_is_copied_and_leads_back(
    window: MainWindow,
    settled: Callable[[], None],
    elsewhere: Callable[..., None],
    qapp: QGuiApplication,
    qtbot: QtBot,
):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    page.header.link.click()
    assert read(qapp.clipboard().text()).place == "goals"
    assert read(qapp.clipboard().text()).tab == "kpi"
    table(page).grid.selectRow(0)
    settled()
    assert "Time to decision" in page.header._record.text()
    page.header.link.click()
    link = qapp.clipboard().text()
    assert read(link).noun == "kpi"
    page.header._tab.click()
    assert window.inspector.isHidden()
    window.go("home")
    settled()
    window.commands.run("box")
    assert window.box is not None
    window.box.field.setText(link)
    window.box._typed()
    qtbot.keyClick(window.box.field, Qt.Key.Key_Return)
    settled()
    assert window.stack.place == "goals"
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == "Time to decision"


def test_that_an_address_that_leads_nowhere_here_is_a_sentence(window: MainWindow, settled: Callable[[], None]):
    said = {
        "mlops-desk://elsewhere/kpi/1": "This address belongs to another project: elsewhere.",
        "mlops-desk://Loan/page/nowhere": "There is no page “nowhere” here.",
        "mlops-desk://": "“mlops-desk://” is no address.",
        "mlops-desk://Loan/kpi/nothing": "There is no KPI “nothing”.",
    }
    for address, sentence in said.items():
        window.desk.follow(address)
        settled()
        assert window.banner.sentence == sentence


def test_that_addresses_in_comments_are_links_and_all_else_is_text(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    text = (
        "<a href='x'>see</a> mlops-desk://loan/kpi/Overrule%20rate and mlops-desk://loan/page/governance/line, not "
        "mlops-desk://other/kpi/1 or mlops-desk://loan/kpi/nothing"
    )
    elsewhere(ADD_KPI(**KPI), ADD_KPI(name="Overrule rate"), AddComment(subject="kpi/Time to decision", text=text))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    place = next(n for n in range(2) if table(page).model.row(n).name == "Time to decision")
    table(page).grid.selectRow(place)
    settled()
    assert text in [each.text() for each in window.inspector.findChildren(QLabel)], "the text stays as it was written"
    buttons = [each for each in window.inspector.findChildren(Button) if each.accessibleName().startswith("Open ")]
    assert [each.accessibleName() for each in buttons] == ["Open Overrule rate", "Open Governance › Audit trail"]
    assert all(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in buttons)
    buttons[0].click()
    settled()
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == "Overrule rate"
    assert table(page).chosen.name == "Overrule rate"
    window.commands.run("back")
    settled()
    assert window.inspector.shown.title == "Time to decision"

"""The real window on a real project: what people do in it, from the first click to the row that stands there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mlops_desk import catalogue
from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.gui.app import start
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.governance import GovernancePage
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.places import places
from mlops_desk.gui.theme import theme
from mlops_desk.kernel import settings
from mlops_desk.kernel.card import Viewer
from mlops_desk.kernel.roles import WORKING_SLUGS
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.homes import HOMES, home
from tests.gui.steps import ACTS, ADD_KPI, ARCHIVE_KPI, KPI, fill, goals, names, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.desk import Desk


def test_that_the_window_opens_on_a_project(window: MainWindow):
    assert window.windowTitle().startswith("Loan")
    assert isinstance(window.stack.page, HomePage)
    assert window.stack.page.sentence.text().startswith("No goal yet.")
    assert not window.stack.page.guide.isHidden()
    assert "Ana Lima" in window.status.who.text()


def test_that_without_a_display_one_sentence_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("mlops_desk.gui.app.has_display", lambda *_: False)
    assert start() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_that_a_kpi_is_added_by_its_form_and_checked_in(window: MainWindow, settled: Callable[[], None]):
    page = goals(window, settled)
    window.commands.run("new")
    form = window.form
    assert isinstance(form, Form)
    fill(form, **KPI, start=date(2026, 1, 1), due=date(2026, 12, 31))
    form.submit()
    settled()
    assert names(page) == ["Time to decision"]
    assert window.toast.text == "Added Time to decision."
    table(page).grid.selectRow(0)
    settled()
    assert window.inspector.shown is not None
    window.desk.fill_in(RecordCheckIn, {"kpi": window.inspector.shown.id})
    settled()
    assert isinstance(window.form, Form)
    fill(window.form, value="62")
    window.form.submit()
    settled()
    assert table(page).model.row(0).value == 62
    assert table(page).chosen is not None, "news must not lose the selection"


def test_that_putting_away_can_be_taken_back(window: MainWindow, settled: Callable[[], None], elsewhere):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    window.desk.do(ARCHIVE_KPI(id=table(page).model.row(0).id))
    settled()
    assert names(page) == []
    window.toast._act.click()
    settled()
    assert names(page) == ["Time to decision"]


def test_that_another_process_appears_after_a_look_for_news(window: MainWindow, settled: Callable[[], None], elsewhere):
    page = goals(window, settled)
    assert names(page) == []
    elsewhere(ADD_KPI(**KPI))
    window.commands.run("refresh")
    settled()
    assert names(page) == ["Time to decision"]


def test_that_what_is_done_here_can_be_read_by_others_at_once(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    before = sum(path.stat().st_size for path in (project / "journals").rglob("*") if path.is_file())
    window.desk.do(ADD_KPI(**KPI))
    settled()
    after = sum(path.stat().st_size for path in (project / "journals").rglob("*") if path.is_file())
    assert after > before


def test_that_the_role_decides_which_cards_come_first(window: MainWindow, settled: Callable[[], None]):
    page = window.stack.page
    assert isinstance(page, HomePage)
    first = [view.title for view in page.cards if not view.isHidden()]
    window.desk.act_as("ai-ethics")
    settled()
    second = [view.title for view in page.cards if not view.isHidden()]
    assert first != second
    assert second[0] == "Gate board"
    assert "AI Ethics" in window.status.who.text()


def test_that_all_eight_roles_have_a_home_with_cards_that_say_something(project: Path):
    assert set(HOMES) == WORKING_SLUGS
    with Workspace(project) as workspace, ThreadPoolExecutor(1) as worker:
        for role, names in HOMES.items():
            viewer = Viewer(role, "")
            found = worker.submit(workspace.ask, home, viewer, names).result().cards
            assert [name for name, _card in found] == list(names)
            assert len(names) == 6
            for _name, card in found:
                assert card.title
                assert card.rows
                assert card.act.word
                leads = (card.act.act, card.act.noun, card.act.command, card.act.page)
                assert any(leads), "no card without an act"
                assert card.act.act in {"", *RULES.acts}
                assert card.act.page in {"", *(each.name for each in catalogue.AREAS), "inbox"}


def test_that_the_guide_goes_when_the_project_has_begun(window: MainWindow, settled: Callable[[], None]):
    page = window.stack.page
    assert isinstance(page, HomePage)
    assert not page.guide.isHidden()
    window.desk.do(ACTS["use-case.add"](name="Credit score"))
    settled()
    assert page.guide.isHidden()


def test_that_the_theme_can_be_changed_and_is_kept(window: MainWindow, settled: Callable[[], None]):
    before = window.palette().window().color()
    window.commands.run("theme-dark")
    settled()
    assert window.palette().window().color() != before
    assert window.palette().window().color() == theme().colour("bg.app")

    assert settings.load().theme == "dark"


def test_that_every_page_can_be_reached_by_its_key(window: MainWindow, settled: Callable[[], None]):
    for number, place in enumerate(places()[:10], start=1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number % 10), Qt.KeyboardModifier.ControlModifier)
        settled()
        assert window.stack.place == place.name
    window.commands.run("back")
    assert window.stack.place == places()[8].name
    window.commands.run("forward")
    assert window.stack.place == places()[9].name


def test_that_places_without_an_area_say_what_is_true(window: MainWindow, settled: Callable[[], None]):
    from mlops_desk.gui.places import areas_of

    for place in places():
        if place.areas and not areas_of(place) and place.name != "governance":
            window.go(place.name)
            settled()
            page = window.stack.page
            assert isinstance(page, AreaPage)
            assert page.nothing.sentence == place.empty


def test_that_the_trail_can_be_checked(window: MainWindow, settled: Callable[[], None]):
    window.show_trail()
    settled()
    page = window.stack.page
    assert isinstance(page, GovernancePage)
    assert table(page).model.rowCount() == 1
    page.verify.click()
    settled()
    assert page.result.sentence == "The trail is sound."


def test_that_f6_moves_through_the_parts_of_the_window(window: MainWindow, settled: Callable[[], None], qtbot: QtBot):
    window.activateWindow()
    goals(window, settled)
    window.show_inspector()
    qtbot.waitUntil(window.isActiveWindow)
    window.rail.view.setFocus()
    seen = []
    for _number in range(5):
        window.commands.run("region-next")
        focused = window.focusWidget()
        seen.append(
            next(
                (
                    n
                    for n, part in enumerate((window.rail, window.stack, window.inspector, window.status, window.bar))
                    if part.isAncestorOf(focused)
                ),
                -1,
            )
        )
    assert seen == [1, 2, 3, 4, 0]


def test_that_hostile_text_is_shown_as_it_is(window: MainWindow, settled: Callable[[], None]):
    hostile = "<b>&amp;</b><img src=x>"
    window.desk.do(ACTS["use-case.add"](name=hostile, problem="<h1>big</h1>"))
    settled()
    page = goals(window, settled, "use-case")
    table(page).grid.selectRow(0)
    settled()
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == hostile
    assert window.inspector._title.text() == hostile
    assert window.inspector._title.textFormat() == Qt.TextFormat.PlainText


def test_that_a_folder_without_a_project_is_said_and_the_start_stays(desk: Desk, qtbot: QtBot, tmp_path: Path):
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(desk.failed, timeout=15_000):
        desk.open(tmp_path)
    assert "holds no MLOps Desk project" in window.banner.sentence
    assert window.rail.isHidden()


def test_that_the_sample_is_made_once_and_then_opened_again(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from mlops_desk.workspace import sample

    lived: list[Path] = []

    def live(folder: Path, progress: object, stop: object) -> list[str]:
        lived.append(folder)
        found(folder, "Sample", "", Founder("Ana Lima", "", ("data-scientist",)), is_sample=True)
        (folder / sample.REPORT).parent.mkdir()
        (folder / sample.REPORT).touch()
        return []

    monkeypatch.setattr(sample, "live_the_cycle", live)
    monkeypatch.setattr("mlops_desk.gui.desk.sample_folder", lambda: tmp_path / "sample")
    window = MainWindow(desk)
    qtbot.addWidget(window)
    for _turn in range(2):
        with qtbot.waitSignal(desk.opened, timeout=15_000):
            desk.open_sample()
    assert lived == [tmp_path / "sample"]
    assert desk.who is not None
    assert desk.who.seats == ("Ana Lima",)


def test_that_a_project_can_be_founded_in_the_window(
    desk: Desk, qtbot: QtBot, tmp_path: Path, settled: Callable[[], None]
):
    from mlops_desk.gui.pages.start import FoundDialog

    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    window.ways.create_project()
    dialog = window.form
    assert isinstance(dialog, FoundDialog)
    dialog.submit()
    assert dialog.banner.sentence == "The project needs a name."
    dialog.name.setText("Churn")
    dialog.folder.setText(str(tmp_path / "churn"))
    dialog.person.setText("Ben")
    with qtbot.waitSignal(desk.opened, timeout=15_000):
        dialog.submit()
    settled()
    assert window.windowTitle().startswith("Churn")
    assert desk.who is not None
    assert desk.who.name == "Ben"

"""Everything the command line does for the cycle has a place in the window: declared, and held against both faces."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from mlops_desk.areas.reports.saved import SaveReport
from mlops_desk.catalogue import LISTINGS, RULES
from mlops_desk.cli.commands import COMMANDS
from mlops_desk.gui.command_words import IN_WINDOW, for_window
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.as_of import AsOfDialog
from mlops_desk.gui.pages.audit_pack import AuditSheet
from mlops_desk.gui.pages.deployments import DeploymentsPage
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.governance import GovernancePage
from mlops_desk.gui.pages.key import SealSheet, UnsealSheet
from mlops_desk.gui.pages.schedule import ScheduleSheet
from mlops_desk.gui.pages.settings import SettingsPage
from mlops_desk.gui.pages.sql import SqlDialog
from mlops_desk.gui.places import areas_of, places
from mlops_desk.kernel import secrets
from tests.gui.steps import ADD_KPI, KPI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QGuiApplication

    from mlops_desk.gui.main_window import MainWindow


def test_that_every_command_has_its_command_in_the_window(window: MainWindow):
    known = {words for words, _help, _fill in COMMANDS}
    assert set(IN_WINDOW) == known, "say in gui/command_words.py where the window does it"
    window.commands.look()
    for words, name in IN_WINDOW.items():
        assert name in window.commands.actions, f"{' '.join(words)} has no command in the window"
        assert window.commands.actions[name].isEnabled(), f"{name} cannot be run though a project is open"


def test_that_every_act_is_offered_by_the_page_of_its_area():
    offered = {act for place in places() for area in areas_of(place) for act in area.acts}
    assert set(RULES.acts.values()) - offered == set()


def test_that_every_table_of_the_command_line_is_a_tab():
    tabs = [listing for place in places() for area in areas_of(place) for listing in area.listings]
    assert [each.words for each in LISTINGS if each not in tabs] == []


@pytest.mark.parametrize("name", sorted(RULES.acts))
def test_that_every_argument_of_a_command_is_a_field_of_its_form(window: MainWindow, name: str):
    from mlops_desk.kernel.record import fields_of

    act: Any = RULES.acts[name]
    form = Form(window.desk, act, {}, window)
    assert {each.name for each in fields_of(act)} - set(form.rows) <= {"clear"}
    form.close()


def test_that_a_question_in_sql_is_answered_as_a_table_that_can_be_copied(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], qapp: QGuiApplication
):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    window.commands.run("ask")
    dialog = window.sheet
    assert isinstance(dialog, SqlDialog)
    settled()
    assert dialog.views.findItems("kpi", Qt.MatchFlag.MatchExactly)
    dialog.sql.setPlainText("SELECT name, target FROM kpi")
    dialog.ask()
    settled()
    assert dialog.answer is not None
    assert dialog.answer.model.total == 1
    dialog.copy.click()
    assert qapp.clipboard().text() == "name\ttarget\nTime to decision\t40"
    dialog.sql.setPlainText("DROP TABLE kpi")
    dialog.ask()
    settled()
    assert dialog.banner.sentence == "Only one SELECT may be asked."
    assert dialog.run.isEnabled()
    dialog.close()


def test_that_the_store_is_made_again_while_the_window_reads_on(window: MainWindow, settled: Callable[[], None]):
    window.commands.run("rebuild")
    settled()
    assert isinstance(window.stack.page, SettingsPage)
    assert window.toast.text.startswith("Rebuilt from")
    window.go("home")
    settled()
    assert window.banner.sentence == ""


def test_that_a_sealed_key_is_opened_once_for_the_window(window: MainWindow, settled: Callable[[], None], home: Path):
    window.commands.run("seal")
    settled()
    page = window.stack.page
    assert isinstance(page, SettingsPage)
    assert isinstance(page.sheet, SealSheet)
    page.sheet.first.setText("correct horse")
    page.sheet.submit()
    assert page.sheet.banner.sentence == "The two are not the same, or empty."
    page.sheet.again.setText("correct horse")
    page.sheet.submit()
    settled()
    assert page.seal.isHidden(), "what is sealed need not be sealed again"
    secrets._opened.clear()  # as if the window had been closed and opened again
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert isinstance(window.sheet, UnsealSheet)
    window.sheet.phrase.setText("wrong")
    window.sheet.submit()
    settled()
    assert window.sheet.banner.sentence == "The pass-phrase does not open your key."
    window.sheet.phrase.setText("correct horse")
    window.sheet.submit()
    settled()
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert window.toast.text == "Added Time to decision."


def test_that_a_damaged_journal_is_listed_with_its_place(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    window.go("governance")
    settled()
    page = window.stack.page
    assert isinstance(page, GovernancePage)
    own = next((project / "journals").rglob("*.jsonl"))
    stray = own.with_name("notes.txt")
    stray.write_text("not a journal")
    page.verify.click()
    settled()
    page.turn_to("finding")
    settled()
    assert page.table is not None
    shown = [page.table.model.row(number).place for number in range(page.table.model.rowCount())]
    assert any("notes.txt" in place for place in shown)


def test_that_any_gate_can_be_looked_at_item_by_item(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    add = RULES.acts["use-case.add"]
    elsewhere(add(name="Fair credit"))
    window.desk.refresh()
    settled()
    window.commands.run("gate")
    settled()
    page = window.stack.page
    assert isinstance(page, GovernancePage)
    dialog = page.gate
    assert isinstance(dialog, GateDialog)
    assert dialog.table.model.total > 0
    before = dialog.table.model.total
    dialog.all.setChecked(True)
    assert dialog.table.model.total >= before
    dialog.table.row_opened.emit(dialog.table.model.row(0))
    settled()
    assert isinstance(window.form, Form)
    assert window.form.rows["item"].editor.value() == dialog.table.model.row(0).id
    window.form.close()
    dialog.close()


def test_that_the_past_can_be_asked_and_a_wrong_day_is_a_sentence(window: MainWindow, settled: Callable[[], None]):
    window.commands.run("as-of")
    settled()
    dialog = window.sheet
    assert isinstance(dialog, AsOfDialog)
    assert "No environment had been set up by then." in dialog.text.toPlainText()
    dialog.day.setText("soon")
    dialog.send.click()
    settled()
    assert dialog.banner.sentence == "“soon” is no day and no time."
    dialog.close()


def test_that_an_audit_pack_is_written_from_the_window(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], tmp_path: Path
):
    elsewhere(RULES.acts["use-case.add"](name="Fair credit"))
    window.desk.refresh()
    settled()
    window.commands.run("export")
    settled()
    sheet = window.sheet
    assert isinstance(sheet, AuditSheet)
    sheet.submit()
    settled()
    assert sheet.banner.sentence == "Say which file the report goes to."
    sheet.file.setText(str(tmp_path / "audit.zip"))
    sheet.submit()
    settled()
    assert sheet.banner.sentence.startswith("Wrote the audit pack of Fair credit to ")
    assert (tmp_path / "audit.zip").is_file()
    sheet.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the desk installs no task on Windows")
def test_that_a_schedule_is_shown_and_installs_nothing_unasked(
    window: MainWindow, settled: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    window.commands.run("schedule")
    settled()
    sheet = window.sheet
    assert isinstance(sheet, ScheduleSheet)
    assert sheet.banner.sentence == "No recipe is saved yet."
    assert not sheet.send.isEnabled()
    sheet.close()
    window.desk.do(SaveReport(name="Monday", brief=True))
    settled()
    window.commands.run("schedule")
    settled()
    sheet = window.sheet
    assert isinstance(sheet, ScheduleSheet)
    sheet.submit()
    settled()
    assert sheet.banner.sentence == "Say which file the report goes to."
    sheet.file.setText(str(tmp_path / "the week's {day}.pdf"))
    sheet.submit()
    settled()
    assert sheet.banner.sentence == "Nothing was installed."
    assert "0 8 * * 1 " in sheet.text.toPlainText()
    sheet.installs.setChecked(True)
    sheet.submit()
    settled()
    assert sheet.banner.sentence.startswith("crontab did not take the schedule")
    sheet.close()


def test_that_serving_says_what_is_missing_where_nothing_is_live(window: MainWindow, settled: Callable[[], None]):
    window.commands.run("serve")
    settled()
    page = window.stack.page
    assert isinstance(page, DeploymentsPage)
    assert page.sheet is not None
    assert page.sheet.banner.sentence == "Nothing is live, so nothing can answer."
    assert not page.sheet.send.isEnabled()
    page.sheet.close()


def test_that_sentences_name_what_the_window_has_instead_of_commands():
    assert for_window("Try it with `mlops-desk ask`.") == "Try it with “Ask in SQL”."
    assert for_window("Make one: `mlops-desk dataset profile loans@1`.") == "Make one: “Profile version”."
    assert for_window("`mlops-desk gate items` lists all of them.") == "“Checklists” lists all of them."
    assert for_window("Act in another role with --as.") == "Act in another role (Ctrl+Shift+R)."
    assert for_window("`mlops-desk --help` lists them.") == "`mlops-desk --help` lists them."


def test_that_no_empty_table_names_a_command(window: MainWindow, settled: Callable[[], None]):
    for place in places():
        window.go(place.name)
        settled()
        page = window.stack.page
        if isinstance(page, AreaPage):
            for _area, listing in page.tabs:
                assert "`" not in for_window(listing.empty)

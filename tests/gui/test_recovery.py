"""Loss in the window: 24 words on paper, a machine brought back, a new key, a moved place, a machine retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from mlops_desk.areas.team.device import RetireDevice
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.pages.recovery import KeySheet, MovedSheet, RecoverSheet, RenewSheet
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace, machine
from mlops_desk.workspace.project import load
from mlops_desk.workspace.recovery import is_unsaved, unsaved_words
from tests.gui.steps import ADD_KPI, KPI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


@pytest.fixture
def words(project: Path) -> list[str]:
    with Workspace(project) as ana:
        return unsaved_words(ana).split()


def everything_shown(sheet: KeySheet) -> str:
    """Return what could hold one of the words; the sentences of the sheet may have one in common with them."""
    labels = [f"{each.text()} {each.accessibleName()}" for each in sheet.paper.findChildren(QLabel)]
    return " ".join([*labels, *(each.text() for each in sheet.findChildren(QLineEdit))])


def test_that_the_words_are_shown_asked_back_and_forgotten(
    window: MainWindow, settled: Callable[[], None], project: Path, words: list[str]
):
    home = window.stack.page
    assert isinstance(home, HomePage)
    assert home.paper.sentence.startswith("The project hangs on this machine")
    home.paper._act.click()
    settled()
    sheet = window.sheet
    assert isinstance(sheet, KeySheet)
    assert [each.text() for each in sheet.paper._words] == words
    sheet.submit()
    assert sheet.is_asking
    assert not set(everything_shown(sheet).split()) & set(words), "what is asked back is not shown"
    first, second = sheet.back
    sheet.submit()
    assert sheet.banner.sentence == f"Type word {first} from the paper."
    sheet.back[first].setText(words[first - 1])
    sheet.back[second].setText(words[second - 2])
    sheet.submit()
    settled()
    assert sheet.banner.sentence == f"Word {second} is another one."
    sheet.again.click()
    settled()
    assert [each.text() for each in sheet.paper._words] == words
    sheet.submit()
    sheet.back[second].setText(words[second - 1][:4].upper())
    sheet.submit()
    settled()
    assert window.toast.text.startswith("Right. This machine has forgotten the words")
    assert home.paper.sentence == ""
    with Workspace(project) as ana:
        assert unsaved_words(ana) == ""
        assert not is_unsaved(ana)
    window.open_team_sheet("recovery-key")
    settled()
    assert isinstance(window.sheet, KeySheet)
    assert window.sheet.banner.sentence == "The words are not on this machine."
    assert not window.sheet.send.isEnabled()
    window.sheet.close()


def test_that_no_word_stays_in_a_sheet_that_was_closed(
    window: MainWindow, settled: Callable[[], None], words: list[str]
):
    window.open_team_sheet("recovery-key")
    settled()
    sheet = window.sheet
    assert isinstance(sheet, KeySheet)
    assert set(words) <= set(everything_shown(sheet).split())
    sheet.close()
    assert not set(everything_shown(sheet).split()) & set(words)


def test_that_the_words_make_an_owner_and_new_words_and_are_nowhere_afterwards(
    window: MainWindow, settled: Callable[[], None], words: list[str], project: Path, home: Path
):
    window.commands.run("recover")
    settled()
    sheet = window.sheet
    assert isinstance(sheet, RecoverSheet)
    assert sheet.words.echoMode() == QLineEdit.EchoMode.Password
    sheet.words.setText(" ".join([*words[:-1], "xyzzy"]))
    sheet.submit()
    settled()
    assert sheet.banner.sentence == "“xyzzy” is no word of a recovery key."
    sheet.words.setText(" ".join(words))
    sheet.submit()
    settled()
    assert sheet.banner.sentence == "This machine belongs to a member already."
    sheet.what.setCurrentIndex(sheet.what.findData("new"))
    typed: list[str] = []
    sheet.words.textChanged.connect(typed.append)
    sheet.submit()
    settled()
    assert typed == [""], "the field is emptied when the sheet is closed"
    shown = window.sheet
    assert isinstance(shown, KeySheet), "the new words are shown to be written down"
    fresh = [each.text() for each in shown.paper._words]
    assert len(set(fresh) - set(words)) > 12
    shown.close()
    held = b"".join(each.read_bytes() for each in project.rglob("*") if each.is_file())
    assert " ".join(fresh[:3]).encode() not in held


def test_that_a_machine_gets_a_new_key_and_waits_with_its_words(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    before = window.desk.who
    assert before is not None
    window.commands.run("renew")
    settled()
    assert isinstance(window.sheet, RenewSheet)
    window.sheet.submit()
    settled()
    who = window.desk.who
    assert who is not None
    assert who.device != before.device
    assert who.asks_as == "Ana Lima"
    assert who.words in window.condition.sentence


def test_that_a_place_that_was_moved_writes_again_once_the_other_is_given_up(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    made = load(project)
    [device] = made.own_devices()
    machine._note(made, device).write_bytes(b"elsewhere 1\n")  # as after a copy
    refused: list[DeskError] = []
    window.desk.do(ADD_KPI(**KPI), failed=refused.append)
    settled()
    assert refused
    window.commands.run("moved")
    sheet = window.sheet
    assert isinstance(sheet, MovedSheet)
    sheet.submit()
    assert sheet.banner.sentence == "Say first that the other place is given up."
    sheet.sure.setChecked(True)
    sheet.submit()
    settled()
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert window.toast.text == "Added Time to decision."


def test_that_a_lost_machine_is_retired_from_the_page_of_the_team(window: MainWindow, settled: Callable[[], None]):
    window.go("team", "device")
    settled()
    page = window.stack.page
    assert page is not None
    assert page.table is not None
    row = page.table.model.row(0)
    page.table.row_chosen.emit(row)
    settled()
    window.inspector.acts.begin(RetireDevice)
    settled()
    form = window.form
    assert isinstance(form, Form)
    assert form.rows["device"].editor.value() == row.id
    said = " ".join(each.text() for each in form.findChildren(QLabel))
    assert "what it wrote up to now stays" in said
    form.close()

"""The inbox: what needs me with its act, what I wait for, what happened by day, and the number on the rail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from mlops_desk.areas.governance.checklist import items_of
from mlops_desk.areas.team.comment import AddComment
from mlops_desk.catalogue import RULES
from mlops_desk.gui.forms.admit import AdmitForm
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.models.listed import row_key
from mlops_desk.gui.pages import inbox_lines
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.inbox import InboxPage
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel import settings
from mlops_desk.kernel.clock import today
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.inbox import on_others
from mlops_desk.workspace.project import load
from tests.gui.access_walk import faults
from tests.gui.conftest import ALL_ROLES
from tests.gui.steps import ADD_KPI, KPI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.kernel.act import Act

ACT = RULES.act


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """Return a project of Ana and Ben, whose keys are both on this machine: each asked the other for something."""
    made = found(tmp_path / "loan", "Loan", "", Founder("Ana Lima", "ana@example.org", ALL_ROLES), is_sample=True)
    join(made, Founder.parse("Ben Ode", ["ai-ethics"]))
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(ACT("roster.admit", request="Ben Ode"))
        ana.do(ACT("use-case.add", name="Fair credit"))
        ana.do(ACT("gate.ask", gate="G1", subject="Fair credit"))
        ana.do(AddComment(subject="use-case/Fair credit", text="@Ben and you?"))
    ben(made.folder, ADD_KPI(**KPI, owner="data-scientist"))
    ben(made.folder, AddComment(subject="kpi/Time to decision", text="@Ana look <b>here</b>"))
    return made.folder


def ben(folder: Path, *acts: Act) -> None:
    with Workspace(folder, me="Ben") as desk:
        for act in acts:
            desk.do(act)


def at_inbox(window: MainWindow, settled: Callable[[], None], tab: str = "needs-me") -> InboxPage:
    window.go("inbox", tab)
    settled()
    page = window.stack.page
    assert isinstance(page, InboxPage)
    return page


def lines(page: InboxPage) -> dict[str, Any]:
    assert page.table is not None
    model = page.table.model
    return {model.row(each).sentence: model.row(each) for each in range(model.rowCount())}


def line(page: InboxPage, part: str) -> Any:
    [found] = [each for sentence, each in lines(page).items() if part in sentence]
    return found


def test_that_the_inbox_says_what_needs_me_and_the_rail_says_how_much(window: MainWindow, settled: Callable[[], None]):
    page = at_inbox(window, settled)
    found = lines(page)
    model = window.rail.model
    at = model.index([each.name for each in model.places].index("inbox"))
    assert at.data(Qt.ItemDataRole.AccessibleTextRole) == f"Inbox, {len(found)} need you"
    assert line(page, "Time to decision waits").do == "Check in…"
    assert line(page, "Ben Ode on Time").do == "Reply…"
    gate = line(page, "G1 of Fair credit waits for ARC")
    assert (gate.do, gate.urgency.word, gate.why) == ("Sign gate…", "This week", "as AI Architect")


def test_that_a_line_opens_the_form_that_settles_it_filled_in(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    page = at_inbox(window, settled)
    page.settle(line(page, "G1 of Fair credit waits for ARC"))
    settled()
    assert page.note.sentence == "This waits for you as AI Architect; you act as Data Scientist."
    page.note._act.click()
    settled()
    assert window.desk.acting == "ai-architect"
    assert isinstance(window.form, Form)
    assert window.form.rows["gate"].editor.value() == "G1"
    assert window.form.rows["subject"].editor.value()
    window.form.close()
    item = {"item": items_of("G1")[0].id, "subject": "Fair credit", "reason": "late", "measure": "watched"}
    ben(project, ACT("exception.ask", **item, until=today()))
    window.desk.refresh()
    settled()
    asked = line(page, "The exception from")
    assert (asked.do, asked.due) == ("Sign exception…", today())
    page._go_on(asked)
    settled()
    assert window.form.rows["exception"].editor.value() == asked.waiting.id
    window.form.close()


def test_that_enter_settles_the_chosen_line_and_items_are_answered_at_the_gate(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot
):
    page = at_inbox(window, settled)
    assert page.table is not None
    wanted = next(each for each in lines(page).values() if each.is_at_gate)
    assert page.table.choose(wanted.id)
    settled()
    assert window.inspector.isVisible(), "the record stands beside its line"
    qtbot.keyClick(page.table.grid, Qt.Key.Key_Return)
    settled()
    assert isinstance(page.sheet, GateDialog)
    assert page.sheet.gate.currentData() == "G1"
    page.sheet.close()


def test_that_a_mention_is_answered_from_its_line(window: MainWindow, settled: Callable[[], None]):
    page = at_inbox(window, settled)
    mention = line(page, "Ben Ode on Time")
    page.table.choose(mention.id)  # type: ignore[union-attr]
    settled()
    assert line(page, "Ben Ode on Time"), "choosing a mention does not end it"
    page.settle(mention)
    settled()
    comment = window.inspector.comment
    assert comment.answers.text() == "Answers Ben Ode: @Ana look <b>here</b>"
    comment.text.setPlainText("I did")
    comment.submit()
    settled()
    assert comment.answers.isHidden()
    assert not [each for each in lines(page) if "Ben Ode on Time" in each]


def test_that_what_i_wait_for_names_whom_and_reminds_them(window: MainWindow, settled: Callable[[], None]):
    page = at_inbox(window, settled, "others")
    waiting = line(page, "Ana Lima on Fair credit")
    assert (waiting.why, waiting.do, waiting.days) == ("Ben Ode", "Remind…", 0)
    page.settle(waiting)
    settled()
    assert window.inspector.comment.text.toPlainText() == "@Ben Ode "


def test_that_the_same_items_of_two_roles_are_two_lines(project: Path, monkeypatch: pytest.MonkeyPatch):
    with Workspace(project, me="Ana") as ana:
        found = ana.ask(on_others)[0]
        alike = [msgspec.structs.replace(found, roles=(role,)) for role in ("ai-ethics", "domain-expert")]
        monkeypatch.setattr(inbox_lines, "on_others", lambda _rows: alike)
        rows = ana.ask(inbox_lines.others)
    assert len({row_key(each) for each in rows}) == 2


def test_that_a_request_to_join_is_admitted_from_the_inbox(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    join(load(project), Founder.parse("Cleo", ["domain-expert"]))
    window.desk.refresh()
    settled()
    page = at_inbox(window, settled)
    page.settle(line(page, "Cleo asks to join"))
    settled()
    assert isinstance(window.form, AdmitForm)
    assert window.form.rows["request"].editor.value()
    window.form.close()


def test_that_the_feed_marks_what_is_new_until_one_leaves(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    ben(project, ADD_KPI(**{**KPI, "name": "Unfair refusals"}))
    window.desk.refresh()
    settled()
    counted = [seat.looked for seat in settings.project(load(project).id).seats.values()]
    assert any(counted), "the home began to count on the first visit"
    page = at_inbox(window, settled, "activity")
    assert page.feed is not None
    shown = [page.feed.view.rows.row(each) for each in range(page.feed.view.rows.rowCount())]
    assert [each.name for each in shown if each.is_new] == ["Add KPI: Unfair refusals"]
    page.feed.bar.new.setCurrentIndex(1)
    settled()
    assert page.feed.view.rows.rowCount() == 1
    page.feed.bar.new.setCurrentIndex(0)
    page.feed.bar.place.setCurrentIndex(page.feed.bar.place.findData("goals"))
    settled()
    kinds = {page.feed.view.rows.row(each).name.split(":")[0] for each in range(page.feed.view.rows.rowCount())}
    assert "Add KPI" in kinds
    assert not [each for each in kinds if "comment" in each]
    page.feed.view.opened.emit(page.feed.view.rows.row(0))
    settled()
    assert window.inspector.shown is not None
    window.go("home")
    page = at_inbox(window, settled, "activity")
    assert page.feed is not None
    assert not any(page.feed.view.rows.row(each).is_new for each in range(page.feed.view.rows.rowCount()))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_every_control_of_every_tab_has_a_name_and_can_be_hit(
    window: MainWindow, settled: Callable[[], None], look: str
):
    theme().choose(look, "compact", 100)
    found = []
    for tab in ("needs-me", "others", "activity"):
        at_inbox(window, settled, tab)
        found += [f"{tab}: {each}" for each in faults(window)]
    assert found == []


def test_that_the_home_tells_what_is_new_and_leads_to_all_of_it(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    assert "You look here for the first time. What the others do from now on stands here." in shown(window)
    ben(project, *(ADD_KPI(**{**KPI, "name": f"KPI {number}"}) for number in range(7)))
    window.desk.refresh()
    settled()
    assert [each for each in shown(window) if each.startswith("Ben Ode: ")] == [
        f"Ben Ode: Add KPI: KPI {number}" for number in (6, 5, 4, 3, 2)
    ]
    home = window.stack.page
    assert home is not None
    [all_of_it] = [each for each in home.findChildren(Button) if each.text() == "2 more: see what happened"]
    all_of_it.click()
    settled()
    page = window.stack.page
    assert isinstance(page, InboxPage)
    assert page.tab == "activity"
    window.go("home")
    settled()
    assert "Nothing new since you looked." in shown(window)


def shown(window: MainWindow) -> list[str]:
    page = window.stack.page
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()] if page is not None else []


def test_that_a_line_is_snoozed_and_done_with_and_waits_again(window: MainWindow, settled: Callable[[], None]) -> None:
    page = at_inbox(window, settled)
    table = page.table
    assert table is not None
    before = table.model.rowCount()
    assert not page.snooze.isEnabled()
    table.grid.selectRow(0)
    settled()
    first = table.chosen.sentence
    assert page.menu().actions()[0].text() == "For an hour"
    page.menu().actions()[0].trigger()
    settled()
    assert table.model.rowCount() == before - 1
    table.grid.selectRow(0)
    second = table.chosen.sentence
    page.done.click()
    settled()
    assert table.model.rowCount() == before - 2
    for tab, sentence in (("snoozed", first), ("done", second)):
        page.turn_to(tab)
        settled()
        assert page.table is not None
        assert [row.sentence for row in page.table.model.here()] == [sentence]
        page.table.grid.selectRow(0)
        page.again.click()
        settled()
        assert page.table.model.rowCount() == 0
    page.turn_to("needs-me")
    settled()
    assert table.model.rowCount() == before


def test_that_what_asks_for_an_act_at_once_is_said_once(
    window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlops_desk.gui.pages.inbox_lines import Counted

    called: list[object] = []
    monkeypatch.setattr(QApplication, "alert", called.append)
    monkeypatch.setattr(type(window), "isActiveWindow", lambda _self: False)
    counted = Counted(3, {"a": "Old."}, is_quiet=False)
    window.badges._urgent = None
    window.badges._call(counted)
    assert window.toast.text == "", "what waited when the project was opened stands on the home"
    window.badges._call(Counted(3, {"a": "Old.", "b": "Production is down."}, is_quiet=False))
    assert window.toast.text == "Production is down."
    assert called == [window]
    window.badges._call(Counted(3, {"b": "Production is down.", "c": "Worse.", "d": "More."}, is_quiet=True))
    assert window.toast.text == "Worse. And 1 more."
    assert called == [window], "nothing outside the window in quiet hours"

"""Undo: the way back from an act is another act, named, refused where others changed the same since."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.gui.undo import STEPS, Step, Steps
from mlops_desk.workspace import Workspace
from tests.gui.steps import ADD_KPI, ARCHIVE_KPI, EDIT_KPI, KPI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


def the_kpi(project: Path) -> Kpi:
    with Workspace(project) as workspace:
        return workspace.ask(lambda rows: rows.find(Kpi)[0])


def undo_text(window: MainWindow) -> str:
    return window.commands.actions["undo"].text()


def test_that_an_edit_is_taken_back_and_done_again(window: MainWindow, settled: Callable[[], None], project: Path):
    window.desk.do(ADD_KPI(**KPI))
    settled()
    id_ = the_kpi(project).id
    window.desk.do(EDIT_KPI(id=id_, target=30.0, due=date(2026, 12, 31)))
    settled()
    assert undo_text(window) == "Undo: Edit KPI"
    window.commands.run("undo")
    settled()
    assert window.toast.text == "Taken back: Edit KPI."
    now = the_kpi(project)
    assert (now.target, now.due) == (40.0, None)
    window.commands.run("redo")
    settled()
    now = the_kpi(project)
    assert (now.target, now.due) == (30.0, date(2026, 12, 31))
    assert undo_text(window) == "Undo: Edit KPI"


def test_that_what_was_added_is_put_away(window: MainWindow, settled: Callable[[], None], project: Path):
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert undo_text(window) == "Undo: Add KPI “Time to decision”"
    window.toast._act.click()
    settled()
    assert the_kpi(project).archived
    window.commands.run("redo")
    settled()
    assert not the_kpi(project).archived
    window.desk.do(ARCHIVE_KPI(id=the_kpi(project).id))
    settled()
    window.commands.run("undo")
    settled()
    assert not the_kpi(project).archived


def test_that_a_check_in_is_withdrawn(window: MainWindow, settled: Callable[[], None], project: Path):
    window.desk.do(ADD_KPI(**KPI))
    settled()
    window.desk.do(RecordCheckIn(kpi=the_kpi(project).id, value=62.0))
    settled()
    window.commands.run("undo")
    settled()
    with Workspace(project) as workspace:
        assert workspace.ask(lambda rows: rows.find(CheckIn)) == []
    for wish, values in (("redo", [62.0]), ("undo", []), ("redo", [62.0])):
        window.commands.run(wish)
        settled()
        with Workspace(project) as workspace:
            assert workspace.ask(lambda rows: [each.value for each in rows.find(CheckIn)]) == values


def test_that_nothing_of_others_is_overwritten_by_taking_back(
    window: MainWindow, settled: Callable[[], None], project: Path, elsewhere: Callable[..., None]
):
    window.desk.do(ADD_KPI(**KPI))
    settled()
    id_ = the_kpi(project).id
    window.desk.do(EDIT_KPI(id=id_, target=30.0))
    settled()
    elsewhere(EDIT_KPI(id=id_, target=25.0))
    window.desk.refresh()
    settled()
    window.commands.run("undo")
    settled()
    assert window.banner.sentence == "target was changed again since."
    assert the_kpi(project).target == 25.0


def test_that_there_is_no_way_back_where_nothing_was_changed(window: MainWindow, settled: Callable[[], None]):
    assert not window.commands.actions["undo"].isEnabled()
    assert window.commands.actions["undo"].toolTip() == "There is nothing to take back."
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert window.commands.actions["undo"].isEnabled()
    assert not window.commands.actions["redo"].isEnabled()


def test_that_only_the_last_hundred_steps_are_kept():
    steps = Steps()
    for number in range(STEPS + 5):
        steps.done(Step(ADD_KPI(**KPI), str(number), "kpi", "x"))
    assert len(steps.back) == STEPS
    assert steps.back[0].words == "5"

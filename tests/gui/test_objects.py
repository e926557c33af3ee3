"""Objects on the page Data: where each lies, the place for them, sending, fetching, and stopping either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.gui import objects_work
from mlops_desk.gui.pages.data import DataPage
from mlops_desk.gui.pages.objects_place import ObjectsPlaceSheet
from mlops_desk.kernel.errors import Cancelled
from mlops_desk.objects.store import place_of
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.project import load
from tests.gui.access_walk import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.kernel.child import Stop
    from mlops_desk.kernel.progress import Progress


@pytest.fixture
def project(project: Path, tmp_path: Path) -> Path:
    """Return the project with a dataset."""
    file = tmp_path / "loans.csv"
    file.write_text("amount,paid\n" + "\n".join(f"{number},yes" for number in range(50)))
    with Workspace(project) as ana:
        ana.do(RULES.act("dataset.add", file=str(file), name="loans"))
    return project


def at_objects(window: MainWindow, settled: Callable[[], None]) -> DataPage:
    window.commands.run("objects")
    settled()
    page = window.stack.page
    assert isinstance(page, DataPage)
    return page


def row(page: DataPage) -> Any:
    assert page.table is not None
    assert page.table.model.rowCount() == 1
    return page.table.model.row(0)


def test_that_an_object_is_sent_once_it_may_leave_and_fetched_where_it_is_missing(
    window: MainWindow, settled: Callable[[], None], project: Path, tmp_path: Path, elsewhere: Callable[..., None]
):
    page = at_objects(window, settled)
    assert (row(page).state.word, row(page).do) == ("here", "")
    assert page.place_line.text() == "No place for objects is set on this machine."
    assert faults(window) == []
    window.commands.run("objects-send")
    settled()
    assert window.banner.sentence == "No place for objects is set on this machine."
    assert "“Place for objects”" in window.banner._hint.text()
    (tmp_path / "stick").mkdir()
    page.settle.click()
    settled()
    sheet = window.sheet
    assert isinstance(sheet, ObjectsPlaceSheet)
    sheet.place.setText(str(tmp_path / "nowhere"))
    sheet.submit()
    settled()
    assert sheet.banner.sentence == f"There is no folder {tmp_path / 'nowhere'}."
    sheet.place.setText(str(tmp_path / "stick"))
    sheet.submit()
    settled()
    assert page.place_line.text() == f"Place for objects: {tmp_path / 'stick'}"
    page.send.click()
    settled()
    assert page.result.sentence.startswith("Nothing was sent")
    assert page.result._hint.text(), "an unclassed dataset says why it stays"
    elsewhere(*(RULES.act("dataset.classify", dataset="loans", column=each, security="confidential") for each in
                ("amount", "paid")))  # fmt: skip
    window.desk.refresh()
    settled()
    assert row(page).do == "Send"
    page.table.row_acted.emit(row(page))  # type: ignore[union-attr]
    settled()
    assert window.toast.text == "Sent 1 object."
    place_of(load(project).private / "objects", row(page).id).unlink()
    page.reload()
    settled()
    assert (row(page).state.word, row(page).do) == ("at the place for objects", "Fetch")
    window.commands.run("objects-fetch")
    settled()
    assert window.toast.text == "Fetched 1 object."
    assert row(page).state.word == "here, at the place for objects"


def test_that_carrying_objects_can_be_cancelled(
    window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    def slow(_workspace: Workspace, _what: object, progress: Progress, stop: Stop) -> object:
        progress("Sending data of loans@1", 1, 2)
        while not stop.wished:
            stop.wait(0.01)
        raise Cancelled("Stopped.", "", code="TASK-101")

    page = at_objects(window, settled)
    monkeypatch.setattr(objects_work, "carry", slow)
    page.send.click()
    assert not page.send.isEnabled()
    [task] = window.desk.tasks.running
    qtbot.waitUntil(lambda: task.step == "Sending data of loans@1")
    assert (task.title, task.on_wire, task.total) == ("Sending objects", True, 2)
    window.desk.tasks.stop(task.number)
    settled()
    assert window.toast.text == "Stopped."
    assert page.send.isEnabled()

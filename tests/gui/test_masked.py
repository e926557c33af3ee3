"""Values of closed columns are masked: planted ones are sought in all that a table says, copies, writes or keeps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mlops_desk.areas.datasets.column import Classify
from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.gui import reveals
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.table.menus import FORMS
from mlops_desk.gui.theme import theme
from mlops_desk.gui.widgets.mask import Mask
from mlops_desk.gui.widgets.masked_line import MaskedLine
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.table_file import FORMATS, ending
from tests.gui.steps import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from mlops_desk.gui.desk import Desk
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.gui.table.table import Table

PLANTED = ("Quenneville", "Xylander", "Zwiebelhofer")
OPEN_VALUE = "Brunswick"
ROWS = "name,town\n" + "".join(f"{PLANTED[n % 3]},{OPEN_VALUE}\n" for n in range(60))


@pytest.fixture
def planted(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a dataset whose names are personal, and whose towns are public."""
    file = tmp_path / "people.csv"
    file.write_text(ROWS)
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
    with Workspace(project) as desk:
        desk.act_as("data-engineer")
        desk.do(AddDataset(file=str(file), name="people"))
        desk.do(ProfileVersion(version="people"))
        desk.do(Classify(dataset="people", column="name", security="pii"))
        desk.do(Classify(dataset="people", column="town", security="public"))
    return project


@pytest.fixture
def columns(planted: Path, window: MainWindow, settled: Callable[[], None]) -> Table:
    """Return the table of columns in the window."""
    window.go("data", "column")
    settled()
    assert isinstance(window.stack.page, AreaPage)
    return table(window.stack.page)


def line(window: MainWindow) -> MaskedLine:
    return window.inspector.findChildren(MaskedLine)[-1]


def choose(columns: Table, name: str, settled: Callable[[], None]) -> None:
    place = next(at for at in range(columns.model.rowCount()) if columns.model.row(at).name == name)
    columns.grid.selectRow(place)
    columns._peek()
    settled()


def said_by(model: Any) -> str:
    """Return all that a model says of its cells and titles, in any role."""
    roles = [each for each in Qt.ItemDataRole if each.value < Qt.ItemDataRole.UserRole.value]
    cells = [model.index(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    return repr([[model.data(each, role) for role in roles] for each in cells])


def leaks(text: str | bytes) -> list[str]:
    if isinstance(text, bytes):
        return [each for each in PLANTED if each.encode() in text]
    return [each for each in PLANTED if each in text]


def test_that_a_personal_column_has_a_mask_and_a_public_one_its_values(columns: Table):
    rows = {row.name: row.values for row in columns.model.here()}
    assert rows["name"] == Masked("pii")
    assert rows["town"] == f"{OPEN_VALUE} 100 %"
    assert "Values: Hidden: PII" in said_by(columns.model)


def test_that_no_copy_file_list_filter_or_spoken_word_of_a_table_tells_a_planted_value(
    columns: Table, settled: Callable[[], None], tmp_path: Path
):
    assert leaks(said_by(columns.model)) == []
    columns.grid.selectAll()
    for form, _words in FORMS:  # every way to copy
        columns.grid.copy(form)
        copied = QGuiApplication.clipboard().text()
        assert leaks(copied) == []
        assert "Hidden: PII" in copied, form
    columns.grid.copy_all()
    assert leaks(QGuiApplication.clipboard().text()) == []
    for kind in FORMATS:
        file = tmp_path / f"{kind}.{ending(kind)}"
        columns.source.write_all(str(file), kind, print, print)
        settled()
        assert file.exists()
        assert leaks(file.read_bytes()) == []
        assert b"Hidden: PII" in file.read_bytes()
    columns.show_values(next(at for at, each in enumerate(columns.model.columns) if each.name == "values"))
    settled()
    assert columns.values is not None
    offered = [each.text() for each in columns.values._items()]
    assert any("Hidden: PII" in each for each in offered)
    assert leaks(repr(offered)) == []
    columns.values.close()
    columns.filter.setText(PLANTED[0])
    settled()
    assert columns.model.rowCount() == 0
    columns.filter.setText('"hidden: pii"')
    settled()
    assert [row.name for row in columns.model.here()] == ["name"]


def test_that_reveal_shows_a_value_for_five_minutes_and_no_longer(
    columns: Table, window: MainWindow, settled: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    choose(columns, "name", settled)
    shown = line(window)
    assert not shown.sign.isHidden()
    assert leaks(shown.text.text()) == []
    shown.turn.click()
    settled()
    assert set(leaks(shown.text.text())) == set(PLANTED)
    assert shown.sign.isHidden()
    assert not shown.text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    now = time.monotonic()
    monkeypatch.setattr("mlops_desk.gui.reveals.time.monotonic", lambda: now + reveals.SHOWN_S - 30)
    window.inspector._reveals.look()
    assert not shown.more.isHidden(), "it warns, and can be extended"
    shown.more.click()
    assert shown.more.isHidden()
    monkeypatch.setattr("mlops_desk.gui.reveals.time.monotonic", lambda: now + 3 * reveals.SHOWN_S)
    window.inspector._reveals.look()
    assert leaks(shown.text.text()) == []
    assert not shown.sign.isHidden()


def test_that_a_revealed_value_stays_while_news_come_and_goes_with_the_project(
    columns: Table, window: MainWindow, settled: Callable[[], None], planted: Path
):
    choose(columns, "name", settled)
    line(window).turn.click()
    settled()
    window.inspector._reload()
    settled()
    assert leaks(line(window).text.text())
    line(window).turn.click()
    assert leaks(line(window).text.text()) == [], "the same button hides it"
    line(window).turn.click()
    settled()
    kept = window.inspector._reveals
    window.desk.leave()
    settled()
    assert kept._shown == {}


def test_that_what_this_machine_keeps_and_shares_holds_no_planted_value_but_in_the_object(
    columns: Table, window: MainWindow, settled: Callable[[], None], planted: Path, home: Path
):
    choose(columns, "name", settled)
    line(window).turn.click()
    columns.filter.setText("pii")
    columns.bar.kept.emit("pii")
    settled()
    window.desk.leave()
    settled()
    holding = {
        path.relative_to(each).parts
        for each in (home, planted)
        for path in each.rglob("*")
        if path.is_file() and leaks(path.read_bytes())
    }
    assert [each for each in holding if "objects" not in each] == []
    assert holding, "the figures lie in the object, so that the test can fail"


def test_that_a_mask_is_drawn_with_its_words_in_both_themes(desk: Desk, qtbot: QtBot):
    mask = Mask(Masked("pii", "group 1"))
    qtbot.addWidget(mask)
    assert mask.accessibleName() == "Hidden: PII"
    assert str(Masked("pii", "group 1")) == "group 1 · Hidden: PII"
    seen = set()
    for name in ("light", "dark"):
        theme().choose(name)
        picture = mask.grab().toImage()
        inks = {picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width())}
        assert len(inks) > 4, "words are drawn on a ground"
        seen.add(frozenset(inks))
    assert len(seen) == 2

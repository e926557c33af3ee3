"""Rows in Qt's model: news keep place and selection, sorting is stable, filters find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.models.rows import RowsModel
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.state import State
from mlops_desk.kernel.wish import parse

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    value: float | None
    state: State


COLUMNS = (Column("name", "Name"), Column("value", "Value", "number", "%"), Column("state", "State", "state"))


def _row(number: int) -> Row:
    level = State("ok", "On track") if number % 3 else State("bad", "Off track")
    return Row(f"r{number}", f"Row {number % 7}", None if number % 5 == 0 else float(number), level)


@pytest.fixture
def model(qtbot: QtBot) -> RowsModel:
    made = RowsModel(COLUMNS)
    made.tester = QAbstractItemModelTester(made, FATAL)  # type: ignore[attr-defined]
    return made


def _filter(model: RowsModel, text: str) -> None:
    model.filter_by(parse(text, COLUMNS).conditions)


def _ids(model: RowsModel) -> list[str]:
    return [model.row(number).id for number in range(model.rowCount())]


def test_that_any_news_leaves_the_model_sound_and_complete(model: RowsModel):
    chance = Random(7)
    for _turn in range(60):
        rows = [_row(number) for number in chance.sample(range(30), chance.randrange(30))]
        model.show_rows(rows)
        assert _ids(model) == [row.id for row in rows]


def test_that_a_row_keeps_its_index_when_others_come_and_go(model: RowsModel):
    model.show_rows([_row(number) for number in (1, 2, 3, 4)])
    held = QPersistentModelIndex(model.index(2, 1))
    model.show_rows([_row(9), _row(3), _row(1)])
    assert model.row(held.row()).id == "r3"
    assert held.column() == 1
    model.show_rows([_row(9)])
    assert not held.isValid()


def test_that_a_changed_row_is_changed_in_place(model: RowsModel, qtbot: QtBot):
    rows = [_row(number) for number in (1, 2, 3)]
    model.show_rows(rows)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.show_rows([rows[0], replace(rows[1], name="New"), rows[2]])
    assert changed.args[0].row() == changed.args[1].row() == 1


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_that_missing_values_stand_last_either_way(model: RowsModel, order: Qt.SortOrder):
    model.show_rows([_row(number) for number in range(8)])
    model.sort(1, order)
    assert [model.row(number).value for number in (6, 7)] == [None, None]
    model.sort(-1)
    assert _ids(model) == [f"r{number}" for number in range(8)]


def test_that_states_sort_worst_first(model: RowsModel):
    model.show_rows([_row(number) for number in range(6)])
    model.sort(2)
    assert [model.row(number).state.level for number in range(6)] == ["bad", "bad", "ok", "ok", "ok", "ok"]


def test_that_the_filter_finds_words_and_words_in_a_column(model: RowsModel):
    model.show_rows([_row(number) for number in range(12)])
    _filter(model, "off row")
    assert {row.state.level for row in map(model.row, range(model.rowCount()))} == {"bad"}
    _filter(model, "state:off name:2")
    assert _ids(model) == ["r9"]
    _filter(model, "value:off")
    assert _ids(model) == []
    _filter(model, "")
    assert model.rowCount() == 12


def test_that_cells_are_said_to_those_who_hear_them(model: RowsModel):
    model.show_rows([_row(0)])
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 2).data(role) == "State: Off track"
    assert model.headerData(0, Qt.Orientation.Vertical, role) == "Row 0"
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "Row 0"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Value, %"


@pytest.mark.parametrize(
    ("value", "cell", "said"),
    [
        (None, "number", "–"),
        ("", "text", ""),
        (62.96703, "number", "62.97"),
        (2104311, "whole", "2,104,311"),
        (12345.678, "number", "12,345.7"),
        (True, "flag", "yes"),
        ("ml-engineer", "role", "ML Engineer"),
        (("ml-engineer", "owner"), "role", "ML Engineer, Owner"),
        ("abcdefghijkl", "id", "abcdefgh"),
        ("pii", "class", "PII"),
        (State("unknown", "Not known", "no value"), "state", "Not known (no value)"),
    ],
)
def test_that_values_read_as_people_write_them(value, cell, said):
    assert cell_text(value, cell) == said

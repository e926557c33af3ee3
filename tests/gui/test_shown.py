"""What stands in the window reads like words: names instead of ids, no sentence twice, every picture drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.gui import acts
from mlops_desk.gui.models.cells import cell_text
from mlops_desk.gui.pages.trail import TRAIL
from mlops_desk.gui.shots import write_shots
from mlops_desk.kernel.ids import is_id
from tests.gui.steps import ACTS, ADD_KPI, KPI, goals, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


def test_that_the_inspector_shows_names_and_roles_not_ids(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(
        ACTS["use-case.add"](name="Fair credit"),
        ACTS["objective.add"](name="One hour", use_case="Fair credit", owner="ai-architect"),
    )
    window.desk.refresh()
    settled()
    page = goals(window, settled, "objective")
    table(page).grid.selectRow(0)
    settled()
    shown = window.inspector.shown
    assert shown is not None
    said = {each.label: cell_text(each.value, each.cell) for each in shown.details}
    assert said["Use case"] == "Fair credit"
    assert said["Owner"] == "AI Architect"
    assert not [text for text in said.values() if is_id(text)]


def test_that_the_trail_says_what_was_done_in_words(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(ADD_KPI(**KPI))
    window.desk.refresh()
    settled()
    window.go("governance", TRAIL.noun)
    settled()
    page = window.stack.page
    assert page is not None
    assert page.table is not None
    page.table.grid.selectRow(0)
    settled()
    assert page.table.model.row(0).kind == "Add KPI"
    assert window.inspector.shown is not None
    assert [each.label for each in window.inspector.shown.details][:2] == ["When", "Who"]


def test_that_no_form_says_its_title_twice():
    add: Any = RULES.acts["objective.add"]
    assert acts.sentence(add) == "Add an objective."
    assert acts.is_said_by_title(add)
    assert not acts.is_said_by_title(RULES.acts["gate.sign"])
    assert acts.button_text(RULES.acts["kpi.check-in"]) == "Check in"


@pytest.mark.slow
def test_that_every_page_form_and_dialog_can_be_drawn(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlops_desk.gui.shots._REST_MS", 5)
    monkeypatch.setattr("mlops_desk.gui.shots.THEMES", ("dark",))  # both are walked by the test of accessibility
    files = write_shots(tmp_path / "shots", project)
    assert len(files) == len(set(files))
    names = {file.stem.removesuffix("-dark") for file in files}
    assert {"start", "settings", "home-ai-ethics", "dialog-gate", "pipelines"} <= names
    assert {f"form-{'-'.join(act.command)}" for act in acts.all_acts()} <= names
    assert all(file.stat().st_size for file in files)

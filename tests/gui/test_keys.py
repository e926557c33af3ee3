"""The keys of the window: the whole map, once, and what the newer ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from mlops_desk.areas.experiments.run import Experiment, Run
from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.gui.table.links import copy_links
from mlops_desk.workspace import Workspace
from tests.areas.facts import Made
from tests.gui.steps import ADD_KPI, KPI, goals, names, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow

PAGES = ("home", "inbox", "goals", "data", "experiments", "deployments", "monitoring", "updates", "governance")
COMMANDS = {
    "Ctrl+K": "box",
    "Alt+Left": "back",
    "Alt+Right": "forward",
    "F6": "region-next",
    "Shift+F6": "region-before",
    "Ctrl+N": "new",
    "Ctrl+Shift+N": "new-kind",
    "Ctrl+I": "inspector",
    "Ctrl+F": "filter",
    "F3": "find-next",
    "Shift+F3": "find-before",
    "Ctrl+Z": "undo",
    "Ctrl+Shift+Z": "redo",
    "Del": "put-away",
    "F5": "sync",
    "Ctrl+J": "tasks",
    "Ctrl+Shift+S": "act-gate.sign",
    "Ctrl+Shift+R": "role",
    "Ctrl+B": "baseline",
    "Ctrl+Shift+M": "act-run.compare",
    "Ctrl+T": "chart-table",
    "Ctrl+E": "table-export",
    "Ctrl+Shift+D": "act-disagreement.raise",
    "Ctrl+O": "open",
    "Ctrl+Shift+O": "switch",
    "Ctrl+,": "go-settings",
    "Ctrl++": "zoom-in",
    "Ctrl+-": "zoom-out",
    "F1": "go-help",
    "Ctrl+Q": "quit",
    "Ctrl+/": "keys",
}
WHERE_THE_FOCUS_IS = ("Ctrl+Enter", "Enter", "Space", "F2", "Ctrl+C", "Ctrl+Space", "Shift+F10", "Alt+Down", "Esc")


def test_that_the_keys_of_the_window_are_those_that_were_agreed(window: MainWindow, settled: Callable[[], None]):
    window.open_box()
    settled()
    portable = QKeySequence.SequenceFormat.PortableText
    actions = window.commands.actions
    found = {
        each.shortcut().toString(portable): name for name, each in actions.items() if not each.shortcut().isEmpty()
    }
    pages = {key: name for key, name in found.items() if name.startswith("go-") and key not in COMMANDS}
    assert found == COMMANDS | pages
    assert list(pages) == [f"Ctrl+{number % 10}" for number in range(1, 11)]
    listed = [key for key, _words in window.commands.listed_keys()]
    assert set(WHERE_THE_FOCUS_IS) <= set(listed), "what belongs to no command is listed too"
    assert len(listed) == len(set(listed))
    assert len(listed) == len(found) + len(WHERE_THE_FOCUS_IS)


def test_that_f3_walks_the_rows_that_fit_and_goes_on_at_the_other_end(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(*(ADD_KPI(name=name) for name in ("Drift A", "Drift B", "Cost")))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    window.commands.look()
    assert window.commands.actions["find-next"].statusTip() == "Nothing is looked for: type in the filter line."
    table(page).filter.setText("drift")
    settled()
    window.commands.look()
    seen = []
    for _step in range(3):
        QTest.keyClick(table(page).filter, Qt.Key.Key_F3)
        settled()
        seen.append(table(page).chosen.name)
    assert seen == [*names(page), names(page)[0]]
    QTest.keyClick(table(page).filter, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert table(page).chosen.name == names(page)[-1]


def test_that_delete_puts_the_chosen_record_away_and_leaves_the_text_in_a_field_alone(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    window.desk.do(ADD_KPI(**KPI))
    settled()
    page = goals(window, settled)
    table(page).grid.selectRow(0)
    table(page)._peek()
    settled()
    table(page).filter.setText("time")
    table(page).filter.setFocus()
    table(page).filter.setCursorPosition(0)
    QTest.keyClick(table(page).filter, Qt.Key.Key_Delete)
    settled()
    assert table(page).filter.text() == "ime", "in a field it takes a letter"
    assert names(page) == ["Time to decision"]
    table(page).grid.setFocus()
    QTest.keyClick(table(page).grid, Qt.Key.Key_Delete)
    settled()
    with Workspace(project) as desk:
        assert desk.ask(lambda rows: rows.find(Kpi)[0].archived)
    window.commands.run("undo")
    settled()
    assert names(page) == ["Time to decision"]


def test_that_ctrl_b_sets_the_baseline_and_is_taken_back(
    window: MainWindow, settled: Callable[[], None], project: Path
):
    with Workspace(project) as desk:
        made = Made(desk)
        experiment = desk.ask(lambda rows: rows.get(Run, made.run).experiment)
    window.desk.refresh()
    settled()
    window.where.open_record("run", made.run)
    settled()
    window.commands.look()
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    settled()

    def baseline() -> str | None:
        with Workspace(project) as desk:
            found: Experiment = desk.ask(lambda rows: rows.get(Experiment, experiment))
            return found.baseline

    assert baseline() == made.run
    page = window.stack.page
    assert page is not None
    assert page.table is not None
    assert next(row.marked for row in page.table.model.here()).startswith("★ baseline of ")
    page.table.grid.selectAll()
    copy_links(page.table)
    settled()
    assert QGuiApplication.clipboard().text().endswith(f"/run/{made.run}"), "also where rows are read from the store"
    window.commands.run("undo")
    settled()
    assert baseline() is None

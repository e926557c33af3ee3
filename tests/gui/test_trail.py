"""The trail page: filters, pages, the line as it was signed, and what to do about what is set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages import trail
from mlops_desk.gui.pages.governance import GovernancePage
from tests.gui.steps import ADD_KPI, KPI


@pytest.fixture
def page(window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]) -> GovernancePage:
    elsewhere(ADD_KPI(**KPI), RULES.acts["use-case.add"](name="Fair credit"))
    window.desk.refresh()
    settled()
    window.go("governance", trail.TRAIL.noun)
    settled()
    assert isinstance(window.stack.page, GovernancePage)
    return window.stack.page


def shown(page: GovernancePage) -> list[Any]:
    assert page.table is not None
    return [page.table.model.row(number) for number in range(page.table.model.rowCount())]


def test_that_the_kind_narrows_the_trail(page: GovernancePage, settled: Callable[[], None]):
    assert [each.about for each in shown(page)][:2] == ["Fair credit", KPI["name"]]
    page.bar.kind.setCurrentIndex(page.bar.kind.findData("kpi.add"))
    settled()
    assert [each.kind for each in shown(page)] == ["Add KPI"]
    page.bar.by.setCurrentIndex(1)
    page.bar.verdict.setCurrentIndex(page.bar.verdict.findData("ok"))
    settled()
    assert [each.about for each in shown(page)] == [KPI["name"]]
    assert page.bar.kind.currentData() == "kpi.add", "what was chosen stays chosen"


def test_that_the_inspector_says_how_an_entry_was_signed(
    window: MainWindow, page: GovernancePage, settled: Callable[[], None]
):
    assert page.table is not None
    page.table.grid.selectRow(0)
    settled()
    assert window.inspector.shown is not None
    said = {each.label: each.value for each in window.inspector.shown.details}
    assert said["As it was signed"].startswith('{"s":"')
    assert said["Kind"] == "use-case.add"


def test_that_objects_and_rows_are_checked_too(page: GovernancePage, settled: Callable[[], None]):
    page.deep.click()
    assert not page.verify.isEnabled()
    settled()
    assert page.result.sentence == "The trail is sound."
    assert "0 objects read again." in page.result._hint.text()
    assert page.verify.isEnabled()


def test_that_what_is_set_aside_says_why_and_what_to_do(
    page: GovernancePage, settled: Callable[[], None], project: Path
):
    own = next((project / "journals").rglob("*.jsonl"))
    own.write_bytes(own.read_bytes() + b"junk\n")
    page.verify.click()
    settled()
    page.turn_to(trail.FINDING_NOUN)
    settled()
    [row] = shown(page)
    assert row.state.word == "Damaged"
    assert row.remedy.startswith("Nothing to do while a whole copy is here")
    assert "`" not in row.remedy

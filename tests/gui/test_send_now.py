"""A signature is asked to be sent at once, and its record says that it was not sent until it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.gui.pages.team_copy import SendSheet
from mlops_desk.workspace import Workspace
from tests.gui.steps import ADD_KPI, KPI
from tests.gui.team import Team, held_by, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow

SIGN = RULES.act("gate.sign", gate="G1", subject="Fair credit", decision="send-back", note="not yet")


@pytest.fixture
def project(team: Team) -> Path:
    """Return Ana's project with a gate that was asked for, all of it sent."""
    with Workspace(team.project) as ana:
        ana.act_as("ai-architect")
        ana.do(RULES.act("use-case.add", name="Fair credit"))
        ana.do(RULES.act("gate.ask", gate="G1", subject="Fair credit"))
        sync(ana)
    return team.project


def test_that_a_signature_asks_to_be_sent_and_says_until_then_that_it_was_not(
    window: MainWindow, team: Team, settled: Callable[[], None]
):
    before = held_by(team.copy)
    window.desk.do(ADD_KPI(**KPI))
    settled()
    assert not isinstance(window.sheet, SendSheet), "an ordinary change goes with the next exchange"
    window.go("governance", "gate-request")
    settled()
    page = window.stack.page
    assert page is not None
    assert page.table is not None
    page.table.row_chosen.emit(page.table.model.row(0))
    settled()
    assert window.inspector.unsent.isHidden()
    window.desk.do(SIGN)
    settled()
    sheet = window.sheet
    assert isinstance(sheet, SendSheet)
    assert sheet.isVisible()
    assert window.inspector.unsent.sentence == "Signed here, not sent yet"
    sheet._leave.click()
    settled()
    assert held_by(team.copy) == before
    assert window.inspector.unsent.isVisible()
    window.open_team_sheet("send")
    assert isinstance(window.sheet, SendSheet)
    window.sheet.submit()
    settled()
    assert held_by(team.copy) == before + 2
    assert window.inspector.unsent.isHidden()

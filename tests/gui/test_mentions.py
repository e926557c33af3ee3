"""A mention on the home: there until the person opens it, on this machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlops_desk.areas.team.comment import AddComment
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.kernel import settings
from mlops_desk.workspace import Workspace
from tests.gui.steps import ADD_KPI, KPI
from tests.gui.team import Team, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


@pytest.fixture
def project(team: Team) -> Path:
    """Return Ana's project, in which Ben called her."""
    team.ben(ADD_KPI(**KPI), AddComment(subject="kpi/Time to decision", text="@Ana look <b>here</b>"))
    with Workspace(team.project) as ana:
        sync(ana)
    return team.project


def mentions(window: MainWindow) -> list[Button]:
    buttons = window.stack.page.findChildren(Button) if window.stack.page else []
    return [each for each in buttons if "Ben Ode on Time to decision" in each.accessibleName() and each.isVisible()]


def test_that_a_mention_stands_on_the_home_until_it_is_opened(
    window: MainWindow, team: Team, settled: Callable[[], None]
):
    window.go("home")
    settled()
    [mention] = mentions(window)
    assert mention.accessibleName() == "Open: Ben Ode on Time to decision: “@Ana look <b>here</b>”"
    mention.click()
    settled()
    assert window.inspector.shown is not None
    assert window.inspector.shown.title == KPI["name"]
    assert mentions(window) == []
    assert [len(seat.seen) for seat in settings.project(team.id).seats.values()] == [1]

"""The window reads KPIs from their sources by itself, where something is due and where that is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_desk.areas.goals.refresh import ReadByItself
from mlops_desk.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlops_desk.gui.main_window import MainWindow


def test_that_what_is_due_is_read_and_shown(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None]
):
    elsewhere(RULES.acts["kpi.add"](name="Goals set", target=3.0, sql="SELECT count(*) FROM objective"))
    elsewhere(ReadByItself(off=True))
    window.desk.refresh()
    window.go("goals", "kpi")
    settled()
    assert window.sources.timer.isActive()
    window.sources.read()
    settled()
    page = window.stack.page
    assert page is not None
    assert page.table is not None
    assert page.table.model.row(0).value is None
    elsewhere(ReadByItself())
    window.sources.read()
    settled()
    assert page.table.model.row(0).value == 0
    window.desk.leave()
    assert not window.sources.timer.isActive()

"""A real screen: two members in two windows over one team copy type, drag and sync with keys and pointer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mlops_desk.workspace import Founder, found
from tests.gui.team import Team, home_of
from tests.stories.screen import Screen, Seen, close_all, lacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.story,
    pytest.mark.slow,
    pytest.mark.xvfb,
    pytest.mark.skipif(bool(lacks()), reason=f"needs {' and '.join(lacks())}: sudo apt-get install xvfb xdotool"),
]
BY_PX = 70


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Screen, Seen, Seen]]:
    """Return a screen with the windows of Ana and Ben, who share one team copy."""
    with home_of(tmp_path / "home"):
        found(
            tmp_path / "loan", "Loan", "Decide in an hour.", Founder("Ana Lima", "ana@example.org", ("data-scientist",))
        )
        team = Team(tmp_path)
        team.begin()
        team.join()
        team.admit()
    screen = Screen(windows=2)
    windows = []
    try:
        windows.append(Seen(screen, tmp_path / "loan", tmp_path / "home", 0))
        windows.append(Seen(screen, tmp_path / "ben", tmp_path / "ben-home", 1))
        for each in windows:
            each.wait_for("is_at_rest")
        yield screen, windows[0], windows[1]
    finally:
        assert close_all(windows, screen) == [0] * len(windows)


@pytest.mark.timeout(110)
def test_that_two_members_type_drag_and_sync_in_real_windows(two: tuple[Screen, Seen, Seen]):
    screen, ana, ben = two
    assert [ana.ask("platform"), ben.ask("platform")] == ["xcb", "xcb"]

    for each in (ana, ben):
        each.click("Goals")
        each.click("KPIs")
    assert ben.ask("rows") == []

    ana.click("Add KPI")
    ana.click("Name")
    assert ana.wait_for("focus") == "Name"
    screen.type("Time to decision")
    screen.press("ctrl+Return")
    ana.wait_for("rows", until=lambda rows: rows == ["Time to decision"])
    ana.wait_for("is_at_rest")

    wide = ana.ask("column_width")
    screen.drag(ana.wait_for("edge"), BY_PX)
    ana.wait_for("column_width", until=lambda now: abs(now - wide - BY_PX) <= 2)

    screen.click(ana.ask("row_at", "0"))
    wide = ana.wait_for("inspector_width")
    ana.wait_for("is_at_rest")
    screen.drag(ana.wait_for("handle"), -BY_PX)
    ana.wait_for("inspector_width", until=lambda now: abs(now - wide - BY_PX) <= 2)

    screen.press("F5")
    ana.wait_for("is_at_rest")
    screen.click(ben.wait_for("where", "Goals"))
    screen.press("F5")
    ben.wait_for("rows", until=lambda rows: rows == ["Time to decision"])


def test_that_the_screens_tools_are_looked_for_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert lacks() == ["Xvfb", "xdotool"]

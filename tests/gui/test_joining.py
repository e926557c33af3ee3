"""Coming into a team in the window: the team copy is set, the project is got, the newcomer admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_desk.gui.pages.team_copy import AddressSheet
from tests.gui.team import held_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


def chip(window: MainWindow) -> str:
    return window.status.sync.text().strip()


def test_that_the_first_sync_asks_where_the_team_copy_lies(
    window: MainWindow, settled: Callable[[], None], tmp_path: Path
):
    assert chip(window) == "No team copy yet, 1 kept here"
    window.commands.run("sync")
    settled()
    assert isinstance(window.sheet, AddressSheet)
    window.sheet.address.setText(str(tmp_path / "nowhere"))
    window.sheet.submit()
    settled()
    assert window.sheet.banner.sentence.startswith("There is no folder")
    (tmp_path / "copy").mkdir()
    window.sheet.address.setText(str(tmp_path / "copy"))
    window.sheet.submit()
    settled()
    assert chip(window) == "Up to date, just now"
    assert window.toast.text.startswith("Sent: 1 entry.")
    assert held_by(tmp_path / "copy") == 1

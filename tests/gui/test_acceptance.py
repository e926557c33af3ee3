"""What ux.md 16 asks of the window as a whole; docs/window.md says which test shows which of its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QScrollArea

from mlops_desk.areas.deployments.queries import live
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.answer import AnswerItem, ConfirmAnswers
from mlops_desk.areas.governance.gate import SignGate
from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.areas.monitoring.monitor import Alert, DecideAlert, Monitor, Reading
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.gate import GateDialog
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.places import places
from mlops_desk.gui.theme import theme
from mlops_desk.kernel import clock
from mlops_desk.kernel.state import State
from mlops_desk.projection import answers
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.homes import HOMES
from tests.areas.conftest import Team
from tests.areas.facts import do, tell
from tests.gui.lived import CASE, ROLES, YES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


@pytest.fixture
def project(lived: Path) -> Path:
    return lived


def homes(window: MainWindow, settled: Callable[[], None]) -> Iterator[tuple[str, HomePage]]:
    """Show the home of each role, held or not."""
    who = window.desk.who
    assert who is not None
    window.go("home")
    for role in HOMES:
        window.desk.who = replace(who, acting=role)
        window.desk.who_changed.emit()
        settled()
        page = window.stack.page
        assert isinstance(page, HomePage)
        yield role, page


def tables(window: MainWindow, settled: Callable[[], None]) -> Iterator[tuple[str, list[Any]]]:
    """Return the rows of every table of every page."""
    for place in places():
        window.go(place.name)
        settled()
        page = window.stack.page
        if isinstance(page, AreaPage):
            for _area, listing in page.tabs:
                page.turn_to(listing.noun)
                settled()
                assert page.table is not None
                model = page.table.model
                yield f"{place.name}/{listing.noun}", [model.row(each) for each in range(model.rowCount())]


# --- 1: the homes ------------------------------------------------------------------------------------


def test_that_each_home_is_seen_whole_and_begins_with_a_short_sentence(window: MainWindow, settled: Callable[[], None]):
    theme().choose("light", "standard", 100)
    window.resize(1280, 800)
    for role, page in homes(window, settled):
        [scroll] = page.findChildren(QScrollArea)
        assert scroll.verticalScrollBar().maximum() == 0, role
        assert len(page.names) == 6, role
        assert 0 < len(page.sentence.text()) <= 160, role


# --- 7: not known --------------------------------------------------------------------------------------


class TestSilence:
    """With a monitor whose only value was fine, long ago."""

    NAME = "Answers in time"

    @pytest.fixture
    def project(self, lived: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        before, day = clock.now_ms(), clock.today() + timedelta(days=61)
        with Workspace(lived, me="Ben") as ben:
            ben.act_as("ml-engineer", remember=False)
            [alert] = ben.ask(lambda rows: rows.find(Alert))
            do(ben, DecideAlert(alert=alert.id, choice="expected", reason="The bank raised incomes."))
            [place] = ben.ask(live)
            release, environment = ben.ask(lambda rows: rows.resolve("release", place.release)), place.id
            [monitor] = tell(ben, Monitor(name=self.NAME, environment=environment, kind="service"))
            values = {"limit": 0.99, "value": 1.0, "rows": 9, "source": "captured", "sentence": f"{self.NAME}: 100 %."}
            tell(ben, Reading(monitor=monitor, release=release, state="ok", **values))  # type: ignore[arg-type]
        assert clock.now_ms() >= before
        for module in (clock, answers):
            monkeypatch.setattr(module, "today", lambda: day)
        return lived

    def test_that_no_page_shows_a_silent_monitor_as_good(self, window: MainWindow, settled: Callable[[], None]):
        shown = []
        for name, rows in tables(window, settled):
            for row in rows if name != "governance/line" else ():  # how an entry stands, not what it is about
                states = [each for each in _values(row) if isinstance(each, State)]
                if states and self.NAME in [each for each in _values(row) if isinstance(each, str)]:
                    shown.append((name, [each.level for each in states]))
        assert ("monitoring/monitor", ["unknown"]) in shown
        assert [each for each in shown if "ok" in each[1]] == []
        for role, page in homes(window, settled):
            assert page.strip.buttons["monitor"].stage.state.level == "unknown", role
            good = [row for card in page.cards if not card.isHidden() for row in _told(card) if "(Fine)" in row]
            assert not any(self.NAME in each for each in good), role


def _told(card: Any) -> list[str]:
    return str(card.accessibleDescription()).split(". ")


def _values(row: Any) -> list[Any]:
    names: Any = getattr(row, "__struct_fields__", None) or getattr(row, "__dataclass_fields__", ())
    return [getattr(row, each) for each in names]


# --- 8: a signature holds for the content that was signed ----------------------------------------------


class TestSigned:
    """With a gate that all have signed."""

    @pytest.fixture
    def project(self, lived: Path) -> Path:
        team = Team(lived)
        answer = AnswerItem(item="UCI-04", subject=CASE, gate="G1", **YES)  # type: ignore[arg-type]
        do(team["Ana"], answer, "product-designer")
        do(team["Mira"], ConfirmAnswers(gate="G1", subject=CASE), "ai-ethics")
        for role in team["Ana"].ask(gate_show, "G1", CASE).signing_roles:
            name = next(each for each in ROLES if role in ROLES[each])
            do(team[name], SignGate(gate="G1", subject=CASE), role)
        team.close()
        return lived

    def test_that_one_changed_byte_makes_the_signature_out_of_date_everywhere(
        self, window: MainWindow, settled: Callable[[], None], project: Path
    ):
        assert {word for _place, word in self.said(window, settled)} == {"Closed"}
        with Workspace(project, me="Ana") as ana:
            ana.act_as("ai-architect", remember=False)
            case = ana.ask(lambda rows: rows.get(UseCase, rows.resolve("use-case", CASE)))
            do(ana, "use-case.edit", id=CASE, problem=case.problem[:-1])
        window.desk.refresh()
        settled()
        said = self.said(window, settled)
        assert {word for _place, word in said} == {"Out of date"}
        assert {place for place, _word in said} == {"table", "inspector", "gate", "board"}

    def said(self, window: MainWindow, settled: Callable[[], None]) -> list[tuple[str, str]]:
        """Return what each place says of the gate."""
        window.go("governance", "gate-request")
        settled()
        page = window.stack.page
        assert isinstance(page, AreaPage)
        assert page.table is not None
        model = page.table.model
        rows = [model.row(each) for each in range(model.rowCount())]
        place = next(number for number, each in enumerate(rows) if each.gate == "G1")
        window.where.open_record("gate-request", rows[place].id)
        settled()
        assert window.inspector.shown is not None
        [state] = [each.value for each in window.inspector.shown.details if each.label == "State"]
        window.commands.run("gate")
        settled()
        dialog = page.gate  # type: ignore[attr-defined]
        assert isinstance(dialog, GateDialog)
        found = [("table", rows[place].state.word), ("inspector", state.word), ("gate", dialog.chip.accessibleName())]
        dialog.close()
        for role, home in homes(window, settled):
            if role == "ai-ethics":
                board = next(each for each in home.cards if each.title == "Gate board")
                found += [
                    ("board", word)
                    for word in ("Closed", "Out of date")
                    if f"({word})" in board.accessibleDescription()
                ]
        return found

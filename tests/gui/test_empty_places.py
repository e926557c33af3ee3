"""What stands where nothing is: the sentence and its act, for every place of ux.md 5 that the desk has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.home import HomePage
from mlops_desk.gui.pages.inbox import InboxPage
from mlops_desk.gui.widgets.buttons import Button
from tests.gui.steps import goals, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlops_desk.gui.main_window import MainWindow

# Place, tab, sentence, act. Where ux.md 5 has another act, it is one that the desk does not have yet: templates of
# goals are KPIs, runs are made here, and monitors are added one by one.
EMPTY = (
    ("goals", "objective", "No objective yet.", "Add objective"),
    ("goals", "kpi", "No goal yet. A model without a goal cannot fail - or succeed.", "Add KPI"),
    ("goals", "use-case", "Start with the question you want to answer.", "Add use case"),
    ("data", "dataset", "No data yet. Drop a file or folder here.", "Add dataset"),
    ("experiments", "run", "No runs yet. Train on a dataset version.", "Train"),
    ("experiments", "comparison", "Pick two runs to compare.", "Compare runs"),
    ("deployments", "environment", "Nothing is live.", "Plan release"),
    ("monitoring", "monitor", "No monitors. A live model without monitors is state not known.", "Add monitor"),
    ("governance", "gate-request", "No gate asked for.", "Ask gate"),
    ("updates", "proposal", "No update proposed.", "Retrain"),
)


def offered(window: MainWindow) -> tuple[str, list[str]]:
    """Return what an empty page says, and the acts below it."""
    page = window.stack.page
    assert isinstance(page, AreaPage)
    empty = table(page).empty
    buttons = [each.text().strip() for each in empty.findChildren(Button) if not each.isHidden()]
    return empty.sentence, buttons


def test_that_every_empty_place_says_so_and_offers_what_helps(window: MainWindow, settled: Callable[[], None]):
    told = []
    for place, tab, _sentence, _act in EMPTY:
        window.go(place, tab)
        settled()
        sentence, acts = offered(window)
        told.append((place, tab, sentence, *acts))
    assert told == [*EMPTY]


def test_that_a_new_home_and_an_empty_inbox_say_what_to_do(window: MainWindow, settled: Callable[[], None]):
    home = window.stack.page
    assert isinstance(home, HomePage)
    steps = [each.text().strip() for each in home.guide.findChildren(Button) if each.text()]
    assert not home.guide.isHidden()
    assert steps[0] == "Describe use case"
    window.go("inbox", "others")
    settled()
    page = window.stack.page
    assert isinstance(page, InboxPage)
    assert page.table is not None
    buttons = [each.text().strip() for each in page.table.empty.findChildren(Button) if not each.isHidden()]
    assert (page.table.empty.sentence, buttons) == ("You wait for nobody.", ["See what happened"])


def test_that_a_filter_that_finds_nothing_names_itself_and_goes_with_one_press(
    window: MainWindow, settled: Callable[[], None]
):
    window.desk.do(RULES.acts["kpi.add"](name="Time to decision"))
    settled()
    page = goals(window, settled)
    table(page).filter.setText("owner:nobody")
    settled()
    assert offered(window) == ("Nothing here fits “owner:nobody”.", ["Clear the filter"])
    table(page).empty._act.click()
    settled()
    assert table(page).model.rowCount() == 1


@pytest.mark.parametrize(
    ("kind", "values", "sentence", "code"),
    [
        (
            "gate.sign",
            {"gate": "G1", "subject": "Fair credit"},
            "G1 is signed by ARC, DX, ETH; you act as Data Scientist.",
            "GATE-120",
        ),
        ("release.go-live", {"release": "nothing"}, "There is no release “nothing”.", "NAME-101"),
        ("kpi.check-in", {"kpi": "Speed", "value": 1.0}, "There is no KPI “Speed”.", "NAME-101"),
    ],
)
def test_that_a_refusal_names_the_thing_the_reason_and_the_way(
    window: MainWindow, settled: Callable[[], None], kind: str, values: dict[str, str], sentence: str, code: str
):
    refused: list[tuple[str, str, str]] = []
    window.desk.do(RULES.acts["use-case.add"](name="Fair credit"))
    settled()
    window.desk.do(
        RULES.acts[kind](**values), failed=lambda error: refused.append((error.sentence, error.hint, error.code))
    )
    settled()
    [(said, hint, told)] = refused
    assert said == sentence
    assert hint
    assert told == code

"""Tables of facts that lie in the store: the same as in memory, column by column, and each row is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mlops_desk.areas.experiments.run import Experiment, Value
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.monitoring.monitor import Reading
from mlops_desk.catalogue import LISTINGS, RULES
from mlops_desk.gui.models import paged as paged_model
from mlops_desk.gui.models.arrange import arranged, counted, value_text
from mlops_desk.gui.pages import records
from mlops_desk.gui.table import table as table_module
from mlops_desk.kernel import paged as kernel_paged
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.view import Order
from mlops_desk.kernel.wish import Wish, only, parse
from mlops_desk.workspace import Workspace
from tests.areas.facts import run, tell
from tests.gui.steps import ADD_KPI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


def test_that_facts_are_read_by_pages_and_one_of_them_is_found_on_any_page(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    for module in (paged_model, kernel_paged, records, table_module):
        monkeypatch.setattr(module, "PAGE_ROWS", 4)
    check_in = RULES.acts["kpi.check-in"]
    elsewhere(ADD_KPI(name="Time"), *(check_in(kpi="Time", value=float(value)) for value in range(61)))
    window.desk.refresh()
    settled()
    window.go("goals", "check-in")
    settled()
    page = window.stack.page
    assert page is not None
    table = page.table
    assert table is not None
    assert [row.value for row in table.model.here()][:8] == [60, 59, 58, 57, 56, 55, 54, 53]
    ids: list[str] = []
    window.desk.ask(lambda rows: rows.sql("SELECT id FROM check_in WHERE value = 0")[0][0], then=ids.append)
    settled()
    assert table.model.place_of(ids[0]) < 0, "nobody has looked at its page"
    page.choose(ids[0])
    settled()
    assert table.chosen.value == 0
    assert (table.chosen.kpi, table.chosen.who) == ("Time", "Ana Lima")


def test_that_every_table_of_facts_is_sorted_filtered_and_counted_as_in_memory(project: Path):
    with ThreadPoolExecutor(1) as worker:  # as in the window, where the UI thread asks nothing
        worker.submit(_check_facts, project).result()


def _check_facts(project: Path) -> None:
    with Workspace(project) as workspace:
        _tell_facts(workspace)
        for listing, paged in ((each, each.paged) for each in LISTINGS if each.paged is not None):
            in_memory = workspace.ask(listing.query)
            assert len(in_memory) > 5, listing.noun
            columns = [each for each in listing.columns if each.cell != "id"]
            for column in columns:
                for is_down in (False, True):
                    _check_wish(workspace, listing, in_memory, Wish(order=(Order(column.name, is_down),)))
                counts = workspace.ask(paged.counts, None, column.name)
                assert [(value_text(value, column), n) for value, n in counts] == [
                    (value_text(value, column), n) for value, n in counted(in_memory, column)
                ], (listing.noun, column.name)
                for text in {value_text(value, column) for value, _n in counts}:
                    wish = Wish(parse(only(column, [text]), columns).conditions)
                    _check_wish(workspace, listing, in_memory, wish)


def _check_wish(workspace: Workspace, listing: Listing, in_memory: Sequence[Any], wish: Wish) -> None:
    paged = listing.paged
    assert paged is not None
    found = workspace.ask(paged.order, None, wish)
    shown = workspace.ask(paged.at, found.places)
    expected = arranged(in_memory, listing.columns, wish)
    assert [each.id for each in shown if each] == [each.id for each in expected], (listing.noun, wish)
    assert found.total == len(in_memory)


def _tell_facts(workspace: Workspace) -> None:
    """Tell runs, readings and check-ins that differ in every column, and that leave out what may be left out."""
    kpis = [Kpi(id=new_id(), name=name) for name in ("Time", "errors", "Adoption")]
    experiment, data = Experiment(id=new_id(), name="credit"), new_id()
    monitor, facts = new_id(), list[Fact]()
    for number in range(9):
        low, high = ((-0.1, 0.2), (0.1, 0.2), (-0.3, -0.1), (None, None))[number % 4]
        gain = Value(name="auc", value=low, low=low, high=high, n=10)
        score = Value(name="auc", value=number / 7, low=low, high=high, n=10)
        label, metric = f"Credit-{number % 5}", ("auc", "rmse")[number % 2]
        facts.append(run(experiment.id, data, label=label, metric=metric, gain=gain, scores=(score,), id=new_id()))
        state: Any = ("ok", "look", "act", "not known")[number % 4]
        value, sentence, source = (
            (None if number % 3 else number * 1.5),
            f"Value {number % 4}",
            ("", "captured")[number % 2],
        )
        facts.append(
            Reading(
                id=new_id(),
                monitor=monitor,
                release=monitor,
                limit=0.25 * (number % 2),
                state=state,
                value=value,
                sentence=sentence,
                source=source,
                rows=number * 400,
            )
        )
        day, note = date(2026, 1, 1 + number % 3), ("", "late", "Bureau")[number % 3]
        facts.append(CheckIn(id=new_id(), kpi=kpis[number % 3].id, value=number / 3, on=day, note=note))
    tell(workspace, *kpis, experiment)
    for fact in facts:
        tell(workspace, fact)

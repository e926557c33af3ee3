"""The commands about the chosen record that have a key of their own: put it away, make it the baseline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mlops_desk.gui.commands import Command
from mlops_desk.gui.window_commands import RECORD
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.gui.main_window import MainWindow
    from mlops_desk.kernel.act import Act

_RUN = "run"


def chosen_commands(window: MainWindow) -> list[Command]:
    """Return the commands."""
    away, base = partial(_why_not_away, window), partial(_why_no_baseline, window)
    return [
        Command("put-away", _("Put away"), partial(_put_away, window), RECORD, "Delete", "archive", away),
        Command("baseline", _("Set as baseline"), partial(_set_baseline, window), RECORD, "Ctrl+B", "target", base),
    ]


def _archive_of(noun: str) -> Any:
    """Return the act that puts a record of a noun away; None where nothing of it is."""
    from mlops_desk import catalogue

    return catalogue.RULES.acts.get(f"{noun}.archive")


def _why_not_away(window: MainWindow) -> str:
    chosen = window.inspector.chosen
    if chosen is None:
        return _("No record is chosen.")
    return "" if _archive_of(chosen.noun) is not None else _("What happened cannot be put away.")


def _put_away(window: MainWindow) -> None:
    """Put the chosen record away at once: it can be taken back."""
    chosen = window.inspector.chosen
    if chosen is not None:
        window.desk.do(_archive_of(chosen.noun)(id=chosen.id))


def _why_no_baseline(window: MainWindow) -> str:
    chosen = window.inspector.chosen
    return "" if chosen is not None and chosen.noun == _RUN else _("Choose a run first.")


def _set_baseline(window: MainWindow) -> None:
    """Hold the other runs of its experiment against the chosen one, from now on."""
    chosen = window.inspector.chosen
    if chosen is not None:
        window.desk.ask(_edit_for, chosen.id, then=window.desk.do)


def _edit_for(rows: Rows, run: str) -> Act:
    from mlops_desk.areas.experiments.run import Experiment, Run
    from mlops_desk.gui.acts import edit_of

    edit = edit_of(Experiment.noun)
    assert edit is not None
    return edit(id=rows.get(Run, run).experiment, baseline=run)

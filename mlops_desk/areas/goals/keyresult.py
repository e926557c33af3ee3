"""A key result: the number that says whether an objective is reached, read from one KPI."""

from datetime import date
from typing import Annotated

from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Record
from mlops_desk.kernel.words import _


class KeyResult(Record, noun="key-result"):
    """A key result of an objective, fed by one KPI: from a value to a value by a day."""

    name: Annotated[str, About("The key result in one sentence.")]
    objective: Annotated[str, About("The objective it belongs to.", of="objective")]
    kpi: Annotated[str, About("The KPI that feeds it.", of="kpi")]
    begin: Annotated[float | None, About("Value at the start; else the baseline of the KPI.", flag="from")] = None
    goal: Annotated[float | None, About("Value to reach; else the target of the KPI.", flag="to")] = None
    due: Annotated[date | None, About("The day; else that of the KPI.")] = None

    def check(self) -> None:
        """Look whether there is any way to go."""
        if self.begin is not None and self.begin == self.goal:
            raise DeskError(
                _("From and to are the same value."),
                _("Say the value today with --from and the value to reach with --to."),
                code="GOAL-112",
            )


ACTS = acts_of(KeyResult, title="key result")

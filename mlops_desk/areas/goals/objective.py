"""An objective: what a team wants to reach in a period; key results say when it is reached."""

from datetime import date
from typing import Annotated, Literal

from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Record
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


class Objective(Record, noun="objective"):
    """An objective of the team, committed (aims at 1.0) or stretch (0.6 to 0.7 is good)."""

    name: Annotated[str, About("The objective in one sentence.")]
    use_case: Annotated[str | None, About("The use case it belongs to.", of="use-case")] = None
    ambition: Annotated[Literal["committed", "stretch"], About("How sure the team means to be.")] = "committed"
    start: Annotated[date | None, About("First day of the period.", flag="from")] = None
    due: Annotated[date | None, About("Last day of the period.")] = None
    owner: Annotated[str | None, About("The role that answers for it.", metavar="ROLE")] = None
    parent: Annotated[
        str | None, About("The objective that it serves, such as one of a wider team.", of="objective")
    ] = None

    def check(self) -> None:
        """Look whether the period runs forward."""
        if self.start and self.due and self.start >= self.due:
            raise DeskError(
                _("The period ends before it begins: {start} to {due}.", start=self.start, due=self.due),
                _("Give --from and --due in that order."),
                code="GOAL-111",
            )

    def check_among(self, rows: Rows) -> None:
        """Look whether the objectives that it serves, one above the other, come to an end."""
        parents = {each.id: each.parent for each in rows.find(Objective)}
        above = [self.id] if self.id else []
        ahead = self.parent
        while ahead:
            above.append(ahead)
            if ahead in above[:-1]:
                told = " → ".join(self.name if each == self.id else rows.called(Objective.noun, each) for each in above)
                raise DeskError(
                    _("The objectives would serve each other in a circle: {names}.", names=told),
                    _("Name another objective with --parent, or none: --clear parent."),
                    code="GOAL-113",
                )
            ahead = parents.get(ahead)


ACTS = acts_of(Objective, title="objective")

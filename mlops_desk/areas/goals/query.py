"""The SQL of a KPI: a machine runs what its own member wrote last, and of others only what was allowed on it."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _


def author_of(rows: Rows, kpi: Kpi) -> str:
    """Return the id of the member who last wrote the SQL of a KPI as it is now; empty where nobody did."""
    told = rows.sql(
        "SELECT op.value, line.member FROM op JOIN line ON line.id = op.line"
        " WHERE op.noun = ? AND op.id = ? AND op.field = 'sql' AND line.verdict = 'ok'"
        " ORDER BY line.ms DESC, line.counter DESC, line.device DESC",
        Kpi.noun,
        kpi.id,
    )
    return next((str(member) for value, member in told if msgspec.json.decode(value) == kpi.sql), "")


def refusal(rows: Rows, kpi: Kpi) -> State | None:
    """Return why the SQL of a KPI does not run on this machine; None where it does, or where there is none."""
    if not kpi.sql:
        return None
    author = author_of(rows, kpi)
    if (author and author == rows.here.member) or rows.here.allows(kpi.sql):
        return None
    name = names(rows).get(author) or _("somebody unknown")
    text = _(
        "its SQL was written by {name} and runs here only once you allow it: `mlops-desk kpi allow “{kpi}”`",
        name=name,
        kpi=kpi.name,
    )
    return State("unknown", _("Not known"), text)


class AllowQuery(Act, noun="kpi", verb="allow", done="Done on this machine.", does_without_entry=True):
    """Allow the SQL of a KPI that somebody else wrote to run on this machine, exactly as it is now."""

    kpi: Annotated[str, About("The KPI: id or name.", of="kpi", positional=True)]
    sql: Annotated[
        str, About("The SQL as you read it; if it is another one by now, nothing is allowed.", long=True, is_read=True)
    ] = ""
    back: Annotated[bool, About("Take the permission back instead.")] = False

    def prepare(self, bench: Bench) -> None:
        """Remember the digest of the text on this machine."""
        kpi = bench.get(Kpi, self.kpi)
        if not kpi.sql:
            raise DeskError(_("{name} has no SQL.", name=kpi.name), _("There is nothing to allow."), code="GOAL-138")
        if self.sql and self.sql.strip() != kpi.sql.strip():
            raise DeskError(
                _("The SQL of {name} is another one by now.", name=kpi.name),
                _("Read it again: `mlops-desk kpi show “{name}”`.", name=kpi.name),
                code="GOAL-139",
            )
        if self.back:
            bench.here.forbid(kpi.sql)
        else:
            bench.here.allow(kpi.sql)

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return nothing: what may run is a setting of this machine."""
        return []

    def outcome(self, rows: Rows) -> str:
        """Return which text may run here, or that it may not."""
        kpi = rows.get(Kpi, self.kpi)
        found = refusal(rows, kpi)
        return found.reason if found else _("It may run here: {sql}", sql=kpi.sql)


ACTS = (AllowQuery,)

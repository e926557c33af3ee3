"""How KPIs and key results stand on the day of a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.progress import Standing, score, standing
from mlops_desk.areas.goals.queries import still_read
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _


class KpiStanding(msgspec.Struct, frozen=True):
    """A KPI with its check-ins, oldest first, and how it stands on the day."""

    kpi: Kpi
    readings: Sequence[CheckIn]
    how: Standing
    silent: str = ""  # why its own source gave no value when the report was made

    @property
    def last(self) -> CheckIn | None:
        """The check-in that gives the value."""
        return self.readings[-1] if self.readings else None


class ResultStanding(msgspec.Struct, frozen=True):
    """A key result with its score, or None where it is not known."""

    result: KeyResult
    kpi: KpiStanding | None
    score: float | None
    state: State


def kpi_standings(rows: Rows, day: date, silent: Mapping[str, str] | None) -> list[KpiStanding]:
    """Return the KPIs in use with how they stand on a day, worst first.

    ``silent`` names those whose own source gave no value, with the reason; without it the sources are asked, if the
    day is not over.
    """
    readings: dict[str, list[CheckIn]] = defaultdict(list)
    for each in rows.find(CheckIn):
        if each.on <= day:
            readings[each.kpi].append(each)
    found = []
    for kpi in rows.find(Kpi, "NOT archived"):
        mine = sorted(readings[kpi.id], key=lambda each: (each.on, str(each.recorded_at)))
        found.append(_kpi_standing(rows, KpiStanding(kpi, mine, standing(kpi, mine, day)), day, silent))
    return sorted(found, key=lambda each: (-badness(each.how.state), each.kpi.name, each.kpi.id))


def _kpi_standing(rows: Rows, each: KpiStanding, day: date, silent: Mapping[str, str] | None) -> KpiStanding:
    if silent is not None:
        reason = silent.get(each.kpi.id, "")
    else:
        asked = still_read(rows, each.kpi, each.readings, each.how) if day >= today() else each.how
        reason = "" if asked is each.how else asked.state.reason
    if not reason:
        return each
    unknown = Standing(State("unknown", _("Not known"), reason), expected=each.how.expected)
    return KpiStanding(each.kpi, each.readings, unknown, reason)


def result_standings(rows: Rows, kpis: dict[str, KpiStanding]) -> list[ResultStanding]:
    """Return the key results in use with their scores, worst first; ``kpis`` are those that feed them, by id."""
    found = []
    for each in rows.find(KeyResult, "NOT archived"):
        fed = kpis.get(each.kpi)
        if fed is None:
            state = State("unknown", _("Not known"), _("its KPI is put away"))
            found.append(ResultStanding(each, None, None, state))
        else:
            reached = score(each, fed.kpi, fed.how.value if fed.how.state.known else None)
            found.append(ResultStanding(each, fed, reached, fed.how.state))
    return sorted(found, key=lambda each: (-badness(each.state), each.result.name))

"""What the homes show of goals: key results, the outcome, what people do with the result."""

from __future__ import annotations

from datetime import datetime

from mlops_desk.areas.goals.kpi import CheckIn
from mlops_desk.areas.goals.queries import KpiRow, key_results, kpis, stage_sentence
from mlops_desk.kernel.card import Card, CardAct, Viewer, first_rows, nothing_yet
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

ADOPTION, OVERRULES, TIME = "B3", "B4", "B5"
_OPEN_KPIS = CardAct(_("Add a KPI"), "goals", "template")


def goals_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of key results by state."""
    found = key_results(rows)
    if not found:
        return nothing_yet(_("Goals"), _("No key result yet."), CardAct(_("Open goals"), "goals", "key-result"))
    good = sum(each.state.level == "ok" for each in found)
    return Card(
        _("Goals"),
        stage_sentence(rows),
        first_rows((each.name, each.state) for each in found),
        _check_in(kpis(rows)),
        _("{good} of {all}", good=good, all=len(found)),
        _checked(rows),
    )


def outcome_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the KPIs against their targets."""
    found = kpis(rows)
    if not found:
        return nothing_yet(_("Outcome"), _("No KPI yet."), _OPEN_KPIS)
    return Card(
        _("Outcome"), stage_sentence(rows), first_rows(map(_kpi_row, found)), _check_in(found), as_of=_checked(rows)
    )


def use_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of how people take to the result: adoption and time to decision."""
    return _measured(rows, _("Use"), (ADOPTION, TIME), _("Nobody measures adoption or time to decision yet."))


def overrules_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of how often people overrule the result."""
    return _measured(rows, _("Overrules"), (OVERRULES,), _("Nobody counts yet how often people decide otherwise."))


def _measured(rows: Rows, title: str, templates: tuple[str, ...], nothing: str) -> Card:
    found = [each for each in kpis(rows) if each.kpi.template in templates]
    if not found:
        return nothing_yet(title, nothing, _OPEN_KPIS)
    worst = max((each.state for each in found), key=badness)
    return Card(title, worst, first_rows(map(_kpi_row, found)), _check_in(found), as_of=_checked(rows))


def _kpi_row(row: KpiRow) -> tuple[str, State]:
    if row.value is None:
        return row.name, row.state
    if row.target is None:
        return _("{name}: {value} {unit}", name=row.name, value=f"{row.value:.4g}", unit=row.unit), row.state
    words = _(
        "{name}: {value} of {target} {unit}",
        name=row.name,
        value=f"{row.value:.4g}",
        target=f"{row.target:.4g}",
        unit=row.unit,
    )
    return words.rstrip(), row.state


def _check_in(found: list[KpiRow]) -> CardAct:
    """Return the form of a check-in of the KPI that needs it most."""
    return CardAct(_("Check in"), "goals", act="kpi.check-in", values={"kpi": found[0].id} if found else {})


def _checked(rows: Rows) -> datetime | None:
    newest = rows.find(CheckIn, order="recorded_at DESC, id", most=1)
    return newest[0].recorded_at if newest else None

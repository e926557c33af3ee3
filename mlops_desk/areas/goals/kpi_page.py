"""What the page of a KPI shows: state, definition, source, forecast, and what came before its last change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlops_desk.areas.goals.alignment import forecast_words
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.outlook import kpi_forecast, readings_of
from mlops_desk.areas.goals.progress import recency, standing
from mlops_desk.areas.goals.queries import kpi_row, still_read
from mlops_desk.areas.goals.query import author_of, refusal
from mlops_desk.areas.goals.why import MOST_SHOWN, why_details
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

SHOWN_DIGITS = 8


def kpi_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a KPI shows."""
    kpi = rows.get(Kpi, id_)
    told = rows.find(CheckIn, "kpi = ?", id_)
    row = kpi_row(kpi, still_read(rows, kpi, told, standing(kpi, told, today())))
    held = refusal(rows, kpi)  # a matter of this machine: lists, reports and homes follow from the rows alone
    author = names(rows).get(author_of(rows, kpi), "") if kpi.sql else ""
    return (
        Detail(_("State"), row.state if row.state.known or held is None else held, "state"),
        Detail(_("Value"), row.value, "number"),
        Detail(_("Unit"), kpi.unit),
        Detail(_("Expected today"), row.expected, "number"),
        Detail(_("Baseline"), kpi.baseline, "number"),
        Detail(_("Target"), kpi.target, "number"),
        Detail(_("Band"), f"{kpi.low:g} – {kpi.high:g}" if kpi.low is not None and kpi.high is not None else ""),
        Detail(_("Due"), kpi.due, "day"),
        Detail(_("Owner"), role_name(kpi.owner) if kpi.owner else ""),
        Detail(_("Formula"), kpi.formula),
        Detail(_("SQL"), kpi.sql),
        Detail(_("SQL written by"), author),
        Detail(_("SQL here"), (held or State("ok", _("Runs on this machine"))) if kpi.sql else None, "state"),
        Detail(_("Read from"), kpi.metric),
        Detail(_("Check-ins"), len(told), "whole"),
        Detail(_("Forecast"), forecast_words(kpi_forecast(kpi, readings_of(told), kpi.due, today()), kpi.unit)),
        *why_details(rows, kpi, told),
        *history_details(rows, kpi, told),
    )


def history_details(rows: Rows, kpi: Kpi, told: Sequence[CheckIn]) -> list[Detail]:
    """Return the newest check-ins, each with who, from where, the note, and the digests that name query and data."""
    who = names(rows)
    newest = sorted(told, key=recency, reverse=True)[:MOST_SHOWN]
    return [
        Detail(_("Checked in"), " · ".join(each for each in _history(one, kpi, who) if each), "text") for one in newest
    ]


def _history(one: CheckIn, kpi: Kpi, who: Mapping[str, str]) -> list[str]:
    source = {"typed": _("typed"), "sql": _("SQL"), "metric": kpi.metric or _("metric"), "file": _("file")}[one.source]
    return [
        f"{one.on}: {one.value:.4g} {kpi.unit}".rstrip(),
        who.get(one.recorded_by, ""),
        source,
        _("confidence {n}", n=one.confidence) if one.confidence is not None else "",
        one.note,
        _("query {digest}", digest=one.digest[:SHOWN_DIGITS]) if one.digest else "",
        _("data {digest}", digest=one.data[:SHOWN_DIGITS]) if one.data else "",
    ]

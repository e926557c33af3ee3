"""Questions about reports: which were made and noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from mlops_desk.areas.reports.report import ReportMade
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Mark, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


class ReportRow(msgspec.Struct, frozen=True):
    """A report that was noted, for tables."""

    id: str
    file: str
    report: str
    format: str
    as_of: date
    size_bytes: int
    sha256: str
    who: str
    made: datetime | None


def reports(rows: Rows) -> list[ReportRow]:
    """Return the reports that were noted, newest first."""
    who = names(rows)
    return [
        ReportRow(
            each.id,
            each.file,
            each.report,
            each.format,
            each.as_of,
            each.size_bytes,
            each.sha256,
            who.get(each.recorded_by, ""),
            each.recorded_at,
        )
        for each in rows.find(ReportMade, order="recorded_at DESC, id")
    ]


def report_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a report shows: enough to hold a file against it."""
    made = rows.get(ReportMade, id_)
    lines = [
        Detail(_("Report"), made.report),
        Detail(_("Format"), made.format.upper()),
        Detail(_("As of"), made.as_of, "day"),
        Detail(_("Made"), made.recorded_at, "instant"),
        Detail(_("Who"), names(rows).get(made.recorded_by, "")),
        Detail(_("Size in bytes"), made.size_bytes, "whole"),
        Detail(_("sha256"), made.sha256),
    ]
    return lines + [
        Detail(_("Journal of {device}", device=each.device), f"{each.seq} · {each.line}") for each in made.heads
    ]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, reports were made."""
    return [
        Mark(each.recorded_at, _("report {file} made", file=each.file), "report", each.id)
        for each in rows.find(ReportMade, *span.within)
        if each.recorded_at
    ]

"""The report for programs: one JSON document, numbers as numbers, days and instants as ISO texts."""

from __future__ import annotations

from typing import Any

import msgspec

from mlops_desk.areas.reports.content import Report, Table, row_values, stamp


def document(report: Report) -> bytes:
    """Return the report as JSON with keys in snake_case."""
    found: dict[str, Any] = {
        "report": report.name,
        "title": report.title,
        "project": report.project,
        "purpose": report.purpose,
        "as_of": report.as_of.isoformat(),
        "made_at": stamp(report.made_at),
        "heads": report.heads,
        "unread": report.unread,
        "silent": report.silent,
        "recipe": report.recipe,
        "counts": [{"state": each.state, "number": each.number} for each in report.counts],
        "sentences": report.sentences,
        "not_known": report.not_known,
        "texts": [text for section in report.sections for text in section.texts],
    }
    for section in report.sections:
        for table in section.tables:
            found[table.name] = _rows(table)
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows by name of column, each with the address of the record it is about where there is one."""
    return [
        row_values(table, row) | ({"address": address} if (address := table.address(at)) else {})
        for at, row in enumerate(table.rows)
    ]

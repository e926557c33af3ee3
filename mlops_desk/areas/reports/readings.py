"""The readings behind a report as CSV: one line a check-in, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import msgspec

from mlops_desk.areas.reports.content import Cell, Report, Shown, Table, heads_text, row_values

COLUMNS = (
    "kpi",
    "on",
    "value",
    "unit",
    "source",
    "who",
    "recorded_at",
    "confidence",
    "note",
    "kpi_state",
    "kpi_state_reason",
    "not_known",
    "as_of",
    "heads",
    "made_from",
)
_WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in "=+-@")  # some spreadsheets read the full-width signs too
_RUNS = re.compile(rf"^[\s\x00]*[=+\-@\t\r\n|%{_WIDE}]")


def harmless(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet shows as text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def readings(report: Report) -> bytes:
    """Return the check-ins with the state of their KPI; what is not known follows in lines of its own.

    The first line holds the recipe, and what else has to be known to make the same lines again.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writeheader()
    made_from = {"recipe": report.recipe, "unread": report.unread, "silent": report.silent}
    once = {"made_from": msgspec.json.encode(made_from).decode()}
    common = {"as_of": report.as_of.isoformat(), "heads": heads_text(report.heads)}
    for at, line in enumerate(_lines(report)):
        whole = line | common | ({} if at else once)
        writer.writerow({name: "" if cell is None else harmless(cell) for name, cell in whole.items()})
    return out.getvalue().encode()


def _lines(report: Report) -> Iterator[dict[str, Cell]]:
    tables = {table.name: table for section in report.sections for table in section.tables}
    kpis = [row_values(tables["kpis"], row) for row in tables["kpis"].rows] if "kpis" in tables else []
    states = {each["name"]: each["state"] for each in kpis}
    seen: set[str] = set()
    for line in _check_ins(tables):
        name = str(line["kpi"])
        seen.add(name)
        yield line | _state(states.get(name))
    for each in kpis:
        if each["name"] not in seen:
            yield {"kpi": each["name"], "unit": each["unit"]} | _state(each["state"])
    for sentence in report.not_known:
        yield {"not_known": sentence}


def _check_ins(tables: dict[str, Table]) -> Iterator[dict[str, Cell]]:
    for row in tables["check_ins"].rows if "check_ins" in tables else ():
        yield row_values(tables["check_ins"], row)


def _state(state: object) -> dict[str, Cell]:
    return {"kpi_state": state.word, "kpi_state_reason": state.reason} if isinstance(state, Shown) else {}

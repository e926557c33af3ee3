"""A project that is lived on days of our choosing, the report of it, and texts that want to be more than text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlops_desk.areas.reports.content import Report
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.catalogue import RULES
from mlops_desk.kernel import clock
from mlops_desk.workspace import Workspace

MARCH, APRIL, JUNE = date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 30)
MADE_AT = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
TEXTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#read("/etc/passwd") $x^2$ *b* _i_ @ref',
    '#import "@preview/cetz:0.2.0"',
    '=HYPERLINK("http://evil.example","x")',
    "{=SUM(A1:A9)}",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "[a](javascript:alert(1)) ![b](http://evil.example/c.png) www.evil.example",
    "emoji 😀👩‍🔬 日本語",
    "עברית \u202eevil\u202c العربية",
    "{{ 7*7 }} {% raw %} ${x} %s {0}",
    "]]>&lt;&amp;|a|b`c`",
    "line\nbreak\r\nnul\x00bell\x07",
    "X" * 10_000,
    "many words " * 900,
)


class Days:
    """The clock of a test: entries carry the day it was set to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._ms = 0
        self.to(MARCH)
        patch.setattr(clock, "now_ms", self._next)

    def _next(self) -> int:
        self._ms += 1000
        return self._ms

    def to(self, day: date) -> None:
        self._ms = int(datetime(day.year, day.month, day.day, 9, tzinfo=UTC).timestamp() * 1000)


def do(desk: Workspace, kind: str, **values: Any) -> str:
    return desk.do(RULES.act(kind, **values)).id


def report_of(desk: Workspace, day: date = JUNE) -> Report:
    return desk.ask(kpi_report, day, MADE_AT)


def fill(desk: Workspace, days: Days) -> None:
    """Live March to June: one KPI on track, one off track, one without a value, one that went silent."""
    time = do(
        desk,
        "kpi.add",
        name="Time to decision",
        unit="minutes",
        better="down",
        baseline=95.0,
        target=40.0,
        start=MARCH,
        due=date(2026, 12, 31),
        owner="domain-expert",
    )
    use = do(desk, "kpi.add", name="Adoption", unit="%", baseline=0.0, target=60.0, start=MARCH, due=date(2026, 12, 31))
    gain = do(desk, "kpi.add", name="Benefit reached", unit="%", target=80.0)
    feeds = do(desk, "kpi.add", name="Feeds on time", unit="%", target=99.0, rhythm=7)
    goal = do(desk, "objective.add", name="Answers within the hour", due=date(2026, 12, 31), owner="domain-expert")
    do(desk, "key-result.add", name="A decision takes 40 minutes", objective=goal, kpi=time)
    do(desk, "key-result.add", name="Planned benefit", objective=goal, kpi=gain)
    do(desk, "kpi.check-in", kpi=time, value=92.0, on=MARCH)
    do(desk, "kpi.check-in", kpi=feeds, value=99.5, on=MARCH, note="All eight feeds.")
    days.to(APRIL)
    do(desk, "kpi.check-in", kpi=time, value=88.0, on=APRIL)
    do(desk, "kpi.check-in", kpi=use, value=12.0, on=APRIL)
    do(desk, "gate.ask", gate="G1", subject=do(desk, "use-case.add", name="Loan proposals"))
    days.to(JUNE)
    do(desk, "kpi.check-in", kpi=time, value=60.0, on=JUNE, note="Queue cleared.", confidence=8)
    do(desk, "kpi.check-in", kpi=use, value=9.5, on=JUNE)

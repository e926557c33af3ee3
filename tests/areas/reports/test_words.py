"""Small words of a report: how many values there are, and what Markdown has to escape."""

from __future__ import annotations

from datetime import date

import pytest

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.progress import standing
from mlops_desk.areas.reports.charts import kpi_plot
from mlops_desk.areas.reports.content import spoken
from mlops_desk.areas.reports.markdown import escaped

DAY = date(2026, 6, 1)


def test_that_two_check_ins_of_one_day_are_two_values() -> None:
    kpi = Kpi(id="k", name="Time")
    readings = [CheckIn(kpi="k", value=value, on=DAY) for value in (3.0, 4.0)]
    said = spoken(kpi_plot(kpi, readings, standing(kpi, readings, DAY), DAY))
    assert "2 values on one day, the newest 4 (2026-06-01)." in said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("9.5", "9.5"),
        ("-3.5", "-3.5"),
        ("1. first", "1\\. first"),
        ("12) twelfth", "12\\) twelfth"),
        ("- point", "\\- point"),
        ("+ point", "\\+ point"),
        ("# title", "\\# title"),
        ("---", "\\---"),
        ("a_b*c", "a\\_b\\*c"),
    ],
)
def test_that_only_what_markdown_would_read_is_escaped(words: str, shown: str) -> None:
    assert escaped(words) == shown

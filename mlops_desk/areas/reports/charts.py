"""The charts of a report: each KPI against its target, its tolerance and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mlops_desk.areas.goals.charts import kpi_bands
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.progress import Standing, expected_on
from mlops_desk.areas.reports.content import Plot, number, plot_of
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.words import _


def kpi_plot(kpi: Kpi, readings: Sequence[CheckIn], how: Standing, day: date) -> Plot:
    """Return the check-ins of a KPI up to a day, drawn as far as the day."""
    by_day = {each.on: each.value for each in readings}  # of several on one day the newest stands
    series = [Series(kpi.name, tuple(by_day.items()))]
    if kpi.baseline is not None and kpi.target is not None and kpi.start and kpi.due:
        days = sorted({kpi.start, kpi.due, *((day,) if kpi.start < day < kpi.due else ())})
        line = tuple((each, expected_on(kpi, each)) for each in days)
        series.append(Series(_("Expected"), line, is_reference=True))
    value = _("no value yet") if how.value is None else f"{number(how.value)} {kpi.unit}".strip()
    chart = Chart(
        sentence=_("{name}: {value}, {state}", name=kpi.name, value=value, state=how.state.word.lower()),
        series=tuple(series),
        unit=kpi.unit,
        x_title=_("Day"),
        target=kpi.target,
        bands=kpi_bands(kpi),
        n=len(readings),
    )
    return plot_of(kpi.name, how.state, chart)

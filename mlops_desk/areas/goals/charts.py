"""Charts of goals: a KPI against its target and what was expected."""

from __future__ import annotations

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.progress import expected_on, standing, tolerance_of
from mlops_desk.kernel import clock
from mlops_desk.kernel.chart import Band, Chart, Series
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def kpi_chart(rows: Rows, id_: str) -> Chart:
    """Return the check-ins of a KPI with its target, tolerance and expected line."""
    kpi = rows.get(Kpi, id_)
    readings = sorted(rows.find(CheckIn, "kpi = ?", id_), key=lambda each: each.on)
    how = standing(kpi, readings, clock.today())
    series = [Series(kpi.name, tuple((each.on, each.value) for each in readings))]
    days = sorted({day for day in (kpi.start, *(each.on for each in readings), kpi.due) if day is not None})
    if kpi.baseline is not None and kpi.target is not None and kpi.start and kpi.due:
        line = tuple((day, expected_on(kpi, day)) for day in days)
        series.append(Series(_("Expected"), line, is_reference=True))
    value = _("no value yet") if how.value is None else f"{how.value:.4g} {kpi.unit}".strip()
    return Chart(
        sentence=_("{name}: {value}, {state}", name=kpi.name, value=value, state=how.state.word.lower()),
        series=tuple(series),
        unit=kpi.unit,
        x_title=_("Day"),
        target=kpi.target,
        bands=kpi_bands(kpi),
        n=len(readings),
        as_of=clock.now(),
    )


def kpi_bands(kpi: Kpi) -> tuple[Band, ...]:
    """Return the band of a KPI, else its tolerance around the target, in its unit; may be empty."""
    if kpi.low is not None and kpi.high is not None:
        return (Band(_("Band"), kpi.low, kpi.high),)
    if kpi.target is None or not tolerance_of(kpi):
        return ()
    return (Band(_("Tolerance"), kpi.target - tolerance_of(kpi), kpi.target + tolerance_of(kpi)),)

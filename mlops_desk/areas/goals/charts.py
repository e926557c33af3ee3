"""Charts of goals: a KPI against its target and what was expected, where it leads, and what came before it moved."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.outlook import bounds_of, kpi_forecast, readings_of
from mlops_desk.areas.goals.progress import expected_on, recency, stale_after_days, standing, tolerance_of
from mlops_desk.areas.goals.queries import still_read
from mlops_desk.areas.goals.why import MOST_SHOWN, happened, last_move, movers, window_of
from mlops_desk.kernel import clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.chart import Band, Chart, Series
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

BAND_POINTS = 6
MOST_UNUSUAL = 10


def kpi_chart(rows: Rows, id_: str) -> Chart:
    """Return the values of a KPI with target, tolerance and expected line, the forecast with its band, and marks.

    Marks say what came before the last change, and which values are unusual; forecast and unusual values can be
    switched off on this machine. Of several values for one day the last told is shown.
    """
    kpi = rows.get(Kpi, id_)
    readings = sorted(rows.find(CheckIn, "kpi = ?", id_), key=recency)
    how = still_read(rows, kpi, readings, standing(kpi, readings, clock.today()))
    series = [Series(kpi.name, tuple({each.on: each.value for each in readings}.items()))]
    days = sorted({day for day in (kpi.start, *(each.on for each in readings), kpi.due) if day is not None})
    if kpi.baseline is not None and kpi.target is not None and kpi.start and kpi.due:
        line = tuple((day, expected_on(kpi, day)) for day in days)
        series.append(Series(_("Expected"), line, is_reference=True))
    shows = rows.here.charts
    series += _forecast(kpi, readings) if shows.forecast else []
    value = _("no value yet") if how.value is None else f"{how.value:.4g} {kpi.unit}".strip()
    return Chart(
        sentence=_("{name}: {value}, {state}", name=kpi.name, value=value, state=how.state.word.lower()),
        series=tuple(series),
        unit=kpi.unit,
        x_title=_("Day"),
        target=kpi.target,
        bands=kpi_bands(kpi),
        marks=(*_before(rows, kpi, readings), *(_unusual(readings) if shows.unusual else ())),
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


def _forecast(kpi: Kpi, check_ins: Sequence[CheckIn]) -> list[Series]:
    """Return the dashed line ahead with the 95 % interval of each point: to the due day, else to the next check-in."""
    from mlops_desk.science.forecast import predictive_band

    readings, today = readings_of(check_ins), clock.today()
    last = max((each.on for each in check_ins if each.on <= today), default=None)
    ahead = kpi.due if kpi.due and kpi.due > today else today + timedelta(days=stale_after_days(kpi) // 2)
    if last is None or kpi_forecast(kpi, readings, ahead, today).value is None:
        return []
    days = _spread(last, ahead)
    found = predictive_band(
        readings, days, today=today, stale_after_days=stale_after_days(kpi), bounds=bounds_of(kpi, readings)
    )
    return [
        Series(
            _("Forecast, 95 %"),
            tuple((each.on, each.value) for each in found),
            low=tuple(each.low for each in found),
            high=tuple(each.high for each in found),
            is_reference=True,
        )
    ]


def _spread(last: date, ahead: date) -> list[date]:
    """Return up to six days from after one to another, evenly apart; the last is the other."""
    span = (ahead - last).days
    steps = min(BAND_POINTS, span)
    return [last + timedelta(days=round(span * step / steps)) for step in range(1, steps + 1)]


def _before(rows: Rows, kpi: Kpi, readings: Sequence[CheckIn]) -> Iterable[tuple[date, str]]:
    move = last_move(readings)
    if move is None:
        return
    for each in movers(rows, kpi, move, happened(rows, window_of(kpi, move)))[:MOST_SHOWN]:
        yield each.at.date(), each.sentence


def _unusual(readings: Sequence[CheckIn]) -> Iterable[tuple[date, str]]:
    from mlops_desk.science.anomalies import anomalies

    for each in anomalies(readings_of(readings)).found[-MOST_UNUSUAL:]:
        words = _("unusually high: {value}") if each.side == "above" else _("unusually low: {value}")
        yield each.on, words.format(value=f"{each.value:.4g}")


class ChooseCharts(Act, noun="kpi", verb="charts", done="Done on this machine.", does_without_entry=True):
    """Choose what charts of KPIs show on this machine beside the values."""

    unusual: Annotated[bool | None, About("Mark the values that are unusual.")] = None
    forecast: Annotated[bool | None, About("Draw the forecast with its band.")] = None

    def prepare(self, bench: Bench) -> None:
        """Remember what was chosen; what was not said stays."""
        said = {
            name: each for name, each in (("unusual", self.unusual), ("forecast", self.forecast)) if each is not None
        }
        bench.here.show_in_charts(msgspec.structs.replace(bench.here.charts, **said))

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return nothing: what charts show is a setting of this machine."""
        return []

    def outcome(self, rows: Rows) -> str:
        """Return what charts show now."""
        shows = rows.here.charts
        return _(
            "Unusual values: {unusual}. Forecast: {forecast}.",
            unusual=_("marked") if shows.unusual else _("not marked"),
            forecast=_("drawn") if shows.forecast else _("not drawn"),
        )


ACTS = (ChooseCharts,)

"""Questions about monitors: the newest reading of each, open alerts, and the checks that ask for monitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import msgspec

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.queries import live
from mlops_desk.areas.deployments.release import Release, live_release
from mlops_desk.areas.monitoring.monitor import (
    NEWEST_READING,
    START_LIMITS,
    Alert,
    AlertDecision,
    Monitor,
    Reading,
    watched,
)
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Link, Mark, Need, Span
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.measured import Measured, measured
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, Verdict, badness, failed, not_known, passed
from mlops_desk.kernel.stored import Said
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.wish_sql import SqlColumn
from mlops_desk.kernel.words import _, plural

FRESH_DAYS = 30
_RHYTHMS = 2  # a monitor that missed so many is silent
_LOOKED_BACK = 8  # readings that tell how often it is read
_STATES = {
    "ok": State("ok", _("Fine")),
    "look": State("warn", _("Look")),
    "act": State("bad", _("Act")),
    "not known": State("unknown", _("Not known")),
}


class MonitorRow(msgspec.Struct, frozen=True):
    """A monitor with its newest reading."""

    id: str
    name: str
    environment: str
    kind: str
    state: State
    value: float | None
    limit: float
    rows: int | None
    read: datetime | None
    owner: str | None
    sentence: str


class AlertRow(msgspec.Struct, frozen=True):
    """An alert with what was decided on it."""

    id: str
    state: State
    sentence: str
    monitor: str
    owner: str
    readings: int
    decision: str
    reason: str
    raised: datetime | None
    who: str


def readings_of(rows: Rows, monitor: str) -> list[Reading]:
    """Return the readings of a monitor, newest first."""
    return rows.find(Reading, "monitor = ?", monitor, order=NEWEST_READING)


def monitors(rows: Rows) -> list[MonitorRow]:
    """Return the monitors, worst first."""
    environments = {each.id: each.name for each in rows.find(Environment)}
    found = []
    for each in rows.find(Monitor, "NOT archived"):
        readings = readings_of(rows, each.id)
        last = readings[0] if readings else None
        limit = each.limit if each.limit is not None else START_LIMITS[each.kind]
        state = _state(rows, each, readings)
        found.append(
            MonitorRow(
                each.id,
                each.name,
                environments.get(each.environment, ""),
                each.kind,
                state,
                last.value if last else None,
                limit,
                last.rows if last else None,
                last.recorded_at if last else None,
                each.owner,
                last.sentence if last else "",
            )
        )
    return sorted(found, key=lambda each: (-badness(each.state), each.name))


def rhythm_days(readings: Sequence[Reading]) -> int:
    """Return after how many days a monitor is usually read again, by its last readings, newest first; one at least.

    Of a monitor that was read once nothing is known of that: it counts as half of ``FRESH_DAYS``.
    """
    days = [each.recorded_at.date() for each in readings[:_LOOKED_BACK] if each.recorded_at]
    apart = [(newer - older).days for newer, older in pairwise(days)]
    return max(1, round(median(apart))) if apart else FRESH_DAYS // 2


def _is_silent(readings: Sequence[Reading], day: date) -> bool:
    """Tell whether a monitor was not read for two of its rhythms, or longer than any value may stand."""
    read = readings[0].recorded_at
    return read is None or (day - read.date()).days > min(FRESH_DAYS, _RHYTHMS * rhythm_days(readings))


def _state(rows: Rows, monitor: Monitor, readings: Sequence[Reading]) -> State:
    """Return how a monitor stands; what was read of another release, or long ago, says nothing of what is live."""
    if not readings:
        return State("unknown", _("Not known"), _("never read"))
    release, last = live_release(rows, monitor.environment), readings[0]
    if release is None:
        return State("unknown", _("Not known"), _("nothing is live"))
    if last.release != release.id:
        return State("unknown", _("Not known"), _("not read since {label} is live", label=release.label))
    if _is_silent(readings, clock.today()):
        often = plural("every day", "every {n} days", rhythm_days(readings))
        since = f"{last.recorded_at:%Y-%m-%d}" if last.recorded_at else "?"
        return State("unknown", _("Not known"), _("no value since {day}, expected {often}", day=since, often=often))
    return _STATES[last.state]


def alerts(rows: Rows) -> list[AlertRow]:
    """Return the alerts, open ones first, newest first."""
    who = names(rows)
    known = {each.id: each.name for each in rows.find(Monitor)}
    found = []
    for stands in watched(rows):
        each, decided = stands.alert, stands.decision
        found.append(
            AlertRow(
                each.id,
                State("info", _("Decided")) if decided else State("bad", _("Open")),
                stands.readings[0].sentence if stands.readings else each.sentence,
                known.get(each.monitor, ""),
                each.owner,
                len(stands.readings),
                decided.choice if decided else "",
                decided.reason if decided else "",
                each.recorded_at,
                who.get(decided.recorded_by, "") if decided else "",
            )
        )
    return sorted(found, key=lambda each: -badness(each.state))


def reading_rows(rows: Rows) -> list[Reading]:
    """Return all readings, newest first."""
    return rows.find(Reading, order=NEWEST_READING)


READING_COLUMNS: Mapping[str, Said] = {
    "sentence": SqlColumn("sentence"),
    "value": SqlColumn("value", kind="number"),
    "limit": SqlColumn('"limit"', kind="number"),
    "rows": SqlColumn("rows", kind="number"),
    "source": SqlColumn("source"),
    "recorded_at": SqlColumn("epoch_ms(recorded_at)", kind="instant"),
}


def monitor_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a monitor shows."""
    monitor = rows.get(Monitor, id_)
    readings = readings_of(rows, id_)
    lines = [
        Detail(_("Watches"), monitor.kind),
        Detail(_("Environment"), rows.get(Environment, monitor.environment).name),
        Detail(_("Limit"), monitor.limit if monitor.limit is not None else START_LIMITS[monitor.kind], "number"),
        Detail(_("Owner"), monitor.owner, "role"),
        Detail(_("Guide"), monitor.guide),
        Detail(_("Last reading"), readings[0].sentence if readings else _("never read")),
    ]
    return [*lines, *_moved(readings[0])] if readings else lines


def reading_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a reading shows."""
    reading = rows.get(Reading, id_)
    return [
        Detail(_("Monitor"), rows.get(Monitor, reading.monitor).name),
        Detail(_("State"), _STATES[reading.state], "state"),
        Detail(_("Value"), reading.value, "number"),
        Detail(_("Limit"), reading.limit, "number"),
        Detail(_("Rows"), reading.rows, "number"),
        Detail(_("Source"), reading.source),
        Detail(_("Release"), rows.get(Release, reading.release).label),
        Detail(_("Read"), reading.recorded_at, "instant"),
        *_moved(reading),
    ]


def _moved(reading: Reading) -> list[Detail]:
    """Return what a reading says of each column, and why some were not watched."""
    effects = {each.name: "–" if each.effect is None else f"{each.effect:.3f}" for each in reading.columns}
    watched_ones = [each for each in reading.columns if each.state != "left out"]
    left_out = [each for each in reading.columns if each.state == "left out"]
    return [
        *(
            Detail(each.name, " · ".join(part for part in (effects[each.name], each.note) if part))
            for each in watched_ones
        ),
        *(Detail(_("Not watched: {name}", name=each.name), each.note) for each in left_out),
    ]


def monitor_chart(rows: Rows, id_: str) -> Chart:
    """Return the readings of a monitor over time against its limit."""
    monitor = rows.get(Monitor, id_)
    readings = list(reversed(readings_of(rows, id_)))
    points = tuple((each.recorded_at, each.value) for each in readings if each.recorded_at)
    state = _STATES[readings[-1].state].word.lower() if readings else _("not known")
    return Chart(
        sentence=_("{name}: {state}", name=monitor.name, state=state),
        series=(Series(monitor.name, points),),
        x_title=_("Time"),
        target=monitor.limit if monitor.limit is not None else START_LIMITS[monitor.kind],
        n=readings[-1].rows if readings else None,
        as_of=readings[-1].recorded_at if readings else None,
    )


def monitor_exists(rows: Rows, subject: Subject, args: dict[str, Any], day: date) -> Verdict:
    """K15: monitors of the ``kinds`` watch the environment, with owner and guide; once it is live, with a value."""
    release, found = _watching(rows, subject)
    missing = [kind for kind in args["kinds"] if not any(each.kind == kind for each in found)]
    if missing:
        return not_known(_("no monitor watches {kinds}", kinds=", ".join(missing)))
    wanted = [each for each in found if each.kind in args["kinds"]]
    if nobody := _without_guide(wanted):
        return failed(_("without owner or guide: {names}", names=nobody))
    current = live_release(rows, release.environment) if release else None
    if current is not None and release and current.id == release.id:
        silent = [each.name for each in wanted if not _is_fresh(rows, each, current, day)]
        if silent:
            return not_known(_("live, but without a fresh value: {names}", names=", ".join(silent)))
    return passed(", ".join(each.name for each in wanted))


def alerts_guided(rows: Rows, subject: Subject, args: dict[str, Any], day: date) -> Verdict:  # noqa: ARG001
    """K01 on monitors: whatever can raise an alert names a person's role and a short guide."""
    _release, found = _watching(rows, subject)
    if not found:
        return not_known(_("no monitor can raise an alert yet"))
    if nobody := _without_guide(found):
        return failed(_("without owner or guide: {names}", names=nobody))
    return passed(", ".join(each.name for each in found))


def _watching(rows: Rows, subject: Subject) -> tuple[Release | None, list[Monitor]]:
    """Return the release that is asked about and the monitors of its environment; without one, all monitors."""
    release_id = subject.other("release")
    release = rows.find(Release, "id = ?", release_id) if release_id else []
    where = "NOT archived AND environment = ?" if release else "NOT archived AND ? = ''"
    found = rows.find(Monitor, where, release[0].environment if release else "")
    return (release[0] if release else None), found


def _without_guide(monitors: Sequence[Monitor]) -> str:
    return ", ".join(each.name for each in monitors if not each.owner or not each.guide)


def _is_fresh(rows: Rows, monitor: Monitor, release: Release, day: date) -> bool:
    """Tell whether a monitor has a value of this release, young enough."""
    known = [each for each in readings_of(rows, monitor.id) if each.release == release.id and each.value is not None]
    read = known[0].recorded_at if known else None
    return read is not None and day - read.date() <= timedelta(days=FRESH_DAYS)


def reading_source(rows: Rows, name: str, use_case: str = "") -> Measured:  # noqa: ARG001 - a monitor has one name
    """Return the newest value of a monitor by its name, or by its kind where there is one of the kind.

    Raises:
        DeskError: there is no such monitor, or its value is not known.
    """
    found = rows.find(Monitor, "name = ? AND NOT archived", name)
    found = found or rows.find(Monitor, "kind = ? AND NOT archived", name)
    if len(found) > 1:
        raise DeskError(
            _("More than one monitor is meant by {name}.", name=name),
            _("Name one: {names}.", names=", ".join(f"monitor:{each.name}" for each in found)),
            code="MON-131",
        )
    readings = readings_of(rows, found[0].id) if found else []
    if not readings or readings[0].value is None:
        raise DeskError(
            _("The monitor {name} gives no value.", name=name), _("The value stays not known."), code="MON-130"
        )
    return measured(readings[0].value, readings[:1])


def stage(rows: Rows) -> State:
    """Return how monitoring stands: open alerts, silent monitors, or a live model that nobody watches."""
    open_alerts = [each for each in alerts(rows) if each.state.level == "bad"]
    if open_alerts:
        return State(
            "bad", plural("{n} alert is open", "{n} alerts are open", len(open_alerts)), open_alerts[0].sentence
        )
    found = monitors(rows)
    if not found:
        is_live = any(each.release for each in live(rows))
        return State("unknown", _("A live model has no monitor") if is_live else _("No monitors"))
    silent = [each for each in found if each.state.level == "unknown"]
    if silent:
        return State("unknown", plural("{n} monitor is not known", "{n} monitors are not known", len(silent)))
    worst = found[0]
    return State(worst.state.level, f"{worst.name}: {worst.state.word.lower()}")


def needs(rows: Rows) -> list[Need]:
    """Return the alerts that wait for a decision."""
    return [
        Need(
            each.sentence,
            "alert",
            each.id,
            each.state,
            roles=(each.owner,) if each.owner else (),
            since=each.raised,
            settle=f"alert decide {each.id[:8]} …",
        )
        for each in alerts(rows)
        if each.state.level == "bad"
    ]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, alerts were raised and decided."""
    raised = [
        Mark(each.recorded_at, each.sentence, "alert", each.id)
        for each in rows.find(Alert, *span.within)
        if each.recorded_at
    ]
    decided = [
        Mark(each.recorded_at, _("alert decided: {choice}", choice=each.choice), "alert-decision", each.id)
        for each in rows.find(AlertDecision, *span.within)
        if each.recorded_at
    ]
    return [*raised, *decided]


def links(rows: Rows) -> list[Link]:
    """Return the links of monitoring: a release to the alerts that its readings raised, those to what was decided."""
    releases = {each.id: each.release for each in rows.find(Reading)}
    raised = [
        Link((Release.noun, releases[each.reading]), (Alert.noun, each.id))
        for each in rows.find(Alert)
        if each.reading in releases
    ]
    decided = rows.find(AlertDecision)
    return [*raised, *(Link((Alert.noun, each.alert), (AlertDecision.noun, each.id)) for each in decided)]

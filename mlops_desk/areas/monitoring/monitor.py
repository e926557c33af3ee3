"""A monitor: what is watched in an environment, its limit, and who acts; readings, alerts and decisions on them."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact, Record
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _

Kind = Literal["input-drift", "output-drift", "quality", "service"]
Choice = Literal["expected", "look-into-it", "retrain", "roll-back", "change-limit", "snooze"]
START_LIMITS: dict[str, float] = {"input-drift": 0.25, "output-drift": 0.25, "quality": 0.05, "service": 0.995}

START_FAST = 0.95  # share of answers within 300 ms

NEWEST_READING = "recorded_at DESC, id"


class Monitor(Record, noun="monitor"):
    """Something that is watched in an environment.

    ``limit`` is a PSI for drift, a drop of the model's own metric for quality, a share of good answers for service.
    """

    name: Annotated[str, About("Short name.")]
    environment: Annotated[str, About("The environment.", of="environment", metavar="ENV")]
    kind: Annotated[Kind, About("What is watched.")]
    limit: Annotated[float | None, About("The limit; else 0.25 PSI, a drop of 0.05, or 0.995 good answers.")] = None
    fast: Annotated[float | None, About("Share of answers to be within 300 ms, for service; else 0.95.")] = None
    owner: Annotated[str | None, About("The role that acts on its alerts.", metavar="ROLE")] = None
    watch_also: Annotated[
        tuple[str, ...],
        About("An input to watch although it moves on by itself; again for more.", merge="set", metavar="COL"),
    ] = ()
    guide: Annotated[str, About("What to do when it fires, in short.", long=True)] = ""

    def check(self) -> None:
        """Look whether the targets of a service are shares."""
        targets = [self.limit, self.fast] if self.kind == "service" else [self.fast]
        wrong = [each for each in targets if each is not None and not 0 < each < 1]
        if wrong:
            raise DeskError(
                _("{value} is no share of answers.", value=f"{wrong[0]:g}"),
                _("Give a share between 0 and 1, such as 0.995; 1 would leave no error budget."),
                code="MON-121",
            )


class ColumnReading(msgspec.Struct, frozen=True):
    """The drift of one column: effect (PSI or change of the missing share), and what is new in it.

    A column that is not watched has the state "left out", no effect, and the reason.
    """

    name: str
    effect: float | None
    state: str
    note: str = ""


class WindowCount(msgspec.Struct, frozen=True):
    """Requests to a service in a window of seconds before the reading: valid, bad (5xx), and slow or bad."""

    seconds: int
    valid: int
    bad: int
    slow: int


class Reading(Fact, noun="reading", command="monitor", known_by="id"):
    """One value of a monitor over a window of rows."""

    monitor: Annotated[str, About("The monitor.", of="monitor")]
    release: Annotated[str, About("The release that was live.", of="release")]
    limit: Annotated[float, About("The limit it was held against.")]
    state: Annotated[Literal["ok", "look", "act", "not known"], About("ok, look, act, not known.")]
    sentence: Annotated[str, About("The reading in words.")]
    rows: Annotated[int, About("Rows it rests on.")]
    source: Annotated[str, About("captured, or the name of the file.")]
    value: Annotated[float | None, About("The value; none where it is not known.")] = None
    columns: Annotated[tuple[ColumnReading, ...], About("Columns that moved most, worst first.")] = ()
    windows: Annotated[tuple[WindowCount, ...], About("Of a service: its requests in each window.")] = ()


class Alert(Fact, noun="alert", known_by="id"):
    """A reading beyond its limit, for the role that acts on it."""

    monitor: Annotated[str, About("The monitor.", of="monitor")]
    reading: Annotated[str, About("The reading.", of="reading")]
    sentence: Annotated[str, About("What happened, in words.")]
    owner: Annotated[str, About("The role that acts.")] = ""


class AlertDecision(Fact, noun="alert-decision", command="alert", known_by="id"):
    """What somebody decided on an alert."""

    alert: Annotated[str, About("The alert.", of="alert")]
    choice: Annotated[Choice, About("The decision.")]
    reason: Annotated[str, About("Why.", long=True)] = ""


class DecideAlert(Act, noun="alert", verb="decide", done="Decided: {choice}."):
    """Decide on an alert: expected, look into it, retrain, roll back, change the limit, or snooze."""

    alert: Annotated[str, About("The alert: its id.", of="alert", positional=True)]
    choice: Annotated[Choice, About("The decision.", positional=True)]
    reason: Annotated[str, About("Why.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the decision; all but looking into it need a reason."""
        if self.choice != "look-into-it" and not self.reason.strip():
            raise DeskError(_("This decision needs a reason."), _("Say it with --reason."), code="MON-120")
        return [present.fact(AlertDecision(alert=self.alert, choice=self.choice, reason=self.reason))]


class Watched(msgspec.Struct, frozen=True):
    """An alert as it stands: the readings beyond the limit that it stands for, newest first, and the decision."""

    alert: Alert
    readings: tuple[Reading, ...]
    decision: AlertDecision | None

    @property
    def release(self) -> str:
        """The release that it is about; empty where its reading is not here."""
        return self.readings[-1].release if self.readings else ""


def watched(rows: Rows) -> list[Watched]:
    """Return the alerts, newest first: one open alert for each monitor and release.

    What was read beyond the limit while an alert was open belongs to it. Alerts that two people raised apart
    count as one: the first stands, and a decision on either is a decision on it.
    """
    readings = {each.id: each for each in rows.find(Reading)}
    decided: dict[str, AlertDecision] = {each.alert: each for each in rows.find(AlertDecision)}
    found: list[Watched] = []
    running: dict[tuple[str, str], int] = {}
    for alert in rows.find(Alert):
        first = readings.get(alert.reading)
        key = (alert.monitor, first.release if first else alert.id)
        place = running.get(key)
        if place is not None and (known := found[place]).decision is None:
            found[place] = msgspec.structs.replace(known, decision=decided.get(alert.id))
            continue
        running[key] = len(found)
        found.append(Watched(alert, (first,) if first else (), decided.get(alert.id)))
    return [_with_further(each, readings.values()) for each in reversed(found)]


def _with_further(watched_: Watched, readings: Iterable[Reading]) -> Watched:
    """Return an alert with what was read beyond the limit until it was decided."""
    alert, end = watched_.alert, watched_.decision.recorded_at if watched_.decision else None
    further = [
        each
        for each in readings
        if (each.monitor, each.release, each.state) == (alert.monitor, watched_.release, "act")
        and each.recorded_at
        and alert.recorded_at
        and each.recorded_at > alert.recorded_at
        and (end is None or each.recorded_at <= end)
    ]
    return msgspec.structs.replace(watched_, readings=(*reversed(further), *watched_.readings))


ACTS = (*acts_of(Monitor, title="monitor"), DecideAlert)

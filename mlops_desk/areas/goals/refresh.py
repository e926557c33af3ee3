"""KPIs that read themselves: whose source is due, what it gave, and the reason where it gave nothing."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Literal, NamedTuple

from mlops_desk.areas.goals.kpi import (
    DEFAULT_RHYTHM_DAYS,
    NEWEST_CHECK_IN,
    CheckIn,
    Kpi,
    as_read,
    read_source,
    source_of,
    use_case_of,
)
from mlops_desk.areas.goals.query import refusal
from mlops_desk.areas.team.member import Member
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Bench, Present, Rows, source_value
from mlops_desk.kernel.words import _, plural

MOST_AT_ONCE = 200  # facts that one entry takes
_REASON_LETTERS = 300
_NAMED = 3
_NO_SOURCE_HERE = frozenset({"GOAL-131", "GOAL-137"})
READ = frozenset({"sql", "metric"})  # the sources of a check-in that no person gave


class SourceFailure(Fact, noun="source-failure", title="failed source", known_by="id"):
    """The source of a KPI gave no value: until it does, or somebody types one, the KPI is not known."""

    kpi: Annotated[str, About("The KPI.", of="kpi")]
    on: Annotated[date, About("The day it was asked.")]
    reason: Annotated[str, About("Why there is no value.", long=True)]
    source: Annotated[Literal["sql", "metric"], About("What was asked.")]
    digest: Annotated[str, About("sha256 of the query that was asked.")]


class Read(NamedTuple):
    """What the source of a KPI gave: a value, or the reason why there is none."""

    kpi: Kpi
    measured: Measured | None
    reason: str = ""


class Told(NamedTuple):
    """What was told last of a KPI: its newest check-in, and the newest failure of its source."""

    reading: CheckIn | None
    failure: SourceFailure | None

    @property
    def is_failing(self) -> bool:
        """Tell whether the failure is the last word: what a person said stands, whatever the source says."""
        if self.failure is None or self.failure.recorded_at is None:
            return False
        if self.reading is None or self.reading.recorded_at is None:
            return True
        return self.reading.source in READ and self.reading.recorded_at < self.failure.recorded_at


class RefreshKpis(Act, noun="kpi", verb="refresh", does_without_entry=True):
    """Read the KPIs whose source is due: by their rhythm, or because what it reads has changed.

    A source that gives nothing is recorded with the reason; the KPI is not known until it does.
    """

    kpi: Annotated[str | None, About("Only this KPI, due or not.", of="kpi", positional=True)] = None
    mine: Annotated[bool, About("Only those that my roles answer for, or that nobody does and I made.")] = False

    def prepare(self, bench: Bench) -> tuple[Read, ...]:
        """Ask the sources, one after another."""
        asked = [bench.get(Kpi, self.kpi)] if self.kpi else due(bench, is_mine=self.mine)
        found = list[Read]()
        for done, kpi in enumerate(asked):
            bench.progress(_("Read {name}", name=kpi.name), done, len(asked))
            try:
                found.append(Read(kpi, read_source(bench, kpi)))
            except DeskError as error:
                if self.kpi and error.code in _NO_SOURCE_HERE:
                    raise
                found.append(Read(kpi, None, _reason(error)))
        return tuple(found)

    def changes(self, present: Present, prepared: tuple[Read, ...]) -> Iterable[Change]:
        """Return what was read and is not recorded yet."""
        told = last_told(present)
        return [
            present.fact(fact)
            for read in prepared
            if (fact := _fact(read, told.get(read.kpi.id, Told(None, None)), present.today)) is not None
        ]

    def found(self, prepared: tuple[Read, ...]) -> str:
        """Return how many gave a value, and why others gave none."""
        given = [each for each in prepared if each.measured is not None]
        failed = [each for each in prepared if each.measured is None]
        if not prepared:
            return _("No source is due.")
        words = [plural("{n} KPI was read.", "{n} KPIs were read.", len(given))] if given else []
        words += [
            _("{name} is not known: {reason}.", name=each.kpi.name, reason=each.reason) for each in failed[:_NAMED]
        ]
        more = len(failed) - _NAMED
        words += [plural("{n} more gave nothing.", "{n} more gave nothing.", more)] if more > 0 else []
        return " ".join(words)


class ReadByItself(Act, noun="kpi", verb="by-itself", done="Done on this machine.", does_without_entry=True):
    """Let the window of this machine read my KPIs from their sources by itself, or not any more."""

    off: Annotated[bool, About("Not any more; `kpi refresh` reads them when asked.")] = False

    def prepare(self, bench: Bench) -> None:
        """Remember what was chosen."""
        bench.here.read_sources(by_itself=not self.off)

    def changes(self, present: Present, prepared: None) -> Iterable[Change]:  # noqa: ARG002
        """Return nothing: it is a setting of this machine."""
        return []


def due_by_itself(rows: Rows) -> int:
    """Return how many KPIs the window is to read now by itself."""
    return len(due(rows, is_mine=True)) if rows.here.member and rows.here.reads_sources else 0


def due(rows: Rows, *, is_mine: bool) -> list[Kpi]:
    """Return the KPIs whose source is to be read on this machine now; at most as many as one entry takes."""
    found = rows.find(Kpi, "NOT archived AND (sql <> '' OR metric <> '')")
    if is_mine:
        me = rows.here.member
        roles = {role for each in rows.find(Member, "id = ?", me, order="name") for role in each.roles}
        found = [each for each in found if (each.owner in roles if each.owner else each.created_by == me)]
    told, nothing = last_told(rows), Told(None, None)
    wanted = (each for each in found if not refusal(rows, each) and _is_wanted(rows, each, told.get(each.id, nothing)))
    return list(islice(wanted, MOST_AT_ONCE))


def last_told(rows: Rows) -> dict[str, Told]:
    """Return what was told last of every KPI."""
    readings = {each.kpi: each for each in rows.find(CheckIn, order=NEWEST_CHECK_IN, most=1, of_each="kpi")}
    failures = last_failures(rows)
    return {kpi: Told(readings.get(kpi), failures.get(kpi)) for kpi in readings.keys() | failures.keys()}


def last_failures(rows: Rows) -> dict[str, SourceFailure]:
    """Return the newest failure of every KPI's source."""

    def find() -> dict[str, SourceFailure]:
        newest = "recorded_at DESC, id DESC"
        return {each.kpi: each for each in rows.find(SourceFailure, order=newest, most=1, of_each="kpi")}

    found: dict[str, SourceFailure] = rows.remembered(("last failures",), find, len)
    return found


def _is_wanted(rows: Rows, kpi: Kpi, told: Told) -> bool:
    """Tell whether the rhythm asks for a value, or what the source reads has changed.

    SQL may read everything, and everything changes: it is asked once a day. What a person said stands for a rhythm.
    """
    last, day = told.reading, today()
    failed_on = told.failure.on if told.is_failing and told.failure is not None else None
    if kpi.sql and failed_on is not None:
        return failed_on < day
    if last is None:
        return failed_on is None or _has_news(rows, kpi, told)
    if kpi.sql and last.source in READ:
        return last.on < day
    is_over = day - last.on >= timedelta(days=kpi.rhythm or DEFAULT_RHYTHM_DAYS)
    if failed_on is None and is_over:
        return True
    return not kpi.sql and last.source in READ and _has_news(rows, kpi, told)


def _has_news(rows: Rows, kpi: Kpi, told: Told) -> bool:
    try:
        measured = source_value(rows, kpi.metric, use_case_of(rows, kpi))
    except DeskError as error:
        return not (told.is_failing and told.failure is not None and told.failure.reason == _reason(error))
    last = told.reading
    return last is None or told.is_failing or (last.value, last.data) != (measured.value, measured.data)


def _reason(error: DeskError) -> str:
    return error.sentence.rstrip(".")[:_REASON_LETTERS]


def _fact(read: Read, told: Told, day: date) -> Fact | None:
    """Return what is recorded of what was read: nothing where the last word says the same."""
    source, digest = source_of(read.kpi)
    if read.measured is None:
        if told.is_failing and told.failure is not None and told.failure.reason == read.reason:
            return None
        return SourceFailure(kpi=read.kpi.id, on=day, reason=read.reason, source=source, digest=digest)
    last, now = told.reading, (read.measured.value, read.measured.data, day)
    if last is not None and not told.is_failing and (last.value, last.data, last.on) == now:
        return None
    return as_read(CheckIn(kpi=read.kpi.id, value=read.measured.value, on=day), read.kpi, read.measured)


ACTS = (RefreshKpis, ReadByItself)

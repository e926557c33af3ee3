"""A KPI: a number with a unit, a direction and a target, and the check-ins that say how it stands."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Literal, cast

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.measured import Measured, digest_of
from mlops_desk.kernel.naming import check_name
from mlops_desk.kernel.record import About, Fact, Record
from mlops_desk.kernel.roles import SLUGS, slug_of
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

Better = Literal["up", "down", "band"]
DEFAULT_RHYTHM_DAYS = 30
NEWEST_CHECK_IN = '"on" DESC, recorded_at DESC, id DESC'
# The newest entry that counts of each device: each names the one before it, so they stand for all that a query read.
_HEADS = "SELECT arg_max(id, seq) FROM line WHERE verdict = 'ok' GROUP BY device"
# Where a KPI of the library is read by itself; the others are typed, imported or asked by SQL.
TEMPLATE_SOURCES = {
    "M1": "run:gain",
    "M2": "monitor:quality",
    "M3": "run:calibration",
    "M4": "run:worst-slice",
    "M5": "monitor:output-drift",
    "O1": "slo:availability",
    "O2": "slo:fast",
    "O3": "slo:budget",
    "O4": "delivery:frequency",
    "O5": "delivery:lead-time",
    "O6": "delivery:fail-rate",
    "O7": "delivery:recovery",
    "T1": "delivery:gate-cover",
    "T2": "run:choice-ratio",
    "T3": "run:error-gap",
    "T5": "gates:waiting",
    "T6": "gates:test-score",
}


class Kpi(Record, noun="kpi", title="KPI"):
    """A key performance indicator: what is measured, in which unit, which way is better, and the aim."""

    name: Annotated[str, About("What the KPI is called.")]
    unit: Annotated[str, About("Unit of its values, such as % or minutes.")] = ""
    better: Annotated[Better, About("Which way is better; band: inside --low and --high.")] = "up"
    baseline: Annotated[float | None, About("Value at the start.")] = None
    target: Annotated[float | None, About("Value to reach.")] = None
    low: Annotated[float | None, About("Lower edge of the band.")] = None
    high: Annotated[float | None, About("Upper edge of the band.")] = None
    start: Annotated[date | None, About("First day of the way to the target.", flag="from")] = None
    due: Annotated[date | None, About("Day on which the target is due.")] = None
    tolerance: Annotated[
        float | None, About("How far off still counts as at risk, in the KPI's unit; else a tenth of the way.")
    ] = None
    rhythm: Annotated[int | None, About("Days between check-ins; else 30.", metavar="DAYS")] = None
    owner: Annotated[str | None, About("The role that answers for it.", metavar="ROLE")] = None
    use_case: Annotated[str | None, About("The use case it belongs to.", of="use-case")] = None
    formula: Annotated[str, About("How it is computed, in words.", long=True)] = ""
    template: Annotated[str, About("The template it came from, such as B5.")] = ""
    sql: Annotated[str, About("A SELECT over the documented views that gives its value.", long=True)] = ""
    metric: Annotated[
        str,
        About(
            "Where its value is read: run:METRIC, run:EXPERIMENT:METRIC, monitor:NAME, "
            "delivery:KEY, gates:FIGURE, slo:LEVEL."
        ),
    ] = ""

    def check(self) -> None:
        """Look whether direction, band, period and owner fit each other."""
        self._check_band()
        self._check_way()
        if self.start and self.due and self.start >= self.due:
            raise DeskError(
                _("The KPI would be due before it starts: {start} to {due}.", start=self.start, due=self.due),
                _("Give --from and --due in that order."),
                code="GOAL-121",
            )
        if self.owner is not None and self.owner not in SLUGS:
            raise DeskError(
                _("There is no role “{role}”.", role=self.owner),
                _("Roles: {roles}.", roles=", ".join(SLUGS)),
                code="GOAL-122",
            )
        if self.rhythm is not None and self.rhythm < 1:
            raise DeskError(
                _("A check-in cannot be due every {n} days.", n=self.rhythm),
                _("Give the rhythm in days, 1 or more."),
                code="GOAL-123",
            )
        if self.tolerance is not None and self.tolerance < 0:
            raise DeskError(
                _("A tolerance cannot be negative: {value}.", value=self.tolerance),
                _("Give it in the KPI's unit, 0 or more."),
                code="GOAL-126",
            )

    def _check_way(self) -> None:
        if self.baseline is None or self.target is None or self.better == "band":
            return
        if (self.target < self.baseline) if self.better == "up" else (self.target > self.baseline):
            raise DeskError(
                _(
                    "The target {target} is worse than the baseline {baseline}, as better is {way}.",
                    target=f"{self.target:g}",
                    baseline=f"{self.baseline:g}",
                    way=self.better,
                ),
                _("Turn --better round, or change one of the two."),
                code="GOAL-127",
            )

    def check_among(self, rows: Rows) -> None:
        """Look whether its SQL is one SELECT and its metric names a source."""
        from mlops_desk.science.select import check_is_select

        if self.sql:
            check_is_select(self.sql)
        kind, _colon, name = self.metric.partition(":")
        if self.metric and (kind not in rows.registry.sources or not name.strip()):
            raise DeskError(
                _("There is no source “{name}”.", name=self.metric),
                _("Sources: run:METRIC, run:EXPERIMENT:METRIC, monitor:NAME, delivery:KEY, gates:FIGURE, slo:LEVEL."),
                code="GOAL-135",
            )

    def _check_band(self) -> None:
        edges = (self.low is not None) + (self.high is not None)
        if edges != (2 if self.better == "band" else 0):
            raise DeskError(
                _("A band needs both edges, and edges need --better band."),
                _("Example: --better band --band 2 15"),
                code="GOAL-124",
            )
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise DeskError(
                _("The band is empty: {low} to {high}.", low=self.low, high=self.high),
                _("Give the lower edge first."),
                code="GOAL-125",
            )


class CheckIn(Fact, noun="check-in", command="kpi", title="check-in", known_by="id"):
    """A value of a KPI on a day, with where it came from."""

    kpi: Annotated[str, About("The KPI.", of="kpi")]
    value: Annotated[float, About("The value, in the KPI's unit.")]
    on: Annotated[date, About("The day the value is for.")]
    note: Annotated[str, About("What to know about it.", long=True)] = ""
    confidence: Annotated[int | None, About("How sure the team is to reach the target, 0 to 10.")] = None
    source: Annotated[Literal["typed", "sql", "metric", "file"], About("Where the value came from.")] = "typed"
    digest: Annotated[str, About("sha256 of the query that gave it.")] = ""
    data: Annotated[str, About("sha256 that names the data it was read from.")] = ""


class RecordCheckIn(Act, noun="kpi", verb="check-in", done="Checked in."):
    """Record a value of a KPI: typed, or read from its own source when no value is given."""

    kpi: Annotated[str, About("The KPI: id or name.", of="kpi", positional=True)]
    value: Annotated[float | None, About("The value, in the KPI's unit.", positional=True)] = None
    on: Annotated[date | None, About("The day the value is for; else today.")] = None
    note: Annotated[str, About("What to know about it.")] = ""
    confidence: Annotated[int | None, About("How sure you are to reach the target, 0 to 10.")] = None

    def prepare(self, bench: Bench) -> Measured:
        """Read the value from the KPI's source where none was typed."""
        if self.value is not None:
            return Measured(self.value, "")
        return read_source(bench, bench.get(Kpi, self.kpi))

    def changes(self, present: Present, prepared: Measured) -> Iterable[Change]:
        """Return the check-in."""
        kpi = present.get(Kpi, self.kpi)
        on = self.on or present.today
        if on > present.today:
            raise DeskError(
                _("{day} has not come yet.", day=on),
                _("A check-in is for today or a day before."),
                code="GOAL-132",
            )
        if self.confidence is not None and not 0 <= self.confidence <= 10:
            raise DeskError(_("Confidence runs from 0 to 10."), code="GOAL-133")
        fact = CheckIn(kpi=kpi.id, value=prepared.value, on=on, note=self.note, confidence=self.confidence)
        return [present.fact(fact if self.value is not None else as_read(fact, kpi, prepared))]


def as_read(told: CheckIn, kpi: Kpi, measured: Measured) -> CheckIn:
    """Return a check-in as one that was read from the KPI's source, with the digests of query and data."""
    source, digest = source_of(kpi)
    return told.but(source=source, digest=digest, data=measured.data)


def source_of(kpi: Kpi) -> tuple[Literal["sql", "metric"], str]:
    """Return where a KPI with a source is read, and the sha256 of what is asked."""
    text = kpi.sql or kpi.metric
    return ("sql" if kpi.sql else "metric"), sha256(text.encode()).hexdigest()


def read_source(bench: Bench, kpi: Kpi) -> Measured:
    """Return what the source of a KPI gives now.

    Raises:
        DeskError: it has none, may not be asked on this machine, or gives no value.
    """
    if kpi.sql:
        _check_may_run(bench, kpi)
        return _one_number(bench, kpi)
    if kpi.metric:
        return bench.source(kpi.metric, use_case_of(bench, kpi))
    raise DeskError(
        _("{name} has no source of its own, so the value must be typed.", name=kpi.name),
        _('Example: `mlops-desk kpi check-in "{name}" 42`, or give it a source: `kpi edit --sql …`.', name=kpi.name),
        code="GOAL-131",
    )


def use_case_of(rows: Rows, kpi: Kpi) -> str:
    """Return the use case that a KPI speaks of: its own, else that of the objectives it feeds, if it is one."""
    if kpi.use_case:
        return kpi.use_case
    if ("use_case_of",) not in rows.memo:
        rows.memo["use_case_of",] = rows.sql(
            "SELECT DISTINCT key_result.kpi, objective.use_case FROM key_result"
            " JOIN objective ON objective.id = key_result.objective"
            " WHERE NOT key_result.archived AND objective.use_case IS NOT NULL"
        )
    found = [str(case) for fed, case in rows.memo["use_case_of",] if fed == kpi.id]
    return found[0] if len(found) == 1 else ""


def _check_may_run(bench: Bench, kpi: Kpi) -> None:
    from mlops_desk.areas.goals.query import refusal

    if found := refusal(bench, kpi):
        raise DeskError(
            _("{name} is not known: {reason}.", name=kpi.name, reason=found.reason),
            _("Read it first: `mlops-desk kpi show “{name}”`. Nothing ran and nothing was recorded.", name=kpi.name),
            code="GOAL-137",
        )


def _one_number(bench: Bench, kpi: Kpi) -> Measured:
    read_from = digest_of(line for (line,) in bench.sql(_HEADS))
    answer = bench.select(kpi.sql)
    first = answer[0][0] if answer and answer[0] else None
    if len(answer) != 1 or isinstance(first, bool) or not isinstance(first, int | float):
        raise DeskError(
            _("The query of {name} does not give one number.", name=kpi.name),
            _("Nothing was recorded: the value stays what it was, or not known. Try it with `mlops-desk ask`."),
            code="GOAL-134",
        )
    return Measured(float(first), read_from)


class WithdrawCheckIn(Act, noun="check-in", verb="withdraw", command=("kpi", "withdraw"), done="Withdrawn."):
    """Withdraw a check-in that was wrong; it stays in the history with the reason."""

    check_in: Annotated[str, About("The check-in: its id.", of="check-in", positional=True)]
    reason: Annotated[str, About("Why.")]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the withdrawal; only its author may, or an owner acting as one."""
        fact = present.get(CheckIn, self.check_in)
        if fact.recorded_by != present.member and present.acting != "owner":
            raise DeskError(
                _("Only who checked it in may withdraw it."),
                _("Check in the right value beside it, or ask them."),
                code="GOAL-136",
            )
        return [present.withdraw(fact, self.reason)]


# --- the library of templates ------------------------------------------------------------------


class Template(msgspec.Struct, frozen=True):
    """A KPI of the template library; targets are starting points to be confirmed by the team."""

    id: str
    name: str
    family: str
    formula: str
    unit: str
    better: str
    target: str
    source: str
    owner: str
    caution: str


@cache
def templates() -> dict[str, Template]:
    """Return the template library by id."""
    found = msgspec.json.decode(resource("governance.json").read_bytes())
    return {each["id"]: wire.fitted(each, Template) for each in found["kpis"]}


class AdoptKpi(Act, noun="kpi", verb="adopt", done="Added."):
    """Add a KPI from the template library, with the team's own aim."""

    template: Annotated[str, About("The template, such as B5; `kpi templates` lists them.", positional=True)]
    name: Annotated[str | None, About("What the KPI is called; else as the template is.")] = None
    baseline: Annotated[float | None, About("Value at the start.")] = None
    target: Annotated[float | None, About("Value to reach.")] = None
    low: Annotated[float | None, About("Lower edge of the band.")] = None
    high: Annotated[float | None, About("Upper edge of the band.")] = None
    start: Annotated[date | None, About("First day of the way to the target.", flag="from")] = None
    due: Annotated[date | None, About("Day on which the target is due.")] = None
    rhythm: Annotated[int | None, About("Days between check-ins.", metavar="DAYS")] = None
    use_case: Annotated[str | None, About("The use case it belongs to.", of="use-case")] = None
    metric: Annotated[str | None, About("Where its value is read; else as the template has it.")] = None

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the new KPI with what the template says."""
        template = templates().get(self.template.upper())
        if template is None:
            raise DeskError(
                _("There is no KPI template “{id}”.", id=self.template),
                _("`mlops-desk kpi templates` lists all thirty."),
                code="GOAL-141",
            )
        has_band = self.low is not None or self.high is not None
        better: Better = "band" if has_band else cast("Better", template.better)
        kpi = Kpi(
            name=template.name if self.name is None else self.name,
            unit=template.unit,
            better=better,
            baseline=self.baseline,
            target=self.target,
            low=self.low,
            high=self.high,
            start=self.start,
            due=self.due,
            rhythm=self.rhythm,
            owner=slug_of(template.owner),
            use_case=self.use_case,
            formula=template.formula,
            template=template.id,
            metric=TEMPLATE_SOURCES.get(template.id, "") if self.metric is None else self.metric,
        )
        kpi.check()
        kpi.check_among(present)
        check_name(present, kpi)
        return present.add(kpi)


ACTS = (*acts_of(Kpi, title="KPI"), AdoptKpi, RecordCheckIn, WithdrawCheckIn)

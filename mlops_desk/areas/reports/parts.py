"""Parts of the KPI report beside goals and figures: what changed, what came before, risks and decisions, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from mlops_desk.areas.goals import why
from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.goals.why import happened, last_move, window_of
from mlops_desk.areas.governance.exception import ExceptionSignature, GateException, seconds
from mlops_desk.areas.governance.queries import about
from mlops_desk.areas.reports import dissent
from mlops_desk.areas.reports.content import Cell, Column, Section, Shown, Table, addresses_of, stamp
from mlops_desk.areas.reports.standings import KpiStanding
from mlops_desk.kernel.area import Span
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

MOST_MOVED = 20  # KPIs, the worst first
MOST_BEFORE = 3  # things before the move of one KPI


def course(kpi: Kpi, before: float, after: float) -> str:
    """Return whether a change was for the better, in a word."""
    if kpi.low is not None and kpi.high is not None:
        far, was = (max(kpi.low - value, value - kpi.high, 0.0) for value in (after, before))
        gain = was - far
    else:
        gain = after - before if kpi.better == "up" else before - after
    return _("better") if gain > 0 else _("worse") if gain < 0 else _("no change")


# --- two days held against each other ------------------------------------------------------------


def comparison(rows: Rows, found: Sequence[KpiStanding], before: Sequence[KpiStanding], then: date) -> Section:
    """Return how each KPI stood on an earlier day and how it stands; nothing is counted from what is not known."""
    was, now = ({each.kpi.id: each for each in side} for side in (before, found))
    kpis = [each.kpi for each in (*found, *(one for one in before if one.kpi.id not in now))]
    lines = [_compared(each, was.get(each.id), now.get(each.id)) for each in kpis]
    table = Table(
        name="comparison",
        title=_("Then and now"),
        columns=(
            Column("name", _("KPI")),
            Column("state_then", _("State then"), "state"),
            Column("value_then", _("Value then"), "number"),
            Column("value", _("Value now"), "number"),
            Column("change", _("Change"), "change"),
            Column("state", _("State now"), "state"),
            Column("course", _("Course")),
            Column("unit", _("Unit")),
        ),
        rows=tuple(lines),
        addresses=addresses_of(rows, ((each.noun, each.id) for each in kpis)),
        under={"value": ("unit",), "change": ("course",)},
        empty=_("There was no KPI then, and there is none now."),
    )
    return Section(
        name="comparison",
        title=_("Since {day}", day=then),
        texts=(_("Compared is the end of {day}, with what was known by then.", day=then), _courses(lines)),
        tables=(table,),
    )


def _compared(kpi: Kpi, was: KpiStanding | None, now: KpiStanding | None) -> tuple[Cell, ...]:
    early, late = (each.how.value if each and each.how.state.known else None for each in (was, now))
    change = None if early is None or late is None else round(late - early, 12)
    return (
        kpi.name,
        Shown.of(was.how.state if was else State("unknown", _("Not known"), _("was not defined yet"))),
        early,
        late,
        change,
        Shown.of(now.how.state if now else State("unknown", _("Not known"), _("was put away since"))),
        "" if early is None or late is None else course(kpi, early, late),
        kpi.unit,
    )


def _courses(lines: Sequence[tuple[Cell, ...]]) -> str:
    """Return how many went which way, in a sentence."""
    counted = Counter(str(line[6]) for line in lines)
    return _(
        "Better: {better}. Worse: {worse}. No change: {same}. Not comparable: {unknown}.",
        better=counted[_("better")],
        worse=counted[_("worse")],
        same=counted[_("no change")],
        unknown=counted[""],
    )


# --- what came before ----------------------------------------------------------------------------


def movers(rows: Rows, found: Sequence[KpiStanding]) -> Section:
    """Return what happened before the KPIs moved that stand worst, always called coincidence."""
    moved = [(each, move) for each in found if (move := last_move(each.readings)) is not None][:MOST_MOVED]
    windows = [window_of(each.kpi, move) for each, move in moved]
    span = Span(min(each.first for each in windows), max(each.last for each in windows)) if windows else None
    marks = happened(rows, span, with_check_ins=False) if span else []
    named = [mover for each, move in moved for mover in why.movers(rows, each.kpi, move, marks)[:MOST_BEFORE]]
    table = Table(
        name="movers",
        title=_("What came before"),
        columns=(
            Column("kpi", _("KPI")),
            Column("move", _("Last change")),
            Column("before", _("In the time before")),
            Column("at", _("When"), "instant"),
        ),
        rows=tuple((each.kpi, each.move, each.words, stamp(each.at)) for each in named),
        addresses=addresses_of(rows, ((each.noun, each.id) for each in named)),
        under={"kpi": ("move",)},
        empty=_("Nothing is recorded in the time before a KPI moved."),
    )
    told = _("It came before; that is coincidence in time, not a cause.")
    worst = _("Looked at are the {n} KPIs that moved and stand worst.", n=MOST_MOVED)
    return Section(
        name="movers",
        title=_("What came before KPIs moved"),
        texts=(told, worst) if len(moved) == MOST_MOVED else (told,),
        tables=(table,),
    )


# --- risks and decisions -------------------------------------------------------------------------


def risks(rows: Rows, day: date) -> Section:
    """Return what passes for a time though it is missing, on what people differ, and what was decided."""
    return Section(
        name="risks",
        title=_("Risks and decisions"),
        tables=(_exceptions(rows, day), *dissent.tables(rows, day)),
    )


def _exceptions(rows: Rows, day: date) -> Table:
    wishes = sorted(rows.find(GateException), key=lambda each: (each.until < day, each.until, each.id))
    signatures = rows.find(ExceptionSignature) if wishes else []
    return Table(
        name="exceptions",
        title=_("Exceptions"),
        columns=(
            Column("item", _("Item")),
            Column("state", _("State"), "state"),
            Column("subject", _("Subject")),
            Column("reason", _("Reason")),
            Column("counter_measure", _("Counter-measure")),
            Column("until", _("Until"), "day"),
        ),
        rows=tuple(_exception(rows, each, signatures, day) for each in wishes),
        addresses=addresses_of(rows, ((each.noun, each.id) for each in wishes)),
        empty=_("No exception was asked for."),
    )


def _exception(
    rows: Rows, wish: GateException, signatures: Sequence[ExceptionSignature], day: date
) -> tuple[Cell, ...]:
    is_signed = any(each.exception == wish.id and seconds(wish, each) for each in signatures)
    if day > wish.until:
        state = State("info", _("Ended"))
    else:
        state = State("warn", _("Runs")) if is_signed else State("unknown", _("Waits for a second signature"))
    subject = about(rows, wish.subject_noun, wish.subject)
    return wish.item, Shown.of(state), subject.label, wish.reason, wish.counter_measure, wish.until.isoformat()


# --- where the figures come from -----------------------------------------------------------------


def sources(rows: Rows, found: Sequence[KpiStanding]) -> Section:
    """Return where the value of each KPI came from, with the digest of the query that gave it."""
    ordered = sorted(found, key=lambda each: (each.kpi.name, each.kpi.id))
    table = Table(
        name="sources",
        title=_("Sources"),
        columns=(
            Column("kpi", _("KPI")),
            Column("source", _("Source")),
            Column("reads", _("Reads")),
            Column("readings", _("Check-ins"), "whole"),
            Column("newest", _("Newest"), "day"),
            Column("digest", _("Digest of the query")),
            Column("data", _("Digest of the data")),
        ),
        rows=tuple(_source(each) for each in ordered),
        addresses=addresses_of(rows, ((each.kpi.noun, each.kpi.id) for each in ordered)),
        under={"source": ("reads",), "digest": ("data",)},
        empty=_("No KPI is defined, so nothing is measured."),
    )
    return Section(name="sources", title=_("Sources of the figures"), tables=(table,))


def _source(each: KpiStanding) -> tuple[Cell, ...]:
    last = each.last
    return (
        each.kpi.name,
        _(last.source) if last else "",
        each.kpi.sql or each.kpi.metric,
        len(each.readings),
        last.on.isoformat() if last else None,
        last.digest if last else "",
        last.data if last else "",
    )

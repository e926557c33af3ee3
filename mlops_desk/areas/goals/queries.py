"""Questions about goals: how every KPI, key result and objective stands on a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import NEWEST_CHECK_IN, CheckIn, Kpi, Template, templates, use_case_of
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.progress import Part, Standing, number_of_results, recency, rolled_up, score, standing
from mlops_desk.areas.goals.refresh import Told, last_failures
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Mark, Need, Span
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows, source_value
from mlops_desk.kernel.state import State, Verdict, badness
from mlops_desk.kernel.stored import Said
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.wish_sql import SqlColumn, in_order
from mlops_desk.kernel.words import _, plural

SCREENING_NEEDS = 2  # yes to so many of the nine calls for an impact assessment (WP 248 rev.01)


class KpiRow(msgspec.Struct, frozen=True):
    """A KPI with how it stands."""

    id: str
    name: str
    state: State
    value: float | None
    unit: str
    target: float | None
    expected: float | None
    on: date | None
    due: date | None
    owner: str | None
    kpi: Kpi


class KeyResultRow(msgspec.Struct, frozen=True):
    """A key result with its objective's and KPI's names, score and state."""

    id: str
    name: str
    objective: str
    kpi: str
    score: float | None
    state: State
    due: date | None


class ObjectiveRow(msgspec.Struct, frozen=True):
    """An objective with its score and the worst state of its key results."""

    id: str
    name: str
    score: float | None
    state: State
    ambition: str
    key_results: int
    due: date | None
    owner: str | None


class UseCaseRow(msgspec.Struct, frozen=True):
    """A use case for tables."""

    id: str
    name: str
    risk_tier: str | None
    state: State
    problem: str


class CheckInRow(msgspec.Struct, frozen=True):
    """A check-in with who made it."""

    id: str
    kpi: str
    on: date
    value: float
    source: str
    note: str
    who: str


def standings(rows: Rows, day: date | None = None) -> dict[str, tuple[Kpi, Standing]]:
    """Return every KPI in use with how it stands on a day, by id."""
    readings: dict[str, list[CheckIn]] = defaultdict(list)
    on = day or today()
    # A KPI stands by its last value, and how it changed by the one before, however many there are.
    for each in reversed(rows.find(CheckIn, '"on" <= ?', on, order=NEWEST_CHECK_IN, most=2, of_each="kpi")):
        readings[each.kpi].append(each)
    found = {kpi.id: (kpi, standing(kpi, readings[kpi.id], on)) for kpi in rows.find(Kpi, "NOT archived")}
    if day is not None and day < today():
        return found
    return {id_: (kpi, still_read(rows, kpi, readings[id_], how)) for id_, (kpi, how) in found.items()}


def still_read(rows: Rows, kpi: Kpi, readings: Sequence[CheckIn], how: Standing) -> Standing:
    """Return how a KPI stands today if its own source still gives a value; else it is *not known*, with the reason.

    What a person typed last stands, whatever the source says.
    """
    newest = max(readings, key=recency, default=None)
    told = Told(newest, last_failures(rows).get(kpi.id))
    if told.is_failing and told.failure is not None:
        return Standing(State("unknown", _("Not known"), told.failure.reason), expected=how.expected)
    if not kpi.metric or kpi.sql or (newest is not None and newest.source != "metric"):
        return how
    try:
        source_value(rows, kpi.metric, use_case_of(rows, kpi))
    except DeskError as error:
        reason = error.sentence.rstrip(".")
        return Standing(State("unknown", _("Not known"), reason), expected=how.expected)
    return how


def kpis(rows: Rows, day: date | None = None) -> list[KpiRow]:
    """Return the KPIs, worst first."""
    found = [kpi_row(kpi, how) for kpi, how in standings(rows, day).values()]
    return sorted(found, key=lambda each: (-badness(each.state), each.name))


def kpi_row(kpi: Kpi, how: Standing) -> KpiRow:
    """Return a KPI with how it stands, as tables show it."""
    return KpiRow(
        kpi.id, kpi.name, how.state, how.value, kpi.unit, kpi.target, how.expected, how.on, kpi.due, kpi.owner, kpi
    )


def key_results(rows: Rows, day: date | None = None) -> list[KeyResultRow]:
    """Return the key results, worst first."""
    known = standings(rows, day)
    objectives = {each.id: each.name for each in rows.find(Objective)}
    found = []
    for each in rows.find(KeyResult, "NOT archived"):
        if each.kpi not in known:
            state, value, name = State("unknown", _("Not known"), _("its KPI is put away")), None, ""
        else:
            kpi, how = known[each.kpi]
            reached = score(each, kpi, how.value if how.state.known else None)
            state, value, name = how.state, reached, kpi.name
        due = each.due or (known[each.kpi][0].due if each.kpi in known else None)
        found.append(KeyResultRow(each.id, each.name, objectives.get(each.objective, ""), name, value, state, due))
    return sorted(found, key=lambda each: (-badness(each.state), each.name))


def objectives(rows: Rows, day: date | None = None) -> list[ObjectiveRow]:
    """Return the objectives with their scores, over their key results and the objectives that serve them."""
    own: dict[str, list[Part]] = defaultdict(list)
    owner_of = {each.id: each.objective for each in rows.find(KeyResult, "NOT archived")}
    for row in key_results(rows, day):
        own[owner_of[row.id]].append(Part(row.state, row.score))
    found = rows.find(Objective, "NOT archived")
    parts = rolled_up({each.id: each.parent for each in found}, own)
    return [
        ObjectiveRow(
            each.id,
            each.name,
            parts[each.id].score,
            parts[each.id].state,
            each.ambition,
            len(own[each.id]),
            each.due,
            each.owner,
        )
        for each in found
    ]


def use_cases(rows: Rows) -> list[UseCaseRow]:
    """Return the use cases."""
    return [_use_case_row(each) for each in rows.find(UseCase, "NOT archived")]


def _use_case_row(case: UseCase) -> UseCaseRow:
    missing = [name for name in ("problem", "user", "decision", "risk_tier") if not getattr(case, name)]
    if case.risk_tier == "prohibited":
        state = State("bad", _("Prohibited"))
    elif missing:
        state = State("warn", _("Unfinished"), _("missing: {names}", names=", ".join(missing).replace("_", " ")))
    else:
        state = State("ok", _("Described"))
    return UseCaseRow(case.id, case.name, case.risk_tier, state, case.problem)


def check_ins(rows: Rows, kpi: str = "") -> list[CheckInRow]:
    """Return check-ins, newest first; of one KPI if its id is given."""
    return check_in_rows(rows, rows.find(CheckIn, "? = '' OR kpi = ?", kpi, kpi, order=NEWEST_CHECK_IN))


def check_in_rows(rows: Rows, found: Sequence[CheckIn]) -> list[CheckInRow]:
    """Return check-ins as the table shows them."""
    who = names(rows)
    known = {each.id: each.name for each in rows.find(Kpi)}
    return [
        CheckInRow(
            each.id, known.get(each.kpi, ""), each.on, each.value, each.source, each.note, who.get(each.recorded_by, "")
        )
        for each in found
    ]


CHECK_IN_COLUMNS: Mapping[str, Said] = {
    "kpi": lambda rows: SqlColumn("kpi", in_order({each.id: each.name for each in rows.find(Kpi)})),
    "on": SqlColumn('"on"', kind="day"),
    "value": SqlColumn("value", kind="number"),
    "source": SqlColumn("source"),
    "who": lambda rows: SqlColumn("recorded_by", in_order(names(rows))),
    "note": SqlColumn("note"),
}


def template_list(rows: Rows) -> list[Template]:  # noqa: ARG001 - a listing is asked with rows
    """Return the template library."""
    return list(templates().values())


def use_case_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a use case shows."""
    case = rows.get(UseCase, id_)
    return (
        Detail(_("State"), _use_case_row(case).state, "state"),
        Detail(_("Problem"), case.problem),
        Detail(_("User"), case.user),
        Detail(_("Decision"), case.decision),
        Detail(_("Out of scope"), case.out_of_scope),
        Detail(_("People affected"), case.affected_groups),
        Detail(_("Risk tier"), case.risk_tier or ""),
        Detail(_("Reason"), case.tier_reason),
        Detail(_("Area of Annex III"), case.annex_area),
        Detail(_("Can overrule a result"), case.overruled_by),
        Detail(_("Can stop the system"), case.stopped_by),
        Detail(_("Answers an appeal"), case.appeals_to),
        Detail(_("What people are told"), case.notice),
        Detail(_("Stop limits"), case.stop_limits),
        Detail(_("Stop limits before the first run"), limits_first(rows, id_), "state"),
        Detail(_("Simpler ways"), case.simpler_ways),
        Detail(_("Held against forbidden practices"), case.law_checked_on, "day"),
        Detail(_("Screening"), screening_words(case.screening)),
        *(Detail(_("Objective"), each.name) for each in rows.find(Objective, "use_case = ? AND NOT archived", id_)),
        *_kpis_of(rows, id_),
    )


def _kpis_of(rows: Rows, use_case: str) -> list[Detail]:
    """Return the KPIs of a use case with how each stands, the worst first."""
    found = [each for each in kpis(rows) if use_case_of(rows, each.kpi) == use_case]
    return [Detail(_("KPI: {name}", name=each.name), each.state, "state") for each in found]


def limits_first(rows: Rows, id_: str) -> State:
    """Return whether the stop limits of a use case were written before its first run, as its gate computes it."""
    made: Subject = rows.registry.subjects[UseCase.noun](rows, id_)
    verdict: Verdict = rows.registry.checks["K18"](rows, made, {}, today())
    return verdict.state


def screening_words(screening: str) -> str:
    """Return what the nine screening answers say; empty without them."""
    yes = screening.count("y")
    if not screening:
        return ""
    said = _("{n} of nine are yes", n=yes)
    return (
        said + ": " + (_("an impact assessment is needed") if yes >= SCREENING_NEEDS else _("none is needed by them"))
    )


def stage_sentence(rows: Rows) -> State:
    """Return how the goals stand, for the state line."""
    count = Counter(row.state.level for row in kpis(rows))
    if not count:
        return State("unknown", _("No goal yet"))
    if count["bad"]:
        return State("bad", plural("{n} KPI is off track", "{n} KPIs are off track", count["bad"]))
    if count["unknown"]:
        return State("unknown", plural("{n} KPI is not known", "{n} KPIs are not known", count["unknown"]))
    if count["warn"]:
        return State("warn", plural("{n} KPI is at risk", "{n} KPIs are at risk", count["warn"]))
    return State("ok", plural("The KPI is on track", "All {n} KPIs are on track", count["ok"]))


def needs(rows: Rows) -> list[Need]:
    """Return the KPIs that wait for a check-in by the role that owns them, and objectives with too few key results."""
    waiting = [
        Need(
            _("{name} waits for a value: {reason}.", name=row.name, reason=row.state.reason),
            "kpi",
            row.id,
            row.state,
            roles=(row.owner,) if row.owner else (),
            since=row.kpi.changed_at,
            settle=f'kpi check-in "{row.name}" …',
        )
        for row in kpis(rows)
        if row.state.level == "unknown"
    ]
    return [*waiting, *_thin_objectives(rows)]


def _thin_objectives(rows: Rows) -> list[Need]:
    found = rows.find(Objective, "NOT archived")
    results = Counter(each.objective for each in rows.find(KeyResult, "NOT archived"))
    serving = Counter(each.parent for each in found)
    return [
        Need(
            _("{name} has {what}.", name=each.name, what=words),
            Objective.noun,
            each.id,
            State("warn", _("Unfinished")),
            roles=(each.owner,) if each.owner else (),
            since=each.changed_at,
            settle=f'key-result add --objective "{each.name}" …',
        )
        for each in found
        if (words := number_of_results(results[each.id], serving[each.id]))
    ]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return what happened to goals in a span."""
    known = {each.id: each for each in rows.find(Kpi)}
    return [
        Mark(
            each.recorded_at,
            _("{name}: {value} checked in", name=known[each.kpi].name, value=f"{each.value:.4g}"),
            "kpi",
            each.kpi,
        )
        for each in rows.find(CheckIn, *span.within)
        if each.recorded_at and each.kpi in known
    ]

"""The KPI report: goals, KPIs and gates as they stood at the end of a day, with what is not known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.progress import Part, Standing, rolled_up
from mlops_desk.areas.reports import parts, summary, trust
from mlops_desk.areas.reports.charts import kpi_plot
from mlops_desk.areas.reports.content import (
    Cell,
    Column,
    Head,
    Report,
    Section,
    Shown,
    Table,
    addresses_of,
    for_paper,
    stamp,
)
from mlops_desk.areas.reports.past import Past, end_of
from mlops_desk.areas.reports.recipe import PartName, Recipe
from mlops_desk.areas.reports.standings import KpiStanding, ResultStanding, kpi_standings, result_standings
from mlops_desk.areas.team.queries import names, project
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _, language, speaking

CHECK_INS_ON_PAPER = 120
ON_ONE_PAGE_ROWS = 8
DEVICE_LETTERS = 8


class Known(msgspec.Struct, frozen=True):
    """What a report was made from: how far each journal was known, and how many entries did not count.

    ``silent`` are the KPIs whose own source gave no value then, by id with the reason.
    """

    heads: tuple[Head, ...]
    unread: int
    silent: Mapping[str, str] | None = None


def kpi_report(
    rows: Rows,
    day: date,
    made_at: datetime,
    known: Known | None = None,
    recipe: Recipe | None = None,
    *,
    is_for_paper: bool = False,
) -> Report:
    """Return the KPI report as of the end of a day: only what was recorded by then, judged as on that day.

    ``known`` makes a report again that was made when less was known. It is in the language of its recipe. One for
    paper has no more check-ins than stand there, and says how many there are.
    """
    followed = recipe or Recipe(language=language())
    # What present rows remember is in the person's own language.
    if known is not None:
        then: Rows = Past(rows, end_of(day), _reach(known))
    else:
        then = rows if day >= today() and followed.language == language() else Past(rows, end_of(day))
    with speaking(followed.language):
        made = _kpi_report(rows, then, day, made_at, known, followed, most=CHECK_INS_ON_PAPER if is_for_paper else None)
    return for_paper(made) if is_for_paper else made


def _kpi_report(
    rows: Rows, then: Rows, day: date, made_at: datetime, known: Known | None, recipe: Recipe, *, most: int | None
) -> Report:
    known = known or Known(_heads(then, day), _unread(then, day))
    found = kpi_standings(then, day, known.silent)
    results = result_standings(then, {each.kpi.id: each for each in found})
    gates = trust.gates(then, day)
    living = trust.lives(then, day)
    about = project(then)
    stands = summary.Stands(
        kpis=[(each.kpi.name, each.how) for each in found],
        results=[(each.result.name, each.score, each.state) for each in results],
        gates=gates,
        living=living,
        unread=known.unread,
        audit=trust.audit_gap(then),
    )
    makers: dict[PartName, Callable[[], Section]] = {
        "goals": lambda: _goals(then, results),
        "kpis": lambda: _kpis(then, found),
        "comparison": lambda: _compared(rows, found, recipe.compare or day, known),
        "charts": lambda: _charts(found, day),
        "movers": lambda: parts.movers(then, found),
        "gates": lambda: Section(
            name="trust",
            title=_("Gates, releases and models"),
            texts=trust.texts(then),
            tables=trust.tables(then, gates, living),
        ),
        "risks": lambda: parts.risks(then, day),
        "sources": lambda: parts.sources(then, found),
        "appendix": lambda: _appendix(then, found, most),
    }
    sections = tuple(makers[each]() for each in recipe.parts)
    return Report(
        name="kpi",
        title=_("KPI report"),
        project=about.name,
        purpose=about.purpose,
        as_of=day,
        made_at=made_at,
        heads=known.heads,
        unread=known.unread,
        silent={each.kpi.id: each.silent for each in found if each.silent},
        recipe=recipe,
        counts=summary.counts(stands),
        sentences=summary.sentences(stands),
        not_known=summary.not_known(stands),
        sections=tuple(map(_worst_only, sections)) if recipe.is_brief else sections,
    )


def _reach(known: Known) -> dict[str, int]:
    return {each.device: each.seq for each in known.heads}


def _compared(rows: Rows, found: Sequence[KpiStanding], day: date, known: Known) -> Section:
    before = Past(rows, end_of(day), _reach(known))
    return parts.comparison(before, found, kpi_standings(before, day, {}), day)


def _charts(found: Sequence[KpiStanding], day: date) -> Section:
    return Section(
        name="charts",
        title=_("How each KPI moved"),
        plots=tuple(kpi_plot(each.kpi, each.readings, each.how, day) for each in found),
        texts=() if found else (_("No KPI is defined, so nothing is measured."),),
    )


def _worst_only(section: Section) -> Section:
    """Return a section of the one-page report: its first table, and of that on paper only the first rows."""
    kept = [msgspec.structs.replace(each, on_paper=ON_ONE_PAGE_ROWS) for each in section.tables[:1]]
    return msgspec.structs.replace(section, tables=tuple(kept))


# --- sections ------------------------------------------------------------------------------------


def _goals(rows: Rows, results: Sequence[ResultStanding]) -> Section:
    objectives = rows.find(Objective, "NOT archived")
    own: dict[str, list[Part]] = defaultdict(list)
    for each in results:
        own[each.result.objective].append(Part(each.state, each.score))
    parts = rolled_up({one.id: one.parent for one in objectives}, own)
    return Section(
        name="goals",
        title=_("Goals"),
        tables=(
            Table(
                name="objectives",
                title=_("Objectives"),
                columns=(
                    Column("name", _("Objective")),
                    Column("state", _("State"), "state"),
                    Column("score", _("Score"), "score"),
                    Column("ambition", _("Ambition")),
                    Column("due", _("Due"), "day"),
                    Column("owner", _("Owner")),
                ),
                rows=tuple(_objective(one, parts[one.id]) for one in objectives),
                addresses=addresses_of(rows, ((one.noun, one.id) for one in objectives)),
                under={"name": ("owner",)},
                empty=_("No objective is set."),
            ),
            Table(
                name="key_results",
                title=_("Key results"),
                columns=(
                    Column("name", _("Key result")),
                    Column("state", _("State"), "state"),
                    Column("score", _("Score"), "score"),
                    Column("kpi", _("KPI")),
                    Column("due", _("Due"), "day"),
                    Column("objective", _("Objective")),
                ),
                rows=tuple(_key_result(each, {one.id: one.name for one in objectives}) for each in results),
                addresses=addresses_of(rows, ((each.result.noun, each.result.id) for each in results)),
                under={"name": ("objective",)},
                empty=_("No key result is set."),
            ),
        ),
    )


def _objective(objective: Objective, part: Part) -> tuple[Cell, ...]:
    return (
        objective.name,
        Shown.of(part.state),
        _rounded(part.score),
        objective.ambition,
        _day(objective.due),
        role_name(objective.owner) if objective.owner else "",
    )


def _key_result(each: ResultStanding, objectives: dict[str, str]) -> tuple[Cell, ...]:
    due = each.result.due or (each.kpi.kpi.due if each.kpi else None)
    return (
        each.result.name,
        Shown.of(each.state),
        _rounded(each.score),
        each.kpi.kpi.name if each.kpi else "",
        _day(due),
        objectives.get(each.result.objective, ""),
    )


def _kpis(rows: Rows, found: Sequence[KpiStanding]) -> Section:
    table = Table(
        name="kpis",
        title=_("KPIs"),
        columns=(
            Column("name", _("KPI")),
            Column("state", _("State"), "state"),
            Column("value", _("Value"), "number"),
            Column("change", _("Change"), "change"),
            Column("expected", _("Expected"), "computed"),
            Column("target", _("Target"), "number"),
            Column("on", _("Value of"), "day"),
            Column("owner", _("Owner")),
            Column("unit", _("Unit")),
            Column("course", _("Course")),
            Column("due", _("Due"), "day"),
            Column("source", _("Source")),
            Column("note", _("Note")),
        ),
        rows=tuple(_kpi(each) for each in found),
        addresses=addresses_of(rows, ((each.kpi.noun, each.kpi.id) for each in found)),
        under={
            "name": ("note",),
            "value": ("unit",),
            "change": ("course",),
            "target": ("due",),
            "on": ("source",),
        },
        empty=_("No KPI is defined, so nothing is measured."),
    )
    return Section(name="kpis", title=_("KPIs"), tables=(table,))


def _kpi(each: KpiStanding) -> tuple[Cell, ...]:
    kpi, how, last = each.kpi, each.how, each.last
    is_band = kpi.better == "band" and kpi.low is not None
    return (
        kpi.name,
        Shown.of(how.state),
        how.value,
        how.change,
        how.expected,
        f"{kpi.low:g} – {kpi.high:g}" if is_band else kpi.target,
        _day(how.on),
        role_name(kpi.owner) if kpi.owner else "",
        kpi.unit,
        _course(kpi, how),
        _day(kpi.due),
        _(last.source) if last else "",
        last.note if last else "",
    )


def _course(kpi: Kpi, how: Standing) -> str:
    """Return whether the last change was for the better, in a word."""
    if how.change is None or how.value is None:
        return ""
    return parts.course(kpi, how.value - how.change, how.value)


def _appendix(rows: Rows, found: Sequence[KpiStanding], most: int | None) -> Section:
    who = names(rows)
    said = [(each.kpi, one) for each in sorted(found, key=lambda each: each.kpi.name) for one in each.readings]
    newest_first = sorted(said, key=lambda pair: (pair[1].on, str(pair[1].recorded_at)), reverse=True)
    total, newest_first = len(newest_first), newest_first[:most]
    table = Table(
        name="check_ins",
        title=_("Check-ins"),
        columns=(
            Column("on", _("Day"), "day"),
            Column("kpi", _("KPI")),
            Column("value", _("Value"), "number"),
            Column("unit", _("Unit")),
            Column("source", _("Source")),
            Column("who", _("Who")),
            Column("recorded_at", _("Recorded"), "instant"),
            Column("confidence", _("Confidence"), "whole"),
            Column("note", _("Note")),
        ),
        rows=tuple(
            (
                one.on.isoformat(),
                kpi.name,
                one.value,
                kpi.unit,
                _(one.source),
                who.get(one.recorded_by, ""),
                stamp(one.recorded_at) if one.recorded_at else None,
                one.confidence,
                one.note,
            )
            for kpi, one in newest_first
        ),
        addresses=addresses_of(rows, ((one.noun, one.id) for _kpi, one in newest_first)),
        under={"kpi": ("note",)},
        off_paper=("confidence",),
        on_paper=CHECK_INS_ON_PAPER,
        total=total,
        empty=_("No check-in yet."),
    )
    return Section(name="appendix", title=_("Appendix: check-ins"), tables=(table,))


# --- what it was made from -----------------------------------------------------------------------


def _heads(rows: Rows, day: date) -> tuple[Head, ...]:
    query = """
        SELECT device, max(seq), arg_max(id, seq) FROM line
        WHERE verdict = 'ok' AND ms < ? GROUP BY device ORDER BY device"""
    found = rows.sql(query, int(end_of(day).timestamp() * 1000))
    return tuple(Head(device[:DEVICE_LETTERS], int(seq), line) for device, seq, line in found)


def _unread(rows: Rows, day: date) -> int:
    """Return how many entries are here that do not count: refused, damaged, or waiting for others."""
    query = "SELECT count(*) FROM line WHERE verdict <> 'ok' AND ms < ?"
    return int(rows.sql(query, int(end_of(day).timestamp() * 1000))[0][0])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

"""What the Goals page shows: the tree with bullet bars, the sentence on top of it, and KPIs with their last values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from mlops_desk.areas.goals.alignment import INDENT, Branch, Tree, ahead_words, branches_of, tree
from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import DEFAULT_RHYTHM_DAYS, Kpi
from mlops_desk.areas.goals.latest import last_values
from mlops_desk.areas.goals.progress import Part, Standing, stale_after_days
from mlops_desk.areas.goals.queries import kpi_row, standings
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.figures import Gauge, Trace, Twig
from mlops_desk.kernel.rows import Rows, lasting
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _, plural

_COUNTED = ("count", "ratio", "0 to 1")  # units that say nothing beside a figure
TRACED = 30  # values of each KPI that its sparkline shows


class GoalRow(msgspec.Struct, frozen=True):
    """An objective, or a key result of the one above it; ``above`` are the ids of what it stands under."""

    id: str
    noun: str
    twig: Twig
    state: State
    gauge: Gauge | None
    score: float | None
    forecast: str
    confidence: float | None
    reading: str
    kpi: str
    kind: str
    ends: date | None
    role: str | None
    above: tuple[str, ...]


class Board(msgspec.Struct, frozen=True):
    """The tree of a period line by line, and what it comes to in one sentence.

    Without forecasts ``is_whole`` is False, and the sentence says nothing of the end;
    ``elsewhere`` counts objectives of other periods.
    """

    rows: tuple[GoalRow, ...]
    sentence: str
    is_whole: bool
    elsewhere: int


class TracedKpi(msgspec.Struct, frozen=True):
    """A KPI with how it stands, as the table of the page shows it."""

    id: str
    name: str
    state: State
    trace: Trace
    value: float | None
    change: float | None
    target: float | None
    expected: float | None
    unit: str
    on: date | None
    due: date | None
    owner: str | None
    rhythm: int | None


@lasting
def board(rows: Rows, period: str, looks_ahead: bool = True) -> Board:  # noqa: FBT001, FBT002 - values of a question
    """Return the tree of what touches a period such as 2026-Q4, of everything where it is empty."""
    grown = tree(rows, looks_ahead=looks_ahead)
    found, above = list[GoalRow](), list[str]()
    for branch in branches_of(rows, grown, period):
        del above[branch.depth :]
        found.append(_row(grown, branch, tuple(above), looks_ahead=looks_ahead))
        above.append(branch.id)
    results = [grown.parts[each.id] for each in found if each.noun == KeyResult.noun]
    roots = [grown.parts[each.id] for each in found if not each.above]
    ahead = _pace(roots, results, period) if looks_ahead else ""
    told = " ".join(each for each in (standing_words(each.state for each in results), ahead) if each)
    elsewhere = len(grown.objectives) - sum(each.noun != KeyResult.noun for each in found)
    return Board(tuple(found), told if found else "", looks_ahead, elsewhere)


def _row(grown: Tree, branch: Branch, above: tuple[str, ...], *, looks_ahead: bool) -> GoalRow:
    part, objective = grown.parts[branch.id], grown.objectives.get(branch.id)
    row = GoalRow(
        id=branch.id,
        noun=branch.noun,
        twig=Twig(branch.name.removeprefix(INDENT * branch.depth), branch.depth),
        state=branch.state,
        gauge=None,
        score=None if branch.score is None else round(branch.score, 2),
        forecast=ahead_words(part) if looks_ahead else "",
        confidence=None if branch.confidence is None else round(branch.confidence, 1),
        reading="",
        kpi=branch.kpi,
        kind="",
        ends=branch.due,
        role=branch.owner,
        above=above,
    )
    if objective is None:
        return _with_kpi(grown, row)
    has_below = bool(grown.results.get(objective.id) or grown.below.get(objective.id))
    kind = _("stretch") if objective.ambition == "stretch" else _("committed")
    return replace(row, kind=kind, twig=replace(row.twig, is_open=True if has_below else None))


def _with_kpi(grown: Tree, row: GoalRow) -> GoalRow:
    """Return the row of a key result with its bullet bar and when its next value is due."""
    result = next(each for each in grown.results[row.above[-1]] if each.id == row.id)
    if result.kpi not in grown.kpis:
        return row
    kpi, how = grown.kpis[result.kpi]
    return replace(row, gauge=gauge_of(result, kpi, how), reading=reading_words(kpi, how))


def gauge_of(result: KeyResult, kpi: Kpi, how: Standing) -> Gauge:
    """Return the bullet bar of a key result: a value that is not known any more is none."""
    has_band = kpi.low is not None and kpi.high is not None
    return Gauge(
        value=how.value if how.state.known else None,
        begin=result.begin if result.begin is not None else kpi.baseline,
        target=None if has_band else result.goal if result.goal is not None else kpi.target,
        expected=None if has_band else how.expected,
        low=kpi.low,
        high=kpi.high,
        unit="" if kpi.unit in _COUNTED else kpi.unit,
        level=how.state.level,
    )


def reading_words(kpi: Kpi, how: Standing) -> str:
    """Return when the next value is due, or that it comes by itself."""
    if kpi.metric or kpi.sql:
        return _("auto")
    if how.on is None:
        return _("no value yet")
    left = (how.on + timedelta(days=kpi.rhythm or DEFAULT_RHYTHM_DAYS) - today()).days
    if left < 0:
        return plural("{n} day late", "{n} days late", -left)
    return _("today") if left == 0 else plural("in {n} day", "in {n} days", left)


def standing_words(states: Iterable[State]) -> str:
    """Return how many key results are on track, and how many are not known."""
    count = Counter(each.level for each in states)
    if not count:
        return _("No key result says yet when it is reached.")
    said = _("{good} of {total} key results on track", good=count["ok"], total=count.total())
    if count["unknown"]:
        return _("{said}, {n} not known.", said=said, n=count["unknown"])
    return f"{said}."


def _pace(roots: Sequence[Part], results: Sequence[Part], period: str) -> str:
    """Return where the period ends at this pace: the mean of its objectives, and nothing where one is not known."""
    unknown = sum(each.forecast is None for each in results)
    ends = [each.forecast for each in roots if each.forecast is not None]
    if not results:
        return ""
    if len(ends) < len(roots) or unknown:
        return plural(
            "Where it ends is not known: {n} key result has no forecast.",
            "Where it ends is not known: {n} key results have no forecast.",
            unknown,
        )
    mean = f"{sum(ends) / len(ends):.2f}"
    if not period:
        return _("At this pace the objectives end near {score}.", score=mean)
    return _("At this pace {period} ends near {score}.", period=period, score=mean)


def traced_kpis(rows: Rows) -> list[TracedKpi]:
    """Return the KPIs with their last values, worst first."""
    values = last_values(rows, TRACED)
    found = [_traced(kpi, how, values.get(kpi.id, ())) for kpi, how in standings(rows).values()]
    return sorted(found, key=lambda each: (-badness(each.state), each.name))


def _traced(kpi: Kpi, how: Standing, values: Sequence[tuple[date, float]]) -> TracedKpi:
    row = kpi_row(kpi, how)
    trace = Trace(
        tuple(day.toordinal() for day, _value in values),
        tuple(value for _day, value in values),
        stale_after_days(kpi),
        kpi.target,
    )
    return TracedKpi(
        id=kpi.id,
        name=kpi.name,
        state=row.state,
        trace=trace,
        value=row.value,
        change=how.change,
        target=row.target,
        expected=row.expected,
        unit=row.unit,
        on=row.on,
        due=row.due,
        owner=row.owner,
        rhythm=kpi.rhythm,
    )

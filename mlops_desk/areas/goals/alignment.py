"""The alignment tree: objectives, what serves them, and the key results beneath, each with score and forecast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.latest import confidences, series_of_results
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.outlook import kpi_forecast, period_end, readings_of, result_part
from mlops_desk.areas.goals.periods import is_period, period_named
from mlops_desk.areas.goals.progress import Part, Standing, rolled_up, standing
from mlops_desk.areas.goals.queries import standings, still_read
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.forecast import Forecast

INDENT = "    "


class Branch(msgspec.Struct, frozen=True):
    """A line of the tree: an objective, or a key result of the objective above it, ``depth`` steps from the root."""

    id: str
    noun: str
    name: str
    depth: int
    state: State
    score: float | None
    forecast: str
    confidence: float | None
    due: date | None
    owner: str | None
    kpi: str


class Tree(msgspec.Struct, frozen=True):
    """Objectives and key results in use, with how each stands."""

    objectives: Mapping[str, Objective]
    results: Mapping[str, Sequence[KeyResult]]
    kpis: Mapping[str, tuple[Kpi, Standing]]
    parts: Mapping[str, Part]
    below: Mapping[str, Sequence[str]]


def tree(rows: Rows, day: date | None = None, *, looks_ahead: bool = True) -> Tree:
    """Return all objectives in use with their key results, scores and forecasts, as of a day.

    Forecasts take most of the time; without ``looks_ahead`` there are none.
    """
    from mlops_desk.science.series import MAX_POINTS

    on = day or today()
    objectives = {each.id: each for each in rows.find(Objective, "NOT archived")}
    results: dict[str, list[KeyResult]] = defaultdict(list)
    for result in rows.find(KeyResult, "NOT archived"):
        results[result.objective].append(result)
    known = standings(rows, on)
    series = series_of_results(rows, on, MAX_POINTS) if looks_ahead else {}
    sure = confidences(rows, on)
    parts: dict[str, Part] = {}
    for id_, mine in results.items():
        for result in mine:
            if result.kpi not in known:
                parts[result.id] = Part(State("unknown", _("Not known"), _("its KPI is put away")))
                continue
            kpi, how = known[result.kpi]
            end = period_end(result, objectives.get(id_), kpi)
            ahead = kpi_forecast(kpi, series.get(kpi.id, ()), end, on) if looks_ahead else None
            parts[result.id] = result_part(result, kpi, how, ahead, sure.get(kpi.id))
    parents = {id_: each.parent for id_, each in objectives.items()}
    own = {id_: [parts[each.id] for each in results[id_]] for id_ in objectives}
    parts |= rolled_up(parents, own)
    below: dict[str, list[str]] = defaultdict(list)
    for objective in sorted(objectives.values(), key=lambda each: (each.name, each.id)):
        if objective.parent in objectives:
            below[objective.parent].append(objective.id)
    return Tree(objectives, results, known, parts, below)


def latest_confidence(check_ins: Sequence[CheckIn]) -> int | None:
    """Return the confidence, 0 to 10, of the latest check-in that says one."""
    told = [each for each in check_ins if each.confidence is not None]
    latest = max(told, key=lambda each: (each.on, str(each.recorded_at), each.id), default=None)
    return latest.confidence if latest else None


def branches(rows: Rows, about: str = "") -> list[Branch]:
    """Return the tree line by line, the roots by name; of one objective, or of those that touch a period.

    What serves an objective of the period stands beneath it, whatever its own period is.

    Raises:
        DeskError: ``about`` is neither a period nor an objective.
    """
    return branches_of(rows, tree(rows), about)


def branches_of(rows: Rows, grown: Tree, about: str) -> list[Branch]:
    """Return a tree line by line, as ``branches`` does."""
    found: list[Branch] = []
    seen: set[str] = set()
    for root in _roots(rows, grown, about):
        found += _lines(grown, root, seen)
    return found


def _roots(rows: Rows, grown: Tree, about: str) -> list[str]:
    if about and not is_period(about):
        return [id_ for id_ in (rows.resolve(Objective.noun, about),) if id_ in grown.objectives]
    period = period_named(about) if about else None
    named = sorted(grown.objectives.values(), key=lambda each: (each.name, each.id))
    found = {each.id: each.parent for each in named if period is None or period.holds(each.start, each.due)}
    roots = [id_ for id_, parent in found.items() if parent not in found]
    return roots + [id_ for id_ in found if id_ not in roots]  # a circle has no root: the first by name is one


def _lines(grown: Tree, root: str, seen: set[str]) -> Iterator[Branch]:
    ahead = [(root, 0)]
    while ahead:
        id_, depth = ahead.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        objective = grown.objectives[id_]
        yield _branch(grown, objective, objective.due, objective.owner, "", depth)
        for result in sorted(grown.results.get(id_, ()), key=lambda each: (each.name, each.id)):
            kpi, _how = grown.kpis.get(result.kpi, (None, None))
            due = period_end(result, objective, kpi)
            yield _branch(grown, result, due, kpi.owner if kpi else None, kpi.name if kpi else "", depth + 1)
        ahead += [(each, depth + 1) for each in reversed(grown.below.get(id_, ()))]


def _branch(
    grown: Tree, record: Objective | KeyResult, due: date | None, owner: str | None, kpi: str, depth: int
) -> Branch:
    part = grown.parts[record.id]
    return Branch(
        id=record.id,
        noun=record.noun,
        name=INDENT * depth + record.name,
        depth=depth,
        state=part.state,
        score=part.score,
        forecast=score_words(part),
        confidence=part.confidence,
        due=due,
        owner=owner,
        kpi=kpi,
    )


def score_words(part: Part) -> str:
    """Return the forecast of a score in words, with its interval; empty where it is not known."""
    if part.forecast is None or part.low is None or part.high is None:
        return ""
    return _("{value} ({low} to {high})", value=f"{part.forecast:.2f}", low=f"{part.low:.2f}", high=f"{part.high:.2f}")


def ahead_words(part: Part) -> str:
    """Return where a score leads, with its interval, or why that is not known."""
    return score_words(part) or _("not known: {reason}", reason=part.reason or part.state.reason)


def forecast_words(found: Forecast, unit: str) -> str:
    """Return a forecast in words, with interval, day and method, or why it is not known."""
    if found.value is None or found.low is None or found.high is None:
        return _("not known: {reason}", reason=found.reason)
    return _(
        "{value} {unit} on {day}, {low} to {high} ({method})",
        value=f"{found.value:.4g}",
        unit=unit,
        day=found.on,
        low=f"{found.low:.4g}",
        high=f"{found.high:.4g}",
        method=found.method,
    )


def objective_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of an objective shows."""
    grown, objective = tree(rows), rows.get(Objective, id_)
    part = grown.parts.get(id_)
    lines = [
        Detail(_("State"), part.state if part else State("info", _("Put away")), "state"),
        Detail(_("Score"), part.score if part else None, "number"),
        Detail(_("Score at the end of the period"), ahead_words(part) if part else ""),
        Detail(_("Confidence, 0 to 10"), part.confidence if part else None, "number"),
        Detail(_("Use case"), rows.called(UseCase.noun, objective.use_case) if objective.use_case else ""),
        Detail(_("Ambition"), objective.ambition),
        Detail(_("From"), objective.start, "day"),
        Detail(_("Due"), objective.due, "day"),
        Detail(_("Owner"), objective.owner, "role"),
        Detail(_("Serves"), rows.called(Objective.noun, objective.parent) if objective.parent else ""),
    ]
    if part is None:
        return lines
    beneath = [each for each in _lines(grown, id_, set()) if each.depth == 1]
    told = [f"{each.name.strip()}: {_figures(each)}" for each in beneath]
    return [*lines, *(Detail(_("Part"), each) for each in told)]


def _figures(branch: Branch) -> str:
    reached = _("not known") if branch.score is None else f"{branch.score:.2f}"
    return " · ".join(part for part in (branch.state.word, reached, branch.kpi) if part)


def key_result_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a key result shows."""
    result = rows.get(KeyResult, id_)
    objective, kpi = rows.get(Objective, result.objective), rows.get(Kpi, result.kpi)
    told = rows.find(CheckIn, "kpi = ?", kpi.id)
    how = still_read(rows, kpi, told, standing(kpi, told, today()))
    ahead = kpi_forecast(kpi, readings_of(told), period_end(result, objective, kpi), today())
    part = result_part(result, kpi, how, ahead, latest_confidence(told))
    return (
        Detail(_("State"), part.state, "state"),
        Detail(_("Score"), part.score, "number"),
        Detail(_("Score at the end of the period"), ahead_words(part)),
        Detail(_("Forecast"), forecast_words(ahead, kpi.unit)),
        Detail(_("Confidence, 0 to 10"), part.confidence, "number"),
        Detail(_("Objective"), objective.name),
        Detail(_("KPI"), kpi.name),
        Detail(_("From"), result.begin if result.begin is not None else kpi.baseline, "number"),
        Detail(_("To"), result.goal if result.goal is not None else kpi.target, "number"),
        Detail(_("Due"), period_end(result, objective, kpi), "day"),
    )

"""The chain from objectives to data and back, over what each area declares, and which KPIs a thing stands beneath."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.queries import standings
from mlops_desk.kernel.area import Link, Node
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

INDENT = "    "
_MEANS = {
    "objective": _("objective"),
    "key-result": _("key result"),
    "kpi": _("KPI"),
    "model-version": _("model version"),
    "dataset-version": _("dataset version"),
    "release": _("release"),
    "deployment": _("deployment"),
    "alert": _("alert"),
}
_SHOWN = frozenset(_MEANS) - {"deployment", "alert"}  # what happened to a release is no link of its own


class Graph(msgspec.Struct, frozen=True):
    """What stands beneath and above each thing, in the order of declaration."""

    below: Mapping[Node, Sequence[Node]]
    above: Mapping[Node, Sequence[Node]]


class Step(msgspec.Struct, frozen=True):
    """One thing of a chain; ``way`` says whether it stands above what was asked about, is it, or stands beneath."""

    id: str
    noun: str
    name: str
    kind: str
    way: str
    depth: int


class Touched(msgspec.Struct, frozen=True):
    """A KPI that stands above a thing, with the key results and objectives that it feeds."""

    id: str
    thing: str
    name: str
    state: State
    is_live: bool
    key_results: str
    objectives: str


def links(rows: Rows) -> list[Link]:
    """Return the links of goals: an objective to what serves it and its key results, a key result to its KPI."""
    objectives = rows.find(Objective, "NOT archived")
    results = rows.find(KeyResult, "NOT archived")
    return [
        *(Link((Objective.noun, each.parent), (Objective.noun, each.id)) for each in objectives if each.parent),
        *(Link((Objective.noun, each.objective), (KeyResult.noun, each.id)) for each in results),
        *(Link((KeyResult.noun, each.id), (Kpi.noun, each.kpi)) for each in results),
    ]


def graph(rows: Rows) -> Graph:
    """Return all links of all areas both ways."""
    if ("chain",) not in rows.memo:
        below: dict[Node, list[Node]] = defaultdict(list)
        above: dict[Node, list[Node]] = defaultdict(list)
        for link in dict.fromkeys(each for make in rows.registry.links for each in make(rows)):
            below[link.above].append(link.below)
            above[link.below].append(link.above)
        rows.memo["chain",] = Graph(below, above)
    found: Graph = rows.memo["chain",]
    return found


def reached(ways: Mapping[Node, Sequence[Node]], start: Node) -> dict[Node, int]:
    """Return what is reached from a thing along links, with how many steps away, depth first; each once."""
    found: dict[Node, int] = {}
    ahead = [(start, 0)]
    while ahead:
        node, depth = ahead.pop()
        if node not in found:
            found[node] = depth
            ahead += [(each, depth + 1) for each in reversed(ways.get(node, ()))]
    return found


def chain(rows: Rows, about: str = "") -> list[Step]:
    """Return what stands above a thing, the thing, and what stands beneath; without one, all from the objectives down.

    Raises:
        NotKnownHere: the text means nothing or more than one thing.
    """
    known = graph(rows)
    if not about:
        nodes = {node for node in (*known.below, *known.above) if node[0] in _SHOWN}
        roots = sorted((each for each in nodes if not known.above.get(each)), key=lambda each: _order(rows, each))
        return [step for root in roots for step in _down(rows, known, root)]
    start = rows.meant(about)
    above = [(each, depth) for each, depth in reached(known.above, start).items() if depth]
    upper = [_step(rows, each, _("above"), 0) for each, _depth in sorted(above, key=lambda pair: -pair[1])]
    return [*upper, *_down(rows, known, start)]


def _order(rows: Rows, node: Node) -> tuple[int, str]:
    return list(_MEANS).index(node[0]), rows.called(*node)


def _down(rows: Rows, known: Graph, start: Node) -> list[Step]:
    found = reached(known.below, start)
    return [
        _step(rows, node, _("beneath") if depth else "", depth)
        for node, depth in found.items()
        if node[0] in _SHOWN or not depth
    ]


def _step(rows: Rows, node: Node, way: str, depth: int) -> Step:
    noun, id_ = node
    kind = _MEANS.get(noun, noun.replace("-", " "))
    return Step(id_, noun, INDENT * depth + rows.called(noun, id_), kind, way, depth)


def touched(rows: Rows, about: str = "") -> list[Touched]:
    """Return the KPIs that stand above a thing, worst first: what would feel it if it were rolled back or withdrawn.

    Without a thing, of every release that is live.

    Raises:
        NotKnownHere: the text means nothing or more than one thing.
    """
    known = graph(rows)
    live = {(noun, id_) for needed in rows.registry.gated for _gate, noun, id_ in needed(rows) if noun == "release"}
    things = [rows.meant(about)] if about else sorted(live)
    stands = standings(rows)
    found = []
    for thing in things:
        upper = reached(known.above, thing)
        is_live = bool(live & {thing, *reached(known.below, thing), *_beside(known, thing)})
        for noun, id_ in upper:
            if noun == Kpi.noun and id_ in stands:
                found.append(_touched(rows, known, thing, id_, stands[id_][1].state, is_live=is_live))
    return sorted(found, key=lambda each: (each.thing, -badness(each.state), each.name))


def _beside(known: Graph, thing: Node) -> set[Node]:
    """Return what rests on a dataset version: the releases of the model versions that were made from it."""
    models = [each for each in known.above.get(thing, ()) if each[0] == "model-version"]
    return {below for each in models for below in known.below.get(each, ())}


def _touched(rows: Rows, known: Graph, thing: Node, kpi: str, state: State, *, is_live: bool) -> Touched:
    above = reached(known.above, (Kpi.noun, kpi))

    def called(noun: str) -> str:
        return ", ".join(rows.called(*each) for each in above if each[0] == noun)

    return Touched(
        id=kpi,
        thing=rows.called(*thing),
        name=rows.called(Kpi.noun, kpi),
        state=state,
        is_live=is_live,
        key_results=called(KeyResult.noun),
        objectives=called(Objective.noun),
    )

"""What the homes show of governance: use cases and their gates, disagreements, running exceptions, the test score."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.disagreement import Disagreement
from mlops_desk.areas.governance.disagreement_queries import standings
from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.governance.queries import gates_state, requested, that_matter
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.kernel import clock
from mlops_desk.kernel.card import Card, CardAct, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.literal import literal
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _, plural

GATES = ("G1", "G2", "G3", "G4", "G5")
_STAGES = {
    "": _("before Collect"),
    "G1": _("Collect"),
    "G2": _("Train"),
    "G3": _("Deploy"),
    "G4": _("Monitor"),
    "G5": _("Improve"),
}
_DESCRIBE = CardAct(_("Describe use case"), "goals", "use-case")
Asked = tuple[GateRequest | None, GateStanding]


def use_cases_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of where each use case stands, what holds it and for how many days."""
    title, cases = _("Use cases"), rows.find(UseCase, "NOT archived", order="name")
    if not cases:
        return nothing_yet(title, _("Start with the question you want to answer."), _DESCRIBE)
    asked = _by_case(rows)
    said: list[tuple[str, State | None]] = []
    act = CardAct(_("Open"), noun=UseCase.noun, id=cases[0].id)
    for case in cases:
        gates = asked.get(case.id, [])
        held = max((each for each in gates if not each[1].is_closed), key=_weight, default=None)
        stage = _STAGES[max((stands.gate.id for _request, stands in gates if stands.is_closed), default="")]
        if held is None:
            said.append((_("{name}: {stage}", name=case.name, stage=_(stage)), None))
            continue
        said.append((_held_words(case, stage, *held), held[1].state))
        if act.noun == UseCase.noun:
            act = _gate_act(_("Open blocker"), held)
    return Card(title, gates_state(rows), first_rows(said), act, str(len(cases)))


def _gate_act(word: str, asked: Asked) -> CardAct:
    """Return what opens a gate; one that nobody asked for is opened by the thing it is about."""
    request, stands = asked
    if request is not None:
        return CardAct(word, noun=GateRequest.noun, id=request.id)
    return CardAct(word, noun=stands.subject.noun, id=stands.subject.id)


def _weight(asked: Asked) -> tuple[int, str]:
    return badness(asked[1].state), asked[1].gate.id


def _held_words(case: UseCase, stage: str, request: GateRequest | None, stands: GateStanding) -> str:
    at = {"name": case.name, "stage": _(stage), "gate": stands.gate.id}
    if request is None:
        return _("{name}: {stage}, {gate} was never asked for", **at)
    days = (clock.now() - (request.recorded_at or clock.now())).days
    missing = ", ".join(role_code(each.role) for each in stands.signatures if each.state.level != "ok")
    at["who"] = missing or _("its items")
    return plural(
        "{name}: {stage}, {gate} waits for {who} since {n} day",
        "{name}: {stage}, {gate} waits for {who} since {n} days",
        days,
        **at,
    )


def _by_case(rows: Rows) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for request, stands in that_matter(rows):
        found.setdefault(stands.subject.other(UseCase.noun) or "", []).append((request, stands))
    return found


def board_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the gate board: every use case with its five gates in words."""
    title, cases = _("Gate board"), rows.find(UseCase, "NOT archived", order="name")
    if not cases:
        return nothing_yet(title, _("No gate asked for."), _DESCRIBE)
    asked = _by_case(rows)
    said = [_board_row(case, [stands for _request, stands in asked.get(case.id, [])]) for case in cases]
    found = [each for gates in asked.values() for each in gates]
    worst = max(found, key=_weight, default=None)
    act = _gate_act(_("Open"), worst) if worst else CardAct(_("Open"), "governance")
    since = newest(request.recorded_at for request, _stands in found if request)
    return Card(title, gates_state(rows), first_rows(said), act, as_of=since)


def _board_row(case: UseCase, found: Sequence[GateStanding]) -> tuple[str, State | None]:
    """Return a use case with the worst standing of each gate; of a gate that nobody asked for there is a dot."""
    parts = []
    for gate in GATES:
        here = [each for each in found if each.gate.id == gate]
        worst = max(here, key=lambda each: badness(each.state), default=None)
        parts.append(f"{gate} ·" if worst is None else f"{gate} ✓" if worst.is_closed else f"{gate} {worst.state.word}")
    state = max((each.state for each in found), key=badness, default=None)
    return f"{case.name}: {'  '.join(parts)}", state


def disagreements_card(rows: Rows, viewer: Viewer) -> Card:
    """Return the card of what people differ on: open ones first, who decides and until when."""
    title, found = _("Decisions and disagreements"), standings(rows)
    act = CardAct(_("Open"), "governance", "disagreement")
    open_ = sorted((each for each in found if not each.is_decided), key=lambda each: each.about.decide_by)
    if not open_:
        count = len(found)
        words = plural("{n} decided, none open.", "{n} decided, none open.", count) if found else _("Nobody differs.")
        return Card(title, State("ok", _("None open")), first_rows([(words, None)]), act)
    said = [
        (
            _(
                "{question} · {role} until {day}",
                question=literal(each.about.question),
                role=role_code(each.decider),
                day=f"{each.about.decide_by:%d %b}",
            ),
            State("bad", _("Late")) if each.days_over else State("warn", _("Open")),
        )
        for each in open_
    ]
    mine = next((each for each in open_ if viewer.role in each.deciders), None)
    if mine is not None:
        act = CardAct(_("Decide"), act="disagreement.decide", values={"disagreement": mine.about.id})
    else:
        act = CardAct(_("Open"), noun=Disagreement.noun, id=open_[0].about.id)
    late = any(each.days_over for each in open_)
    state = State("bad" if late else "warn", plural("{n} open", "{n} open", len(open_)))
    return Card(title, state, first_rows(said), act, str(len(open_)))


def score_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of the production test score: its weakest part, and the next test that nobody did."""
    title = _("Production test score")
    scored = [(request, stands) for request, stands in requested(rows) if stands.test_score is not None]
    if not scored:
        return nothing_yet(title, _("No gate that counts tests was asked for."), CardAct(_("Open gates"), "governance"))
    request, stands = scored[0]
    score = stands.test_score
    assert score is not None
    tests = [each for each in stands.items if each.item.severity == "S"]
    undone = next((each for each in tests if not each.is_settled), None)
    said = [(score.sentence, None), *([(_("next: {test}", test=undone.item.question), undone.state)] if undone else [])]
    state = State("ok", _("Enough")) if score.is_enough else State("warn", _("Too low"))
    act = CardAct(_("Open test"), noun=GateRequest.noun, id=request.id)
    return Card(title, state, first_rows(said), act, f"{score.value:g}", request.recorded_at)

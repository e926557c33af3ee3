"""The production test score: half for by hand, one for by itself, and the weakest part decides about G4."""

from __future__ import annotations

import pytest

from mlops_desk.areas.deployments.release import PlanRelease
from mlops_desk.areas.governance.answer import Answer
from mlops_desk.areas.governance.checklist import items, items_of
from mlops_desk.areas.governance.gate import AskGate, SignGate
from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.areas.governance.score import score_of
from mlops_desk.areas.governance.standing import GateStanding, How, ItemStanding
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.state import State, not_known
from tests.areas.facts import Made, do

TESTS = [each for each in items_of("G4") if each.severity == "S"]


def stand(item_id: str, how: How, choice: str = "yes") -> ItemStanding:
    answer = Answer(item=item_id, subject_noun="release", subject="s", choice=choice) if how == "people" else None  # type: ignore[arg-type]
    return ItemStanding(items()[item_id], not_known(), how, State("ok", ""), answer)


def everywhere(how: How, count: int, choice: str = "yes") -> list[ItemStanding]:
    """Return all tests, so many of each part standing in one way and the others open."""
    found = []
    for part in "DMIO":
        mine = [each.id for each in TESTS if each.id[4] == part]
        found += [stand(id_, how if place < count else "open", choice) for place, id_ in enumerate(mine)]
    return found


def test_that_each_part_has_seven_tests_and_other_gates_have_no_score() -> None:
    score = score_of(everywhere("computed", 7))
    assert score
    assert score.parts == dict.fromkeys("DMIO", 7)
    assert score_of([stand("BIA-07", "computed")]) is None


@pytest.mark.parametrize(
    ("how", "count", "choice", "value"),
    [
        ("computed", 2, "yes", 2.0),
        ("people", 3, "yes", 1.5),
        ("people", 7, "does-not-apply", 0.0),
        ("exception", 7, "yes", 0.0),
        ("open", 7, "yes", 0.0),
    ],
)
def test_that_by_itself_counts_one_and_by_hand_half(how, count, choice, value) -> None:
    score = score_of(everywhere(how, count, choice))
    assert score
    assert score.value == value


def test_that_the_weakest_part_is_the_score_and_one_is_not_enough() -> None:
    weak = [stand("MLT-I1", "computed") if each.item.id == "MLT-I1" else each for each in everywhere("computed", 7)]
    weak = [replace_how(each) if each.item.id in {f"MLT-I{n}" for n in range(2, 8)} else each for each in weak]
    score = score_of(weak)
    assert score
    assert (score.value, score.is_enough) == (1.0, False)
    assert score.sentence == ("test score 1 (data 7, model 7, infrastructure 1, monitoring 7); more than 1 is needed")
    enough = score_of([stand("MLT-I2", "people") if each.item.id == "MLT-I2" else each for each in weak])
    assert enough
    assert enough.is_enough


def replace_how(standing: ItemStanding) -> ItemStanding:
    return stand(standing.item.id, "open")


@pytest.fixture
def release(desk) -> str:
    Made(desk)
    return do(desk, PlanRelease(model="credit", to="staging"))


def test_that_the_gate_says_its_score_when_it_is_asked_for_and_shown(desk, release) -> None:
    said = desk.do(AskGate(gate="G4", subject=release)).said
    assert said.startswith("Asked for G4. Open; ")
    assert "test score 0 (data " in said
    shown = desk.ask(gate_show, "G4", release)
    assert shown.test_score
    assert shown.test_score.sentence in said
    assert "test score" not in desk.do(AskGate(gate="G3", subject="credit")).said


def test_that_a_low_score_keeps_a_gate_open_when_nothing_else_does(desk, release, monkeypatch) -> None:
    shown = desk.ask(gate_show, "G4", release)
    monkeypatch.setattr(GateStanding, "open_blocking", ())
    assert shown.obstacle == shown.test_score.sentence
    desk.act_as("ai-architect", remember=False)
    with pytest.raises(DeskError, match="cannot be approved yet: test score 0") as refused:
        do(desk, SignGate(gate="G4", subject=release))
    assert refused.value.code == "GATE-132"

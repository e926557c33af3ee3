"""The eight homes: what their cards say of a project, and that none of them invents anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.datasets.dataset import ColumnType
from mlops_desk.areas.deployments.cards import lasting_words
from mlops_desk.areas.deployments.delivery import delivered
from mlops_desk.areas.deployments.release import Action, Deployment
from mlops_desk.areas.experiments.cards import shape_words
from mlops_desk.kernel.card import MAX_ROWS, Viewer
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.homes import CARDS, HOMES, MOST_CARDS, arrange, arranged, home_here, titles
from tests.areas.facts import do

Columns = tuple[ColumnType, ...]
NAMES = st.sampled_from("abcd")
COLUMNS = st.dictionaries(NAMES, st.sampled_from(["BIGINT", "VARCHAR"])).map(
    lambda found: tuple(ColumnType(name, kind) for name, kind in found.items())
)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", CARDS)
def test_that_a_card_of_an_empty_project_is_never_good_where_nothing_is_known(desk: Workspace, name: str) -> None:
    card = desk.ask(CARDS[name], Viewer("data-scientist", ""))
    assert 0 < len(card.rows) <= MAX_ROWS
    nothing_to_do = {"to-sign", "way-to-the-gate", "my-items", "to-judge", "clocks", "disagreements", "trail"}
    assert name in nothing_to_do or card.state.level in ("unknown", "info"), "an empty project has nothing good"


def test_that_every_card_has_a_title_of_its_own(desk: Workspace) -> None:
    found = desk.ask(titles, Viewer("ai-ethics", ""))
    assert len(set(found.values())) == len(CARDS)
    assert {name for names in HOMES.values() for name in names} <= set(CARDS)


def test_that_use_cases_say_which_gate_holds_them(desk: Workspace) -> None:
    viewer = Viewer("ai-architect", "")
    case = do(desk, "use-case.add", name="Credit")
    assert [row.text for row in desk.ask(CARDS["use-cases"], viewer).rows] == ["Credit: before Collect"]
    do(desk, "gate.ask", gate="G1", subject="Credit")
    card = desk.ask(CARDS["use-cases"], viewer)
    assert card.rows[0].text.startswith("Credit: before Collect, G1 waits for ")
    assert card.act.noun == "gate-request"
    board = desk.ask(CARDS["gate-board"], viewer)
    assert board.rows[0].text.startswith("Credit: G1 ")
    assert board.rows[0].text.endswith("G2 ·  G3 ·  G4 ·  G5 ·")
    assert case


@given(COLUMNS, COLUMNS)
def test_that_shape_words_name_exactly_what_changed(
    before: tuple[ColumnType, ...], after: tuple[ColumnType, ...]
) -> None:
    old, new = ({each.name: each.type for each in columns} for columns in (before, after))
    said = shape_words(before, after)
    assert bool(said) == (old != new)
    for name in {*old, *new}:
        assert (name in said.replace("new ", "").replace("gone ", "").replace("other type ", "")) == (
            old.get(name) != new.get(name)
        )


@given(st.lists(st.sampled_from(["go-live", "roll-back", "stop"]), max_size=8))
def test_that_a_release_failed_only_if_it_was_taken_back_next(actions: list[Action]) -> None:
    told = [
        Deployment(
            id=str(place), environment="e", action=action, release=str(place), recorded_at=NOON + timedelta(hours=place)
        )
        for place, action in enumerate(actions)
    ]
    pairs = delivered(list(reversed(told)))
    assert len(pairs) == actions.count("go-live")
    failed = sum(one == "go-live" != other for one, other in pairwise(actions))
    assert sum(each.was_taken_back for each in pairs) == failed


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=3), "under a minute"),
        (timedelta(minutes=1, seconds=5), "1 minute"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=9, hours=2), "9 days"),
    ],
)
def test_that_times_are_said_as_people_say_them(time: timedelta, words: str) -> None:
    assert lasting_words(time) == words


def test_that_an_arrangement_is_kept_for_its_role_alone(desk: Workspace) -> None:
    viewer = Viewer("ml-engineer", desk.member.id if desk.member else "")
    desk.ask(arrange, "ml-engineer", ("trail", "live", "trail", "no-such-card"))
    assert [name for name, _card in desk.ask(home_here, viewer).cards] == ["trail", "live"]
    other = desk.ask(home_here, Viewer("data-engineer", viewer.member))
    assert [name for name, _card in other.cards] == list(HOMES["data-engineer"])
    desk.ask(arrange, "ml-engineer", ())
    assert [name for name, _card in desk.ask(home_here, viewer).cards] == list(HOMES["ml-engineer"])


@given(st.lists(st.sampled_from([*CARDS, "unknown", ""]), max_size=20))
def test_that_a_kept_arrangement_is_shown_without_what_is_unknown_or_twice(kept: list[str]) -> None:
    shown = arranged({"ai-ethics": kept}, "ai-ethics")
    assert 0 < len(shown) <= MOST_CARDS
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(CARDS)

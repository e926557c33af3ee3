"""Views of tables that the team shares: whoever asks for a table's views finds them, until they are put away."""

from __future__ import annotations

import json

import pytest

from mlops_desk.areas.team.view import views_of
from mlops_desk.kernel.errors import DeskError
from tests.areas.conftest import Say, Team
from tests.areas.facts import do


def test_that_everybody_finds_a_shared_view_with_its_table(team: Team, say: Say) -> None:
    words = ("--filter", "state:off -owner:?", "--sort=-value", "--sort", "name", "--columns", "name")
    say("Ben", "view", "add", "--name", "Off track", "--table", "kpi list", *words)
    (found,) = json.loads(say("Mira", "view", "list", "kpi list", "--json"))
    assert (found["name"], found["filter"], found["who"]) == ("Off track", "state:off -owner:?", "Ben")
    assert (found["sort"], found["columns"]) == (["-value", "name"], ["name"])
    assert json.loads(say("Mira", "view", "list", "run list", "--json")) == []
    say("Mira", "view", "archive", "Off track")
    assert team["Ana"].ask(views_of, "kpi list") == []


def test_that_a_view_of_no_table_is_refused(team: Team) -> None:
    with pytest.raises(DeskError, match="belongs to no table"):
        do(team["Ana"], "table-view.add", name="Nowhere", table=" ")

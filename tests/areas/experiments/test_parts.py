"""Groups in the words of a run: numbers where names stay, in an order that tells nothing more than the figures."""

from __future__ import annotations

import numpy as np

from mlops_desk.areas.experiments.parts import audits, weakest
from mlops_desk.science.fairness import audit
from mlops_desk.science.study import Slice


def told(first: str, second: str, *, is_open: bool):
    """Audit two groups of 40 rows, of which ``first`` is chosen more often."""
    groups = np.array([first] * 40 + [second] * 40, dtype=object)
    chosen = np.array([True] * 30 + [False] * 10 + [True] * 10 + [False] * 30)
    [found] = audits(audit({"sex": groups}, chosen), lambda _column: is_open)
    return found


def test_that_numbers_do_not_follow_the_alphabet() -> None:
    assert told("a", "b", is_open=False) == told("b", "a", is_open=False), "names leave no trace"
    assert [each.name for each in told("a", "b", is_open=False).groups] == ["group 1", "group 2"]
    assert told("a", "b", is_open=True).groups[0].selection == told("b", "a", is_open=True).groups[0].selection


def test_that_groups_under_ten_rows_are_left_out() -> None:
    groups = np.array(["a"] * 40 + ["rare"] * 9, dtype=object)
    [found] = audits(audit({"sex": groups}, np.zeros(49, dtype=bool)), lambda _column: True)
    assert [each.name for each in found.groups] == ["a"]


def test_that_weak_parts_are_numbered_by_their_rows_over_all_parts_of_the_column() -> None:
    found = [
        Slice(column=column, group=group, n=n, value=value, is_too_few=False)
        for column, group, n, value in (
            ("town", "Bonn", 20, 0.1),
            ("town", "Rare", 9, 0.2),
            ("age", "1 to 2", 30, 0.3),
            ("town", "Emden", 50, 0.4),
        )
    ]
    shown = weakest(found, lambda column: column == "age")
    assert [(each.column, each.group) for each in shown] == [
        ("town", "group 2"),
        ("age", "1 to 2"),
        ("town", "group 1"),
    ]

"""Three versions of a tree made one, as a pure function."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.sync.merge import Item, Rule, join_lines, merge

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e"]), unique=True).map(
    lambda lines: b"".join(line + b"\n" for line in lines)
)


def tree(**items: str) -> dict[str, Item]:
    return {path: Item("100644", id_) for path, id_ in items.items()}


def one(rule: Rule, was: str, mine: str, yours: str) -> str:
    """Merge one path; an empty id stands for no file, ``!`` for a conflict, ``+`` for lines to join."""
    base, ours, theirs = ({"x": Item("100644", id_)} if id_ else {} for id_ in (was, mine, yours))
    merged = merge(base, ours, theirs, lambda _path: rule)
    if merged.conflicts:
        return "!"
    return "+" if merged.to_join else (merged.items["x"].id if "x" in merged.items else "")


@pytest.mark.parametrize(
    ("was", "mine", "yours", "plain", "lines", "keep"),
    [
        ("1", "1", "1", "1", "1", "1"),
        ("1", "2", "1", "2", "2", "2"),
        ("1", "1", "2", "2", "2", "1"),
        ("1", "2", "2", "2", "2", "2"),
        ("1", "2", "3", "!", "+", "2"),
        ("1", "1", "", "", "", "1"),
        ("1", "", "1", "", "", "1"),
        ("", "2", "", "2", "2", "2"),
        ("", "", "3", "3", "3", "3"),
        ("", "2", "3", "!", "+", "2"),
        ("1", "2", "", "!", "+", "2"),
    ],
)
def test_that_each_rule_decides_as_it_says(was: str, mine: str, yours: str, plain: str, lines: str, keep: str) -> None:
    assert one(Rule.PLAIN, was, mine, yours) == plain
    assert one(Rule.LINES, was, mine, yours) == lines
    assert one(Rule.KEEP, was, mine, yours) == keep
    assert one(Rule.MINE, was, mine, yours) == keep


def test_that_paths_do_not_touch_each_other() -> None:
    merged = merge(tree(a="1", b="1"), tree(a="2", b="1", c="5"), tree(a="1", b="3"), lambda _path: Rule.PLAIN)
    assert merged.items == tree(a="2", b="3", c="5")


@given(LINES, LINES, LINES)
def test_that_lines_added_stay_and_lines_removed_go(was: bytes, mine: bytes, yours: bytes) -> None:
    base, ours, theirs = (set(each.split()) for each in (was, mine, yours))
    joined = join_lines(was, mine, yours).split()
    assert len(joined) == len(set(joined))
    assert set(joined) == (ours & theirs) | (ours - base) | (theirs - base)


@given(LINES, LINES)
def test_that_two_who_join_agree_in_the_end(mine: bytes, yours: bytes) -> None:
    here, there = join_lines(b"", mine, yours), join_lines(b"", yours, mine)
    assert set(here.split()) == set(there.split())
    assert join_lines(b"", here, there) == there, "who comes second takes what is there"

"""Three versions of a tree made one: journals line by line, own files kept, everything else only where it is plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple


class Item(NamedTuple):
    """What stands at a path of a tree: its mode and the id of its content."""

    mode: str
    id: str


class Rule(Enum):
    """How two versions of a path become one."""

    LINES = "what either added is kept, what either removed is gone"
    MINE = "mine is the truth"
    KEEP = "what is there stays"
    PLAIN = "a change of one side is taken, two are a conflict"


Tree = Mapping[str, Item]


class Merged(NamedTuple):
    """The tree that both sides agree on, the journals whose lines must be joined, and what nobody can decide."""

    items: dict[str, Item]
    to_join: list[str]
    conflicts: list[str]


def merge(base: Tree, ours: Tree, theirs: Tree, rule_of: Callable[[str], Rule]) -> Merged:
    """Return what becomes of every path; the base may be empty."""
    merged = Merged({}, [], [])
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        was, mine, yours = base.get(path), ours.get(path), theirs.get(path)
        rule = rule_of(path)
        if rule in (Rule.MINE, Rule.KEEP):
            found = mine or yours
        elif mine in (yours, was):
            found = yours
        elif yours == was:
            found = mine
        else:
            (merged.to_join if rule is Rule.LINES else merged.conflicts).append(path)
            continue
        if found:
            merged.items[path] = found
    return merged


def join_lines(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """Return the lines of two versions: those of both, and what either added; in the order of theirs."""
    was, mine, yours = (dict.fromkeys(_lines(version)) for version in (base, ours, theirs))
    kept = [line for line in yours if line in mine or line not in was]
    kept += [line for line in mine if line not in yours and line not in was]
    if kept == list(yours):
        return theirs
    return b"".join(line + b"\n" for line in kept)


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if line]

"""What an entry holds: changes, the smallest things that merge; and what an act returns."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

Op = Literal["set", "fact", "add", "remove", "withdraw"]
OPS = frozenset(get_args(Op))


class Change(msgspec.Struct, frozen=True):
    """One op of an entry, in memory.

    ``value`` is already in wire form. ``pred`` names the ops that this one replaces,
    as pairs of line id and index of the op in that line.
    """

    op: Op
    noun: str
    id: str
    field: str = ""
    value: Any = None
    pred: tuple[tuple[str, int], ...] = ()

    def wire(self) -> dict[str, Any]:
        """Return the op as it stands in a journal line."""
        body: dict[str, Any] = {"op": self.op, "t": self.noun, "id": self.id}
        if self.field:
            body["f"] = self.field
        if self.value is not None or self.op in ("set", "add"):
            body["v"] = self.value
        if self.pred or self.op in ("set", "remove"):
            body["pred"] = [list(pair) for pair in self.pred]
        return body


class Changes(msgspec.Struct, frozen=True):
    """What became different: the nouns whose rows changed, and the ids of those rows.

    ``said`` is the sentence for the person who acted; ``line`` the id of the entry.
    """

    rows: frozenset[tuple[str, str]] = frozenset()
    line: str = ""
    said: str = ""
    id: str = ""
    findings: int = 0

    @property
    def nouns(self) -> frozenset[str]:
        """The nouns of which at least one row changed."""
        return frozenset(noun for noun, _ in self.rows)

    def __or__(self, other: Changes) -> Changes:
        """Join two reports of change; the later one speaks."""
        return Changes(
            rows=self.rows | other.rows,
            line=other.line or self.line,
            said=other.said or self.said,
            id=other.id or self.id,
            findings=self.findings + other.findings,
        )

    def __bool__(self) -> bool:
        """Tell whether anything became different."""
        return bool(self.rows or self.findings)

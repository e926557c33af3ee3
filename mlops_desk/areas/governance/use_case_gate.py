"""What the page of a use case shows of its gate: how G1 stands, and each of its items."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desk.areas.governance.queries import about, gate_standing
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

GATE, NOUN = "G1", "use-case"


def use_case_gate(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return how the gate of a use case stands, how many of its items are settled, and how each item stands."""
    stands = gate_standing(rows, GATE, about(rows, NOUN, id_))
    settled = sum(each.is_settled for each in stands.items)
    return (
        Detail(_("Gate {gate}", gate=GATE), stands.state, "state"),
        Detail(_("Items of {gate}", gate=GATE), _("{n} of {total} settled", n=settled, total=len(stands.items))),
        *(Detail(f"{each.item.id} {each.item.question}", each.state, "state") for each in stands.items),
    )

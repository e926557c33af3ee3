"""Charts of gates: how many items pass, wait and fail."""

from __future__ import annotations

from collections import Counter

from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.governance.queries import about, gate_standing
from mlops_desk.areas.governance.standing import How
from mlops_desk.kernel import clock
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

WORDS: dict[How, str] = {
    "computed": _("Computed"),
    "people": _("By people"),
    "exception": _("Exception"),
    "does not apply": _("Does not apply"),
    "open": _("Open"),
}


def items_chart(rows: Rows, id_: str) -> Chart:
    """Return the items of a requested gate by how they stand."""
    request = rows.get(GateRequest, id_)
    subject = about(rows, request.subject_noun, request.subject)
    stands = gate_standing(rows, request.gate, subject)
    count = Counter(each.how for each in stands.items)
    points = tuple((word, float(count[how])) for how, word in WORDS.items())
    sentence = _("{gate} of {label}: {state}", gate=request.gate, label=subject.label, state=stands.state.word.lower())
    return Chart(sentence, (Series(_("Items"), points),), kind="bars", n=len(stands.items), as_of=clock.now())

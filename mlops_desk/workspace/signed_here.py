"""What was signed here and not sent yet: the others see it only once it was sent, so people are asked at once."""

from __future__ import annotations

from collections.abc import Collection

from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.catalogue import RULES
from mlops_desk.journal.events import is_roster
from mlops_desk.kernel import settings
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.record import Fact, Noun, own_fields
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _
from mlops_desk.workspace.door import Workspace


def words() -> str:
    """Return what is said of it."""
    return _("Signed here, not sent yet")


def wants_to_be_sent(workspace: Workspace, act: Act, changes: Changes) -> bool:
    """Tell whether an act that was just done should be sent at once, and there is a team copy to send it to."""
    if not changes.line or not settings.project(workspace.project.id).remote:
        return False
    return is_roster(act.entry_kind()) or workspace.ask(act.is_urgent)


def is_signature(kind: str) -> bool:
    """Tell whether an entry of a kind is a signature: an approval, or about who belongs to the team."""
    act = RULES.acts.get(kind)
    return is_roster(kind) or (act is not None and act.approval)


def is_signed_by(rows: Rows, noun: str, id_: str, lines: Collection[str]) -> bool:
    """Tell whether one of some entries wrote a thing, or signed it: a fact that it wrote is about that thing."""
    told = rows.sql("SELECT DISTINCT noun, id FROM op WHERE line IN (SELECT unnest(?))", list(lines)) if lines else []
    if (noun, id_) in told:
        return True
    facts = [(RULES.nouns[of], each) for of, each in told if issubclass(RULES.nouns.get(of, Noun), Fact)]
    signed = [row for kind, each in facts for row in rows.find(kind, "id = ?", each)]
    wanted = _as_asked(rows, noun, id_)
    return any((noun, id_) in _pointers(row) or wanted == _at_gate(row) for row in signed)


def _pointers(row: Noun) -> set[tuple[str, str]]:
    named = {(each.about.of, getattr(row, each.name)) for each in own_fields(type(row)) if each.about.of}
    return named | {(getattr(row, "subject_noun", ""), getattr(row, "subject", ""))}


def _as_asked(rows: Rows, noun: str, id_: str) -> tuple[str, str]:
    """Return gate and thing of a request for a gate, which signatures name instead of the request."""
    found = rows.find(GateRequest, "id = ?", id_) if noun == GateRequest.noun else []
    return _at_gate(found[0]) if found else ("-", "-")


def _at_gate(row: Noun) -> tuple[str, str]:
    return getattr(row, "gate", ""), getattr(row, "subject", "")

"""The command that shows a gate on a thing: what is open, who signs, and how well the system is tested."""

from __future__ import annotations

import argparse

from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.cli import output
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _
from mlops_desk.workspace import Workspace


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `gate show`."""
    parser.add_argument("gate", metavar="GATE", help=_("The gate: G1 to G5."))
    parser.add_argument("subject", metavar="SUBJECT", help=_("What it is about: id or name."))
    parser.add_argument("--all", action="store_true", help=_("Also the items that are settled."))
    parser.set_defaults(bound=_show)


def _show(workspace: Workspace, arguments: argparse.Namespace) -> int:
    stands = workspace.ask(gate_show, arguments.gate, arguments.subject)
    if arguments.json:
        output.document(
            {
                "gate": stands.gate.id,
                "subject": stands.subject,
                "state": stands.state,
                "items": stands.items,
                "signatures": stands.signatures,
                "by_people": stands.by_people,
                "exceptions": stands.exceptions,
                "test_score": stands.test_score
                and {"score": stands.test_score.value, "parts": stands.test_score.parts},
            }
        )
        return 0
    output.say(f"{stands.gate.id} {stands.gate.name} · {stands.subject.label} · {output.cell_text(stands.state)}")
    output.say(
        _(
            "Signs: {roles}.",
            roles=", ".join(f"{role_name(each.role)} {output.cell_text(each.state)}" for each in stands.signatures),
        )
    )
    output.say(
        _(
            "{people} answered by people, not computed; {exceptions} by exception.",
            people=stands.by_people,
            exceptions=stands.exceptions,
        )
    )
    if stands.test_score:
        output.say(_("The {score}.", score=stands.test_score.sentence))
    shown = [each for each in stands.items if arguments.all or not each.is_settled]
    columns = (
        Column("id", _("Item")),
        Column("severity", ""),
        Column("state", _("State"), "state"),
        Column("how", _("Settled")),
        Column("value", _("Value")),
        Column("limit", _("Limit")),
        Column("question", _("Question")),
    )
    rows = [
        argparse.Namespace(
            id=each.item.id,
            severity=each.item.severity,
            state=each.state,
            how=each.how,
            value=each.verdict.value,
            limit=each.verdict.limit,
            question=each.item.question,
        )
        for each in shown
    ]
    output.table(columns, rows, _("Every item is settled."))
    return 0

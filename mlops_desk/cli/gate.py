"""The command that shows a gate on a thing: what is open, who signs, who disagrees, and what was said of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from mlops_desk.areas.governance.disagreement_queries import Told, told
from mlops_desk.areas.governance.gate import GateRequest
from mlops_desk.areas.governance.queries import gate_show
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.areas.team.discussion import Said, discussion
from mlops_desk.cli import output
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Workspace

COMMENTS_SHOWN = 5


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `gate show`."""
    parser.add_argument("gate", metavar="GATE", help=_("The gate: G1 to G5."))
    parser.add_argument("subject", metavar="SUBJECT", help=_("What it is about: id or name."))
    parser.add_argument("--all", action="store_true", help=_("Also the items that are settled."))
    parser.set_defaults(bound=_show)


def _show(workspace: Workspace, arguments: argparse.Namespace) -> int:
    stands, differing, said = workspace.ask(_asked, arguments.gate, arguments.subject)
    if arguments.json:
        output.document(_document(stands) | {"disagreements": differing, "comments": said})
    else:
        _say_state(stands)
        for each in differing:
            _say_disagreement(each)
        _say_comments(stands, said)
        _say_items(stands, wants_all=arguments.all)
    return 0


def _asked(rows: Rows, gate: str, subject: str) -> tuple[GateStanding, list[Told], list[Said]]:
    """Return a gate with what people differ on, and what was said of its thing and of the requests for it."""
    stands = gate_show(rows, gate, subject)
    about = (stands.subject.noun, stands.subject.id)
    requests = rows.find(GateRequest, "gate = ? AND subject = ?", stands.gate.id, stands.subject.id)
    threads = [about, *((each.noun, each.id) for each in requests)]
    said = [each for thread in threads for each in discussion(rows, *thread)]
    said.sort(key=lambda each: (each.at.timestamp() if each.at else 0.0, each.id))
    return stands, [told(rows, each) for each in stands.disagreements], said


def _document(stands: GateStanding) -> dict[str, Any]:
    score = stands.test_score
    return {
        "gate": stands.gate.id,
        "subject": stands.subject,
        "state": stands.state,
        "items": stands.items,
        "signatures": stands.signatures,
        "by_people": stands.by_people,
        "exceptions": stands.exceptions,
        "test_score": score and {"score": score.value, "parts": score.parts},
    }


def _say_state(stands: GateStanding) -> None:
    output.say(f"{stands.gate.id} {stands.gate.name} · {stands.subject.label} · {output.cell_text(stands.state)}")
    signs = ", ".join(f"{role_name(each.role)} {output.cell_text(each.state)}" for each in stands.signatures)
    output.say(_("Signs: {roles}.", roles=signs))
    output.say(
        _(
            "{people} answered by people, not computed; {exceptions} by exception.",
            people=stands.by_people,
            exceptions=stands.exceptions,
        )
    )
    if stands.test_score:
        output.say(_("The {score}.", score=stands.test_score.sentence))


def _say_disagreement(found: Told) -> None:
    """Print a disagreement with its decision and every dissent, word for word."""
    output.say(_("Disagreement on {about}: {question}", about=found.about, question=found.question))
    decided = [found.decided] if found.decided else [_("{role} decides", role=role_name(found.decider))]
    show = f"`mlops-desk disagreement show {found.id[: output.SHORT_ID]}`"
    output.say("    " + " · ".join([output.cell_text(found.state), *decided, show]))
    for each in found.said:
        if each.what == "dissent":
            output.say(f"    {each.heading}:")
            output.said(each.text)


def _say_comments(stands: GateStanding, said: Sequence[Said]) -> None:
    if not said:
        return
    earlier = said[:-COMMENTS_SHOWN]
    if earlier:
        output.say(
            plural(
                "{n} earlier comment: `mlops-desk comment list {thing}`",
                "{n} earlier comments: `mlops-desk comment list {thing}`",
                len(earlier),
                thing=f"{stands.subject.noun}/{stands.subject.id[: output.SHORT_ID]}",
            )
        )
    output.discussion(said[-COMMENTS_SHOWN:])


def _say_items(stands: GateStanding, *, wants_all: bool) -> None:
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
        for each in stands.items
        if wants_all or not each.is_settled
    ]
    output.table(columns, rows, _("Every item is settled."))

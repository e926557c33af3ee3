"""What a report says about disagreements: how each stands, and every dissent in the words of its author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mlops_desk.areas.governance.disagreement import Disagreement
from mlops_desk.areas.governance.disagreement_queries import Saying, Told, standings, told
from mlops_desk.areas.governance.standing import GateStanding
from mlops_desk.areas.reports.content import Cell, Column, Section, Shown, Table, addresses_of, stamp
from mlops_desk.kernel.roles import role_code, role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import badness
from mlops_desk.kernel.words import _, declared

_WHAT = {
    "view": declared("view"),
    "decision": declared("decision"),
    "agree": declared("agrees"),
    "accept": declared("accepts"),
    "dissent": declared("dissents"),
}


def tables(rows: Rows, day: date) -> tuple[Table, ...]:
    """Return the disagreements as they stood on a day, and the dissents that stand; none where nobody disagreed."""
    found = sorted(standings(rows, day), key=lambda each: (-badness(each.state), each.about.decide_by, each.about.id))
    if not found:
        return ()
    said = [told(rows, each) for each in found]
    return (_disagreements(rows, said), _dissents(rows, said))


def section(rows: Rows, standings_of_gates: Sequence[GateStanding]) -> tuple[Section, ...]:
    """Return the part of an audit pack with everything that was said in disagreements shown at gates."""
    unique = {each.about.id: each for stands in standings_of_gates for each in stands.disagreements}
    said = [told(rows, each) for each in unique.values()]
    if not said:
        return ()
    name, title = "disagreements", _("Disagreements")
    return (Section(name=name, title=title, tables=(_disagreements(rows, said), *map(_everything, said))),)


def _disagreements(rows: Rows, said: Sequence[Told]) -> Table:
    return Table(
        name="disagreements",
        title=_("Disagreements"),
        columns=(
            Column("question", _("Question")),
            Column("state", _("State"), "state"),
            Column("about", _("About")),
            Column("decided", _("Decided")),
            Column("decider", _("Decides")),
            Column("decide_by", _("By"), "day"),
            Column("options", _("Options")),
        ),
        rows=tuple(
            (
                each.question,
                Shown.of(each.state),
                each.about,
                each.decided,
                role_name(each.decider),
                each.decide_by.isoformat(),
                "; ".join(f"{number} {option}" for number, option in enumerate(each.options, 1)),
            )
            for each in said
        ),
        addresses=addresses_of(rows, ((Disagreement.noun, each.id) for each in said)),
        under={"question": ("options",)},
    )


def _dissents(rows: Rows, said: Sequence[Told]) -> Table:
    standing = [(each, one) for each in said for one in each.said if one.what == "dissent" and one.is_last_word]
    return Table(
        name="dissents",
        title=_("Dissent, word for word"),
        columns=(Column("text", _("Dissent")), Column("question", _("Question")), *_who_columns()),
        rows=tuple((one.text, each.question, *_who(one)) for each, one in standing),
        addresses=addresses_of(rows, ((Disagreement.noun, each.id) for each, _one in standing)),
        under={"text": ("question",)},
        off_paper=("entry",),
        empty=_("Nobody dissents."),
    )


def _everything(each: Told) -> Table:
    lines: list[tuple[Cell, ...]] = [
        (_(_WHAT[one.what]), one.option or None, one.text, one.evidence, one.remark, *_who(one)) for one in each.said
    ]
    return Table(
        name=f"disagreement-{each.id}",
        title=each.question,
        columns=(
            Column("said", _("Said")),
            Column("option", _("Option"), "whole"),
            Column("text", _("In their words")),
            Column("evidence", _("Evidence")),
            Column("remark", _("Remark")),
            *_who_columns(),
        ),
        rows=tuple(lines),
        empty=_("Nobody has said anything yet."),
    )


def _who_columns() -> tuple[Column, ...]:
    return (
        Column("who", _("Who")),
        Column("role", _("As")),
        Column("at", _("When"), "instant"),
        Column("entry", _("Entry")),
    )


def _who(said: Saying) -> tuple[Cell, ...]:
    return said.who, role_code(said.role), stamp(said.at) if said.at else None, said.line

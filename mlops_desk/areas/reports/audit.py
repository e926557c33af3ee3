"""What an audit pack says of one thing: its gates, every signature and answer with its entry, and the objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from mlops_desk.areas.governance.answer import Answer
from mlops_desk.areas.governance.gate import SUBJECT_NOUNS, GateRequest, SignOff
from mlops_desk.areas.governance.queries import gate_standing, said_of
from mlops_desk.areas.governance.standing import GateStanding, ItemStanding
from mlops_desk.areas.reports import dissent
from mlops_desk.areas.reports.content import (
    Cell,
    Column,
    Count,
    Head,
    Report,
    Section,
    Shown,
    Table,
    addresses_of,
    stamp,
)
from mlops_desk.areas.reports.recipe import Recipe
from mlops_desk.areas.team.queries import names, project
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.errors import NotKnownHere
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, language, plural

Names = dict[str, str]


class Evidence(msgspec.Struct, frozen=True):
    """An object that the thing rests on: in the pack, or by hash and size alone and why."""

    digest: str
    what: str
    size_bytes: int | None
    is_inside: bool
    reason: str


def subject_for(rows: Rows, text: str) -> Subject:
    """Return the thing that a person's text means: an id or name of any kind of thing, or of a gate's request.

    Raises:
        NotKnownHere: it means nothing, or things of more than one kind.
    """
    found: dict[tuple[str, str], Subject] = {}
    for noun, maker in rows.registry.subjects.items():
        try:
            id_ = rows.resolve(noun, text)
        except NotKnownHere:
            continue
        found[noun, id_] = maker(rows, id_)
    if not found:
        for request in rows.find(GateRequest, "starts_with(id, ?)", text.lower()) if len(text) >= 4 else ():
            maker = rows.registry.subjects[request.subject_noun]
            found[request.subject_noun, request.subject] = maker(rows, request.subject)
    if len(found) == 1:
        return next(iter(found.values()))
    kinds = ", ".join(f"{noun} {id_[:12]}" for noun, id_ in found)
    raise NotKnownHere(
        _("“{text}” means more than one thing.", text=text) if found else _("There is no “{text}”.", text=text),
        _("Give the id of one: {kinds}.", kinds=kinds)
        if found
        else _("Name a model version, a release, a dataset version, a use case, or a gate that was asked for."),
        code="PROOF-110",
    )


def audit_report(rows: Rows, subject: Subject, evidence: Sequence[Evidence], day: date) -> Report:
    """Return the report of a thing as it stands on a day; equal rows, evidence and day give equal reports."""
    who, about = names(rows), project(rows)
    standings = [gate_standing(rows, gate, subject, day) for gate in _gates_of(rows, subject)]
    return Report(
        name="audit",
        title=_("Audit pack of {label}", label=subject.label),
        project=about.name,
        purpose=about.purpose,
        as_of=day,
        made_at=_newest(rows),
        heads=_heads(rows),
        recipe=Recipe(parts=(), language=language()),
        counts=_counts(standings),
        sentences=tuple(_sentence(each) for each in sorted(standings, key=lambda each: -badness(each.state))),
        not_known=_not_known(standings, evidence),
        sections=(
            Section(name="thing", title=_("What it is about"), tables=(_thing(rows, subject, who),)),
            *(_gate_section(rows, each, who) for each in standings),
            *dissent.section(rows, standings),
            Section(name="evidence", title=_("Objects"), tables=(_objects(evidence),)),
        ),
    )


def _gates_of(rows: Rows, subject: Subject) -> list[str]:
    fitting = {gate for gate, noun in SUBJECT_NOUNS.items() if noun == subject.noun}
    asked = {each.gate for each in rows.find(GateRequest, "subject = ?", subject.id)}
    signed = {each.gate for each in rows.find(SignOff, "subject = ?", subject.id)}
    return sorted(fitting | asked | signed)


def _newest(rows: Rows) -> datetime:
    """Return the time of the newest entry: the report is made of entries, and equal ones give equal bytes."""
    return instant(int(rows.sql("SELECT coalesce(max(ms), 0) FROM line WHERE verdict = 'ok'")[0][0])).replace(
        microsecond=0
    )


def _heads(rows: Rows) -> tuple[Head, ...]:
    query = "SELECT device, max(seq), arg_max(id, seq) FROM line WHERE verdict = 'ok' GROUP BY device ORDER BY device"
    return tuple(Head(device, int(seq), line) for device, seq, line in rows.sql(query))


def _counts(standings: Sequence[GateStanding]) -> tuple[Count, ...]:
    states = {each.state.word: Shown(each.state.level, each.state.word) for each in standings}
    return tuple(Count(state, sum(each.state.word == word for each in standings)) for word, state in states.items())


def _sentence(stands: GateStanding) -> Shown:
    reason = f": {stands.state.reason}" if stands.state.reason else ""
    words = f"{stands.gate.id} {stands.gate.name}: {stands.state.word}{reason}"
    return Shown(stands.state.level, words)


def _not_known(standings: Sequence[GateStanding], evidence: Sequence[Evidence]) -> tuple[str, ...]:
    found = [
        f"{stands.gate.id} {each.item.id}: {each.verdict.state.reason or each.item.question}"
        for stands in standings
        for each in stands.items
        if each.verdict.state.level == "unknown" and not each.is_settled
    ]
    outside = sum(not each.is_inside for each in evidence)
    if outside:
        found.append(
            plural(
                "{n} object is named by hash and size only; the table says why.",
                "{n} objects are named by hash and size only; the table says why.",
                outside,
            )
        )
    return tuple(found)


def _table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    empty: str = "",
    addresses: tuple[str, ...] = (),
) -> Table:
    return Table(name=name, title=title, columns=tuple(columns), rows=tuple(rows), empty=empty, addresses=addresses)


def _thing(rows: Rows, subject: Subject, who: Names) -> Table:
    authors = ", ".join(sorted(who.get(each, each) for each in subject.authors))
    lines: list[tuple[Cell, ...]] = [
        (_("kind"), subject.noun.replace("-", " ")),
        (_("name"), subject.label),
        (_("id"), subject.id),
        (_("content hash"), subject.hash),
        (_("made by"), authors or _("not known")),
        (_("fields with two versions"), ", ".join(subject.contested) or _("none")),
    ]
    about = [("", "")] * len(lines)
    about[1] = (subject.noun, subject.id)
    for noun, id_ in subject.related:
        if id_ and (noun, id_) != (subject.noun, subject.id):
            maker = rows.registry.subjects.get(noun)
            label = maker(rows, id_).label if maker else ""
            lines.append((noun.replace("-", " "), f"{label} {id_}".strip()))
            about.append((noun, id_))
    columns = (Column("what", _("What")), Column("value", _("Value")))
    return _table("thing", subject.label, columns, lines, addresses=addresses_of(rows, about))


def _gate_section(rows: Rows, stands: GateStanding, who: Names) -> Section:
    state = f"{stands.state.word}. {stands.state.reason}".strip()
    texts = [
        state,
        plural(
            "{n} item was answered by people and not computed.",
            "{n} items were answered by people and not computed.",
            stands.by_people,
        ),
    ]
    if stands.test_score:
        texts.append(stands.test_score.sentence)
    name = stands.gate.id.lower()
    return Section(
        name=name,
        title=f"{stands.gate.id} {stands.gate.name}",
        texts=tuple(texts),
        tables=(
            _signatures(rows, stands, who),
            _items(stands),
            _answers(rows, stands, who),
            _exceptions(rows, stands, who),
        ),
    )


def _by(fact: Fact, who: Names) -> tuple[Cell, ...]:
    """Return the cells that say who, in which role, when, and which entry proves it."""
    at = stamp(fact.recorded_at) if fact.recorded_at else None
    return who.get(fact.recorded_by, fact.recorded_by), role_code(fact.recorded_as), at, fact.line


def _who_columns() -> tuple[Column, ...]:
    return (
        Column("who", _("Who")),
        Column("role", _("As")),
        Column("at", _("When"), "instant"),
        Column("entry", _("Entry")),
    )


def _signatures(rows: Rows, stands: GateStanding, who: Names) -> Table:
    sign_offs = rows.find(SignOff, "gate = ? AND subject = ?", stands.gate.id, stands.subject.id)
    columns = (
        Column("decision", _("Decision")),
        Column("covers", _("Covers"), "state"),
        Column("hash", _("Content hash")),
        Column("by_people", _("By people"), "whole"),
        Column("exceptions", _("By exception"), "whole"),
        Column("note", _("Note")),
        *_who_columns(),
    )
    lines = [
        (
            each.decision,
            Shown.of(_covers(each, stands.subject)),
            each.subject_hash,
            each.by_people,
            each.exceptions,
            each.note,
            *_by(each, who),
        )
        for each in sign_offs
    ]
    return _table(
        f"{stands.gate.id}-signatures",
        _("Signatures"),
        columns,
        lines,
        _("Nobody has signed."),
        _addresses(rows, sign_offs),
    )


def _covers(each: SignOff, subject: Subject) -> State:
    same = bool(subject.hash) and each.subject_hash == subject.hash
    return State("ok", _("This content")) if same else State("warn", _("Other content"))


def _items(stands: GateStanding) -> Table:
    columns = (
        Column("item", _("Item")),
        Column("question", _("Question")),
        Column("state", _("State"), "state"),
        Column("how", _("Settled")),
        Column("found", _("Found by the software"), "state"),
        Column("value", _("Value")),
        Column("limit", _("Limit")),
    )
    return _table(f"{stands.gate.id}-items", _("Items"), columns, [_item(each) for each in stands.items])


def _item(each: ItemStanding) -> tuple[Cell, ...]:
    found, item = each.verdict, each.item
    return item.id, item.question, Shown.of(each.state), each.how, Shown.of(found.state), found.value, found.limit


def _answers(rows: Rows, stands: GateStanding, who: Names) -> Table:
    said, here = said_of(rows, stands.subject), {each.item.id for each in stands.items}
    answers: list[Answer] = [one for item, found in said.answers.items() if item in here for one in found]
    lines: list[tuple[Cell, ...]] = []
    told: list[Fact] = []
    for each in sorted(answers, key=lambda one: (one.item, str(one.recorded_at), one.id)):
        lines.append((each.item, each.choice, each.evidence, each.note, *_by(each, who)))
        told.append(each)
        for second in said.confirmations.get(each.id, ()):
            agrees = _("confirms") if second.agrees else _("disagrees")
            lines.append((each.item, agrees, "", second.note, *_by(second, who)))
            told.append(second)
    columns = (
        Column("item", _("Item")),
        Column("said", _("Said")),
        Column("evidence", _("Evidence")),
        Column("note", _("Note")),
        *_who_columns(),
    )
    return _table(
        f"{stands.gate.id}-answers",
        _("Answers of people"),
        columns,
        lines,
        _("Nobody has answered."),
        _addresses(rows, told),
    )


def _exceptions(rows: Rows, stands: GateStanding, who: Names) -> Table:
    said, here = said_of(rows, stands.subject), {each.item.id for each in stands.items}
    lines: list[tuple[Cell, ...]] = []
    told: list[Fact] = []
    for item, wishes in sorted(said.exceptions.items()):
        for wish in wishes if item in here else ():
            lines.append((item, wish.until.isoformat(), wish.reason, wish.counter_measure, *_by(wish, who)))
            told.append(wish)
            signed = said.exception_signatures.get(wish.id, ())
            lines += [(item, wish.until.isoformat(), _("signs"), each.note, *_by(each, who)) for each in signed]
            told += signed
    columns = (
        Column("item", _("Item")),
        Column("until", _("Until"), "day"),
        Column("reason", _("Reason")),
        Column("measure", _("Counter-measure")),
        *_who_columns(),
    )
    return _table(
        f"{stands.gate.id}-exceptions",
        _("Exceptions"),
        columns,
        lines,
        _("There is no exception."),
        _addresses(rows, told),
    )


def _addresses(rows: Rows, told: Sequence[Fact]) -> tuple[str, ...]:
    return addresses_of(rows, ((each.noun, each.id) for each in told))


def _objects(evidence: Sequence[Evidence]) -> Table:
    columns = (
        Column("what", _("What")),
        Column("inside", _("In this pack"), "state"),
        Column("size", _("Bytes"), "whole"),
        Column("sha256", "sha256"),
    )
    inside = Shown("ok", _("Inside"))
    lines = [
        (
            each.what,
            inside if each.is_inside else Shown("info", _("By hash only"), each.reason),
            each.size_bytes,
            each.digest,
        )
        for each in evidence
    ]
    return _table("objects", _("Objects it rests on"), columns, lines, _("It rests on no object."))

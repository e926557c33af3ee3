"""Questions about gates: how each stands, what is open, and who is waited for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from mlops_desk.areas.datasets.column import CLASSES, SecurityClass
from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.datasets.queries import confirmed_classes
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.answer import Answer, Confirmation
from mlops_desk.areas.governance.checklist import Item, checklists, gate, items_of
from mlops_desk.areas.governance.disagreement_queries import about_subject, gate_details_of
from mlops_desk.areas.governance.exception import ExceptionSignature, GateException
from mlops_desk.areas.governance.gate import GateRequest, SignOff, subject_of
from mlops_desk.areas.governance.standing import GateStanding, ItemStanding, Said, gate_state, item_standing
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Mark, Need, Span
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import NotKnownHere
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, Verdict, badness, not_known
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, plural


class GateRow(msgspec.Struct, frozen=True):
    """A gate that was asked for, on its thing."""

    id: str
    gate: str
    subject: str
    state: State
    signed: str
    missing: str
    settled: str
    by_people: int
    exceptions: int
    asked: datetime | None


class ItemRow(msgspec.Struct, frozen=True):
    """An item of a checklist."""

    id: str
    checklist: str
    question: str
    answers: str
    signs: str
    gates: str
    severity: str
    computed: str


class ExceptionRow(msgspec.Struct, frozen=True):
    """An exception with its end."""

    id: str
    item: str
    subject: str
    reason: str
    counter_measure: str
    until: date
    state: State


def traits_of(rows: Rows, subject: Subject) -> dict[str, bool | None]:
    """Return what decides which items apply and who signs; None where the use case does not say."""
    case_id = subject.other("use-case")
    cases = rows.find(UseCase, "id = ?", case_id) if case_id else []
    strictest = _class(rows, subject)
    found: dict[str, bool | None] = {"ext": False}  # recipes of the desk use no outside model
    if strictest is not None:
        found["conf+"] = strictest != "public"
    if cases:
        case = cases[0]
        tier = _settled(case, "risk_tier")
        found |= {
            "cls": _settled(case, "sorts_people"),
            "user": _settled(case, "seen_by_people"),
            "pers": _settled(case, "personal_data"),
            "high": None if tier is None else tier in ("high", "prohibited"),
            "prohibited": case.risk_tier == "prohibited",
        }
    if strictest in ("sensitive", "pii"):
        found["pers"] = True  # whatever the use case says: the data decides
    return found


def _settled(case: UseCase, name: str) -> Any:
    """Return a field, or None where it has two versions: then nobody knows yet."""
    return None if name in case.contested else getattr(case, name)


def _class(rows: Rows, subject: Subject) -> SecurityClass | None:
    """Return the class of the data that a thing rests on; unclassified counts as PII."""
    found = rows.find(DatasetVersion, "id = ?", subject.other("dataset-version"))
    if not found:
        return None
    return max((each or "pii" for each in confirmed_classes(rows, found[0]).values()), key=CLASSES.index)


def check(rows: Rows, item: Item, subject: Subject, day: date) -> Verdict:
    """Return what the software finds for an item about a thing."""
    if item.check is None:
        return not_known(item.not_computed)
    found = rows.registry.checks.get(item.check.id)
    if found is None:
        return not_known(_("{check} cannot be computed yet", check=item.check.id))
    verdict: Verdict = found(rows, subject, item.check.args, day)
    return verdict


def said_of(rows: Rows, subject: Subject) -> Said:
    """Return what people said of a thing."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for answer in rows.find(Answer, "subject = ?", subject.id, order="recorded_at DESC, id"):
        answers[answer.item].append(answer)
    confirmations: dict[str, list[Confirmation]] = defaultdict(list)
    for confirmation in rows.find(Confirmation, "answer IN (SELECT id FROM answer WHERE subject = ?)", subject.id):
        confirmations[confirmation.answer].append(confirmation)
    exceptions: dict[str, list[GateException]] = defaultdict(list)
    signatures: dict[str, list[ExceptionSignature]] = defaultdict(list)
    for wish in rows.find(GateException, "subject = ?", subject.id):
        exceptions[wish.item].append(wish)
        signatures[wish.id] = rows.find(ExceptionSignature, "exception = ?", wish.id)
    return Said(answers, confirmations, exceptions, signatures)


def about(rows: Rows, noun: str, id_: str) -> Subject:
    """Return the thing as signatures cover it; one that has not arrived here yet covers nothing."""
    try:
        found: Subject = rows.registry.subjects[noun](rows, id_)
    except NotKnownHere:
        return Subject(noun, id_, _("{id}… (not here yet)", id=id_[:8]), "")
    return found


def gate_standing(rows: Rows, gate_id: str, subject: Subject, day: date | None = None) -> GateStanding:
    """Return how a gate stands on a thing, computed from the records as they are."""
    on = day or today()
    key = ("gate_standing", gate_id, subject.id, on)
    if key not in rows.memo:
        rows.memo[key] = _gate_standing(rows, gate_id, subject, on)
    found: GateStanding = rows.memo[key]
    return found


def _gate_standing(rows: Rows, gate_id: str, subject: Subject, on: date) -> GateStanding:
    traits, said = traits_of(rows, subject), said_of(rows, subject)
    standings = [item_standing(each, check(rows, each, subject, on), said, traits, on) for each in items_of(gate_id)]
    sign_offs = rows.find(SignOff, "gate = ? AND subject = ?", gate_id, subject.id)
    differing = about_subject(rows, subject.noun, subject.id, subject.related, on)
    return gate_state(gate(gate_id), subject, standings, sign_offs, traits, on, disagreements=differing)


def item_shown(rows: Rows, asked: Item, subject: Subject) -> ItemStanding:
    """Return how one item stands on a thing today."""
    verdict = check(rows, asked, subject, today())
    return item_standing(asked, verdict, said_of(rows, subject), traits_of(rows, subject), today())


def gate_show(rows: Rows, gate_id: str, text: str) -> GateStanding:
    """Return how a gate stands on the thing that a person's text means."""
    return gate_standing(rows, gate(gate_id).id, subject_of(rows, gate_id, text))


def requested(rows: Rows) -> list[tuple[GateRequest, GateStanding]]:
    """Return every gate that was asked for, newest request first, once for each thing."""
    found: dict[tuple[str, str], tuple[GateRequest, GateStanding]] = {}
    for each in rows.find(GateRequest, order="recorded_at DESC, id"):
        if each.subject_noun in rows.registry.subjects and (each.gate, each.subject) not in found:
            subject = about(rows, each.subject_noun, each.subject)
            found[each.gate, each.subject] = (each, gate_standing(rows, each.gate, subject))
    return list(found.values())


def gate_rows(rows: Rows) -> list[GateRow]:
    """Return the gates that were asked for, worst first."""
    found = [_gate_row(request, stands) for request, stands in requested(rows)]
    return sorted(found, key=lambda each: (-badness(each.state), each.gate))


def _gate_row(request: GateRequest, stands: GateStanding) -> GateRow:
    settled = sum(each.is_settled for each in stands.items)
    return GateRow(
        id=request.id,
        gate=stands.gate.id,
        subject=stands.subject.label,
        state=stands.state,
        signed=", ".join(role_code(each.role) for each in stands.signatures if each.state.level == "ok"),
        missing=", ".join(role_code(each.role) for each in stands.signatures if each.state.level != "ok"),
        settled=_("{n} of {all}", n=settled, all=len(stands.items)),
        by_people=stands.by_people,
        exceptions=stands.exceptions,
        asked=request.recorded_at,
    )


def item_rows(rows: Rows) -> list[ItemRow]:  # noqa: ARG001 - a listing is asked with rows
    """Return all items of the six checklists."""
    return [
        ItemRow(
            each.id,
            checklist.title,
            each.question,
            each.answers,
            each.signs,
            ", ".join(each.gates),
            {"B": _("blocks"), "W": _("warns"), "S": _("scored")}[each.severity],
            each.check.id if each.check else _("not computed yet"),
        )
        for checklist in checklists()
        for each in checklist.items
    ]


def exception_rows(rows: Rows) -> list[ExceptionRow]:
    """Return the exceptions, those that run first."""
    signed = {each.exception for each in rows.find(ExceptionSignature)}
    return [
        _exception_row(rows, each, is_signed=each.id in signed)
        for each in rows.find(GateException, order='"until" DESC')
    ]


def _exception_row(rows: Rows, wish: GateException, *, is_signed: bool) -> ExceptionRow:
    if today() > wish.until:
        state = State("info", _("Ended"))
    elif is_signed:
        state = State("warn", _("Runs"))
    else:
        state = State("unknown", _("Waits for a second signature"))
    subject = about(rows, wish.subject_noun, wish.subject)
    return ExceptionRow(wish.id, wish.item, subject.label, wish.reason, wish.counter_measure, wish.until, state)


def gate_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a requested gate shows."""
    request = rows.get(GateRequest, id_)
    subject = about(rows, request.subject_noun, request.subject)
    stands = gate_standing(rows, request.gate, subject)
    who = names(rows)
    lines = [
        Detail(_("State"), stands.state, "state"),
        Detail(_("Subject"), subject.label),
        Detail(_("Content hash"), subject.hash, "id"),
        *([Detail(_("Test score"), stands.test_score.sentence)] if stands.test_score else []),
        Detail(_("Answered by people, not computed"), stands.by_people, "whole"),
        Detail(_("Exceptions"), stands.exceptions, "whole"),
    ]
    for each in stands.signatures:
        name = who.get(each.sign_off.recorded_by, "") if each.sign_off else ""
        lines.append(Detail(role_code(each.role) + (f" · {name}" if name else ""), each.state, "state"))
    items = [_item_detail(each) for each in stands.items if not each.is_settled]
    return [*lines, *gate_details_of(stands.disagreements), *items]


def _item_detail(standing: ItemStanding) -> Detail:
    return Detail(f"{standing.item.id} {standing.item.question}", standing.state, "state")


def that_matter(rows: Rows) -> list[tuple[GateRequest | None, GateStanding]]:
    """Return the gates that were asked for, and those that what is live needs, asked for or not; worst first."""
    found: dict[tuple[str, str], tuple[GateRequest | None, GateStanding]] = {
        (stands.gate.id, stands.subject.id): (request, stands) for request, stands in requested(rows)
    }
    for gate_id, noun, id_ in (each for needed in rows.registry.gated for each in needed(rows)):
        if (gate_id, id_) not in found:
            found[gate_id, id_] = None, _never_asked(gate_standing(rows, gate_id, about(rows, noun, id_)))
    return sorted(found.values(), key=lambda each: (-badness(each[1].state), each[1].gate.id))


def _never_asked(stands: GateStanding) -> GateStanding:
    if stands.is_closed:
        return stands
    return msgspec.structs.replace(stands, state=State("warn", _("Open"), _("live, and the gate was never asked for")))


def gates_state(rows: Rows) -> State:
    """Return how the gates stand together, for the state line."""
    found = [stands for _request, stands in that_matter(rows)]
    if not found:
        return State("unknown", _("No gate asked for"))
    worst = found[0]
    if worst.is_closed:
        return State("ok", plural("The gate is closed", "{n} gates, all closed", len(found)))
    text = _(
        "{gate} of {label} is {state}", gate=worst.gate.id, label=worst.subject.label, state=worst.state.word.lower()
    )
    return State(worst.state.level, text, worst.state.reason)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def needs(rows: Rows) -> list[Need]:
    """Return the answers, second signatures and signatures that gates wait for; a gate that is closed asks for nothing.

    What is still open at a closed gate never held it: it is told there, and asked of nobody.
    """
    waiting = [(request, stands) for request, stands in requested(rows) if not stands.is_closed]
    return [*_item_needs(waiting), *_signature_needs(waiting)]


def _item_needs(asked: Sequence[tuple[GateRequest, GateStanding]]) -> list[Need]:
    """Return one need for each gate and role whose answers, or whose second signatures, are missing."""
    found = []
    for request, stands in asked:
        open_items = [each for each in stands.items if not each.is_settled and not each.is_failed]
        to_answer = Counter(each.item.answering_role for each in open_items if each.answer is None)
        to_confirm = Counter(
            each.item.confirming_role for each in open_items if each.answer is not None and not each.is_confirmed
        )
        at = {"gate": stands.gate.id, "label": stands.subject.label}
        where = f"{stands.gate.id} {stands.subject.label}"
        for role, count in to_answer.items():
            said = plural(
                "{gate} of {label}: {n} item to answer.", "{gate} of {label}: {n} items to answer.", count, **at
            )
            found.append(_item_need(request, role, said, f"gate show {where}"))
        for role, count in to_confirm.items():
            said = plural(
                "{gate} of {label}: {n} answer to confirm.", "{gate} of {label}: {n} answers to confirm.", count, **at
            )
            found.append(_item_need(request, role, said, f"gate confirm {where}"))
    return found


def _item_need(request: GateRequest, role: str, said: str, settle: str) -> Need:
    waiting = State("warn", _("Waiting"))
    since, by = request.recorded_at, request.recorded_by
    return Need(said, "gate-request", request.id, waiting, roles=(role,), since=since, settle=settle, asked_by=by)


def _signature_needs(asked: Sequence[tuple[GateRequest, GateStanding]]) -> list[Need]:
    return [
        Need(
            _(
                "{gate} of {label} waits for {role}.",
                gate=stands.gate.id,
                label=stands.subject.label,
                role=role_code(each.role),
            ),
            "gate-request",
            request.id,
            each.state,
            roles=(each.role,),
            since=request.recorded_at,
            settle=f"gate sign {stands.gate.id} {stands.subject.label}",
            asked_by=request.recorded_by,
        )
        for request, stands in asked
        for each in stands.signatures
        if each.state.level != "ok"
    ]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, gates were signed."""
    return [
        Mark(
            each.recorded_at,
            _(
                "{gate} signed by {role}: {decision}",
                gate=each.gate,
                role=role_code(each.recorded_as),
                decision=each.decision,
            ),
            "sign-off",
            each.id,
        )
        for each in rows.find(SignOff, *span.within)
        if each.recorded_at
    ]

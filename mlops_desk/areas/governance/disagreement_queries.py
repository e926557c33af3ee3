"""Questions about disagreements: how each stands, what was said in whose words, and who is waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

import msgspec

from mlops_desk.areas.governance.answer import Answer
from mlops_desk.areas.governance.disagreement import (
    Disagreement,
    DisagreementAnswer,
    DisagreementDecision,
    DisagreementView,
)
from mlops_desk.areas.governance.disagreement_standing import (
    DisagreementStanding,
    last_words,
    standing,
)
from mlops_desk.areas.governance.exception import GateException
from mlops_desk.areas.governance.gate import GateRequest, SignOff
from mlops_desk.areas.team.queries import accountable, names
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.roles import role_code, role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

_AT_A_GATE = (GateRequest, SignOff, Answer, GateException)
STANCES = {"agree": _("agrees"), "accept": _("accepts"), "dissent": _("dissents")}
F = TypeVar("F", DisagreementView, DisagreementDecision, DisagreementAnswer)


class Saying(msgspec.Struct, frozen=True):
    """What somebody said, and the entry that proves it: a view, a decision, or an answer to one.

    ``what`` is ``view``, ``decision``, ``agree``, ``accept`` or ``dissent``; ``option`` is 0 for answers. ``remark``
    says what is to know about it, such as that it came after the decision; empty where nothing is.
    """

    what: str
    who: str
    role: str
    at: datetime | None
    option: int
    text: str
    evidence: str
    remark: str
    is_last_word: bool
    line: str

    @property
    def heading(self) -> str:
        """Who said it in which role, and what kind of thing it is."""
        who = f"{role_code(self.role)} · {self.who}"
        if self.what == "view":
            said = _("{who} for option {option}", who=who, option=self.option)
        elif self.what == "decision":
            said = _("{who} decided for option {option}", who=who, option=self.option)
        else:
            said = f"{who} {_(STANCES[self.what])}"
        return f"{said} ({self.remark})" if self.remark else said


class Told(msgspec.Struct, frozen=True):
    """A disagreement in words, with everything that was said, oldest first."""

    id: str
    question: str
    about: str
    subject_noun: str
    subject: str
    state: State
    options: tuple[str, ...]
    decider: str
    decide_by: date
    decided: str
    views: int
    dissents: int
    raised_by: str
    raised_at: datetime | None
    asked: tuple[str, ...]
    common: str
    cost: str
    said: tuple[Saying, ...]
    line: str


def standings(rows: Rows, day: date | None = None) -> list[DisagreementStanding]:
    """Return how every disagreement stands on a day, in the order in which they were raised."""
    return _standings(rows, rows.find(Disagreement), day)


def _standings(rows: Rows, found: Sequence[Disagreement], day: date | None) -> list[DisagreementStanding]:
    if not found:
        return []
    views, decisions = _by_disagreement(rows, DisagreementView), _by_disagreement(rows, DisagreementDecision)
    answers, on = _by_disagreement(rows, DisagreementAnswer), day or today()
    return [
        standing(each, _decider(rows, each), views[each.id], decisions[each.id], answers[each.id], on) for each in found
    ]


def _by_disagreement(rows: Rows, noun: type[F]) -> dict[str, list[F]]:
    found: dict[str, list[F]] = defaultdict(list)
    for each in rows.find(noun):
        found[each.disagreement].append(each)
    return found


def _decider(rows: Rows, about: Disagreement) -> str:
    """Return the role that decides: as the RACI says, whatever was written; as written of a kind unknown here."""
    return accountable(rows, about.subject_noun) if about.subject_noun in rows.registry.raci else about.decider


def standing_of(rows: Rows, id_: str, day: date | None = None) -> DisagreementStanding:
    """Return how one disagreement stands."""
    return _standings(rows, [rows.get(Disagreement, id_)], day)[0]


def about_subject(
    rows: Rows, noun: str, id_: str, related: Sequence[tuple[str, str]], day: date
) -> tuple[DisagreementStanding, ...]:
    """Return the disagreements about a thing, about what it rests on, and about what was said at its gates."""
    raised = rows.find(Disagreement)
    if not raised:
        return ()
    things = {(noun, id_), *related}
    for kind in _AT_A_GATE:
        things |= {(kind.noun, each.id) for each in rows.find(kind, "subject = ?", id_)}
    return tuple(_standings(rows, [each for each in raised if (each.subject_noun, each.subject) in things], day))


# --- in words ------------------------------------------------------------------------------------


def told(rows: Rows, stands: DisagreementStanding) -> Told:
    """Return a disagreement in words."""
    about, who = stands.about, names(rows)
    return Told(
        id=about.id,
        question=about.question,
        about=rows.called(about.subject_noun, about.subject),
        subject_noun=about.subject_noun,
        subject=about.subject,
        state=stands.state,
        options=about.options,
        decider=stands.decider,
        decide_by=about.decide_by,
        decided=" | ".join(dict.fromkeys(about.options[each.option - 1] for each in stands.heads)),
        views=len(stands.views),
        dissents=len(stands.dissents),
        raised_by=who.get(about.recorded_by, about.recorded_by[:8]),
        raised_at=about.recorded_at,
        asked=about.asked,
        common=about.common,
        cost=about.cost,
        said=tuple(_sayings(stands, who)),
        line=about.line,
    )


def _sayings(stands: DisagreementStanding, who: dict[str, str]) -> list[Saying]:
    late, last_views, last_answers = stands.late_views, stands.last_views, last_words(stands.answers)
    found = [
        _saying(
            "view",
            each,
            who,
            each.because,
            _("came after the decision") if each in late else "" if each in last_views else _("earlier"),
            is_last_word=each in last_views,
        )
        for each in stands.views
    ]
    for decision in (*stands.powerless, *stands.decisions):
        is_head = decision in stands.heads
        remark = "" if is_head else _("replaced")
        if decision in stands.powerless:
            remark = _("does not count: {role} decides", role=role_name(stands.decider))
        found.append(_saying("decision", decision, who, decision.reason, remark, is_last_word=is_head))
    heads = {each.line for each in stands.heads}
    for answer in stands.answers:
        is_last = answer in last_answers
        remark = "" if is_last else _("earlier")
        if is_last and not heads & {*answer.over}:
            remark = _("to an earlier decision")
        found.append(_saying(answer.stance, answer, who, answer.text, remark, is_last_word=is_last))
    return found


def _saying(
    what: str,
    fact: DisagreementView | DisagreementDecision | DisagreementAnswer,
    who: dict[str, str],
    text: str,
    remark: str,
    *,
    is_last_word: bool,
) -> Saying:
    return Saying(
        what,
        who.get(fact.recorded_by, fact.recorded_by[:8]),
        fact.recorded_as,
        fact.recorded_at,
        0 if isinstance(fact, DisagreementAnswer) else fact.option,
        text,
        fact.evidence if isinstance(fact, DisagreementView) else "",
        remark,
        is_last_word,
        fact.line,
    )


def disagreements(rows: Rows) -> list[Told]:
    """Return all disagreements, worst first."""
    return _worst_first(rows, standings(rows))


def disagreements_on(rows: Rows, text: str) -> list[Told]:
    """Return the disagreements about the thing that a text means, worst first."""
    noun, id_ = rows.meant(text)
    found = rows.find(Disagreement, "subject_noun = ? AND subject = ?", noun, id_)
    return _worst_first(rows, _standings(rows, found, None))


def _worst_first(rows: Rows, found: Sequence[DisagreementStanding]) -> list[Told]:
    return [told(rows, each) for each in sorted(found, key=lambda each: (-badness(each.state), each.about.decide_by))]


def disagreement_told(rows: Rows, text: str) -> Told:
    """Return the disagreement that a text means: its id, the beginning of it, or its question."""
    return told(rows, standing_of(rows, rows.resolve(Disagreement.noun, text)))


def disagreement_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a disagreement shows: all positions side by side, every word as it was said."""
    found = told(rows, standing_of(rows, id_))
    lines = [
        Detail(_("State"), found.state, "state"),
        Detail(_("About"), found.about),
        *(Detail(_("Option {n}", n=number), each) for number, each in enumerate(found.options, 1)),
        Detail(_("Decided"), found.decided),
        Detail(_("Decides"), role_name(found.decider)),
        Detail(_("By"), found.decide_by, "day"),
        Detail(_("Raised by"), found.raised_by),
        Detail(_("Both sides accept"), found.common),
        Detail(_("Waiting costs"), found.cost),
    ]
    return [*lines, *(Detail(each.heading, _words(each)) for each in found.said)]


def _words(said: Saying) -> str:
    evidence = _("Evidence: {evidence}", evidence=said.evidence) if said.evidence else ""
    return "\n".join(each for each in (said.text, evidence) if each) or _("(no words)")


def gate_details_of(found: Sequence[DisagreementStanding]) -> list[Detail]:
    """Return the lines by which a gate shows the disagreements about its thing."""
    return [Detail(_("Disagreement: {question}", question=each.about.question), each.state, "state") for each in found]

"""Who is waited for where people disagree: the decider, whose view is asked, who took part; and what happened when."""

from __future__ import annotations

from mlops_desk.areas.governance.disagreement import Disagreement, DisagreementAnswer, DisagreementDecision
from mlops_desk.areas.governance.disagreement_queries import STANCES, standings
from mlops_desk.areas.governance.disagreement_standing import ALL_AFTER_DAYS, DisagreementStanding
from mlops_desk.areas.team.hand_over import have_handed_over
from mlops_desk.areas.team.queries import active_members
from mlops_desk.kernel.area import Mark, Need, Span
from mlops_desk.kernel.literal import literal
from mlops_desk.kernel.roles import ROLES, role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _


def needs(rows: Rows) -> list[Need]:
    """Return what disagreements wait for: a decision, views that are asked for, answers to a decision."""
    found: list[Need] = []
    for stands in standings(rows):
        if stands.is_decided:
            found += _to_answer(rows, stands)
        else:
            found += [_to_decide(stands), *_late_for_all(stands), *_to_view(stands)]
    return found


def _need(stands: DisagreementStanding, sentence: str, settle: str, **whom: tuple[str, ...] | str) -> Need:
    about = stands.about
    return Need(sentence, about.noun, about.id, stands.state, since=about.recorded_at, settle=settle, **whom)  # type: ignore[arg-type]


def _to_decide(stands: DisagreementStanding) -> Need:
    """Return what the decider has to do; once the day is over AI Architect has to, too."""
    question, day = literal(stands.about.question), stands.about.decide_by.isoformat()
    if stands.heads:
        said = _("Two decisions were made apart, decide again: {question}", question=question)
    elif stands.days_over:
        said = _("Undecided since {day}: {question}", day=day, question=question)
    else:
        said = _("To be decided by {day}: {question}", day=day, question=question)
    settle = f"disagreement decide {stands.about.id[:8]} OPTION --reason …"
    roles = stands.deciders if stands.days_over else (stands.decider,)
    return _need(stands, said, settle, roles=roles)


def _late_for_all(stands: DisagreementStanding) -> list[Need]:
    """Return what everybody else sees of a decision that is very late: never silence."""
    if stands.days_over <= ALL_AFTER_DAYS:
        return []
    said = _(
        "Undecided for {n} days, remind {roles}: {question}",
        n=stands.days_over,
        roles=", ".join(role_name(each) for each in stands.deciders),
        question=literal(stands.about.question),
    )
    others = tuple(each.slug for each in ROLES if each.slug not in stands.deciders)
    return [_need(stands, said, f"disagreement show {stands.about.id[:8]}", roles=others)]


def _to_view(stands: DisagreementStanding) -> list[Need]:
    if stands.heads or not stands.silent_roles:
        return []
    said = _("Your view is asked for: {question}", question=literal(stands.about.question))
    settle = f"disagreement view {stands.about.id[:8]} OPTION --because …"
    return [_need(stands, said, settle, roles=stands.silent_roles)]


def _to_answer(rows: Rows, stands: DisagreementStanding) -> list[Need]:
    """Return what those who took part have to say to the decision; who left or handed over is not asked."""
    here = {*active_members(rows)} - have_handed_over(rows)
    asked = tuple(each for each in stands.unanswered_by if each in here)
    if not asked:
        return []
    option = stands.about.options[stands.heads[0].option - 1]
    said = _(
        "Decided: {option}. Do you agree, accept or dissent? {question}",
        option=literal(option),
        question=literal(stands.about.question),
    )
    settle = f"disagreement answer {stands.about.id[:8]} agree|accept|dissent"
    return [_need(stands, said, settle, members=asked, reason=_("you took part"))]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, disagreements were raised, decided and answered."""
    asked = {each.id: each for each in rows.find(Disagreement)}
    said = [
        *((each, each.id, _("disagreement")) for each in asked.values()),
        *((each, each.disagreement, _("decided")) for each in rows.find(DisagreementDecision, *span.within)),
        *((each, each.disagreement, _(STANCES[each.stance])) for each in rows.find(DisagreementAnswer, *span.within)),
    ]
    return [
        Mark(fact.recorded_at, literal(f"{words}: {asked[id_].question}"), Disagreement.noun, id_)
        for fact, id_, words in said
        if id_ in asked and fact.recorded_at
    ]

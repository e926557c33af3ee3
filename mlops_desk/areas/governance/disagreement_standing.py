"""How a disagreement stands: a pure function of what was said and a day, the same for any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from mlops_desk.areas.governance.disagreement import (
    Disagreement,
    DisagreementAnswer,
    DisagreementDecision,
    DisagreementView,
)
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

ARCHITECT = "ai-architect"
ALL_AFTER_DAYS = 7
_FARTHEST_EAST = timedelta(hours=14)
F = TypeVar("F", bound=Fact)


class DisagreementStanding(msgspec.Struct, frozen=True):
    """A disagreement with all that was said, each oldest first.

    ``decisions`` are those that count, ``powerless`` those of other roles; ``heads`` are the decisions that no later
    one replaces: more than one were made apart. ``decider`` is the role that decides it.
    """

    about: Disagreement
    decider: str
    views: tuple[DisagreementView, ...]
    decisions: tuple[DisagreementDecision, ...]
    powerless: tuple[DisagreementDecision, ...]
    answers: tuple[DisagreementAnswer, ...]
    heads: tuple[DisagreementDecision, ...]
    day: date

    @property
    def is_decided(self) -> bool:
        """Tell whether one decision stands."""
        return len(self.heads) == 1

    @property
    def days_over(self) -> int:
        """For how many days the decision is late; 0 in time, and once there is one."""
        return 0 if self.heads else max(0, (self.day - self.about.decide_by).days)

    @property
    def deciders(self) -> tuple[str, ...]:
        """Slugs of the roles that may decide now: the one that answers, and AI Architect once the day is over."""
        is_late = self.day > self.about.decide_by
        return tuple(dict.fromkeys((self.decider, ARCHITECT))) if is_late else (self.decider,)

    @property
    def last_views(self) -> tuple[DisagreementView, ...]:
        """The last view of everybody in each of their roles."""
        return last_words(self.views)

    @property
    def late_views(self) -> tuple[DisagreementView, ...]:
        """The views that no standing decision had before it."""
        seen = {line for each in self.heads for line in each.over}
        return tuple(each for each in self.views if self.heads and each.line not in seen)

    @property
    def absent(self) -> int:
        """How many entries a standing decision was made over that have not arrived here."""
        here = {self.about.line, *(each.line for each in self.views)}
        return len({line for each in self.heads for line in each.over} - here)

    @property
    def dissents(self) -> tuple[DisagreementAnswer, ...]:
        """The dissents that stand: the last word of their author in that role, whichever decision it answered."""
        return tuple(each for each in last_words(self.answers) if each.stance == "dissent")

    @property
    def silent_roles(self) -> tuple[str, ...]:
        """Slugs of the roles whose view was asked for and not given."""
        given = {each.recorded_as for each in self.views}
        return tuple(each for each in self.about.asked if each not in given)

    @property
    def unanswered_by(self) -> tuple[str, ...]:
        """Ids of the members who took part and have not said a word to the standing decision."""
        if not self.is_decided:
            return ()
        [head] = self.heads
        took_part = dict.fromkeys((self.about.recorded_by, *(each.recorded_by for each in self.views)))
        answered = {each.recorded_by for each in self.answers if head.line in each.over}
        return tuple(each for each in took_part if each not in answered and each != head.recorded_by)

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing of it has to be noted: decided, and nobody dissents."""
        return self.state.level == "ok"

    @property
    def state(self) -> State:
        """How it stands on the day."""
        if len(self.heads) > 1:
            reason = _("made apart; {role} decides again", role=role_name(self.decider))
            return State("bad", _("Two decisions"), reason)
        if self.heads:
            return self._decided()
        day = self.about.decide_by.isoformat()
        if self.days_over:
            return State("bad", _("Undecided"), _("since {day}", day=day))
        return State("warn", _("Open"), _("to be decided by {day}", day=day))

    def _decided(self) -> State:
        late, absent, count = len(self.late_views), self.absent, len(self.dissents)
        parts = [plural("{n} view came after", "{n} views came after", late)] if late else []
        if absent:
            parts.append(plural("{n} view has not arrived here", "{n} views have not arrived here", absent))
        if count:
            said = plural("{n} dissent", "{n} dissents", count)
            return State("warn", _("Decided with dissent"), ", ".join([said, *parts]))
        return State("ok", _("Decided"), ", ".join(parts))


def standing(
    about: Disagreement,
    decider: str,
    views: Iterable[DisagreementView],
    decisions: Iterable[DisagreementDecision],
    answers: Iterable[DisagreementAnswer],
    day: date,
) -> DisagreementStanding:
    """Return how a disagreement stands on a day; what speaks of an option that there is not is left out."""
    possible = range(1, len(about.options) + 1)
    ruled = _ordered(each for each in decisions if each.option in possible)
    counting = [each for each in ruled if _counts(each, about, decider)]
    return DisagreementStanding(
        about=about,
        decider=decider,
        views=_ordered(each for each in views if each.option in possible),
        decisions=tuple(counting),
        powerless=tuple(each for each in ruled if each not in counting),
        answers=_ordered(answers),
        heads=_heads(counting),
        day=day,
    )


def _counts(decision: DisagreementDecision, about: Disagreement, decider: str) -> bool:
    """Tell whether a decision is one: by the role that decides, or by AI Architect after the day was over.

    The day ends last where the clocks are farthest east of it; the act asks the calendar of who decides.
    """
    if decision.recorded_as == decider:
        return True
    if decision.recorded_as != ARCHITECT or decision.recorded_at is None:
        return False
    return (decision.recorded_at + _FARTHEST_EAST).date() > about.decide_by


def _heads(counting: Sequence[DisagreementDecision]) -> tuple[DisagreementDecision, ...]:
    """Return the decisions that no other one replaces; of a forged ring, all."""
    replaced = {line for each in counting for line in each.replaces if line != each.line}
    return tuple(each for each in counting if each.line not in replaced) or tuple(counting)


def _ordered(found: Iterable[F]) -> tuple[F, ...]:
    return tuple(sorted(found, key=_place))


def _place(fact: Fact) -> tuple[float, str]:
    return (fact.recorded_at.timestamp() if fact.recorded_at else 0.0, fact.id)


def last_words(said: Iterable[F]) -> tuple[F, ...]:
    """Return what everybody said last in each of their roles, oldest first."""
    last = {(each.recorded_by, each.recorded_as): each for each in _ordered(said)}
    return _ordered(last.values())

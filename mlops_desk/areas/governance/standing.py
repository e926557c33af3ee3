"""How an item and a gate stand: pure functions of checks, answers, exceptions, signatures and a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Literal

import msgspec

from mlops_desk.areas.governance.answer import Answer, Confirmation, answer_that_counts, confirmations_that_count
from mlops_desk.areas.governance.checklist import Gate, Item
from mlops_desk.areas.governance.disagreement_standing import DisagreementStanding
from mlops_desk.areas.governance.exception import MAX_DAYS, ExceptionSignature, GateException, seconds
from mlops_desk.areas.governance.gate import SignOff
from mlops_desk.areas.governance.score import ReadinessScore, score_of
from mlops_desk.kernel.roles import role_code, slug_of
from mlops_desk.kernel.state import State, Verdict
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, plural

How = Literal["computed", "people", "exception", "does not apply", "open"]
G1_VALID_DAYS = 365
AGREEING = ("yes", "does-not-apply")
_CENTURY = 36_500
REVIEW_DAYS, REVIEW_DAYS_HIGH = 180, 90  # how long a review, G5, stays valid


class ItemStanding(msgspec.Struct, frozen=True):
    """An item at a gate: what the software found, what people said, and whether it is settled and how."""

    item: Item
    verdict: Verdict
    how: How
    state: State
    answer: Answer | None = None
    is_confirmed: bool = False
    is_disputed: bool = False

    @property
    def is_settled(self) -> bool:
        """Tell whether the item no longer holds the gate."""
        return self.how != "open"

    @property
    def is_failed(self) -> bool:
        """Tell whether the software finds a fail that no exception settles: then no answer does, either."""
        return self.how == "open" and self.verdict.state.level == "bad"


class Signature(msgspec.Struct, frozen=True):
    """One required role at a gate: who signed, and whether the signature still covers the content."""

    role: str
    state: State
    sign_off: SignOff | None = None


class GateStanding(msgspec.Struct, frozen=True):
    """A gate on a thing: its items, its signatures, what people differ on, and whether it is closed."""

    gate: Gate
    subject: Subject
    items: tuple[ItemStanding, ...]
    signatures: tuple[Signature, ...]
    state: State
    disagreements: tuple[DisagreementStanding, ...] = ()

    @property
    def noted(self) -> tuple[str, ...]:
        """Ids of the disagreements that are open or have dissent: a signature names those that its author saw."""
        return tuple(each.about.id for each in self.disagreements if not each.is_settled)

    @property
    def dissent_words(self) -> str:
        """How many disagreements are open, and how many were decided with dissent; empty where there is none."""
        decided = sum(each.is_decided and not each.is_settled for each in self.disagreements)
        still = len(self.noted) - decided
        parts = [plural("{n} disagreement open", "{n} disagreements open", still)] if still else []
        if decided:
            parts.append(plural("{n} decided with dissent", "{n} decided with dissent", decided))
        return ", ".join(parts)

    @property
    def signing_roles(self) -> tuple[str, ...]:
        """Slugs of the roles that sign here."""
        return tuple(each.role for each in self.signatures)

    @property
    def is_closed(self) -> bool:
        """Tell whether the thing may pass."""
        return self.state.level == "ok"

    @property
    def open_blocking(self) -> tuple[str, ...]:
        """Ids of the blocking items that are not settled."""
        return tuple(each.item.id for each in self.items if each.item.severity == "B" and not each.is_settled)

    @property
    def test_score(self) -> ReadinessScore | None:
        """The production test score, at the gate that has one."""
        return score_of(self.items)

    @property
    def obstacle(self) -> str:
        """What the items hold against the gate, in words; empty where nobody is kept from signing."""
        if self.open_blocking:
            count = len(self.open_blocking)
            return plural("{n} blocking item", "{n} blocking items", count)
        score = self.test_score
        return score.sentence if score and not score.is_enough else ""

    @property
    def by_people(self) -> int:
        """Items that people answered because the software could not compute them."""
        return sum(each.how == "people" for each in self.items)

    @property
    def exceptions(self) -> int:
        """Items that pass by an exception."""
        return sum(each.how == "exception" for each in self.items)

    @property
    def items_digest(self) -> str:
        """Hash of the item states, as a signer saw them."""
        seen = ";".join(f"{each.item.id}={each.how}/{each.verdict.state.word}" for each in self.items)
        return sha256(seen.encode()).hexdigest()


class Said(msgspec.Struct, frozen=True):
    """What people said of one thing: answers newest first, confirmations by answer, exceptions with signatures."""

    answers: Mapping[str, Sequence[Answer]]
    confirmations: Mapping[str, Sequence[Confirmation]]
    exceptions: Mapping[str, Sequence[GateException]]
    exception_signatures: Mapping[str, Sequence[ExceptionSignature]]


def applies(item: Item, traits: Mapping[str, bool | None]) -> bool:
    """Tell whether an item applies; what is not known of the use case counts as yes."""
    return item.applies == "all" or traits.get(item.applies) is not False


def item_standing(
    item: Item, verdict: Verdict, said: Said, traits: Mapping[str, bool | None], day: date
) -> ItemStanding:
    """Return how an item stands.

    A computed *pass* settles an item that the software alone decides; a computed *fail* is settled
    by an exception only; what the software does not know is settled by a person with evidence
    and a second signature, and counts as answered by people.
    """
    if not applies(item, traits):
        return ItemStanding(item, verdict, "does not apply", State("info", _("Does not apply")))
    answer = answer_that_counts(item, said.answers.get(item.id, ()))
    seconds = confirmations_that_count(item, answer, said.confirmations.get(answer.id, ())) if answer else []
    is_confirmed = bool(seconds) and all(each.agrees for each in seconds)
    if verdict.state.level == "ok" and item.auto == "A":
        return ItemStanding(item, verdict, "computed", verdict.state, answer, is_confirmed)
    if _has_exception(item, said, traits, day):
        return ItemStanding(item, verdict, "exception", State("warn", _("Passed by exception")), answer, is_confirmed)
    if verdict.state.level == "bad":
        is_disputed = bool(answer and answer.choice == "yes")
        return ItemStanding(item, verdict, "open", verdict.state, answer, is_confirmed, is_disputed)
    if answer and is_confirmed and answer.choice in AGREEING:
        word = _("Answered by people") if answer.choice == "yes" else _("Does not apply, say people")
        return ItemStanding(item, verdict, "people", State("ok", word), answer, is_confirmed=True)
    return ItemStanding(item, verdict, "open", _open_state(verdict, answer), answer, is_confirmed)


def _open_state(verdict: Verdict, answer: Answer | None) -> State:
    if answer is None:
        if verdict.state.level == "ok":
            return State("warn", _("Waits for a person"), verdict.state.reason)
        return verdict.state
    if answer.choice in AGREEING:
        return State("warn", _("Waits for a second signature"))
    return State("bad", _("Answered: {choice}", choice=answer.choice), answer.note)


def _has_exception(item: Item, said: Said, traits: Mapping[str, bool | None], day: date) -> bool:
    """Tell whether an exception runs: two people, one as AI ethics, for 90 days at most; none where prohibited."""
    if traits.get("prohibited"):
        return False
    return any(
        _runs(wish, day) and any(seconds(wish, each) for each in said.exception_signatures.get(wish.id, ()))
        for wish in said.exceptions.get(item.id, ())
    )


def _runs(wish: GateException, day: date) -> bool:
    if wish.recorded_at is None:
        return False
    return day <= wish.until <= wish.recorded_at.date() + timedelta(days=MAX_DAYS)


def signing_roles(gate: Gate, traits: Mapping[str, bool | None]) -> tuple[str, ...]:
    """Return the slugs of the roles that sign a gate for a thing with these traits."""
    codes = list(gate.signers)
    if traits.get("high") is not False or traits.get("pers") is not False:
        codes += gate.signers_high
    if traits.get("cls") is not False:
        codes += gate.signers_when_people_are_sorted
    if traits.get("user") is not False:
        codes += gate.signers_when_people_see_it
    return tuple(slug_of(code) for code in dict.fromkeys(codes))


def gate_state(
    gate: Gate,
    subject: Subject,
    items: Sequence[ItemStanding],
    sign_offs: Sequence[SignOff],
    traits: Mapping[str, bool | None],
    day: date,
    *,
    disagreements: tuple[DisagreementStanding, ...] = (),
) -> GateStanding:
    """Return how a gate stands on a day; ``sign_offs`` are those of this gate and thing, oldest first.

    Disagreements never keep a gate open, and never are hidden where it is closed.
    """
    until = timedelta(days=_valid_days(gate, traits))
    signatures = tuple(_signature(role, subject, sign_offs, day - until) for role in signing_roles(gate, traits))
    unknown = State("unknown", _("Not asked"))
    found = GateStanding(gate, subject, tuple(items), signatures, unknown, disagreements)
    return msgspec.structs.replace(found, state=_state(found))


def _valid_days(gate: Gate, traits: Mapping[str, bool | None]) -> int:
    """Return how many days a signature holds; where content alone decides, longer than anybody waits."""
    if gate.id == "G1":
        return G1_VALID_DAYS
    if gate.id == "G5":
        return REVIEW_DAYS if traits.get("high") is False else REVIEW_DAYS_HIGH
    return _CENTURY


def _signature(role: str, subject: Subject, sign_offs: Sequence[SignOff], since: date) -> Signature:
    """Return how a role stands: its last words on the content as it is now, or else its last words.

    Where several people hold the role, each one's last word counts, and a refusal beats an approval.
    """
    mine = {each.recorded_by: each for each in sign_offs if each.recorded_as == role}
    newest = sorted(mine.values(), key=sign_offs.index)
    present = [each for each in newest if each.subject_hash == subject.hash]
    against = [each for each in present if each.decision != "approve"]
    if not newest:
        return Signature(role, State("warn", _("Waiting")))
    last = (against or present or newest)[-1]
    if last.decision != "approve":
        word = _("Sent back") if last.decision == "send-back" else _("Refused")
        return Signature(role, State("bad", word, last.note), last)
    if not present:
        return Signature(role, State("warn", _("Out of date"), _("the content changed since")), last)
    if last.recorded_at is None or last.recorded_at.date() < since:
        return Signature(role, State("warn", _("Expired")), last)
    return Signature(role, State("ok", _("Signed")), last)


def _state(stands: GateStanding) -> State:
    valid = [each.sign_off for each in stands.signatures if each.state.level == "ok" and each.sign_off]
    people = {each.recorded_by for each in valid}
    sent_back = [role_code(each.role) for each in stands.signatures if each.state.level == "bad"]
    out_of_date = [role_code(each.role) for each in stands.signatures if each.sign_off and each.state.level == "warn"]
    missing = [role_code(each.role) for each in stands.signatures if not each.sign_off]
    if stands.subject.contested:
        return State("warn", _("Open"), _("two versions of {fields}", fields=", ".join(stands.subject.contested)))
    if sent_back:
        return State("bad", _("Sent back"), ", ".join(sent_back))
    if out_of_date:
        return State("warn", _("Out of date"), ", ".join(out_of_date))
    if stands.obstacle:
        return State("warn", _("Open"), stands.obstacle)
    if missing:
        return State("warn", _("Open"), _("waits for {roles}", roles=", ".join(missing)))
    if len(people) < 2 or people <= stands.subject.authors:
        return State("warn", _("Open"), _("two people sign, not its authors alone"))
    return State("ok", _("Closed"), _signed_words(stands))


def _signed_words(stands: GateStanding) -> str:
    parts = (
        [plural("{n} item answered by people", "{n} items answered by people", stands.by_people)]
        if stands.by_people
        else []
    )
    if stands.exceptions:
        parts.append(plural("{n} exception", "{n} exceptions", stands.exceptions))
    if stands.test_score:
        parts.append(_("test score {score}", score=f"{stands.test_score.value:g}"))
    if stands.dissent_words:
        parts.append(stands.dissent_words)
    return ", ".join(parts)

"""An exception: a missed item may pass for a time, with a counter-measure and two signers of whom one is AI ethics."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from msgspec import structs

from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.checklist import item, items
from mlops_desk.areas.governance.gate import subject_of
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.area import Need
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import WORKING_SLUGS
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

MAX_DAYS = 90
ETHICS = "ai-ethics"


class GateException(Fact, noun="exception", known_by="id"):
    """The wish to let an item pass for a time, and the first signature on it."""

    item: Annotated[str, About("The item.")]
    subject_noun: Annotated[str, About("What kind of thing.")]
    subject: Annotated[str, About("The thing.")]
    reason: Annotated[str, About("Why it should pass.", long=True)]
    counter_measure: Annotated[str, About("What is done about it meanwhile.", long=True)]
    until: Annotated[date, About("The last day.")]


class ExceptionSignature(Fact, noun="exception-signature", command="exception", known_by="id"):
    """The second signature on an exception."""

    exception: Annotated[str, About("The exception.", of="exception")]
    note: Annotated[str, About("Remark.", long=True)] = ""


class AskException(
    Act, noun="exception", verb="ask", done="Asked for an exception from {item}; a second person signs it."
):
    """Ask that a missed item passes for a time; your request is the first signature."""

    item: Annotated[str, About("The item, such as BIA-07.", positional=True, metavar="ITEM")]
    subject: Annotated[str, About("What it is about: id or name.", positional=True, metavar="SUBJECT")]
    reason: Annotated[str, About("Why it should pass.", long=True)]
    measure: Annotated[str, About("What is done about it meanwhile.", long=True)]
    until: Annotated[date, About("The last day, at most 90 days from now.")]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the request."""
        asked = item(self.item)
        about = subject_of(present, asked.gates[0], self.subject)
        latest = present.now.date() + timedelta(days=MAX_DAYS)
        if not present.today <= self.until <= latest:
            raise DeskError(
                _("An exception ends within {days} days.", days=MAX_DAYS),
                _("The latest day is {day}.", day=latest),
                code="GATE-140",
            )
        if _is_prohibited(present, about):
            raise DeskError(
                _("The use case is prohibited; nothing of it passes by an exception."),
                _("Change the use case, or stop it."),
                code="GATE-143",
            )
        wish = GateException(
            item=asked.id,
            subject_noun=about.noun,
            subject=about.id,
            reason=self.reason,
            counter_measure=self.measure,
            until=self.until,
        )
        return [present.fact(wish)]


class SignException(Act, noun="exception", verb="sign", done="Signed the exception.", approval=True, asks_first=True):
    """Sign an exception that somebody else asked for; of the two signers one acts as AI ethics."""

    exception: Annotated[str, About("The exception: its id.", of="exception", positional=True)]
    note: Annotated[str, About("Remark.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the second signature."""
        wish = present.get(GateException, self.exception)
        if wish.recorded_by == present.member:
            raise DeskError(
                _("You asked for this exception yourself."), _("A second person signs it."), code="GATE-141"
            )
        if ETHICS not in (wish.recorded_as, present.acting):
            raise DeskError(
                _("One of the two signers acts as AI Ethics & SME."),
                _("Ask somebody who holds that role."),
                code="GATE-142",
            )
        return [present.fact(ExceptionSignature(exception=wish.id, note=self.note))]


def seconds(wish: GateException, signature: ExceptionSignature) -> bool:
    """Tell whether a signature is the second one that an exception needs: by another member, one of both as ethics."""
    return signature.recorded_by != wish.recorded_by and ETHICS in (wish.recorded_as, signature.recorded_as)


def needs(rows: Rows) -> list[Need]:
    """Return the exceptions that wait for their second signature: by AI ethics, or by who answers what it asked for."""
    wishes = rows.find(GateException, '"until" >= ?', today())
    signatures = rows.find(ExceptionSignature) if wishes else []
    found = []
    for wish in wishes:
        if any(each.exception == wish.id and seconds(wish, each) for each in signatures):
            continue
        asked = items().get(wish.item)
        others = (asked.answering_role,) if asked is not None else tuple(sorted(WORKING_SLUGS - {ETHICS}))
        sentence = _("The exception from {item} waits for a second signature.", item=wish.item)
        roles = others if wish.recorded_as == ETHICS else (ETHICS,)
        settle = f"exception sign {wish.id[:8]}"
        waiting = State("warn", _("Waiting"))
        need = Need(sentence, wish.noun, wish.id, waiting, roles, since=wish.recorded_at, settle=settle)
        found.append(structs.replace(need, asked_by=wish.recorded_by, needs_another=True, due=wish.until))
    return found


def _is_prohibited(rows: Rows, about: Subject) -> bool:
    return any(each.risk_tier == "prohibited" for each in rows.find(UseCase, "id = ?", about.other("use-case")))


ACTS = (AskException, SignException)

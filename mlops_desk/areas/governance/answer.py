"""An answer to an item of a checklist, and the second person who confirms it."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from mlops_desk.areas.governance.checklist import Item, gate, item, items_of
from mlops_desk.areas.governance.gate import subject_of
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _

Choice = Literal["yes", "partly", "no", "does-not-apply"]
MIN_NOTE_CHARS = 3


class Answer(Fact, noun="answer", command="gate", known_by="id"):
    """What a person answered to an item about one thing, with the evidence."""

    item: Annotated[str, About("The item, such as BIA-07.")]
    subject_noun: Annotated[str, About("What kind of thing it is about.")]
    subject: Annotated[str, About("The thing.")]
    choice: Annotated[Choice, About("yes, partly, no, does-not-apply.")]
    note: Annotated[str, About("Reason or remark.", long=True)] = ""
    evidence: Annotated[str, About("What shows it: a text, a link, a record.", long=True)] = ""


class Confirmation(Fact, noun="confirmation", command="gate", known_by="id"):
    """The second signature on an answer, by the role that the item names."""

    answer: Annotated[str, About("The answer.", of="answer")]
    agrees: Annotated[bool, About("They agree.")] = True
    note: Annotated[str, About("Remark.", long=True)] = ""


def answer_that_counts(asked: Item, answers: Sequence[Answer]) -> Answer | None:
    """Return the first answer that counts: by the role that answers, a *yes* with evidence.

    The act refuses others; a line that was written past the act must not count either.
    """
    fitting = (each for each in answers if each.recorded_as == asked.answering_role)
    return next((each for each in fitting if each.choice != "yes" or each.evidence.strip()), None)


def confirmations_that_count(asked: Item, answer: Answer, found: Sequence[Confirmation]) -> list[Confirmation]:
    """Return the second signatures that count: in the confirming role, never by the author of the answer."""
    return [
        each for each in found if each.recorded_as == asked.confirming_role and each.recorded_by != answer.recorded_by
    ]


GateArgument = Annotated[str, About("The gate: G1 to G5.", metavar="GATE", positional=True)]
SubjectArgument = Annotated[str, About("What it is about: id or name.", metavar="SUBJECT", positional=True)]


class AnswerItem(Act, noun="answer", verb="give", command=("gate", "answer"), done="{item} is answered: {choice}."):
    """Answer an item of a gate about a thing, with evidence; a second person confirms it."""

    item: Annotated[str, About("The item, such as BIA-07.", positional=True, metavar="ITEM")]
    subject: SubjectArgument
    choice: Annotated[Choice, About("The answer.")]
    gate: Annotated[str, About("The gate, where the item stands at more than one.")] = ""
    evidence: Annotated[str, About("What shows it: a text, a link, a record.", long=True)] = ""
    note: Annotated[str, About("Reason; needed unless the answer is yes.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the answer."""
        asked = item(self.item)
        _check_role(present, asked.answering_role, _("answers {item}", item=asked.id))
        if self.choice == "yes" and not self.evidence.strip():
            raise DeskError(
                _("A “yes” needs evidence."),
                _("{item} wants: {evidence}.", item=asked.id, evidence=asked.evidence),
                code="GATE-111",
            )
        if self.choice != "yes" and len(self.note.strip()) < MIN_NOTE_CHARS:
            raise DeskError(_("This answer needs a reason."), _("Say it with --note."), code="GATE-112")
        about = subject_of(present, self.gate or asked.gates[0], self.subject)
        answer = Answer(
            item=asked.id,
            subject_noun=about.noun,
            subject=about.id,
            choice=self.choice,
            note=self.note,
            evidence=self.evidence,
        )
        return [present.fact(answer)]

    def outcome(self, rows: Rows) -> str:
        """Return that the answer does not count, where the software finds the contrary."""
        from mlops_desk.areas.governance.queries import item_shown

        asked = item(self.item)
        about = subject_of(rows, self.gate or asked.gates[0], self.subject)
        stands = item_shown(rows, asked, about)
        if self.choice == "no" or not stands.is_failed:
            return ""
        return _(
            "The software finds that it fails: {reason}. Without an exception the answer does not count: "
            "`mlops-desk exception ask {item} {subject} …`.",
            reason=stands.verdict.state.reason or stands.verdict.value,
            item=asked.id,
            subject=about.label,
        )


class ConfirmAnswers(
    Act, noun="confirmation", verb="give", command=("gate", "confirm"), done="Confirmed.", approval=True
):
    """Confirm the answers of others that your acting role signs: one item, or all open ones of a gate."""

    gate: GateArgument
    subject: SubjectArgument
    item: Annotated[str, About("Only this item.")] = ""
    disagree: Annotated[bool, About("Do not agree instead.")] = False
    note: Annotated[str, About("Remark.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return a confirmation for each answer that waits for this role."""
        about = subject_of(present, self.gate, self.subject)
        wanted = [item(self.item)] if self.item else items_of(gate(self.gate).id)
        mine = [each for each in wanted if each.confirming_role == present.acting]
        if not mine:
            raise DeskError(
                _("No item of this gate is confirmed by {role}.", role=role_name(present.acting)),
                _("Act in another role with --as."),
                code="GATE-113",
            )
        found = [change for each in mine for change in self._one(present, about.id, each)]
        if not found:
            raise DeskError(
                _("Nothing waits for you here."),
                _("Who answers an item never confirms it; somebody else has to."),
                code="GATE-114",
            )
        return found

    def _one(self, present: Present, subject: str, asked: Item) -> list[Change]:
        answers = present.find(Answer, "item = ? AND subject = ?", asked.id, subject, order="recorded_at DESC, id")
        answer = answer_that_counts(asked, answers)
        if answer is None or answer.recorded_by == present.member:
            return []
        if confirmations_that_count(asked, answer, present.find(Confirmation, "answer = ?", answer.id)):
            return []
        return [present.fact(Confirmation(answer=answer.id, agrees=not self.disagree, note=self.note))]


def _check_role(present: Present, role: str, what: str) -> None:
    if present.acting != role:
        raise DeskError(
            _("{role} {what}; you act as {acting}.", role=role_name(role), what=what, acting=role_name(present.acting)),
            _("Act as {role} with --as {slug}, or ask somebody who holds it.", role=role_name(role), slug=role),
            code="GATE-110",
        )


ACTS = (AnswerItem, ConfirmAnswers)

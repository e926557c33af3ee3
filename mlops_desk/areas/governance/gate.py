"""A gate: asked for on a thing, signed by the roles it names; a signature covers the content of the thing."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from mlops_desk.areas.governance.checklist import gate
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import role_code, role_name
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

SUBJECT_NOUNS = {
    "G1": "use-case",
    "G2": "dataset-version",
    "G3": "model-version",
    "G4": "release",
    "G5": "release",
}
Decision = Literal["approve", "send-back", "refuse"]


class GateRequest(Fact, noun="gate-request", command="gate", known_by="id"):
    """Somebody asked for a gate on a thing."""

    gate: Annotated[str, About("The gate.")]
    subject_noun: Annotated[str, About("What kind of thing.")]
    subject: Annotated[str, About("The thing.")]
    note: Annotated[str, About("Remark.", long=True)] = ""


class SignOff(Fact, noun="sign-off", command="gate", title="sign-off", known_by="id"):
    """A signature at a gate. It covers ``subject_hash``; ``items_digest`` is what the signer saw of the items."""

    gate: Annotated[str, About("The gate.")]
    subject_noun: Annotated[str, About("What kind of thing.")]
    subject: Annotated[str, About("The thing.")]
    subject_hash: Annotated[str, About("Hash of the content that was signed.")]
    items_digest: Annotated[str, About("Hash of the item states that the signer saw.")]
    decision: Annotated[Decision, About("approve, send-back or refuse.")]
    by_people: Annotated[int, About("Items answered by people, not computed.")]
    exceptions: Annotated[int, About("Items passed by an exception.")]
    noted: Annotated[
        tuple[str, ...], About("Disagreements that the signer saw, open or with dissent.", of="disagreement")
    ] = ()
    note: Annotated[str, About("Remark.", long=True)] = ""


def subject_of(rows: Rows, gate_id: str, text: str) -> Subject:
    """Return the thing that a person's text means at a gate.

    Raises:
        NotKnownHere: it means nothing there.
    """
    noun = SUBJECT_NOUNS[gate(gate_id).id]
    maker = rows.registry.subjects.get(noun)
    if maker is None:
        raise DeskError(_("Nothing can stand at {gate} yet.", gate=gate_id), code="GATE-103")
    found: Subject = maker(rows, rows.resolve(noun, text))
    return found


class AskGate(Act, noun="gate", verb="ask", done="Asked for {gate}."):
    """Ask for a gate on a thing; asking is allowed early, what is missing goes along."""

    gate: Annotated[str, About("The gate: G1 to G5.", metavar="GATE", positional=True)]
    subject: Annotated[str, About("What it is about: id or name.", metavar="SUBJECT", positional=True)]
    note: Annotated[str, About("Remark.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the request."""
        about = subject_of(present, self.gate, self.subject)
        request = GateRequest(gate=gate(self.gate).id, subject_noun=about.noun, subject=about.id, note=self.note)
        return [present.fact(request)]

    def outcome(self, rows: Rows) -> str:
        """Return how the gate stands now that it is asked for."""
        from mlops_desk.areas.governance.queries import gate_show

        stands = gate_show(rows, self.gate, self.subject)
        told = [stands.state.word, stands.state.reason]
        score = stands.test_score
        told += [score.sentence] if score and score.sentence not in told else []
        return "; ".join(filter(None, told)) + "."


class SignGate(Act, noun="gate", verb="sign", done="Signed {gate}: {decision}.", approval=True, asks_first=True):
    """Sign a gate in your acting role: the signature covers the content as it is now."""

    gate: Annotated[str, About("The gate: G1 to G5.", metavar="GATE", positional=True)]
    subject: Annotated[str, About("What it is about: id or name.", metavar="SUBJECT", positional=True)]
    decision: Annotated[Decision, About("The decision.")] = "approve"
    note: Annotated[str, About("Remark; needed unless you approve.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the signature, bound to the hash of the thing."""
        from mlops_desk.areas.governance.queries import gate_standing

        about = subject_of(present, self.gate, self.subject)
        stands = gate_standing(present, gate(self.gate).id, about)
        self._check(present, about, stands.signing_roles)
        if self.decision == "approve" and stands.open_blocking:
            raise DeskError(
                _(
                    "{gate} cannot be approved yet: open are {items}.",
                    gate=self.gate,
                    items=", ".join(stands.open_blocking),
                ),
                _("`mlops-desk gate show {gate} …` says what each needs; sending back is possible.", gate=self.gate),
                code="GATE-131",
            )
        if self.decision == "approve" and stands.obstacle:
            raise DeskError(
                _("{gate} cannot be approved yet: {reason}.", gate=self.gate, reason=stands.obstacle),
                _("A test done by hand counts half: answer its item with evidence and have it confirmed."),
                code="GATE-132",
            )
        signature = SignOff(
            gate=gate(self.gate).id,
            subject_noun=about.noun,
            subject=about.id,
            subject_hash=about.hash,
            items_digest=stands.items_digest,
            decision=self.decision,
            by_people=stands.by_people,
            exceptions=stands.exceptions,
            noted=stands.noted,
            note=self.note,
        )
        return [present.fact(signature)]

    def outcome(self, rows: Rows) -> str:
        """Return the disagreements that the signature notes."""
        from mlops_desk.areas.governance.queries import gate_show

        words = gate_show(rows, self.gate, self.subject).dissent_words
        return _("Noted in the signature: {words}.", words=words) if words else ""

    def _check(self, present: Present, about: Subject, roles: tuple[str, ...]) -> None:
        if present.acting not in roles:
            raise DeskError(
                _(
                    "{gate} is signed by {roles}; you act as {acting}.",
                    gate=self.gate,
                    roles=", ".join(role_code(role) for role in roles),
                    acting=role_name(present.acting),
                ),
                _("Act in one of those roles with --as, or ask somebody who holds it."),
                code="GATE-120",
            )
        if about.contested:
            raise DeskError(
                _(
                    "{label} has two versions of {fields}; nobody can sign that.",
                    label=about.label,
                    fields=", ".join(about.contested),
                ),
                _("Settle them first."),
                code="GATE-121",
            )
        if self.decision != "approve" and not self.note.strip():
            raise DeskError(_("Sending back or refusing needs a reason."), _("Say it with --note."), code="GATE-122")


ACTS = (AskGate, SignGate)

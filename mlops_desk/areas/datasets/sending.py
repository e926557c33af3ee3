"""Whether objects of a dataset may leave the machines: personal or sensitive ones need an owner and AI ethics."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from mlops_desk.areas.datasets.column import CLASSES, OPEN, SecurityClass, class_of, classes_of
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import OWNER, role_name
from mlops_desk.kernel.rows import Present, Rows, lasting
from mlops_desk.kernel.words import _

ETHICS = "ai-ethics"
SIGNERS = (OWNER.slug, ETHICS)


class SignedColumn(msgspec.Struct, frozen=True):
    """A column whose values may leave, and its class as the signer saw it; one without a class counts as PII."""

    name: str
    security: SecurityClass


class SendingSignature(Fact, noun="sending-signature", command="dataset", known_by="id", writers=frozenset(SIGNERS)):
    """The signature of an owner or of AI ethics that objects of a dataset may leave the machines of its members."""

    dataset: Annotated[str, About("The dataset.", of="dataset")]
    columns: Annotated[tuple[SignedColumn, ...], About("The columns it covers, with their classes.")]
    note: Annotated[str, About("Remark.", long=True)] = ""


class SendingEnd(Fact, noun="sending-end", command="dataset", known_by="id", writers=frozenset(SIGNERS)):
    """The end of signatures that let objects of a dataset leave: by any owner or AI ethics, whoever signed."""

    dataset: Annotated[str, About("The dataset.", of="dataset")]
    signatures: Annotated[tuple[str, ...], About("Ids of the signatures that it ends.")]
    reason: Annotated[str, About("Why.", long=True)]


class AllowSending(
    Act, noun="dataset", verb="allow-sending", done="Signed that the data may leave.", approval=True, asks_first=True
):
    """Sign that objects of a dataset with PII or sensitive columns may leave the machines of its members.

    It takes two people: one acting as owner, one as AI ethics. What they sign are the columns and classes of now; a
    new column of this kind, or a stricter class, needs both again.
    """

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]
    note: Annotated[str, About("Remark.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the signature."""
        _check_signs(present)
        closed = [closed_columns(present, each) for each in present.find(DatasetVersion, "dataset = ?", self.dataset)]
        if not any(closed):
            raise DeskError(
                _("Nothing of this dataset needs to be allowed."),
                _("Every column is confirmed public or confidential, or it has no version yet."),
                code="DATA-131",
            )
        columns = {name: security for each in closed for name, security in each.items()}
        self._check_is_new(present, columns)
        signed = tuple(SignedColumn(name, security) for name, security in sorted(columns.items()))
        return [present.fact(SendingSignature(dataset=self.dataset, columns=signed, note=self.note))]

    def _check_is_new(self, present: Present, columns: dict[str, SecurityClass]) -> None:
        standing = [each for each in signatures(present, self.dataset) if _covers(each, columns)]
        if any(each.recorded_as == present.acting and each.recorded_by == present.member for each in standing):
            raise DeskError(_("You have signed this already."), code="DATA-132")
        if any(each.recorded_as != present.acting and each.recorded_by == present.member for each in standing):
            raise DeskError(
                _("You have signed this as {role} already.", role=role_name(_other(present.acting))),
                _("It takes two people: somebody else signs as {role}.", role=role_name(present.acting)),
                code="DATA-133",
            )

    def outcome(self, rows: Rows) -> str:
        """Return who has to sign still."""
        version = rows.find(DatasetVersion, "dataset = ?", self.dataset, order="recorded_at DESC, id")[0]
        missing = signers_missing(rows, version.id)
        if not missing:
            return _("Both have signed: `mlops-desk objects send {name}`.", name=_name(rows, self.dataset))
        return _("It counts once somebody else signs as {role}.", role=role_names(missing))


class WithdrawSending(
    Act,
    noun="dataset",
    verb="withdraw-sending",
    done="The data may not leave any more; what was sent is not called back.",
):
    """End the permission that objects of a dataset may leave the machines; an owner or AI ethics does it alone."""

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]
    reason: Annotated[str, About("Why.", long=True)]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the end of every signature that stands."""
        _check_signs(present)
        standing = tuple(sorted(each.id for each in signatures(present, self.dataset)))
        if not standing:
            raise DeskError(_("Nobody has allowed that; there is nothing to withdraw."), code="DATA-134")
        return [present.fact(SendingEnd(dataset=self.dataset, signatures=standing, reason=self.reason))]


def _check_signs(present: Present) -> None:
    if present.acting not in SIGNERS:
        raise DeskError(
            _("Only an owner and AI ethics decide whether personal or sensitive data may leave."),
            _("Act in such a role with --as, or ask somebody who holds it."),
            code="DATA-130",
        )


def _other(role: str) -> str:
    return SIGNERS[1 - SIGNERS.index(role)]


def role_names(roles: Iterable[str]) -> str:
    """Return roles as people read them in a sentence."""
    return _(" and ").join(role_name(each) for each in roles)


def _name(rows: Rows, dataset: str) -> str:
    return rows.get(Dataset, dataset).name


def signatures(rows: Rows, dataset: str) -> list[SendingSignature]:
    """Return the signatures that stand: neither taken back by their author nor ended."""
    ended = {id_ for each in rows.find(SendingEnd, "dataset = ?", dataset) for id_ in each.signatures}
    return [each for each in rows.find(SendingSignature, "dataset = ?", dataset) if each.id not in ended]


def closed_columns(rows: Rows, version: DatasetVersion) -> dict[str, SecurityClass]:
    """Return the columns whose values may not leave unsigned, with their class; without a class it is PII."""
    said = classes_of(rows, version.dataset)
    classes = {each.name: said.get(each.name, "pii") for each in version.columns}
    return {name: security for name, security in classes.items() if security not in OPEN}


def _covers(signature: SendingSignature, columns: dict[str, SecurityClass]) -> bool:
    """Tell whether a signature saw every column, in a class at least as strict."""
    seen = {each.name: CLASSES.index(each.security) for each in signature.columns}
    return all(seen.get(name, -1) >= CLASSES.index(security) for name, security in columns.items())


@lasting
def signers_missing(rows: Rows, version: str) -> list[str]:
    """Return the roles that have to sign before a version and what was made of it may leave; none if it may.

    Of a version that nobody knows nothing may leave. One person in both roles is not two people: then both are missing.
    """
    found = rows.find(DatasetVersion, "id = ?", version)
    if not found:
        return list(SIGNERS)
    [about] = found
    columns = closed_columns(rows, about)
    if about.columns and not columns:
        return []
    signed = [each for each in signatures(rows, about.dataset) if _covers(each, columns)]
    who = {role: {each.recorded_by for each in signed if each.recorded_as == role} for role in SIGNERS}
    missing = [role for role in SIGNERS if not who[role]]
    is_one = not missing and len(who[OWNER.slug] | who[ETHICS]) == 1
    return list(SIGNERS) if is_one else missing


def sending_words(rows: Rows, dataset: Dataset) -> str:
    """Return in words whether objects of a dataset may leave; empty before it has a version."""
    versions = rows.find(DatasetVersion, "dataset = ?", dataset.id, order="recorded_at DESC, id")
    if not versions:
        return ""
    missing = rows.ask(signers_missing, versions[0].id)
    if missing:
        return _("not before {roles} sign", roles=role_names(missing))
    if class_of(rows, dataset)[0] in OPEN:
        return _("yes, by its classes")
    return _("yes, signed by an owner and AI ethics")


ACTS = (AllowSending, WithdrawSending)

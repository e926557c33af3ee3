"""What is said to somebody whose entry would not count, before it is written."""

from __future__ import annotations

from mlops_desk.journal.chain import Verdict
from mlops_desk.journal.entry import Flaw
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _

_TEAM_REASONS = {
    "no-authority": _("only owners may do this"),
    "target-is-senior": _("in a conflict between owners the one who became owner first wins"),
    "revoked-before": _("your rights as an owner have ended"),
    "the device belongs to another member": _("the machine belongs to another member"),
}


def too_large(flaw: Flaw) -> DeskError:
    """Return the refusal of an entry that breaks a limit of the format."""
    return DeskError(
        _("This cannot be recorded: {reason}.", reason=_(flaw.reason)),
        _("Shorten the text, or keep it as a file."),
        code="JOURNAL-101",
    )


def cannot(reason: str) -> DeskError:
    """Return the refusal of an entry that is not well formed."""
    return DeskError(
        _("This cannot be recorded: {reason}.", reason=reason), _("Nothing was changed."), code="JOURNAL-102"
    )


def not_admitted() -> DeskError:
    """Return the refusal of an entry about the team by somebody who does not belong to it yet."""
    return DeskError(
        _("You have not been admitted to the team yet."),
        _("Nothing was recorded. Say your words to an owner, who admits you; then sync."),
        code="TEAM-121",
    )


def used_elsewhere() -> DeskError:
    """Return the refusal of any entry by a machine whose identity was used in two places."""
    return DeskError(
        _("The identity of this machine was used in two places."),
        _("Nothing was recorded. Go on with a new one: `mlops-desk team device renew`; then an owner admits it."),
        code="JOURNAL-123",
    )


def copied() -> DeskError:
    """Return the refusal of any entry by a key that lies in another place than the one where it was made."""
    return DeskError(
        _("The private data of this project was copied here from another place, or put back from a copy."),
        _(
            "Nothing was recorded. If it was moved for good: `mlops-desk team device moved`. If it is still used where "
            "it was: `mlops-desk team device renew` makes a new key, which an owner admits."
        ),
        code="JOURNAL-124",
    )


def outdated() -> DeskError:
    """Return the refusal to go on with a key from an old copy of its journal."""
    return DeskError(
        _("The shared folder holds entries of this machine that are not here: this is an old copy."),
        _("Nothing was changed. Go on with a new key: `mlops-desk team device renew`; then an owner admits it."),
        code="JOURNAL-125",
    )


def would_not_count(verdict: Verdict, acting: str, *, is_team: bool) -> DeskError:
    """Return the refusal of an entry that every reader would set aside."""
    reason = _TEAM_REASONS.get(verdict.reason, verdict.reason) if is_team else verdict.reason
    hint = (
        _("Nothing was recorded. Ask a more senior owner, or use the recovery key: `mlops-desk team recover`.")
        if is_team
        else _("Nothing was recorded. Act in another role with --as, or ask somebody who holds it.")
    )
    return DeskError(
        _("You may not do this as {role}: {reason}.", role=role_name(acting), reason=reason), hint, code="TEAM-120"
    )

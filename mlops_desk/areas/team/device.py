"""A machine of a member: its own key and journal; and the acts that admit, retire and judge one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from mlops_desk.areas.team.ends import Place, branch_ends, counted_until, entry_of, withdrawn
from mlops_desk.areas.team.member import JoinRequest, Member, must_be_its_own
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_text
from mlops_desk.kernel.record import About, Noun
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _


class Device(Noun, noun="device", command="team", title="machine"):
    """A machine as the team's entries say now; the row is derived, never written."""

    name: Annotated[str, About("The first two of its eight words.")]
    member: Annotated[str, About("Whose it is.", of="member")]
    retired: Annotated[bool, About("Its entries no longer count.")] = False
    since: datetime | None = None


FromEntry = Annotated[
    tuple[str, ...],
    About("The first entry that no longer counts; again for another machine.", metavar="ENTRY"),
]
Reason = Annotated[str, About("Why, for everybody to read.", long=True)]


class AdmitDevice(
    Act, noun="roster", verb="device_admit", command=("team", "device", "admit"), done="Admitted the machine."
):
    """Admit a further machine of a member who asked with it; compare the eight words by voice first."""

    request: Annotated[str, About("The request: its id or the name.", of="join-request", positional=True)]
    member: Annotated[str, About("Whose machine it is.", of="member")]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that binds the machine to the member."""
        request = present.get(JoinRequest, self.request)
        must_be_its_own(request, present)
        member = present.get(Member, self.member)
        if not member.active:
            raise DeskError(
                _("{name} was removed from the team, which is for ever.", name=member.name),
                _("Admit them as a new member: `mlops-desk team admit`."),
                code="TEAM-107",
            )
        if present.find(Device, "id = ?", request.device, order="id"):
            raise DeskError(_("This machine belongs to the team already."), code="TEAM-108")
        value = {"member": member.id, "device": request.device, "request": request.line}
        return [Change("fact", "roster", new_id(), value=value)]

    def outcome(self, rows: Rows) -> str:
        """Return the eight words of the machine, and whether older ones still count."""
        words = fingerprint(rows.get(JoinRequest, self.request).device)
        others = rows.find(Device, "member = ? AND NOT retired", self.member, order="since")
        hint = _("If an older machine is lost, retire it: `mlops-desk team device retire`.") if len(others) > 1 else ""
        return _("Its words: {words}. {hint}", words=words, hint=hint).strip()


class RetireDevice(
    Act,
    noun="roster",
    verb="device_revoke",
    command=("team", "device", "retire"),
    done="Retired the machine, for ever.",
    asks_first=True,
):
    """Retire a machine that was lost, stolen or replaced; what it wrote up to now stays."""

    device: Annotated[str, About("The machine: its id or its first two words.", of="device", positional=True)]
    reason: Reason
    from_entry: FromEntry = ()

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that ends the rights of the machine after the last entry that is known here."""
        device = present.get(Device, self.device)
        check_text(self.reason)
        if device.retired:
            raise DeskError(_("This machine was retired already."), code="TEAM-109")
        cut = counted_until(present, [device.id], self.from_entry)
        value = {"device": device.id, "cut": _wire(cut), "reason": self.reason}
        return [Change("fact", "roster", new_id(), value=value)]

    def outcome(self, rows: Rows) -> str:
        """Return up to where its entries stay, and what was withdrawn."""
        return withdrawn(rows, [self.device])


class RemoveMember(
    Act, noun="roster", verb="revoke", command=("team", "remove"), done="Removed, for ever.", asks_first=True
):
    """Remove a member for ever; what they wrote up to now stays, later entries are set aside."""

    member: Annotated[str, About("The member: id or name.", of="member", positional=True)]
    reason: Reason
    from_entry: FromEntry = ()

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that ends the rights of the member after the last entries that are known here."""
        member = present.get(Member, self.member)
        check_text(self.reason)
        if not member.active:
            raise DeskError(_("{name} was removed already.", name=member.name), code="TEAM-140")
        others = [each for each in present.find(Member, "active", order="id") if "owner" in each.roles]
        if [each.id for each in others] == [member.id]:
            raise DeskError(
                _("{name} is the only owner; nobody could admit or remove anybody any more.", name=member.name),
                _("Make somebody else an owner first: `mlops-desk team roles`."),
                code="TEAM-141",
            )
        cut = counted_until(present, _machines(present, member.id), self.from_entry)
        value = {"member": member.id, "cut": _wire(cut), "reason": self.reason}
        return [Change("fact", "roster", new_id(), value=value)]

    def outcome(self, rows: Rows) -> str:
        """Return up to where the entries stay, what was withdrawn, and what waits for nobody now."""
        from mlops_desk.areas.team.open_items import left_open

        left = left_open(rows, rows.get(Member, self.member))
        return f"{withdrawn(rows, _machines(rows, self.member))} {left}".strip()


class AcceptLate(
    Act, noun="roster", verb="accept_late", command=("team", "accept-late"), done="Accepted.", asks_first=True
):
    """Let entries count that were set aside because they came after their author's rights had ended."""

    device: Annotated[str, About("The machine that wrote them.", of="device", positional=True)]
    upto: Annotated[str, About("The last entry that is to count; else all that wait.", metavar="ENTRY")] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that names the last entry which counts."""
        query = (
            "SELECT id, seq FROM line WHERE device = ? AND verdict IN ('late', 'other-branch') ORDER BY seq DESC, id"
        )
        late = present.sql(query, self.device)
        if not late:
            raise DeskError(
                _("No entry of this machine came late."), _("`mlops-desk trail` lists all entries."), code="TEAM-142"
            )
        end = entry_of(present, [self.device], self.upto) if self.upto else Place(self.device, late[0][1], late[0][0])
        value = {"device": self.device, "upto": [end.seq, end.id]}
        return [Change("fact", "roster", new_id(), value=value)]


class ConfirmFork(
    Act, noun="roster", verb="fork_confirm", command=("team", "confirm-fork"), done="Confirmed.", asks_first=True
):
    """Let approvals count that are held because their machine's identity was used in two places."""

    device: Annotated[str, About("The machine.", of="device", positional=True)]
    keep: Annotated[
        tuple[str, ...], About("The last entry of a branch that is right; again for more.", metavar="ENTRY")
    ] = ()

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that names the branches which are right."""
        ends = branch_ends(present, self.device)
        if len(ends) < 2:
            raise DeskError(_("The identity of this machine was not used in two places."), code="TEAM-143")
        if not self.keep:
            named = ", ".join(f"{end.id[:8]} (#{end.seq})" for end in ends)
            raise DeskError(
                _("Say which branch is right; ask its owner. They end with: {ends}.", ends=named),
                _("Name one with --keep, or several."),
                code="TEAM-144",
            )
        keep = [entry_of(present, [self.device], text).id for text in self.keep]
        return [Change("fact", "roster", new_id(), value={"device": self.device, "keep": keep})]


def _machines(rows: Rows, member: str) -> list[str]:
    return [each.id for each in rows.find(Device, "member = ?", member, order="id")]


def _wire(cut: dict[str, Place]) -> dict[str, list[Any]]:
    return {device: [end.seq, end.id] for device, end in cut.items()}

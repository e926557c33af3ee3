"""A member: somebody an owner admitted, with the roles they hold; and the acts that change that."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from mlops_desk.areas.team.ends import counted_until
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.record import About, Fact, Noun
from mlops_desk.kernel.roles import SLUGS, WORKING_SLUGS
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _


class Project(Noun, noun="project"):
    """The project itself, from its first entry; its row is derived, never written."""

    name: Annotated[str, About("What the project is called.")]
    purpose: Annotated[str, About("What it is for, in one sentence.", long=True)] = ""
    founded_at: datetime | None = None
    founder: Annotated[str, About("Who founded it.", of="member")] = ""


class Member(Noun, noun="member", command="team"):
    """A member as the team's entries say now; the row is derived, never written."""

    name: Annotated[str, About("Name of the person.")]
    mail: Annotated[str, About("Mail address.")] = ""
    roles: Annotated[tuple[str, ...], About("Roles they hold.")] = ()
    active: Annotated[bool, About("Still in the team.")] = True
    devices: Annotated[tuple[str, ...], About("Their machines.")] = ()
    since: datetime | None = None
    held: Annotated[tuple[str, ...], About("Roles they held when they were removed.")] = ()


class JoinRequest(Fact, noun="join-request", command="team"):
    """The wish of somebody to join: the first entry of their own journal, signed with their new key."""

    name: Annotated[str, About("Name of the person.")]
    member: Annotated[str, About("The member id they will have.")]
    device: Annotated[str, About("The machine they write from.")]
    mail: Annotated[str, About("Mail address.")] = ""
    roles: Annotated[tuple[str, ...], About("Roles they would like to hold.")] = ()
    message: Annotated[str, About("What they say.", long=True)] = ""


RolesArgument = Annotated[
    tuple[str, ...], About("A role to hold; give it again for more.", metavar="ROLE", flag="role")
]


def _checked(roles: tuple[str, ...]) -> list[str]:
    unknown = [role for role in roles if role not in SLUGS]
    if unknown or not roles:
        raise DeskError(
            _("There is no role “{role}”.", role=unknown[0]) if unknown else _("Say at least one role."),
            _("Roles: {roles}.", roles=", ".join(SLUGS)),
            code="TEAM-103",
        )
    return list(dict.fromkeys(roles))


class Admit(Act, noun="roster", verb="admit", command=("team", "admit"), done="Admitted."):
    """Admit somebody who asked to join; compare the eight words with them first."""

    request: Annotated[str, About("The request: its id or the name.", of="join-request", positional=True)]
    roles: RolesArgument = ()

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change that binds the device to the member and grants the roles."""
        request = present.get(JoinRequest, self.request)
        must_be_its_own(request, present)
        if present.find(Member, "id = ?", request.member, order="id"):
            raise DeskError(
                _("{name} is a member already.", name=request.name),
                _("Change what they may do with `mlops-desk team roles`."),
                code="TEAM-104",
            )
        value = {
            "member": request.member,
            "name": request.name,
            "mail": request.mail,
            "device": request.device,
            "request": request.line,
            "roles": _checked(self.roles or request.roles),
        }
        return [Change("fact", "roster", new_id(), value=value)]

    def outcome(self, rows: Rows) -> str:
        """Return the eight words of the machine that was admitted."""
        words = fingerprint(rows.get(JoinRequest, self.request).device)
        return _(
            "The words of their machine: {words}. If theirs are others, tell the other owners at once.", words=words
        )


def must_be_its_own(request: JoinRequest, present: Present) -> None:
    """Refuse a request that names another machine than the one that signed it."""
    signed_by = [device for (device,) in present.sql("SELECT device FROM line WHERE id = ?", request.line)]
    if signed_by != [request.device]:
        raise DeskError(
            _("The request of {name} names another machine than the one that signed it.", name=request.name),
            _("Do not admit it; ask them to get the project again."),
            code="TEAM-106",
        )


class ChangeRoles(Act, noun="roster", verb="roles", command=("team", "roles"), done="Roles changed."):
    """Give a member these roles in place of the ones they hold."""

    member: Annotated[str, About("The member: id or name.", of="member", positional=True)]
    roles: RolesArgument = ()

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the one change; where a right is lost it names the last entry that still counts."""
        member = present.get(Member, self.member)
        roles = _checked(self.roles)
        if not set(roles) & WORKING_SLUGS and set(roles) != {"observer"}:
            raise DeskError(
                _("An owner also holds at least one of the eight roles."),
                _("Add another --role, or make the member an observer."),
                code="TEAM-105",
            )
        ends = counted_until(present, member.devices)
        cut = {device: [end.seq, end.id] for device, end in ends.items()}
        value = {"member": member.id, "roles": roles, "cut": cut}
        return [Change("fact", "roster", new_id(), value=value)]

"""A hand-over: who stands in for somebody who leaves, in which roles, and what was open at that moment."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec

from mlops_desk.areas.team.member import Member
from mlops_desk.areas.team.queries import active_members
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.roles import OWNER, WORKING_SLUGS, WRITING_SLUGS, role_name
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.words import _, plural

MAX_ITEMS = 500
NAMED = 5


class HandedItem(msgspec.Struct, frozen=True):
    """One thing that waited for somebody alone, by kind and id, and what it was in words."""

    noun: str
    id: str
    what: str


class HandOver(Fact, noun="hand-over", title="hand-over", known_by="id", writers=WRITING_SLUGS):
    """What waits for a member waits for another one as well; it counts from that member, or from an owner."""

    member: Annotated[str, About("Whose things they were.", of="member")]
    to: Annotated[str, About("Who looks after them from now on.", of="member")]
    roles: Annotated[tuple[str, ...], About("The roles in which they stand in, where nobody else holds them.")]
    by_name: Annotated[bool, About("Also what waits for the member by name, such as mentions.")]
    items: Annotated[tuple[HandedItem, ...], About("What waited for the member alone when it was handed over.")] = ()
    note: Annotated[str, About("Remark.", long=True)] = ""
    replaces: Annotated[tuple[str, ...], About("Earlier hand-overs that it takes the place of.", of="hand-over")] = ()


class HandOverWork(Act, noun="hand-over", verb="give", command=("team", "hand-over"), done="Handed over."):
    """Hand over what waits for a member alone; who takes it finds it in their inbox, and new things of its kind, too.

    A member hands over their own things, an owner those of anybody, also of somebody who was removed already.
    """

    member: Annotated[str, About("Whose things they are: id or name.", of="member", positional=True)]
    to: Annotated[str, About("Who looks after them from now on; the member themselves to take them back.", of="member")]
    roles: Annotated[
        tuple[str, ...],
        About("Only what waits for this role; again for more.", metavar="ROLE", flag="role"),
    ] = ()
    note: Annotated[str, About("Remark.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the hand-over with everything that is open now."""
        from mlops_desk.areas.team.open_items import open_items

        member, to = present.get(Member, self.member), present.get(Member, self.to)
        held = roles_of(present, member)
        self._check(present, member, to, held)
        roles = self.roles or held
        open_now = [each for each in open_items(present, member.id) if each.is_alone]
        mine = [each for each in open_now if not self.roles or {*each.roles} & {*roles}]
        made = HandOver(
            member=member.id,
            to=to.id,
            roles=roles,
            by_name=not self.roles,
            items=tuple(HandedItem(each.noun, each.id, each.what) for each in mine[:MAX_ITEMS]),
            note=self.note,
            replaces=tuple(
                each.id
                for each in hand_overs(present)
                if each.member == member.id and {*each.roles} <= {*roles} and (not each.by_name or not self.roles)
            ),
        )
        return [present.fact(made)]

    def _check(self, present: Present, member: Member, to: Member, held: tuple[str, ...]) -> None:
        if present.member != member.id and present.acting != OWNER.slug:
            raise DeskError(
                _("Only {name} hands over their things, or an owner.", name=member.name),
                _("Ask them; owners act as such with --as owner."),
                code="TEAM-150",
            )
        if not to.active or not {*to.roles} & WORKING_SLUGS:
            raise DeskError(
                _("{name} cannot look after anything here.", name=to.name),
                _("Name a member who holds one of the eight roles."),
                code="TEAM-151",
            )
        foreign = [each for each in self.roles if each not in held]
        if foreign:
            raise DeskError(
                _("{name} does not answer as {role}.", name=member.name, role=role_name(foreign[0])),
                _("Their roles: {roles}.", roles=", ".join(held)),
                code="TEAM-152",
            )
        if to.id == member.id and not any(each.member == member.id for each in hand_overs(present)):
            raise DeskError(
                _("Nothing of {name} was handed over.", name=member.name),
                _("Name somebody else with --to."),
                code="TEAM-153",
            )

    def outcome(self, rows: Rows) -> str:
        """Return what waits for whom now, and which roles an owner has to give before it can be done."""
        to = rows.get(Member, self.to)
        made = next(each for each in reversed(hand_overs(rows)) if (each.member, each.to) == (self.member, to.id))
        if made.member == made.to:
            return _("What was handed over is with {name} again.", name=to.name)
        count = len(made.items)
        said = plural("{n} thing waits for {name} now", "{n} things wait for {name} now", count, name=to.name)
        lacking = [each for each in made.roles if each not in to.roles and not is_held(rows, each, but=made.member)]
        return f"{said}{_named(each.what for each in made.items)} {_give(to, lacking)}".strip()


def _give(to: Member, lacking: Sequence[str]) -> str:
    """Return how an owner gives the roles that somebody needs for what they took over."""
    if not lacking:
        return ""
    wanted = " ".join(f"--role {each}" for each in (*to.roles, *lacking))
    return _(
        "{name} does not hold {roles}; to sign and decide in it, an owner gives it: "
        '`mlops-desk team roles "{name}" {wanted}`.',
        name=to.name,
        roles=", ".join(map(role_name, lacking)),
        wanted=wanted,
    )


def _named(sentences: Iterable[str]) -> str:
    names = list(sentences)
    rest = " …" if len(names) > NAMED else ""
    return f": {' '.join(names[:NAMED])}{rest}" if names else "."


def hand_overs(rows: Rows) -> list[HandOver]:
    """Return the hand-overs that stand, oldest first: by the member themselves or an owner, and not replaced."""
    found = [each for each in rows.find(HandOver) if each.recorded_by == each.member or each.recorded_as == OWNER.slug]
    replaced = {(each.member, id_) for each in found for id_ in each.replaces if id_ != each.id}
    return [each for each in found if (each.member, each.id) not in replaced]


def speaking_for(rows: Rows, member: str) -> set[str]:
    """Return the ids of the members whose word counts where a member was called: stand-ins, and owners if they left."""
    found, moved = {member}, [each for each in hand_overs(rows) if each.by_name]
    while fresh := {each.to for each in moved if each.member in found} - found:
        found |= fresh
    here = active_members(rows)
    return found if found & {*here} else found | {id_ for id_, each in here.items() if OWNER.slug in each.roles}


def have_handed_over(rows: Rows) -> set[str]:
    """Return the ids of the members for whom somebody stands in by name."""
    return {each.member for each in hand_overs(rows) if each.by_name and each.to != each.member}


def roles_of(rows: Rows, member: Member) -> tuple[str, ...]:
    """Return the roles for which somebody answers: held, held until they left, or stood in for."""
    stood = [role for each in hand_overs(rows) if each.to == member.id != each.member for role in each.roles]
    return tuple(dict.fromkeys((*member.roles, *member.held, *stood)))


def is_held(rows: Rows, role: str, but: str = "") -> bool:
    """Tell whether somebody in the team holds a role, other than one member."""
    return any(role in each.roles for each in active_members(rows).values() if each.id != but)


ACTS = (HandOverWork,)

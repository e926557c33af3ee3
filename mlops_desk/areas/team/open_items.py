"""What is open and whose: everything that waits, put before those who stand in, and before owners where nobody is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from mlops_desk.areas.team.hand_over import HandOver, hand_overs, roles_of
from mlops_desk.areas.team.member import Member
from mlops_desk.areas.team.queries import active_members, names
from mlops_desk.kernel.area import Mark, Need, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.literal import literal
from mlops_desk.kernel.record import Record
from mlops_desk.kernel.roles import OWNER, role_name
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.words import _

LONGEST_WHAT = 200


class OpenItem(msgspec.Struct, frozen=True):
    """One thing that waits for a member; ``others`` are the members for whom it waits as well.

    ``roles`` are those of the member in which it waits; none where it waits for them by name.
    """

    noun: str
    id: str
    what: str
    state: State
    roles: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_alone(self) -> bool:
        """Tell whether it waits for nobody else in the team."""
        return not self.others


class OpenRow(msgspec.Struct, frozen=True):
    """An open item of a member for tables."""

    id: str
    name: str
    what: str
    others: str
    why: str
    state: State
    noun: str


class HandOverRow(msgspec.Struct, frozen=True):
    """A hand-over for tables."""

    id: str
    name: str
    to: str
    roles: tuple[str, ...]
    items: int
    state: State
    note: str
    at: datetime | None


class _Team:
    """Who holds what, and who stands in for whom."""

    def __init__(self, rows: Rows) -> None:
        self.active: Mapping[str, Member] = active_members(rows)
        moved = [each for each in hand_overs(rows) if each.to != each.member]
        self.hand_overs: Sequence[HandOver] = sorted(moved, key=lambda each: each.id)
        self.names = names(rows)
        self.owners = tuple(id_ for id_, each in self.active.items() if OWNER.slug in each.roles)

    def holders(self, roles: Iterable[str]) -> set[str]:
        """Return the ids of the members who hold one of some roles."""
        wanted = {*roles}
        return {id_ for id_, each in self.active.items() if wanted & {*each.roles}}

    def stand_ins(self, need: Need) -> dict[str, str]:
        """Return by id of a stand-in for whom they stand in; whoever left may have stood in for another."""
        by_name, found = {*need.members}, dict[str, str]()
        is_growing = True
        while is_growing:
            fresh = [each for each in self.hand_overs if each.to not in by_name and self._covers(each, need, by_name)]
            for each in fresh:
                by_name.add(each.to)
                found.setdefault(each.to, each.member)
            is_growing = bool(fresh)
        return found

    def _covers(self, hand_over: HandOver, need: Need, by_name: set[str]) -> bool:
        if hand_over.by_name and hand_over.member in by_name:
            return True
        return any(role in hand_over.roles and not self.holders((role,)) - {hand_over.member} for role in need.roles)

    def reached(self, need: Need) -> list[Need]:
        """Return a need as it reaches people: itself, and a copy for each stand-in; empty where it reaches nobody."""
        members = tuple(each for each in need.members if each in self.active)
        plainly = self.holders(need.roles) | {*members}
        found = [msgspec.structs.replace(need, members=members)] if plainly else []
        for to, member in self.stand_ins(need).items():
            if to in self.active and to not in plainly:
                reason = _("in place of {name}", name=literal(self.names.get(member, member[:8])))
                found.append(msgspec.structs.replace(need, roles=(), members=(to,), reason=reason))
        return found

    def for_owners(self, need: Need) -> Need:
        """Return a need that reaches nobody as the owners get it."""
        return msgspec.structs.replace(need, roles=(), members=self.owners, reason=self._nobody(need))

    def _nobody(self, need: Need) -> str:
        if need.roles:
            return _("nobody holds {roles}", roles=", ".join(map(role_name, need.roles)))
        gone = ", ".join(literal(self.names.get(each, each[:8])) for each in need.members)
        return _("{names} left", names=gone) if gone else _("nobody answers for it")


def _raw(rows: Rows) -> list[Need]:
    return [need for make in rows.registry.needs for need in make(rows)]


def reached(rows: Rows) -> tuple[Need, ...]:
    """Return everything that waits, as it reaches people who are in the team; what only owners have is last."""
    team = _Team(rows)
    found, nobodys = list[Need](), list[Need]()
    for need in _raw(rows):
        reaching = team.reached(need)
        found += reaching
        nobodys += [] if reaching else [team.for_owners(need)]
    return (*found, *nobodys)


def open_items(rows: Rows, member: str) -> list[OpenItem]:
    """Return what waits for a member, or did when they left: needs, and records whose owner is a role of theirs."""
    team, held = _Team(rows), {*roles_of(rows, rows.get(Member, member))}
    found: dict[tuple[str, str], OpenItem] = {}
    for need in _raw(rows):
        stand_ins = team.stand_ins(need)
        by_name = {*need.members, *stand_ins}
        mine = tuple(each for each in need.roles if each in held)
        if mine or member in by_name:
            others = (team.holders(need.roles) | (by_name & {*team.active})) - {member}
            item = _item(need, mine, team, others)
            known = found.get((need.noun, need.id))
            found[need.noun, need.id] = _joined(known, item) if known else item
    for item in _owned(rows, held, team, member):
        found.setdefault((item.noun, item.id), item)
    return sorted(found.values(), key=lambda each: (not each.is_alone, -badness(each.state), each.what))


def _item(need: Need, roles: tuple[str, ...], team: _Team, others: set[str]) -> OpenItem:
    told = literal(need.sentence)
    cut = told if len(told) <= LONGEST_WHAT else told[: LONGEST_WHAT - 1] + "…"
    whom = tuple(sorted(team.names.get(each, each[:8]) for each in others))
    return OpenItem(need.noun, need.id, cut, need.state, roles, whom)


def _joined(first: OpenItem, second: OpenItem) -> OpenItem:
    """Return two needs of one thing as one item; it is shared only if both are."""
    return OpenItem(
        first.noun,
        first.id,
        f"{first.what} {second.what}"[:LONGEST_WHAT],
        max(first.state, second.state, key=badness),
        tuple(dict.fromkeys((*first.roles, *second.roles))),
        () if first.is_alone or second.is_alone else tuple(sorted({*first.others, *second.others})),
    )


def _owned(rows: Rows, held: set[str], team: _Team, member: str) -> Iterable[OpenItem]:
    for noun in rows.registry.owned:
        found: list[Record] = rows.find(noun, "NOT archived AND owner IN (SELECT unnest(?))", sorted(held))
        for each in found:
            role: str = each.owner  # type: ignore[attr-defined]
            words = _("Answers for {kind} {name}.", kind=noun.title, name=rows.called(noun.noun, each.id))
            others = team.holders((role,)) - {member}
            others |= {one.to for one in team.hand_overs if role in one.roles and one.to in team.active} - {member}
            yield _item(Need(words, noun.noun, each.id, State("info", _("Owned"))), (role,), team, others)


# --- tables --------------------------------------------------------------------------------------


def open_rows(rows: Rows) -> list[OpenRow]:
    """Return what waits for each member."""
    return [row for each in active_members(rows).values() for row in _rows_of(rows, each)]


def open_rows_of(rows: Rows, text: str) -> list[OpenRow]:
    """Return what waits for the member that a text means; also for one who left."""
    return _rows_of(rows, rows.get(Member, rows.resolve(Member.noun, text)))


def _rows_of(rows: Rows, member: Member) -> list[OpenRow]:
    return [
        OpenRow(
            f"{member.id}/{each.noun}/{each.id}",
            member.name,
            each.what,
            ", ".join(each.others),
            _("as {roles}", roles=", ".join(map(role_name, each.roles))) if each.roles else _("by name"),
            each.state,
            each.noun,
        )
        for each in open_items(rows, member.id)
    ]


def hand_over_rows(rows: Rows) -> list[HandOverRow]:
    """Return the hand-overs, newest first."""
    who, standing = names(rows), {each.id for each in hand_overs(rows)}
    return [
        HandOverRow(
            each.id,
            who.get(each.member, each.member[:8]),
            who.get(each.to, each.to[:8]),
            each.roles,
            len(each.items),
            State("ok", _("Stands")) if each.id in standing else State("info", _("Ended")),
            each.note,
            each.recorded_at,
        )
        for each in rows.find(HandOver, order="recorded_at DESC, id")
    ]


def hand_over_details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a hand-over shows: each thing with who looks after it."""
    made, who = rows.get(HandOver, id_), names(rows)
    to = who.get(made.to, made.to[:8])
    return (
        Detail(_("Whose"), who.get(made.member, made.member[:8])),
        Detail(_("To"), to),
        Detail(_("Stands in as"), ", ".join(map(role_name, made.roles))),
        Detail(_("By name"), made.by_name),
        Detail(_("Remark"), made.note),
        Detail(_("When"), made.recorded_at, "instant"),
        *(Detail(each.what, to) for each in made.items),
    )


def left_open(rows: Rows, member: Member) -> str:
    """Return what waits for nobody now that a member left, in words, and the command that hands it over."""
    alone = [each for each in open_items(rows, member.id) if each.is_alone]
    if not alone:
        return ""
    return _(
        "What waited for {name} alone waits for the owners now, {n} in all: {first}{rest} "
        '`mlops-desk team hand-over "{name}" --to MEMBER` gives it to somebody.',
        name=member.name,
        n=len(alone),
        first=alone[0].what,
        rest=" …" if len(alone) > 1 else "",
    )


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, things were handed over."""
    who = names(rows)
    return [
        Mark(
            each.recorded_at,
            _("{name} handed over to {to}", name=who.get(each.member, ""), to=who.get(each.to, "")),
            each.noun,
            each.id,
        )
        for each in rows.find(HandOver, *span.within)
        if each.recorded_at
    ]

"""The rows of the team, derived from the folded roster: the project, its members, their machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlops_desk.areas.team.device import Device
from mlops_desk.areas.team.member import Member, Project
from mlops_desk.journal.events import GENESIS
from mlops_desk.journal.roster import Roster
from mlops_desk.kernel.clock import instant
from mlops_desk.kernel.fingerprint import fingerprint
from mlops_desk.kernel.record import Noun
from mlops_desk.projection.lines import Ledger

NAME_WORDS = 2

Rows = list[dict[str, Any]]


def team_rows(folded: Roster, ledger: Ledger) -> Iterator[tuple[type[Noun], Rows]]:
    """Yield the derived nouns with all their rows."""
    recorded = {
        line.id: instant(line.ms).replace(tzinfo=None).isoformat()
        for line in ledger.lines("id IN (SELECT unnest(?))", list(folded.accepted))
    }
    arrivals = {member: folded.arrival(member) for member in folded.now.members}
    yield (
        Project,
        [
            {
                "id": event.id,
                "name": event.text("name"),
                "purpose": event.text("purpose"),
                "founded_at": recorded.get(event.id),
                "founder": event.text("member"),
            }
            for event in folded.accepted.values()
            if event.kind == GENESIS
        ],
    )
    yield (
        Member,
        [
            {
                "id": member.id,
                "name": member.name,
                "mail": came.text("mail") if (came := arrivals[member.id]) else "",
                "roles": sorted(member.roles),
                "active": member.active,
                "devices": list(member.devices),
                "since": recorded.get(came.id) if came else None,
                "held": [] if member.active else _held(folded, member.id),
            }
            for member in folded.now.members.values()
        ],
    )
    yield (
        Device,
        [
            {
                "id": device,
                "name": " ".join(fingerprint(device).split()[:NAME_WORDS]),
                "member": member,
                "retired": device not in folded.now.devices,
                "since": recorded.get(folded.since(device).id),
            }
            for device, member in sorted(folded.fold.bound.items())
        ],
    )


def _held(folded: Roster, member: str) -> list[str]:
    """Return the roles that a removed member held at the end."""
    last = folded.fold.in_force(member, folded.now.seen)
    return sorted({role for id_ in last for role in folded.fold.events[id_].roles})

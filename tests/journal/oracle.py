"""An oracle for who counts: the rules of the journal format read word by word, slowly, sharing no code with the desk.

It does not compute what is accepted; it takes what the desk says and looks whether every single event is explained.
Seniority makes that enough: whatever decides about an event is more senior than the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

Rank = tuple[int, str]
OWNER = "owner"
KEY: Rank = (-1, "")
ROTATING: Rank = (-2, "")
BINDS = ("project.create", "roster.admit", "roster.device_admit")
SETS_ROLES = ("project.create", "roster.admit", "roster.roles")


class Said(NamedTuple):
    """A line of a journal, as far as the rules look at it; ``value`` is what an entry about the team says."""

    id: str
    device: str
    seq: int
    prev: str
    roster: tuple[str, ...]
    acting: str
    kind: str
    value: Mapping[str, Any]

    @property
    def is_team(self) -> bool:
        return self.kind == "project.create" or self.kind.split(".")[0] in ("roster", "recovery", "policy")

    @property
    def roles(self) -> set[str]:
        return set(self.value.get("roles", ())) | ({OWNER} if self.kind == "project.create" else set())


class Oracle:
    """What must hold of the entries about the team that somebody calls accepted.

    ``waiting`` are further lines, before which one is missing: they say nothing yet, but their numbers are used.
    """

    def __init__(self, lines: Iterable[Said], accepted: Iterable[str], waiting: Iterable[Said] = ()) -> None:
        self.lines = {line.id: line for line in lines}
        team = {id_: line for id_, line in self.lines.items() if line.is_team}
        self.lines |= {line.id: line for line in waiting}
        self.past: dict[str, set[str]] = {}
        self.depth: dict[str, int] = {}
        while True:
            ready = [e for e in team.values() if e.id not in self.past and all(h in self.past for h in e.roster)]
            if not ready:
                break
            for event in ready:
                self.past[event.id] = set(event.roster).union(*(self.past[head] for head in event.roster))
                self.depth[event.id] = 1 + max((self.depth[head] for head in event.roster), default=0)
        self.team = {id_: team[id_] for id_ in self.past}
        self.accepted = set(accepted)

    @cached_property
    def ranks(self) -> dict[str, Rank | None]:
        return {id_: self._rank_of(event) for id_, event in self.team.items()}

    def _counting(self, *kinds: str, among: set[str] | None = None) -> list[Said]:
        ids = self.accepted if among is None else self.accepted & among
        return [self.team[id_] for id_ in ids if self.team[id_].kind in kinds]

    def _key(self, event: Said) -> Rank:
        return (self.depth[event.id], event.id)

    def is_key(self, device: str, past: set[str]) -> bool:
        """Tell whether a device is the recovery key that a past names."""
        named = [e.value.get("recovery") for e in self._counting("project.create", among=past)]
        return device in named + [e.value.get("pub") for e in self._counting("recovery.rotate", among=past)]

    def member_of(self, device: str) -> str:
        """Return whose a device is; every accepted event says the same."""
        found = {e.value["member"] for e in self._counting(*BINDS) if e.value["device"] == device}
        assert len(found) <= 1, "one device, one member"
        return found.pop() if found else ""

    def ended(self, device: str, past: set[str]) -> bool:
        """Tell whether a past ends a device or its member for ever; a device may always end itself."""
        own = [e for e in map(self.team.__getitem__, past) if e.kind == "roster.device_revoke" and e.device == device]
        if any(e.value.get("device") == device for e in own):
            return True
        member = self.member_of(device)
        gone = [e for e in self._counting("roster.revoke", among=past) if e.value.get("member") == member]
        return bool(
            gone or [e for e in self._counting("roster.device_revoke", among=past) if e.value["device"] == device]
        )

    def roles(self, member: str, past: set[str]) -> set[str]:
        """Return the roles that a past gives a member."""
        about = [e for e in self._counting(*SETS_ROLES, among=past) if e.value.get("member") == member]
        changes = [e for e in about if e.kind == "roster.roles"]
        last = [e for e in changes if not any(e.id in self.past[other.id] for other in changes)]
        told = sorted(last or about, key=lambda e: (self._author_rank(e), *self._key(e)))
        return told[0].roles if told else set()

    def _author_rank(self, event: Said) -> Rank:
        if event.kind == "project.create":
            return (-3, "")
        rank = self.ranks_so_far.get(event.id) or self._rank_of(event)
        assert rank is not None
        self.ranks_so_far[event.id] = rank
        return rank

    @cached_property
    def ranks_so_far(self) -> dict[str, Rank]:
        return {}

    def owner_since(self, device: str, among: set[str], past: set[str]) -> list[Rank]:
        """Return when a device became an owner's in some accepted events, unless what is past ended that."""
        member = self.member_of(device)
        if self.ended(device, past):
            return []
        binds = [e for e in self._counting(*BINDS, among=among) if e.value["device"] == device]
        grants = [
            e for e in self._counting(*SETS_ROLES, among=among) if e.value["member"] == member and OWNER in e.roles
        ]
        takes = [e for e in self._counting("roster.roles", among=past) if e.value["member"] == member]
        living = [g for g in grants if not any(OWNER not in t.roles and g.id in self.past[t.id] for t in takes)]
        return [max(self._key(b), self._key(g)) for b in binds for g in living]

    def _rank_of(self, event: Said) -> Rank | None:
        past = self.past[event.id]
        if self.is_key(event.device, past):
            return ROTATING if event.kind == "recovery.rotate" else KEY
        if event.kind == "recovery.rotate" or OWNER not in self.roles(self.member_of(event.device), past):
            return None
        return min(self.owner_since(event.device, past, past), default=None)

    # --- why an event counts or not --------------------------------------------------------

    def counts(self, event: Said) -> bool:
        """Tell whether an event must count, given what else does."""
        if event.kind == "project.create":
            first = min(e.id for e in self.team.values() if e.kind == event.kind and not e.roster)
            return event.id == first
        if event.kind == "roster.device_revoke" and event.device == event.value.get("device"):
            return self._may_retire(event)
        rank = self.ranks[event.id]
        if rank is None or self._is_cut_by_a_senior(event, rank) or self._hits_a_senior(event, rank):
            return False
        return event.kind not in BINDS or self._may_bind(event, rank)

    def _may_retire(self, event: Said) -> bool:
        past = self.past[event.id]
        if not [e for e in self._counting(*BINDS, among=past) if e.value["device"] == event.device]:
            return False
        retired = [e for e in self.team.values() if e.kind == event.kind and e.device == e.value.get("device")]
        own = {e.id: e for e in retired if e.device == event.device}
        if self.ended(event.device, past - own.keys()):
            return False
        return not any(self._key(e) < self._key(event) for e in own.values() if e.id in self.accepted)

    def _is_cut_by_a_senior(self, event: Said, rank: Rank) -> bool:
        if rank in (KEY, ROTATING):
            turned = [e for e in self._counting("recovery.rotate") if e.device == event.device and e.id != event.id]
            return any(event.id not in self.past[e.id] and self._wins(e, event) for e in turned)
        member = self.member_of(event.device)
        cuts = [e for e in self._counting("roster.revoke", "roster.roles") if e.value["member"] == member]
        cuts = [e for e in cuts if e.kind == "roster.revoke" or OWNER not in e.roles]
        cuts += [e for e in self._counting("roster.device_revoke") if e.value["device"] == event.device != e.device]
        apart = [e for e in cuts if e.id not in self.past[event.id] and event.id not in self.past[e.id]]
        return any((self.ranks[e.id] or rank) < rank for e in apart)

    def _wins(self, rotation: Said, event: Said) -> bool:
        return event.kind != "recovery.rotate" or self._key(rotation) < self._key(event)

    def _hits_a_senior(self, event: Said, rank: Rank) -> bool:
        hits_device = event.kind in ("roster.device_revoke", "roster.fork_confirm")
        if not hits_device and event.kind not in ("roster.revoke", "roster.roles", "roster.admit"):
            return False
        device = event.value.get("device", "")
        if hits_device and self.is_key(device, self.accepted):
            return True
        if event.kind == "roster.fork_confirm" and device == event.device:
            return True
        devices = {e.value["device"] for e in self._counting(*BINDS)}
        hit = {device} if hits_device else {d for d in devices if self.member_of(d) == event.value["member"]}
        mine = self.member_of(event.device)
        for each in hit:
            own = event.kind != "roster.fork_confirm" and mine != "" and self.member_of(each) == mine
            theirs = self.owner_since(each, self.accepted - {event.id}, self.past[event.id])
            if any(since < rank or (since == rank and not own) for since in theirs):
                return True
        return False

    def _may_bind(self, event: Said, rank: Rank) -> bool:
        device, member = event.value["device"], event.value["member"]
        if self.is_key(device, self.accepted):
            return False
        others = [e for e in self._counting(*BINDS) if e.value["device"] == device and e.value["member"] != member]
        return not any((self._author_rank(e), *self._key(e)) < (rank, *self._key(event)) for e in others)

    def unexplained(self) -> list[str]:
        """Return the events that are accepted and must not be, or the other way round."""
        return sorted(id_ for id_, event in self.team.items() if self.counts(event) != (id_ in self.accepted))

    # --- ordinary lines --------------------------------------------------------------------

    def verdict(self, line: Said, approvals: Iterable[str]) -> str:
        """Return the verdict of one line."""
        chain = self._chain(line)
        if chain is None:
            return "waiting-chain"
        if any(head not in self.past for head in line.roster):
            return "waiting-roster"
        seen = set(line.roster).union(*(self.past[head] for head in line.roster))
        if any(head not in seen for earlier in chain for head in earlier.roster):
            return "view-went-back"
        if line.is_team:
            return "ok" if line.id in self.accepted else "no-role"
        binds = [e for e in self._counting(*BINDS, among=seen) if e.value["device"] == line.device]
        retired = [e for e in self._counting("roster.device_revoke", among=seen) if e.value["device"] == line.device]
        member = self.member_of(line.device)
        removed = [e for e in self._counting("roster.revoke", among=seen) if e.value["member"] == member]
        if not binds or retired or removed or line.acting not in self.roles(member, seen):
            return "no-role"
        return self._end(line, member, seen) or self._fork(line, approvals) or "ok"

    def waits(self, line: Said) -> bool:
        """Tell whether a line before this one is missing in its journal."""
        return self._chain(line) is None

    def _chain(self, line: Said) -> list[Said] | None:
        found: list[Said] = []
        while line.seq > 1:
            before = self.lines.get(line.prev)
            if before is None or before.device != line.device or before.seq != line.seq - 1:
                return None
            found.append(before)
            line = before
        return found

    def _leads(self, line: Said, end: str) -> bool:
        at: str = end
        while at in self.lines and self.lines[at].device == line.device:
            if at == line.id:
                return True
            at = self.lines[at].prev
        return False

    def _end(self, line: Said, member: str, seen: set[str]) -> str:
        found = ""
        for cut in self._counting("roster.revoke", "roster.roles", "roster.device_revoke"):
            hits = cut.value["device"] == line.device if "device_" in cut.kind else cut.value["member"] == member
            if not hits or cut.id in seen or (cut.kind == "roster.roles" and line.acting in cut.roles):
                continue
            end = cut.value.get("cut", {}).get(line.device)
            if self._within(line, end) or self._let_in(line, cut):
                continue
            if not end or line.seq > end[0]:
                return "late"
            found = "other-branch"
        return found

    def _let_in(self, line: Said, cut: Said) -> bool:
        told = [e for e in self._counting("roster.accept_late") if e.value["device"] == line.device]
        return any(cut.id in self.past[e.id] and self._within(line, e.value["upto"]) for e in told)

    def _within(self, line: Said, end: Any) -> bool:
        return bool(end) and line.seq <= end[0] and self._leads(line, end[1])

    def _fork(self, line: Said, approvals: Iterable[str]) -> str:
        numbers = [each.seq for each in self.lines.values() if each.device == line.device]
        doubled = [seq for seq in numbers if numbers.count(seq) > 1]
        if line.kind not in approvals or not doubled or line.seq < min(doubled):
            return ""
        kept = [
            end
            for e in self._counting("roster.fork_confirm")
            if e.value["device"] == line.device
            for end in e.value["keep"]
        ]
        return "" if any(self._leads(line, end) for end in kept) else "held-fork"

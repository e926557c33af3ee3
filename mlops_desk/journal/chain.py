"""One verdict for every authentic line: a pure function of the set of lines, without any input or output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from mlops_desk.journal.entry import Entry
from mlops_desk.journal.roster import REQUEST, REVOKE, ROLES, Event, Member, Roster, View, is_roster
from mlops_desk.kernel.rules import Rules

OK = "ok"
WAITING = frozenset({"waiting-chain", "waiting-roster"})


class Verdict(NamedTuple):
    """The one verdict of a line, the reason in words, and the member who wrote it as far as known."""

    code: str
    reason: str = ""
    member: str = ""


class Place(NamedTuple):
    """Where a line stands: its number in the journal of its device, and the roster it cites."""

    seq: int
    roster: tuple[str, ...]


class Claim(msgspec.Struct, frozen=True):
    """What must be known of an authentic line to judge it; ``flaw`` names an op that is not well formed."""

    id: str
    device: str
    seq: int
    prev: str
    roster: tuple[str, ...]
    acting: str
    kind: str
    nouns: frozenset[str]
    flaw: str = ""

    @classmethod
    def of(cls, line: str, entry: Entry, rules: Rules) -> Claim:
        """Return the claim of an entry."""
        flaw = next((found for op in entry.ops if (found := rules.flaw(op))), "")
        nouns = frozenset(op.noun for op in entry.ops)
        return cls(line, entry.device, entry.seq, entry.prev, entry.roster, entry.acting, entry.kind, nouns, flaw)

    @property
    def place(self) -> Place:
        """Where the line stands."""
        return Place(self.seq, self.roster)


class Judge:
    """The rules of steps L3 to L9, for one folded roster.

    ``forks`` maps a device to the first number that two of its authentic lines share.
    """

    def __init__(self, roster: Roster, rules: Rules, forks: Mapping[str, int]) -> None:
        self._roster = roster
        self._rules = rules
        self._forks = forks

    def judge(self, claims: Iterable[Claim], placed: Mapping[str, Place]) -> dict[str, Verdict]:
        """Return the verdict of each claim; ``placed`` are the lines already reachable from a first line."""
        by_prev: dict[str, list[Claim]] = {}
        given = list(claims)
        for claim in given:
            by_prev.setdefault(claim.prev, []).append(claim)
        verdicts = {claim.id: Verdict("waiting-chain", "an earlier line of this journal is missing") for claim in given}
        ready: list[tuple[Claim, Place | None]] = [(claim, None) for claim in by_prev.get("", ())]
        ready += [(claim, placed[prev]) for prev, found in by_prev.items() if prev in placed for claim in found]
        while ready:
            claim, before = ready.pop()
            if before is not None and claim.seq != before.seq + 1:
                continue
            verdicts[claim.id] = self._placed(claim, before)
            ready += [(follower, claim.place) for follower in by_prev.get(claim.id, ())]
        return verdicts

    def _placed(self, claim: Claim, before: Place | None) -> Verdict:
        roster = self._roster
        if not roster.knows(claim.roster):
            return Verdict("waiting-roster", "an entry about the team that it relies on is missing")
        if before is not None and claim.roster != before.roster and roster.knows(before.roster):
            seen = roster.closure(claim.roster)
            if not roster.closure(before.roster) <= seen:
                return Verdict("view-went-back", "it cites an older team than the line before it")
        if is_roster(claim.kind):
            return self._roster_verdict(claim)
        return self._ordinary(claim, roster.view(claim.roster))

    def _roster_verdict(self, claim: Claim) -> Verdict:
        if claim.id in self._roster.accepted:
            view = self._roster.view((claim.id,))
            member = view.devices.get(claim.device, "")
            return Verdict(OK, member=member)
        member = self._roster.now.devices.get(claim.device, "")
        return Verdict("no-role", self._roster.rejected.get(claim.id, "no-authority"), member)

    def _ordinary(self, claim: Claim, view: View) -> Verdict:
        author = view.author(claim.device)
        if claim.kind == REQUEST and claim.seq == 1:
            return Verdict(OK, member=author.id if author else "")
        if author is None:
            return Verdict("no-role", "written before its author was admitted")
        refusal = self._no_role(claim, author)
        if refusal:
            return Verdict("no-role", refusal, author.id)
        if any(_is_late(claim, author, cut) for cut in view.unseen_cuts):
            return Verdict("late", "written after its author's rights had ended", author.id)
        if claim.kind in self._rules.approvals and claim.seq >= self._forks.get(claim.device, claim.seq + 1):
            return Verdict("held-fork", "this machine's identity was used in two places", author.id)
        if claim.kind not in self._rules.acts:
            return Verdict("unknown-kind", f"{claim.kind} needs a newer version", author.id)
        if claim.flaw:
            return Verdict("invalid-op", claim.flaw, author.id)
        return Verdict(OK, member=author.id)

    def _no_role(self, claim: Claim, author: Member) -> str:
        if not author.active:
            return "its author was removed from the team"
        if claim.acting not in author.roles:
            return f"its author does not hold the role {claim.acting}"
        barred = sorted(noun for noun in claim.nouns if not self._rules.may(claim.acting, noun))
        return f"the role {claim.acting} may not write {', '.join(barred)}" if barred else ""


def _is_late(claim: Claim, author: Member, cut: Event) -> bool:
    hits = cut.text("device") == claim.device or (
        cut.kind in (REVOKE, ROLES) and cut.text("member") == author.id and claim.acting not in cut.roles
    )
    limit = cut.cut.get(claim.device)
    return hits and (limit is None or claim.seq > limit.seq)

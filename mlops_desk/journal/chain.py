"""One verdict for every authentic line: a pure function of the set of lines, without any input or output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from mlops_desk.journal.entry import Entry
from mlops_desk.journal.events import REQUEST, REQUEST_NOUN, ROLES, Cut, Event, is_roster
from mlops_desk.journal.roster import Member, Roster, View
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.words import _, declared

OK = "ok"
WENT_BACK = "view-went-back"
WAITING = frozenset({"waiting-chain", "waiting-roster"})
BEFORE_JOINING = declared("written before joining")

Links = Mapping[str, str]  # of the lines of one device: the line before each


class Verdict(NamedTuple):
    """The one verdict of a line, the reason in words, and the member who wrote it as far as known."""

    code: str
    reason: str = ""
    member: str = ""


class Place(NamedTuple):
    """Where a line stands: whose it is, its number in that journal, and the newest roster cited up to it."""

    device: str
    seq: int
    roster: tuple[str, ...]


class Claim(msgspec.Struct, frozen=True):
    """What must be known of an authentic line to judge it.

    ``written`` are the nouns, or single fields, that it writes; ``flaw`` names an op that is not well formed.
    """

    id: str
    device: str
    seq: int
    prev: str
    roster: tuple[str, ...]
    acting: str
    kind: str
    written: frozenset[str]
    flaw: str = ""

    @classmethod
    def of(cls, line: str, entry: Entry, rules: Rules) -> Claim:
        """Return the claim of an entry."""
        flaw = next((found for op in entry.ops if (found := rules.flaw(op))), "")
        written = frozenset(map(rules.written, entry.ops))
        return cls(line, entry.device, entry.seq, entry.prev, entry.roster, entry.acting, entry.kind, written, flaw)


class Chains:
    """Which lines of a device lead to a given one; asked only where rights ended or a journal forked."""

    def __init__(self, links_of: Callable[[str], Links]) -> None:
        self._links_of = links_of
        self._links: dict[str, Links] = {}
        self._branches: dict[str, frozenset[str]] = {}

    def branch(self, device: str, end: str) -> frozenset[str]:
        """Return a line of a device and all before it that are here; empty if it is not here itself."""
        if end not in self._branches:
            if device not in self._links:
                self._links[device] = self._links_of(device)
            links, found, line = self._links[device], set[str](), end
            while line in links:
                found.add(line)
                line = links[line]
            self._branches[end] = frozenset(found)
        return self._branches[end]


class Judge:
    """The rules of steps L3 to L9, for one folded roster.

    ``forks`` maps a device to the first number that two of its authentic lines share.
    """

    def __init__(self, roster: Roster, rules: Rules, forks: Mapping[str, int], chains: Chains) -> None:
        self._roster = roster
        self._rules = rules
        self._forks = forks
        self._chains = chains
        self._known_barred: dict[tuple[str, frozenset[str]], str] = {}

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
            if before is not None and (claim.device, claim.seq) != (before.device, before.seq + 1):
                continue
            verdict = verdicts[claim.id] = self._placed(claim, before)
            place = place_after(Place(claim.device, claim.seq, claim.roster), verdict.code, before)
            ready += [(follower, place) for follower in by_prev.get(claim.id, ())]
        return verdicts

    def _placed(self, claim: Claim, before: Place | None) -> Verdict:
        roster = self._roster
        if not roster.knows(claim.roster):
            return Verdict("waiting-roster", "an entry about the team that it relies on is missing")
        if before and before.roster != claim.roster and not roster.covers(claim.roster, before.roster):
            return Verdict(WENT_BACK, "it cites an older team than a line before it", roster.member_of(claim.device))
        if is_roster(claim.kind):
            return self._roster_verdict(claim)
        return self._ordinary(claim, roster.view(claim.roster))

    def _roster_verdict(self, claim: Claim) -> Verdict:
        member = self._roster.member_of(claim.device)
        if claim.id in self._roster.accepted:
            return Verdict(OK, member=member)
        return Verdict("no-role", self._roster.rejected.get(claim.id, "no-authority"), member)

    def _ordinary(self, claim: Claim, view: View) -> Verdict:
        author = view.author(claim.device)
        if claim.kind == REQUEST and claim.seq == 1 and claim.written <= {REQUEST_NOUN} and not claim.flaw:
            return Verdict(OK, member=author.id if author else "")
        if author is None:
            return Verdict("no-role", "its machine was retired" if view.has_retired(claim.device) else BEFORE_JOINING)
        refusal = self._no_role(claim, author)
        if refusal:
            return Verdict("no-role", refusal, author.id)
        if beyond := self._beyond(claim, author, view):
            return beyond
        if claim.kind in self._rules.approvals and self._is_held(claim):
            return Verdict("held-fork", "this machine's identity was used in two places", author.id)
        if claim.kind not in self._rules.acts:
            return Verdict("unknown-kind", _("{kind} needs a newer version", kind=claim.kind), author.id)
        if claim.flaw:
            return Verdict("invalid-op", claim.flaw, author.id)
        return Verdict(OK, member=author.id)

    def _no_role(self, claim: Claim, author: Member) -> str:
        if not author.active:
            return _("its author was removed from the team")
        if claim.acting not in author.roles:
            return _("its author does not hold the role {role}", role=claim.acting)
        return self._barred(claim.acting, claim.written)

    def _barred(self, acting: str, written: frozenset[str]) -> str:
        """Return what of some nouns or fields a role may not write, in words; the same few are asked for all lines."""
        if (acting, written) not in self._known_barred:
            barred = sorted(each for each in written if not self._rules.may(acting, each))
            told = _("the role {role} may not write {names}", role=acting, names=", ".join(barred)) if barred else ""
            self._known_barred[acting, written] = told
        return self._known_barred[acting, written]

    # --- where rights end ----------------------------------------------------------------

    def _beyond(self, claim: Claim, author: Member, view: View) -> Verdict | None:
        """Return why a line lies beyond an end of its author's rights that it does not know, or None."""
        found: Verdict | None = None
        for cut in self._roster.ends_of(view, claim.device, author.id):
            if cut.kind == ROLES and claim.acting in cut.roles:
                continue
            end = cut.cut.get(claim.device)
            if self._is_within(claim, end) or self._was_accepted(claim, cut):
                continue
            if end is None or claim.seq > end.seq:
                return Verdict("late", "written after its author's rights had ended", author.id)
            found = Verdict("other-branch", "its author's rights end on another branch of this journal", author.id)
        return found

    def _was_accepted(self, claim: Claim, cut: Event) -> bool:
        return any(self._is_within(claim, each.upto) for each in self._roster.accepts_late(claim.device, cut))

    def _is_within(self, claim: Claim, end: Cut | None) -> bool:
        if end is None or claim.seq > end.seq:
            return False
        return claim.id in self._chains.branch(claim.device, end.id)

    def _is_held(self, claim: Claim) -> bool:
        """Tell whether an approval stands behind the point where its device was used twice, and nobody confirmed it."""
        if claim.seq < self._forks.get(claim.device, claim.seq + 1):
            return False
        kept = (end for event in self._roster.confirms(claim.device) for end in event.keep)
        return not any(claim.id in self._chains.branch(claim.device, end) for end in kept)


def place_after(place: Place, verdict: str, before: Place | None) -> Place:
    """Return where a line stands; one whose roster is older, or not known, takes nothing back of what was cited."""
    if before is None or verdict not in (WENT_BACK, "waiting-roster"):
        return place
    return place._replace(roster=tuple(sorted({*before.roster, *place.roster})))

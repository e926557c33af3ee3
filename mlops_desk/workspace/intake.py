"""Taking lines in: from bytes to verdicts to rows, costing by what is new."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mlops_desk.journal import roster
from mlops_desk.journal.chain import WAITING, WENT_BACK, Chains, Claim, Judge, Links, Place, Verdict, place_after
from mlops_desk.journal.entry import MAX_SEEN_HEADS, Entry, Flaw, line_id
from mlops_desk.journal.events import ACCEPT_LATE, CUTS, FORK_CONFIRM, REVOKE, ROLES, TEAM_PREFIXES, Event, is_roster
from mlops_desk.journal.opening import open_all
from mlops_desk.journal.roster import Roster
from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Change, Changes
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.words import _
from mlops_desk.projection.database import Database
from mlops_desk.projection.lines import Ledger, Line, Noted, Seen, among
from mlops_desk.workspace import memory
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.reading import Raw, Reading
from mlops_desk.workspace.team import team_rows

BATCH_LINES = 20_000
_TEAM_STARTS = ("project.create", *TEAM_PREFIXES)
_ROSTER_LINES = "(" + " OR ".join(f"starts_with(kind, '{start}')" for start in _TEAM_STARTS) + ")"
_TEAM_MARKS = tuple(f'"kind":"{start}'.encode() for start in _TEAM_STARTS)

Key = tuple[str, str]


class Intake:
    """Keeps the projection of one project in step with all lines that can be seen here."""

    def __init__(self, project: Project, database: Database, rules: Rules, *, remembers: bool = True) -> None:
        """Begin from what the database holds; without ``remembers`` the private memory of lines stays as it is."""
        self._remembers = remembers
        self._project = project
        self._database = database
        self._rules = rules
        self.ledger = Ledger(database, rules.nouns)
        self._reading = Reading(project, self.ledger.cursors())
        self.roster = self._fold()
        self._team_changed = False
        self._has_moved = False
        self._forks = self.ledger.forks()
        self._tips = self.ledger.tips()
        self._waiting_devices = self._devices_that_wait()
        self._announced: dict[str, set[str]] = {}
        self._unsaved: dict[str, Seen] = {}
        self._short = self.ledger.short_devices()
        self.latest_ms, self._lines, self._findings = self.ledger.extent(_trusted())

    def refresh(self, progress: Progress = silent, stop: Stop | None = None) -> Changes:
        """Take in what is new in any file.

        Raises:
            Cancelled: somebody wished to stop; nothing was taken in.
        """
        batch = self._reading.new()
        if not batch:
            return Changes()
        known = self.ledger.known([id_ for _device, id_ in batch.raws]) if batch.raws and self._lines else set()
        fresh = _owners_first([raw for found, raw in batch.raws.items() if found not in known])
        changed: set[Key] = set()
        noted = list(batch.findings)
        with self._database.transaction(), _without_collecting():
            self.ledger.forget_findings(batch.reread)
            self.ledger.forget_cursors(batch.gone)
            for start in range(0, len(fresh), BATCH_LINES):
                go_on(stop)
                progress(_("Taking entries in"), start, len(fresh))
                rows, found = self._take(fresh[start : start + BATCH_LINES])
                changed |= rows
                noted += found
            changed |= self._derive_team()
            if self._remembers:
                batch.cursors += self._remember(fresh)
            noted += self._losses(batch.doubtful)
            self._database.insert("finding", [each._asdict() for each in noted])
            self.ledger.note_cursors(batch.cursors)
        _latest, self._lines, self._findings = self.ledger.extent(_trusted())
        self._reading.keep(batch.cursors)
        return Changes(rows=frozenset(changed), findings=len(noted))

    def _remember(self, fresh: Sequence[Raw]) -> list[Seen]:
        """Keep what just came from others and is authentic, before it counts as read."""
        shared = [raw for raw in fresh if raw.is_shared]
        authentic = self.ledger.known([raw.id for raw in shared]) if shared else set()
        return self._reading.remember([raw for raw in shared if (raw.device, raw.id) in authentic])

    def _losses(self, doubtful: set[str]) -> list[Noted]:
        """Compare what the shared folder holds of some devices with what this machine has seen of them."""
        doubtful = doubtful | self._short
        self.ledger.forget_findings([str(self._project.journals / device) for device in doubtful])
        found = memory.lost(self._project, doubtful) if doubtful else {}
        self._short = set(found)
        return [
            Noted(
                str(self._project.journals / device),
                "rollback",
                f"journals/{device[:8]}…",
                memory.loss_sentence(self.name_of(device), len(lines)),
                device,
            )
            for device, lines in found.items()
        ]

    def is_forked(self, device: str) -> bool:
        """Tell whether the identity of a device was used in two places."""
        return device in self._forks

    def name_of(self, device: str) -> str:
        """Return the name of the member a device belongs to, else the beginning of its id."""
        author = self.roster.now.author(device)
        return author.name if author else f"{device[:8]}…"

    def commit(self, line: bytes, entry: Entry, path: Path) -> Changes:
        """Take in the line that was just appended to an own journal, without a look at any other file."""
        seen, offset = self._reading.end_of(path, line)
        self._unsaved[seen.path] = seen
        with self._database.transaction():
            changed, _noted = self._take([Raw(line_id(line), entry.device, line, path, offset, is_shared=False)])
            self._lines += 1
            changed |= self._derive_team()
        return Changes(rows=frozenset(changed))

    @property
    def content(self) -> str:
        """What tells the present lines and findings from any others that this store has held: lines only come."""
        return f"{self._lines} {self._findings}"

    def save(self) -> None:
        """Keep how far the own journals were read, so that the next start need not look."""
        if self._unsaved:
            with self._database.transaction():
                self.ledger.note_cursors(list(self._unsaved.values()))
            self._unsaved.clear()

    def news_for(self, device: str) -> tuple[str, ...]:
        """Return the heads of other journals that a device has not named as seen yet."""
        if device not in self._announced:
            self._announced[device] = self.ledger.announced(device)
        heads = {line.id for line in self._tips.values() if line.device != device}
        return tuple(sorted(heads - self._announced[device]))[:MAX_SEEN_HEADS]

    def _derive_team(self) -> set[Key]:
        """Make the rows of the team again where its entries changed; call it within the transaction of the lines."""
        if not self._team_changed:
            return set()
        self._team_changed = False
        changed: set[Key] = set()
        for noun, rows in team_rows(self.roster, self.ledger):
            self.ledger.replace(noun, rows)
            changed |= {(noun.noun, row["id"]) for row in rows}
        return changed

    # --- one batch -----------------------------------------------------------------------

    def _take(self, raws: Sequence[Raw]) -> tuple[set[Key], list[Noted]]:
        entries: dict[str, Entry] = {}
        places: dict[str, str] = {}
        noted: list[Noted] = []
        opened = open_all([(raw.device, raw.line) for raw in raws], self._project.id)
        for raw, found in zip(raws, opened, strict=True):
            if isinstance(found, Flaw):
                noted.append(Noted(str(raw.path), found.verdict, raw.place, found.reason, raw.device))
            else:
                entries[raw.id], places[raw.id] = found, raw.place
        claims = {id_: Claim.of(id_, entry, self._rules) for id_, entry in entries.items()}
        verdicts = self._judge(claims, entries)
        new = [_line(entry, claims[id_], verdicts[id_], places[id_]) for id_, entry in entries.items()]
        settled = {id_: (each.code, each.reason, each.member) for id_, each in verdicts.items() if id_ not in entries}
        ops: dict[str, Sequence[Change]] = {id_: entry.ops for id_, entry in entries.items()}
        again = self.ledger.doubled() if self._has_moved else set()
        self._has_moved = False
        changed = self.ledger.store(new, ops, settled, again)
        self._advance(new, is_settled=bool(settled))
        return changed, noted

    def _advance(self, new: Sequence[Line], *, is_settled: bool) -> None:
        """Keep in mind what the next act needs to know: ends of journals, the latest time, what waits."""
        if is_settled or any(line.verdict in WAITING for line in new):
            self._tips = self.ledger.tips()
            self._waiting_devices = self._devices_that_wait()
        trusted = _trusted()
        for line in new:
            if line.verdict != "waiting-chain" and line.seq >= self._end_of(line.device):
                self._tips[line.device] = line
            if line.ms <= trusted:
                self.latest_ms = max(self.latest_ms, line.ms)
            if line.device in self._announced:
                self._announced[line.device].update(line.seen)

    def _devices_that_wait(self) -> set[str]:
        query = "SELECT DISTINCT device FROM line WHERE verdict IN (SELECT unnest(?))"
        return {row[0] for row in self._database.sql(query, list(WAITING))}

    def _end_of(self, device: str) -> int:
        return self._tips[device].seq if device in self._tips else 0

    # --- verdicts ------------------------------------------------------------------------

    def _judge(self, new: dict[str, Claim], entries: dict[str, Entry]) -> dict[str, Verdict]:
        """Return the verdicts of new lines, of those that waited, and of any that must be judged again."""
        waiting = self._waiting() if self._may_end_waiting(new) else {}
        pending = waiting | new
        placed = self._placed(pending)
        found = self._judged(pending, placed)
        arrived = [id_ for id_, verdict in found.items() if verdict.code != "waiting-chain"]
        events = [Event.of(id_, entries[id_]) for id_ in arrived if id_ in entries and is_roster(entries[id_].kind)]
        events += self._stored_events([id_ for id_ in arrived if id_ in waiting and is_roster(waiting[id_].kind)])
        forked = self._note_forks(new)
        hit = self._refold(events) if events else set()
        completed = {each.device for each in new.values() if each.seq <= self.roster.limited.get(each.device, 0)}
        again = None if hit is None else hit | forked | completed
        if again is None or again:
            older = self.ledger.lines() if again is None else self.ledger.lines(*among("device", sorted(again)))
            pending = {line.id: _claim(line) for line in older} | pending
            return self._judged(pending, self._placed(pending))
        return self._judged(pending, placed) if events else found

    def _may_end_waiting(self, new: Mapping[str, Claim]) -> bool:
        """Tell whether new lines may be what others wait for: of the same journal, or about the team."""
        devices = self._waiting_devices
        return bool(devices) and any(each.device in devices or is_roster(each.kind) for each in new.values())

    def _judged(self, claims: Mapping[str, Claim], placed: Mapping[str, Place]) -> dict[str, Verdict]:
        def links_of(device: str) -> Links:
            known = self._database.sql("SELECT id, prev FROM line WHERE device = ?", device)
            return dict(known) | {each.id: each.prev for each in claims.values() if each.device == device}

        return Judge(self.roster, self._rules, self._forks, Chains(links_of)).judge(claims.values(), placed)

    def _waiting(self) -> dict[str, Claim]:
        return {line.id: _claim(line) for line in self.ledger.lines("verdict IN (SELECT unnest(?))", list(WAITING))}

    def _placed(self, pending: Mapping[str, Claim]) -> dict[str, Place]:
        """Return where the known lines stand that pending ones follow."""
        tips = {line.id: line for line in self._tips.values()}
        prevs = {each.prev for each in pending.values()} - pending.keys() - {""}
        older = list(prevs - tips.keys())
        query = "id IN (SELECT unnest(?)) AND verdict <> 'waiting-chain'"
        found = [tips[prev] for prev in prevs & tips.keys()] + (self.ledger.lines(query, older) if older else [])
        return {line.id: self._place_of(line) for line in found}

    def _place_of(self, line: Line) -> Place:
        """Return where a line stands; behind one whose roster is old or not here, all back to a sound one matter."""
        if line.verdict not in (WENT_BACK, "waiting-roster"):
            return _place(line)
        journal = {each.id: each for each in self.ledger.lines("device = ? AND seq <= ?", line.device, line.seq)}
        behind = [line]
        while behind[-1].prev in journal and behind[-1].verdict in (WENT_BACK, "waiting-roster"):
            behind.append(journal[behind[-1].prev])
        place: Place | None = None
        for each in reversed(behind):
            place = place_after(_place(each), each.verdict, place)
        return place or _place(line)

    def _note_forks(self, new: dict[str, Claim]) -> set[str]:
        """Look for numbers that one device used twice; return the devices of which there is a new first one."""
        by_number: dict[tuple[str, int], Claim] = {}
        doubled = [each for each in new.values() if by_number.setdefault((each.device, each.seq), each) is not each]
        waiting = self._waiting_devices
        known = {
            each.device for each in new.values() if each.device in waiting or each.seq <= self._end_of(each.device)
        }
        for device in known:
            seqs = [claim.seq for claim in new.values() if claim.device == device]
            query = "SELECT seq FROM line WHERE device = ? AND seq IN (SELECT unnest(?))"
            doubled += [by_number[device, seq] for (seq,) in self._database.sql(query, device, seqs)]
        before = dict(self._forks)
        for claim in doubled:
            self._forks[claim.device] = min(claim.seq, self._forks.get(claim.device, claim.seq))
        return {device for device, seq in self._forks.items() if before.get(device) != seq}

    # --- the roster ----------------------------------------------------------------------

    def _fold(self, more: Sequence[Event] = ()) -> Roster:
        folded = roster.fold([*self._stored_events(None), *more])
        self.ledger.since = folded.since
        return folded

    def _stored_events(self, ids: list[str] | None) -> list[Event]:
        if ids is None:
            lines = self.ledger.lines(f"{_ROSTER_LINES} AND verdict <> 'waiting-chain'")
        else:
            lines = self.ledger.lines(f"{_ROSTER_LINES} AND id IN (SELECT unnest(?))", ids) if ids else []
        values = self.ledger.values_of([line.id for line in lines])
        return [
            Event(line.id, line.device, line.kind, tuple(line.roster), _mapping(values.get(line.id))) for line in lines
        ]

    def _refold(self, events: Sequence[Event]) -> set[str] | None:
        """Fold the roster with new events; return the devices whose lines must be judged again, None for all."""
        before = self.roster
        self.roster = self._fold(events)
        self._team_changed = True
        known = before.fold.bound
        self._has_moved = any(before.since(device) != self.roster.since(device) for device in known)
        gained = self.roster.accepted.keys() - before.accepted.keys()
        has_flipped = bool(gained & before.events.keys()) or not before.accepted.keys() <= self.roster.accepted.keys()
        return None if has_flipped else {device for id_ in gained for device in self._hit_by(self.roster.events[id_])}

    def _hit_by(self, event: Event) -> list[str]:
        if event.kind in (REVOKE, ROLES):
            return self.roster.devices_of(event.member)
        return [event.target] if event.kind in (*CUTS, ACCEPT_LATE, FORK_CONFIRM) else []


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for rings of garbage meanwhile: among many lines that takes long, and they make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _owners_first(raws: list[Raw]) -> list[Raw]:
    """Put the journals that speak of the team first, so that no batch of others has to wait for it."""
    owners = {raw.device for raw in raws if any(mark in raw.line for mark in _TEAM_MARKS)}
    return sorted(raws, key=lambda raw: raw.device not in owners)


def _trusted() -> int:
    return clock.now_ms() + clock.TRUSTED_AHEAD_MS


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _place(line: Line) -> Place:
    return Place(line.device, line.seq, tuple(line.roster))


def _claim(line: Line) -> Claim:
    return Claim(
        line.id,
        line.device,
        line.seq,
        line.prev,
        tuple(line.roster),
        line.acting,
        line.kind,
        frozenset(line.written),
        line.flaw,
    )


@cache
def _sorted(written: frozenset[str]) -> list[str]:
    return sorted(written)


def _line(entry: Entry, claim: Claim, verdict: Verdict, place: str) -> Line:
    where = (claim.id, entry.device, entry.seq, entry.prev, *entry.time, list(entry.roster), list(entry.seen))
    return Line(*where, entry.acting, entry.kind, _sorted(claim.written), claim.flaw, *verdict, place)

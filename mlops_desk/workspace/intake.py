"""Taking lines in: from files to verdicts to rows, costing by what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from mlops_desk.journal import files, roster
from mlops_desk.journal.chain import WAITING, Claim, Judge, Place, Verdict
from mlops_desk.journal.entry import Entry, Flaw, line_id, open_line
from mlops_desk.journal.roster import Event, Roster, is_roster
from mlops_desk.kernel.changes import Change, Changes
from mlops_desk.kernel.rules import Rules
from mlops_desk.projection.database import Database
from mlops_desk.projection.lines import Ledger, Line, Noted, Seen
from mlops_desk.workspace.project import Project

BATCH_LINES = 20_000


@dataclass(frozen=True)
class Raw:
    """A line as found: the bytes, whose folder it lay in, and where."""

    device: str
    line: bytes
    path: Path
    offset: int
    is_shared: bool

    @property
    def place(self) -> str:
        """The place for people: file and byte."""
        return f"{self.path.parent.name[:8]}…/{self.path.name}, byte {self.offset}"


@dataclass
class _Batch:
    """What one reading of the files brought."""

    raws: dict[str, Raw] = field(default_factory=dict)
    cursors: list[Seen] = field(default_factory=list)
    reread: list[str] = field(default_factory=list)
    findings: list[Noted] = field(default_factory=list)


class Intake:
    """Keeps the projection of one project in step with all files of lines that it can see."""

    def __init__(self, project: Project, database: Database, rules: Rules) -> None:
        self._project = project
        self._database = database
        self._rules = rules
        self.ledger = Ledger(database, rules.nouns)
        self._cursors = self.ledger.cursors()
        self._checked = False
        self.roster = self._fold()
        self._forks = self.ledger.forks()
        self.team_changed = True

    def refresh(self) -> Changes:
        """Take in what is new in any file; the first call of a process re-hashes what it knows."""
        batch = self._read()
        self._checked = True
        changed: set[tuple[str, str]] = set()
        ids = list(batch.raws)
        known = self.ledger.known(ids) if ids else set()
        fresh = [batch.raws[id_] for id_ in ids if id_ not in known]
        if not (fresh or batch.cursors or batch.findings or batch.reread):
            return Changes()
        with self._database.transaction():
            for path in batch.reread:
                self.ledger.forget_findings(path)
            noted = list(batch.findings)
            for start in range(0, max(len(fresh), 1), BATCH_LINES):
                rows, found = self._take(fresh[start : start + BATCH_LINES])
                changed |= rows
                noted += found
            self._database.insert("finding", [each._asdict() for each in noted])
            self.ledger.note_cursors(batch.cursors)
        self._cursors |= {each.path: each for each in batch.cursors}
        self._remember(fresh)
        return Changes(rows=frozenset(changed), findings=len(noted))

    # --- files -------------------------------------------------------------------------

    def _read(self) -> _Batch:
        batch = _Batch()
        for folder in (self._project.own, self._project.seen, self._project.journals):
            is_shared = folder == self._project.journals
            found, foreign = files.scan(folder)
            for each in found:
                self._read_file(each, batch, is_shared=is_shared)
            if is_shared:
                self._note_foreign(foreign, batch)
        return batch

    def _read_file(self, file: files.JournalFile, batch: _Batch, *, is_shared: bool) -> None:
        path = str(file.path)
        known = self._cursors.get(path)
        stat = (file.size, file.mtime_ns, file.inode)
        if known and self._checked and (known.disk_size, known.mtime_ns, known.inode) == stat:
            return
        try:
            new = files.read_new(file.path, known.size if known else 0, known.digest if known else "")
        except OSError:
            return  # a file in the middle of being replaced is read at the next turn
        if new.whole and known:
            batch.reread.append(path)
        seen = Seen(path, new.size, new.digest, *stat)
        if seen != known:
            batch.cursors.append(seen)
        for offset, line in new.lines:
            batch.raws.setdefault(line_id(line), Raw(file.device, line, file.path, offset, is_shared))

    def _note_foreign(self, foreign: Iterable[Path], batch: _Batch) -> None:
        for path in foreign:
            key = str(path)
            if key not in self._cursors:
                batch.cursors.append(Seen(key, 0, "", 0, 0, 0))
                name = str(path.relative_to(self._project.folder))
                batch.findings.append(Noted(key, "foreign-file", name, "this file is no journal and was not read", ""))

    def _remember(self, fresh: Sequence[Raw]) -> None:
        mine = set(self._project.own_devices())
        by_device: dict[str, list[bytes]] = {}
        for raw in fresh:
            if raw.is_shared and raw.device not in mine:
                by_device.setdefault(raw.device, []).append(raw.line)
        for device, lines in by_device.items():
            lock = FileLock(self._project.locks / f"seen-{self._project.id}.lock")
            self._project.locks.mkdir(parents=True, exist_ok=True)
            files.remember(self._project.seen, device, lambda lines=lines: lines, lock)

    # --- verdicts ----------------------------------------------------------------------

    def _take(self, raws: Sequence[Raw]) -> tuple[set[tuple[str, str]], list[Noted]]:
        entries: dict[str, Entry] = {}
        places: dict[str, Raw] = {}
        noted: list[Noted] = []
        for raw in raws:
            try:
                entry, id_ = self._open(raw)
            except Flaw as flaw:
                noted.append(Noted(str(raw.path), flaw.verdict, raw.place, flaw.reason, raw.device))
            else:
                entries[id_], places[id_] = entry, raw
        claims = {id_: Claim.of(id_, entry, self._rules) for id_, entry in entries.items()}
        waiting = {line.id: _claim(line) for line in self.ledger.lines("verdict IN (SELECT unnest(?))", list(WAITING))}
        verdicts = self._judge(claims, waiting, entries)
        new = [_line(id_, entry, claims[id_], verdicts[id_], places[id_].place) for id_, entry in entries.items()]
        settled = {id_: tuple(verdict) for id_, verdict in verdicts.items() if id_ not in entries}
        ops: dict[str, Sequence[Change]] = {id_: entry.ops for id_, entry in entries.items()}
        return self.ledger.store(new, ops, settled, []), noted

    def _open(self, raw: Raw) -> tuple[Entry, str]:
        entry = open_line(raw.line, raw.device, self._project.id)
        id_ = line_id(raw.line)
        if entry.kind == roster.GENESIS and id_ != self._project.id:
            raise Flaw("malformed-signed", "it begins another project")
        return entry, id_

    def _judge(
        self, new: dict[str, Claim], waiting: dict[str, Claim], entries: dict[str, Entry]
    ) -> dict[str, Verdict]:
        pending = waiting | new
        placed = self._placed(pending)
        chained = Judge(self.roster, self._rules, self._forks).judge(pending.values(), placed)
        arrived = [id_ for id_, verdict in chained.items() if verdict.code != "waiting-chain"]
        events = [Event.of(id_, entries[id_]) for id_ in arrived if id_ in entries and is_roster(entries[id_].kind)]
        events += self._stored_events([id_ for id_ in arrived if id_ in waiting and is_roster(waiting[id_].kind)])
        is_new_fork = self._note_forks(new)
        must_rejudge = is_new_fork or (bool(events) and self._refold(events))
        if must_rejudge:
            everything = {line.id: _claim(line) for line in self.ledger.lines()} | pending
            return Judge(self.roster, self._rules, self._forks).judge(everything.values(), {})
        return Judge(self.roster, self._rules, self._forks).judge(pending.values(), placed) if events else chained

    def _placed(self, pending: dict[str, Claim]) -> dict[str, Place]:
        prevs = list({claim.prev for claim in pending.values() if claim.prev and claim.prev not in pending})
        query = "id IN (SELECT unnest(?)) AND verdict <> 'waiting-chain'"
        return {line.id: Place(line.seq, tuple(line.roster)) for line in self.ledger.lines(query, prevs)} if prevs else {}

    def _note_forks(self, new: dict[str, Claim]) -> bool:
        """Look for numbers used twice by one device; tell whether there is a new first one."""
        numbers: dict[tuple[str, int], str] = {}
        doubled = [claim for claim in new.values() if numbers.setdefault((claim.device, claim.seq), claim.id) != claim.id]
        devices = {claim.device for claim in new.values()}
        for device in devices:
            seqs = [claim.seq for claim in new.values() if claim.device == device]
            query = "SELECT seq FROM line WHERE device = ? AND seq IN (SELECT unnest(?))"
            doubled += [new[numbers[device, seq]] for (seq,) in self._database.sql(query, device, seqs)]
        before = dict(self._forks)
        for claim in doubled:
            self._forks[claim.device] = min(claim.seq, self._forks.get(claim.device, claim.seq))
        return before != self._forks

    def _fold(self, more: Sequence[Event] = ()) -> Roster:
        return roster.fold([*self._stored_events(None), *more])

    def _stored_events(self, ids: list[str] | None) -> list[Event]:
        where = "(kind = 'project.create' OR starts_with(kind, 'roster.') OR starts_with(kind, 'policy.'))"
        if ids is None:
            lines = self.ledger.lines(f"{where} AND verdict <> 'waiting-chain'")
        else:
            lines = self.ledger.lines(f"{where} AND id IN (SELECT unnest(?))", ids)
        values = self.ledger.values_of({line.kind for line in lines})
        return [Event(line.id, line.device, line.kind, tuple(line.roster), _mapping(values.get(line.id))) for line in lines]

    def _refold(self, events: Sequence[Event]) -> bool:
        """Fold the roster with new events; tell whether lines judged before could be judged otherwise now."""
        before = self.roster
        self.roster = self._fold(events)
        self.team_changed = True
        gained = set(self.roster.accepted) - set(before.accepted)
        cuts = (roster.REVOKE, roster.DEVICE_REVOKE, roster.ROLES)
        has_cut = any(self.roster.accepted[id_].kind in cuts for id_ in gained)
        return has_cut or not set(before.accepted) <= set(self.roster.accepted)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _claim(line: Line) -> Claim:
    return Claim(
        line.id,
        line.device,
        line.seq,
        line.prev,
        tuple(line.roster),
        line.acting,
        line.kind,
        frozenset(line.nouns),
        line.flaw,
    )


def _line(id_: str, entry: Entry, claim: Claim, verdict: Verdict, place: str) -> Line:
    return Line(
        id=id_,
        device=entry.device,
        seq=entry.seq,
        prev=entry.prev,
        ms=entry.time.ms,
        counter=entry.time.counter,
        roster=list(entry.roster),
        seen=list(entry.seen),
        acting=entry.acting,
        kind=entry.kind,
        nouns=sorted(claim.nouns),
        flaw=claim.flaw,
        verdict=verdict.code,
        reason=verdict.reason,
        member=verdict.member,
        place=place,
    )



"""Checking every line again from its bytes, without the store, without changing or healing anything."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from mlops_desk.journal import files, roster
from mlops_desk.journal.chain import Chains, Claim, Judge, Links, Verdict
from mlops_desk.journal.entry import Entry, Flaw, line_id
from mlops_desk.journal.events import Event, is_roster
from mlops_desk.journal.opening import open_all
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.words import _
from mlops_desk.workspace import memory, told_again
from mlops_desk.workspace.project import Project


class Deep(msgspec.Struct, frozen=True):
    """What a deep check looked at beside the lines.

    ``objects`` were read again, ``size_bytes`` together; ``references`` of rows were looked up, ``absent`` of them are
    not on this machine; ``digest`` is the hash of the rows in use, ``rebuilt`` that of rows made anew from all lines.
    """

    objects: int
    size_bytes: int
    references: int
    absent: int
    digest: str
    rebuilt: str


class Verified(msgspec.Struct, frozen=True):
    """What a check found: how many lines, how many of each verdict (one for each line), and the findings."""

    lines: int
    verdicts: dict[str, int]
    findings: tuple[Finding, ...]
    deep: Deep | None = None

    @property
    def is_sound(self) -> bool:
        """Tell whether there is no damage and no forgery."""
        return not any(each.grave for each in self.findings)

    def deeper(self, found: Deep, findings: list[Finding]) -> Verified:
        """Return the same with what a deep check found."""
        together = in_order([*self.findings, *findings])
        return msgspec.structs.replace(self, deep=found, findings=together)


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings as they are shown: the grave first, then by place."""
    return tuple(sorted(findings, key=lambda each: (not each.grave, each.place)))


def name_of(project: Project, path: Path) -> str:
    """Return the place of a file for people: below the project folder, or below what this machine keeps of it."""
    root = next((each for each in (project.folder, project.private) if path.is_relative_to(each)), None)
    return path.relative_to(root).as_posix() if root else str(path)


class _Pass:
    """One reading of all files."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self.project = project
        self.rules = rules
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, str] = {}
        self.flawed: dict[tuple[str, str], str] = {}  # the verdict of each line that is none of its device's
        self.findings: list[Finding] = []

    def file(self, file: files.JournalFile) -> None:
        name = name_of(self.project, file.path)
        try:
            found = files.read_new(file.path)
        except OSError as error:
            self.findings.append(Finding("malformed", name, error.strerror or str(error)))
            return
        named = [(offset, line, line_id(line)) for offset, line in found.lines]
        fresh = [each for each in named if not self._is_known(each[2], file.device)]
        opened = open_all([(file.device, line) for _offset, line, _id in fresh], self.project.id)
        for (offset, _line, id_), entry in zip(fresh, opened, strict=True):
            place = _("{file}, byte {offset}", file=name, offset=offset)
            if isinstance(entry, Flaw):
                self.flawed[file.device, id_] = entry.verdict
                self.findings.append(Finding(entry.verdict, place, _(entry.reason), author=file.device))
            elif not self._is_known(id_, file.device):
                self.entries[id_], self.places[id_] = entry, place

    def _is_known(self, id_: str, device: str) -> bool:
        """Tell whether a line was read already; in the folder of another device it is no line of that one."""
        return id_ in self.entries and self.entries[id_].device == device

    def judge(self) -> dict[str, Verdict]:
        claims = [Claim.of(id_, entry, self.rules) for id_, entry in self.entries.items()]
        chains = Chains(self._links_of)
        placed = Judge(roster.fold(()), self.rules, {}, chains).judge(claims, {})
        events = [
            Event.of(id_, entry)
            for id_, entry in self.entries.items()
            if is_roster(entry.kind) and placed[id_].code != "waiting-chain"
        ]
        folded = roster.fold(events)
        self._losses(folded.now)
        verdicts = Judge(folded, self.rules, self._forks(), chains).judge(claims, {})
        self.findings += told_again.in_entries(self.entries, verdicts, self.places, folded, self.rules)
        return verdicts

    def _links_of(self, device: str) -> Links:
        return {id_: entry.prev for id_, entry in self.entries.items() if entry.device == device}

    def _losses(self, view: roster.View) -> None:
        for device, lines in memory.lost(self.project).items():
            author = view.author(device)
            name = author.name if author else f"{device[:8]}…"
            sentence = memory.loss_sentence(name, len(lines))
            self.findings.append(Finding("rollback", f"journals/{device}", sentence, author=device))

    def _forks(self) -> dict[str, int]:
        numbers = Counter((entry.device, entry.seq) for entry in self.entries.values())
        forks: dict[str, int] = {}
        for (device, seq), count in numbers.items():
            if count > 1:
                forks[device] = min(seq, forks.get(device, seq))
        for device, seq in forks.items():
            reason = _("this machine's identity was used in two places since entry {seq}", seq=seq)
            self.findings.append(Finding("fork", f"journals/{device}", reason, author=device))
        return forks


def verify(project: Project, rules: Rules, progress: Progress, stop: Stop) -> Verified:
    """Read all files of the project and this machine, and give every line its verdict.

    Raises:
        Cancelled: somebody wished to stop.
    """
    found, foreign = files.scan(project.journals)
    listed = [each for folder in (project.own, project.seen, project.ahead) for each in files.scan(folder)[0]] + found
    check = _Pass(project, rules)
    for number, file in enumerate(sorted(listed, key=lambda each: str(each.path))):
        go_on(stop)
        progress(_("Checking the journals"), number, len(listed))
        check.file(file)
    go_on(stop)
    progress(_("Judging every entry"), 0, 0)
    verdicts = check.judge()
    for id_, verdict in verdicts.items():
        if verdict.code != "ok":
            check.findings.append(Finding(verdict.code, check.places[id_], _(verdict.reason), id_, verdict.member))
    if project.id not in check.entries:
        missing = _("the first entry of the project is not here: its journals are missing or incomplete")
        check.findings.append(Finding("no-beginning", "journals", missing))
    for path in foreign:
        name = path.relative_to(project.folder).as_posix()
        check.findings.append(Finding("foreign-file", name, _("this file is no journal and was not read")))
    counts = Counter([*(each.code for each in verdicts.values()), *check.flawed.values()])
    return Verified(counts.total(), dict(sorted(counts.items())), in_order(check.findings))

"""Checking every line again from its bytes, without the store, without changing or healing anything."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from mlops_desk.journal import files, roster
from mlops_desk.journal.chain import Claim, Judge, Verdict
from mlops_desk.journal.entry import Entry, Flaw, line_id
from mlops_desk.journal.opening import open_all
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rules import Rules
from mlops_desk.kernel.words import _
from mlops_desk.workspace import memory
from mlops_desk.workspace.project import Project


class Verified(msgspec.Struct, frozen=True):
    """What a check of all lines found: how many lines, how many of each verdict, and the findings."""

    lines: int
    verdicts: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether there is no damage and no forgery."""
        return not any(each.grave for each in self.findings)


class _Pass:
    """One reading of all files."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self.project = project
        self.rules = rules
        self.entries: dict[str, Entry] = {}
        self.places: dict[str, str] = {}
        self.findings: list[Finding] = []

    def file(self, file: files.JournalFile) -> None:
        try:
            found = files.read_new(file.path)
        except OSError as error:
            self.findings.append(Finding("malformed", self._name(file.path), error.strerror or str(error)))
            return
        named = [(offset, line, line_id(line)) for offset, line in found.lines]
        fresh = [each for each in named if self._is_new(each[2], file.device)]
        opened = open_all([(file.device, line) for _offset, line, _id in fresh], self.project.id)
        for (offset, _line, id_), entry in zip(fresh, opened, strict=True):
            place = _("{file}, byte {offset}", file=self._name(file.path), offset=offset)
            if isinstance(entry, Flaw):
                self.findings.append(Finding(entry.verdict, place, entry.reason, author=file.device))
            else:
                self.entries[id_], self.places[id_] = entry, place

    def _is_new(self, id_: str, device: str) -> bool:
        """Tell whether a line was not opened yet as one of this device."""
        return id_ not in self.entries or self.entries[id_].device != device

    def _name(self, path: Path) -> str:
        for root in (self.project.folder, self.project.private):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return str(path)

    def judge(self) -> dict[str, Verdict]:
        claims = [Claim.of(id_, entry, self.rules) for id_, entry in self.entries.items()]
        placed = Judge(roster.fold(()), self.rules, {}).judge(claims, {})
        events = [
            roster.Event.of(id_, entry)
            for id_, entry in self.entries.items()
            if roster.is_roster(entry.kind) and placed[id_].code != "waiting-chain"
        ]
        folded = roster.fold(events)
        self._losses(folded.now)
        return Judge(folded, self.rules, self._forks()).judge(claims, {})

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


def verify(project: Project, rules: Rules, progress: Progress) -> Verified:
    """Read all files of the project and this machine, and give every line its verdict."""
    found, foreign = files.scan(project.journals)
    listed = [each for folder in (project.own, project.seen, project.ahead) for each in files.scan(folder)[0]] + found
    check = _Pass(project, rules)
    for number, file in enumerate(sorted(listed, key=lambda each: str(each.path))):
        progress(_("Checking the journals"), number, len(listed))
        check.file(file)
    verdicts = check.judge()
    for id_, verdict in verdicts.items():
        if verdict.code != "ok":
            check.findings.append(Finding(verdict.code, check.places[id_], verdict.reason, id_, verdict.member))
    if project.id not in check.entries:
        missing = _("the first entry of the project is not here: its journals are missing or incomplete")
        check.findings.append(Finding("no-beginning", "journals", missing))
    for path in foreign:
        name = path.relative_to(project.folder).as_posix()
        check.findings.append(Finding("foreign-file", name, _("this file is no journal and was not read")))
    findings = sorted(check.findings, key=lambda each: (not each.grave, each.place))
    return Verified(len(check.entries), dict(Counter(each.code for each in verdicts.values())), tuple(findings))

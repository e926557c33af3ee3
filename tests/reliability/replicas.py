"""A history of adversaries, signed, and replicas with stores of their own that see parts of it, damaged and late."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.ids import new_id
from mlops_desk.workspace import Workspace, project
from mlops_desk.workspace.project import Project
from tests.journal.history import APPROVALS, DEVICES, History
from tests.journal.history import KEYS as RECOVERY
from tests.journal.laws import fold_of
from tests.journal.oracle import Oracle, Said

KEYS = {name: keys.from_seed(bytes([number + 1]) * 32) for number, name in enumerate((*DEVICES, *RECOVERY))}
KINDS = {"note.write": "kpi.edit", "gate.sign": min(RULES.approvals)}
KPIS = [letter * 26 for letter in "bcd"]
NOW_MS, SKEW_MS = 1_790_000_000_000, 10**9
MOST_REPLICAS, ROUNDS = 10, 4
FILE = "000001.jsonl"
COPIES = (FILE, "000001.sync-conflict-20261123-120000-ABCDEFG.jsonl", "000001 (Ana's conflicted copy).jsonl")


class Team:
    """The history, its lines by device, and the replicas."""

    def __init__(self, base: Path, chance: Random) -> None:
        self._base, self._chance = base, chance
        self._told = History(chance).go_on(chance.randrange(20, 90))
        self._ids: dict[str, str] = {}
        self._targets: list[tuple[str, int]] = []
        self.project = ""
        self.lines: list[tuple[str, bytes]] = [self._signed(line) for line in self._told]

    def expected(self) -> dict[str, str]:
        """Return the verdict of each line as the oracle reads the rules; what waits in its chain says nothing yet."""
        lines = [self._renamed(line) for line in self._told]
        first = Oracle(lines, ())
        waiting = [line for line in lines if first.waits(line)]
        reached = [line for line in lines if line not in waiting]
        oracle = Oracle(reached, fold_of(reached).accepted, waiting)
        return {line.id: oracle.verdict(line, APPROVALS) for line in lines}

    def live(self) -> tuple[list[str], list[dict[str, str]]]:
        """Let two to ten replicas see parts of everything, then all of it; returns their digests and verdicts."""
        count = self._chance.randrange(2, MOST_REPLICAS + 1)
        with pytest.MonkeyPatch.context() as patch:
            found = [self._one(number, patch) for number in range(count)]
        return [digest for digest, _verdicts in found], [verdicts for _digest, verdicts in found]

    def _one(self, number: int, patch: pytest.MonkeyPatch) -> tuple[str, dict[str, str]]:
        patch.setenv("MLOPS_DESK_HOME", str(self._base / f"home-{number}"))
        made = Project(self._base / f"r{number}", self.project)
        made.folder.mkdir()
        project.mark(made)
        with Workspace(made.folder) as desk:
            for _round in range(self._chance.randrange(ROUNDS + 1)):
                self._arrive(made, self._chance.random())
                self._sabotage(made)
                desk.refresh()
            self._arrive(made, 1.0)
            desk.refresh()
            kept = desk.digest()
            verdicts = dict(desk.ask(lambda rows: rows.sql("SELECT id, verdict FROM line")))
            desk.rebuild()
            assert desk.digest() == kept, "made anew it is what was kept"
            return kept, verdicts

    def _arrive(self, made: Project, share: float) -> None:
        """Put a prefix of each journal into the folder; all of it from a share of 1 on."""
        by_device: dict[str, list[bytes]] = defaultdict(list)
        for device, line in self.lines:
            by_device[device].append(line)
        for device, lines in by_device.items():
            count = len(lines) if share >= 1 else int(len(lines) * self._chance.random())
            folder = made.journals / device
            folder.mkdir(parents=True, exist_ok=True)
            name = FILE if share >= 1 else self._chance.choice(COPIES)
            (folder / name).write_bytes(b"".join(line + b"\n" for line in lines[:count]))

    def _sabotage(self, made: Project) -> None:
        """Do something to one file of the shared folder."""
        chance, paths = self._chance, sorted(made.journals.rglob("*.jsonl"))
        path = chance.choice(paths)
        content = bytearray(path.read_bytes())
        deed = chance.choice(("nothing", "delete", "cut", "flip", "junk", "swap"))
        if deed == "delete":
            path.unlink()
        elif deed == "cut":
            path.write_bytes(content[: chance.randrange(len(content) + 1)])
        elif deed == "flip" and content:
            content[chance.randrange(len(content))] ^= 1
            path.write_bytes(content)
        elif deed == "junk":
            path.write_bytes(content + chance.randbytes(300) + b"\n")
        elif deed == "swap":
            path.write_bytes(chance.choice(paths).read_bytes())

    # --- signing ---------------------------------------------------------------------------

    def _signed(self, line: Said) -> tuple[str, bytes]:
        key, told = KEYS[line.device], self._renamed(line)
        stamp = Stamp(NOW_MS + self._chance.randint(-SKEW_MS, SKEW_MS), self._chance.randrange(3))
        place = (self.project, key.device, told.seq, told.prev, stamp, told.roster, ())
        kind = KINDS.get(told.kind, told.kind)
        signed = seal(Entry(*place, told.acting, kind, self._ops(told)), key.secret)
        id_ = self._ids[line.id] = line_id(signed)
        self.project = self.project or id_
        if told.kind == "note.write":
            self._targets.append((id_, 1))
        return key.device, signed

    def _ops(self, told: Said) -> tuple[Change, ...]:
        chance = self._chance
        if told.is_team:
            return (Change("fact", "roster", new_id(), value=dict(told.value)),)
        if told.kind != "note.write":
            return (Change("fact", "seal-of-tests", new_id(), value="x"),)
        replaced = tuple(chance.sample(self._targets, min(len(self._targets), chance.randrange(3))))
        kpi, target = chance.choice(KPIS), str(chance.randrange(100))
        return Change("set", "kpi", kpi, "name", told.device[:4]), Change("set", "kpi", kpi, "target", target, replaced)

    def _renamed(self, line: Said) -> Said:
        """Return a line of the history with true keys and the ids of signed lines."""
        heads = tuple(sorted(self._id(head) for head in line.roster))
        value = {name: self._true(name, part) for name, part in line.value.items()}
        place = (self._id(line.id), KEYS[line.device].device, line.seq, self._id(line.prev))
        return Said(*place, heads, line.acting, line.kind, value)

    def _id(self, id_: str) -> str:
        return self._ids.get(id_, id_)

    def _true(self, name: str, part: Any) -> Any:
        if name in ("device", "pub", "recovery"):
            return KEYS[part].device
        if name == "cut":
            return {KEYS[device].device: [seq, self._id(id_)] for device, (seq, id_) in part.items()}
        if name == "upto":
            return [part[0], self._id(part[1])]
        return [self._id(id_) for id_ in part] if name == "keep" else part

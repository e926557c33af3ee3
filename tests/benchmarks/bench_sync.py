"""The team copy: one change sent and one received over a bare repository in a folder, small and in a large team."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlops_desk.catalogue import RULES
from mlops_desk.journal import keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.journal.files import SEGMENT_LINES
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.progress import silent
from mlops_desk.kernel.rows import Present
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.joining import get
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.team_copy import TeamCopy

ROUNDS = 9
MEMBERS, LINES = 50, 2_000
DAILY = 10  # new entries of each member: 500 together
BEGIN_MS = 1_790_000_000_000


class _Bind(Act, noun="roster", verb="admit"):
    """Admit somebody whose request nobody wrote."""

    value: Any

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:
        return [Change("fact", "roster", new_id(), value=self.value)]


class _Author:
    """Somebody whose journal is written straight into the shared folder, as if they had acted elsewhere."""

    def __init__(self, project: Project, seed: int) -> None:
        self.key = keys.from_seed(seed.to_bytes(32, "big"))
        self._project, self.roster, self._kpi = project, "", new_id()
        self._seq, self._prev = 0, ""

    def line(self) -> bytes:
        self._seq += 1
        value = {"kpi": self._kpi, "value": f"{self._seq}.5", "on": "2026-03-01"}
        ops = (Change("fact", "check-in", new_id(), value=value),)
        stamp = Stamp(BEGIN_MS + self._seq, 0)
        author = (self._project.id, self.key.device, self._seq, self._prev, stamp, (self.roster,), ())
        line = seal(Entry(*author, "data-scientist", "kpi.check-in", ops), self.key.secret)
        self._prev = line_id(line)
        return line + b"\n"

    def write(self, count: int) -> None:
        folder = self._project.journals / self.key.device
        folder.mkdir(parents=True, exist_ok=True)
        number = 1 + self._seq // SEGMENT_LINES
        with (folder / f"{number:06}.jsonl").open("ab") as file:
            file.writelines(self.line() for _ in range(count))


def measure(members: int = MEMBERS, lines: int = LINES) -> dict[str, float]:
    """Return seconds: sync_one_change, sync_nothing, sync_received; and of a large team, its first get and a day."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        base = Path(name)
        (base / "team.git").mkdir()
        _be(base, "ana")
        made = found(base / "ana", "Bench", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            TeamCopy(desk).settle_at(str(base / "team.git"))
            _sync(desk)
            figures = _small(desk)
            authors = [_admit(desk, number) for number in range(members)]
            for each in authors:
                each.write(lines)
            _sync(desk)
            figures |= _large(desk, authors, base)
        return figures


def _small(desk: Workspace) -> dict[str, float]:
    changed, nothing = [], []
    for number in range(ROUNDS):
        desk.do(RULES.act("kpi.add", name=f"K{number}"))
        changed.append(_sync(desk))
        nothing.append(_sync(desk))
    return {"sync_one_change": statistics.median(changed), "sync_nothing": statistics.median(nothing)}


def _large(desk: Workspace, authors: list[_Author], base: Path) -> dict[str, float]:
    """Let somebody get the project of a large team, and then the work of a day."""
    invitation = Invitation(str(base / "team.git"), desk.project.id)
    _be(base, "ben")
    start = time.perf_counter()
    got = get(invitation, base / "ben", Founder.parse("Ben", ["ml-engineer"]), "", silent, Stop())
    figures = {"first_get": time.perf_counter() - start}
    _be(base, "ana")
    for each in authors:
        each.write(DAILY)
    _sync(desk)
    desk.do(RULES.act("kpi.add", name="Late"))
    figures["large_one_change"] = _sync(desk)
    _be(base, "ben")
    with Workspace(got.project.folder) as ben:
        figures["daily_sync"] = _sync(ben)
    _be(base, "ana")
    return figures


def _admit(desk: Workspace, number: int) -> _Author:
    """Admit a member without their request, as the owner's journal would hold it."""
    author = _Author(desk.project, number + 1)
    value = {"member": new_id(), "name": f"M{number}", "device": author.key.device, "roles": ["data-scientist"]}
    author.roster = desk.do(_Bind(value=value)).line
    return author


def _be(base: Path, who: str) -> None:
    os.environ["MLOPS_DESK_HOME"] = str(base / f"{who}-home")


def _sync(desk: Workspace) -> float:
    start = time.perf_counter()
    TeamCopy(desk).sync(silent, Stop())
    return time.perf_counter() - start


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name:20} {seconds * 1000:10.1f} ms")

"""The laws of the store where rights end: late lines, other branches and what accepts them, in any order of arrival."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mlops_desk.areas.team.device import AcceptLate, RemoveMember
from mlops_desk.areas.team.member import Admit
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.act import Act
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.reading import Batch


def kpi(name: str) -> Act:
    return RULES.act("kpi.add", name=name)


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Let Ben write on apart after he was removed, on two branches, of which Ana accepts one."""
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana", ["data-scientist"]), is_sample=True)
    device = join(made, Founder.parse("Ben", ["ml-engineer"]))
    own = made.journal_of(device)
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(Admit(request="Ben"))
    with Workspace(made.folder, me="Ben") as ben, Workspace(made.folder, me="Ben") as copy:
        with Workspace(made.folder, me="Ana") as ana:
            ben.do(kpi("Before"))
            ben.do(kpi("Before too"))
            copy.refresh()
            ana.refresh()
            for each in (ben, copy):  # neither sees what the others do now
                each._intake._reading.new = Batch  # type: ignore[method-assign]
            [segment] = own.segments()
            before, head = segment.read_bytes(), own._head.read_bytes()
            ana.do(RemoveMember(member="Ben", reason="left"))
            last = ben.do(kpi("Late")).line
            ben.publish()
            ana.do(AcceptLate(device=device, upto=last))
            ben.do(kpi("Later still"))
            one = segment.read_bytes()
            segment.write_bytes(before)
            own._head.write_bytes(head)
            copy.do(kpi("On another branch"))
            other = segment.read_bytes()
        (made.journals / device / "000001.jsonl").write_bytes(one)
        (made.journals / device / "000002.jsonl").write_bytes(other[len(before) :])
    return made


def test_that_ends_are_the_same_in_any_order_of_arrival(
    ended: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        (path.parent.name, line)
        for path in sorted(ended.journals.rglob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
    seen: set[tuple[str, str]] = set()
    for seed in range(3):
        monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / f"r{seed}" / "home"))
        target = tmp_path / f"r{seed}" / "p"
        target.mkdir(parents=True)
        kept: Counter[str] = Counter()
        shutil.copy(ended.folder / "desk.toml", target)
        random.Random(seed).shuffle(lines)
        with Workspace(target) as desk:
            for number, (device, line) in enumerate(lines, 1):
                place = target / "journals" / device / f"{number:06}.jsonl"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(line + b"\n")
                desk.refresh()
                kept = Counter(code for (code,) in desk.ask(lambda rows: rows.sql("SELECT verdict FROM line")))
                assert dict(kept) == desk.verify().verdicts, "what is kept is what a fresh look finds"
            digest = desk.digest()
            desk.rebuild()
            assert desk.digest() == digest
            seen.add((digest, str(sorted(kept.items()))))
    assert len(seen) == 1
    assert "('late', 2)" in str(seen)
    assert "('ok', 8)" in str(seen)

"""The laws of the store: rebuild = incremental, order never matters, what was acknowledged is never lost."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.areas.goals.kpi import CheckIn, Kpi, RecordCheckIn
from mlops_desk.areas.team.member import Admit, ChangeRoles, JoinRequest
from mlops_desk.areas.team.queries import members
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace.founding import join
from tests.reliability import hostile

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def act(kind: str, **values: Any) -> Act:
    return RULES.act(kind, **values)


def test_that_the_store_made_again_is_the_store_kept(desk: Workspace) -> None:
    desk.do(act("kpi.add", name="Time", better="down", baseline=95.0, target=40.0))
    for value in (90.0, 80.5, 70.25):
        desk.do(RecordCheckIn(kpi="Time", value=value, on=date(2026, 3, 1)))
    desk.do(act("kpi.edit", id="Time", unit="min", target=45.0))
    desk.do(act("kpi.archive", id="Time"))
    kept = desk.digest()
    desk.rebuild()
    assert desk.digest() == kept


@FEW
@given(st.lists(st.integers(0, 4), min_size=3, max_size=8))
def test_that_rebuild_is_incremental_for_any_acts(tmp_path_factory: pytest.TempPathFactory, moves: list[int]) -> None:
    base = tmp_path_factory.mktemp("law")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist"]))
        with Workspace(made.folder) as desk:
            for number, move in enumerate(moves):
                _move(desk, number, move)
            kept = desk.digest()
            desk.rebuild()
            assert desk.digest() == kept


def _move(desk: Workspace, number: int, move: int) -> None:
    known = desk.ask(lambda rows: [each.id for each in rows.find(Kpi)])
    if move == 0 or not known:
        desk.do(act("kpi.add", name=f"K{number}", target=1.5))
    elif move == 1:
        desk.do(act("kpi.edit", id=known[0], unit=f"u{number}"))
    elif move == 2:
        desk.do(RecordCheckIn(kpi=known[-1], value=number + 0.5))
    elif move == 3:
        facts = desk.ask(lambda rows: [each.id for each in rows.find(CheckIn)])
        if facts:
            desk.do(act("check-in.withdraw", check_in=facts[0], reason="no"))
    else:
        desk.do(act("kpi.archive", id=known[0]))


def test_that_any_order_of_arrival_gives_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana Lima", ["data-scientist"]), is_sample=True)
    join(made, Founder.parse("Ben Ode", ["ml-engineer"]))
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(Admit(request="Ben Ode"))
        ana.do(act("kpi.add", name="Time", target=40.0))
    with Workspace(made.folder, me="Ben") as ben:
        ben.do(RecordCheckIn(kpi="Time", value=50.5))
        ben.do(act("kpi.edit", id="Time", unit="h"))
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(ChangeRoles(member="Ben Ode", roles=("observer",)))
        expected = ana.digest()
    lines = [line for path in sorted(made.journals.rglob("*.jsonl")) for line in _lines(path)]
    for seed in range(4):
        assert _arrive(made.folder, lines, tmp_path / f"r{seed}", seed, monkeypatch) == expected


def _lines(path: Path) -> list[tuple[str, bytes]]:
    return [(path.parent.name, line) for line in path.read_bytes().splitlines()]


def _arrive(
    source: Path, lines: list[tuple[str, bytes]], base: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Let the lines come one by one in a random order to a machine that knows nothing."""
    monkeypatch.setenv("MLOPS_DESK_HOME", str(base / "home"))
    target = base / "p"
    target.mkdir(parents=True)
    shutil.copy(source / "desk.toml", target)
    order = list(lines)
    random.Random(seed).shuffle(order)
    with Workspace(target) as desk:
        for number, (device, line) in enumerate(order, 1):
            place = target / "journals" / device / f"{number:06}.jsonl"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(line + b"\n")
            desk.refresh()
        assert not [each for each in desk.findings() if each.grave]
        return desk.digest()


def test_that_copies_in_the_folders_of_others_hide_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana Lima", ["data-scientist"]), is_sample=True)
    join(made, Founder.parse("Ben Ode", ["ml-engineer"]))
    with Workspace(made.folder, me="Ana") as ana:
        ana.do(Admit(request="Ben Ode"))
        ana.do(act("kpi.add", name="Time", target=40.0))
        expected = ana.digest()
    journals = {path.parent.name: path.read_bytes() for path in made.journals.rglob("*.jsonl")}
    for name in ("a" * 52, *journals):  # the first folder in order is read before those the lines belong to
        for owner in journals.keys() - {name}:
            copy = made.journals / name / f"000001 ({owner[:4]}'s conflicted copy).jsonl"
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(journals[owner])
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "another"))
    with Workspace(made.folder) as desk:
        assert desk.digest() == expected
        assert Counter(each.code for each in desk.findings()) == Counter(desk.verify().verdicts) - Counter(ok=99)
        for copy in made.journals.rglob("*conflicted*"):
            copy.unlink()
        desk.refresh()
        assert desk.findings() == [], "what lay in the folders of others is not remembered as theirs"


def test_that_a_damaged_or_older_store_is_made_again_without_a_question(folder: Path, home: Path) -> None:
    with Workspace(folder) as desk:
        desk.do(act("kpi.add", name="Time"))
        kept = desk.digest()
    [path] = (home / "cache").rglob("projection-0.duckdb")
    for damage in (b"", b"junk" * 5000, path.read_bytes()[:9000]):
        path.write_bytes(damage)
        with Workspace(folder) as desk:
            assert desk.digest() == kept


def test_that_two_processes_act_on_one_project_without_error_or_loss(folder: Path, home: Path) -> None:
    command = [sys.executable, "-m", "mlops_desk", "--project", str(folder), "kpi", "add", "--name"]
    running = [subprocess.Popen([*command, f"K{number}"], stderr=subprocess.PIPE) for number in range(6)]
    with Workspace(folder) as desk:
        for number in range(6, 10):
            desk.do(act("kpi.add", name=f"K{number}"))
        for each in running:
            _out, complaint = each.communicate()
            assert each.returncode == 0, complaint
        desk.refresh()
        names = desk.ask(lambda rows: sorted(each.name for each in rows.find(Kpi)))
        assert names == [f"K{number}" for number in range(10)]
        assert desk.verify().is_sound


def test_that_entries_of_an_unadmitted_person_count_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana Lima", ["data-scientist"]), is_sample=True)
    join(made, Founder.parse("Eve", ["ml-engineer"]))
    with Workspace(made.folder, me="Ana") as desk:
        assert [each.name for each in desk.ask(lambda rows: rows.find(JoinRequest))] == ["Eve"]
        assert [each.name for each in desk.ask(members)] == ["Ana Lima"]
    with pytest.raises(DeskError, match="No key of Eve"):
        Workspace(made.folder, me="Eve")


@pytest.mark.parametrize(
    "op",
    [
        {"op": "set", "t": "kpi", "id": "k" * 26, "f": "name", "v": "Sneaked", "pred": []},
        {"op": "fact", "t": "join-request", "id": "j" * 26, "v": {"name": "Eve"}},
    ],
    ids=["something else", "half a request"],
)
def test_that_a_stranger_s_request_to_join_is_whole_and_writes_nothing_else(
    desk: Workspace, tmp_path: Path, op: dict[str, Any]
) -> None:
    hostile.body({"kind": "join.request", "ops": [op]})(desk.project, tmp_path)
    desk.refresh()
    assert desk.ask(lambda rows: rows.find(Kpi)) == []
    assert desk.ask(lambda rows: rows.find(JoinRequest)) == []


def test_that_a_role_that_may_not_is_refused_before_anything_is_written(desk: Workspace) -> None:
    with pytest.raises(DeskError, match="do not hold the role"):
        desk.act_as("observer")
    with pytest.raises(NotKnownHere):
        desk.do(RecordCheckIn(kpi="nothing", value=1.0))
    assert desk.verify().lines == 1


def test_that_one_changed_byte_of_a_published_journal_is_named_with_its_place(folder: Path, home: Path) -> None:
    with Workspace(folder) as desk:
        desk.do(act("kpi.add", name="Time"))
    [path] = (folder / "journals").rglob("*.jsonl")
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(bytes(content))
    with Workspace(folder) as desk:
        checked = desk.verify()
        assert not checked.is_sound
        [finding] = checked.findings
        assert (finding.code, finding.place.startswith("journals/")) == ("bad-signature", True)
        assert [each.code for each in desk.findings()] == ["bad-signature"]
        assert desk.ask(lambda rows: [each.name for each in rows.find(Kpi)]) == ["Time"]
    assert path.read_bytes() == bytes(content), "looking heals nothing"


def test_that_a_full_disk_is_one_sentence_and_nothing_is_half_done(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    before = desk.digest()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(DeskError, match="disk is full"):
            desk.do(act("kpi.add", name="Time"))
    assert desk.digest() == before
    desk.do(act("kpi.add", name="Time"))
    assert desk.verify().is_sound


def test_that_a_shared_folder_that_cannot_be_written_does_not_stop_work(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr("mlops_desk.journal.files.write_whole", refuse)
        with Workspace(folder) as desk:
            desk.do(act("kpi.add", name="Time"))
    with Workspace(folder) as desk:
        assert desk.ask(lambda rows: [each.name for each in rows.find(Kpi)]) == ["Time"]
        assert desk.unpublished() > 0
        assert not desk.publish()
        assert desk.unpublished() == 0

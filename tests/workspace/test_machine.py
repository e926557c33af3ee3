"""The machine of a key: copied and restored folders write nothing, and what a machine lost of its own comes back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.team.queries import open_requests
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.machine import is_original, mend


def kpi(name: str) -> Act:
    return RULES.act("kpi.add", name=name)


def names(desk: Workspace) -> list[str]:
    return sorted(each.name for each in desk.ask(lambda rows: rows.find(Kpi)))


def test_that_a_copied_home_gets_a_new_key_and_asks_as_a_further_machine(
    folder: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--project", str(folder)]
    assert run(["kpi", "add", "--name", "Mine", *at]) == 0
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    monkeypatch.setenv("MLOPS_DESK_HOME", str(copy))
    assert run(["kpi", "add", "--name", "Theirs", *at]) == 1
    assert "team device renew" in capsys.readouterr().err
    assert run(["kpi", "list", *at]) == 0, "it can be read all the same"
    assert run(["team", "device", "renew", *at]) == 0
    assert run(["kpi", "add", "--name", "Early", *at]) == 0
    assert "before joining" in capsys.readouterr().out
    monkeypatch.setenv("MLOPS_DESK_HOME", str(home))
    with Workspace(folder) as desk:
        [request] = desk.ask(open_requests)
        assert (request.name, request.message) == ("Ana Lima", "A further machine of Ana Lima.")
    assert run(["team", "device", "admit", request.id, "--member", "Ana Lima", *at]) == 0
    monkeypatch.setenv("MLOPS_DESK_HOME", str(copy))
    assert run(["kpi", "add", "--name", "Further", *at]) == 0
    with Workspace(folder) as desk:
        assert names(desk) == ["Further", "Mine"]
        assert desk.member is not None
        assert "owner" in desk.roles


def test_that_a_home_that_was_moved_for_good_goes_on_and_an_old_copy_does_not(
    folder: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--project", str(folder)]
    assert run(["kpi", "add", "--name", "One", *at]) == 0
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(home, old)
    assert run(["kpi", "add", "--name", "Two", *at]) == 0
    shutil.copytree(home, new)
    shutil.rmtree(home)
    monkeypatch.setenv("MLOPS_DESK_HOME", str(old))
    assert run(["team", "device", "moved", *at]) == 1
    assert "old copy" in capsys.readouterr().err
    assert run(["kpi", "add", "--name", "Lost", *at]) == 1
    monkeypatch.setenv("MLOPS_DESK_HOME", str(new))
    assert run(["kpi", "add", "--name", "Three", *at]) == 1
    assert "team device moved" in capsys.readouterr().err
    assert run(["team", "device", "moved", *at]) == 0
    assert run(["kpi", "add", "--name", "Three", *at]) == 0
    with Workspace(folder) as desk:
        assert names(desk) == ["One", "Three", "Two"]
        assert desk.verify().is_sound


@pytest.mark.parametrize("lost", ["install", "key", "moved"])
def test_that_a_key_whose_parts_do_not_fit_writes_nothing(desk: Workspace, home: Path, lost: str) -> None:
    desk.do(kpi("Mine"))
    assert is_original(desk.project, desk.device)
    if lost == "install":
        (desk.project.own / f"{desk.device}.install").unlink()
    elif lost == "key":
        (home / "data" / "keys" / f"install-{desk.device}.key").unlink()
    else:
        shutil.copytree(desk.project.own / desk.device, home / "elsewhere")
        shutil.rmtree(desk.project.own / desk.device)
        (home / "elsewhere").rename(desk.project.own / desk.device)
    with Workspace(desk.project.folder) as again, pytest.raises(DeskError) as refused:
        again.do(kpi("More"))
    assert refused.value.code == "JOURNAL-124"


def test_that_a_machine_takes_back_what_it_committed_and_lost(folder: Path) -> None:
    with Workspace(folder) as desk:
        desk.do(kpi("One"))
        desk.do(kpi("Two"))
        project = desk.project
        [segment] = project.journal_of(desk.device).segments()
    whole = segment.read_bytes()
    segment.write_bytes(whole[: whole.index(b"\n") + 1])
    with Workspace(folder) as desk:
        desk.do(kpi("Three"))
        assert segment.read_bytes().startswith(whole)
        assert names(desk) == ["One", "Three", "Two"]
        assert desk.verify().is_sound


def test_that_what_a_copied_key_signed_elsewhere_is_never_taken_as_ones_own(folder: Path) -> None:
    with Workspace(folder) as desk:
        desk.do(kpi("One"))
        project, device = desk.project, desk.device
    own = project.journal_of(device)
    [segment] = own.segments()
    before, head = segment.read_bytes(), own._head.read_bytes()
    with Workspace(folder) as desk:
        desk.do(kpi("Theirs"))
    segment.write_bytes(before)
    own._head.write_bytes(head)
    assert mend(project) == 0, "it is not behind what it committed"
    assert segment.read_bytes() == before


def test_that_a_machine_whose_identity_was_used_twice_writes_no_more(folder: Path) -> None:
    with Workspace(folder) as desk:
        own = desk.project.journal_of(desk.device)
        [segment] = own.segments()
        before, head = segment.read_bytes(), own._head.read_bytes()
        desk.do(kpi("One"))
    segment.write_bytes(before)
    own._head.write_bytes(head)
    with Workspace(folder) as desk:
        desk._intake._forks = {}
        other = folder / "journals" / own.device / "000001.jsonl"
        other.rename(other.with_name("000002.jsonl"))
        desk._intake.is_forked = lambda device: False  # type: ignore[method-assign]
        desk.do(kpi("Two"))
    with Workspace(folder) as desk, pytest.raises(DeskError) as refused:
        desk.do(kpi("Three"))
    assert refused.value.code == "JOURNAL-123"

"""Faults on purpose: full disks, folders that cannot be written, files that are missing or damaged for a while."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import duckdb
import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.errors import DeskError
from mlops_desk.projection.database import Database
from mlops_desk.workspace import Founder, Workspace, found
from mlops_desk.workspace import founding as founding_module
from mlops_desk.workspace.founding import join

ANA = Founder.parse("Ana", ["data-scientist"])


def kpi(name: str) -> Act:
    return RULES.act("kpi.add", name=name, better="down", baseline=95.0, target=40.0)


def refuse(*_given: object, **_named: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["publish", "git.begin", "project.mark", "keys.create"])
def test_that_a_founding_that_fails_leaves_everything_as_it_was(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    target: object = founding_module
    *path, last = step.split(".")
    for name in path:
        target = getattr(target, name)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "notes.txt").write_text("mine")
    for folder in (tmp_path / "new", kept):
        with monkeypatch.context() as patch:
            patch.setattr(target, last, refuse)
            with pytest.raises(OSError, match="No space"):
                found(folder, "P", "", ANA)
    assert not (tmp_path / "new").exists()
    assert [each.name for each in kept.iterdir()] == ["notes.txt"]
    assert not list(home.rglob("*.jsonl"))
    with Workspace(found(kept, "P", "", ANA).folder) as desk:
        assert desk.verify().is_sound


def test_that_a_part_of_a_project_is_not_founded_over(desk: Workspace) -> None:
    (desk.project.folder / "desk.toml").unlink()
    with pytest.raises(DeskError, match="part of a project"):
        found(desk.project.folder, "P", "", ANA)


def test_that_a_project_without_its_beginning_is_not_called_sound(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.publish()
    copy = tmp_path / "copy"
    shutil.copytree(desk.project.folder, copy)
    shutil.rmtree(copy / "journals")
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "other"))
    for words in (["verify"], ["status"]):
        assert run([*words, "--project", str(copy)]) == 1
        assert "first entry" in "".join(capsys.readouterr())
    assert run(["kpi", "list", "--project", str(copy)]) == 0
    shutil.copytree(desk.project.folder / "journals", copy / "journals")
    assert run(["verify", "--project", str(copy)]) == 0


def test_that_what_was_damaged_for_a_while_is_forgotten_once_it_is_whole(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.do(kpi("Time"))
    desk.publish()
    [file] = desk.project.journals.rglob("*.jsonl")
    whole = file.read_bytes()
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "other"))
    with Workspace(desk.project.folder) as reader:
        file.write_bytes(whole[:-200] + bytes([whole[-200] ^ 1]) + whole[-199:])
        reader.refresh()
        assert not reader.verify().is_sound
        file.write_bytes(whole)
        reader.refresh()
        assert reader.verify().is_sound
        assert reader.ask(lambda rows: [each.name for each in rows.find(Kpi)]) == ["Time"]


def test_that_a_full_store_is_said_and_loses_no_entry(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Database.insert

    def full(self: Database, table: str, rows: list[dict[str, object]]) -> None:
        if table == "line":
            raise duckdb.IOException("Could not write file: No space left on device")
        real(self, table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "insert", full)
        with pytest.raises(DeskError, match="local store cannot be written"):
            desk.do(kpi("Time"))
    desk.do(kpi("Cost"))
    assert {each.name for each in desk.ask(lambda rows: rows.find(Kpi))} == {"Time", "Cost"}
    assert desk.verify().is_sound


def test_that_what_is_not_in_the_project_folder_is_said(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--project", str(desk.project.folder)]
    desk.close()
    with monkeypatch.context() as patch:
        patch.setattr("mlops_desk.workspace.door.publish", refuse)
        assert run(["kpi", "add", "--name", "Time", *folder]) == 0
        assert "not in the project folder yet: No space left" in capsys.readouterr().err
        assert run(["status", *folder]) == 0
        assert "1 entry is not in the project folder yet" in capsys.readouterr().out
    assert run(["kpi", "add", "--name", "Cost", *folder]) == 0
    assert "not in" not in capsys.readouterr().err
    assert run(["status", *folder]) == 0
    assert "not in" not in capsys.readouterr().out


def test_that_a_newcomer_reads_on_while_the_team_has_not_admitted_them(desk: Workspace) -> None:
    join(desk.project, Founder.parse("Ben", ["ml-engineer"]))
    desk.refresh()
    assert desk.verify().is_sound

"""What shared folders go through: plain git, rewritten history, conflict copies, losses; the rows stay the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mlops_desk.areas.team.queries import open_requests
from mlops_desk.cli.main import run
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import memory
from mlops_desk.workspace.team_copy import TeamCopy
from tests.sync.conftest import by_hand, sync
from tests.sync.test_exchange import Pair, names, pair

__all__ = ["pair"]


@pytest.fixture
def lived(pair: Pair) -> Pair:
    """Let both write, and meet."""
    for number in range(3):
        pair.act("ana", "kpi.add", name=f"A{number}")
        pair.act("ben", "kpi.add", name=f"B{number}")
    pair.sync()
    pair.at("ana")
    return pair


def file_of(pair: Pair, who: str, by: str) -> Path:
    """Return the file in one's folder that holds the journal of another."""
    desk, author = (pair.ana if name == "ana" else pair.ben for name in (who, by))
    [path] = (desk.project.journals / author.device).glob("*.jsonl")
    return path


def settle(pair: Pair) -> None:
    pair.sync("ana", "ben", "ana", "ben")
    assert pair.agree()
    for who in ("ana", "ben"):
        pair.at(who)
        assert names(getattr(pair, who)) == ["A0", "A1", "A2", "B0", "B1", "B2"]
        assert getattr(pair, who).verify().is_sound, getattr(pair, who).verify().findings


# --- plain git ---------------------------------------------------------------------------------


def test_that_plain_pull_and_push_are_an_exchange(lived: Pair) -> None:
    lived.act("ana", "kpi.add", name="C")
    lived.sync("ana")
    folder = lived.ben.project.folder
    lived.act("ben", "kpi.add", name="D")
    lived.ben.publish()
    by_hand(folder, "add", ".")
    by_hand(folder, "commit", "-qm", "by hand")
    by_hand(folder, "pull", "-q", "--no-rebase", "--no-edit")
    by_hand(folder, "push", "-q")
    lived.sync("ana", "ben")
    assert lived.agree()
    assert len(names(lived.ana)) == 8


def test_that_a_rebase_by_hand_changes_nothing(lived: Pair) -> None:
    lived.act("ben", "kpi.add", name="D")
    lived.ben.publish()
    folder = lived.ben.project.folder
    by_hand(folder, "commit", "-qam", "by hand")
    lived.act("ana", "kpi.add", name="C")
    lived.sync("ana")
    by_hand(folder, "pull", "-q", "--rebase")
    lived.sync("ben", "ana")
    assert lived.agree()


def test_that_a_history_written_anew_ends_in_the_same_rows(lived: Pair) -> None:
    folder = lived.ben.project.folder
    by_hand(folder, "checkout", "-q", "--orphan", "anew")
    by_hand(folder, "commit", "-qam", "all in one")
    by_hand(folder, "branch", "-qM", "main")
    by_hand(folder, "push", "-qf", "origin", "main")
    settle(lived)


def test_that_a_shallow_copy_exchanges_like_any_other(lived: Pair, team_folder: Path, tmp_path: Path) -> None:
    lived.act("ben", "kpi.add", name="C")
    lived.sync("ben")
    folder = lived.ben.project.folder
    shutil.rmtree(folder / ".git")
    by_hand(tmp_path, "clone", "-q", "--depth", "1", f"file://{team_folder}", "shallow")
    (tmp_path / "shallow" / ".git").rename(folder / ".git")
    lived.act("ana", "kpi.add", name="D")
    lived.sync("ana")
    lived.act("ben", "kpi.add", name="E")
    lived.sync("ben", "ana")
    assert lived.agree()
    assert len(names(lived.ana)) == 9


def test_that_marks_of_a_conflict_cost_nothing_and_go_when_the_author_sends(lived: Pair) -> None:
    path = file_of(lived, "ana", "ben")
    first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"<<<<<<< ours\n" + first + b"=======\n" + b"".join(rest) + b">>>>>>> theirs\n")
    lived.ana.refresh()
    assert names(lived.ana) == ["A0", "A1", "A2", "B0", "B1", "B2"]
    assert not lived.ana.verify().is_sound
    sync(lived.ana)
    settle(lived)
    assert b"<<<" not in path.read_bytes()


def test_that_line_ends_of_windows_cost_nothing(lived: Pair) -> None:
    for path in lived.ana.project.journals.rglob("*.jsonl"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    lived.ana.refresh()
    assert lived.ana.verify().is_sound
    settle(lived)


@pytest.mark.parametrize(
    "name", ["000001.sync-conflict-20261123-120000-ABCDEFG.jsonl", "000001 (Ana's conflicted copy 2026-11-23).jsonl"]
)
def test_that_conflict_copies_are_read_and_travel(lived: Pair, name: str) -> None:
    path = file_of(lived, "ana", "ben")
    lines = path.read_bytes().splitlines(keepends=True)
    path.with_name(name).write_bytes(b"".join(lines[:3]))
    sync(lived.ana)
    settle(lived)
    lived.at("ben")
    assert (lived.ben.project.journals / path.parent.name / name).exists()


# --- losses ------------------------------------------------------------------------------------


def test_that_a_team_copy_set_back_is_told_and_restored_byte_for_byte(lived: Pair, team_folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in file_of(lived, "ana", "ben").parent.iterdir()}
    digest = lived.ana.digest()
    first = by_hand(team_folder, "rev-list", "main").splitlines()[3]
    by_hand(team_folder, "update-ref", "refs/heads/main", first)
    done = sync(lived.ana)
    assert [(each.name, each.entries) for each in done.lost] == [("Ben Ode", 3)]
    assert done.state.code == "not-trusted"
    assert lived.ana.digest() == digest, "nothing changes for who had seen it"
    [finding] = [each for each in lived.ana.findings() if each.code == "rollback"]
    assert "lost 3 entries of Ben Ode" in finding.sentence
    assert not lived.ana.verify().is_sound
    assert memory.restore(lived.ana.project) == {lived.ben.device: 3}
    assert {path.name: path.read_bytes() for path in file_of(lived, "ana", "ben").parent.iterdir()} == before
    lived.ana.refresh()
    assert lived.ana.findings() == []
    assert sync(lived.ana).state.code == "same"
    settle(lived)


def test_that_own_entries_are_sent_again_without_a_question(lived: Pair, team_folder: Path) -> None:
    first = by_hand(team_folder, "rev-list", "main").splitlines()[-1]
    by_hand(team_folder, "update-ref", "refs/heads/main", first)
    sync(lived.ana)
    lived.at("ben")
    done = sync(lived.ben)
    assert [each.name for each in done.lost] == []
    settle(lived)


def test_that_who_meets_the_loss_second_is_told_too(lived: Pair, team_folder: Path) -> None:
    first = by_hand(team_folder, "rev-list", "main").splitlines()[-1]
    by_hand(team_folder, "update-ref", "refs/heads/main", first)
    lived.at("ben")
    assert [each.name for each in sync(lived.ben).lost] == ["Ana Lima"]
    settle(lived)


@pytest.mark.parametrize("how", ["gone", "shorter", "folder gone", "one line gone", "flipped"])
def test_that_what_vanishes_from_the_folder_is_told_and_not_sent(lived: Pair, how: str) -> None:
    path = file_of(lived, "ana", "ben")
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    if how == "gone":
        path.unlink()
    elif how == "folder gone":
        shutil.rmtree(path.parent)
    elif how == "flipped":
        path.write_bytes(whole[:-50] + bytes([whole[-50] ^ 1]) + whole[-49:])
    else:
        path.write_bytes(b"".join(lines[:2] if how == "shorter" else [*lines[:2], *lines[3:]]))
    lived.ana.refresh()
    assert "rollback" in [each.code for each in lived.ana.findings()]
    sync(lived.ana)
    lived.at("ben")
    sync(lived.ben)
    assert file_of(lived, "ben", "ben").read_bytes() == whole
    lived.at("ana")
    memory.restore(lived.ana.project)
    assert path.read_bytes() == whole
    settle(lived)


def test_that_restore_speaks_through_the_command_line(lived: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--project", str(lived.ana.project.folder)]
    assert run(["restore", *here]) == 0
    assert "holds everything" in capsys.readouterr().out
    path = file_of(lived, "ana", "ben")
    path.unlink()
    assert run(["status", *here]) == 0
    assert "1 entry is not trusted" in capsys.readouterr().out
    assert run(["verify", *here]) == 1
    assert "lost 4 entries of Ben Ode" in capsys.readouterr().out
    assert run(["restore", *here, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"restored": [{"name": "Ben Ode", "entries": 4}]}
    assert run(["verify", *here]) == 0


def test_that_junk_of_others_is_never_remembered(lived: Pair) -> None:
    path = file_of(lived, "ana", "ben")
    path.write_bytes(path.read_bytes() + b"junk\n")
    lived.ana.refresh()
    assert not any(b"junk" in each.read_bytes() for each in lived.ana.project.seen.rglob("*.jsonl"))
    memory.restore(lived.ana.project)
    assert b"junk" in path.read_bytes(), "nothing is lost, so nothing is rewritten"


def test_that_a_lost_folder_is_got_again_with_the_same_key(lived: Pair, team_folder: Path, tmp_path: Path) -> None:
    lived.act("ben", "kpi.add", name="unsent")
    lived.ben.close()
    shutil.rmtree(lived.ben.project.folder)
    lived.at("ben")
    assert run(["get", str(team_folder), str(tmp_path / "again")]) == 0
    lived.at("ana")
    sync(lived.ana)
    assert "unsent" in names(lived.ana)
    assert TeamCopy(lived.ana).look(Stop()).code == "same"
    assert lived.ana.verify().is_sound


def test_that_the_marker_and_objects_survive_whoever_deletes_them(lived: Pair) -> None:
    thing = lived.ana.project.shared_objects / "sha256" / "ab" / ("ab" + "0" * 62)
    thing.parent.mkdir(parents=True)
    thing.write_bytes(b"bytes")
    sync(lived.ana)
    lived.sync("ben")
    folder = lived.ben.project.folder
    by_hand(folder, "rm", "-q", "desk.toml", ".gitattributes", thing.relative_to(lived.ana.project.folder).as_posix())
    by_hand(folder, "commit", "-qm", "oops")
    by_hand(folder, "push", "-q")
    lived.at("ana")
    sync(lived.ana)
    assert (lived.ana.project.folder / "desk.toml").exists()
    assert thing.exists()
    lived.sync("ben")
    assert (folder / "desk.toml").exists()


def test_that_a_copied_key_loses_nobody_s_entries(
    lived: Pair, team_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tmp_path / "home", tmp_path / "copied-home")
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "copied-home"))
    assert run(["get", str(team_folder), str(tmp_path / "copied")]) == 0
    add = ["kpi", "add", "--name", "copied", "--project", str(tmp_path / "copied")]
    assert run(add) == 1, "an honest program does not write with a copied key"
    monkeypatch.setattr("mlops_desk.workspace.machine.is_original", lambda *_given: True)
    assert run(add) == 0
    assert run(["sync", "--project", str(tmp_path / "copied")]) == 0
    lived.act("ana", "kpi.add", name="true")
    with pytest.raises(DeskError, match="does not know") as refused:
        sync(lived.ana)
    assert refused.value.code == "JOURNAL-121"
    by_hand(lived.ana.project.folder, "pull", "-q", "--no-rebase", "--no-edit")
    lived.ana.publish()
    lived.ana.refresh()
    assert {"copied", "true"} <= set(names(lived.ana)), "neither is lost"
    assert "fork" in [each.code for each in lived.ana.verify().findings]
    lived.sync("ben")
    assert "copied" in names(lived.ben)
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "home"))
    at = ["--project", str(lived.ana.project.folder)]
    assert run(["kpi", "add", "--name", "more", *at]) == 1, "no machine writes with a key that was used twice"
    assert run(["team", "device", "renew", *at]) == 0
    assert run(["sync", *at]) == 0, "the new key is sent, and both branches of the old one stay"
    lived.sync("ben")
    assert {"copied", "true"} <= set(names(lived.ben))
    assert "Ana" in " ".join(each.name for each in lived.ben.ask(open_requests))

"""The exchange with a real team copy: what is sent, what is left alone, and how it ends when others are quicker."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.team.member import Admit
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.sync import git
from mlops_desk.sync.exchange import Exchange
from mlops_desk.workspace import Founder, Workspace
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.joining import get
from mlops_desk.workspace.team_copy import TeamCopy
from tests.sync.conftest import by_hand, sync


def act(desk: Workspace, kind: str, **values: object) -> None:
    desk.do(RULES.act(kind, **values))


def names(desk: Workspace) -> list[str]:
    return desk.ask(lambda rows: sorted(each.name for each in rows.find(Kpi)))


class Pair:
    """Ana and Ben, each with a home of their own; one of them is on at a time."""

    def __init__(self, ana: Workspace, team_folder: Path, base: Path, patch: pytest.MonkeyPatch) -> None:
        self._base, self._patch, self._homes = base, patch, {"ana": base / "home", "ben": base / "ben-home"}
        self.ana = ana
        self.at("ben")
        invitation = Invitation(str(team_folder), ana.project.id)
        person = Founder.parse("Ben Ode <ben@example.org>", ["ml-engineer"])
        got = get(invitation, base / "ben", person, "Hello", silent, Stop())
        self.at("ana")
        sync(ana)
        ana.do(Admit(request="Ben Ode"))
        sync(ana)
        self.at("ben")
        self.ben = Workspace(got.project.folder)
        sync(self.ben)
        self.ben.act_as("ml-engineer", remember=False)

    def at(self, who: str) -> None:
        self._patch.setenv("MLOPS_DESK_HOME", str(self._homes[who]))

    def act(self, who: str, kind: str, **values: object) -> None:
        self.at(who)
        act(getattr(self, who), kind, **values)

    def sync(self, *order: str) -> None:
        for who in order or ("ana", "ben", "ana"):
            self.at(who)
            sync(getattr(self, who))

    def agree(self) -> bool:
        digests: list[str] = []
        for who, desk in (("ana", self.ana), ("ben", self.ben)):
            self.at(who)
            desk.refresh()
            digests.append(desk.digest())
        return digests[0] == digests[1]


@pytest.fixture
def pair(sent: Workspace, team_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    made = Pair(sent, team_folder, tmp_path, monkeypatch)
    yield made
    made.at("ben")
    made.ben.close()
    made.at("ana")


# --- what is sent ------------------------------------------------------------------------------


def test_that_a_project_without_a_team_copy_says_so(desk: Workspace) -> None:
    state = sync(desk).state
    assert (state.code, state.text) == ("no-remote", "No team copy yet, 1 kept here")


def test_that_an_entry_is_counted_until_it_is_sent(sent: Workspace) -> None:
    copy = TeamCopy(sent)
    act(sent, "kpi.add", name="Time")
    assert copy.look(Stop()).text == "1 to send"
    done = sync(sent)
    assert (done.sent, done.state.code, done.state.text) == (1, "same", "Up to date, just now")
    assert sync(sent).sent == 0


def test_that_files_and_prepared_changes_of_the_person_are_left_alone(sent: Workspace) -> None:
    folder = sent.project.folder
    (folder / "mine.txt").write_text("prepared\n")
    by_hand(folder, "add", "mine.txt")
    (folder / "mine.txt").write_text("prepared, then changed\n")
    (folder / "other.txt").write_text("not even added\n")
    (folder / "journals" / "notes.txt").write_text("no journal\n")
    act(sent, "kpi.add", name="Time")
    sync(sent)
    assert by_hand(folder, "status", "--porcelain") == "AM mine.txt\n?? journals/notes.txt\n?? other.txt\n"
    assert by_hand(folder, "ls-tree", "-r", "--name-only", "HEAD").splitlines()[:1] == [".gitattributes"]
    assert "mine.txt" not in by_hand(folder, "ls-tree", "-r", "--name-only", "HEAD")


def test_that_ignored_journals_are_sent_all_the_same(sent: Workspace) -> None:
    (sent.project.folder / ".gitignore").write_text("*.jsonl\njournals/\n")
    act(sent, "kpi.add", name="Time")
    assert sync(sent).sent == 1


def test_that_a_stop_leaves_everything_whole(sent: Workspace) -> None:
    act(sent, "kpi.add", name="Time")
    stop = Stop()
    stop.set()
    with pytest.raises(Cancelled):
        TeamCopy(sent).sync(silent, stop)
    assert sync(sent).sent == 1


def test_that_the_steps_are_told(sent: Workspace) -> None:
    told: list[tuple[int, int]] = []
    TeamCopy(sent).sync(lambda _step, done, total: told.append((done, total)), Stop())
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_that_the_desk_stands_aside_inside_a_code_repository(sent: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(sent.project.folder / ".git")
    by_hand(tmp_path, "init", "-q")
    with pytest.raises(DeskError, match="stands aside") as refused:
        sync(sent)
    assert refused.value.code == "SYNC-104"


def test_that_a_merge_of_the_person_is_not_disturbed(sent: Workspace) -> None:
    (sent.project.folder / ".git" / "MERGE_HEAD").write_text("0" * 40 + "\n")
    with pytest.raises(DeskError, match="in the middle") as refused:
        sync(sent)
    assert refused.value.code == "SYNC-105"


def test_that_a_lock_left_by_a_killed_git_is_named(sent: Workspace) -> None:
    lock = sent.project.folder / ".git" / "index.lock"
    lock.touch()
    act(sent, "kpi.add", name="Time")
    with pytest.raises(DeskError) as refused:
        sync(sent)
    assert "index.lock" in refused.value.hint
    lock.unlink()
    assert sync(sent).sent == 1


def test_that_the_team_copy_of_another_project_is_refused(sent: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "x"
    by_hand(tmp_path, "clone", "-q", TeamCopy(sent).address.text, str(other))  # type: ignore[union-attr]
    marker = (other / "desk.toml").read_text().replace(sent.project.id, "A" * 43)
    (other / "desk.toml").write_text(marker)
    by_hand(other, "commit", "-qam", "swap")
    by_hand(other, "push", "-q")
    with pytest.raises(DeskError, match="another project") as refused:
        sync(sent)
    assert refused.value.code == "SYNC-134"


@pytest.mark.parametrize(
    ("typed", "code"), [("nowhere/at/all", "SYNC-111"), ("full", "SYNC-112"), ("ext::x", "SYNC-110")]
)
def test_that_a_team_copy_is_a_place_that_can_hold_one(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DeskError) as refused:
        TeamCopy(desk).settle_at(typed)
    assert refused.value.code == code


def test_that_a_copy_begun_by_a_host_keeps_its_branch_and_readme(desk: Workspace, tmp_path: Path) -> None:
    work, bare = tmp_path / "work", tmp_path / "host.git"
    by_hand(tmp_path, "init", "-q", "-b", "trunk", str(work))
    (work / "README.md").write_text("made by the host\n")
    by_hand(work, "add", ".")
    by_hand(work, "commit", "-qm", "first")
    by_hand(tmp_path, "clone", "-q", "--bare", str(work), str(bare))
    TeamCopy(desk).settle_at(str(bare))
    assert sync(desk).sent == 1
    assert (desk.project.folder / "README.md").read_text() == "made by the host\n"
    assert by_hand(bare, "branch", "--format=%(refname:short)") == "trunk\n"


def test_that_two_processes_do_not_exchange_one_folder_at_once(
    sent: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlops_desk.workspace.team_copy._PATIENCE_S", 0.1)
    with FileLock(sent.project.locks / f"sync-{sent.project.id}.lock"), pytest.raises(DeskError) as refused:
        sync(sent)
    assert refused.value.code == "SYNC-106"


# --- two people --------------------------------------------------------------------------------


def test_that_work_done_apart_becomes_the_same_rows(pair: Pair) -> None:
    pair.act("ana", "kpi.add", name="Time")
    pair.act("ben", "kpi.add", name="Cost")
    pair.sync()
    assert names(pair.ana) == names(pair.ben) == ["Cost", "Time"]
    assert pair.agree()
    assert by_hand(pair.ana.project.folder, "status", "--porcelain") == ""


def test_that_what_was_received_is_told_by_person(pair: Pair) -> None:
    pair.act("ben", "kpi.add", name="Cost")
    pair.act("ben", "kpi.add", name="Time")
    pair.sync("ben")
    pair.at("ana")
    looked = TeamCopy(pair.ana).look(Stop())
    assert (looked.code, looked.text) == ("to-receive", "2 to receive")
    act(pair.ana, "kpi.add", name="Risk")
    assert TeamCopy(pair.ana).look(Stop()).text == "1 to send, 2 to receive"
    done = sync(pair.ana)
    assert [(each.name, each.entries) for each in done.received] == [("Ben Ode", 2)]


def test_that_somebody_quicker_makes_it_try_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.act("ben", "kpi.add", name="Cost")
    pair.act("ana", "kpi.add", name="Time")
    plain_send, calls = Exchange.send, [0]

    def late(self: Exchange, theirs: str, stop: Stop) -> bool:
        calls[0] += 1
        if calls[0] == 1:
            monkeypatch.setattr(Exchange, "send", plain_send)
            pair.sync("ben")
            pair.at("ana")
            monkeypatch.setattr(Exchange, "send", late)
        return plain_send(self, theirs, stop)

    monkeypatch.setattr(Exchange, "send", late)
    pair.sync("ana")
    assert calls[0] == 2
    pair.sync("ben")
    assert pair.agree()


def test_that_eight_defeats_are_said(sent: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def too_late(_self: Exchange, theirs: str, _stop: Stop) -> bool:
        tries.append(theirs)
        return False

    monkeypatch.setattr(Exchange, "send", too_late)
    monkeypatch.setattr("mlops_desk.sync.exchange._WAIT_S", 0.0)
    with pytest.raises(DeskError, match="eight times"):
        sync(sent)
    assert len(tries) == 8


def test_that_a_file_of_the_person_in_the_way_stops_the_merge_but_not_the_reading(pair: Pair) -> None:
    folder = pair.ben.project.folder
    (folder / "README.md").write_text("Ben's\n")
    by_hand(folder, "add", "README.md")
    by_hand(folder, "commit", "-qm", "readme")
    pair.act("ben", "kpi.add", name="Cost")
    pair.sync("ben")
    (pair.ana.project.folder / "README.md").write_text("Ana's, never added\n")
    pair.act("ana", "kpi.add", name="Time")
    done = sync(pair.ana)
    assert done.in_the_way == ("README.md",)
    assert (done.state.code, done.state.text) == ("choose", "1 needs your choice")
    assert done.sent == 0
    assert names(pair.ana) == ["Cost", "Time"], "what others wrote is read all the same"
    assert (pair.ana.project.folder / "README.md").read_text() == "Ana's, never added\n"
    assert done.lost == ()
    assert pair.ana.findings() == []
    assert pair.ana.verify().is_sound
    assert sync(pair.ana).in_the_way == ("README.md",)
    pair.ana.rebuild()
    assert names(pair.ana) == ["Cost", "Time"]
    (pair.ana.project.folder / "README.md").unlink()
    pair.sync()
    assert pair.agree()
    assert not pair.ana.project.ahead.exists()
    shutil.rmtree(pair.ana.project.journals / pair.ben.device)
    pair.at("ana")
    pair.ana.refresh()
    assert [each.code for each in pair.ana.findings()] == ["rollback"], "it was remembered when it came in"


def test_that_a_conflict_in_other_files_leaves_the_merge_to_the_person(pair: Pair) -> None:
    for who, desk in (("ana", pair.ana), ("ben", pair.ben)):
        (desk.project.folder / "README.md").write_text(f"{who}\n")
        by_hand(desk.project.folder, "add", "README.md")
        by_hand(desk.project.folder, "commit", "-qm", "readme")
    pair.act("ben", "kpi.add", name="Cost")
    pair.sync("ben")
    pair.at("ana")
    assert sync(pair.ana).in_the_way == ("README.md",)
    assert names(pair.ana) == ["Cost"]
    assert by_hand(pair.ana.project.folder, "status", "--porcelain") == ""


def test_that_files_of_both_people_travel_when_they_do_not_meet(pair: Pair) -> None:
    for who, desk in (("ana", pair.ana), ("ben", pair.ben)):
        (desk.project.folder / f"{who}.md").write_text(f"{who}\n")
        by_hand(desk.project.folder, "add", ".")
        by_hand(desk.project.folder, "commit", "-qm", "readme")
    pair.act("ana", "kpi.add", name="Time")
    (pair.ana.project.folder / "draft.md").write_text("mine\n")
    pair.sync("ben", "ana", "ben")
    assert (pair.ben.project.folder / "ana.md").read_text() == "ana\n"
    assert (pair.ana.project.folder / "ben.md").read_text() == "ben\n"
    assert by_hand(pair.ana.project.folder, "status", "--porcelain") == "?? draft.md\n"


def test_that_same_field_changed_apart_is_two_versions_everywhere(pair: Pair) -> None:
    pair.act("ana", "kpi.add", name="Time")
    pair.sync()
    pair.act("ana", "kpi.edit", id="Time", unit="min")
    pair.act("ben", "kpi.edit", id="Time", unit="h")
    pair.sync()
    assert pair.agree()
    [kpi] = pair.ana.ask(lambda rows: rows.find(Kpi))
    assert "unit" in str(kpi.contested)


def test_that_a_newcomer_is_told_to_wait(
    sent: Workspace, team_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "eve-home"))
    person = Founder.parse("Eve", ["ml-engineer"])
    got = get(Invitation(str(team_folder)), tmp_path / "eve", person, "", silent, Stop())
    with Workspace(got.project.folder) as desk:
        said = desk.do(RULES.act("kpi.add", name="Time")).said
        assert said.startswith("Kept as written before joining")
        assert "Time" not in names(desk)
        with pytest.raises(DeskError, match="not been admitted") as refused:
            desk.do(Admit(request="Eve"))
        assert refused.value.code == "TEAM-121"


def test_that_git_says_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert git.version().startswith("git version")
    monkeypatch.setenv("PATH", "")
    assert git.version() == ""


@pytest.mark.slow
def test_that_killing_the_exchange_at_any_moment_loses_nothing(
    sent: Workspace, team_folder: Path, tmp_path: Path
) -> None:
    folder, chance = sent.project.folder, random.Random(7)
    line = [sys.executable, "-P", "-m", "mlops_desk", "--project", str(folder), "sync"]
    for turn in range(5):
        act(sent, "kpi.add", name=f"K{turn}")
        sent.publish()
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            time.sleep(0.25 + chance.random() * 0.5)
            running.kill()
    time.sleep(0.3)  # a git that was left alone ends
    (folder / ".git" / "index.lock").unlink(missing_ok=True)
    assert sync(sent).state.code == "same"
    assert sent.verify().is_sound
    by_hand(tmp_path, "clone", "-q", str(team_folder), "fresh")
    [journal] = (tmp_path / "fresh" / "journals").rglob("*.jsonl")
    [own] = (sent.project.own / sent.device).glob("*.jsonl")
    assert journal.read_bytes() == own.read_bytes()
    assert by_hand(folder, "status", "--porcelain") == ""

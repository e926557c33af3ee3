"""Folders that come with a `.git` of somebody else's making: nothing planted in it may ever run."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.kernel import child
from mlops_desk.kernel.errors import DeskError
from mlops_desk.sync import config
from mlops_desk.sync.git import Git
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.team_copy import TeamCopy
from tests.sync.conftest import by_hand, sync

Plant = Callable[[Path, str], None]


def setting(name: str, template: str = "{run}") -> Plant:
    def plant(folder: Path, run: str) -> None:
        by_hand(folder, "config", "--local", name, template.format(run=run))

    return plant


def clean_filter(folder: Path, run: str) -> None:
    by_hand(folder, "config", "--local", "filter.x.clean", run)
    by_hand(folder, "config", "--local", "filter.x.smudge", run)
    (folder / ".gitattributes").write_text("* filter=x\n")


def merge_driver(folder: Path, run: str) -> None:
    by_hand(folder, "config", "--local", "merge.x.driver", run)
    (folder / ".gitattributes").write_text("* merge=x\n")


def included(folder: Path, run: str) -> None:
    (folder / ".git" / "more").write_text(f'[core]\n\tfsmonitor = "{run}"\n')
    by_hand(folder, "config", "--local", "include.path", "more")


def on_one_line(folder: Path, run: str) -> None:
    with (folder / ".git" / "config").open("a") as file:
        file.write(f'# x \\\n[core] fsmonitor = "{run}"\n')


def per_work_tree(folder: Path, run: str) -> None:
    by_hand(folder, "config", "--local", "extensions.worktreeConfig", "true")
    (folder / ".git" / "config.worktree").write_text(f'[core]\n\tfsmonitor = "{run}"\n')


VECTORS: dict[str, Plant] = {
    "core.fsmonitor": setting("core.fsmonitor"),
    "filter.x.clean": clean_filter,
    "merge.x.driver": merge_driver,
    "core.hookspath": setting("core.hooksPath"),
    "core.sshcommand": setting("core.sshCommand"),
    "core.gitproxy": setting("core.gitProxy"),
    "core.alternaterefscommand": setting("core.alternateRefsCommand"),
    "credential.helper": setting("credential.helper", "!{run}"),
    "include.path": included,
    "alias.status": setting("alias.status", "!{run}"),
    "core.pager": setting("core.pager"),
    "pager.status": setting("pager.status"),
    "core.editor": setting("core.editor"),
    "diff.external": setting("diff.external"),
    "gpg.program": setting("gpg.program"),
    "remote.origin.uploadpack": setting("remote.origin.uploadpack"),
    "remote.origin.receivepack": setting("remote.origin.receivepack"),
    "remote.origin.vcs": setting("remote.origin.vcs", "ext"),
    "url.ext::sh.insteadof": setting("url.ext::sh.insteadOf", "/"),
    "protocol.ext.allow": setting("protocol.ext.allow", "always"),
    "submodule.x.update": setting("submodule.x.update", "!{run}"),
    "core.fsmonitor on one line": on_one_line,
    "config.worktree": per_work_tree,
}


def script(canary: Path) -> str:
    """Write a program that leaves a trace, and return its path."""
    path = canary.with_name("run.sh")
    path.write_text(f"#!/bin/sh\ntouch '{canary}'\ncat\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize("name", VECTORS)
def test_that_what_was_planted_stops_the_exchange_and_never_runs(sent: Workspace, canary: Path, name: str) -> None:
    folder = sent.project.folder
    VECTORS[name](folder, script(canary))
    sent.do(RULES.act("kpi.add", name="Time"))
    with pytest.raises(DeskError, match="can run programs") as refused:
        sync(sent)
    assert refused.value.code == "SYNC-103"
    assert "--trust-configuration" in refused.value.hint
    assert not canary.exists()


def test_that_the_canary_sings_where_git_is_called_without_care(sent: Workspace, canary: Path) -> None:
    folder = sent.project.folder
    VECTORS["core.fsmonitor"](folder, script(canary))
    by_hand(folder, "status")
    assert canary.exists(), "else the tests above prove nothing"


@pytest.mark.parametrize(
    "name", ["pre-commit", "post-commit", "pre-push", "reference-transaction", "post-index-change"]
)
def test_that_hooks_of_the_folder_do_not_run(sent: Workspace, canary: Path, name: str) -> None:
    hooks = sent.project.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    Path(script(canary)).rename(hooks / name)
    sent.do(RULES.act("kpi.add", name="Time"))
    assert sync(sent).sent == 1
    assert not canary.exists()


@pytest.mark.parametrize("name", ["pre-receive", "update", "post-receive", "post-update", "reference-transaction"])
def test_that_hooks_of_a_team_copy_in_a_folder_do_not_run_here(
    sent: Workspace, team_folder: Path, canary: Path, name: str
) -> None:
    hooks = team_folder / "hooks"
    hooks.mkdir(exist_ok=True)
    Path(script(canary)).rename(hooks / name)
    sent.do(RULES.act("kpi.add", name="Time"))
    assert sync(sent).sent == 1
    assert not canary.exists()


def test_that_a_team_copy_in_a_folder_is_looked_at_before_it_is_served(
    sent: Workspace, team_folder: Path, canary: Path
) -> None:
    by_hand(team_folder, "config", "core.alternateRefsCommand", script(canary))
    with pytest.raises(DeskError, match=r"team\.git can run programs"):
        sync(sent)
    assert not canary.exists()


def test_that_trust_holds_for_exactly_what_was_trusted(sent: Workspace) -> None:
    folder = sent.project.folder
    by_hand(folder, "config", "--local", "alias.st", "status")
    with pytest.raises(DeskError, match=r"alias\.st"):
        sync(sent)
    TeamCopy(sent).trust(TeamCopy(sent).configurations())
    assert sync(sent).state.code == "same"
    by_hand(folder, "config", "--local", "alias.st", "!rm")
    with pytest.raises(DeskError, match=r"alias\.st"):
        sync(sent)


def test_that_trust_ends_when_an_included_file_changes(sent: Workspace) -> None:
    folder = sent.project.folder
    included(folder, "true")
    TeamCopy(sent).trust(TeamCopy(sent).configurations())
    config.check(folder, [config.read(folder).digest])
    (folder / ".git" / "more").write_text('[core]\n\tfsmonitor = "false"\n')
    with pytest.raises(DeskError, match="can run programs"):
        sync(sent)


def test_that_a_usual_configuration_needs_no_trust(sent: Workspace) -> None:
    folder = sent.project.folder
    for name, value in (
        ("user.name", "Ana"),
        ("pull.rebase", "true"),
        ("branch.main.description", "x"),
        ("core.ignoreCase", "true"),
        ("remote.origin.prune", "true"),
    ):
        by_hand(folder, "config", "--local", name, value)
    assert config.read(folder).strange == ()
    assert config.read(folder).person == ("Ana", "")


def test_that_a_configuration_that_cannot_be_read_is_not_trusted(sent: Workspace) -> None:
    (sent.project.folder / ".git" / "config").write_text("[[[")
    with pytest.raises(DeskError, match="cannot be read"):
        sync(sent)


def test_that_a_link_in_place_of_the_repository_is_asked_about(sent: Workspace, tmp_path: Path) -> None:
    mark = sent.project.folder / ".git"
    mark.rename(tmp_path / "elsewhere")
    mark.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeskError, match="is a link"):
        sync(sent)


def test_that_a_planted_replacement_of_a_commit_is_not_looked_at(sent: Workspace) -> None:
    folder = sent.project.folder
    empty = by_hand(folder, "commit-tree", "-m", "x", "4b825dc642cb6eb9a060e54bf8d69288fbee4904").strip()
    by_hand(folder, "replace", "HEAD", empty)
    assert by_hand(folder, "ls-tree", "-r", "HEAD") == ""
    sent.do(RULES.act("kpi.add", name="Time"))
    assert sync(sent).sent == 1
    head = by_hand(folder, "rev-parse", "HEAD").strip()
    assert "desk.toml" in by_hand(folder, "--no-replace-objects", "ls-tree", "-r", "--name-only", head)


def test_that_links_of_others_become_plain_files(sent: Workspace, team_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    by_hand(tmp_path, "clone", "--quiet", str(team_folder), str(other))
    (other / "objects").mkdir(exist_ok=True)
    (other / "objects" / "sha256").symlink_to("/etc")
    (other / "trap").symlink_to("/etc/passwd")
    by_hand(other, "add", ".")
    by_hand(other, "commit", "-qm", "links")
    by_hand(other, "push", "-q")
    sync(sent)
    assert not (sent.project.folder / "trap").is_symlink()
    assert not (sent.project.folder / "objects" / "sha256").is_symlink()


def test_that_python_files_of_a_folder_are_not_imported_by_our_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: Path
) -> None:
    (tmp_path / "msgspec.py").write_text(f"open({str(canary)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert subprocess.run(child.command(child.HIDDEN_ARGUMENT, "x:y"), check=False).returncode == 2
    assert not canary.exists()


def test_that_git_is_not_called_without_the_proof_of_a_look(sent: Workspace) -> None:
    here = Git(config.check(sent.project.folder), ("Ana", "a@example.org"))
    assert here.text("rev-parse", "--is-inside-work-tree") == "true"

"""Addresses and tokens: what git may be sent to, and who tells it the secret."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mlops_desk.kernel import secrets
from mlops_desk.kernel.errors import DeskError
from mlops_desk.sync import config, credentials, git
from mlops_desk.sync.address import parse
from mlops_desk.workspace.invitation import Invitation

PROJECT = "A" * 43


@pytest.mark.parametrize(
    ("typed", "kind", "host"),
    [
        ("https://git.example.org/team/loan.git", "https", "git.example.org"),
        ("https://ana@Git.example.org:8443/loan", "https", "git.example.org:8443"),
        ("ssh://git@git.example.org:2222/loan.git", "ssh", "git.example.org:2222"),
        ("git@git.example.org:team/loan.git", "ssh", "git.example.org"),
        ("git.example.org:loan", "ssh", "git.example.org"),
    ],
)
def test_that_addresses_of_hosts_are_understood(typed: str, kind: str, host: str) -> None:
    address = parse(f" {typed} ")
    assert (address.kind, address.host, address.text) == (kind, host, typed)


def test_that_a_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for typed in ("./team", "team", str(tmp_path / "team")):
        assert parse(typed).text == str(tmp_path / "team")
        assert parse(typed).kind == "path"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-oProxyCommand=touch x",
        "--upload-pack=touch x",
        "ext::sh -c touch% x",
        "file:///etc",
        "http://git.example.org/x",
        "git://git.example.org/x",
        "ssh://-oProxyCommand=x/y",
        "ssh://git.example.org/-x",
        "-x@git.example.org:y",
        "git.example.org:-x",
        "https://ana:secret@git.example.org/x",
        "https://git.example.org/x y",
        "https://git.example.org/x\ny",
        "https:///x",
        "fd::17/foo",
        "git@host:x\x00y",
        "https://" + "x" * 3000 + "/y",
    ],
)
def test_that_what_could_make_git_run_or_leak_something_is_refused(typed: str) -> None:
    with pytest.raises(DeskError, match="no address") as refused:
        parse(typed)
    assert refused.value.code == "SYNC-110"
    assert "secret" not in refused.value.sentence


# --- tokens ------------------------------------------------------------------------------------


def fill(home: Path, url: str) -> str:
    """Ask git for the credentials of an address, as a fetch would."""
    folder = home / "repository"
    folder.mkdir(parents=True)
    git.init(folder)
    here = git.Git(config.check(folder), ("", ""), parse(url))
    protocol, _colon, rest = url.partition("://")
    question = f"protocol={protocol}\nhost={rest.partition('/')[0]}\n\n".encode()
    return here.text("credential", "fill", stdin=question)


def test_that_git_gets_the_token_of_the_host_from_the_keyring(home: Path) -> None:
    credentials.keep("git.example.org:8443", "s3cret-token", "ana")
    found = fill(home, "https://git.example.org:8443/x")
    assert "username=ana" in found
    assert "password=s3cret-token" in found
    everything = b"".join(path.read_bytes() for path in (home / "repository").rglob("*") if path.is_file())
    assert b"s3cret" not in everything


def test_that_no_other_host_gets_it(home: Path) -> None:
    credentials.keep("git.example.org", "s3cret-token")
    assert "s3cret" not in fill(home, "https://evil.example.org/x")


@pytest.mark.parametrize("operation", ["erase", "store", "get --now"])
def test_that_git_never_erases_or_replaces_a_token(home: Path, operation: str) -> None:
    credentials.keep("git.example.org", "s3cret-token")
    question = "protocol=https\nhost=git.example.org\nusername=x\npassword=other\n"
    assert credentials.answer(operation, question) == ""
    assert "s3cret-token" in credentials.answer("get", question)


def test_that_a_token_is_told_over_https_only(home: Path) -> None:
    credentials.keep("git.example.org", "s3cret-token")
    assert credentials.answer("get", "protocol=http\nhost=git.example.org\n") == ""
    assert credentials.answer("get", "protocol=https\nhost=../../git.example.org\n") == ""


def test_that_the_helper_is_not_in_the_arguments_of_git(home: Path) -> None:
    credentials.keep("git.example.org", "s3cret-token")
    settings = dict(credentials.settings(parse("https://git.example.org/x")))
    assert "s3cret" not in str(settings)
    assert credentials.settings(parse("git@git.example.org:x")) == [("credential.helper", "")]
    kept = secrets.get("git-git.example.org")
    assert kept
    assert json.loads(kept.value)["password"] == "s3cret-token"


@pytest.mark.parametrize(("host", "token"), [("git example", "x"), ("../x", "x"), ("", "x"), ("h", ""), ("h", "a\nb")])
def test_that_odd_hosts_and_tokens_are_refused(home: Path, host: str, token: str) -> None:
    with pytest.raises(DeskError):
        credentials.keep(host, token)


def test_that_proxy_and_identity_of_the_person_are_carried_over(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "gitconfig"
    own.write_text("[user]\n name = Ana\n[http]\n proxy = http://proxy:3128\n[core]\n fsmonitor = touch /x\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    monkeypatch.setattr(git, "_carried", git._carried.__wrapped__)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text(own.read_text())
    folder = home / "repository"
    folder.mkdir(parents=True)
    git.init(folder)
    here = git.Git(config.check(folder), ("Member", "m@example.org"))
    assert here.text("config", "http.proxy") == "http://proxy:3128"
    assert here.text("config", "core.fsmonitor") == "false"
    assert here.text("var", "GIT_AUTHOR_IDENT").startswith("Ana <m@example.org>")


# --- invitations -------------------------------------------------------------------------------


def test_that_a_link_says_where_and_which() -> None:
    made = Invitation("git@git.example.org:team/loan & co.git", PROJECT)
    assert Invitation.parse(made.link) == made
    assert Invitation.parse(made.link, PROJECT) == made


@pytest.mark.parametrize(
    "link",
    [
        "mlops-desk://",
        "mlops-desk://join",
        f"mlops-desk://join?project={PROJECT}",
        f"mlops-desk://join?remote=/x&project={PROJECT}&run=1",
        f"mlops-desk://join?remote=/x&remote=/y&project={PROJECT}",
        "mlops-desk://join?remote=/x&project=short",
        f"mlops-desk://open?remote=/x&project={PROJECT}",
        f"mlops-desk://join/x?remote=/x&project={PROJECT}",
    ],
)
def test_that_odd_links_are_refused(link: str) -> None:
    with pytest.raises(DeskError) as refused:
        Invitation.parse(link)
    assert refused.value.code == "TEAM-130"


def test_that_a_link_and_a_typed_id_must_agree() -> None:
    with pytest.raises(DeskError):
        Invitation.parse(Invitation("/x", PROJECT).link, "B" * 43)


def test_that_the_helper_answers_through_the_real_program(home: Path) -> None:
    from mlops_desk.kernel.child import CREDENTIAL_ARGUMENT, command

    credentials.keep("git.example.org", "s3cret-token")
    question = "protocol=https\nhost=git.example.org\n\n"
    done = subprocess.run(
        command(CREDENTIAL_ARGUMENT, "get"), input=question, capture_output=True, text=True, check=True
    )
    assert done.stdout == "username=token\npassword=s3cret-token\n"

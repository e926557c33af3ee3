"""The one place that runs git: with no hooks, no helpers and no configuration of the folder's own making."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.settings import data_folder
from mlops_desk.kernel.words import _
from mlops_desk.sync import credentials
from mlops_desk.sync.address import Address

LOCAL_S, NETWORK_S = 60.0, 1800.0
_POLL_S = 0.1
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=15 -oServerAliveInterval=15"
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.symlinks=false",  # a link in the folder of others becomes a file that says where it pointed
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.pager=cat",
    "core.editor=false",
    "core.attributesFile=/dev/null",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "transfer.fsckObjects=true",
    "http.lowSpeedLimit=500",
    "http.lowSpeedTime=30",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "protocol.ext.allow=never",
)
_CARRIED = r"^(user\.(name|email)|http\.(.*\.)?(proxy|sslcainfo|sslcapath|sslbackend|schannelcheckrevoke))$"
Pairs = Sequence[tuple[str, str]]


class GitError(DeskError):
    """Git refused; ``complaint`` is what it said, in English."""

    def __init__(self, folder: Path, complaint: str) -> None:
        self.complaint = complaint.strip()
        super().__init__(
            _("git did not do what was asked of it in {folder}.", folder=folder),
            _("Another git is at work there, or was killed: if none runs, remove {name}.", name=".git/index.lock")
            if "index.lock" in complaint
            else _("Your entries are safe here. Details: {reason}", reason=self.complaint or "-"),
            code="SYNC-101",
        )


class Checked(msgspec.Struct, frozen=True):
    """The proof that a folder's configuration was looked at; without one git is not called in the folder.

    ``person`` is the name and address that the configuration gives; either may be empty.
    """

    folder: Path
    person: tuple[str, str] = ("", "")


class Git:
    """Git in one folder, for one person, towards at most one address."""

    def __init__(self, checked: Checked, person: tuple[str, str], address: Address | None = None) -> None:
        self.folder = checked.folder
        self._options = [f"safe.directory={checked.folder}"]
        if address and address.kind == "path":
            self._options.append("protocol.file.allow=always")
        named = dict(_carried())
        own = (named.pop("user.name", ""), named.pop("user.email", ""))
        self._person = _whole_person([checked.person, own, person])
        self._settings = [*named.items(), *credentials.settings(address)]

    def run(self, *arguments: str, stdin: bytes = b"", stop: Stop | None = None, index: Path | None = None) -> bytes:
        """Return what git prints. With ``stop`` the call may take long and be stopped.

        Raises:
            GitError: git refused.
            Cancelled: the person stopped it.
        """
        environment = _environment(self._settings) | self._person
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
        return _call([*_line(self._options), *arguments], self.folder, environment, stdin, stop)

    def text(self, *arguments: str, stdin: bytes = b"") -> str:
        """Return what git prints, without the line feed; an empty text where it refuses."""
        try:
            return self.run(*arguments, stdin=stdin).decode("utf-8", "surrogateescape").strip()
        except GitError:
            return ""

    def tells(self, *arguments: str) -> bool:
        """Tell whether git answers yes."""
        try:
            self.run(*arguments)
        except GitError:
            return False
        return True


def version() -> str:
    """Return git's own word for its version, or an empty text where there is no git."""
    if shutil.which("git") is None:
        return ""
    return _call([*_line(()), "--version"], Path.cwd(), _environment(()), b"", None).decode().strip()


def begin(folder: Path) -> bool:
    """Make the folder a git repository of its own, unless one carries it already; tell whether it was made.

    Inside a code repository plain git carries the project folder, and the desk stands aside.
    """
    if shutil.which("git") is None or is_carried(folder):
        return False
    init(folder)
    return True


def init(folder: Path, branch: str = "main") -> None:
    """Make the folder a repository of its own, with no templates of anybody."""
    line = [*_line(()), "init", "--quiet", "--template=", f"--initial-branch={branch}"]
    _call(line, folder, _environment(()), b"", None)


def is_repository(folder: Path) -> bool:
    """Tell whether git keeps something in a folder, with or without a work tree."""
    return is_own(folder) or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


def init_bare(folder: Path) -> None:
    """Make an empty folder a team copy."""
    _call(
        [*_line(()), "init", "--quiet", "--bare", "--template=", "--initial-branch=main"],
        folder,
        _environment(()),
        b"",
        None,
    )


def is_own(folder: Path) -> bool:
    """Tell whether the folder is the root of a repository."""
    return (folder / ".git").exists()


def is_carried(folder: Path) -> bool:
    """Tell whether the folder lies in a git repository, its own or one around it."""
    return any(is_own(each) for each in (folder, *folder.parents))


def settings_in(content: bytes) -> list[tuple[str, str]] | None:
    """Return the keys and values of a configuration as git reads them, includes unfollowed; None if it cannot."""
    line = [*_line(()), "config", "--file", "-", "--no-includes", "--null", "--list"]
    try:
        found = _call(line, _nowhere(), _environment(()), content, None)
    except GitError:
        return None
    parts = [item.partition("\n") for item in found.decode("utf-8", "surrogateescape").split("\0") if item]
    return [(key, value) for key, _feed, value in parts]


def services(address: Address) -> tuple[str, str]:
    """Return the options that make git serve a team copy in a folder without running what lies in it."""
    if address.kind != "path":
        return "--upload-pack=git-upload-pack", "--receive-pack=git-receive-pack"
    place = (f"safe.directory={address.text}", f"safe.directory={address.text}/.git")
    serve = shlex.join(_line((*place, "receive.autoGC=false")))
    return f"--upload-pack={serve} upload-pack", f"--receive-pack={serve} receive-pack"


@cache
def _carried() -> tuple[tuple[str, str], ...]:
    """Return who the person is and their way through a proxy, from their own configuration, never a folder's."""
    own = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in own}
    environment = kept | {"GIT_CEILING_DIRECTORIES": str(_nowhere().parent), "LC_ALL": "C"}
    line = ["git", "config", "--includes", "--null", "--get-regexp", _CARRIED]
    try:
        found = _call(line, _nowhere(), environment, b"", None)
    except GitError:  # nothing is set
        return ()
    parts = [item.partition("\n") for item in found.decode("utf-8", "surrogateescape").split("\0") if item]
    return tuple((key, value) for key, _feed, value in parts)


def _nowhere() -> Path:
    """Return a private folder that is no repository."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _whole_person(known: Sequence[tuple[str, str]]) -> dict[str, str]:
    name = next((name for name, _mail in known if any(map(str.isalnum, name))), "MLOps Desk")
    mail = next((mail for _name, mail in known if mail), "nobody@invalid")
    return {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _parts(name, mail)}


def _parts(name: str, mail: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("NAME", name), ("EMAIL", mail)


def _line(options: Sequence[str]) -> list[str]:
    return ["git", "--no-pager", *(part for setting in (*_SAFE, *options) for part in ("-c", setting))]


def _environment(settings: Pairs) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_EDITOR": "false",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_SSH_COMMAND": _SSH,
        "GIT_CONFIG_COUNT": str(len(settings)),
        "LC_ALL": "C",
    }
    for place, (key, value) in enumerate(settings):
        environment |= {f"GIT_CONFIG_KEY_{place}": key, f"GIT_CONFIG_VALUE_{place}": value}
    return environment


def _call(line: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes, stop: Stop | None) -> bytes:
    pipe = subprocess.PIPE
    try:
        child = subprocess.Popen(line, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as error:
        raise GitError(folder, error.strerror or str(error)) from error
    with child:
        printed, complaint = _wait(child, stdin, stop)
    if stop is not None and stop.wished:
        raise Cancelled(_("Stopped."), _("Your entries are safe here; nothing is half done."), code="TASK-101")
    if child.returncode:
        raise GitError(folder, complaint.decode("utf-8", "replace"))
    return printed


def _wait(child: subprocess.Popen[bytes], stdin: bytes, stop: Stop | None) -> tuple[bytes, bytes]:
    """Wait for git; end it when the person stops it or it takes too long."""
    end = time.monotonic() + (LOCAL_S if stop is None else NETWORK_S)
    given: bytes | None = stdin
    while True:
        try:
            return child.communicate(given, timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            given = None
            if (stop is not None and stop.wished) or time.monotonic() > end:
                child.terminate()

"""A folder's own git configuration: settings that run nothing are let through, anything else needs a person's trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.sync.git import Checked, settings_in

MAX_BYTES = 1024 * 1024
_MAX_INCLUDES = 16

# Whatever is not here may run a program, now or in a later git: it is asked about, never guessed.
_CORE = (
    "repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf"
    "|longpaths|protectntfs|protecthfs|quotepath|abbrev|compression|loosecompression|bigfilethreshold|sharedrepository"
    "|preloadindex|untrackedcache|fscache|hidedotfiles|checkstat|trustctime|commentchar|whitespace|excludesfile"
)
_HARMLESS = re.compile(
    rf"core\.({_CORE})"
    r"|extensions\.(objectformat|worktreeconfig|refstorage|noop)"
    r"|user\.(name|email|useconfigonly)|author\.(name|email)|committer\.(name|email)"
    r"|remote\..+\.(url|pushurl|fetch|push|tagopt|prune|prunetags|mirror|skipdefaultupdate|skipfetchall)"
    r"|remote\.pushdefault|branch\..+\.(remote|merge|pushremote|rebase|description)|branch\.(autosetupmerge|autosetuprebase)"
    r"|pull\.(rebase|ff)|push\.(default|autosetupremote|followtags)|fetch\.(prune|prunetags|fsckobjects|parallel)"
    r"|merge\.(ff|conflictstyle|renames|renamelimit|stat|log)|rebase\.(autosquash|autostash)|rerere\.(enabled|autoupdate)"
    r"|init\.defaultbranch|commit\.(status|verbose)|status\..+|log\.(date|decorate)|advice\..+|color\..+|column\..+"
    r"|gc\.(auto|autodetach|autopacklimit|pruneexpire|reflogexpire)|pack\.(threads|windowmemory|depth|window)"
    r"|index\.(version|threads)|feature\.(manyfiles)|maintenance\.(auto|strategy)"
    r"|receive\.(denynonfastforwards|denydeletes|denycurrentbranch|fsckobjects|autogc|advertisepushoptions|shallowupdate)"
    r"|transfer\.(fsckobjects|hiderefs|unpacklimit)|lfs\.(repositoryformatversion)"
    r"|uploadpack\.(allowfilter|allowtipsha1inwant|allowreachablesha1inwant|allowanysha1inwant|hiderefs)"
)
_INCLUDE = re.compile(r"include\.path|includeif\..*\.path", re.DOTALL)


class Configuration(msgspec.Struct, frozen=True):
    """What was found: the folder, the keys that may run something, what it says of the person, and its digest."""

    folder: Path
    strange: tuple[str, ...]
    person: tuple[str, str]
    digest: str


def read(folder: Path) -> Configuration:
    """Read the configuration of a repository as text, with its work tree's and whatever it includes."""
    digest = sha256()
    strange: list[str] = []
    person = {"user.name": "", "user.email": ""}
    waiting = list(_places(folder, strange))
    for place in waiting:
        content = _content(place)
        digest.update(len(content).to_bytes(8, "big") + content)
        found = settings_in(content)
        if found is None:
            strange.append(_("{name} cannot be read", name=place.name))
        for key, value in found or ():
            person |= {key: value} if key in person else {}
            if not _HARMLESS.fullmatch(key):
                strange.append(key)
            if _INCLUDE.fullmatch(key) and len(waiting) < _MAX_INCLUDES:
                waiting.append(place.parent / Path(value).expanduser())
    names = tuple(dict.fromkeys(strange))
    return Configuration(folder, names, (person["user.name"], person["user.email"]), digest.hexdigest())


def check(folder: Path, trusted: Sequence[str] = ()) -> Checked:
    """Return the proof that git may be called in a folder.

    ``trusted`` are the digests of configurations that the person of this machine has trusted.

    Raises:
        DeskError: the configuration could run a program, and nobody here trusts it.
    """
    found = read(folder)
    if found.strange and found.digest not in trusted:
        raise DeskError(
            _(
                "The git configuration that came with {folder} can run programs: {keys}.",
                folder=folder,
                keys=", ".join(found.strange[:5]),
            ),
            _("Nothing was run. If you wrote it yourself: `mlops-desk sync --trust-configuration`."),
            code="SYNC-103",
        )
    return Checked(folder, found.person)


def _places(folder: Path, strange: list[str]) -> list[Path]:
    """Return the files that git would read as this repository's own configuration."""
    mark = folder / ".git"
    private = folder if not mark.exists() and (folder / "objects").is_dir() else mark  # a bare one has no mark
    if mark.is_symlink():
        strange.append(_("the folder .git is a link"))
    if mark.is_file():
        private = folder / _named(mark, "gitdir:")
    shared = private / (_named(private / "commondir", "") or ".")
    return [shared / "config", private / "config.worktree"]


def _named(file: Path, word: str) -> str:
    text = _content(file).decode("utf-8", "replace").strip()
    return text.removeprefix(word).strip()


def _content(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return b""

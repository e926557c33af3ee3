"""Addresses of team copies: https, ssh, or a path that a person typed; anything else is refused before git starts."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath
from typing import Literal

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

_HOST = r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?)"
_NAME = r"(?:[A-Za-z0-9][A-Za-z0-9._-]*@)?"
_URL = re.compile(rf"(?P<kind>https|ssh)://{_NAME}{_HOST}/(?P<path>[^\s\\]+)")
_SHORT = re.compile(rf"{_NAME}(?P<host>[A-Za-z0-9][A-Za-z0-9.-]+):(?P<path>[^\s\\:]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_CHARS = 2000


class Address(msgspec.Struct, frozen=True):
    """Where a team copy lies: the text for git, its kind, and the host if there is one."""

    text: str
    kind: Literal["https", "ssh", "path"]
    host: str = ""


def parse(typed: str) -> Address:
    """Return the address that a person typed; a path becomes absolute.

    Raises:
        DeskError: it is none, holds a password, or would make git run something.
    """
    text = typed.strip()
    if not text or len(text) > MAX_CHARS or text.startswith("-") or _CONTROL.search(text) or "::" in text:
        raise _refused(typed)
    if "://" in text:
        return _of_match(_URL.fullmatch(text), typed)
    if _is_path(text):
        return Address(str(Path(text).expanduser().resolve()), "path")
    return _of_match(_SHORT.fullmatch(text), typed)


def _is_path(text: str) -> bool:
    is_windows = bool(PureWindowsPath(text).drive)
    return is_windows or text.startswith((".", "/", "~", "\\")) or ":" not in text


def _of_match(match: re.Match[str] | None, typed: str) -> Address:
    if match is None or match["path"].startswith("-"):
        raise _refused(typed)
    kind: Literal["https", "ssh"] = "https" if match.groupdict().get("kind") == "https" else "ssh"
    return Address(match[0], kind, match["host"].lower())


def _refused(typed: str) -> DeskError:
    return DeskError(
        _("This is no address of a team copy: {address}", address=re.sub(r"//[^/@]*:[^/@]*@", "//…@", typed[:200])),
        _(
            "Give https://host/path, ssh://host/path, name@host:path, or a folder. "
            "A token is kept with `mlops-desk keys token HOST`, never in the address."
        ),
        code="SYNC-110",
    )

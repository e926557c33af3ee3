"""The one place that runs git: with no hooks, no helpers and no configuration of the folder's own making."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

TIMEOUT_S = 60
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "transfer.fsckObjects=true",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
)


def version() -> str:
    """Return git's own word for its version, or an empty text where there is no git."""
    if shutil.which("git") is None:
        return ""
    return _run(["--version"], Path.cwd()).strip()


def begin(folder: Path) -> bool:
    """Make the folder a git repository of its own, unless one carries it already; tell whether it was made.

    Inside a code repository plain git carries the project folder, and the desk stands aside.
    """
    if shutil.which("git") is None or is_carried(folder):
        return False
    _run(["init", "--quiet", "--initial-branch=main"], folder)
    return True


def is_carried(folder: Path) -> bool:
    """Tell whether the folder lies in a git repository, its own or one around it."""
    return any((each / ".git").exists() for each in (folder, *folder.parents))


def _run(arguments: list[str], folder: Path) -> str:
    options = [part for setting in (*_SAFE, f"safe.directory={folder}") for part in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DeskError(
            _("git did not do what was asked of it in {folder}.", folder=folder),
            _("Your entries are safe here. Details: {reason}", reason=_last_line(error)),
            code="SYNC-101",
        ) from error
    return done.stdout


def _last_line(error: Exception) -> str:
    """Return what git said last, else what Python says."""
    said = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return said[-1] if said else type(error).__name__

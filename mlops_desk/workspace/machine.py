"""Whether a key is still on the machine it was made for, and going on with a new one where it is not."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

from mlops_desk.journal.files import lines_in, write_whole
from mlops_desk.kernel import secrets
from mlops_desk.workspace import refusing
from mlops_desk.workspace.project import Project


def _note(project: Project, device: str) -> Path:
    return project.own / f"{device}.install"


def _name(device: str) -> str:
    return f"install-{device}"


def settle(project: Project, device: str) -> None:
    """Note that a device, whose journal has begun, lives in this place: a nonce here and among the secrets."""
    nonce = token_hex(16)
    secrets.put(_name(device), nonce.encode())
    write_whole(_note(project, device), _told(project, device, nonce))


def is_original(project: Project, device: str) -> bool:
    """Tell whether a journal lies where it was begun, and its secrets beside it: a copied folder is another place."""
    kept = secrets.get(_name(device))
    try:
        return kept is not None and _note(project, device).read_bytes() == _told(project, device, kept.value.decode())
    except OSError:
        return False


def move(project: Project, device: str) -> None:
    """Go on with a key in this place, because a person says that the other one is never used again.

    Raises:
        DeskError: the shared folder knows of entries of the device that are not here, so this is an old copy.
    """
    own = project.journal_of(device)
    told = sorted((project.journals / device).glob("*.jsonl"))
    if any(own.is_used_elsewhere(path.read_bytes()) for path in told):
        raise refusing.outdated()
    settle(project, device)


def _told(project: Project, device: str, nonce: str) -> bytes:
    return f"{nonce} {(project.own / device).stat().st_ino}\n".encode()


def mend(project: Project, found: dict[str, list[bytes]] | None = None) -> int:
    """Take back from the shared copy what this machine committed once and lost; returns how many entries.

    ``found`` are lines by device that lie elsewhere; else those in the project folder.
    """
    count = 0
    for device in project.own_devices():
        own = project.journal_of(device)
        if own.is_shorter() and is_original(project, device):
            folder = project.journals / device
            here = [line for path in sorted(folder.glob("*.jsonl")) for line in lines_in(path.read_bytes())]
            count += own.mend(here if found is None else found.get(device, []))
    return count

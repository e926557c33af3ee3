"""The memory of this machine: what others wrote and was authentic once; what the shared folder lost is put back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from mlops_desk.journal import files
from mlops_desk.journal.entry import Entry, Flaw, line_id
from mlops_desk.journal.opening import open_all
from mlops_desk.kernel.words import plural
from mlops_desk.workspace.project import Project

_FORGED = ("malformed", "bad-signature")


class Kept(NamedTuple):
    """A file of the memory that grew: its bytes before, and its state on disk right after."""

    path: Path
    before: int
    stat: os.stat_result


def remember(project: Project, by_device: dict[str, list[bytes]]) -> list[Kept]:
    """Keep authentic lines of others privately, so that the shared folder can be mended from here.

    Raises:
        DeskError: the disk refused; what was kept before is as it was.
    """
    if not by_device:
        return []
    project.locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(project.locks / f"seen-{project.id}.lock"):
            return [
                _append(project.seen / device, content)
                for device, lines in by_device.items()
                for content in segments(lines)  # a file larger than any reader takes would be forgotten
            ]
    except OSError as error:
        raise files.not_saved(error) from error


def _append(folder: Path, content: bytes) -> Kept:
    """Add lines behind those of a device; a torn end of an earlier time stays a line of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    last = max((int(path.stem) for path in folder.glob("[0-9]" * 6 + ".jsonl")), default=1)
    path = folder / f"{last:06}.jsonl"
    if path.exists() and path.stat().st_size > files.SEGMENT_BYTES:
        path = folder / f"{last + 1:06}.jsonl"
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        is_torn = file.read(1) not in (b"", b"\n")
        file.write(b"\n" * is_torn + content)
        file.flush()
        os.fsync(file.fileno())
        return Kept(path, end, os.fstat(file.fileno()))


def unknown(project: Project, found: Iterable[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    """Return, by device, the authentic lines of others in journals that this machine has never seen.

    ``found`` are paths below the project folder, and what they hold; what the folder holds there was read before.
    """
    mine = set(project.own_devices())
    arrived: dict[str, dict[bytes, None]] = {}
    for path, content in found:
        device = path.split("/")[1]
        more = content[_prefix(project.folder / path, content) :] if device not in mine else b""
        if more:
            arrived.setdefault(device, {}).update(dict.fromkeys(files.lines_in(more)))
    new: dict[str, list[bytes]] = {}
    for device, lines in arrived.items():
        known = lines_of(project.seen / device)
        fresh = [line for line in lines if line not in known]
        opened = open_all([(device, line) for line in fresh], project.id)
        sound = [line for line, entry in zip(fresh, opened, strict=True) if isinstance(entry, Entry)]
        new |= {device: sound} if sound else {}
    return new


def _prefix(path: Path, content: bytes) -> int:
    """Return how many bytes of a content are the whole lines that a file holds, in the same place; 0 if it differs."""
    try:
        here = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return 0
    here = here[: here.rfind(b"\n") + 1]
    return len(here) if content.startswith(here) else 0


def keep_ahead(project: Project, arrived: dict[str, list[bytes]]) -> None:
    """Keep lines whose files may not come into the folder yet, so that they are read all the same."""
    for device, lines in arrived.items():
        known = lines_of(project.ahead / device)
        content = b"".join(line + b"\n" for line in sorted(known | set(lines)))
        files.write_whole(project.ahead / device / "000001.jsonl", content)


def settle(project: Project, arrived: dict[str, list[bytes]]) -> None:
    """Remember lines whose files have come into the folder."""
    waited = [(f"journals/{each.device}/x", each.path.read_bytes()) for each in files.scan(project.ahead)[0]]
    remember(project, arrived)
    remember(project, unknown(project, waited))
    shutil.rmtree(project.ahead, ignore_errors=True)


def lost(project: Project, devices: set[str] | None = None) -> dict[str, list[bytes]]:
    """Return, by device, the lines of others that this machine has seen and the shared folder no longer holds."""
    seen = {each.device for each in files.scan(project.seen)[0]} - set(project.own_devices())
    found: dict[str, list[bytes]] = {}
    for device in sorted(seen if devices is None else seen & devices):
        shared = lines_of(project.journals / device)
        gone = [line for line in _ordered(project.seen / device) if line not in shared]
        if gone:
            found[device] = gone
    return found


def loss_sentence(name: str, count: int) -> str:
    """Return whose entries the shared folder lost, and how many."""
    return plural(
        "the shared folder lost {n} entry of {name}; it is safe here: `mlops-desk restore`",
        "the shared folder lost {n} entries of {name}; they are safe here: `mlops-desk restore`",
        count,
        name=name,
    )


def restore(project: Project, devices: set[str] | None = None) -> dict[str, int]:
    """Write what the shared folder lost of others back into it, byte for byte; returns how many lines by device.

    Of some ``devices`` only, if these are named.

    Lines carry their own proof. What nobody signed, such as marks of a conflict, goes; the rest stays.
    """
    gone = lost(project, devices)
    for device, lines in gone.items():
        folder = project.journals / device
        here = [*_ordered(folder), *lines]
        opened = open_all([(device, line) for line in here], project.id)
        entries = {line: entry for line, entry in zip(here, opened, strict=True) if isinstance(entry, Entry)}
        kept = [
            line
            for line, entry in zip(here, opened, strict=True)
            if isinstance(entry, Flaw) and entry.verdict not in _FORGED
        ]
        ordered = sorted(entries, key=lambda line: (entries[line].seq, line_id(line)))
        _write_segments(folder, [*ordered, *kept])
    return {device: len(lines) for device, lines in gone.items()}


def holds_all(device: str, project: str, before: bytes, now: bytes) -> bool:
    """Tell whether a file of a device still holds every authentic line of an older version of it."""
    present = set(files.lines_in(now))
    gone = [(device, line) for line in files.lines_in(before) if line not in present]
    return not any(isinstance(entry, Entry) for entry in open_all(gone, project))


def _write_segments(folder: Path, lines: list[bytes]) -> None:
    for number, content in enumerate(segments(lines), 1):
        files.write_whole(folder / f"{number:06}.jsonl", content)


def segments(lines: list[bytes]) -> list[bytes]:
    """Return the files that the author of lines would have written: two who write them make the same bytes."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for line in lines:
        if size > files.SEGMENT_BYTES or len(parts[-1]) >= files.SEGMENT_LINES:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line) + 1
    return [b"".join(line + b"\n" for line in part) for part in parts]


def lines_of(folder: Path) -> set[bytes]:
    """Return all lines in the files of one device, whose folder is given."""
    return set(_ordered(folder))


def _ordered(folder: Path) -> dict[bytes, None]:
    """Return all lines in the files of one device, in order, each once."""
    found: dict[bytes, None] = {}
    for each in files.files_of(folder):
        try:
            found |= dict.fromkeys(line for _place, line in files.read_new(each.path).lines)
        except OSError:
            continue
    return found

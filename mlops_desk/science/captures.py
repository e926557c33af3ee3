"""Keeping captured predictions: the small files of a day become one, and what is too old is deleted."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock

from mlops_desk.kernel import wire
from mlops_desk.kernel.endpoint import MERGING, Merging, captured, captured_at, captured_name
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.rowfiles import join_rows

LOCK = ".tidying.lock"
SETTLED = timedelta(hours=1)  # a file that began before midnight may be written, and hold rows, a little after it
UNFINISHED_S = 86_400  # nobody writes a file for a day


class TidyJob(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of captured predictions, and how many days they are kept (at least 1)."""

    folder: str
    keep_days: int


class Tidied(msgspec.Struct, frozen=True, kw_only=True):
    """How many files went into one of their day, and how many were deleted because of their age."""

    merged: int = 0
    deleted: int = 0


class GatherJob(msgspec.Struct, frozen=True, kw_only=True):
    """The captured rows of one release, to be written to ``target`` as one Parquet file."""

    folder: str
    release: str
    target: str


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows were gathered; with none there is no file."""

    rows: int


def tidy(job: TidyJob, progress: Progress = silent) -> Tidied:
    """Delete the files whose youngest row is older than is kept, and merge those of full days (UTC) by release.

    Another process may capture, gather or tidy in the same folder meanwhile: a capturing one only adds files, the
    others wait for the lock. May be killed anywhere: rows are neither lost nor counted twice (`kernel.endpoint`),
    and what is unfinished is cleared away the next time. A day with a damaged file stays as it is.
    """
    folder = Path(job.folder)
    if not folder.is_dir():
        return Tidied()
    now = datetime.now(UTC)
    with FileLock(folder / LOCK):
        progress(_("Tidy what was captured"), 0, 0)
        _settle(folder)
        deleted = _delete_old(folder, now - timedelta(days=max(1, job.keep_days)))
        merged = sum(_merge(folder, group) for group in _full_days(folder, now))
        return Tidied(merged=merged, deleted=deleted)


def gather(job: GatherJob, progress: Progress) -> Gathered:
    """Write the captured rows of a release into one file, oldest first.

    Raises:
        DeskError: DATA-410 a file is damaged.
    """
    folder = Path(job.folder)
    if not folder.is_dir():
        return Gathered(rows=0)
    with FileLock(folder / LOCK):  # else a file could go into another one between its listing and its reading
        progress(_("Join what was captured"), 0, 0)
        files = captured(folder, job.release)
        return Gathered(rows=join_rows(files, Path(job.target)) if files else 0)


def _settle(folder: Path) -> None:
    """End what a killed process had begun: a merge that is whole is completed, another one is forgotten."""
    for path in folder.glob(MERGING):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            note = wire.read(path.read_bytes(), Merging)
            sources = [folder / Path(each).name for each in note.sources]
            if (folder / Path(note.target).name).is_file() and _remove(sources) < len(sources):
                continue
        path.unlink(missing_ok=True)
    for path in folder.glob("*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > UNFINISHED_S:
                path.unlink()


def _delete_old(folder: Path, oldest: datetime) -> int:
    return _remove(path for path in captured(folder) if _end_of_day(path) + SETTLED <= oldest)


def _full_days(folder: Path, now: datetime) -> list[list[Path]]:
    days: defaultdict[tuple[str, Any], list[Path]] = defaultdict(list)
    for path in captured(folder):
        release, at = captured_at(path)
        if _end_of_day(path) + SETTLED <= now:
            days[release, at.date()].append(path)
    return [group for group in days.values() if len(group) > 1]


def _end_of_day(path: Path) -> datetime:
    _release, at = captured_at(path)
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _merge(folder: Path, sources: Sequence[Path]) -> int:
    """Put files of one day and release into one, and return how many they were (0 if one cannot be read).

    The note comes first: from the moment the whole file has its name, the note says that it stands for the others.
    """
    release, at = captured_at(sources[0])
    target = folder / captured_name(release, at, secrets.randbits(62))
    unfinished, note = target.with_suffix(".tmp"), folder / MERGING.replace("*", target.stem)
    try:
        join_rows(sources, unfinished)
        unfinished.chmod(0o600)
        _write_through(unfinished)
        told = Merging(target=target.name, sources=tuple(each.name for each in sources))
        part = note.with_suffix(".tmp")
        part.write_bytes(msgspec.json.encode(told))
        _write_through(part)
        part.replace(note)
        _write_folder_through(folder)
        unfinished.replace(target)
        _write_folder_through(folder)
    except (DeskError, OSError):
        _remove((unfinished, note))
        return 0
    if _remove(sources) == len(sources):  # else the note goes on telling that they do not count
        note.unlink(missing_ok=True)
    return len(sources)


def _remove(paths: Iterable[Path]) -> int:
    """Delete files and return how many are gone; one that another program holds open (Windows) waits."""
    gone = 0
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _write_through(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write_folder_through(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows opens no folder
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)

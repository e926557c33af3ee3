"""Files of lines: the private journal where an entry is committed, its published copy, and reading a bag of lines."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from filelock import FileLock

from mlops_desk.journal.entry import MAX_LINE_BYTES, Flaw, line_id, open_line
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

SEGMENT_BYTES = 1024 * 1024
SEGMENT_LINES = 4096
MAX_FILE_BYTES = 8 * 1024 * 1024
HEAD_BYTES = 80
BOM = b"\xef\xbb\xbf"
_DEVICE = re.compile(r"[a-z2-7]{52}")
_SEGMENT = re.compile(r"[0-9]{6}(\.sync-conflict-[^/]*| \([^/]*conflicted copy[^/]*\))?\.jsonl")
_TEMPORARY = re.compile(r"\.mlj-[0-9]+\.tmp")


class Tip(NamedTuple):
    """The end of a journal: number, id and time of its last line, and the roster that line cites."""

    seq: int = 0
    id: str = ""
    stamp: Stamp = Stamp(0, 0)
    roster: tuple[str, ...] = ()


class JournalFile(msgspec.Struct, frozen=True):
    """A file of lines as found on disk; ``device`` is the folder it lies in."""

    path: Path
    device: str
    size: int
    mtime_ns: int
    inode: int


class Lines(NamedTuple):
    """What a file holds beyond a known prefix: complete lines with their places, and the new prefix."""

    lines: list[tuple[int, bytes]]
    size: int
    digest: str
    whole: bool


def scan(folder: Path) -> tuple[list[JournalFile], list[Path]]:
    """Return the files of lines below a journals folder in a fixed order, and everything else in it."""
    found: list[JournalFile] = []
    foreign: list[Path] = []
    for device in _entries(folder):
        if _DEVICE.fullmatch(device.name) and device.is_dir(follow_symlinks=False):
            found += _sorted_out(Path(device.path), foreign)
        else:
            foreign.append(Path(device.path))
    return found, foreign


def files_of(folder: Path) -> list[JournalFile]:
    """Return the files of lines of one device, whose folder is given."""
    is_device = _DEVICE.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink()
    return _sorted_out(folder, []) if is_device else []


def is_journal(path: str) -> bool:
    """Tell whether a path below the project folder, with forward slashes, is that of a file of lines."""
    parts = path.split("/")
    return (
        len(parts) == 3
        and parts[0] == "journals"
        and bool(_DEVICE.fullmatch(parts[1]) and _SEGMENT.fullmatch(parts[2]))
    )


def _sorted_out(folder: Path, foreign: list[Path]) -> list[JournalFile]:
    found: list[JournalFile] = []
    for each in _entries(folder):
        stat = each.stat(follow_symlinks=False)
        if _SEGMENT.fullmatch(each.name) and each.is_file(follow_symlinks=False) and stat.st_size <= MAX_FILE_BYTES:
            found.append(JournalFile(Path(each.path), folder.name, stat.st_size, stat.st_mtime_ns, stat.st_ino))
        elif not _TEMPORARY.fullmatch(each.name):
            foreign.append(Path(each.path))
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda each: each.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def read_new(path: Path, size: int = 0, digest: str = "") -> Lines:
    """Return the complete lines that a file holds beyond its known prefix of ``size`` bytes.

    If the prefix is no longer what it was, the whole file is read again (``whole``).
    Carriage returns and a byte order mark, as some systems add them, are no part of a line.
    """
    content = path.read_bytes()[:MAX_FILE_BYTES]
    view, running = memoryview(content), sha256()
    running.update(view[:size])
    known = len(content) >= size and (size == 0 or running.hexdigest() == digest)
    if not known:
        size, running = 0, sha256()
    end = content.rfind(b"\n") + 1
    running.update(view[size:end])  # what is known is hashed once
    lines = [(place, line) for place, line in _split(content, size, end) if line]
    return Lines(lines, end, running.hexdigest(), whole=size == 0)


def lines_in(content: bytes) -> list[bytes]:
    """Return the complete lines of a content."""
    return [line for _place, line in _split(content, 0, content.rfind(b"\n") + 1) if line]


def _split(content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    place = start
    while place < end:
        stop = content.index(b"\n", place)
        line = content[place : min(stop, place + MAX_LINE_BYTES + 1)]
        yield place, line.removesuffix(b"\r").removeprefix(BOM)
        place = stop + 1


class OwnJournal:
    """The journal of one device of this machine: append and fsync is the commit point of every act."""

    def __init__(self, folder: Path, device: str, project: str, locks: Path) -> None:
        self.folder = folder / device
        self.device = device
        self._project = project
        self._head = folder / f"{device}.head"
        locks.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(locks / f"{device}.lock")
        self._known: tuple[Path, int, Tip, int] | None = None

    def segments(self) -> list[Path]:
        """Return the files of the journal in order."""
        return sorted(self.folder.glob("[0-9]" * 6 + ".jsonl"))

    def is_used_elsewhere(self, content: bytes) -> bool:
        """Tell whether a content holds lines signed with this device's key that are not in this journal."""
        known = {line for segment in self.segments() for line in lines_in(segment.read_bytes())}
        return any(line not in known and self._opens(line) for line in lines_in(content))

    def tip(self) -> Tip:
        """Return the end of the journal, after mending a line torn by a crash. Call it with the lock held.

        Raises:
            DeskError: the journal is shorter than it was once.
        """
        segments = self.segments()
        if not segments:
            tip = Tip()
        elif self._known and self._known[:2] == (segments[-1], segments[-1].stat().st_size):
            tip = self._known[2]
        else:
            tip = self._read_tip(segments)
        if tip.seq < self._highest():
            raise DeskError(
                _("Your own journal on this machine is shorter than it was: it seems to come from an old copy."),
                _("Nothing was written. Go on as a further machine: `mlops-desk team device renew`."),
                code="JOURNAL-120",
            )
        return tip

    def is_shorter(self) -> bool:
        """Tell whether the journal ends before the last entry that was ever committed here."""
        with self.lock:
            segments = self.segments()
            return (self._read_tip(segments) if segments else Tip()).seq < self._highest()

    def mend(self, lines: list[bytes]) -> int:
        """Append of some lines those that lead from the end to the last entry ever committed here; returns how many.

        What was signed elsewhere with this device's key goes beyond that entry, or leads there by no way.
        """
        with self.lock:
            segments = self.segments()
            tip = self._read_tip(segments) if segments else Tip()
            known = {line_id(line): line for line in lines if self._opens(line)}
            way: list[bytes] = []
            wanted = self._head.read_text(encoding="ascii").split()[1]
            while wanted != tip.id and wanted in known:
                way.insert(0, known[wanted])
                wanted = open_line(known[wanted], self.device, self._project).prev
            if wanted != tip.id or not way:
                return 0
            path, _lines = self._segment()
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, (path.read_bytes() if path.exists() else b"") + b"".join(each + b"\n" for each in way))
            self._known = None
            return len(way)

    def append(self, line: bytes, tip: Tip) -> None:
        """Commit one signed line; ``tip`` describes it. Call it with the lock held.

        Raises:
            DeskError: the disk refused; the journal is as it was before.
        """
        path, lines = self._segment()
        self.folder.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            before = os.fstat(handle).st_size
            try:
                _write_whole(handle, line + b"\n")
                os.fsync(handle)
            except OSError as error:
                self._known = None
                _take_back(path, handle, before)
                raise not_saved(error) from error
        finally:
            os.close(handle)
        if is_new:
            sync_folder(self.folder)
        self._known = (path, before + len(line) + 1, tip, lines + 1)
        with suppress(OSError):  # the line is committed; the note of how far the journal went follows with the next
            self._note_head(tip)

    def _segment(self) -> tuple[Path, int]:
        segments = self.segments()
        if not segments:
            return self.folder / "000001.jsonl", 0
        last, lines = segments[-1], self._known[3] if self._known else 0
        if last.stat().st_size > SEGMENT_BYTES or lines >= SEGMENT_LINES:
            return self.folder / f"{int(last.stem) + 1:06}.jsonl", 0
        return last, lines

    def _read_tip(self, segments: list[Path]) -> Tip:
        for path in reversed(segments):
            content = self._mended(path)
            lines = content.splitlines()
            if lines:
                entry = open_line(lines[-1], self.device, self._project)
                tip = Tip(entry.seq, line_id(lines[-1]), entry.time, entry.roster)
                self._known = (path, len(content), tip, len(lines))
                return tip
        return Tip()

    def _mended(self, path: Path) -> bytes:
        """Return a file up to its last line that opens; what stands behind it is put aside, whatever was torn there."""
        content = path.read_bytes()
        end = len(content)
        while end:
            start = content.rfind(b"\n", 0, end - 1) + 1
            if self._opens(content[start:end].removesuffix(b"\n")):
                break
            end = start
        kept = content[:end] + (b"" if content[:end].endswith(b"\n") or not end else b"\n")
        if kept == content:
            return content
        if end < len(content):
            (self.folder.parent / f"{self.device}.torn").write_bytes(content[end:])
        with path.open("r+b") as file:
            file.truncate(end)
            file.seek(end)
            file.write(kept[end:])
            file.flush()
            os.fsync(file.fileno())
        return kept

    def _opens(self, line: bytes) -> bool:
        try:
            open_line(line, self.device, self._project)
        except Flaw:
            return False
        return True

    def _highest(self) -> int:
        try:
            return int(self._head.read_bytes()[:16])
        except (FileNotFoundError, ValueError):
            return 0

    def _note_head(self, tip: Tip) -> None:
        record = f"{tip.seq:016d} {tip.id}".ljust(HEAD_BYTES - 1).encode() + b"\n"
        handle = os.open(self._head, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, record)
        finally:
            os.close(handle)


def _write_whole(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    if written != len(data):
        raise OSError(errno.ENOSPC, "only a part of the line was written")


def _take_back(path: Path, handle: int, size: int) -> None:
    """Cut the file back to what was committed, through a fresh handle if the old one cannot."""
    try:
        os.ftruncate(handle, size)
    except OSError:
        with path.open("r+b") as file:
            file.truncate(size)


def not_saved(error: OSError) -> DeskError:
    """Return what it means for people that the disk refused to write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DeskError(
            _("Not saved: the disk is full."),
            _("Nothing is half done. Make room and try again."),
            code="DISK-201",
        )
    return DeskError(
        _("Not saved: the disk refused to write ({reason}).", reason=os.strerror(error.errno or 0)),
        _("Nothing is half done. Check the disk and try again."),
        code="DISK-202",
    )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; systems that cannot open folders need no such call."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old or the new content is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".mlj-{os.getpid()}.tmp")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def publish(own: OwnJournal, shared: Path) -> None:
    """Bring the shared copy of a device's journal up to date.

    A file that holds lines of this device which are not known here is left as it is: the key was used elsewhere, too.

    Raises:
        OSError: the shared folder cannot be written; the entries are safe here.
    """
    for segment in own.segments():
        content = segment.read_bytes()
        target = shared / own.device / segment.name
        present = target.read_bytes() if target.is_file() and not target.is_symlink() else None
        if present == content or (present and not content.startswith(present) and own.is_used_elsewhere(present)):
            continue
        write_whole(target, content)


def unpublished(own: OwnJournal, shared: Path) -> int:
    """Return how many lines of a device's journal its shared copy lacks; sizes tell, since lines only come."""
    lacking = 0
    for segment in own.segments():
        target = shared / own.device / segment.name
        there = target.stat().st_size if target.is_file() else 0
        if there < segment.stat().st_size:
            lacking += segment.read_bytes()[there:].count(b"\n")
    return lacking

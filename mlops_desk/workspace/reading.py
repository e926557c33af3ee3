"""Reading the files of lines of a project: what is new since the last time, and what is no journal at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from mlops_desk.journal import files
from mlops_desk.journal.entry import line_id
from mlops_desk.kernel.words import _
from mlops_desk.projection.lines import Noted, Seen
from mlops_desk.workspace.memory import remember
from mlops_desk.workspace.project import Project

Found = tuple[str, str]  # the device in whose folder a line lies, and the id of the line


class Raw(msgspec.Struct, frozen=True):
    """A line as found: its id, the bytes, whose folder it lay in, and where."""

    id: str
    device: str
    line: bytes
    path: Path
    offset: int
    is_shared: bool

    @property
    def place(self) -> str:
        """The place for people: file and byte."""
        return f"{self.path.parent.name[:8]}…/{self.path.name}, byte {self.offset}"


class Batch(msgspec.Struct):
    """What one reading of the files brought: lines by folder and id, new cursors, files read anew or gone, findings.

    A line that also lies in the folder of another device counts for nothing there, and hides nothing.
    ``doubtful`` are devices of which the shared folder may hold less than before.
    """

    raws: dict[Found, Raw] = msgspec.field(default_factory=dict)
    cursors: list[Seen] = msgspec.field(default_factory=list)
    reread: list[str] = msgspec.field(default_factory=list)
    findings: list[Noted] = msgspec.field(default_factory=list)
    gone: list[str] = msgspec.field(default_factory=list)
    doubtful: set[str] = msgspec.field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.raws or self.cursors or self.reread or self.findings or self.gone)


class Reading:
    """Reads the private and the shared files, and knows how far it got in each."""

    def __init__(self, project: Project, cursors: dict[str, Seen]) -> None:
        self._project = project
        self._cursors = cursors
        self._is_checked = False
        self._end: tuple[Path, int, Any] | None = None  # the own file: how much of it is hashed, and the hash so far

    def new(self) -> Batch:
        """Return what is new; the first call of a process hashes again what it knows."""
        batch = Batch()
        for folder in (self._project.own, self._project.seen, self._project.ahead, self._project.journals):
            is_shared = folder == self._project.journals
            found, foreign = files.scan(folder)
            for each in found:
                self._read(each, batch, is_shared=is_shared)
            if is_shared:
                self._note_foreign(foreign, batch)
                self._note_gone({str(each.path) for each in found}, batch)
        self._is_checked = True
        return batch

    def keep(self, cursors: Iterable[Seen]) -> None:
        """Go on from here the next time."""
        self._cursors |= {each.path: each for each in cursors}

    def _read(self, file: files.JournalFile, batch: Batch, *, is_shared: bool) -> None:
        path = str(file.path)
        known = self._cursors.get(path)
        stat = (file.size, file.mtime_ns, file.inode)
        if known and self._is_checked and (known.disk_size, known.mtime_ns, known.inode) == stat:
            return
        try:
            new = files.read_new(file.path, known.size if known else 0, known.digest if known else "")
        except OSError:
            return  # a file in the middle of being replaced is read at the next turn
        if new.whole:
            batch.reread.append(path)
            batch.doubtful |= {file.device} if is_shared else set()
        seen = Seen(path, new.size, new.digest, *stat)
        if seen != known:
            batch.cursors.append(seen)
        for offset, line in new.lines:
            id_ = line_id(line)
            if (file.device, id_) not in batch.raws:
                batch.raws[file.device, id_] = Raw(id_, file.device, line, file.path, offset, is_shared)

    def _note_gone(self, present: set[str], batch: Batch) -> None:
        """Note the shared files of lines that were read once and are no longer there."""
        root = f"{self._project.journals}{os.sep}"
        for path, seen in list(self._cursors.items()):
            if path.startswith(root) and seen.digest and path not in present:
                batch.gone.append(path)
                batch.reread.append(path)
                batch.doubtful.add(Path(path).parent.name)
                del self._cursors[path]

    def _note_foreign(self, foreign: Iterable[Path], batch: Batch) -> None:
        for path in foreign:
            key = str(path)
            if key not in self._cursors:
                batch.cursors.append(Seen(key, 0, "", 0, 0, 0))
                name = path.relative_to(self._project.folder).as_posix()
                sentence = _("this file is no journal and was not read")
                batch.findings.append(Noted(key, "foreign-file", name, sentence, ""))

    def end_of(self, path: Path, line: bytes) -> tuple[Seen, int]:
        """Return the cursor after a line that was just appended to an own file, and where the line begins."""
        stat = path.stat()
        offset = stat.st_size - len(line) - 1
        if self._end is None or self._end[:2] != (path, offset):
            self._end = path, offset, sha256(path.read_bytes()[:offset])
        running = self._end[2]
        running.update(line + b"\n")
        self._end = path, stat.st_size, running
        seen = Seen(str(path), stat.st_size, running.hexdigest(), stat.st_size, stat.st_mtime_ns, stat.st_ino)
        self.keep([seen])
        return seen, offset

    def remember(self, fresh: Sequence[Raw]) -> list[Seen]:
        """Keep privately what came from others and is authentic, so that the shared folder can be mended from here.

        Returns how far the memory is read now: what was just written into it need not be read from it.
        """
        mine = set(self._project.own_devices())
        by_device: dict[str, list[bytes]] = {}
        for raw in fresh:
            if raw.is_shared and raw.device not in mine:
                by_device.setdefault(raw.device, []).append(raw.line)
        read: dict[str, Seen] = {}
        for kept in remember(self._project, by_device):
            path = str(kept.path)
            known = read.get(path) or self._cursors.get(path)
            if (known.size if known else 0) == kept.before:  # else another process remembered something, too
                content = kept.path.read_bytes()[: kept.stat.st_size]
                if known is None or sha256(content[: kept.before]).hexdigest() == known.digest:
                    size, mtime, inode = kept.stat.st_size, kept.stat.st_mtime_ns, kept.stat.st_ino
                    read[path] = Seen(path, size, sha256(content).hexdigest(), size, mtime, inode)
        return list(read.values())

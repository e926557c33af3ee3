"""A folder or network path as a place for objects: plain files alone are read and written, never through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.objects.remote import CHUNK_BYTES, Readable, Unreachable
from mlops_desk.objects.store import place_of

_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_UNFINISHED = "unfinished"


class Folder:
    """Objects below ``root``, which must be there: a stick that is not plugged in is no empty folder.

    ``who`` keeps what several machines write there at once apart.
    """

    def __init__(self, root: Path, who: str) -> None:
        self._root = root
        self._who = who

    def check(self) -> None:
        """Look whether the place is there.

        Raises:
            Unreachable: it is not.
        """
        with self._reached():
            if not _is_folder(self._root):
                raise self._gone(_("it is not there"))

    def size(self, digest: str) -> int | None:
        """Return how many bytes lie under a name; None for anything but a plain file."""
        self.check()
        with self._reached():
            return self._size(place_of(self._root, digest))

    def read(self, digest: str, offset: int, count: int) -> bytes:
        """Return at most ``count`` bytes from ``offset`` on."""
        with self._reached():
            return self._read(place_of(self._root, digest), offset, count)

    def begun(self, digest: str, source: Readable) -> int:
        """Return how many bytes of an unfinished object fit the source, as its last chunk does."""
        self.check()
        path = self._part(digest)
        with self._reached():
            size = (self._size(path) or 0) if _has_one_name(path) else 0
            start = max(0, size - CHUNK_BYTES)
            here = self._read(path, start, size - start) if size else b""
        if here == (source.read(digest, start, size - start) if size else b""):
            return size
        self.drop(digest)
        return 0

    def write(self, digest: str, offset: int, data: bytes) -> None:
        """Put bytes at the end of an unfinished object."""
        path = self._part(digest)
        with self._reached():
            self._make_folders(path)
            flags = os.O_WRONLY | _PLAIN
            if offset == 0:
                path.unlink(missing_ok=True)
                flags |= os.O_CREAT | os.O_EXCL
            with open(_plain(path, flags), "wb") as file:
                if os.fstat(file.fileno()).st_size != offset or not _has_one_name(path):
                    raise self._gone(_("somebody else writes to it"))
                file.seek(offset)
                file.write(data)

    def drop(self, digest: str) -> None:
        """Throw an unfinished object away; of a link only the link."""
        with self._reached():
            if self._leads_nowhere_else(self._part(digest)):
                self._part(digest).unlink(missing_ok=True)

    def settle(self, digest: str, watch: Callable[[], None]) -> bool:
        """Give an unfinished object its name if its sha256 is that name; tell whether it was."""
        part, target = self._part(digest), place_of(self._root, digest)
        with self._reached():
            if self._hash(part, watch) != digest:
                return False
            self._make_folders(target)
            if not os.path.lexists(target):
                part.rename(target)
            elif self._size(target) != self._size(part):
                raise _occupied(target)
            part.unlink(missing_ok=True)  # somebody else was quicker
            return True

    def _part(self, digest: str) -> Path:
        return self._root / _UNFINISHED / f"{self._who}-{place_of(self._root, digest).name}"

    def _size(self, path: Path) -> int | None:
        if not self._leads_nowhere_else(path):
            return None
        try:
            found = path.lstat()
        except FileNotFoundError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def _read(self, path: Path, offset: int, count: int) -> bytes:
        if not self._leads_nowhere_else(path):
            raise self._gone(_("it holds a link where a folder should be"))
        with open(_plain(path, os.O_RDONLY | _PLAIN), "rb") as file:
            file.seek(offset)
            return file.read(count)

    def _hash(self, path: Path, watch: Callable[[], None]) -> str:
        whole = sha256()
        with open(_plain(path, os.O_RDWR | _PLAIN), "rb+") as file:
            while chunk := file.read(CHUNK_BYTES):
                whole.update(chunk)
                watch()
            os.fsync(file.fileno())
        return whole.hexdigest()

    def _folders(self, path: Path) -> list[Path]:
        inner = path.relative_to(self._root).parents
        return [self._root / each for each in reversed(inner)]

    def _leads_nowhere_else(self, path: Path) -> bool:
        """Tell whether all folders on the way are folders, or not there yet."""
        return all(_is_folder(each) or not os.path.lexists(each) for each in self._folders(path))

    def _make_folders(self, path: Path) -> None:
        for each in self._folders(path)[1:]:
            each.mkdir(exist_ok=True)
            if not _is_folder(each):
                raise self._gone(_("it holds a link where a folder should be"))

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._gone(error.strerror or str(error)) from error

    def _gone(self, reason: str) -> Unreachable:
        return Unreachable(
            _("The place for objects, {place}, cannot be used now: {reason}.", place=self._root.parent, reason=reason),
            _("What is done is kept. Look whether it is plugged in or mounted, then do the same again."),
            code="OBJECT-211",
        )


def _plain(path: Path, flags: int) -> int:
    """Open a plain file; a link, a device or a pipe is refused before it is touched."""
    if os.path.lexists(path):
        _must_be_plain(path, path.lstat())
    descriptor = os.open(path, flags, 0o666)
    try:
        _must_be_plain(path, os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _must_be_plain(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, _("it holds something that is no plain file"), str(path))


def _has_one_name(path: Path) -> bool:
    """Tell whether a file is not, by a hard link, somebody's file elsewhere."""
    return not os.path.lexists(path) or path.lstat().st_nlink <= 1


def _is_folder(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    is_junction = getattr(found, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_REPARSE_POINT
    return stat.S_ISDIR(found.st_mode) and not is_junction


def _occupied(path: Path) -> DeskError:
    return DeskError(
        _("Something else lies under the name of the object {name}….", name=path.name[:12]),
        _("Nothing was overwritten. Look at it, and take it away: {path}", path=path),
        code="OBJECT-215",
    )

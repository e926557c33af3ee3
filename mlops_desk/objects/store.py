"""The store of objects: a name is the sha256 of its content, so a name can never lie for long."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _

CHUNK_BYTES = 1024 * 1024
SHARED_LIMIT_BYTES = 1024 * 1024
_DIGEST_CHARS = 64

Witness = tuple[int, int, int]  # size, modification time in ns, inode: what a verified file looked like
Supply = Callable[[str], None]  # brings an absent object here, or says in a DeskError why it cannot


class ObjectStore:
    """Objects of one project on this machine; ``shared`` is the folder that the team exchanges."""

    def __init__(self, private: Path, shared: Path) -> None:
        self._private = private
        self._shared = shared
        self._supply: Supply | None = None
        self._verified: dict[Path, Witness] = {}

    @property
    def folder(self) -> Path:
        """Where the private objects lie."""
        return self._private

    def supplied_by(self, supply: Supply) -> ObjectStore:
        """Return the same store, which asks for what is not here when it is needed."""
        store = ObjectStore(self._private, self._shared)
        store._supply, store._verified = supply, self._verified
        return store

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their sha256."""
        digest = sha256(data).hexdigest()
        target = place_of(self._private, digest)
        if not target.exists():
            _write(target, data)
        return digest

    def put_file(self, path: Path) -> str:
        """Keep a copy of the file and return its sha256, that of the very bytes copied; never held in memory."""
        self._private.mkdir(parents=True, exist_ok=True)
        part = _part(self._private / path.name)
        try:
            digest = _copied(path, part)
            target = place_of(self._private, digest)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                _settle(part, target)
        finally:
            part.unlink(missing_ok=True)
        return digest

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are on this machine."""
        return any(place_of(folder, digest).is_file() for folder in (self._private, self._shared))

    def bring(self, digest: str) -> bool:
        """Tell whether the bytes are on this machine, now that they were asked for elsewhere."""
        if not self.has(digest) and self._supply:
            try:
                self._supply(digest)
            except Cancelled:
                raise
            except DeskError:
                return False
        return self.has(digest)

    def path(self, digest: str) -> Path:
        """Return where verified bytes lie.

        Raises:
            DeskError: they are not on this machine and cannot be brought, or are no longer what their name says.
        """
        if self._supply and not self.has(digest):
            self._supply(digest)
        damaged = False
        for folder in (self._private, self._shared):
            found = place_of(folder, digest)
            if found.is_file() and not found.is_symlink():
                if self._is_sound(found, digest):
                    return found
                damaged = True
        if damaged:
            raise DeskError(
                _("The object {name}… is damaged on this machine.", name=digest[:12]),
                _("Nothing was read from it. Get it again from a teammate's machine."),
                code="OBJECT-202",
            )
        raise DeskError(
            _("The object {name}… is not on this machine.", name=digest[:12]),
            _("Ask the person who made it for the file; its sha256 proves that it is the same."),
            code="OBJECT-201",
        )

    def read(self, digest: str) -> bytes:
        """Return verified bytes."""
        return self.path(digest).read_bytes()

    def share(self, digest: str) -> bool:
        """Copy an object into the shared folder if it is small enough; tell whether it is there now.

        Whether its content may be shared at all is the caller's to know.
        """
        source = self.path(digest)
        target = place_of(self._shared, digest)
        if target.exists():
            return True
        if source.stat().st_size > SHARED_LIMIT_BYTES:
            return False
        _write(target, source.read_bytes())
        return True

    def shared(self) -> frozenset[str]:
        """Return the digests of the objects in the shared folder."""
        return frozenset(each.name for each in (self._shared / "sha256").glob("*/*") if len(each.name) == _DIGEST_CHARS)

    def withdraw(self, digest: str) -> None:
        """Take an object out of the shared folder; sound bytes stay on this machine.

        Raises:
            OSError: the folder cannot be written.
        """
        source, kept = place_of(self._shared, digest), place_of(self._private, digest)
        if not kept.exists() and source.is_file() and not source.is_symlink() and self._is_sound(source, digest):
            _write(kept, source.read_bytes())
        source.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        """Return every file that bears the name of an object, on this machine and in the shared folder."""
        folders = (self._private / "sha256", self._shared / "sha256")
        return sorted(each for folder in folders for each in folder.glob("*/*") if len(each.name) == _DIGEST_CHARS)

    def size_bytes(self) -> int:
        """Return how much the objects take on this machine."""
        return sum(each.stat().st_size for each in self._private.rglob("*") if each.is_file())

    def _is_sound(self, path: Path, digest: str) -> bool:
        stat = path.stat()
        witness = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        if self._verified.get(path) == witness:
            return True
        if digest_of(path) != digest:
            return False
        self._verified[path] = witness
        return True


def digest_of(path: Path) -> str:
    """Return the sha256 of a file of any size."""
    whole = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            whole.update(chunk)
    return whole.hexdigest()


def _copied(path: Path, target: Path) -> str:
    whole = sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(CHUNK_BYTES):
            whole.update(chunk)
            copy.write(chunk)
    return whole.hexdigest()


def is_digest(text: str) -> bool:
    """Tell whether a text can name an object."""
    return len(text) == _DIGEST_CHARS and set(text) <= set("0123456789abcdef")


def place_of(folder: Path, digest: str) -> Path:
    """Return where an object lies below a folder.

    Raises:
        DeskError: the text names no object.
    """
    if not is_digest(digest):
        raise DeskError(_("“{name}” names no object.", name=digest[:80]), code="OBJECT-203")
    return folder / "sha256" / digest[:2] / digest


def _part(target: Path) -> Path:
    return target.with_name(f".part-{os.getpid()}-{target.name[:16]}")


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _part(target)
    try:
        part.write_bytes(data)
        _settle(part, target)
    finally:
        part.unlink(missing_ok=True)


def _settle(part: Path, target: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)

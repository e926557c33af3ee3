"""Objects that lie elsewhere: what such a place can do, and how one object is carried there or back, cut or whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _

CHUNK_BYTES = 1024 * 1024


class Unreachable(DeskError):  # noqa: N818 - a state of the world, said as a refusal
    """A place for objects cannot be reached, read or written now."""


class Readable(Protocol):
    """What an object can be read from."""

    def read(self, digest: str, offset: int, count: int) -> bytes:
        """Return at most ``count`` bytes from ``offset`` on; fewer only at the end.

        Raises:
            Unreachable: it cannot be read.
        """


class Remote(Readable, Protocol):
    """A place for objects by their sha256, trusted with nothing: what comes from it is verified by who takes it."""

    def size(self, digest: str) -> int | None:
        """Return how many bytes lie under a name; None if there is no such object.

        Raises:
            Unreachable: the place cannot be reached.
        """

    def begun(self, digest: str, source: Readable) -> int:
        """Return how many bytes of an unfinished object lie there and fit the source; what does not fit is dropped."""

    def write(self, digest: str, offset: int, data: bytes) -> None:
        """Put bytes at the end of an unfinished object, which has ``offset`` bytes."""

    def drop(self, digest: str) -> None:
        """Throw an unfinished object away."""

    def settle(self, digest: str, watch: Callable[[], None]) -> bool:
        """Give an unfinished object its name if its sha256 is that name; tell whether it was.

        Nothing that lies there is overwritten. ``watch`` is called between chunks, and may raise.

        Raises:
            DeskError: something else lies under the name.
        """


class Carriage:
    """One object on its way from a source to a target; stopped or cut off, it goes on from where it was."""

    def __init__(self, digest: str, size: int, tell: Callable[[int], None], stop: Stop) -> None:
        """Prepare to carry ``size`` bytes; ``tell`` is told how many are there."""
        self._digest = digest
        self._size = size
        self._tell = tell
        self._stop = stop

    def carry(self, source: Readable, target: Remote) -> None:
        """Bring the object to the target, whole and verified.

        Raises:
            Unreachable: one of the two is gone; what arrived stays for the next time.
            Cancelled: the person stopped it; so does it then.
            DeskError: the source holds something else, which was thrown away.
        """
        done = target.begun(self._digest, source)
        if done > self._size:
            target.drop(self._digest)
            done = 0
        if self._copied(source, target, done) or (done and self._copied(source, target, 0)):
            return
        raise DeskError(
            _("What arrived as object {name}… is something else.", name=self._digest[:12]),
            _("It was thrown away. Take away what lies where it came from, and let the object be sent again."),
            code="OBJECT-213",
        )

    def _copied(self, source: Readable, target: Remote, done: int) -> bool:
        """Copy what is missing and settle it; what is not what its name says is thrown away."""
        while done < self._size:
            self._watch()
            self._tell(done)
            data = source.read(self._digest, done, min(CHUNK_BYTES, self._size - done))
            if not data:
                break
            target.write(self._digest, done, data)
            done += len(data)
        self._tell(done)
        if done == 0:
            target.write(self._digest, 0, b"")
        if target.settle(self._digest, self._watch):
            return True
        target.drop(self._digest)
        return False

    def _watch(self) -> None:
        if self._stop.wished:
            raise Cancelled(
                _("Stopped."), _("What arrived is kept; the same command goes on from there."), code="TASK-101"
            )

"""A local endpoint as its parent sees it: the job, the key, the handle of the child, and what the child writes down."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import queue
import re
import secrets
import subprocess
import threading
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.child import SERVE_ARGUMENT, command
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

HOST = "127.0.0.1"
KEY_PREFIX = "mlops_"
START_TIMEOUT_S = 90.0
SWAP_TIMEOUT_S = 60.0
STATUS_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 15.0
_SALT_BYTES = 16
_REMEMBERED_LINES = 20
_INSTANT = "%Y%m%dT%H%M%S%f"
MERGING = "merging-*.json"  # notes of files that one file stands for
_CAPTURED = re.compile(r"captured-(?P<release>[A-Za-z0-9_.@]+)-(?P<at>\d{8}T\d{12})-\d+\.parquet")


class Merging(msgspec.Struct, frozen=True, kw_only=True):
    """A note beside captured files: as soon as ``target`` is there, it stands for all ``sources``."""

    target: str
    sources: tuple[str, ...]


class ServeJob(msgspec.Struct, frozen=True, kw_only=True):
    """What the child serves and how; of the key it learns a salted hash only.

    ``label`` is a model version as people name it (``credit@3``); ``port`` 0 takes a free one.
    Without ``capture_folder`` nothing is written down. Captured rows go to a file when there are
    ``capture_rows_per_file`` of them, or ``capture_s`` after the last file; a reading of the service
    is written every ``service_s``. Captured rows are kept ``keep_days``. ``header_s`` and ``body_s`` are
    the deadlines of slow clients.
    """

    model: str
    sha256: str
    label: str
    release_id: str
    environment: str
    key_hash: str
    port: int = 0
    capture_folder: str | None = None
    capture_rows_per_file: int = 10_000
    capture_s: float = 5.0
    service_s: float = 60.0
    keep_days: int = 90
    header_s: float = 5.0
    body_s: float = 30.0


class ServiceReading(msgspec.Struct, frozen=True, kw_only=True):
    """How the service did in a stretch of time, for one release.

    ``refused`` requests were wrong themselves (4xx), ``failed`` ones are our fault (5xx); ``rows`` were
    answered. The shares are of all requests that came with the key (None if there were none); latencies
    are from the last byte of the request to the answer.
    """

    release_id: str
    model: str
    environment: str
    from_ms: int
    to_ms: int
    requests: int
    refused: int
    failed: int
    rows: int
    share_answered: float | None
    share_fast: float | None
    fast_below_ms: float
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a running endpoint says of itself: what it serves, and the service since it started.

    ``captured`` rows are in files, ``waiting`` ones not yet; ``lost`` ones could not be written, and
    ``capture_trouble`` says why.
    """

    model: str
    release_id: str
    environment: str
    service: ServiceReading
    captured: int = 0
    waiting: int = 0
    lost: int = 0
    capture_trouble: str = ""
    notes: tuple[str, ...] = ()


def new_key() -> tuple[str, str]:
    """Return a fresh key of 256 random bits, and the salted hash that may be kept."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    return key, _hashed(secrets.token_bytes(_SALT_BYTES), key.encode())


def key_fits(key: bytes, key_hash: str) -> bool:
    """Tell, in a time that says nothing, whether this is the key of a hash."""
    salt = bytes.fromhex(key_hash.partition(":")[0])
    return hmac.compare_digest(_hashed(salt, key), key_hash)


def captured(folder: Path, release_id: str | None = None) -> list[Path]:
    """Return the files of captured predictions, oldest first: of one release, or of all.

    A file that another one stands for, since they were merged, is left out even if it is still there.
    """
    found = [(captured_at(path), path) for path in folder.glob("captured-*.parquet") if _CAPTURED.fullmatch(path.name)]
    wanted = None if release_id is None else in_name(release_id)
    merged = _merged(folder) if found else frozenset()
    return [
        path
        for (release, _at), path in sorted(found, key=lambda each: (each[0][1], each[1]))
        if path.name not in merged and wanted in (None, release)
    ]


def captured_at(path: Path) -> tuple[str, datetime]:
    """Return the release, as it stands in names, and the instant of the first row (UTC) of a captured file.

    Raises:
        ValueError: the name is not that of a captured file.
    """
    match = _CAPTURED.fullmatch(path.name)
    if match is None:
        raise ValueError(path.name)
    return match["release"], datetime.strptime(match["at"], _INSTANT).replace(tzinfo=UTC)


def _merged(folder: Path) -> frozenset[str]:
    """Return the names of files whose rows stand in another one that is there whole."""
    names: set[str] = set()
    for path in folder.glob(MERGING):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            note = wire.read(path.read_bytes(), Merging)
            if (folder / Path(note.target).name).is_file():
                names.update(note.sources)
    return frozenset(names)


def service_readings(folder: Path, release_id: str | None = None) -> list[ServiceReading]:
    """Return the readings of the service, oldest first; a damaged file is passed over."""
    found = []
    for path in folder.glob("service-*.json"):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            found.append(wire.read(path.read_bytes(), ServiceReading))
    found = [one for one in found if release_id is None or one.release_id == release_id]
    return sorted(found, key=lambda one: (one.from_ms, one.to_ms))


def captured_name(release_id: str, at: datetime, number: int) -> str:
    """Return the name of a file of captured predictions."""
    return f"captured-{in_name(release_id)}-{at.strftime(_INSTANT)}-{number}.parquet"


def in_name(release_id: str) -> str:
    """Return a release id as it stands in file names."""
    return re.sub(r"[^A-Za-z0-9_.@]", "_", release_id) or "_"


class Endpoint:
    """A running endpoint in a child process that ends when this process does; see `start`."""

    def __init__(self, job: ServeJob) -> None:
        self.job = job
        self._child = subprocess.Popen(
            command(SERVE_ARGUMENT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._asking = threading.Lock()
        self._number = 0
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        self._readers = [
            threading.Thread(target=read, name=f"endpoint {job.label}", daemon=True)
            for read in (self._read_answers, self._read_complaints)
        ]
        for reader in self._readers:
            reader.start()
        self._port = 0

    @classmethod
    def start(cls, job: ServeJob, timeout_s: float = START_TIMEOUT_S) -> Endpoint:
        """Start a child that serves one model on the loopback address, and wait until it answers.

        Raises:
            DeskError: what the child refused (SERVE-101 another file, SERVE-102 the port is taken,
                MODEL-1xx), or SERVE-110 that it ended, SERVE-111 that it took too long.
        """
        endpoint = cls(job)
        try:
            endpoint._say(msgspec.json.encode(job))
            endpoint._port = endpoint._hear(0, timeout_s)["port"]
        except BaseException:
            endpoint._kill()
            raise
        return endpoint

    @property
    def address(self) -> str:
        """Where it answers, e.g. ``http://127.0.0.1:8014``."""
        return f"http://{HOST}:{self._port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def pid(self) -> int:
        """The child's process."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether the child still runs."""
        return self._child.poll() is None

    def swap(self, model: str, sha256: str, label: str, release_id: str) -> None:
        """Let the server follow a release or a roll-back; what it is answering ends with the model it began with.

        Raises:
            DeskError: the file was refused or the child is gone; in the first case the old model goes on answering.
        """
        job = msgspec.structs.replace(self.job, model=model, sha256=sha256, label=label, release_id=release_id)
        self._ask({"order": "swap", "job": job}, SWAP_TIMEOUT_S)
        self.job = job

    def status(self) -> ServiceStatus:
        """Return what the endpoint says of itself; a DeskError if it is gone."""
        return wire.fitted(self._ask({"order": "status"}, STATUS_TIMEOUT_S)["status"], ServiceStatus)

    def stop(self) -> None:
        """Let it answer what it has begun, write down what it captured, and end; stopping twice is no error."""
        with contextlib.suppress(OSError, ValueError), self._asking:
            self._say(msgspec.json.encode({"order": "stop"}))
        try:
            self._child.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._kill()

    def _ask(self, order: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        with self._asking:
            self._number += 1
            try:
                self._say(msgspec.json.encode(order | {"number": self._number}))
            except (OSError, ValueError):
                raise self._gone() from None
            return self._hear(self._number, timeout_s)

    def _say(self, line: bytes) -> None:
        assert self._child.stdin
        with contextlib.suppress(BrokenPipeError):  # the answer, or its absence, says why
            self._child.stdin.write(line + b"\n")
            self._child.stdin.flush()

    def _hear(self, number: int, timeout_s: float) -> dict[str, Any]:
        """Return the answer of this number; answers that came too late for others are dropped."""
        until = time.monotonic() + timeout_s
        while True:
            try:
                answer = self._answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise self._silent(timeout_s) from None
            if answer is None:
                self._answers.put(None)
                raise self._gone()
            if "error" in answer and answer.get("number", number) == number:
                error = answer["error"]
                raise DeskError(error["sentence"], error["hint"], code=error["code"])
            if answer.get("number") == number:
                return answer

    def _read_answers(self) -> None:
        assert self._child.stdout
        with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
            for line in self._child.stdout:
                self._answers.put(msgspec.json.decode(line))
        self._answers.put(None)

    def _read_complaints(self) -> None:
        assert self._child.stderr
        with contextlib.suppress(OSError, ValueError):
            for line in self._child.stderr:
                self._complaints.append(line.decode(errors="replace").strip())

    def _gone(self) -> DeskError:
        with contextlib.suppress(subprocess.TimeoutExpired):  # its pipes close a moment before it ends
            self._child.wait(1)
        for reader in self._readers:  # its last words may still be on their way
            reader.join(1)
        said = [line for line in self._complaints if line]
        return DeskError(
            _("The endpoint of {model} is not running any more.", model=self.job.label),
            _("Start it again. Details: {reason}", reason=said[-1] if said else "–"),
            code="SERVE-110",
        )

    def _silent(self, timeout_s: float) -> DeskError:
        return DeskError(
            _("The endpoint of {model} gave no answer in {n} seconds.", model=self.job.label, n=round(timeout_s)),
            _("The machine may be busy. Try again, or stop the endpoint and start it again."),
            code="SERVE-111",
        )

    def _kill(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        for reader in self._readers:  # a pipe must not be closed under a thread that reads it
            reader.join()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()  # type: ignore[union-attr]


def _hashed(salt: bytes, key: bytes) -> str:
    return f"{salt.hex()}:{hmac.new(salt, key, hashlib.sha256).hexdigest()}"

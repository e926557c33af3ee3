"""The thread that writes down what the endpoint answered and how the service did."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

from mlops_desk.endpoints.capture import Answered, Capture
from mlops_desk.endpoints.served import Served
from mlops_desk.endpoints.service import Service, write_reading
from mlops_desk.kernel.endpoint import ServeJob, ServiceStatus


class Recorder:
    """Takes notes at once and writes them later; without a capture folder it only counts."""

    def __init__(self, job: ServeJob) -> None:
        self._job = job
        self._folder = Path(job.capture_folder) if job.capture_folder else None
        self._capture: Capture | None = None
        self._service = Service()
        self._wake = threading.Event()
        self._closing = False
        self._turn_wished = False
        if self._folder:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._capture = Capture(self._folder, job.capture_rows_per_file)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Tell whether answers should wait for the disk."""
        return self._capture is not None and self._capture.is_behind

    def answered(self, answered: Answered) -> None:
        """Take the rows of a request that was answered."""
        if self._capture is not None:
            self._capture.add(answered)
            if self._capture.is_full:
                self._wake.set()

    def note(self, served: Served, status: int, rows: int, took_ms: float) -> None:
        """Count a request."""
        self._service.note(served, status, rows, took_ms)

    def turn(self) -> None:
        """Write soon what there is: another model takes over."""
        self._turn_wished = True
        self._wake.set()

    def close(self) -> None:
        """Write all and end."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def status(self, served: Served) -> ServiceStatus:
        """Return what there is to know of the service."""
        capture = self._capture
        return ServiceStatus(
            model=served.label,
            release_id=served.release_id,
            environment=served.environment,
            service=self._service.since_start(served),
            captured=capture.written if capture else 0,
            waiting=capture.waiting if capture else 0,
            lost=capture.lost if capture else 0,
            capture_trouble=capture.trouble if capture else "",
            notes=served.notes,
        )

    def _run(self) -> None:
        turned = time.monotonic()
        while not self._closing:
            self._wake.wait(min(self._job.capture_s, self._job.service_s))
            self._wake.clear()
            if self._capture:
                self._capture.write()
            if self._turn_wished or time.monotonic() - turned >= self._job.service_s:
                self._turn_wished, turned = False, time.monotonic()
                self._write_readings()
        if self._capture:
            self._capture.write(last=True)
        self._write_readings()

    def _write_readings(self) -> None:
        for reading in self._service.turn():
            if self._folder:
                with contextlib.suppress(OSError):  # the status still has the figures
                    write_reading(self._folder, reading)

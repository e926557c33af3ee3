"""How the service does: requests, refusals, failures and latencies, counted in bins of five per cent."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import msgspec

from mlops_desk.endpoints.served import Served
from mlops_desk.kernel.clock import instant, now_ms
from mlops_desk.kernel.endpoint import ServiceReading

FAST_BELOW_MS = 300.0
_SHORTEST_MS = 0.01
_GROWTH = 1.05
_BINS = 400


class _Counts:
    """Requests of one release."""

    def __init__(self) -> None:
        self.requests = self.refused = self.failed = self.rows = self.fast = 0
        self.longest_ms = 0.0
        self.bins = [0] * _BINS

    def note(self, status: int, rows: int, took_ms: float) -> None:
        self.requests += 1
        self.rows += rows
        self.refused += 400 <= status < 500
        self.failed += status >= 500
        self.fast += status < 500 and took_ms < FAST_BELOW_MS
        self.longest_ms = max(self.longest_ms, took_ms)
        place = int(math.log(max(took_ms, _SHORTEST_MS) / _SHORTEST_MS) / math.log(_GROWTH))
        self.bins[min(place, _BINS - 1)] += 1

    def add(self, other: _Counts) -> None:
        self.requests += other.requests
        self.refused += other.refused
        self.failed += other.failed
        self.rows += other.rows
        self.fast += other.fast
        self.longest_ms = max(self.longest_ms, other.longest_ms)
        self.bins = [one + two for one, two in zip(self.bins, other.bins, strict=True)]

    def quantile_ms(self, part: float) -> float | None:
        """Return the upper end of the bin in which this part of the requests ends: right within five per cent."""
        seen = 0
        for place, count in enumerate(self.bins):
            seen += count
            if count and seen >= part * self.requests:
                return round(min(_SHORTEST_MS * _GROWTH ** (place + 1), self.longest_ms), 3)
        return None

    def reading(self, served: Served, from_ms: int) -> ServiceReading:
        return ServiceReading(
            release_id=served.release_id,
            model=served.label,
            environment=served.environment,
            from_ms=from_ms,
            to_ms=now_ms(),
            requests=self.requests,
            refused=self.refused,
            failed=self.failed,
            rows=self.rows,
            share_answered=1 - self.failed / self.requests if self.requests else None,
            share_fast=self.fast / self.requests if self.requests else None,
            fast_below_ms=FAST_BELOW_MS,
            p50_ms=self.quantile_ms(0.5),
            p99_ms=self.quantile_ms(0.99),
            max_ms=round(self.longest_ms, 3) if self.requests else None,
        )


class Service:
    """Counts on the loop's thread; another one takes the readings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started_ms = self._since_ms = now_ms()
        self._total = _Counts()
        self._counts: dict[Served, _Counts] = {}

    def note(self, served: Served, status: int, rows: int, took_ms: float) -> None:
        """Count a request that came with the key."""
        with self._lock:
            self._counts.setdefault(served, _Counts()).note(status, rows, took_ms)

    def turn(self) -> list[ServiceReading]:
        """Return a reading for each release that was asked since the last turn, and begin anew."""
        with self._lock:
            counts, since = self._counts, self._since_ms
            self._counts, self._since_ms = {}, now_ms()
            for each in counts.values():
                self._total.add(each)
        return [each.reading(served, since) for served, each in counts.items()]

    def since_start(self, served: Served) -> ServiceReading:
        """Return the reading of all the time, over all releases."""
        with self._lock:
            total = _Counts()
            for each in (self._total, *self._counts.values()):
                total.add(each)
        return total.reading(served, self._started_ms)


def write_reading(folder: Path, reading: ServiceReading) -> None:
    """Write a reading as service-YYYYMMDDTHHMMSS.json, whole or not at all."""
    stem = f"service-{instant(reading.from_ms):%Y%m%dT%H%M%S}"
    target, number = folder / f"{stem}.json", 2
    while target.exists():
        target, number = folder / f"{stem}-{number}.json", number + 1
    unfinished = target.with_suffix(".tmp")
    unfinished.write_bytes(msgspec.json.encode(reading))
    unfinished.replace(target)

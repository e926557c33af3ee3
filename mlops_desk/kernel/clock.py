"""Time: the wall clock in UTC, and the hybrid logical clock that orders entries for display and ties."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import NamedTuple

TRUSTED_AHEAD_MS = 60_000


class Stamp(NamedTuple):
    """A hybrid logical time: milliseconds since 1970 in UTC, and a counter within the millisecond."""

    ms: int
    counter: int


def now_ms() -> int:
    """Return the wall clock in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present day where the person is."""
    return datetime.now().astimezone().date()


def instant(ms: int) -> datetime:
    """Return the instant of a time in milliseconds; times beyond the calendar become its last second."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(microsecond=0, tzinfo=UTC)


def next_stamp(last: Stamp, wall_ms: int) -> Stamp:
    """Return a stamp later than ``last`` and not before the wall clock.

    ``last`` is the greatest stamp known here that is not beyond :data:`TRUSTED_AHEAD_MS`
    in the future, so a device dated 2099 never drags the others along.
    """
    if wall_ms > last.ms:
        return Stamp(wall_ms, 0)
    return Stamp(last.ms, last.counter + 1)

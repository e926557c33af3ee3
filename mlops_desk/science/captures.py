"""What endpoints of this machine captured: files of predictions and counts of answers, by release."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

PREDICTIONS, SERVICE = "predictions", "service"


class Counts(NamedTuple):
    """Answers given, those without an error, and those within 300 ms."""

    answers: int
    good: int
    fast: int


class ServiceFile(msgspec.Struct, frozen=True):
    """The counts that an endpoint wrote over one stretch of time."""

    answers: int
    good: int
    fast: int


def captured_files(folder: Path, release: str) -> list[Path]:
    """Return the Parquet files of a release in the order they were written."""
    return sorted(folder.glob(f"{PREDICTIONS}-{release}-*.parquet"), key=lambda path: path.name)


def service_counts(folder: Path, release: str) -> Counts:
    """Return the answers of a release, summed over all stretches of time."""
    found = [
        msgspec.json.decode(path.read_bytes(), type=ServiceFile) for path in folder.glob(f"{SERVICE}-{release}-*.json")
    ]
    return Counts(
        sum(each.answers for each in found), sum(each.good for each in found), sum(each.fast for each in found)
    )

"""Profile against DuckDB's SUMMARIZE of the same Parquet: `python -m tests.benchmarks.bench_profile 1000000`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from mlops_desk.science.describe import describe
from mlops_desk.science.sources import open_source
from tests.benchmarks.tables import write


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb() -> float:
    """Return the greatest resident size of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _summarize(path: Path) -> None:
    with duckdb.connect(config={"threads": "2", "memory_limit": "400MB"}) as connection:
        connection.execute(f"SUMMARIZE FROM '{path}'").fetchall()


def measure(rows: int) -> dict[str, float]:
    """Return seconds (the better of two, interleaved), ratio (goal 1.0) and our peak memory (goal 1024 MiB)."""
    ours, theirs, rss = [], [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        source = open_source(write(Path(folder) / "table.parquet", rows))
        for again in range(2):
            ours.append(_seconds(lambda: describe(source)))
            rss = rss if again else peak_mb()
            theirs.append(_seconds(lambda: _summarize(Path(source.path))))
    return {
        "profile_s": min(ours),
        "summarize_s": min(theirs),
        "ratio_to_summarize": min(ours) / min(theirs),
        "profile_peak_mb": rss,
    }


if __name__ == "__main__":
    for each in map(int, sys.argv[1:] or ["1000000"]):
        print(each, {name: round(value, 3) for name, value in measure(each).items()}, flush=True)

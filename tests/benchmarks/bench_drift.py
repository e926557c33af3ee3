"""Drift against a stored summary, and exactly with numpy: `python -m tests.benchmarks.bench_drift 1000000`."""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from mlops_desk.science.drift import Drift, drift
from mlops_desk.science.reference import reference_summary
from mlops_desk.science.sources import open_source
from tests.benchmarks.bench_profile import peak_mb
from tests.benchmarks.tables import write

NUMBERS = [f"n{at}" for at in range(14)]
TEXTS = [f"c{at}" for at in range(5)]  # c5 has no categories: both sides only count its values


def _exact_number(files: tuple[Path, Path], column: str) -> tuple[float, float, float]:
    """Return PSI, KS and W1 from both files: sort once, then merge (the straight numpy way)."""
    sides = []
    with duckdb.connect(config={"threads": "1", "memory_limit": "400MB"}) as connection:
        for file in files:
            sql = f"SELECT {column}::DOUBLE AS v FROM '{file}' WHERE v IS NOT NULL"
            sides.append(np.sort(connection.execute(sql).fetchnumpy()["v"]))
    one, two = sides
    both = np.concatenate(sides)
    both.sort(kind="stable")  # two runs: the stable sort merges them
    left = np.searchsorted(one, both, "right") / len(one)
    right = np.searchsorted(two, both, "right") / len(two)
    gap = np.abs(left - right)
    edges = np.unique(np.quantile(one, np.linspace(0, 1, 11)))[1:-1]
    shares = [
        np.maximum(np.diff(np.searchsorted(side, edges, "left"), prepend=0, append=len(side)) / len(side), 1e-4)
        for side in sides
    ]
    psi = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    return psi, float(gap.max()), float((gap[:-1] * np.diff(both)).sum())


def _exact_text(files: tuple[Path, Path], column: str) -> list[Any]:
    with duckdb.connect(config={"threads": "1", "memory_limit": "400MB"}) as connection:
        return [connection.execute(f"SELECT {column}, count(*) FROM '{file}' GROUP BY 1").fetchall() for file in files]


def _exact(files: tuple[Path, Path]) -> dict[str, tuple[float, float, float]]:
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda column: _exact_number(files, column), NUMBERS)
        list(pool.map(lambda column: _exact_text(files, column), TEXTS))
        return dict(zip(NUMBERS, found, strict=True))


def _errors(found: Drift, exact: dict[str, tuple[float, float, float]]) -> dict[str, float]:
    numbers = {each.name: each.numeric for each in found.columns if each.numeric}
    shown = [column for column in NUMBERS if exact[column][0] > 1e-3]
    return {
        "psi_off": max(abs(numbers[column].psi / exact[column][0] - 1) for column in shown),
        "ks_off": max(abs(numbers[column].ks - exact[column][1]) for column in NUMBERS),
    }


def measure(rows: int) -> dict[str, float]:
    """Return seconds (the better of three, interleaved), ratio (goal 0.28), errors and our peak memory."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = (write(Path(folder) / "a.parquet", rows), write(Path(folder) / "b.parquet", rows, seed=0.1, shift=0.3))
        reference, current = reference_summary(open_source(files[0])), open_source(files[1])
        start = time.perf_counter()
        found = drift(reference, current)
        first, rss = time.perf_counter() - start, peak_mb()
        exact = _exact(files)
        for _again in range(3):
            start = time.perf_counter()
            found = drift(reference, current)
            middle = time.perf_counter()
            exact = _exact(files)
            ours.append(middle - start)
            theirs.append(time.perf_counter() - middle)
    figures = {
        "drift_s": min(ours),
        "first_s": first,
        "exact_s": min(theirs),
        "ratio_to_numpy": min(ours) / min(theirs),
    }
    return figures | _errors(found, exact) | {"drift_peak_mb": rss}


if __name__ == "__main__":
    for each in map(int, sys.argv[1:] or ["1000000"]):
        print(each, {name: round(value, 5) for name, value in measure(each).items()}, flush=True)

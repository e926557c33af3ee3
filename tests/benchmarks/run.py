"""Run all benchmarks one after the other and write docs/benchmarks.md: ratios of one run, with machine and versions."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
BENCHES = (
    "bench_start",
    "bench_store",
    "bench_profile",
    "bench_drift",
    "bench_serving",
    "bench_report",
    "bench_window",
)
VERSIONS = ("duckdb", "scikit-learn", "numpy", "PySide6-Essentials", "PyNaCl", "uvicorn", "typst")
GOALS = {
    "status_ratio": "<= 2.5",
    "window_ratio": "<= 1.5",
    "act_p50": "<= 0.010 s",
    "act_p99": "<= 0.050 s",
    "first_rebuild": "<= 20 s",
    "warm_open": "<= 1.5 s",
    "new_lines": "<= 1 s",
    "verify": "<= 15 s",
    "ui_block_ms": "<= 50",
    "ui_busy_ms": "<= 50",
}


def main() -> int:
    """Measure and write the page; names as arguments choose some."""
    sys.path[:0] = [str(HERE), str(HERE.parents[1])]
    wanted = sys.argv[1:] or BENCHES
    parts = [_head()]
    for name in wanted:
        bench = importlib.import_module(name)
        figures = bench.measure()
        parts.append(f"\n## {name.removeprefix('bench_')}\n\n{(bench.__doc__ or '').splitlines()[0]}\n\n")
        parts.append("| figure | value | goal |\n|---|---|---|\n")
        parts += [f"| {figure} | {value:.4g} | {GOALS.get(figure, '')} |\n" for figure, value in figures.items()]
        print("".join(parts[-len(figures) - 2 :]), flush=True)
    if not sys.argv[1:]:
        PAGE.write_text("".join(parts), encoding="utf-8")
    return 0


def _head() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        "# Benchmarks\n\n"
        "Made by `python3 packaging/dev.py bench`. Figures are medians in seconds unless they are ratios or say "
        "otherwise; peers run in the same job, in turn. Absolute times do not carry over to other machines.\n\n"
        f"{machine}. {versions}. {datetime.now(UTC):%Y-%m-%d}.\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())

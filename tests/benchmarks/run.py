"""Run all benchmarks one after the other and write docs/benchmarks.md: ratios of one run, with machine and versions."""

from __future__ import annotations

import ast
import json
import operator
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
# What to measure: the module, and what its `measure` is given.
BENCHES: dict[str, tuple[str, tuple[int, ...]]] = {
    "start": ("bench_start", ()),
    "store": ("bench_store", ()),
    "sync": ("bench_sync", ()),
    "profile of 1 million rows": ("bench_profile", (1_000_000,)),
    "profile of 10 million rows": ("bench_profile", (10_000_000,)),
    "drift": ("bench_drift", (1_000_000,)),
    "serving": ("bench_serving", ()),
    "report": ("bench_report", ()),
    "window": ("bench_window", ()),
    "large": ("bench_large", ()),
    "box": ("bench_box", ()),
    "table of 1 million rows": ("bench_table", (1_000_000,)),
    "chart": ("bench_chart", ()),
    "goals": ("bench_goals", ()),
}
VERSIONS = ("duckdb", "scikit-learn", "numpy", "PySide6-Essentials", "PyNaCl", "uvicorn", "starlette", "typst")
GOALS = {
    "status_ratio": "<= 2.5",
    "window_ratio": "<= 1.5",
    "act_p50": "<= 0.010",
    "act_p99": "<= 0.050",
    "first_rebuild": "<= 20",
    "warm_open": "<= 1.5",
    "new_lines": "<= 1",
    "verify": "<= 15",
    "ratio_to_summarize": "<= 1.0",
    "profile_peak_mb": "<= 1024",
    "ratio_to_numpy": "<= 0.28",
    "psi_off": "<= 0.01",
    "ks_off": "<= 0.001",
    "ratio_to_plain": ">= 1",
    "ui_block_ms": "<= 50",
    "ui_busy_ms": "<= 50",
    "large_start": "<= 2",
    "large_start_ratio": "<= 1.5",
    "large_page_turn_ms": "<= 100",
    "large_ui_block_ms": "<= 50",
    "large_memory_mb": "<= 400",
    "box_open_ms": "<= 50",
    "first_paint_ms": "<= 100",
    "frame_p95_ms": "<= 16.7",
    "sort_s": "<= 1",
    "chart_longest_turn_ms": "<= 50",
    "chart_frame_all_p95_ms": "<= 16.7",
    "chart_frame_tenth_p95_ms": "<= 16.7",
    "chart_frame_thousandth_p95_ms": "<= 16.7",
    "goals_open_ms": "<= 150",
    "goals_tree_frame_p95_ms": "<= 16.7",
    "goals_kpis_frame_p95_ms": "<= 16.7",
    "sync_one_change": "<= 1",
    "first_get": "<= 20",
    "daily_sync": "<= 3",
}
COMPARES: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}


def main() -> int:
    """Measure and write the page; names as arguments choose some, which are only shown."""
    wanted = sys.argv[1:] or list(BENCHES)
    parts = [_head()]
    for name in wanted:
        part = _section(name, _measured(name))
        print(part, flush=True)
        parts.append(part)
    if not sys.argv[1:]:
        PAGE.write_text("\n".join(parts), encoding="utf-8")
    return 0


def _measured(name: str) -> dict[str, float]:
    """Return the figures of one benchmark, taken in a process of its own: peaks of memory are those of a process."""
    module, values = BENCHES[name]
    code = f"import json; from tests.benchmarks import {module} as b; print(json.dumps(b.measure(*{values!r})))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _section(name: str, figures: dict[str, float]) -> str:
    about = ast.get_docstring(ast.parse((HERE / f"{BENCHES[name][0]}.py").read_bytes())) or ""
    rows = "".join(f"| {figure} | {value:.4g} | {_goal(figure, value)} |\n" for figure, value in figures.items())
    return f"## {name}\n\n{about.strip()}\n\n| figure | value | goal |\n|---|---|---|\n{rows}"


def _goal(figure: str, value: float) -> str:
    if figure not in GOALS:
        return ""
    how, limit = GOALS[figure].split()
    return f"{GOALS[figure]}" if COMPARES[how](value, float(limit)) else f"{GOALS[figure]} **missed**"


def _head() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        "# Benchmarks\n\n"
        "Written by `python3 packaging/dev.py bench`, all in one run. Figures are medians in seconds unless they are "
        "ratios or say otherwise; peers run in the same job, in turn. Absolute times do not carry over to other "
        "machines.\n\n"
        f"{machine}. {versions}. {datetime.now(UTC):%Y-%m-%d}.\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())

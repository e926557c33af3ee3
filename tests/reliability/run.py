"""Run release-sized versions of the tests of reliability, each in a process of its own, and keep their figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
# What a run of each subject is for a release; `--number` and `--minutes` make it another.
SUBJECTS: dict[str, tuple[str, float]] = {
    "kills": ("--number", 1_000),
    "torn": ("--number", 9),
    "errors": ("--number", 4),
    "full": ("--number", 1_000),
    "convergence": ("--number", 6_000),
    "fuzz": ("--minutes", 60),
    "appenders": ("--number", 2_500),
    "together": ("--minutes", 10),
    "corpus": ("--number", 1),
}
VERSIONS = ("duckdb", "hypothesis", "PyNaCl", "msgspec", "PySide6-Essentials")
HEAD = """# Reliability

Written by `python3 packaging/dev.py reliability [NAME…] [--minutes M | --number N]`, each subject in a process of its
own. A run that finds a loss, a divergence, a violation or a traceback ends red and writes no row. A small share of each
subject is in the test suite (`tests/reliability/test_shares.py`). Each row says how many were run; rows may come from
different days and machines, and from smaller runs than those of a release, which the last column names.

| subject | figures | run with | seconds | machine | of a release |
|---|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| ([a-z]+) \|.*$", re.MULTILINE)


def main() -> int:
    """Run what is named, or everything; returns how many subjects failed."""
    asked = _asked()
    failed = 0
    for name in asked.names or SUBJECTS:
        unit, count = SUBJECTS[name]
        if asked.number or asked.minutes:
            unit, count = ("--number", asked.number) if asked.number else ("--minutes", asked.minutes)
        began = time.monotonic()
        done = _run(name, unit, count)
        seconds = time.monotonic() - began
        if done.returncode:
            failed += 1
            print(f"FAIL  {name}\n{done.stderr}", flush=True)
        else:
            _keep(name, json.loads(done.stdout.splitlines()[-1]), f"`{unit} {count:g}`", seconds)
    return failed


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py reliability", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SUBJECTS))
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--minutes", type=float, default=0)
    amount.add_argument("--number", type=int, default=0)
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in SUBJECTS]
    if unknown:
        parser.error(f"no such subject: {', '.join(unknown)}")
    return asked


def _run(name: str, unit: str, count: float) -> subprocess.CompletedProcess[str]:
    given = f"number={int(count)}" if unit == "--number" else f"number=0, minutes={count}"
    code = (
        f"import json\nfrom tests.reliability import {name}\nfrom tests.reliability.amount import Amount\n"
        f"print(json.dumps({name}.run(Amount({given}))))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-c", code]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _keep(name: str, figures: dict[str, float], how: str, seconds: float) -> None:
    """Show the figures, and put the row of a subject into the page in place of the one it had."""
    told = ", ".join(f"{figure} {value:,.0f}" for figure, value in figures.items())
    unit, count = SUBJECTS[name]
    row = f"| {name} | {told} | {how} | {seconds:.0f} | {_machine()} | `{unit} {count:g}` |"
    print(f"ok    {name} ({seconds:.0f} s): {told}", flush=True)
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = {found[1]: found[0] for found in _ROW.finditer(old) if found[1] in SUBJECTS} | {name: row}
    PAGE.write_text(HEAD + "".join(f"{rows[each]}\n" for each in SUBJECTS if each in rows), encoding="utf-8")


def _machine() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS)
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{system}, {versions}; {datetime.now(UTC):%Y-%m-%d}"


if __name__ == "__main__":
    raise SystemExit(main())
